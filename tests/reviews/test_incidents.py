"""Logging incidents, completing them, and finding them again."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.clock import today
from app.reviews.models import ExternalReference, Incident, Stage, TriageDecision
from app.writing.models import TextVersion
from tests.conftest import words
from tests.factories import a_review, an_incident


def trail_of(session, code):
    return [
        row.did for row in session.exec(select(TrailEntry).where(TrailEntry.within == code).order_by(TrailEntry.id))
    ]


def logged(session):
    session.commit()
    return session.exec(select(Incident).order_by(Incident.id.desc())).first()


def answers(cast, **more):
    return {
        "incident_type": "near_fatality",
        "occurred_on": "2026-03-18",
        "date_precision": "day",
        "office": cast.harbor_north.code,
        "summary": "A child needed hospital care.",
        "version": "0",
        **more,
    }


class TestLoggingAnIncident:
    def test_keeps_what_was_written_and_leaves_a_line(self, session, cast, browse):
        client = browse(cast.risk_manager)
        answer = client.submit(
            "/incidents/new", answers(cast, near_fatality_basis=["ca_critical_care_24h", "other_statute"])
        )
        incident = logged(session)
        assert answer.url.path == f"/incidents/{incident.code}"
        assert "A child needed hospital care." in answer.text
        assert incident.near_fatality_basis == ["ca_critical_care_24h", "other_statute"]
        assert incident.office_id == cast.harbor_north.id
        assert trail_of(session, incident.code) == ["log incident", "read incident"]
        assert session.exec(select(TextVersion).where(TextVersion.code == incident.code)).one().field == "summary"

    def test_answers_not_given_are_not_collected(self, session, cast, browse):
        browse(cast.facilitator).submit("/incidents/new", answers(cast))
        incident = logged(session)
        assert (incident.child_sex, incident.determination) == ("not_collected", "not_collected")
        assert incident.service_area == "unknown"

    def test_the_definition_is_kept_only_for_a_near_fatality(self, session, cast, browse):
        sent = answers(cast, incident_type="drowning", near_fatality_basis=["other_statute"])
        browse(cast.facilitator).submit("/incidents/new", sent)
        assert logged(session).near_fatality_basis == []

    def test_unknown_beside_a_real_answer_is_dropped(self, session, cast, browse):
        browse(cast.facilitator).submit("/incidents/new", answers(cast, maltreatment_types=["unknown", "neglect"]))
        assert logged(session).maltreatment_types == ["neglect"]

    @pytest.mark.parametrize(
        ("precision", "kept"),
        [
            ("day", date(2026, 3, 18)),
            ("month", date(2026, 3, 1)),
            ("quarter", date(2026, 1, 1)),
            ("year", date(2026, 1, 1)),
            ("unknown", None),
        ],
    )
    def test_a_date_is_kept_only_as_precisely_as_it_is_known(self, session, cast, browse, precision, kept):
        browse(cast.facilitator).submit("/incidents/new", answers(cast, date_precision=precision))
        assert logged(session).occurred_on == kept

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"occurred_on": "1800-01-01"}, "Enter a date from 1900 on."),
            ({"occurred_on": (today() + timedelta(days=2)).isoformat()}, "Enter a date that is not in the future."),
            ({"occurred_on": ""}, "Enter the date, or choose that it is unknown."),
            ({"learned_on": "2026-03-17"}, "Enter the day of the incident or a later one."),
            ({"office": "ELSEWHERE"}, "Choose one of the offices."),
            ({"incident_type": "something"}, "Choose one of the answers."),
            ({"incident_type": ""}, "Fill in this field."),
        ],
    )
    def test_what_cannot_be_is_refused_and_what_was_typed_comes_back(self, session, cast, browse, more, sentence):
        answer = browse(cast.facilitator).submit("/incidents/new", answers(cast, **more))
        assert answer.status_code == 422
        assert sentence in words(answer.text)
        assert "A child needed hospital care." in answer.text
        assert logged(session) is None

    @pytest.mark.parametrize(
        ("dates", "sentence"),
        [
            ({"occurred_on": "1800-01-01"}, "Enter a date from 1900 on."),
            ({"occurred_on": ""}, "Enter the date, or choose that it is unknown."),
            ({"learned_on": "2026-03-17"}, "Enter the day of the incident or a later one."),
        ],
    )
    def test_a_date_that_cannot_be_is_told_of_together_with_what_is_missing(self, cast, browse, dates, sentence):
        answer = browse(cast.facilitator).submit("/incidents/new", answers(cast, **dates, office=""))
        assert sentence in words(answer.text)
        assert "Home office: Fill in this field." in words(answer.text)
        assert "A child needed hospital care." in answer.text

    @pytest.mark.parametrize("wrong", [{"occurred_on": "soon"}, {"date_precision": "never"}])
    def test_a_date_is_held_against_no_answer_that_cannot_be(self, cast, browse, wrong):
        answer = browse(cast.facilitator).submit("/incidents/new", answers(cast, learned_on="2026-03-17", **wrong))
        assert answer.status_code == 422
        assert "or a later one" not in words(answer.text)

    def test_an_unknown_date_needs_none(self, session, cast, browse):
        browse(cast.facilitator).submit("/incidents/new", answers(cast, occurred_on="", date_precision="unknown"))
        assert logged(session).occurred_on is None

    def test_every_hint_belongs_to_a_field(self, cast, browse):
        form = BeautifulSoup(browse(cast.facilitator).get("/incidents/new").text, "html.parser")
        assert form.select(".hint")
        for hint in form.select(".hint"):
            assert form.select(f"[aria-describedby~={hint['id']}]")

    def test_is_not_for_analysts(self, cast, browse):
        assert browse(cast.analyst).get("/incidents/new").status_code == 403
        assert browse(cast.analyst).submit("/incidents/new", answers(cast)).status_code == 403

    def test_the_definition_is_asked_only_of_a_near_fatality(self, cast, browse):
        client = browse(cast.facilitator)
        assert "near_fatality_basis" in client.get("/incidents/near-fatality?incident_type=near_fatality").text
        assert "near_fatality_basis" not in client.get("/incidents/near-fatality?incident_type=drowning").text


class TestCompletingAnIncident:
    def test_changes_it_keeps_the_earlier_text_and_leaves_a_line(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        session.commit()
        client = browse(cast.risk_manager)
        form = client.get(f"/incidents/{incident.code}/edit")
        assert "A child needed hospital care. The family received support." in form.text
        sent = answers(cast, summary="Another sentence.", version="1", determination="pending")
        client.submit(f"/incidents/{incident.code}/edit", sent)
        session.refresh(incident)
        assert (incident.determination, incident.version) == ("pending", 2)
        assert any(line.startswith("change: ") for line in trail_of(session, incident.code))

    def test_stays_as_it_is_once_its_review_is_concluded(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        review = a_review(session, cast.pack, cast.harbor_north, incident=incident, stage=Stage.CONCLUDED)
        session.commit()
        client, address = browse(cast.risk_manager), f"/incidents/{incident.code}"
        assert client.get(f"{address}/edit").status_code == 409
        assert client.submit(f"{address}/edit", answers(cast, summary="Other.", version="1")).status_code == 409
        shown = client.get(address).text
        assert "This review is concluded." in words(shown)
        assert f"{address}/edit" not in shown
        review.stage = Stage.DRAFT
        session.commit()
        assert client.get(f"{address}/edit").status_code == 200

    def test_a_stranger_does_not_learn_that_it_exists(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        session.commit()
        for address in ("", "/edit", "/triage", "/references"):
            assert browse(cast.outsider).get(f"/incidents/{incident.code}{address}").status_code == 404
        assert browse(cast.outsider).submit(f"/incidents/{incident.code}/edit", answers(cast)).status_code == 404

    def test_a_facilitator_sees_only_those_they_logged_and_those_of_their_reviews(self, session, cast, browse):
        own = an_incident(session, cast.harbor_north, opened_by_id=cast.facilitator.id)
        other = an_incident(session, cast.harbor_north)
        reviewed = an_incident(session, cast.harbor_north)
        a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, incident=reviewed)
        session.commit()
        client = browse(cast.facilitator)
        shown = client.get("/incidents").text
        assert (own.code in shown, reviewed.code in shown, other.code in shown) == (True, True, False)
        assert client.get(f"/incidents/{other.code}").status_code == 404


class TestTheListOfIncidents:
    def test_filters_stand_in_the_address_and_can_be_taken_away(self, session, cast, browse):
        drowning = an_incident(session, cast.harbor_north, incident_type="drowning")
        elsewhere = an_incident(session, cast.foothills_east, incident_type="near_miss", occurred_on=date(2025, 5, 2))
        session.commit()
        client = browse(cast.risk_manager)
        for query, wanted in [
            ("type=drowning", drowning),
            (f"division={cast.foothills.code}", elsewhere),
            (f"office={cast.harbor_north.code}", drowning),
            ("year=2025", elsewhere),
        ]:
            shown = client.get(f"/incidents?{query}").text
            assert [incident.code for incident in (drowning, elsewhere) if incident.code in shown] == [wanted.code]
            assert "Remove this filter" in shown

    def test_can_be_narrowed_to_the_decision_that_counts(self, session, cast, browse):
        first = an_incident(session, cast.harbor_north)
        second = an_incident(session, cast.harbor_north)
        undecided = an_incident(session, cast.harbor_north)
        for incident, decision in [(first, "not_selected"), (first, "full_review"), (second, "not_selected")]:
            session.add(TriageDecision(incident_id=incident.id, decision=decision, rationale="Because."))
            session.flush()
        session.commit()
        client = browse(cast.risk_manager)
        for decision, wanted in [("full_review", first), ("not_selected", second), ("undecided", undecided)]:
            shown = client.get(f"/incidents?decision={decision}").text
            assert [row.code for row in (first, second, undecided) if row.code in shown] == [wanted.code]

    def test_says_when_nothing_matches_and_when_there_is_nothing(self, session, cast, browse):
        client = browse(cast.risk_manager)
        assert "will be here" in words(client.get("/incidents").text)
        an_incident(session, cast.harbor_north)
        session.commit()
        assert "No incidents match: Type: Drowning" in words(client.get("/incidents?type=drowning").text)

    def test_opens_no_narrative(self, session, cast, browse):
        an_incident(session, cast.harbor_north)
        session.commit()
        assert "hospital care" not in browse(cast.risk_manager).get("/incidents").text
        assert session.exec(select(TrailEntry)).all() == []

    def test_goes_on_to_a_second_page_and_a_page_beyond_the_end_is_the_last(self, session, cast, browse):
        for _ in range(26):
            an_incident(session, cast.harbor_north)
        session.commit()
        client = browse(cast.risk_manager)
        assert client.get("/incidents").text.count("/incidents/I-") == 25
        assert client.get("/incidents?page=99").text.count("/incidents/I-") == 1

    @pytest.mark.parametrize(
        "query", ["page=0", "page=x", "sort=nothing", "year=abcd", "year=0000", "office=%27", "type=%00"]
    )
    def test_an_odd_address_is_no_problem(self, cast, browse, query):
        assert browse(cast.risk_manager).get(f"/incidents?{query}").status_code == 200


class TestTriage:
    def sent(self, **more):
        return {
            "decision": "full_review",
            "rationale": "Much can be learned about handoffs.",
            "criteria": "open_case",
            **more,
        }

    def test_records_a_decision_with_criteria_and_reason(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        session.commit()
        answer = browse(cast.risk_manager).submit(f"/incidents/{incident.code}/triage", self.sent())
        made = session.exec(select(TriageDecision)).one()
        assert (made.decision, made.criteria) == ("full_review", ["open_case"])
        assert "Much can be learned about handoffs." in answer.text
        assert "decide in triage: full_review" in trail_of(session, incident.code)

    def test_not_selected_is_recorded_too_and_earlier_decisions_stay(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        session.commit()
        client = browse(cast.risk_manager)
        later = (today() + timedelta(days=30)).isoformat()
        first = self.sent(decision="not_selected", rationale="Wait for the finding.", reconsider_on=later)
        client.submit(f"/incidents/{incident.code}/triage", first)
        shown = words(client.submit(f"/incidents/{incident.code}/triage", self.sent()).text)
        assert "Wait for the finding." in shown
        assert "earlier decision" in shown
        assert len(session.exec(select(TriageDecision)).all()) == 2

    def test_needs_a_decision_and_a_reason(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        session.commit()
        answer = browse(cast.risk_manager).submit(f"/incidents/{incident.code}/triage", {"criteria": "open_case"})
        assert answer.status_code == 422
        assert session.exec(select(TriageDecision)).all() == []

    def test_is_looked_at_again_only_in_the_future(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        session.commit()
        answer = browse(cast.risk_manager).submit(
            f"/incidents/{incident.code}/triage", self.sent(reconsider_on="2020-01-01", rationale="")
        )
        assert "Enter a day that is still to come." in words(answer.text)
        assert "Fill in this field." in words(answer.text)

    def test_cannot_deselect_an_incident_that_has_a_review(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north)
        incident = session.get(Incident, review.incident_id)
        session.commit()
        answer = browse(cast.risk_manager).submit(
            f"/incidents/{incident.code}/triage", self.sent(decision="not_selected")
        )
        assert answer.status_code == 422
        assert "This incident has a review." in words(answer.text)

    def test_is_for_risk_management(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north, opened_by_id=cast.facilitator.id)
        session.commit()
        client = browse(cast.facilitator)
        assert client.get(f"/incidents/{incident.code}/triage").status_code == 403
        assert client.submit(f"/incidents/{incident.code}/triage", self.sent()).status_code == 403


class TestNumbersInOtherSystems:
    def test_are_added_shown_and_removed_with_a_line_each(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        session.commit()
        client = browse(cast.risk_manager)
        address = f"/incidents/{incident.code}/references"
        assert "CIFT-0007" in client.submit(address, {"system": "CIFT", "reference": "CIFT-0007"}).text
        row = session.exec(select(ExternalReference)).one()
        session.commit()
        client.submit(f"{address}/{row.code}/remove")
        assert session.exec(select(ExternalReference)).all() == []
        assert trail_of(session, incident.code) == [
            "add reference: CIFT",
            "read references",
            "remove reference: CIFT",
            "read references",
        ]

    def test_the_same_number_is_kept_once(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        session.commit()
        client = browse(cast.risk_manager)
        for status in (200, 422):
            answer = client.submit(f"/incidents/{incident.code}/references", {"system": "DACS", "reference": "8"})
            assert answer.status_code == status

    def test_are_not_for_facilitators_and_not_on_the_incident(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north, opened_by_id=cast.facilitator.id)
        session.add(ExternalReference(incident_id=incident.id, system="CIFT", reference="CIFT-0007"))
        session.commit()
        client = browse(cast.facilitator)
        assert client.get(f"/incidents/{incident.code}/references").status_code == 403
        assert "CIFT-0007" not in client.get(f"/incidents/{incident.code}").text
        assert "CIFT-0007" not in browse(cast.risk_manager).get(f"/incidents/{incident.code}").text


class TestWhoeverOnlyReads:
    def test_sees_the_list_and_an_incident_without_what_changes_them(self, session, cast, browse):
        incident = an_incident(session, cast.harbor_north)
        session.commit()
        client = browse(cast.analyst)
        listed, shown = client.get("/incidents"), client.get(f"/incidents/{incident.code}")
        assert incident.code in listed.text
        assert "The family received support." in shown.text
        for text in (listed.text, shown.text):
            assert "/incidents/new" not in text
            assert "/edit" not in text
            assert "/triage" not in text
            assert "/references" not in text
        read = session.exec(select(TrailEntry).where(TrailEntry.who == cast.analyst.code)).all()
        assert ("read incident", incident.code) in [(line.did, line.within) for line in read]
        assert client.get("/incidents/new").status_code == 403
        assert client.submit(f"/incidents/{incident.code}/edit").status_code == 403
