"""Linking factors to an episode, each with a sentence of evidence and what it rests on."""

import pytest
from sqlmodel import col, select

from app.audit.models import TrailEntry
from app.reviews.models import KeyEpisode, Review, Stage, TeamRole
from app.systemic_factors.models import Answer, FactorLink, Round
from app.systemic_factors.queries import counted_answers
from tests.conftest import words
from tests.factories import (
    a_debrief,
    a_link,
    a_member,
    a_note,
    a_review,
    a_sheet,
    an_episode,
    an_event,
    rate,
)

LINK = {"factor": "teamwork", "direction": "hindered", "evidence": "There was no shared moment before the file moved."}


@pytest.fixture
def review(session, cast) -> Review:
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    a_member(session, made, cast.reviewer, TeamRole.ADVISER)
    session.commit()
    return made


@pytest.fixture
def episode(session, review) -> KeyEpisode:
    made = an_episode(session, review)
    session.commit()
    return made


@pytest.fixture
def address(review, episode) -> str:
    return f"/reviews/{review.code}/episodes/{episode.code}/factors"


def trail(session, review) -> list[str]:
    session.rollback()
    session.expire_all()
    query = select(TrailEntry).where(TrailEntry.within == review.code).order_by(col(TrailEntry.id))
    return [row.did for row in session.exec(query) if not row.did.startswith("read ")]


def stored(session) -> FactorLink:
    session.rollback()
    session.expire_all()
    return session.exec(select(FactorLink)).one()


class TestLinkingAFactor:
    def test_shows_it_in_the_panel_with_what_it_rests_on(self, session, cast, browse, review, address):
        event = an_event(session, review)
        note = a_note(session, a_debrief(session, review))
        session.commit()
        client = browse(cast.facilitator)
        form = client.get(f"{address}/new").text
        assert "Teamwork and handoffs (Team)" in form
        assert "The two offices use different folders." in form
        page = words(client.submit(f"{address}/new", LINK | {"event": event.code, "note": note.code}).text)
        assert "Factor linked." in page
        assert "There was no shared moment before the file moved." in page
        assert "Mar 3, 2026 – Referral assigned ; Debrief of Apr 10, 2026" in page
        assert trail(session, review) == ["link factor"]

    def test_takes_the_partner_from_the_factor_unless_one_is_chosen(self, session, cast, browse, address):
        cast.factors["teamwork"].agency_interface = "education"
        session.add(cast.factors["teamwork"])
        session.commit()
        client = browse(cast.facilitator)
        client.submit(f"{address}/new", LINK)
        link = stored(session)
        assert link.agency_interface == "education"
        client.submit(f"{address}/{link.code}", LINK | {"version": "1", "agency_interface": "health"})
        assert stored(session).agency_interface == "health"

    def test_shows_what_the_factor_means_on_demand(self, session, cast, browse, review, episode, address):
        cast.factors["teamwork"].definition = "How work passes from hand to hand."
        cast.factors["teamwork"].fits = ["A file moves before a conversation."]
        session.add(cast.factors["teamwork"])
        a_link(session, episode, cast.factors["teamwork"])
        session.commit()
        client = browse(cast.facilitator)
        for page in (client.get(f"/reviews/{review.code}/timeline").text, client.get(f"{address}/new").text):
            assert "<details" in page
            assert "How work passes from hand to hand." in page
            assert "A file moves before a conversation." in page

    def test_refused_keeps_what_was_typed(self, cast, browse, address):
        answer = browse(cast.facilitator).submit(f"{address}/new", LINK | {"factor": "another"})
        assert answer.status_code == 422
        assert "Choose one of the factors." in answer.text
        assert "There was no shared moment" in answer.text

    def test_refuses_an_event_and_a_note_of_another_review(self, session, cast, browse, address):
        elsewhere = a_review(session, cast.pack, cast.harbor_south, lead=cast.facilitator)
        event, note = an_event(session, elsewhere), a_note(session, a_debrief(session, elsewhere))
        session.commit()
        client = browse(cast.facilitator)
        assert client.submit(f"{address}/new", LINK | {"event": event.code}).status_code == 422
        assert client.submit(f"{address}/new", LINK | {"note": note.code}).status_code == 422

    def test_does_not_offer_a_withdrawn_note(self, session, cast, browse, review, address):
        note = a_note(session, a_debrief(session, review), status="withdrawn")
        session.commit()
        assert note.code not in browse(cast.facilitator).get(f"{address}/new").text


