"""What was said: writing it down, correcting and withdrawing it, reading it back, and finishing."""

import json
from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import select

from app.audit.models import TrailEntry
from app.audit.reading import opened
from app.core.clock import now
from app.debriefs.models import DebriefNote, DebriefSession, ParkedIdea
from app.models import metadata
from app.reviews.models import Stage
from app.writing.models import DismissedRemark, Draft, TextVersion
from tests.conftest import words
from tests.factories import a_debrief, a_link, a_note, a_review, an_episode, kept

SAID = "The summary was in the “other” folder,\nand nobody said so."


@pytest.fixture
def review(session, cast):
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.LISTENING)
    session.commit()
    return made


@pytest.fixture
def debrief(session, review):
    made = a_debrief(session, review, roles_present={"scsw": 1, "ara": 1}, kind="group")
    session.commit()
    return made


def _page(review, debrief, rest=""):
    return f"/reviews/{review.code}/debriefs/{debrief.code}{rest}"


def _note(**more):
    return {"speaker_role": "scsw", "category": "cue", "text": SAID, **more}


def _did(session):
    return [entry.did for entry in session.exec(select(TrailEntry))]


def _look_again(session):
    """End the test's own transaction, so that the next look sees what a page has written."""
    session.rollback()
    session.expire_all()


def _kept_note(session, review, debrief, browse, viewer, **more):
    """A note written through the page, so that it has its history."""
    browse(viewer).submit(_page(review, debrief, "/parts/work"), _note(**more))
    _look_again(session)
    return session.exec(select(DebriefNote).order_by(DebriefNote.id.desc())).first()


def _everything_stored(session, tables: sa.MetaData = metadata) -> str:
    """Every value of every row of every table, as text."""
    rows = []
    for table in tables.sorted_tables:
        columns = [sa.cast(column, sa.Text) for column in table.columns]
        rows += [str(tuple(row)) for row in session.connection().execute(sa.select(*columns))]
    return "\n".join(rows)


class TestWritingDown:
    def test_a_note_is_kept_with_role_category_history_and_a_line(self, session, cast, browse, review, debrief):
        note = _kept_note(session, review, debrief, browse, cast.facilitator)
        assert (note.speaker_role, note.category, note.status) == ("scsw", "cue", "given")
        version = session.exec(select(TextVersion).where(TextVersion.code == note.code)).one()
        assert opened(version.text) == opened(note.text) == SAID
        assert "add debrief note" in _did(session)

    def test_an_idea_is_parked(self, session, cast, browse, review, debrief):
        client = browse(cast.facilitator)
        answer = client.submit(_page(review, debrief, "/parts/ideas"), {"text": "One shared folder."})
        assert "Idea parked." in answer.text
        assert opened(session.exec(select(ParkedIdea)).one().text) == "One shared folder."
        assert "park idea" in _did(session)

    def test_with_htmx_the_page_stays_and_the_form_is_ready_for_the_next(self, cast, browse, review, debrief):
        client = browse(cast.facilitator)
        address = _page(review, debrief, "/parts/work")
        answer = client.submit(address, _note(), headers={"HX-Request": "true"}, follow_redirects=False)
        assert answer.status_code == 200
        assert "<!doctype html>" not in answer.text
        assert "Note added." in answer.text
        assert answer.text.count("and nobody said so.") == 1

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"text": " "}, "Fill in this field."),
            ({"speaker_role": "youth"}, "Choose a role that took part."),
            ({"speaker_role": ""}, "Choose a role that took part."),
            ({"category": "strength"}, "Choose what it is about."),
        ],
    )
    def test_what_is_missing_is_said_and_what_was_typed_stays(
        self, session, cast, browse, review, debrief, change, sentence
    ):
        answer = browse(cast.facilitator).submit(_page(review, debrief, "/parts/work"), _note(**change))
        assert answer.status_code == 422
        assert sentence in words(answer.text)
        assert change.get("text", "and nobody said so.").strip() in answer.text
        assert session.exec(select(DebriefNote)).all() == []

    def test_a_draft_comes_back_and_goes_when_the_note_is_added(self, session, cast, browse, review, debrief):
        client = browse(cast.facilitator)
        address = _page(review, debrief, "/parts/work")
        client.submit("/drafts", {"draft_key": address, **_note(text="Half a sen")})
        assert "Half a sen" in client.get(address).text
        client.submit(address, _note())
        assert session.exec(select(Draft)).all() == []

    def test_reading_leaves_a_line(self, session, cast, browse, review, debrief):
        a_note(session, debrief, text="Two folders.")
        session.commit()
        assert "Two folders." in browse(cast.risk_manager).get(_page(review, debrief)).text
        assert "read debrief notes" in _did(session)

    def test_a_section_that_does_not_exist_is_not_found(self, cast, browse, review, debrief):
        assert browse(cast.facilitator).get(_page(review, debrief, "/parts/blame")).status_code == 404


