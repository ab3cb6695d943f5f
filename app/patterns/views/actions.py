"""What people do with saved views: save, change, remove and put back; each leaves a line in the trail."""

from datetime import date

from sqlmodel import Session

from app.audit import trail
from app.core.clock import now
from app.core.errors import Forbidden
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns.views.kept import Kept
from app.patterns.views.models import SavedView


def save_view(
    session: Session, title: str, address: str, *, shared: bool, kept: Kept, data_on: date | None, by: Viewer
) -> SavedView:
    """Keep an address under a title, with the numbers it shows now."""
    view = SavedView(
        agency_id=by.agency_id,
        title=title,
        address=address,
        shared=shared,
        saved_by_id=by.id,
        data_on=data_on,
        sight=by.sight,
        numbers=kept.as_json(),
    )
    session.add(view)
    session.flush()
    trail.record(session, f"save view of patterns: {_to_whom(shared)}", view, by=by)
    return view


def change_view(session: Session, view: SavedView, title: str, *, shared: bool, by: Viewer) -> None:
    """Give a view another title, or share it or stop sharing it."""
    _insist_on_owner(view, by)
    if (view.title, view.shared) != (title, shared):
        view.title, view.shared = title, shared
        session.add(view)
        trail.record(session, f"change view of patterns: {_to_whom(shared)}", view, by=by)


def remove_view(session: Session, view: SavedView, *, by: Viewer) -> None:
    _insist_on_owner(view, by)
    if view.removed_at is None:
        view.removed_at = now()
        session.add(view)
        trail.record(session, "remove view of patterns", view, by=by)


def put_back_view(session: Session, view: SavedView, *, by: Viewer) -> None:
    _insist_on_owner(view, by)
    if view.removed_at is not None:
        view.removed_at = None
        session.add(view)
        trail.record(session, "put back view of patterns", view, by=by)


def _to_whom(shared: bool) -> str:
    return "shared with record readers" if shared else "for themselves"


def _insist_on_owner(view: SavedView, by: Viewer) -> None:
    if view.saved_by_id != by.id:
        raise Forbidden(_("Only the person who saved this view can change it. Save one of your own."))