class TestChangingALink:
    def test_saves_it(self, session, cast, browse, review, episode, address):
        link = a_link(session, episode, cast.factors["tools"])
        session.commit()
        client = browse(cast.facilitator)
        assert '<option value="tools" selected>' in client.get(f"{address}/{link.code}").text
        page = words(client.submit(f"{address}/{link.code}", LINK | {"direction": "helped", "version": "1"}).text)
        assert "Team · Helped" in page
        assert any(line.startswith("change factor link: ") for line in trail(session, review))

    def test_that_someone_else_changed_shows_both_texts(self, session, cast, browse, episode, address):
        link = a_link(session, episode, cast.factors["teamwork"])
        session.commit()
        client = browse(cast.facilitator)
        client.submit(f"{address}/{link.code}", LINK | {"version": "1"})
        answer = client.submit(f"{address}/{link.code}", LINK | {"version": "1", "evidence": "Said another way."})
        assert answer.status_code == 409
        assert "There was no shared moment" in answer.text
        assert "Said another way." in answer.text

    def test_is_not_found_through_another_episode(self, session, cast, browse, review, episode):
        link = a_link(session, an_episode(session, review), cast.factors["tools"])
        session.commit()
        address = f"/reviews/{review.code}/episodes/{episode.code}/factors/{link.code}"
        assert browse(cast.facilitator).get(address).status_code == 404


class TestRemovingALink:
    def test_can_be_undone(self, session, cast, browse, review, episode, address):
        link = a_link(session, episode, cast.factors["tools"])
        session.commit()
        client = browse(cast.facilitator)
        page = client.submit(f"{address}/{link.code}/remove").text
        assert f'action="{address}/{link.code}/restore"' in page
        assert "Staff described two folders" not in page
        assert "Staff described two folders" in client.submit(f"{address}/{link.code}/restore").text
        assert trail(session, review) == ["remove factor link", "bring back factor link"]


class TestTheRatingBesideALink:
    def test_is_the_counted_one(self, session, cast, browse, review, episode):
        a_link(session, episode, cast.factors["tools"])
        rate(session, a_sheet(session, review, rater=cast.facilitator), cast.factors["tools"], Answer.STRONG)
        session.commit()
        page = words(browse(cast.facilitator).get(f"/reviews/{review.code}/timeline").text)
        assert "Rating 3 , Strong influence" in page

    def test_waits_for_the_consensus_where_a_second_rater_scores(self, session, cast, review):
        review.second_rating = True
        tools = cast.factors["tools"]
        rate(session, a_sheet(session, review, rater=cast.facilitator), tools, Answer.STRONG)
        assert counted_answers(session, review) == {}
        rate(session, a_sheet(session, review, rater=cast.reviewer), tools, Answer.BACKGROUND)
        assert counted_answers(session, review) == {}
        rate(session, a_sheet(session, review, round=Round.CONSENSUS), tools, Answer.INFLUENCED)
        assert counted_answers(session, review) == {tools.id: Answer.INFLUENCED}

    def test_is_not_one_that_was_not_sent(self, session, cast, review):
        sheet = a_sheet(session, review, rater=cast.facilitator, sent=False)
        rate(session, sheet, cast.factors["tools"], Answer.STRONG)
        assert counted_answers(session, review) == {}


class TestWhoMayLinkFactors:
    @pytest.fixture
    def addresses(self, session, cast, episode, address) -> list[str]:
        own = f"{address}/{a_link(session, episode, cast.factors['tools']).code}"
        session.commit()
        return [f"{address}/new", own, f"{own}/remove", f"{own}/restore"]

    def test_not_a_stranger_not_a_reader_and_not_an_adviser(self, session, cast, browse, review, addresses):
        for address in addresses:
            assert browse(cast.second_facilitator).submit(address, LINK).status_code == 404
            assert browse(cast.risk_manager).submit(address, LINK).status_code == 403
            assert browse(cast.reviewer).submit(address, LINK).status_code == 403
        assert trail(session, review) == []

    def test_nobody_once_the_review_is_concluded(self, session, cast, browse, review, addresses):
        review.stage = Stage.CONCLUDED
        session.add(review)
        session.commit()
        client = browse(cast.facilitator)
        for address in addresses:
            assert client.submit(address, LINK).status_code == 409
        assert client.get(addresses[0]).status_code == 409
        assert trail(session, review) == []
