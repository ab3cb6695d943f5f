"""Keys over time: somebody joins, leaves, loses a key; all are lost and the recovery key is used."""

from datetime import timedelta

import pytest
import time_machine
from nacl.public import PrivateKey
from sqlmodel import select
from typer.testing import CliRunner

from app import cli
from app.audit.models import TrailEntry
from app.core.clock import now
from app.core.database import reading, writing
from app.core.errors import Refused
from app.core.settings import settings
from app.identity import people
from app.reflections.box import recovery as boxed_recovery
from app.reflections.box.recovery import make_recovery_key, seal_again
from app.reflections.box.sealing import COPY, copies, unseal
from app.reflections.box.storage import public_keys, recipient, spool
from app.reflections.box.storage import reflection as boxed
from app.reflections.box.storage import writing as writing_box
from app.reflections.desk import keys, recovery
from app.reflections.desk.keyring import ring
from app.reflections.desk.models import ResponderKey
from tests.conftest import words
from tests.reflections.conftest import STORY
from tests.reflections.desk.conftest import PASSPHRASE, give_key, on_the_trail, released


def keys_of(engine):
    with reading(engine) as look:
        return {key.holder: key for key in look.exec(select(ResponderKey))}


def reads(client, engine):
    """Of everything released, how much this client can open."""
    pages = [client.get(f"/reflections/desk/{one.code}").text for one in released(engine)]
    return sum("out of date at night" in page for page in pages), len(pages)


class TestMakingAKey:
    def form(self, **more):
        return {"passphrase": PASSPHRASE, "supervises_nobody": "yes"} | more

    def test_leaves_a_line_and_reaches_the_box(self, engine, cast, browse, between):
        between.carry()
        assert public_keys(between.box.engine)[1] == 0, "Without responders the box has no key of theirs."
        browse(cast.responder).submit("/reflections/key/new", self.form())
        between.carry()
        key = keys_of(engine)[cast.responder.code]
        assert key.public_key in public_keys(between.box.engine)[0]
        assert on_the_trail(engine, key.code) == ["make responder key, supervises nobody who could write"]

    def test_is_refused_without_the_statement_a_long_passphrase_or_with_the_password(
        self, engine, cast, browse, session
    ):
        from app.identity.actions import hasher

        cast.responder.person.password_hash = hasher().hash("every river knows the rain")
        session.merge(cast.responder.person)
        session.commit()
        client = browse(cast.responder)
        for wrong in (
            {"supervises_nobody": ""},
            {"passphrase": "short"},
            {"passphrase": "every river knows the rain"},
        ):
            answer = client.submit("/reflections/key/new", self.form(**wrong))
            assert answer.status_code == 422
            assert PASSPHRASE not in answer.text
        assert keys_of(engine) == {}

    def test_happens_once(self, cast, browse):
        client = browse(cast.responder)
        assert client.submit("/reflections/key/new", self.form()).status_code == 200
        assert client.submit("/reflections/key/new", self.form()).status_code == 409

    def test_is_refused_for_another_agency(self, session, engine, cast, browse):
        from app.identity.models import Agency, Role
        from tests.cast import a_person

        give_key(engine, cast.responder)
        stranger = a_person(session, session.get(Agency, cast.outsider.agency_id), "Uli X", Role.RESPONDER)
        refused = browse(stranger).submit("/reflections/key/new", self.form())
        assert "belongs to another agency" in words(refused.text)


class TestUnlocking:
    def test_with_another_passphrase_opens_nothing_and_leaves_a_line(self, engine, cast, browse, open_box):
        client = browse(cast.responder)
        answer = client.submit("/reflections/key/unlock", {"passphrase": "seven owls over a loud bridge"})
        assert answer.status_code == 422
        assert "Nobody can reset it" in words(answer.text)
        assert "passphrase did not match" in on_the_trail(engine, keys_of(engine)[cast.responder.code].code)

    def test_leads_back_to_the_desk_and_nowhere_else(self, cast, browse, open_box):
        client = browse(cast.responder)
        for sent, there in (
            ("https://elsewhere.example", "/reflections/desk"),
            ("/reflections/desk/X", "/reflections/desk/X"),
        ):
            data = {"passphrase": PASSPHRASE, "next": sent}
            answer = client.submit("/reflections/key/unlock", data, follow_redirects=False)
            assert answer.headers["location"] == there


class TestAKeyThatIsGone:
    """Unlocked, and then asked for where it is not: after a restart, or in another process."""

    SAID = "1 minute ago, but here it is locked"

    @pytest.mark.usefixtures("held_clock")
    def test_says_what_happened(self, open_box, engine, at_the_desk, monkeypatch):
        open_box.writer.write(STORY.format(1))
        open_box.release()
        client = at_the_desk()
        (one,) = released(engine)
        pages = ["/reflections/key", "/reflections/desk", f"/reflections/desk/{one.code}"]
        assert not any(self.SAID in words(client.get(page).text) for page in pages)
        ring._held.clear()
        assert all(self.SAID in words(client.get(page).text) for page in pages)

    def test_is_not_spoken_of_once_it_was_locked_or_its_time_is_over(self, open_box, at_the_desk):
        client = at_the_desk()
        client.submit("/reflections/key/lock")
        assert self.SAID not in words(client.get("/reflections/key").text)
        client = at_the_desk()
        ring._held.clear()
        with time_machine.travel(now() + timedelta(minutes=16)):
            assert self.SAID not in words(client.get("/reflections/key").text)


