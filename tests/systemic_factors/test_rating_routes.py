"""One's own rating sheet: beginning, answering, sending, reopening; and who may."""

import re

import pytest
from sqlmodel import select

from app.audit.models import TrailEntry
from app.reviews.models import EpisodeKind, Stage, TeamMember, TeamRole
from app.systemic_factors.models import Answer, Direction, FactorRating, RatingSheet, Round
from app.systemic_factors.queries import counted_answers
from tests.cast import FACTORS
from tests.conftest import words
from tests.factories import a_link, a_member, a_review, a_sheet, an_episode, rate
from tests.systemic_factors.stored import look_again


@pytest.fixture
def review(session, cast):
    cast.agency.second_rater_share = 0
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    a_member(session, made, cast.reviewer)
    session.commit()
    return made


def begun(client, review):
    assert client.submit(f"/reviews/{review.code}/ratings/begin").status_code == 200
    return f"/reviews/{review.code}/ratings"


def everything(**more):
    return {**{f"rate_{key}": "0" for key in FACTORS}, **more}


def the_sheet(session, review, round=Round.INDEPENDENT):
    look_again(session)
    return session.exec(select(RatingSheet).where(RatingSheet.review_id == review.id, RatingSheet.round == round)).one()


def answers(session, sheet):
    look_again(session)
    return {row.factor_id: row for row in session.exec(select(FactorRating).where(FactorRating.sheet_id == sheet.id))}


def deeds(session, review):
    return list(session.exec(select(TrailEntry.did).where(TrailEntry.within == review.code)))


def taking_back(html):
    addresses = re.findall(r'action="([^"]+/take-back)"', html)
    assert len(addresses) == 1
    return addresses[0]


