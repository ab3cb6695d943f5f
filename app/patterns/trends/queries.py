"""Reads what charts over time need beside the snapshot: days, incidents, changes in the system and open cases."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from app.core.errors import NotFound
from app.debriefs.models import DebriefSession
from app.identity.models import OrgUnit, OrgUnitKind
from app.identity.viewers import Viewer
from app.patterns.context.chosen import REPORTED_ON, in_period, in_places, incidents_chosen
from app.patterns.context.models import OpenCases, SystemChange
from app.patterns.context.selection import Path
from app.patterns.counting.records import EVERYTHING, Selection
from app.patterns.trends.series import IncidentDay
from app.reviews.models import Incident, Review, Stage, TriageDecision
from app.reviews.queries import incidents_counted_for, offices_counted_for, within_sight_of

# Columns are read past the models: thousands of objects would cost more than the charts.
REVIEW, INCIDENT, TRIAGE, DEBRIEF, CASES = (
    SQLModel.metadata.tables[str(model.__tablename__)]
    for model in (Review, Incident, TriageDecision, DebriefSession, OpenCases)
)


def days_of_reviews(session: Session, viewer: Viewer) -> dict[str, date]:
    """The day each readable review was opened, by its code."""
    rows = session.execute(sa.select(REVIEW.c.code, REVIEW.c.opened_on).where(within_sight_of(viewer)))
    return {row.code: row.opened_on for row in rows}


def incident_days(session: Session, viewer: Viewer, selection: Selection) -> tuple[list[IncidentDay], int]:
    """The incidents that this viewer may count and the selection asks for, by the day they became known; and how many
    have no day."""
    units = _units(session, viewer)
    query = sa.select(INCIDENT.c.office_id, INCIDENT.c.incident_type, REPORTED_ON.label("reported_on"))
    found, without = [], 0
    for row in session.execute(query.where(incidents_counted_for(viewer), incidents_chosen(selection))):
        if row.reported_on is None:
            without += 1
        else:
            found.append(IncidentDay(row.reported_on, row.incident_type, *units[row.office_id]))
    return found, without


def _units(session: Session, viewer: Viewer) -> dict[int, tuple[str, str]]:
    """The code of each office and of its division, by the office's id."""
    units = session.exec(select(OrgUnit).where(OrgUnit.agency_id == viewer.agency_id)).all()
    codes = {unit.id: unit.code for unit in units}
    return {unit.id or 0: (unit.code, codes.get(unit.parent_id, "")) for unit in units}


def open_cases(session: Session, viewer: Viewer, selection: Selection) -> dict[tuple[str, date], int]:
    """The number of open cases by office and month, of the offices and the period selected."""
    units = _units(session, viewer)
    wanted = [*in_places(CASES.c.office_id, selection), *in_period(CASES.c.month, selection)]
    rows = session.exec(
        select(OpenCases).where(col(OpenCases.office_id).in_(offices_counted_for(viewer)), *wanted)
    ).all()
    return {(units[row.office_id][0], row.month): row.cases for row in rows}


def open_cases_by_month(session: Session, viewer: Viewer) -> list[tuple[date, int, int]]:
    """Of each month, the latest first: how many offices have a number, and how many cases they have together."""
    rows = session.execute(
        sa.select(CASES.c.month, sa.func.count(), sa.func.sum(CASES.c.cases))
        .where(CASES.c.agency_id == viewer.agency_id)
        .group_by(CASES.c.month)
        .order_by(CASES.c.month.desc())
    )
    return [(month, offices, int(cases)) for month, offices, cases in rows]


def changes(session: Session, viewer: Viewer) -> Sequence[SystemChange]:
    """What changed in the system of the viewer's agency, the earliest first."""
    return session.exec(
        select(SystemChange)
        .where(SystemChange.agency_id == viewer.agency_id, col(SystemChange.removed_at).is_(None))
        .order_by(col(SystemChange.changed_on), col(SystemChange.id))
    ).all()


def the_change(session: Session, viewer: Viewer, code: str) -> SystemChange:
    """One change of the viewer's agency, also one that was removed; or NotFound."""
    found = session.exec(
        select(SystemChange).where(SystemChange.agency_id == viewer.agency_id, SystemChange.code == code)
    ).first()
    if found is None:
        raise NotFound
    return found


def offices_by_name(session: Session, viewer: Viewer) -> dict[str, OrgUnit]:
    """The offices of the viewer's agency by their name in small letters."""
    query = select(OrgUnit).where(OrgUnit.agency_id == viewer.agency_id, OrgUnit.kind == OrgUnitKind.OFFICE)
    return {unit.name.strip().casefold(): unit for unit in session.exec(query)}


def paths_of_incidents(session: Session, viewer: Viewer, selection: Selection = EVERYTHING) -> list[Path]:
    """How far each incident went that this viewer may count and the selection asks for, from report to debrief."""
    decided = sa.select(sa.func.max(TRIAGE.c.id)).group_by(TRIAGE.c.incident_id)
    first_debrief = (
        sa.select(DEBRIEF.c.review_id, sa.func.min(DEBRIEF.c.held_on).label("held_on"))
        .where(DEBRIEF.c.removed_at.is_(None))
        .group_by(DEBRIEF.c.review_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(
            INCIDENT.c.office_id,
            INCIDENT.c.incident_type,
            REPORTED_ON.label("reported_on"),
            TRIAGE.c.decision,
            REVIEW.c.id.label("review_id"),
            REVIEW.c.stage,
            first_debrief.c.held_on,
        )
        .select_from(INCIDENT)
        .outerjoin(TRIAGE, sa.and_(TRIAGE.c.incident_id == INCIDENT.c.id, TRIAGE.c.id.in_(decided)))
        .outerjoin(REVIEW, sa.and_(REVIEW.c.incident_id == INCIDENT.c.id, within_sight_of(viewer)))
        .outerjoin(first_debrief, first_debrief.c.review_id == REVIEW.c.id)
        .where(incidents_counted_for(viewer), incidents_chosen(selection))
    )
    return [
        Path(
            reported_on=row.reported_on,
            decision=row.decision,
            reviewed=row.review_id is not None and row.stage != Stage.WITHDRAWN,
            debriefed_on=row.held_on,
        )
        for row in rows
    ]
