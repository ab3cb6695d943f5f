"""A review as a whole: opening it, its team, its stages, what it says about itself, and finding it again."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.clock import now
from app.identity.models import Role
from app.reviews import history
from app.reviews.models import EpisodeKind, Review, Stage, StageEntry, TeamMember, TeamRole, TriageDecision
from app.systemic_factors.models import Answer
from app.writing.models import TextVersion
from tests.cast import a_person
from tests.conftest import words
from tests.factories import (
    a_debrief,
    a_finding,
    a_link,
    a_member,
    a_note,
    a_review,
    a_sheet,
    an_episode,
    an_event,
    an_incident,
    an_invitation,
    rate,
)


def trail_of(session, code):
    session.commit()
    query = select(TrailEntry).where(TrailEntry.within == code).order_by(TrailEntry.id)
    return [row.did for row in session.exec(query)]


def team(session):
    session.commit()
    rows = session.exec(select(TeamMember).where(TeamMember.left_at == None))  # noqa: E711
    return {row.person_id: row.role for row in rows}


def selected(session, cast, *, by=None, decision="rapid_review"):
    incident = an_incident(session, cast.harbor_north, opened_by_id=by.id if by else None)
    session.add(TriageDecision(incident_id=incident.id, decision=decision, rationale="Because."))
    session.commit()
    return incident


def opening(viewer, **more):
    return {"title": "Handoff between two units", "level": "rapid_review", "lead": viewer.code, **more}


class TestOpeningAReview:
    def test_a_facilitator_becomes_the_lead_of_a_review_of_the_incidents_office(self, session, cast, browse):
        incident = selected(session, cast, by=cast.facilitator)
        client = browse(cast.facilitator)
        form = client.get(f"/reviews/new/{incident.code}").text
        assert f'value="{cast.facilitator.code}" selected' in form
        sent = opening(cast.facilitator, members=[cast.reviewer.code], purpose="To learn about handoffs.")
        answer = client.submit(f"/reviews/new/{incident.code}", sent)
        review = session.exec(select(Review)).one()
        assert answer.url.path == f"/reviews/{review.code}"
        assert (review.office_id, review.pack_id, review.stage) == (cast.harbor_north.id, cast.pack.id, Stage.OPENED)
        assert team(session) == {cast.facilitator.id: TeamRole.LEAD, cast.reviewer.id: TeamRole.REVIEWER}
        assert trail_of(session, review.code)[:3] == ["open review", "join team: lead", "join team: reviewer"]
        assert session.exec(select(TextVersion).where(TextVersion.code == review.code)).one().field == "purpose"
        assert [row.stage for row in session.exec(select(StageEntry))] == [Stage.OPENED]

    def test_risk_management_opens_it_and_names_the_lead(self, session, cast, browse):
        incident = selected(session, cast)
        client = browse(cast.risk_manager)
        client.submit(f"/reviews/new/{incident.code}", opening(cast.second_facilitator))
        assert team(session) == {cast.second_facilitator.id: TeamRole.LEAD}

    def test_the_lead_is_a_facilitator(self, session, cast, browse):
        incident = selected(session, cast)
        answer = browse(cast.risk_manager).submit(f"/reviews/new/{incident.code}", opening(cast.reviewer))
        assert answer.status_code == 422
        assert "Choose one of the facilitators." in words(answer.text)

    @pytest.mark.parametrize("decision", ["not_selected", "aggregate_only"])
    def test_an_incident_that_was_not_selected_has_none(self, session, cast, browse, decision):
        incident = selected(session, cast, decision=decision)
        client = browse(cast.risk_manager)
        assert client.get(f"/reviews/new/{incident.code}").status_code == 409
        answer = client.submit(f"/reviews/new/{incident.code}", opening(cast.facilitator))
        assert answer.status_code == 409
        assert session.exec(select(Review)).all() == []

    def test_an_incident_has_one_review(self, session, cast, browse):
        incident = selected(session, cast)
        client = browse(cast.risk_manager)
        for status in (200, 409):
            answer = client.submit(f"/reviews/new/{incident.code}", opening(cast.facilitator))
            assert answer.status_code == status

    def test_is_not_for_reviewers_and_not_for_strangers(self, session, cast, browse):
        incident = selected(session, cast)
        address = f"/reviews/new/{incident.code}"
        assert browse(cast.reviewer).submit(address, opening(cast.facilitator)).status_code == 403
        assert browse(cast.outsider).submit(address, opening(cast.facilitator)).status_code == 404
        assert browse(cast.facilitator).submit(address, opening(cast.facilitator)).status_code == 404


class TestTheTeam:
    def test_each_member_states_for_themself_that_they_were_not_involved(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, stage=Stage.OPENED)
        session.add(TeamMember(review_id=review.id, person_id=cast.facilitator.id, role=TeamRole.LEAD))
        session.commit()
        client = browse(cast.facilitator)
        assert "I was not involved in this work" in client.get(f"/reviews/{review.code}").text
        client.submit(f"/reviews/{review.code}/not-involved")
        session.commit()
        assert session.exec(select(TeamMember)).one().not_involved_stated_at
        assert "state: not involved in this work" in trail_of(session, review.code)

    def test_nobody_states_it_for_others(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        assert browse(cast.risk_manager).submit(f"/reviews/{review.code}/not-involved").status_code == 403

    def test_the_lead_adds_changes_and_takes_people_off(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        client, address = browse(cast.facilitator), f"/reviews/{review.code}/team"
        client.submit(address, {"person": cast.reviewer.code, "role": "scorer"})
        client.submit(address, {"person": cast.reviewer.code, "role": "scribe"})
        assert team(session)[cast.reviewer.id] is TeamRole.SCRIBE
        assert browse(cast.reviewer).get(f"/reviews/{review.code}").status_code == 200
        client.submit(f"{address}/{cast.reviewer.code}/leave")
        assert cast.reviewer.id not in team(session)
        assert browse(cast.reviewer).get(f"/reviews/{review.code}").status_code == 404

    def test_the_last_lead_stays_until_another_is_named(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        client, address = browse(cast.facilitator), f"/reviews/{review.code}/team"
        assert client.submit(f"{address}/{cast.facilitator.code}/leave").status_code == 409
        assert client.submit(address, {"person": cast.facilitator.code, "role": "scribe"}).status_code == 409
        client.submit(address, {"person": cast.second_facilitator.code, "role": "lead"})
        assert client.submit(f"{address}/{cast.facilitator.code}/leave").status_code == 200

    def test_a_reviewer_cannot_be_made_lead(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        sent = {"person": cast.reviewer.code, "role": "lead"}
        assert browse(cast.facilitator).submit(f"/reviews/{review.code}/team", sent).status_code == 422

    def test_is_chosen_by_its_leads_and_risk_management_only(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        a_member(session, review, cast.second_facilitator, TeamRole.SCORER)
        session.commit()
        address = f"/reviews/{review.code}/team"
        sent = {"person": cast.reviewer.code, "role": "reviewer"}
        assert browse(cast.second_facilitator).submit(address, sent).status_code == 403
        assert browse(cast.outsider).submit(address, sent).status_code == 404
        assert browse(cast.risk_manager).submit(address, sent).status_code == 200

    def test_someone_who_comes_back_states_again(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        a_member(session, review, cast.reviewer)
        session.commit()
        client, address = browse(cast.facilitator), f"/reviews/{review.code}/team"
        client.submit(f"{address}/{cast.reviewer.code}/leave")
        client.submit(address, {"person": cast.reviewer.code, "role": "reviewer"})
        session.commit()
        back = session.exec(select(TeamMember).where(TeamMember.person_id == cast.reviewer.id)).one()
        assert (back.left_at, back.not_involved_stated_at) == (None, None)


class TestEnteringAStage:
    def test_moves_the_review_and_leaves_a_line_and_an_entry(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.OPENED)
        session.commit()
        answer = browse(cast.facilitator).submit(f"/reviews/{review.code}/stage/listening")
        assert answer.status_code == 200
        assert "This review is now: listening." in words(answer.text)
        assert "enter stage: listening" in trail_of(session, review.code)
        assert session.exec(select(StageEntry)).one().by_id == cast.facilitator.id

    def test_is_refused_with_the_sentence_that_greys_the_button(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.LISTENING)
        session.commit()
        client = browse(cast.facilitator)
        sentence = "Invite those who were involved, or say why no one could be heard."
        assert f"Not yet: {sentence}" in words(client.get(f"/reviews/{review.code}").text)
        answer = client.submit(f"/reviews/{review.code}/stage/in_analysis")
        assert answer.status_code == 409
        assert sentence in words(answer.text)
        session.refresh(review)
        assert review.stage is Stage.LISTENING

    def test_goes_all_the_way_once_everything_is_done(self, session, cast, browse):
        review = a_review(
            session,
            cast.pack,
            cast.harbor_north,
            lead=cast.facilitator,
            stage=Stage.OPENED,
            family_perspective="They wished for one phone number.",
        )
        an_invitation(session, review)
        an_event(session, review)
        an_episode(session, review)
        an_episode(session, review, kind=EpisodeKind.SUCCESSFUL_PRACTICE)
        a_finding(session, review)
        a_sheet(session, review, rater=cast.facilitator)
        session.commit()
        client = browse(cast.facilitator)
        for stage in ("listening", "in_analysis", "draft", "with_division", "concluded"):
            assert client.submit(f"/reviews/{review.code}/stage/{stage}").status_code == 200, stage
        session.refresh(review)
        assert review.concluded_on is not None
        session.commit()
        client.submit(f"/reviews/{review.code}/stage/draft")
        session.refresh(review)
        assert (review.stage, review.concluded_on) == (Stage.DRAFT, None)

    def test_a_pause_needs_a_reason_and_the_review_is_taken_up_where_it_was(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.DRAFT)
        session.commit()
        client, address = browse(cast.facilitator), f"/reviews/{review.code}/stage"
        refused = client.submit(f"{address}/on_hold")
        assert refused.status_code == 422
        assert words(refused.text).count("Say in a sentence why the review pauses.") == 2, (
            "in the list and at its field"
        )
        assert refused.text.count('<details class="help" open>') == 1
        assert 'aria-describedby="problem-reason" aria-invalid="true"' in refused.text
        assert refused.text.count('id="field-reason"') == 1
        paused = client.submit(f"{address}/on_hold", {"reason": "Waiting for the court."})
        assert "Waiting for the court." in paused.text
        assert client.submit(f"{address}/concluded").status_code == 409
        client.submit(f"{address}/draft")
        session.refresh(review)
        assert (review.stage, review.stage_before_hold) == (Stage.DRAFT, None)

    def test_is_for_those_who_lead_it(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.OPENED)
        a_member(session, review, cast.second_facilitator)
        a_member(session, review, cast.reviewer)
        session.commit()
        address = f"/reviews/{review.code}/stage/listening"
        assert browse(cast.second_facilitator).submit(address).status_code == 403
        assert browse(cast.reviewer).submit(address).status_code == 403
        assert browse(cast.risk_manager).submit(address).status_code == 403
        assert browse(cast.outsider).submit(address).status_code in (403, 404)

    def test_two_ratings_need_a_consensus(self, session, cast, browse):
        review = a_review(
            session,
            cast.pack,
            cast.harbor_north,
            lead=cast.facilitator,
            stage=Stage.WITH_DIVISION,
            no_opportunities_because="None seen.",
            no_practices_because="None seen.",
            no_family_perspective_because="They did not wish to.",
        )
        a_sheet(session, review, rater=cast.facilitator)
        a_sheet(session, review, rater=cast.reviewer)
        session.commit()
        answer = browse(cast.facilitator).submit(f"/reviews/{review.code}/stage/concluded")
        assert "consensus" in words(answer.text)


class TestTheOverview:
    def test_tells_what_it_is_about_and_what_comes_next(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, summary="Two units, one file.")
        session.commit()
        shown = words(browse(cast.facilitator).get(f"/reviews/{review.code}").text)
        for sentence in (
            "To learn how the work was set up.",
            "Two units, one file.",
            "Near fatality",
            "1–4 years",
            "Add at least one event to the timeline.",
            "Suggested, so that memory is fresh",
            "Dana F",
        ):
            assert sentence in shown

    def test_opening_it_leaves_one_line(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        browse(cast.analyst).get(f"/reviews/{review.code}")
        assert trail_of(session, review.code) == ["read overview"]

    def test_a_reader_is_offered_nothing_to_change(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        shown = browse(cast.analyst).get(f"/reviews/{review.code}").text
        for address in ("/about", "/team", "/stage/"):
            assert f"/reviews/{review.code}{address}" not in shown

    @pytest.mark.parametrize("page", ["", "/report", "/report.txt", "/history", "/about", "/team"])
    def test_a_stranger_does_not_learn_that_it_exists(self, session, cast, browse, page):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        for stranger in (cast.outsider, cast.second_facilitator):
            assert browse(stranger).get(f"/reviews/{review.code}{page}").status_code in (403, 404)
        assert browse(cast.second_facilitator).get(f"/reviews/{review.code}{page}").status_code == 404


class TestWhatItSaysAboutItself:
    def sent(self, review, **more):
        kept = {name: getattr(review, name) for name in ("title", "method", "level", "version")}
        return {**kept, **more}

    def test_is_changed_with_its_earlier_text_kept(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        client = browse(cast.facilitator)
        assert "To learn how the work was set up." in client.get(f"/reviews/{review.code}/about").text
        sent = self.sent(review, purpose="To learn about handoffs.", summary="Two units.")
        assert "To learn about handoffs." in client.submit(f"/reviews/{review.code}/about", sent).text
        kept = session.exec(select(TextVersion).where(TextVersion.code == review.code)).all()
        assert {row.field for row in kept} == {"purpose", "summary"}
        assert "change: purpose, summary" in trail_of(session, review.code)

    @pytest.mark.parametrize("stage", [Stage.CONCLUDED, Stage.ON_HOLD, Stage.WITHDRAWN])
    def test_stays_as_it_is_when_the_review_is_concluded_or_paused(self, session, cast, browse, stage):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=stage)
        session.commit()
        client = browse(cast.facilitator)
        assert client.get(f"/reviews/{review.code}/about").status_code == 409
        assert client.submit(f"/reviews/{review.code}/about", self.sent(review, purpose="New.")).status_code == 409

    def test_is_for_the_team(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        a_member(session, review, cast.second_facilitator, TeamRole.ADVISER)
        session.commit()
        for reader in (cast.second_facilitator, cast.risk_manager):
            answer = browse(reader).submit(f"/reviews/{review.code}/about", self.sent(review, purpose="New."))
            assert answer.status_code == 403

    def test_comes_back_as_it_was_left_and_a_saved_one_needs_no_draft(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        client, address = browse(cast.facilitator), f"/reviews/{review.code}/about"
        sent = self.sent(review, purpose="Half a sentence")
        client.submit("/drafts", {"draft_key": address, **sent})
        shown = client.get(address).text
        assert "Half a sentence" in shown
        assert "This is your draft" in shown
        client.submit(address, self.sent(review, purpose="A whole sentence."))
        assert "This is your draft" not in client.get(address).text

    def test_needs_a_title(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        answer = browse(cast.facilitator).submit(f"/reviews/{review.code}/about", self.sent(review, title="  "))
        assert answer.status_code == 422


class TestTheListOfReviews:
    def shown(self, client, address, *reviews):
        text = client.get(address).text
        return [review for review in reviews if review.code in text]

    def test_holds_only_what_one_may_read(self, session, cast, browse):
        own = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        other = a_review(session, cast.pack, cast.foothills_east, lead=cast.second_facilitator)
        session.commit()
        for viewer, wanted in [
            (cast.facilitator, [own]),
            (cast.record_chief, [own]),
            (cast.risk_manager, [own, other]),
            (cast.outsider, []),
        ]:
            assert self.shown(browse(viewer), "/reviews", own, other) == wanted
        assert browse(cast.chief).get("/reviews").status_code == 403

    def test_is_narrowed_by_what_stands_in_the_address(self, session, cast, browse):
        first = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.DRAFT)
        incident = an_incident(session, cast.foothills_east, incident_type="drowning")
        second = a_review(
            session,
            cast.pack,
            cast.foothills_east,
            incident=incident,
            opened_on=date(2025, 2, 3),
            title="Placement at night, 100% of beds",
        )
        session.commit()
        client = browse(a_person(session, cast.agency, "Both H", Role.RISK_MANAGEMENT, Role.FACILITATOR))
        a_member(session, second, cast.risk_manager)
        session.commit()
        for query, wanted in [
            ("stage=draft", [first]),
            (f"division={cast.foothills.code}", [second]),
            (f"office={cast.harbor_north.code}", [first]),
            ("type=drowning", [second]),
            ("year=2025", [second]),
            ("words=night+placement", [second]),
            (f"words={first.code.lower()}", [first]),
            ("words=100%25", [second]),
            ("words=_", []),
            ("mine=yes", []),
            ("stage=nothing", [first, second]),
            ("words=handoff&stage=draft&year=2026", [first]),
        ]:
            assert self.shown(client, f"/reviews?{query}", first, second) == wanted, query
        assert self.shown(browse(cast.risk_manager), "/reviews?mine=yes", first, second) == [second]

    def test_opens_no_narrative(self, session, cast, browse):
        a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        browse(cast.facilitator).get("/reviews?words=handoff")
        assert session.exec(select(TrailEntry)).all() == []

    def test_says_what_to_do_when_nothing_matches(self, session, cast, browse):
        client = browse(cast.risk_manager)
        assert "will be here" in words(client.get("/reviews").text)
        a_review(session, cast.pack, cast.harbor_north)
        session.commit()
        assert "No reviews match: Title or code: zebra" in words(client.get("/reviews?words=zebra").text)

    @pytest.mark.parametrize("sort", ["title", "-title", "stage", "opened", "-opened", "nothing"])
    def test_can_be_sorted(self, session, cast, browse, sort):
        a_review(session, cast.pack, cast.harbor_north)
        session.commit()
        assert browse(cast.risk_manager).get(f"/reviews?sort={sort}").status_code == 200

    @pytest.mark.parametrize(("sort", "direction"), [("opened", "ascending"), ("-opened", "descending")])
    def test_says_by_what_it_can_be_sorted_and_how_it_is(self, session, cast, browse, sort, direction):
        a_review(session, cast.pack, cast.harbor_north)
        session.commit()
        heads = BeautifulSoup(browse(cast.risk_manager).get(f"/reviews?sort={sort}").text, "html.parser").thead
        assert [link["title"] for link in heads("a")] == ["Sort by “Review”", "Sort by “Stage”", "Sort by “Opened”"]
        assert [(head.a["title"], head["aria-sort"]) for head in heads(attrs={"aria-sort": True})] == [
            ("Sort by “Opened”", direction)
        ]


class TestSearchingInside:
    def test_finds_words_in_every_kind_of_narrative_and_leaves_lines_without_them(self, session, cast, browse):
        by_purpose = a_review(session, cast.pack, cast.harbor_north, purpose="About the heron on the lake.")
        by_event = a_review(session, cast.pack, cast.harbor_north)
        an_event(session, by_event, description="Someone saw a HERON at the lake.")
        by_episode = a_review(session, cast.pack, cast.harbor_north)
        an_episode(session, by_episode, known_then="The lake had one heron.")
        by_finding = a_review(session, cast.pack, cast.harbor_north)
        a_finding(session, by_finding, statement="A heron and a lake.")
        apart = a_review(session, cast.pack, cast.harbor_north, purpose="A heron.")
        an_event(session, apart, description="A lake.")
        session.commit()
        shown = words(browse(cast.risk_manager).get("/reviews/search?words=heron+lake").text)
        for text in (
            "About the review: About the heron on the lake.",
            "Timeline: ",
            "Someone saw a HERON at the lake.",
            "Improvement opportunity: ",
            "The lake had one heron.",
            "A heron and a lake.",
        ):
            assert text in shown
        found = [review for review in (by_purpose, by_event, by_episode, by_finding, apart) if review.code in shown]
        assert found == [by_purpose, by_event, by_episode, by_finding]
        lines = session.exec(select(TrailEntry)).all()
        assert {row.who for row in lines} == {cast.risk_manager.code}
        assert [(row.did, row.within) for row in lines if "read" not in row.did] == [("search in narratives", "")]
        opened = [row.within for row in lines if row.did == "read search results"]
        assert sorted(opened) == sorted(review.code for review in found)
        assert not any("heron" in str(row).lower() for row in lines)

    def test_finds_the_evidence_for_a_factor_until_it_is_removed(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north)
        link = a_link(session, an_episode(session, review), cast.factors["teamwork"])
        session.commit()
        client = browse(cast.risk_manager)
        shown = words(client.get("/reviews/search?words=two+folders").text)
        assert "Evidence for a factor: Staff described two folders for the same file." in shown.replace(" :", ":")
        link.removed_at = now()
        session.commit()
        assert review.code not in client.get("/reviews/search?words=two+folders").text

    def test_shows_only_the_words_around_what_was_found(self, session, cast, browse):
        long = "Before. " * 40 + "A heron stood there." + " After." * 40
        a_review(session, cast.pack, cast.harbor_north, purpose=long)
        session.commit()
        shown = words(browse(cast.risk_manager).get("/reviews/search?words=heron").text)
        assert "… Before." in shown
        assert "A heron stood there. After." in shown
        assert shown.count("Before.") < 12

    def test_lists_and_counts_nothing_before_there_are_words(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north)
        session.commit()
        shown = browse(cast.risk_manager).get("/reviews/search").text
        assert "Write the words to look for." in shown
        assert "that you may read match" not in shown
        assert review.code not in shown

    def test_finds_nothing_that_one_may_not_read_and_nothing_that_was_removed(self, session, cast, browse):
        hidden = a_review(session, cast.pack, cast.harbor_north, purpose="A heron.")
        own = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        event = an_event(session, own, description="A heron.")
        event.removed_at = now()
        session.commit()
        shown = browse(cast.facilitator).get("/reviews/search?words=heron").text
        assert [review.code for review in (hidden, own) if review.code in shown] == []


class TestTheReport:
    def full(self, session, cast):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, summary="Two units, one file.")
        an_event(session, review)
        episode = an_episode(session, review)
        a_link(session, episode, cast.factors["teamwork"])
        an_episode(session, review, kind=EpisodeKind.SUCCESSFUL_PRACTICE, title="A joint visit")
        sheet = a_sheet(session, review, rater=cast.facilitator)
        rate(session, sheet, cast.factors["workload"], Answer.STRONG)
        a_finding(session, review)
        a_finding(session, review, kind="strength", statement="People helped each other.")
        debrief = a_debrief(session, review)
        a_note(session, debrief, text="What a person said in confidence.")
        session.commit()
        return review

    EVERYTHING = (
        "Two units, one file.",
        "Referral assigned",
        "The receiving team did not yet know",
        "Teamwork and handoffs",
        "Staff described two folders for the same file.",
        "A joint visit",
        "Strong influence",
        "Demand and resources",
        "People helped each other.",
        "A shared moment helps before the file moves.",
    )

    def test_holds_everything_on_the_page_and_as_text_and_says_it_is_made_up(self, session, cast, browse):
        review = self.full(session, cast)
        client = browse(cast.analyst)
        for address in ("report", "report.txt"):
            answer = client.get(f"/reviews/{review.code}/{address}")
            shown = words(answer.text)
            assert [sentence for sentence in self.EVERYTHING if sentence not in shown] == []
            assert "made-up data" in shown.lower()
            assert "What a person said in confidence." not in shown
        assert answer.headers["content-disposition"] == f'attachment; filename="{review.code}.txt"'
        assert max(len(line) for line in answer.text.splitlines()) <= 78
        assert trail_of(session, review.code) == ["read report", "read report", "download report"]

    def test_names_what_helped_as_the_form_of_its_episode_does(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        an_episode(session, review, what_made_it_possible="A phone list.")
        session.commit()
        client, address = browse(cast.facilitator), f"/reviews/{review.code}/report"
        assert "What helped all the same A phone list." in words(client.get(address).text)
        assert "What helped all the same: A phone list." in words(client.get(f"{address}.txt").text)
        assert "What made it possible" not in words(client.get(address).text)

    def test_shows_its_team_what_the_language_check_finds(self, session, cast, browse):
        review = a_review(
            session, cast.pack, cast.harbor_north, lead=cast.facilitator, summary="They should have called."
        )
        session.commit()
        address = f"/reviews/{review.code}/report"
        shown = words(browse(cast.facilitator).get(address).text)
        assert "Language check: 1 thing to look at" in shown
        assert "“should have" in shown
        assert "Language check:" not in browse(cast.analyst).get(address).text

    def test_an_empty_review_has_a_report_too(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        assert "Not written yet." in browse(cast.facilitator).get(f"/reviews/{review.code}/report").text

    def test_blind_ratings_do_not_show(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, second_rating=True)
        sheet = a_sheet(session, review, rater=cast.facilitator)
        rate(session, sheet, cast.factors["workload"], Answer.STRONG)
        session.commit()
        assert "Strong influence" not in words(browse(cast.analyst).get(f"/reviews/{review.code}/report").text)


class TestTheHistory:
    def test_shows_who_changed_which_words(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, purpose="")
        session.commit()
        client = browse(cast.facilitator)
        about = {"title": review.title, "method": review.method, "level": review.level}
        client.submit(f"/reviews/{review.code}/about", {**about, "version": 1, "purpose": "To learn about two units."})
        client.submit(
            f"/reviews/{review.code}/about", {**about, "version": 2, "purpose": "To learn about three units."}
        )
        text = client.get(f"/reviews/{review.code}/history").text
        removed, added = text.split("<del>")[1].split("</del>")[0], text.split("<ins>")[1].split("</ins>")[0]
        assert words(removed) == "Taken away: two end of what was taken away."
        assert words(added) == "Added: three end of what was added."
        assert "Dana F changed the purpose of this review" in words(text)

    def test_shows_who_opened_it(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        for _ in range(2):
            browse(cast.analyst).get(f"/reviews/{review.code}")
        shown = words(browse(cast.facilitator).get(f"/reviews/{review.code}/history").text)
        assert "Kim Q : overview 2 times" in shown.replace("Kim Q:", "Kim Q :")

    def test_holds_no_note_and_no_rating(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        for kind in ("DebriefNote", "FactorRating"):
            kept = TextVersion(within=review.code, kind=kind, code="X", field="text", text="In confidence.", version=1)
            session.add(kept)
        session.commit()
        assert "In confidence." not in browse(cast.facilitator).get(f"/reviews/{review.code}/history").text

    def test_belongs_to_this_review_only(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        other = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        browse(cast.analyst).get(f"/reviews/{other.code}")
        shown = words(browse(cast.facilitator).get(f"/reviews/{review.code}/history").text)
        assert "Kim Q" not in shown

    def test_comes_in_pages_the_newest_first(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        fields = {"within": review.code, "code": review.code, "kind": "Review", "field": "purpose"}
        session.add_all(TextVersion(**fields, text=f"Wording {n:02}.", version=n) for n in range(1, 24))
        session.add_all(
            TrailEntry(agency_id=review.agency_id, who=cast.analyst.code, did=f"step {n:02}", within=review.code)
            for n in range(1, 40)
        )
        session.commit()
        client, home = browse(cast.facilitator), f"/reviews/{review.code}/history"
        first, older = client.get(home).text, client.get(f"{home}?texts=2").text
        assert "23" in words(first.split("<ins>")[1].split("</ins>")[0])
        assert "Wording 01." in older
        assert older.count("<ins>") == 2
        assert "step 39" in older
        assert "step 05" not in older
        steps = client.get(f"{home}?texts=2&done=2").text
        assert "step 05" in steps
        assert "step 39" not in steps
        assert re.search(r'href="\?texts=2&(amp;)?done=1"', steps)
        assert client.get(f"{home}?texts=x&done=99").status_code == 200

    def test_opens_only_the_texts_of_its_page(self, session, cast, browse, monkeypatch):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        fields = {"within": review.code, "code": review.code, "kind": "Review", "field": "purpose"}
        session.add_all(TextVersion(**fields, text=f"Wording {n}.", version=n) for n in range(1, 60))
        session.commit()
        opened = []
        really = history.read_all
        monkeypatch.setattr(history, "read_all", lambda s, rows, **more: opened.extend(rows) or really(s, rows, **more))
        browse(cast.facilitator).get(f"/reviews/{review.code}/history")
        assert len(opened) == history.CHANGES_PER_PAGE + 1