class TestTheSheet:
    def test_lists_the_whole_pack_once_by_domain(self, review, cast, browse):
        client = browse(cast.facilitator)
        begun(client, review)
        shown = client.get(f"/reviews/{review.code}/ratings").text
        for key, (name, _domain) in FACTORS.items():
            assert shown.count(f'name="rate_{key}" value="0"') == 1
            assert name in shown
        assert words(shown).index("Organization and environment") < words(shown).index("Across agencies")

    def test_suggests_what_is_linked_with_its_direction_and_evidence(self, session, cast, review, browse):
        opportunity = an_episode(session, review)
        practice = an_episode(session, review, kind=EpisodeKind.SUCCESSFUL_PRACTICE, position=1)
        a_link(session, opportunity, cast.factors["tools"], evidence="Two folders for one file.")
        a_link(session, practice, cast.factors["tools"], direction=Direction.HELPED)
        a_link(session, practice, cast.factors["teamwork"], direction=Direction.HELPED)
        session.commit()
        client = browse(cast.facilitator)
        address = begun(client, review)
        shown = client.get(address).text
        told = words(shown)
        assert "Suggested because it is linked in improvement opportunity 1 , successful practice 1 ." in told
        assert "Two folders for one file." in told
        assert '<option value="both" selected>' in shown.split('name="direction_tools"')[1].split("</select>")[0]
        assert '<option value="helped" selected>' in shown.split('name="direction_teamwork"')[1].split("</select>")[0]
        assert "read factor links" in deeds(session, review)

    def test_is_kept_in_parts_and_comes_back(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        address = begun(client, review)
        client.submit(address, {"rate_tools": "3", "why_tools": "Staff used two folders.", "direction_tools": "both"})
        client.submit(address, {"rate_teamwork": "?", "confidence_teamwork": "low"})
        kept = answers(session, the_sheet(session, review))
        tools, teamwork = kept[cast.factors["tools"].id], kept[cast.factors["teamwork"].id]
        assert (tools.answer, tools.direction) == (Answer.STRONG, Direction.BOTH)
        assert (teamwork.answer, teamwork.confidence) == (Answer.NOT_ENOUGH_INFORMATION, "low")
        assert "Staff used two folders." in client.get(address).text
        assert "save ratings" in deeds(session, review)

    def test_says_after_saving_which_ratings_need_a_sentence(self, cast, review, browse):
        client = browse(cast.facilitator)
        address = begun(client, review)
        saved = client.submit(address, {"rate_tools": "3", "rate_teamwork": "1"})
        assert "Ratings saved. 1 rating still needs a sentence." in words(saved.text)
        assert f"Ratings – {review.title}" in words(saved.text)
        saved = client.submit(address, {"rate_tools": "3", "why_tools": "Staff used two folders."})
        assert "still need" not in words(saved.text)

    def test_loses_nothing_when_it_is_refused(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        address = begun(client, review)
        answer = client.submit(
            address, {"rate_tools": "2", "why_tools": "Two folders.", "why_teamwork": "No rating yet."}
        )
        assert answer.status_code == 422
        assert "Two folders." in answer.text
        assert "No rating yet." in answer.text
        assert "Choose a rating for what you wrote" in answer.text
        assert answers(session, the_sheet(session, review)) == {}

    @pytest.mark.parametrize("value", ["present", "4", "-1"])
    def test_takes_only_answers_of_the_scale(self, cast, review, browse, value):
        client = browse(cast.facilitator)
        assert client.submit(begun(client, review), {"rate_tools": value}).status_code == 422

    def test_refuses_what_it_does_not_ask(self, cast, review, browse):
        client = browse(cast.facilitator)
        assert client.submit(begun(client, review), {"rate_mood": "2"}).status_code == 422


class TestWhatWasNotLinked:
    def test_is_answered_in_one_step_that_can_be_taken_back(self, session, cast, review, browse):
        a_link(session, an_episode(session, review), cast.factors["tools"])
        session.commit()
        client = browse(cast.facilitator)
        address = begun(client, review)
        shown = client.submit(address, {"rate_fatigue": "1", "then": "rest"})
        kept = answers(session, the_sheet(session, review))
        assert cast.factors["tools"].id not in kept
        assert kept[cast.factors["fatigue"].id].answer is Answer.BACKGROUND
        assert sum(row.answer is Answer.NOT_EVIDENT for row in kept.values()) == len(FACTORS) - 2
        client.submit(address, {"rate_workload": "1", "seen_workload": "1 0 hindered medium"})
        client.submit(taking_back(shown.text))
        kept = answers(session, the_sheet(session, review))
        assert set(kept) == {cast.factors["fatigue"].id, cast.factors["workload"].id}
        assert "take back what is not linked" in deeds(session, review)


class TestSending:
    def test_names_every_factor_that_is_not_ready_and_keeps_the_rest(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        address = begun(client, review)
        answer = client.submit(address, {"rate_tools": "2", "rate_fatigue": "0", "then": "send"})
        assert answer.status_code == 422
        told = words(answer.text)
        assert "Equipment and technology: write why. A rating of 2 or 3 needs a sentence of evidence." in told
        unrated = "Teamwork and handoffs, Demand and resources, Interagency coordination"
        assert f"3 factors have no rating: {unrated}." in told
        sheet = the_sheet(session, review)
        assert sheet.sent_at is None
        assert len(answers(session, sheet)) == 2

    def test_makes_the_sheet_count(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        address = begun(client, review)
        assert counted_answers(session, review) == {}
        look_again(session)
        answer = client.submit(address, everything(rate_tools="2", why_tools="Two folders.", then="send"))
        assert "Rating sheet sent." in words(answer.text)
        assert "Rated by one person" in words(answer.text)
        look_again(session)
        assert counted_answers(session, review)[cast.factors["tools"].id] is Answer.INFLUENCED
        assert "send rating sheet" in deeds(session, review)

    def test_can_be_taken_back(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        address = begun(client, review)
        client.submit(address, everything(then="send"))
        assert client.submit(address, {"rate_tools": "1"}).status_code == 409
        assert client.submit(f"{address}/reopen").status_code == 200
        assert client.submit(address, {"rate_tools": "1", "seen_tools": "1 0 hindered medium"}).status_code == 200
        sheet = the_sheet(session, review)
        assert sheet.sent_at is None
        assert answers(session, sheet)[cast.factors["tools"].id].answer is Answer.BACKGROUND
        assert "reopen rating sheet" in deeds(session, review)


class TestTwoTabs:
    def test_keep_what_only_one_of_them_changed(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        address = begun(client, review)
        client.submit(address, everything())
        stale = {f"rate_{key}": "0" for key in FACTORS} | {f"seen_{key}": "1 0 hindered medium" for key in FACTORS}
        client.submit(address, stale | {"rate_tools": "3", "why_tools": "Two folders."})
        client.submit(address, stale | {"rate_fatigue": "1"})
        kept = answers(session, the_sheet(session, review))
        assert kept[cast.factors["tools"].id].answer is Answer.STRONG
        assert kept[cast.factors["fatigue"].id].answer is Answer.BACKGROUND

    def test_that_changed_the_same_text_are_both_offered(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        address = begun(client, review)
        client.submit(address, everything())
        seen = {"rate_tools": "2", "seen_tools": "1 0 hindered medium"}
        client.submit(address, {**seen, "why_tools": "Two folders."})
        answer = client.submit(address, {**seen, "why_tools": "No field for a contact."})
        assert answer.status_code == 409
        assert "Two folders." in answer.text
        assert "No field for a contact." in answer.text
        version = answer.text.split('name="version" value="')[1].split('"')[0]
        settled = client.submit(
            address,
            {
                **seen,
                "why_tools": "No field for a contact.",
                "theirs_why_tools": "Two folders.",
                "choice_why_tools": "both",
                "version": version,
            },
        )
        assert settled.status_code == 200
        assert "No field for a contact.\n\nTwo folders." in settled.text


class TestWho:
    ADDRESSES = ("begin", "reopen", "consensus", "consensus/begin", "consensus/reopen", "rest/1/take-back")

    def test_a_stranger_does_not_learn_that_it_exists(self, cast, review, browse):
        client = browse(cast.second_facilitator)
        assert client.get(f"/reviews/{review.code}/ratings").status_code == 404
        assert client.get(f"/reviews/{review.code}/ratings/consensus").status_code == 404
        assert client.submit(f"/reviews/{review.code}/ratings").status_code == 404
        for part in self.ADDRESSES:
            assert client.submit(f"/reviews/{review.code}/ratings/{part}").status_code == 404

    def test_a_colleague_who_only_reads_cannot_rate(self, session, cast, review, browse):
        for reader in (cast.risk_manager, cast.analyst, cast.record_chief):
            client = browse(reader)
            assert client.get(f"/reviews/{review.code}/ratings").status_code == 200
            assert client.submit(f"/reviews/{review.code}/ratings").status_code == 403
            for part in self.ADDRESSES:
                assert client.submit(f"/reviews/{review.code}/ratings/{part}").status_code == 403
        a_member(session, review, cast.second_facilitator, TeamRole.SCRIBE)
        session.commit()
        assert browse(cast.second_facilitator).submit(f"/reviews/{review.code}/ratings/begin").status_code == 409

    def test_others_see_a_sheet_once_it_is_sent(self, cast, review, browse):
        client = browse(cast.facilitator)
        address = begun(client, review)
        client.submit(address, everything(rate_tools="2", why_tools="Two folders side by side."))
        assert "Two folders side by side." not in browse(cast.reviewer).get(address).text
        assert browse(cast.reviewer).submit(f"{address}/begin").status_code == 409
        client.submit(address, everything(rate_tools="2", why_tools="Two folders side by side.", then="send"))
        assert "Two folders side by side." in browse(cast.reviewer).get(address).text
        assert "Two folders side by side." in browse(cast.analyst).get(address).text

    def test_a_sheet_whose_rater_left_is_taken_over(self, session, cast, review, browse):
        client = browse(cast.reviewer)
        address = begun(client, review)
        sheet = the_sheet(session, review)
        lead = browse(cast.facilitator)
        assert lead.submit(f"{address}/take-over/{sheet.code}").status_code == 409
        look_again(session)
        member = session.exec(select(TeamMember).where(TeamMember.person_id == cast.reviewer.id)).one()
        session.delete(member)
        session.commit()
        assert lead.submit(f"{address}/take-over/{sheet.code}").status_code == 200
        assert the_sheet(session, review).rater_id == cast.facilitator.id
        assert "take over rating sheet" in deeds(session, review)


class TestWhen:
    @pytest.mark.parametrize("stage", [Stage.OPENED, Stage.LISTENING, Stage.CONCLUDED, Stage.ON_HOLD, Stage.WITHDRAWN])
    def test_nothing_is_rated_before_the_analysis_or_after_the_end(self, session, cast, review, browse, stage):
        client = browse(cast.facilitator)
        address = begun(client, review)
        review.stage = stage
        session.add(review)
        session.commit()
        assert client.get(address).status_code == 200
        for part in ("", "/begin", "/reopen"):
            assert client.submit(f"{address}{part}", {"rate_tools": "1"} if not part else {}).status_code == 409

    @pytest.mark.parametrize("stage", [Stage.IN_ANALYSIS, Stage.DRAFT, Stage.WITH_DIVISION])
    def test_it_is_rated_from_the_analysis_on(self, session, cast, review, browse, stage):
        review.stage = stage
        session.add(review)
        session.commit()
        client = browse(cast.facilitator)
        assert client.submit(begun(client, review), {"rate_tools": "1"}).status_code == 200


class TestImportedTags:
    def test_are_shown_as_present_without_a_strength(self, session, cast, review, browse):
        rate(session, a_sheet(session, review, round=Round.IMPORTED, sent=False), cast.factors["tools"], Answer.PRESENT)
        session.commit()
        told = words(browse(cast.analyst).get(f"/reviews/{review.code}/ratings").text)
        assert "how strong the influence was is not rated" in told
        assert counted_answers(session, review) == {cast.factors["tools"].id: Answer.PRESENT}


class TestTheTrailOfRatings:
    def test_names_no_database_id(self, session, cast, review, browse):
        client = browse(cast.facilitator)
        client.submit(begun(client, review), everything(rate_tools="2", why_tools="Two folders."))
        codes = session.exec(select(TrailEntry.code).where(TrailEntry.kind == "FactorRating")).all()
        assert len(codes) == len(set(codes)) > 1
        assert all(re.fullmatch(r"A-[0-9A-Z]{10}", code) for code in codes)
