"""A debrief that was logged by mistake can be removed, with all that was written down in it, and brought back."""

import pytest
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.clock import now
from app.home.queries import recent_debriefs
from app.reviews.models import Stage
from app.reviews.queries import progress_of
from app.systemic_factors.links import notes_of
from tests.conftest import words
from tests.factories import a_debrief, a_member, a_note, a_review


@pytest.fixture
def review(session, cast):
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.LISTENING)
    a_member(session, made, cast.reviewer)
    session.commit()
    return made


@pytest.fixture
def debrief(session, review):
    made = a_debrief(session, review)
    a_note(session, made)
    session.commit()
    return made


def _at(review, debrief, rest=""):
    return f"/reviews/{review.code}/debriefs/{debrief.code}{rest}"


class TestRemoving:
    def test_takes_it_and_its_notes_out_of_the_review(self, session, cast, browse, review, debrief):
        client = browse(cast.reviewer)
        page = client.submit(_at(review, debrief, "/remove"))
        assert "Debrief removed." in page.text
        assert "No debrief" not in words(page.text)
        assert "1 removed debrief" in page.text
        for rest in ("", "/session", "/read-back", "/parts/work"):
            assert client.get(_at(review, debrief, rest)).status_code == 404
        session.commit()
        assert notes_of(session, review) == []
        assert progress_of(session, review).voices_sought is False
        assert recent_debriefs(session, cast.reviewer) == []

    def test_can_be_undone_and_both_are_on_the_trail(self, session, cast, browse, review, debrief):
        client = browse(cast.reviewer)
        client.submit(_at(review, debrief, "/remove"))
        page = client.submit(_at(review, debrief, "/restore"))
        assert "Debrief brought back." in page.text
        assert "The two offices use different folders." in page.text
        done = session.exec(select(TrailEntry.did).where(TrailEntry.code == debrief.code)).all()
        assert [did for did in done if "debrief" in did and "read" not in did] == [
            "remove debrief",
            "bring back debrief",
        ]

    def test_is_possible_after_it_was_finished(self, session, cast, browse, review):
        finished = a_debrief(session, review, read_back_at=now(), finished_at=now())
        session.commit()
        assert "Debrief removed." in browse(cast.reviewer).submit(_at(review, finished, "/remove")).text

    @pytest.mark.parametrize("rest", ["/remove", "/restore"])
    def test_is_for_the_team_while_debriefs_are_logged(self, session, cast, browse, review, debrief, rest):
        assert browse(cast.outsider).submit(_at(review, debrief, rest)).status_code in (403, 404)
        assert browse(cast.risk_manager).submit(_at(review, debrief, rest)).status_code == 403
        review.stage = Stage.WITH_DIVISION
        session.add(review)
        session.commit()
        assert browse(cast.reviewer).submit(_at(review, debrief, rest)).status_code == 409
