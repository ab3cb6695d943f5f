"""A review is concluded and written in at the same moment: nothing lands in it once it is concluded."""

import re
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

import pytest
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.database import writing
from app.core.errors import Refused
from app.debriefs import actions as debriefs
from app.debriefs.models import DebriefNote, DebriefSession
from app.reviews import actions, episodes, findings, timeline
from app.reviews.models import Finding, Incident, KeyEpisode, Review, Stage
from app.reviews.removing import take_out
from app.system_maps import actions as maps
from app.system_maps.models import MapCondition
from app.systemic_factors import links, sheets
from app.systemic_factors.models import Answer, Direction, FactorLink, RatingSheet, Round
from tests.factories import (
    a_condition,
    a_debrief,
    a_finding,
    a_link,
    a_note,
    a_review,
    a_sheet,
    an_episode,
    an_event,
    an_incident,
    rate,
)

APP = Path(__file__).resolve().parents[2] / "app"
EVENT = {"occurred_on": "2026-03-03", "title": "Late", "kind": "recorded", "source": "other", "certainty": "high"}
INCIDENT = {"occurred_on": None, "date_precision": "unknown", "incident_type": "other", "summary": "Late."}
ROW = sheets.Row(Answer.STRONG, Direction.HINDERED, "high", "Late.", sheets.Seen(1, Answer.NOT_EVIDENT))

WRITES = {
    "event added": lambda s, r, by: timeline.add_event(s, r, EVENT, by=by),
    "episode changed": lambda s, r, by: episodes.change_episode(
        s, r, _of(s, KeyEpisode), {"what_happened": "Late."}, [], base=1, by=by
    ),
    "family told": lambda s, r, by: episodes.tell_family_perspective(s, r, "Late.", "", base=r.version, by=by),
    "factor link changed": lambda s, r, by: links.change_link(
        s, r, _of(s, FactorLink), {"evidence": "Late."}, base=1, by=by
    ),
    "finding changed": lambda s, r, by: findings.change_finding(
        s, r, _of(s, Finding), {"statement": "Late."}, base=1, by=by
    ),
    "review changed": lambda s, r, by: actions.change_review(s, r, {"summary": "Late."}, base=r.version, by=by),
    "incident changed": lambda s, r, by: actions.change_incident(
        s, s.get_one(Incident, r.incident_id), INCIDENT, base=1, by=by
    ),
    "note corrected": lambda s, r, by: debriefs.change_said(
        s, r, _of(s, DebriefSession), _of(s, DebriefNote), {"text": "Late."}, base=1, corrected=True, by=by
    ),
    "note withdrawn": lambda s, r, by: debriefs.withdraw(s, r, _of(s, DebriefSession), _of(s, DebriefNote), by=by),
    "condition changed": lambda s, r, by: maps.change_condition(
        s, r, _of(s, MapCondition), {"label": "Late."}, base=1, by=by
    ),
    "factor rated": lambda s, r, by: sheets.save(s, r, _of(s, RatingSheet), _rows(s, r), by=by),
}
"""What people do to a review, or part of it, each by the action that does it."""


def _of(session, model):
    return session.exec(select(model)).one()


def _rows(session, review):
    return {session.exec(select(links.FactorLink)).one().factor_id: ROW}


@pytest.fixture
def review(session, cast):
    """A review that can be concluded now, with one of everything in it."""
    made = a_review(
        session,
        cast.pack,
        cast.harbor_north,
        lead=cast.facilitator,
        incident=an_incident(session, cast.harbor_north),
        stage=Stage.WITH_DIVISION,
        no_practices_because="None was told.",
        no_family_perspective_because="The family was not reached.",
    )
    an_event(session, made)
    link = a_link(session, an_episode(session, made), cast.factors["tools"])
    a_note(session, a_debrief(session, made))
    a_finding(session, made)
    a_condition(session, made)
    sheet = a_sheet(session, made, round=Round.IMPORTED)
    rate(session, sheet, session.get_one(type(cast.factors["tools"]), link.factor_id), Answer.NOT_EVIDENT)
    session.commit()
    return made


class TestConcluding:
    @pytest.mark.parametrize("what", WRITES)
    def test_comes_before_a_write_that_had_already_looked(self, engine, session, cast, review, what):
        lead, has_looked = cast.facilitator, Event()
        lines = len(session.exec(select(TrailEntry)).all())
        session.commit()

        def write():
            with writing(engine) as own:
                found = own.get_one(Review, review.id)
                has_looked.set()
                WRITES[what](own, found, lead)

        with ThreadPoolExecutor(1) as pool:
            with writing(engine) as own:
                actions.enter_stage(own, own.get_one(Review, review.id), Stage.CONCLUDED, by=lead)
                written = pool.submit(write)
                # On SQLite the writer cannot even look before the other has finished.
                if engine.dialect.name == "postgresql":
                    assert has_looked.wait(10)
            with pytest.raises(Refused, match="concluded"):
                written.result()
        done = [row.did for row in session.exec(select(TrailEntry).order_by(TrailEntry.id))][lines:]
        assert done == ["enter stage: concluded"]

    def test_waits_for_a_write_that_came_first_and_sees_it(self, engine, session, cast, review):
        lead = cast.facilitator

        def conclude():
            with writing(engine) as own:
                actions.enter_stage(own, own.get_one(Review, review.id), Stage.CONCLUDED, by=lead)

        with ThreadPoolExecutor(1) as pool:
            with writing(engine) as own:
                found = own.get_one(Review, review.id)
                take_out(own, found, own.exec(select(KeyEpisode)).one(), "episode", by=lead)
                concluded = pool.submit(conclude)
                wait([concluded], timeout=0.3)
            with pytest.raises(Refused, match="Add an improvement opportunity"):
                concluded.result()
        session.refresh(review)
        assert review.stage is Stage.WITH_DIVISION

    def test_is_what_every_action_asks_about_while_it_holds_the_review(self):
        """Only pages judge the stage that was read; an action asks `held_stage`."""
        asked = re.compile(r"obstacle_to_\w+\(\s*review\.stage")
        around, held = [], 0
        for file in [*APP.rglob("*.py")]:
            source = file.read_text(encoding="utf-8")
            held += source.count("held_stage(session, review")
            if asked.search(source) and not file.name.endswith(("routes.py", "pages.py", "incidents.py", "showing.py")):
                around.append(str(file.relative_to(APP)))
        assert held > 15
        assert around == []