class TestSomebodyWhoJoins:
    def test_reads_what_comes_and_what_a_colleague_shares(self, engine, cast, between, at_the_desk):
        give_key(engine, cast.responder)
        between.carry()
        between.writer.write(STORY.format(1))
        between.release()
        joined = give_key(engine, cast.second_responder)
        between.carry()
        between.writer.write(STORY.format(2))
        between.release()
        newcomer = at_the_desk(cast.second_responder)
        assert reads(newcomer, engine) == (1, 2)
        assert newcomer.submit("/reflections/key/share/NOSUCH").status_code == 404
        colleague = at_the_desk()
        assert "Cannot open 1 earlier reflection" in words(colleague.get("/reflections/key").text)
        colleague.submit(f"/reflections/key/share/{joined}")
        assert reads(newcomer, engine) == (2, 2)
        assert "share 1 earlier reflections with a responder" in on_the_trail(engine, joined)

    def test_while_messages_wait_tells_nothing_of_their_order(self, engine, cast, between):
        give_key(engine, cast.responder)
        between.carry()
        for number in range(3):
            between.writer.write(STORY.format(number))
        give_key(engine, cast.second_responder)
        between.carry()
        for number in range(3, 6):
            between.writer.write(STORY.format(number))
        between.release()
        assert {len(one.sealed) for one in released(engine)} == {2 * COPY}


class TestSomebodyWhoLeaves:
    def test_has_no_key_and_no_copy_any_more(self, engine, session, cast, open_box, at_the_desk):
        open_box.writer.write(STORY.format(1))
        open_box.release()
        (before,) = released(engine)
        with writing(engine) as own:
            person = people.of_own_agency(own, cast.administrator, cast.responder.code)
            people.end_access(own, person, by=cast.administrator)
        open_box.writer.write(STORY.format(2))
        open_box.carry()
        open_box.release()
        key = keys_of(engine)[cast.responder.code]
        assert (key.sealed_private_key, key.salt) == (None, None)
        assert "end responder key: no longer a responder" in on_the_trail(engine, key.code)
        assert key.public_key not in public_keys(open_box.box.engine)[0]
        sizes = {len(one.sealed) for one in released(engine)}
        assert sizes == {2 * COPY}
        assert len(before.sealed) == 3 * COPY
        assert reads(at_the_desk(cast.second_responder), engine) == (2, 2)


class TestAKeyThatIsLost:
    def test_is_replaced_and_a_colleague_shares(self, engine, cast, open_box, at_the_desk, browse):
        open_box.writer.write(STORY.format(1))
        open_box.release()
        client = browse(cast.responder)
        client.submit("/reflections/key/end")
        client.submit("/reflections/key/new", {"passphrase": PASSPHRASE, "supervises_nobody": "yes"})
        again = at_the_desk()
        assert reads(again, engine) == (0, 1)
        with reading(engine) as look:
            new = [key.code for key in look.exec(select(ResponderKey)) if key.holder == cast.responder.code]
        at_the_desk(cast.second_responder).submit(f"/reflections/key/share/{new[1]}")
        assert reads(again, engine) == (1, 1)


class TestTheRecoveryKey:
    def test_opens_everything_when_every_key_is_lost(self, engine, cast, between, tmp_path, at_the_desk):
        with writing_box(between.box.engine) as connection:
            connection.execute(recipient.delete().where(recipient.c.recovery))
        make_recovery_key(between.box.engine, tmp_path / "recovery")
        give_key(engine, cast.responder)
        between.carry()
        between.writer.write(STORY.format(1))
        between.release()
        between.writer.write(STORY.format(2))
        with writing(engine) as session:
            keys.end_key(session, session.exec(select(ResponderKey)).one(), why="lost", by=cast.responder)
        new = give_key(engine, cast.second_responder)
        between.carry()
        private_key = bytes.fromhex((tmp_path / "recovery").read_text())
        assert seal_again(between.box.engine, private_key) == 1
        assert recovery.share_with_everyone(engine, private_key) == 1
        between.release()
        assert reads(at_the_desk(cast.second_responder), engine) == (2, 2)
        assert "share 1 earlier reflections with a responder" in on_the_trail(engine, new)


def test_a_recovery_key_is_on_the_disk_before_anything_is_sealed_to_it(box, tmp_path, monkeypatch):
    def fail(*_arguments):
        raise PermissionError

    with writing_box(box.engine) as connection:
        connection.execute(recipient.delete().where(recipient.c.recovery))
    monkeypatch.setattr("app.reflections.durable.settle", fail)
    with pytest.raises(PermissionError):
        make_recovery_key(box.engine, tmp_path / "recovery")
    assert len(box.rows(recipient)) == 1


