"""Drafts survive, belong to one person, and never leave text in the trail."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlmodel import Session, select

from app.audit.models import TrailEntry
from app.core.database import writing
from app.language.rules import remarks_on
from app.writing import drafts
from app.writing.models import Draft

KEY = "/reviews/R-1/events/new"


class TestKeepingADraft:
    def test_answers_when_it_was_saved(self, cast, browse):
        answer = browse(cast.facilitator).submit("/drafts", {"draft_key": KEY, "title": "Half a sentence"})
        assert answer.status_code == 200
        assert answer.json()["saved_at"].endswith(("AM", "PM"))

    def test_keeps_the_latest_text_only_for_its_writer(self, session, cast, browse):
        client = browse(cast.facilitator)
        for text in ("One", "One two", "One two three"):
            client.submit("/drafts", {"draft_key": KEY, "title": text})
        typed, _ = drafts.kept(session, cast.facilitator, KEY)
        assert typed == {"title": ["One two three"]}
        assert drafts.kept(session, cast.second_facilitator, KEY) is None

    def test_is_kept_when_two_tabs_save_the_same_form_for_the_first_time(self, engine, cast):
        both = Barrier(2)

        def save(text):
            with writing(engine) as own:
                if engine.dialect.name == "postgresql":
                    own.exec(select(Draft)).all()
                    both.wait(10)
                drafts.keep(own, cast.facilitator, KEY, {"title": [text]})

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(save, ["One", "Two"]))
        with Session(engine) as after:
            assert drafts.kept(after, cast.facilitator, KEY)[0]["title"][0] in ("One", "Two")

    def test_is_found_again_however_long_the_address_is(self, session, cast):
        long = "/" + "x" * 300
        drafts.keep(session, cast.facilitator, long, {"title": ["One"]})
        assert drafts.kept(session, cast.facilitator, long)[0] == {"title": ["One"]}
        drafts.drop(session, cast.facilitator, long)
        assert drafts.kept(session, cast.facilitator, long) is None

    def test_a_signed_out_person_is_told_so_and_not_sent_elsewhere(self, cast, browse):
        assert browse(None).post("/drafts", data={"draft_key": KEY}, follow_redirects=False).status_code == 401

    def test_too_long_a_text_is_refused_and_the_last_draft_stays(self, session, cast, browse):
        client = browse(cast.facilitator)
        client.submit("/drafts", {"draft_key": KEY, "title": "Kept"})
        assert client.submit("/drafts", {"draft_key": KEY, "title": "x" * 300_000}).status_code == 409
        assert drafts.kept(session, cast.facilitator, KEY)[0] == {"title": ["Kept"]}

    def test_can_be_dropped(self, session, cast, browse):
        client = browse(cast.facilitator)
        client.submit("/drafts", {"draft_key": "/help", "title": "Gone soon"})
        client.submit("/drafts/drop", {"draft_key": "/help"})
        assert session.exec(select(Draft)).all() == []


class TestTheLanguageCheck:
    def test_says_what_to_look_at_and_how_to_say_it(self, cast, browse):
        answer = browse(cast.facilitator).submit(
            "/language-check", {"checked_field": "story", "story": "The worker failed to call.", "other": "x"}
        )
        assert "failed to" in answer.text
        assert "You could write" in answer.text

    def test_leaves_neutral_text_alone(self, cast, browse):
        answer = browse(cast.facilitator).submit(
            "/language-check", {"checked_field": "story", "story": "The worker called the school."}
        )
        assert "Nothing to check" in answer.text

    def test_a_remark_set_aside_with_a_reason_does_not_come_back_in_this_form(self, session, cast, browse):
        client = browse(cast.facilitator)
        form = {"checked_field": "story", "story": "The worker failed to call."}
        here, elsewhere = ({"HX-Current-URL": f"http://testserver{path}?x=1"} for path in (KEY, "/elsewhere"))
        (remark,) = remarks_on(form["story"])
        aside = {"form_key": KEY, "kind": remark.kind.value, "words": remark.words}
        assert "Write in a few words" in client.submit("/language-check/set-aside", {**aside, "reason": ""}).text
        assert "Kept" in client.submit("/language-check/set-aside", {**aside, "reason": "It is a quotation."}).text
        assert "failed to" not in client.submit("/language-check", form, headers=here).text
        assert "failed to" in client.submit("/language-check", form, headers=elsewhere).text

    def test_leaves_no_text_in_the_trail(self, session, cast, browse):
        client = browse(cast.facilitator)
        client.submit(
            "/language-check/set-aside",
            {"form_key": KEY, "kind": "blame", "words": "secretive words", "reason": "a quotation of theirs"},
        )
        trail = " ".join(f"{row.did} {row.kind} {row.code}" for row in session.exec(select(TrailEntry)))
        assert "set aside a remark: blame" in trail
        assert "secretive" not in trail
        assert "quotation" not in trail
