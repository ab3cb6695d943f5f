"""Reads what the quarter of an office needs: offices within sight, and reviews that were concluded."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from app.core.dates import first_day_of
from app.core.errors import NotFound
from app.identity.models import OrgUnit, OrgUnitKind
from app.identity.viewers import Viewer
from app.reviews.models import Review, Stage, StageEntry
from app.reviews.queries import readable_reviews


def offices_for(session: Session, viewer: Viewer) -> Sequence[OrgUnit]:
    """The offices whose reviews this person may read, from A to Z."""
    query = select(OrgUnit).where(OrgUnit.agency_id == viewer.agency_id, OrgUnit.kind == OrgUnitKind.OFFICE)
    if not viewer.reads_whole_agency:
        # Offices that belong to no division belong to nobody's division either.
        query = query.where(col(OrgUnit.parent_id).is_not(None), OrgUnit.parent_id == viewer.record_division_id)
    return sorted(session.exec(query), key=lambda office: office.name.casefold())


def the_office(session: Session, viewer: Viewer, code: str) -> OrgUnit:
    office = next((one for one in offices_for(session, viewer) if one.code == code), None)
    if office is None:
        raise NotFound
    return office


def concluded_in(session: Session, viewer: Viewer, office: OrgUnit, start: str, end: str) -> Sequence[Review]:
    """The readable reviews of the office that were concluded from the first day of one quarter to that of another."""
    first, after = (datetime.combine(first_day_of(code), datetime.min.time()).astimezone() for code in (start, end))
    entered = select(StageEntry.review_id).where(
        StageEntry.stage == Stage.CONCLUDED, StageEntry.entered_at >= first, StageEntry.entered_at < after
    )
    query = readable_reviews(viewer).where(
        Review.office_id == office.id, Review.stage == Stage.CONCLUDED, col(Review.id).in_(entered)
    )
    return sorted(session.exec(query), key=lambda review: review.title.casefold())
