"""Reads saved views, and the day of the data they would be counted from."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, and_, col, select

from app.core.errors import NotFound
from app.core.stretches import Stretch, stretch_of
from app.identity.viewers import Viewer
from app.patterns.counting.counted import counted_within_sight
from app.patterns.counting.loading import SHEET
from app.patterns.views.models import SavedView

VIEWS_PER_PAGE = 25


def own_views(session: Session, viewer: Viewer, page: int = 1) -> Stretch[SavedView]:
    """A page of the views that this person saved, the newest first."""
    return _listed(session, viewer, SavedView.saved_by_id == viewer.id, page)


def views_of_others(session: Session, viewer: Viewer, page: int = 1) -> Stretch[SavedView]:
    """A page of the views that others share with all record readers of the agency, the newest first."""
    return _listed(session, viewer, and_(SavedView.saved_by_id != viewer.id, col(SavedView.shared).is_(True)), page)


def _listed(session: Session, viewer: Viewer, wanted: Any, page: int) -> Stretch[SavedView]:
    query = select(SavedView).where(
        SavedView.agency_id == viewer.agency_id, wanted, col(SavedView.removed_at).is_(None)
    )
    return stretch_of(
        session, query.order_by(col(SavedView.saved_at).desc(), col(SavedView.id).desc()), page, VIEWS_PER_PAGE
    )


def the_view(session: Session, viewer: Viewer, code: str, *, removed: bool = False) -> SavedView:
    """One view that this person may open, or NotFound. `removed`: also one that its owner removed."""
    found = session.exec(select(SavedView).where(SavedView.agency_id == viewer.agency_id, SavedView.code == code))
    view = found.first()
    if view is None or not (view.shared or view.saved_by_id == viewer.id):
        raise NotFound
    if view.removed_at is not None and not (removed and view.saved_by_id == viewer.id):
        raise NotFound
    return view


def data_day(session: Session, viewer: Viewer, pack_id: int | None = None) -> date | None:
    """The day of the newest rating that counts, of the reviews within sight that use this list, or any."""
    counted = counted_within_sight(viewer).subquery()
    newest = sa.func.max(sa.func.coalesce(SHEET.c.sent_at, SHEET.c.started_at))
    query = sa.select(newest).join(counted, counted.c.sheet_id == SHEET.c.id)
    if pack_id is not None:
        query = query.where(counted.c.pack_id == pack_id)
    found = session.execute(query).scalar()
    return found.astimezone().date() if found else None
