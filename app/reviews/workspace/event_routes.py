"""The timeline page, and adding, changing and removing its events."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.core.database import Transaction
from app.core.forms import Submission, blank, filled, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import ReviewReader, ThePage
from app.identity.queries import offices
from app.reviews import timeline
from app.reviews.dependencies import Desk, OpenDesk, ReadableReview, TheDesk
from app.reviews.models import TimelineEvent
from app.reviews.removing import bring_back, take_out
from app.reviews.values import VALUES
from app.reviews.workspace import showing
from app.reviews.workspace.forms import EventForm

routes = router("/reviews/{review_code}/timeline")
Sent = Annotated[Submission[EventForm], Depends(submitted(EventForm))]


@routes.get("")
def see(
    review: ReadableReview, viewer: ReviewReader, session: Transaction, page: ThePage, episode: str = ""
) -> HTMLResponse:
    return page(
        "reviews/workspace/timeline.html",
        fragment="panel",
        review=review,
        workspace=showing.workspace(session, review, by=viewer, chosen=episode),
        writable=showing.may_write(session, viewer, review),
        values=VALUES,
        event_words=showing.event_words,
        **showing.head_of(session, review),
    )


@routes.get("/events/new")
def ask_for_event(desk: OpenDesk) -> HTMLResponse:
    start = blank(date_precision="day", service_area="unknown", certainty="high")
    return _form(desk, desk.drafts.resumed(start))


@routes.post("/events/new")
def add_event(desk: OpenDesk, submission: Sent) -> Any:
    columns = _columns(desk, submission)
    if columns is None:
        return _form(desk, submission, status_code=422)
    event = timeline.add_event(desk.session, desk.review, columns, by=desk.viewer)
    desk.drafts.done(change=_address(desk, event))
    desk.tell(_("Event added."), undo=f"{_address(desk, event)}/remove")
    return _back(desk, event)


@routes.get("/events/{event_code}")
def ask_for_changes(desk: OpenDesk, event_code: str) -> HTMLResponse:
    event = timeline.event_of(desk.session, desk.review, event_code)
    told = desk.told(event, "event")
    submission = filled(told, *(name for name in EventForm.model_fields if name != "office"))
    office = next((office.code for office in offices(desk.session, desk.viewer) if office.id == event.office_id), "")
    submission.typed["office"] = [office]
    return _form(desk, desk.drafts.resumed(submission), event)


@routes.post("/events/{event_code}")
def change_event(desk: OpenDesk, event_code: str, submission: Sent) -> Any:
    event = timeline.event_of(desk.session, desk.review, event_code)
    columns = _columns(desk, submission)
    if columns is None or submission.form is None:
        return _form(desk, submission, event, status_code=422)
    timeline.change_event(desk.session, desk.review, event, columns, base=submission.form.version, by=desk.viewer)
    desk.drafts.done()
    desk.tell(_("Event saved."))
    return _back(desk, event)


@routes.post("/events/{event_code}/remove")
def remove_event(desk: TheDesk, event_code: str) -> RedirectResponse:
    event = timeline.event_of(desk.session, desk.review, event_code)
    take_out(desk.session, desk.review, event, "event", by=desk.viewer)
    desk.tell(_("Event removed."), undo=f"{_address(desk, event)}/restore")
    return RedirectResponse(f"{desk.address}/timeline", 303)


@routes.post("/events/{event_code}/restore")
def restore_event(desk: TheDesk, event_code: str) -> RedirectResponse:
    event = timeline.event_of(desk.session, desk.review, event_code, removed=True)
    bring_back(desk.session, desk.review, event, "event", by=desk.viewer)
    desk.tell(_("Event brought back."))
    return _back(desk, event)


def _columns(desk: Desk, submission: Submission[EventForm]) -> dict[str, Any] | None:
    """The columns of the event that was typed; None where something is to change first."""
    form = submission.form
    if form is None:
        return None
    office = next((office for office in offices(desk.session, desk.viewer) if office.code == form.office), None)
    if form.office and office is None:
        submission.refuse("office", _("Choose one of the offices."))
        return None
    return {**form.model_dump(exclude={"office", "version"}), "office_id": office.id if office else None}


def _form(
    desk: Desk, submission: Submission[EventForm], event: TimelineEvent | None = None, status_code: int = 200
) -> HTMLResponse:
    return desk.page(
        "reviews/workspace/event_form.html",
        review=desk.review,
        submission=submission,
        event=event,
        values=VALUES,
        office_choices=[(office.code, office.name) for office in offices(desk.session, desk.viewer)],
        address=_address(desk, event) if event else f"{desk.address}/timeline/events/new",
        status_code=status_code,
    )


def _address(desk: Desk, event: TimelineEvent) -> str:
    return f"{desk.address}/timeline/events/{event.code}"


def _back(desk: Desk, event: TimelineEvent) -> RedirectResponse:
    return RedirectResponse(f"{desk.address}/timeline#{event.code}", 303)
