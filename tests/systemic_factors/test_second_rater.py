"""A second rater who does not see the first ratings, then the consensus: what is hidden, from whom and for how long."""

import pytest
from fastapi.routing import APIRoute
from sqlmodel import col, select

from app.audit.models import TrailEntry
from app.core.clock import now
from app.main import FEATURES
from app.reviews.models import Review, Stage, TeamMember, TeamRole
from app.systemic_factors import queries
from app.systemic_factors.models import Answer, FactorRating, RatingSheet, Round
from tests.cast import FACTORS
from tests.conftest import words
from tests.factories import a_link, a_member, a_review, an_episode
from tests.systemic_factors.stored import look_again

SECRET = "The screen counted the transfer deadline."
OTHER_SECRET = "Both units were short of people."


@pytest.fixture
def review(session, cast):
    session.merge(cast.agency).second_rater_share = 1
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    a_member(session, made, cast.reviewer, TeamRole.SCORER)
    a_link(session, an_episode(session, made), cast.factors["tools"])
    session.commit()
    return made


def sheet(**more):
    return {**{f"rate_{key}": "0" for key in FACTORS}, **more}


FIRST = sheet(rate_tools="3", why_tools=SECRET, rate_fatigue="?", rate_workload="2", why_workload="Covered vacancies.")
SECOND = sheet(rate_tools="3", why_tools=OTHER_SECRET, rate_fatigue="?", rate_workload="1")


def rates(client, review, answers, then="send"):
    address = f"/reviews/{review.code}/ratings"
    assert client.submit(f"{address}/begin").status_code == 200
    return client.submit(address, {**answers, "then": then})


@pytest.fixture
def both_sent(review, cast, browse):
    """Both have sent; the clients of the first and of the second rater."""
    first, second = browse(cast.facilitator), browse(cast.reviewer)
    rates(first, review, FIRST)
    rates(second, review, SECOND)
    return first, second


def set_membership(session, review, viewer, *, ended):
    look_again(session)
    member = session.exec(
        select(TeamMember).where(TeamMember.review_id == review.id, TeamMember.person_id == viewer.id)
    ).one()
    member.left_at = now() if ended else None
    session.commit()


