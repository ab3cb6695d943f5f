"""The timeline of a review: its events, oldest first, and the silences between them."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlmodel import Session, col, select

from app.audit import trail
from app.core.errors import insist
from app.core.narrative import narrative_names
from app.identity.viewers import Viewer
from app.reviews.models import Review, TimelineEvent
from app.reviews.queries import held_stage
from app.reviews.removing import part_found
from app.reviews.rules import obstacle_to_changing
from app.writing import texts

LONG_SILENCE = 2
"""Days without an event from which the timeline says so."""


def events_of(session: Session, review: Review) -> list[TimelineEvent]:
    """The events of a review without removed ones, oldest first; on one day those with a time come first."""
    query = select(TimelineEvent).where(TimelineEvent.review_id == review.id, col(TimelineEvent.removed_at).is_(None))
    # Databases differ in where they sort an empty time, so the order is made here.
    return sorted(session.exec(query), key=lambda event: (event.occurred_on, event.occurred_at or time.max, event.id))


def event_of(session: Session, review: Review, code: str, *, removed: bool = False) -> TimelineEvent:
    """One event of the review by its code, or NotFound. `removed` also finds one that was removed."""
    query = select(TimelineEvent).where(TimelineEvent.review_id == review.id, TimelineEvent.code == code)
    return part_found(session, query, removed=removed)


def quiet_days(earlier: TimelineEvent, later: TimelineEvent) -> int:
    """How many whole days between two events have none, 0 below `LONG_SILENCE` or where a day is not exactly known."""
    if {earlier.date_precision, later.date_precision} != {"day"}:
        return 0
    days = (later.occurred_on - earlier.occurred_on).days - 1
    return days if days >= LONG_SILENCE else 0


def days_spanned(events: Sequence[TimelineEvent]) -> int:
    """Calendar days from the first event to the last, both included; 0 without events."""
    dates: list[date] = [event.occurred_on for event in events]
    return (max(dates) - min(dates)).days + 1 if dates else 0


def add_event(session: Session, review: Review, values: Mapping[str, Any], *, by: Viewer) -> TimelineEvent:
    """Put an event on the timeline; `values` are its columns."""
    insist(obstacle_to_changing(held_stage(session, review)))
    event = TimelineEvent(**{**values, "review_id": review.id})
    session.add(event)
    session.flush()
    texts.remember(session, event, narrative_names(TimelineEvent), within=review.code, by=by)
    trail.record(session, "add event", event, by=by, within=review.code)
    return event


def change_event(
    session: Session, review: Review, event: TimelineEvent, values: Mapping[str, Any], *, base: int, by: Viewer
) -> None:
    """Change an event from version `base`; raises `ChangedMeanwhile` where someone else changed the same text."""
    insist(obstacle_to_changing(held_stage(session, review)))
    texts.save(session, event, values, base=base, within=review.code, by=by, did="change event")