class TestARecoveryKeyThatWasSeen:
    """Of three messages one is at the desk, one released and not yet handed over, and one waits."""

    @pytest.fixture
    def old(self, between, tmp_path):
        with writing_box(between.box.engine) as connection:
            connection.execute(recipient.delete().where(recipient.c.recovery))
        make_recovery_key(between.box.engine, tmp_path / "old")
        return tmp_path / "old"

    @pytest.fixture
    def written(self, engine, cast, between, old):
        give_key(engine, cast.responder)
        between.carry()
        between.writer.write(STORY.format(1))
        between.release()
        between.writer.write(STORY.format(2))
        between.job()
        between.writer.write(STORY.format(3))

    def opened(self, engine, between, private_key):
        """What a key opens: at the desk, released in the box, and waiting there."""
        held = released(engine), between.box.rows(boxed), between.box.rows(spool)
        boxes = [[getattr(one, "sealed", None) or getattr(one, "box", None) for one in rows] for rows in held]
        return [sum(unseal(box, private_key) is not None for box in rows if box) for rows in boxes]

    def replace(self, tmp_path, monkeypatch, engine, between, *options):
        url = engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("THROUGHLINE_BOX_DATABASE", str(between.box.settings.database))
        monkeypatch.setattr(settings(), "database_url", url)
        run = CliRunner()
        made = run.invoke(cli.main, ["recovery-key", str(tmp_path / "new"), "--offline"])
        assert made.exit_code == 0
        for where in ([], ["--at-the-desk"]):
            done = run.invoke(cli.main, ["replace-recovery-key", str(tmp_path / "new.pub"), *options, *where])
            assert done.exit_code == 0, done.output
        return bytes.fromhex((tmp_path / "new").read_text())

    def test_opens_nothing_any_more_and_the_new_one_everything(
        self, engine, between, old, written, tmp_path, monkeypatch, at_the_desk
    ):
        seen = bytes.fromhex(old.read_text())
        assert self.opened(engine, between, seen) == [1, 1, 1]
        new = self.replace(tmp_path, monkeypatch, engine, between, "--old", str(old))
        assert self.opened(engine, between, seen) == [0, 0, 0]
        assert self.opened(engine, between, new) == [1, 1, 1]
        between.writer.write(STORY.format(4))
        between.carry()
        between.release()
        assert self.opened(engine, between, new)[0] == 4
        assert self.opened(engine, between, seen)[0] == 0
        assert reads(at_the_desk(), engine) == (4, 4)
        with reading(engine) as look:
            did = [row.did for row in look.exec(select(TrailEntry))]
        assert "replace recovery key: it opens 1 of 1 reflections" in did

    def test_and_lost_leaves_what_was_there_to_responders(
        self, engine, between, old, written, tmp_path, monkeypatch, at_the_desk
    ):
        seen = bytes.fromhex(old.read_text())
        new = self.replace(tmp_path, monkeypatch, engine, between)
        assert self.opened(engine, between, seen) == self.opened(engine, between, new) == [0, 0, 0]
        between.carry()
        between.release()
        assert reads(at_the_desk(), engine) == (3, 3)
        between.writer.write(STORY.format(4))
        between.release()
        assert self.opened(engine, between, new)[0] == 1, "What is sent from now on."

    def test_keeps_the_copy_that_nobody_else_could_replace(self, engine, between, old, written, cast):
        with writing(engine) as session:
            keys.end_key(session, session.exec(select(ResponderKey)).one(), why="lost", by=cast.responder)
        new = PrivateKey.generate()
        recovery.replace_recovery_key(engine, bytes(new.public_key))
        assert self.opened(engine, between, bytes.fromhex(old.read_text()))[0] == 1

    def test_is_not_replaced_by_itself_or_by_what_is_no_key(self, between, old, tmp_path):
        with pytest.raises(Refused, match="in use"):
            boxed_recovery.replace_recovery_key(between.box.engine, boxed_recovery.read_key(tmp_path / "old.pub"))
        for wrong in ("nothing", "zz" * 32, "00" * 31):
            (tmp_path / "wrong").write_text(wrong)
            with pytest.raises(Refused, match="no key"):
                boxed_recovery.read_key(tmp_path / "wrong")

    def test_has_no_second_one_beside_it(self, between, old, tmp_path):
        with pytest.raises(Refused, match="already"):
            make_recovery_key(between.box.engine, tmp_path / "another")
        with pytest.raises(Refused, match="already"):
            boxed_recovery.make_key_files(old)

    def test_that_is_replaced_while_messages_wait_tells_nothing_of_their_order(
        self, engine, cast, between, old, tmp_path, monkeypatch
    ):
        give_key(engine, cast.responder)
        between.carry()
        for number in range(3):
            between.writer.write(STORY.format(number))
        self.replace(tmp_path, monkeypatch, engine, between, "--old", str(old))
        for number in range(3, 6):
            between.writer.write(STORY.format(number))
        between.release()
        (copied,) = {tuple(copies(one.sealed)) for one in released(engine)}
        assert len(copied) == 2