def paths(routes):
    """The addresses of all pages among these routes, also of routers within routers."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield from [route.path] if "GET" in route.methods else []
        elif hasattr(route, "original_router"):
            yield from paths(route.original_router.routes)


def pages_of(review):
    """Every page about one review that needs nothing but its code, and every list."""
    found = {path.replace("{review_code}", review.code) for feature in FEATURES for path in paths(feature.routes)}
    return sorted(path for path in found if "{" not in path)


class TestTheSample:
    def test_is_drawn_once_with_the_first_sheet_and_stored(self, session, cast, review, browse):
        assert not review.second_rating
        browse(cast.facilitator).submit(f"/reviews/{review.code}/ratings/begin")
        look_again(session)
        assert session.get_one(Review, review.id).second_rating
        did = session.exec(select(TrailEntry.did).where(TrailEntry.within == review.code)).all()
        assert "draw: in the sample for a second rater" in did
        session.merge(cast.agency).second_rater_share = 0
        session.commit()
        browse(cast.reviewer).submit(f"/reviews/{review.code}/ratings/begin")
        look_again(session)
        assert session.get_one(Review, review.id).second_rating

    def test_leaves_out_reviews_when_the_share_is_zero(self, session, cast, review, browse):
        session.merge(cast.agency).second_rater_share = 0
        session.commit()
        browse(cast.facilitator).submit(f"/reviews/{review.code}/ratings/begin")
        assert browse(cast.reviewer).submit(f"/reviews/{review.code}/ratings/begin").status_code == 409


class TestBlindness:
    @pytest.mark.parametrize("begun", [False, True], ids=["before beginning", "while rating"])
    def test_no_page_shows_the_first_ratings_to_the_second_rater(self, cast, review, browse, begun):
        rates(browse(cast.facilitator), review, FIRST)
        second = browse(cast.reviewer)
        if begun:
            rates(second, review, {"rate_tools": "1"}, then="save")
        pages = pages_of(review)
        assert f"/reviews/{review.code}/ratings" in pages
        assert f"/reviews/{review.code}/ratings/consensus" in pages
        assert len([page for page in pages if review.code in page]) >= 6
        for page in pages:
            assert SECRET not in second.get(page).text, page

    def test_nor_to_anyone_else_nor_before_it_is_sent(self, cast, review, browse):
        rates(browse(cast.facilitator), review, FIRST, then="save")
        for other in (cast.reviewer, cast.analyst, cast.risk_manager):
            client = browse(other)
            for page in pages_of(review):
                assert SECRET not in client.get(page).text, page

    def test_nothing_is_counted_from_them(self, session, cast, review, browse):
        rates(browse(cast.facilitator), review, FIRST)
        look_again(session)
        stored = session.get_one(Review, review.id)
        assert queries.counted_answers(session, stored) == {}
        assert queries.counted_of_all(session, [stored.id]) == {}
        seen = queries.visible_sheets(session, cast.reviewer, stored)
        assert seen == []
        assert [one.rater_id for one in queries.visible_sheets(session, cast.facilitator, stored)] == [
            cast.facilitator.id
        ]

    def test_comparing_is_refused_until_both_are_sent(self, cast, review, browse):
        first = browse(cast.facilitator)
        rates(first, review, FIRST)
        for client in (first, browse(cast.reviewer)):
            assert client.get(f"/reviews/{review.code}/ratings/consensus").status_code == 409
            assert client.submit(f"/reviews/{review.code}/ratings/consensus/begin").status_code == 409

    def test_ends_for_both_when_both_are_sent(self, review, both_sent):
        for client in both_sent:
            shown = client.get(f"/reviews/{review.code}/ratings/consensus").text
            assert SECRET in shown
            assert OTHER_SECRET in shown

    def test_a_sheet_can_be_taken_back_only_while_nobody_has_seen_it(self, cast, review, browse):
        first, second = browse(cast.facilitator), browse(cast.reviewer)
        rates(first, review, FIRST)
        assert first.submit(f"/reviews/{review.code}/ratings/reopen").status_code == 200
        first.submit(f"/reviews/{review.code}/ratings", {"then": "send"})
        rates(second, review, SECOND)
        assert first.submit(f"/reviews/{review.code}/ratings/reopen").status_code == 409
        assert second.submit(f"/reviews/{review.code}/ratings/reopen").status_code == 409

    def test_there_is_no_third_rater(self, session, cast, review, browse, both_sent):
        a_member(session, review, cast.second_facilitator, TeamRole.CO_FACILITATOR)
        session.commit()
        assert browse(cast.second_facilitator).submit(f"/reviews/{review.code}/ratings/begin").status_code == 409

    def test_a_sent_sheet_is_not_taken_over(self, session, cast, review, browse, both_sent):
        a_member(session, review, cast.second_facilitator, TeamRole.CO_FACILITATOR)
        member = session.exec(select(TeamMember).where(TeamMember.person_id == cast.reviewer.id)).one()
        session.delete(member)
        session.commit()
        sheet = session.exec(select(RatingSheet).where(RatingSheet.rater_id == cast.reviewer.id)).one()
        address = f"/reviews/{review.code}/ratings/take-over/{sheet.code}"
        assert browse(cast.second_facilitator).submit(address).status_code == 409


class TestWhoeverKnowsTheFirstSheet:
    """A rater leaves, a colleague goes on with the sheet, and the rater comes back."""

    @pytest.fixture
    def handed_over(self, session, cast, review, browse):
        rates(browse(cast.reviewer), review, {"rate_tools": "2"}, then="save")
        set_membership(session, review, cast.reviewer, ended=True)
        sheet = session.exec(select(RatingSheet)).one()
        lead = browse(cast.facilitator)
        assert lead.submit(f"/reviews/{review.code}/ratings/take-over/{sheet.code}").status_code == 200
        lead.submit(f"/reviews/{review.code}/ratings", {**FIRST, "then": "send"})
        set_membership(session, review, cast.reviewer, ended=False)
        return review

    def test_does_not_rate_the_second(self, session, cast, handed_over, browse):
        client, address = browse(cast.reviewer), f"/reviews/{handed_over.code}/ratings"
        assert f"{address}/begin" not in client.get(address).text
        refused = client.submit(f"{address}/begin")
        assert refused.status_code == 409
        assert "someone who has not seen it" in words(refused.text)
        look_again(session)
        assert session.exec(select(RatingSheet.rater_id)).all() == [cast.facilitator.id]

    def test_does_not_go_on_with_the_second_either(self, session, cast, handed_over, browse):
        a_member(session, handed_over, cast.second_facilitator, TeamRole.CO_FACILITATOR)
        session.commit()
        rates(browse(cast.second_facilitator), handed_over, {"rate_tools": "1"}, then="save")
        set_membership(session, handed_over, cast.second_facilitator, ended=True)
        second = session.exec(select(RatingSheet).where(RatingSheet.rater_id == cast.second_facilitator.id)).one()
        client, address = browse(cast.reviewer), f"/reviews/{handed_over.code}/ratings"
        assert "/take-over/" not in client.get(address).text
        assert client.submit(f"{address}/take-over/{second.code}").status_code == 409

    def test_leaves_the_second_to_a_colleague_who_does_not(self, session, cast, handed_over, browse):
        a_member(session, handed_over, cast.second_facilitator, TeamRole.CO_FACILITATOR)
        session.commit()
        assert rates(browse(cast.second_facilitator), handed_over, SECOND).status_code == 200
        look_again(session)
        assert len(session.exec(select(RatingSheet).where(col(RatingSheet.sent_at).is_not(None))).all()) == 2


class TestConsensus:
    def test_is_filled_where_both_said_the_same_and_shows_what_differs_first(self, session, cast, review, both_sent):
        first, _ = both_sent
        shown = first.submit(f"/reviews/{review.code}/ratings/consensus/begin").text
        assert "Two raters agree on 4 of 5 factors." in words(shown)
        assert shown.index('id="workload"') < shown.index('id="tools"')
        held = self.consensus(session, review)
        assert held[cast.factors["tools"].id].answer is Answer.STRONG
        assert held[cast.factors["fatigue"].id].answer is Answer.NOT_ENOUGH_INFORMATION
        assert cast.factors["workload"].id not in held
        assert f"{SECRET}\n\n{OTHER_SECRET}" in shown

    def test_counts_once_it_is_sent(self, session, cast, review, both_sent):
        first, second = both_sent
        address = f"/reviews/{review.code}/ratings/consensus"
        first.submit(f"{address}/begin")
        refused = second.submit(address, {"then": "send"})
        assert refused.status_code == 422
        assert "1 factor has no rating: Demand and resources." in words(refused.text)
        look_again(session)
        assert queries.counted_answers(session, session.get_one(Review, review.id)) == {}
        look_again(session)
        sent = second.submit(address, {"rate_workload": "2", "why_workload": "Two of five posts.", "then": "send"})
        assert "Consensus sent. It counts from now on." in words(sent.text)
        look_again(session)
        counted = queries.counted_answers(session, session.get_one(Review, review.id))
        assert counted[cast.factors["workload"].id] is Answer.INFLUENCED
        assert len(counted) == len(FACTORS)
        did = session.exec(select(TrailEntry.did).where(TrailEntry.within == review.code)).all()
        assert {"begin consensus", "send consensus"} <= set(did)

    def test_can_be_reopened_until_the_review_is_concluded(self, session, cast, review, both_sent):
        first, _ = both_sent
        address = f"/reviews/{review.code}/ratings/consensus"
        first.submit(f"{address}/begin")
        first.submit(address, {"rate_workload": "1", "then": "send"})
        assert first.submit(f"{address}/reopen").status_code == 200
        first.submit(address, {"then": "send"})
        look_again(session)
        session.get_one(Review, review.id).stage = Stage.CONCLUDED
        session.commit()
        assert first.submit(f"{address}/reopen").status_code == 409
        assert first.submit(address, {"rate_workload": "2"}).status_code == 409
        assert first.get(address).status_code == 200

    def test_is_the_teams_own(self, session, cast, review, browse, both_sent):
        first, _ = both_sent
        address = f"/reviews/{review.code}/ratings/consensus"
        first.submit(f"{address}/begin")
        assert browse(cast.analyst).submit(address, {"rate_workload": "2"}).status_code == 403
        assert browse(cast.second_facilitator).submit(address, {"rate_workload": "2"}).status_code == 404
        a_member(session, review, cast.second_facilitator, TeamRole.SCRIBE)
        session.commit()
        assert browse(cast.second_facilitator).submit(address, {"rate_workload": "2"}).status_code == 409

    def test_is_begun_only_once(self, session, review, both_sent):
        first, second = both_sent
        for client in (first, second):
            client.submit(f"/reviews/{review.code}/ratings/consensus/begin")
        look_again(session)
        query = select(RatingSheet).where(RatingSheet.review_id == review.id, RatingSheet.round == Round.CONSENSUS)
        assert len(session.exec(query).all()) == 1

    def consensus(self, session, review):
        look_again(session)
        query = select(FactorRating).join(RatingSheet, RatingSheet.id == FactorRating.sheet_id)
        rows = session.exec(query.where(RatingSheet.review_id == review.id, RatingSheet.round == Round.CONSENSUS))
        return {row.factor_id: row for row in rows}


class TestAgreementOverReviews:
    def test_is_counted_from_pairs_that_are_both_sent(self, session, cast, review, browse, both_sent):
        found = {one.factor: one.answers for one in queries.rated_by_two(session, cast.analyst)}
        assert found["test", "tools"] == (3, 3)
        assert sorted(found["test", "workload"]) == [1, 2]
        assert ("test", "fatigue") not in found
        shown = words(browse(cast.analyst).get("/factors/agreement").text)
        assert "Equipment and technology" in shown
        assert "4 pairs of ratings by two people" in shown
        assert "Not defined" in shown

    def test_is_told_by_two_raters_without_their_names(self, session, cast, review, browse, both_sent):
        told = words(browse(cast.analyst).get("/factors/agreement").text)
        assert "Two raters, 1" in told
        assert cast.reviewer.name not in told
        assert queries.rated_by_two(session, cast.outsider) == []

    def test_leaves_out_a_pair_of_which_one_is_open(self, session, cast, review, browse):
        rates(browse(cast.facilitator), review, FIRST)
        rates(browse(cast.reviewer), review, SECOND, then="save")
        assert queries.rated_by_two(session, cast.analyst) == []

    def test_is_for_those_who_see_patterns_and_only_over_what_they_read(self, session, cast, browse, review, both_sent):
        assert browse(cast.administrator).get("/factors/agreement").status_code == 403
        assert browse(cast.facilitator).get("/factors/agreement").status_code == 403
        assert queries.rated_by_two(session, cast.outsider) == []
        assert len(queries.rated_by_two(session, cast.record_chief)) == 4


class TestDirections:
    def test_that_differ_are_settled_in_the_consensus(self, session, cast, review, browse):
        first, second = browse(cast.facilitator), browse(cast.reviewer)
        rates(first, review, sheet(rate_tools="1", direction_tools="helped"))
        rates(second, review, sheet(rate_tools="1", direction_tools="hindered", direction_fatigue="both"))
        first.submit(f"/reviews/{review.code}/ratings/consensus/begin")
        held = TestConsensus().consensus(session, review)
        assert cast.factors["tools"].id not in held
        assert held[cast.factors["fatigue"].id].answer is Answer.NOT_EVIDENT