class TestChanging:
    def test_an_edit_is_kept_with_its_history(self, session, cast, browse, review, debrief):
        note = _kept_note(session, review, debrief, browse, cast.facilitator)
        sent = _note(text="Two folders.", category="tool", version=str(note.version))
        browse(cast.facilitator).submit(_page(review, debrief, f"/said/{note.code}"), sent)
        _look_again(session)
        assert (opened(note.text), note.category, note.status) == ("Two folders.", "tool", "given")
        texts = select(TextVersion).where(TextVersion.code == note.code, TextVersion.field == "text")
        versions = session.exec(texts.order_by(TextVersion.id)).all()
        assert [opened(version.text) for version in versions] == [SAID, "Two folders."]

    def test_a_correction_while_reading_back_is_marked(self, session, cast, browse, review, debrief):
        note = _kept_note(session, review, debrief, browse, cast.facilitator)
        client = browse(cast.facilitator)
        address = _page(review, debrief, f"/said/{note.code}")
        assert "Correct what was said" in client.get(f"{address}?back=read-back").text
        answer = client.submit(address, _note(text="Nobody asked.", back="read-back", version=str(note.version)))
        assert answer.url.path == _page(review, debrief, "/read-back")
        _look_again(session)
        assert (opened(note.text), note.status) == ("Nobody asked.", "corrected")
        assert any(did.startswith("correct what was said: ") for did in _did(session))

    def test_two_writers_are_asked_what_to_keep(self, session, cast, browse, review, debrief):
        note = _kept_note(session, review, debrief, browse, cast.facilitator)
        client = browse(cast.facilitator)
        address, base = _page(review, debrief, f"/said/{note.code}"), str(note.version)
        client.submit(address, _note(text="First.", version=base))
        answer = client.submit(address, _note(text="Second.", version=base))
        assert answer.status_code == 409
        assert "First." in answer.text
        assert "Second." in answer.text

    def test_an_idea_that_was_removed_can_come_back(self, session, cast, browse, review, debrief):
        idea = kept(session, ParkedIdea(session_id=debrief.id, text="One shared folder."))
        session.commit()
        client = browse(cast.facilitator)
        address = _page(review, debrief, f"/said/{idea.code}")
        assert "One shared folder." not in client.submit(f"{address}/remove").text
        assert "One shared folder." in client.submit(f"{address}/restore").text


