"""What is carried between box and desk: nothing lost, nothing doubled, and an end that both sides keep."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from app.core.settings import settings
from app.models import metadata
from app.reflections import exchange
from app.reflections.box.answers import Told, sealed_answer
from app.reflections.box.handing import hand_over, take_in
from app.reflections.box.sealing import equally_sealed, seal
from app.reflections.box.storage import reflection as boxed
from app.reflections.desk import courier, retention
from app.reflections.desk.models import HandOver, Outgoing, ReflectionAnswer, Remainder, Status
from tests.conftest import words
from tests.reflections.conftest import STORY
from tests.reflections.desk.conftest import on_the_trail, released


@pytest.fixture
def answered(engine, open_box, at_the_desk):
    """Receipt and reflection of one that was answered; the answer has not left yet."""
    code = open_box.writer.receipt(STORY.format(1), topic="tools")
    open_box.release()
    (reflection,) = released(engine)
    client, address = at_the_desk(), f"/reflections/desk/{reflection.code}"
    client.get(address)
    client.submit(f"{address}/danger", {"danger": "none"})
    client.submit(f"{address}/answer", {"status": "changed", "text": "There is a new list."})
    return code, reflection


class TestAFileBetweenThem:
    def test_is_there_whole_or_not_at_all(self, tmp_path, monkeypatch):
        exchange.put(tmp_path / "keys.json", ["old"])
        with pytest.raises(TypeError):
            exchange.put(tmp_path / "keys.json", [object()])
        assert exchange.read(tmp_path / "keys.json") == ["old"]
        assert exchange.waiting(tmp_path) == [tmp_path / "keys.json"]

    def test_holds_no_receipt_no_text_and_no_instant(self, open_box, answered):
        courier.carry(open_box.engine, open_box.folder)
        (path,) = exchange.waiting(open_box.folder / exchange.ANSWERS)
        assert set(exchange.read(path)) == {"key", "answer"}
        assert b"new list" not in path.read_bytes()


class TestASubmission:
    def test_changes_nothing_in_the_main_site_until_its_release(self, engine, open_box):
        def everything():
            with Session(engine) as look:
                return {table.name: look.execute(table.select()).all() for table in metadata.sorted_tables}

        before = everything()
        for number in range(4):
            open_box.writer.write(STORY.format(number))
        open_box.carry()
        assert everything() == before
        assert exchange.waiting(open_box.folder / exchange.RELEASED) == []
        open_box.release()
        assert everything() != before, "The comparison sees nothing."


class TestABatch:
    def test_leaves_no_text_in_the_box(self, open_box, answered):
        (row,) = open_box.box.rows(boxed)
        assert row.box is None

    def test_written_twice_is_taken_in_once(self, engine, open_box):
        for number in range(5):
            open_box.writer.write(STORY.format(number))
        open_box.release()
        open_box.writer.write(STORY.format(6))
        folder = open_box.folder / exchange.RELEASED
        rows = [open_box_told(one) for one in released(engine)]
        exchange.put(folder / "again.json", rows)
        assert courier.take_in(engine, open_box.folder) == 0
        assert len(released(engine)) == 5
        assert exchange.waiting(folder) == []

    def test_waits_until_somebody_has_a_key(self, engine, between):
        between.writer.write(STORY.format(1))
        between.release()
        hand_over(between.box.engine, between.folder, [])
        assert courier.take_in(engine, between.folder) == 0
        assert len(exchange.waiting(between.folder / exchange.RELEASED)) == 1

    def test_whose_messages_share_no_key_stays_as_it_is(self):
        from nacl.public import PrivateKey

        boxes = [seal("a", [bytes(PrivateKey.generate().public_key)]) for _ in range(2)]
        assert equally_sealed(boxes) == boxes
        assert equally_sealed([]) == []


def open_box_told(one):
    return {
        "key": exchange.as_text(one.key),
        "reply_key": exchange.as_text(one.reply_key),
        "turn": str(one.turn),
        "week": one.week,
        "region": "",
        "box": exchange.as_text(one.sealed),
    }


class TestAnAnswer:
    def test_that_was_written_and_not_marked_goes_out_again(self, engine, open_box, answered):
        code, _reflection = answered
        with Session(engine) as look:
            (row,) = look.exec(select(Outgoing)).all()
        courier.send_out(engine, open_box.folder)
        take_in(open_box.box.engine, open_box.folder)
        with Session(engine) as session:
            session.add(Outgoing(key=row.key, sealed=row.sealed))
            session.commit()
        open_box.carry()
        open_box.carry()
        assert words(open_box.answer_page(code)).count("There is a new list.") == 1

    def test_that_comes_while_an_earlier_one_is_taken_in_is_not_removed_with_it(
        self, engine, open_box, answered, monkeypatch
    ):
        code, reflection = answered
        courier.send_out(engine, open_box.folder)
        newer = sealed_answer(Told([("read", "The newer one.")], date(2032, 1, 31)), reflection.reply_key)

        def settle(box):
            told = {"key": exchange.as_text(reflection.key), "answer": exchange.as_text(newer)}
            exchange.put(open_box.folder / exchange.ANSWERS / f"{reflection.key.hex()}.json", told)
            monkeypatch.undo()

        monkeypatch.setattr("app.reflections.box.handing.settle", settle)
        assert [take_in(open_box.box.engine, open_box.folder) for _beat in range(3)] == [1, 1, 0]
        assert "The newer one." in words(open_box.answer_page(code))

    def test_to_nobody_changes_nothing(self, engine, open_box, answered):
        with Session(engine) as session:
            session.add(Outgoing(key=b"n" * 16, sealed=b"x"))
            session.commit()
        open_box.carry()
        open_box.carry()
        assert "There is a new list." in words(open_box.answer_page(answered[0]))


class TestTheEnd:
    def end(self, open_box, reflection):
        last = retention.last_day_of([reflection])
        assert retention.end_what_is_due(open_box.engine, last) == 0
        return retention.end_what_is_due(open_box.engine, last + timedelta(days=1))

    def test_deletes_texts_on_both_sides_and_leaves_a_count(self, engine, session, open_box, answered):
        code, reflection = answered
        session.add(
            HandOver(
                agency_id=reflection.agency_id,
                reflection_code=reflection.code,
                note="Lists.",
                handed_over_by="X",
                handed_over_on=date(2031, 1, 1),
            )
        )
        session.commit()
        open_box.carry()
        assert self.end(open_box, reflection) == 1
        open_box.carry()
        open_box.carry()
        assert released(engine) == []
        assert open_box.box.rows(boxed) == []
        assert session.exec(select(ReflectionAnswer)).all() == []
        (left,) = session.exec(select(Remainder)).all()
        assert (left.topic, left.status, left.days_to_answer) == ("tools", Status.CHANGED, 0)
        session.commit()
        assert [note.reflection_code for note in session.exec(select(HandOver))] == [""]
        assert "end of reflection: its texts are deleted" in on_the_trail(engine, reflection.code)
        assert "no answer under this code" in words(open_box.answer_page(code))

    def test_waits_while_counsel_holds_the_texts(self, engine, open_box, answered, monkeypatch):
        monkeypatch.setattr(settings(), "keep_reflections", True)
        assert self.end(open_box, answered[1]) == 0
        assert len(released(engine)) == 1

    def test_waits_for_the_last_message_under_the_receipt(self, engine, open_box, answered):
        _code, reflection = answered
        with Session(engine) as session:
            later = {"key": b"k" * 16, "turn": 2, "code": "LATER", "id": None, "status": Status.UNANSWERED}
            values = {name: getattr(reflection, name) for name in type(reflection).model_fields} | later
            values["received_on"] = reflection.received_on + timedelta(days=60)
            session.add(type(reflection)(**values))
            session.commit()
        assert self.end(open_box, reflection) == 0
        assert len(released(engine)) == 2
