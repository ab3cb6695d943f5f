"""Invitations by role, and logging that a debrief was held."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.clock import today
from app.debriefs.models import DebriefInvitation, DebriefSession
from app.reviews.models import Review, Stage
from tests.conftest import words
from tests.factories import a_debrief, a_member, a_note, a_review, an_invitation


@pytest.fixture
def review(session, cast):
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.LISTENING)
    session.commit()
    return made


def _page(review, rest=""):
    return f"/reviews/{review.code}/debriefs{rest}"


def _did(session):
    return [entry.did for entry in session.exec(select(TrailEntry))]


def _details(**more):
    fields = {
        "held_on": "2026-04-10",
        "kind": "one_to_one",
        "mode": "phone",
        "duration_minutes": "55",
        "present_scsw": "1",
        "explained": ["voluntary", "learning", "protection"],
        "consent_confirmed": "yes",
        "support_offered": "yes",
    }
    return {name: value for name, value in {**fields, **more}.items() if value is not None}


class TestTheList:
    def test_it_tells_dates_roles_and_answers(self, session, cast, browse, review):
        a_note(session, a_debrief(session, review, roles_present={"scsw": 2}))
        an_invitation(session, review, role="youth", response="declined")
        session.commit()
        text = words(browse(cast.facilitator).get(_page(review)).text)
        assert "1 debrief logged, 0 finished. 1 invitation, 0 accepted." in text
        assert "Supervising children&#39;s social worker (2)" in text
        assert "Youth" in text
        assert "Declined" in text
        assert "Apr 10, 2026" in text

    def test_it_shows_no_text_of_a_note(self, session, cast, browse, review):
        a_note(session, a_debrief(session, review), text="The folder was elsewhere.")
        session.commit()
        assert "The folder was elsewhere" not in browse(cast.facilitator).get(_page(review)).text

    def test_an_empty_one_names_the_first_step(self, cast, browse, review):
        answer = browse(cast.facilitator).get(_page(review)).text
        assert "Log one when it was held" in answer
        assert f"{_page(review)}/new" in answer

    def test_before_listening_the_first_step_is_an_invitation(self, session, cast, browse):
        opened = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.OPENED)
        session.commit()
        answer = browse(cast.facilitator).get(_page(opened)).text
        assert "Start with inviting them, by role." in answer
        assert f"{_page(opened)}/new" not in answer

    def test_a_reader_sees_it_without_buttons(self, cast, browse, review):
        answer = browse(cast.risk_manager).get(_page(review))
        assert answer.status_code == 200
        assert f"{_page(review)}/new" not in answer.text

    def test_a_stranger_learns_nothing(self, cast, browse, review):
        for stranger in (cast.outsider, cast.second_facilitator):
            assert browse(stranger).get(_page(review)).status_code == 404


class TestInviting:
    def test_an_invitation_keeps_the_role_and_the_text_meant_for_it(self, session, cast, browse, review):
        sent = {"role": "parent_or_guardian", "invited_on": "2026-04-03", "support_person_welcome": "yes"}
        answer = browse(cast.facilitator).submit(_page(review, "/invitations/new"), sent)
        assert "Invitation added." in answer.text
        kept = session.exec(select(DebriefInvitation)).one()
        assert (kept.role, kept.response, kept.consent_version) == ("parent_or_guardian", "no_response", "parent-1")
        assert kept.support_person_welcome
        assert "add invitation" in _did(session)

    @pytest.mark.parametrize("response", ["accepted", "declined", "withdrew"])
    def test_its_answer_can_change(self, session, cast, browse, review, response):
        invitation = an_invitation(session, review, response="no_response")
        session.commit()
        sent = {"role": "scsw", "invited_on": "2026-04-03", "response": response, "version": "1"}
        assert (
            browse(cast.facilitator).submit(_page(review, f"/invitations/{invitation.code}"), sent).status_code == 200
        )
        session.refresh(invitation)
        assert invitation.response == response
        assert any(did.startswith("change invitation: ") for did in _did(session))

    def test_removing_it_can_be_undone(self, session, cast, browse, review):
        invitation = an_invitation(session, review)
        session.commit()
        client = browse(cast.facilitator)
        address = _page(review, f"/invitations/{invitation.code}")
        assert f"{address}/restore" in client.submit(f"{address}/remove").text
        assert client.get(address).status_code == 404
        client.submit(f"{address}/restore")
        assert client.get(address).status_code == 200
        assert {"remove invitation", "bring back invitation"} <= set(_did(session))

    def test_a_day_to_come_is_refused_and_what_was_typed_stays(self, session, cast, browse, review):
        tomorrow = (today() + timedelta(days=1)).isoformat()
        sent = {"role": "youth", "invited_on": tomorrow, "response": "declined"}
        answer = browse(cast.facilitator).submit(_page(review, "/invitations/new"), sent)
        assert answer.status_code == 422
        assert "Enter a date that is not in the future." in words(answer.text)
        assert '<option value="youth" selected' in answer.text
        assert f'value="{tomorrow}"' in answer.text
        assert session.exec(select(DebriefInvitation)).all() == []


class TestSayingWhyThereAreNone:
    def test_the_reason_stands_on_the_list_and_leaves_a_line(self, session, cast, browse, review):
        client = browse(cast.facilitator)
        sent = {"because": "Everyone who was invited declined.", "version": str(review.version)}
        assert "Everyone who was invited declined." in client.submit(_page(review, "/why-none"), sent).text
        assert "Everyone who was invited declined." in client.get(_page(review, "/why-none")).text
        assert "change: no_debriefs_because" in _did(session)

    def test_two_writers_are_asked_what_to_keep(self, session, cast, browse, review):
        client = browse(cast.facilitator)
        client.submit(_page(review, "/why-none"), {"because": "A court asked to wait.", "version": str(review.version)})
        second = {"because": "Everyone declined.", "version": str(review.version)}
        answer = client.submit(_page(review, "/why-none"), second)
        assert answer.status_code == 409
        assert "A court asked to wait." in answer.text
        assert "Everyone declined." in answer.text


class TestLogging:
    def test_a_debrief_keeps_counts_of_roles_and_the_text_that_was_used(self, session, cast, browse, review):
        answer = browse(cast.facilitator).submit(_page(review, "/new"), _details(), follow_redirects=False)
        kept = session.exec(select(DebriefSession)).one()
        assert answer.headers["location"] == _page(review, f"/{kept.code}/parts/work")
        assert kept.roles_present == {"scsw": 1}
        assert kept.consent_version == "staff-1"
        assert (kept.held_on, kept.duration_minutes, kept.support_offered) == (date(2026, 4, 10), 55, True)
        assert kept.explained == ["voluntary", "learning", "protection"]
        assert "log debrief" in _did(session)

    def test_everyone_present_has_a_text_of_their_own(self, session, cast, browse, review):
        family = _details(kind="family", present_scsw=None, present_youth="1", present_parent_or_guardian="2")
        browse(cast.facilitator).submit(_page(review, "/new"), family)
        assert session.exec(select(DebriefSession)).one().consent_version == "parent-1 youth-1"

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"held_on": "2999-01-01"}, "Enter a date that is not in the future."),
            ({"held_on": "1899-12-31"}, "Enter a date after 1900."),
            ({"held_on": ""}, "Fill in this field."),
            ({"present_scsw": None}, "Enter how many people took part, for at least one role."),
            ({"present_scsw": "two"}, "Enter a whole number."),
            ({"present_scsw": "2"}, "One person takes part one to one."),
            ({"kind": "family"}, "Enter which of the family, caregivers or parent partners took part"),
            ({"explained": ["voluntary"]}, "Explain each of these first."),
            ({"consent_confirmed": None}, "Go through the text with those present"),
            ({"duration_minutes": "0"}, "Enter 1 or more."),
            ({"mode": ""}, "Fill in this field."),
        ],
    )
    def test_what_is_missing_is_said_and_what_was_typed_stays(self, session, cast, browse, review, change, sentence):
        answer = browse(cast.facilitator).submit(_page(review, "/new"), _details(**change))
        assert answer.status_code == 422
        assert sentence in words(answer.text)
        assert f'value="{change.get("duration_minutes", "55")}"' in answer.text
        assert session.exec(select(DebriefSession)).all() == []

    def test_a_name_in_place_of_a_role_is_not_taken(self, session, cast, browse, review):
        answer = browse(cast.facilitator).submit(_page(review, "/new"), _details(present_dana="1"))
        assert answer.status_code == 422
        assert session.exec(select(DebriefSession)).all() == []

    def test_the_texts_follow_the_roles_that_are_counted(self, cast, browse, review):
        client = browse(cast.facilitator)
        some = words(client.get(_page(review, "/consent-texts?present_youth=1&present_scsw=0")).text)
        assert "What we say to: a young person" in some
        assert "What we say to: staff" not in some
        everyone = client.get(_page(review, "/consent-texts")).text
        assert everyone.count("What we say to:") == 6

    def test_details_can_change_but_not_leave_out_who_spoke(self, session, cast, browse, review):
        debrief = a_debrief(session, review)
        a_note(session, debrief, speaker_role="scsw")
        session.commit()
        client = browse(cast.facilitator)
        address = _page(review, f"/{debrief.code}/session")
        assert 'name="present_scsw"' in client.get(address).text
        refused = client.submit(address, _details(present_scsw=None, present_ara="1", version="1"))
        assert refused.status_code == 422
        assert "Notes of this role are written down" in refused.text
        assert client.submit(address, _details(mode="video", version="1")).status_code == 200
        session.refresh(debrief)
        assert debrief.mode == "video"


class TestWhoAndWhen:
    def test_a_colleague_who_only_reads_may_not_write(self, session, cast, browse, review):
        client = browse(cast.risk_manager)
        for rest, sent in (("/new", _details()), ("/invitations/new", {"role": "scsw"}), ("/why-none", {})):
            assert client.get(_page(review, rest)).status_code == 403
            assert client.submit(_page(review, rest), sent).status_code == 403
        a_member(session, review, cast.reviewer)
        session.commit()
        assert browse(cast.reviewer).get(_page(review, "/new")).status_code == 200

    def test_a_stranger_finds_nothing(self, session, cast, browse, review):
        invitation, debrief = an_invitation(session, review), a_debrief(session, review)
        session.commit()
        client = browse(cast.second_facilitator)
        for rest in (
            "/new",
            "/why-none",
            f"/invitations/{invitation.code}",
            f"/{debrief.code}/session",
            "/consent-texts",
        ):
            assert client.get(_page(review, rest)).status_code == 404

    def test_another_reviews_records_are_not_reached_through_this_one(self, session, cast, browse, review):
        other = a_review(session, cast.pack, cast.harbor_south, stage=Stage.LISTENING)
        invitation, debrief = an_invitation(session, other), a_debrief(session, other)
        session.commit()
        client = browse(cast.facilitator)
        assert client.get(_page(review, f"/invitations/{invitation.code}")).status_code == 404
        assert client.get(_page(review, f"/{debrief.code}")).status_code == 404

    @pytest.mark.parametrize("stage", [Stage.OPENED, Stage.WITH_DIVISION, Stage.CONCLUDED, Stage.ON_HOLD])
    def test_in_other_stages_nothing_is_logged(self, session, cast, browse, stage):
        review: Review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=stage)
        session.commit()
        answer = browse(cast.facilitator).submit(_page(review, "/new"), _details())
        assert answer.status_code == 409
        assert session.exec(select(DebriefSession)).all() == []

    @pytest.mark.parametrize("stage", [Stage.WITH_DIVISION, Stage.CONCLUDED, Stage.WITHDRAWN])
    def test_in_late_stages_nobody_is_invited(self, session, cast, browse, stage):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=stage)
        invitation = an_invitation(session, review)
        session.commit()
        client = browse(cast.facilitator)
        assert client.get(_page(review, "/invitations/new")).status_code == 409
        assert client.submit(_page(review, f"/invitations/{invitation.code}/remove")).status_code == 409
        assert client.get(_page(review, "/why-none")).status_code == 409
