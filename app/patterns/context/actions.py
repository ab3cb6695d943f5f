"""What people do beside the charts: tell what changed in the system, and bring in the numbers of open cases."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from app.audit import trail
from app.core.clock import now
from app.identity.viewers import Viewer
from app.patterns.context.models import OpenCases, SystemChange
from app.patterns.context.open_cases import Counted


def tell_change(session: Session, changed_on: date, words: str, *, by: Viewer) -> SystemChange:
    change = SystemChange(agency_id=by.agency_id, changed_on=changed_on, words=words, written_by_id=by.id)
    session.add(change)
    session.flush()
    trail.record(session, "tell change in the system", change, by=by)
    return change


def remove_change(session: Session, change: SystemChange, *, by: Viewer) -> None:
    if change.removed_at is None:
        change.removed_at = now()
        trail.record(session, "remove change in the system", change, by=by)


def put_back_change(session: Session, change: SystemChange, *, by: Viewer) -> None:
    if change.removed_at is not None:
        change.removed_at = None
        trail.record(session, "put back change in the system", change, by=by)


def keep_open_cases(session: Session, counted: Sequence[Counted], *, by: Viewer) -> tuple[int, int]:
    """Store the numbers of a file; a number already there for the same office and month is replaced.

    Answers how many were new and how many were replaced by another number.
    """
    held = {
        (row.office_id, row.month): row
        for row in session.exec(
            select(OpenCases).where(
                OpenCases.agency_id == by.agency_id, col(OpenCases.office_id).in_({one.office_id for one in counted})
            )
        )
    }
    new = replaced = 0
    for one in counted:
        row = held.get((one.office_id, one.month))
        if row is None:
            session.add(OpenCases(agency_id=by.agency_id, office_id=one.office_id, month=one.month, cases=one.cases))
            new += 1
        elif row.cases != one.cases:
            row.cases = one.cases
            replaced += 1
    trail.record(session, f"import open cases: {new} new, {replaced} replaced", by=by)
    return new, replaced