class TestWithdrawing:
    def test_it_is_said_first_that_it_cannot_be_undone(self, session, cast, browse, review, debrief):
        note = _kept_note(session, review, debrief, browse, cast.facilitator)
        link = a_link(session, an_episode(session, review), cast.factors["tools"], note_id=note.id)
        session.commit()
        text = words(browse(cast.facilitator).get(_page(review, debrief, f"/said/{note.code}/withdraw")).text)
        assert "This cannot be undone" in text
        assert "1 factor link rests on it." in text
        assert link.note_id == note.id

    def test_no_word_of_it_stays_in_the_database(self, session, cast, browse, review, debrief):
        note = _kept_note(session, review, debrief, browse, cast.facilitator)
        client = browse(cast.facilitator)
        address = _page(review, debrief, f"/said/{note.code}")
        client.submit(address, _note(text=f"{SAID} Later.", version=str(note.version)))
        for key in (address, _page(review, debrief, "/parts/work")):
            client.submit("/drafts", {"draft_key": key, "text": f"{SAID} Later."})
        _look_again(session)
        remark = {"form_key": address, "kind": "blame", "words": "nobody said so", "reason": "Their words."}
        session.add(DismissedRemark(person_id=cast.reviewer.id, **remark))
        session.commit()
        assert "nobody said so" in _everything_stored(session)
        _look_again(session)

        assert "Withdrawn. The text is erased." in client.submit(f"{address}/withdraw").text
        _look_again(session)
        assert "nobody said so" not in _everything_stored(session)
        _look_again(session)
        assert note.status == "withdrawn"
        assert "withdraw what was said" in _did(session)

    def test_other_peoples_words_stay(self, session, cast, browse, review, debrief):
        note = _kept_note(session, review, debrief, browse, cast.facilitator)
        other = _kept_note(session, review, debrief, browse, cast.facilitator, text="We had two folders.")
        draft = {"text": "Not yet saved."}
        client = browse(cast.facilitator)
        client.submit("/drafts", {"draft_key": _page(review, debrief, "/parts/helped"), **draft})
        client.submit(_page(review, debrief, f"/said/{note.code}/withdraw"))
        _look_again(session)
        assert opened(session.get(DebriefNote, other.id).text) == "We had two folders."
        assert session.exec(select(TextVersion).where(TextVersion.code == other.code)).one()
        assert json.loads(opened(session.exec(select(Draft)).one().fields))["text"] == ["Not yet saved."]

    def test_an_older_form_does_not_bring_it_back(self, session, cast, browse, review, debrief):
        note = _kept_note(session, review, debrief, browse, cast.facilitator)
        client = browse(cast.facilitator)
        address = _page(review, debrief, f"/said/{note.code}")
        client.submit(f"{address}/withdraw")
        answer = client.submit(address, _note(text="Nobody asked.", version="1"))
        assert answer.status_code == 409
        assert client.submit(f"{address}/withdraw").status_code == 409
        _look_again(session)
        assert opened(note.text) == ""

    def test_an_idea_can_be_withdrawn(self, session, cast, browse, review, debrief):
        idea = kept(session, ParkedIdea(session_id=debrief.id, text="One shared folder."))
        session.commit()
        browse(cast.facilitator).submit(_page(review, debrief, f"/said/{idea.code}/withdraw"))
        _look_again(session)
        assert (opened(idea.text), idea.status) == ("", "withdrawn")

    def test_it_is_possible_after_finishing_but_not_after_conclusion(self, session, cast, browse, review, debrief):
        first, second = a_note(session, debrief), a_note(session, debrief)
        debrief.read_back_at = debrief.finished_at = now()
        session.commit()
        client = browse(cast.facilitator)
        assert client.submit(_page(review, debrief, f"/said/{first.code}/withdraw")).status_code == 200
        review.stage = Stage.CONCLUDED
        session.add(review)
        session.commit()
        assert client.submit(_page(review, debrief, f"/said/{second.code}/withdraw")).status_code == 409


