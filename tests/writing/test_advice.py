"""After every save the page that follows says which words could be put otherwise: it blocks nothing, without script."""

import re

import pytest
from sqlmodel import select

from app.audit.models import TrailEntry
from app.debriefs.models import DebriefNote
from app.identity.models import SignIn
from app.reviews.models import TimelineEvent
from app.writing.models import DismissedRemark
from tests.conftest import words
from tests.factories import a_debrief, a_review, a_sheet, an_episode, an_event, an_incident

BLAMING = "The worker failed to call the school."
ANOTHER = "They should have known."
EVENT = {"occurred_on": "2026-03-03", "kind": "recorded", "source": "case_record", "certainty": "high"}


@pytest.fixture
def review(session, cast):
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    a_sheet(session, made, rater=cast.facilitator, sent=False)
    session.commit()
    return made


def _forms(session, cast, review):
    """Every form that saves a narrative: its address and what is sent."""
    debrief, episode = a_debrief(session, review), an_episode(session, review)
    event, incident = an_event(session, review), an_incident(session, cast.harbor_north)
    incident.opened_by_id = cast.facilitator.id
    session.commit()
    home = f"/reviews/{review.code}"
    about = {"title": "A handoff", "level": review.level, "method": review.method, "version": 1}
    return {
        f"{home}/timeline/events/new": {**EVENT, "title": BLAMING},
        f"{home}/timeline/events/{event.code}": {**EVENT, "title": "A call", "description": BLAMING, "version": 1},
        f"{home}/episodes/new/successful_practice": {"title": "A call", "what_happened": BLAMING},
        f"{home}/episodes/{episode.code}/factors/new": {
            "factor": "tools",
            "direction": "hindered",
            "evidence": BLAMING,
        },
        f"{home}/findings/new": {"kind": "learning_point", "statement": BLAMING},
        f"{home}/debriefs/{debrief.code}/parts/work": {
            "speaker_role": "scsw",
            "category": "knowledge",
            "text": BLAMING,
        },
        f"{home}/ratings": {"rate_tools": "3", "why_tools": BLAMING},
        f"{home}/about": {**about, "summary": BLAMING},
        f"{home}/family": {"family_perspective": BLAMING, "version": 2},
        f"{home}/debriefs/why-none": {"because": BLAMING, "version": 3},
        f"{home}/stage/on_hold": {"reason": BLAMING},
    }


class TestAfterASave:
    def test_of_any_narrative_the_next_page_says_what_to_look_at(self, session, cast, review, browse):
        client, silent = browse(cast.facilitator), []
        for address, sent in _forms(session, cast, review).items():
            answer = client.submit(address, sent)
            assert answer.status_code == 200, (address, words(answer.text))
            if "could be put otherwise" not in answer.text:
                silent.append(address)
        assert silent == []

    def test_it_says_how_else_to_put_it_and_where_to_change_it_once(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        address = f"/reviews/{review.code}/timeline/events/new"
        page = client.submit(address, {**EVENT, "title": BLAMING}).text
        event = session.exec(select(TimelineEvent)).one()
        assert "“failed to”" in page
        assert "You could write" in page
        assert f'href="/reviews/{review.code}/timeline/events/{event.code}">Change the text' in page
        assert "could be put otherwise" not in client.get(f"/reviews/{review.code}/timeline").text

    def test_neutral_words_are_left_alone(self, cast, review, browse):
        address = f"/reviews/{review.code}/timeline/events/new"
        page = browse(cast.facilitator).submit(address, {**EVENT, "title": "The worker called the school."})
        assert "could be put otherwise" not in page.text

    def test_an_unchanged_text_is_not_remarked_again(self, cast, review, browse):
        client, address = browse(cast.facilitator), f"/reviews/{review.code}/about"
        sent = {"title": "A handoff", "level": review.level, "method": review.method, "version": 1}
        assert "could be put otherwise" in client.submit(address, {**sent, "summary": BLAMING}).text
        again = {**sent, "summary": BLAMING, "version": 2, "purpose": "To learn."}
        assert "could be put otherwise" not in client.submit(address, again).text

    def test_the_answer_to_htmx_says_it_too(self, session, cast, review, browse):
        debrief = a_debrief(session, review)
        session.commit()
        client = browse(cast.facilitator)
        sent = {"speaker_role": "scsw", "category": "knowledge", "text": BLAMING}
        address = f"/reviews/{review.code}/debriefs/{debrief.code}/parts/work"
        part = client.submit(address, sent, headers={"HX-Request": "true"}).text
        note = session.exec(select(DebriefNote)).one()
        assert "could be put otherwise" in part
        assert f"/said/{note.code}" in part
        assert "could be put otherwise" not in client.get(address).text

    def test_what_waits_for_the_next_page_holds_no_words_of_the_text(self, session, cast, review, browse):
        address = f"/reviews/{review.code}/timeline/events/new"
        client = browse(cast.facilitator)
        client.submit(address, {**EVENT, "title": BLAMING}, follow_redirects=False)
        (waiting,) = session.exec(select(SignIn)).all()
        assert any(notice.get("saved") for notice in waiting.notices)
        assert "failed" not in str(waiting.notices)
        client.get("/")
        session.commit()
        lines = session.exec(select(TrailEntry.did)).all()
        assert "read what was just saved, to check its words" in lines

    def test_nobody_is_told_words_that_another_wrote(self, session, cast, review, browse):
        address = f"/reviews/{review.code}/timeline/events/new"
        browse(cast.facilitator).submit(address, {**EVENT, "title": BLAMING})
        stranger = browse(cast.analyst)
        sent = {"form_key": address, "kind": "blame", "words": "x", "reason": "Why not.", "saved": "1", "back": "/help"}
        assert "failed to" not in stranger.submit("/language-check/set-aside", sent).text


class TestSettingARemarkAside:
    def _page(self, client, review):
        address = f"/reviews/{review.code}/timeline/events/new"
        return client.submit(address, {**EVENT, "title": BLAMING, "description": ANOTHER})

    def _form(self, page, about):
        """The hidden fields of the form that keeps these words."""
        form = next(form for form in re.findall(r"<form class=\"set-aside\".*?</form>", page, re.S) if about in form)
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        return {name: value for name, value in fields.items() if name != "form_token"}

    def test_keeps_the_words_and_goes_on_about_the_others(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        page = self._page(client, review)
        sent = {**self._form(page.text, 'value="failed to"'), "reason": "It is a quotation."}
        after = client.submit("/language-check/set-aside", sent)
        assert after.url.path == f"/reviews/{review.code}/timeline"
        assert "Kept, with your reason." in after.text
        assert "“failed to”" not in after.text
        assert "“should have”" in after.text
        assert len(session.exec(select(DismissedRemark)).all()) == 1

    def test_asks_for_a_reason_and_says_it_again(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        page = self._page(client, review)
        sent = {**self._form(page.text, 'value="failed to"'), "reason": ""}
        after = client.submit("/language-check/set-aside", sent)
        assert "Write in a few words why they are right here." in after.text
        assert "“failed to”" in after.text
        assert session.exec(select(DismissedRemark)).all() == []

    def test_never_leads_to_another_site(self, cast, browse):
        sent = {"form_key": "/x", "kind": "blame", "words": "x", "reason": "Why not.", "back": "//elsewhere.example"}
        answer = browse(cast.facilitator).submit("/language-check/set-aside", sent, follow_redirects=False)
        assert answer.headers["location"] == "/"