class TestReadingBackAndFinishing:
    def test_all_that_was_said_is_shown_and_nothing_that_was_withdrawn(self, session, cast, browse, review, debrief):
        a_note(session, debrief, text="Two folders.")
        a_note(session, debrief, text="", status="withdrawn")
        kept(session, ParkedIdea(session_id=debrief.id, text="One shared folder."))
        session.commit()
        text = words(browse(cast.facilitator).get(_page(review, debrief, "/read-back")).text)
        assert "Two folders." in text
        assert "One shared folder." in text
        assert "1 contribution was withdrawn." in text

    def test_the_language_check_speaks_without_a_script(self, session, cast, browse, review, debrief):
        a_note(session, debrief, text="They should have called.")
        a_note(session, debrief, text="Two folders.")
        session.commit()
        text = words(browse(cast.facilitator).get(_page(review, debrief, "/read-back")).text)
        assert text.count("Language check: 1 thing to look at") == 1
        assert "“should have" in text

    def test_a_debrief_is_finished_only_after_reading_back(self, session, cast, browse, review, debrief):
        a_note(session, debrief)
        session.commit()
        client = browse(cast.facilitator)
        early = client.submit(_page(review, debrief, "/finish"))
        assert early.status_code == 409
        assert "Read the notes back" in early.text
        client.submit(_page(review, debrief, "/read-back"), {"version": str(debrief.version)})
        assert "Debrief finished." in client.submit(_page(review, debrief, "/finish")).text
        _look_again(session)
        assert debrief.finished_at
        assert {"read back debrief", "finish debrief"} <= set(_did(session))

    def test_an_empty_debrief_has_nothing_to_read_back(self, cast, browse, review, debrief):
        answer = browse(cast.facilitator).submit(_page(review, debrief, "/read-back"), {"version": "1"})
        assert answer.status_code == 409

    def test_what_was_added_meanwhile_is_read_back_too(self, session, cast, browse, review, debrief):
        a_note(session, debrief)
        session.commit()
        shown = debrief.version
        _kept_note(session, review, debrief, browse, cast.facilitator)
        answer = browse(cast.facilitator).submit(_page(review, debrief, "/read-back"), {"version": str(shown)})
        assert answer.status_code == 409
        assert "Something was added meanwhile." in answer.text

    def test_a_note_after_reading_back_has_to_be_read_back(self, session, cast, browse, review, debrief):
        debrief.read_back_at = now()
        session.commit()
        _kept_note(session, review, debrief, browse, cast.facilitator)
        _look_again(session)
        assert debrief.read_back_at is None

    def test_a_finished_one_takes_no_more_notes_until_taken_up_again(self, session, cast, browse, review, debrief):
        debrief.read_back_at = debrief.finished_at = now()
        session.commit()
        client = browse(cast.facilitator)
        assert client.submit(_page(review, debrief, "/parts/work"), _note()).status_code == 409
        assert client.submit(_page(review, debrief, "/parts/care"), {"version": "1"}).status_code == 409
        client.submit(_page(review, debrief, "/take-up-again"))
        assert client.submit(_page(review, debrief, "/parts/work"), _note()).status_code == 200

    def test_the_questions_at_the_end_are_counts_of_those_present(self, session, cast, browse, review, debrief):
        client = browse(cast.facilitator)
        address = _page(review, debrief, "/parts/care")
        asked = {"pause_used": "yes", "learned_something": "2", "would_attend_again": "1", "support_requested": "0"}
        client.submit(address, {**asked, "version": "1"})
        _look_again(session)
        assert (debrief.pause_used, debrief.learned_something, debrief.would_attend_again) == (True, 2, 1)
        assert debrief.support_requested == 0
        refused = client.submit(address, {**asked, "learned_something": "3", "version": str(debrief.version)})
        assert refused.status_code == 422
        assert "Enter 2 or less; that is how many took part." in refused.text
        assert 'value="3"' in refused.text


class TestWhoMay:
    def test_a_stranger_finds_nothing(self, session, cast, browse, review, debrief):
        note = a_note(session, debrief)
        session.commit()
        client = browse(cast.outsider)
        assert client.get(_page(review, debrief)).status_code == 404
        stranger = browse(cast.second_facilitator)
        for rest in (
            "",
            "/parts/work",
            "/parts/care",
            "/read-back",
            f"/said/{note.code}",
            f"/said/{note.code}/withdraw",
        ):
            assert stranger.get(_page(review, debrief, rest)).status_code == 404
        assert stranger.submit(_page(review, debrief, f"/said/{note.code}/withdraw")).status_code == 404

    def test_a_colleague_reads_but_does_not_write(self, session, cast, browse, review, debrief):
        note = a_note(session, debrief)
        session.commit()
        client = browse(cast.risk_manager)
        assert client.get(_page(review, debrief)).status_code == 200
        said = f"/said/{note.code}"
        for rest in ("/parts/work", "/parts/care", "/read-back", said, f"{said}/withdraw", "/finish", "/take-up-again"):
            assert client.submit(_page(review, debrief, rest), _note()).status_code == 403

    def test_another_debriefs_note_is_not_reached_through_this_one(self, session, cast, browse, review, debrief):
        other: DebriefSession = a_debrief(session, review, held_on=date(2026, 4, 12))
        note = a_note(session, other)
        session.commit()
        assert browse(cast.facilitator).get(_page(review, debrief, f"/said/{note.code}")).status_code == 404

    @pytest.mark.parametrize("stage", [Stage.WITH_DIVISION, Stage.CONCLUDED, Stage.ON_HOLD])
    def test_in_late_stages_nothing_is_added(self, session, cast, browse, review, debrief, stage):
        review.stage = stage
        session.add(review)
        session.commit()
        client = browse(cast.facilitator)
        assert client.submit(_page(review, debrief, "/parts/work"), _note()).status_code == 409
        assert client.get(_page(review, debrief)).status_code == 200
