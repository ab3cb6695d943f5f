"""The timeline page, and adding, changing and removing its events."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from app.audit.reading import read_one
from app.core.database import Transaction
from app.core.errors import insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import ReviewReader, ReviewWorker, ThePage, tell
from app.identity.queries import offices
from app.identity.viewers import Viewer
from app.reviews import timeline
from app.reviews.dependencies import ReadableReview, WritableReview
from app.reviews.models import Review, TimelineEvent
from app.reviews.rules import obstacle_to_changing
from app.reviews.values import VALUES
from app.reviews.workspace import showing
from app.reviews.workspace.forms import EventForm
from app.writing.dependencies import TheDrafts

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
def ask_for_event(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, page: ThePage, drafts: TheDrafts
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    start = blank(date_precision="day", service_area="unknown", certainty="high")
    return _form(session, viewer, page, review, drafts.resumed(start))


@routes.post("/events/new")
def add_event(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    submission: Sent,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    columns = _columns(session, viewer, submission)
    if columns is None:
        return _form(session, viewer, page, review, submission, status_code=422)
    event = timeline.add_event(session, review, columns, by=viewer)
    drafts.done(change=_address(review, event))
    tell(session, request, _("Event added."), undo=f"{_address(review, event)}/remove")
    return _back(review, event)


@routes.get("/events/{event_code}")
def ask_for_changes(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    event_code: str,
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    event = timeline.event_of(session, review, event_code)
    told = read_one(session, event, by=viewer, within=review.code, part="event")
    submission = filled(told, *(name for name in EventForm.model_fields if name != "office"))
    office = next((office.code for office in offices(session, viewer) if office.id == event.office_id), "")
    submission.typed["office"] = [office]
    return _form(session, viewer, page, review, drafts.resumed(submission), event)


@routes.post("/events/{event_code}")
def change_event(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    event_code: str,
    submission: Sent,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    event = timeline.event_of(session, review, event_code)
    columns = _columns(session, viewer, submission)
    if columns is None or submission.form is None:
        return _form(session, viewer, page, review, submission, event, status_code=422)
    timeline.change_event(session, review, event, columns, base=submission.form.version, by=viewer)
    drafts.done()
    tell(session, request, _("Event saved."))
    return _back(review, event)


@routes.post("/events/{event_code}/remove")
def remove_event(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, event_code: str
) -> RedirectResponse:
    event = timeline.event_of(session, review, event_code)
    timeline.remove_event(session, review, event, by=viewer)
    tell(session, request, _("Event removed."), undo=f"{_address(review, event)}/restore")
    return RedirectResponse(f"/reviews/{review.code}/timeline", 303)


@routes.post("/events/{event_code}/restore")
def restore_event(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, event_code: str
) -> RedirectResponse:
    event = timeline.event_of(session, review, event_code, removed=True)
    timeline.restore_event(session, review, event, by=viewer)
    tell(session, request, _("Event brought back."))
    return _back(review, event)


def _columns(session: Session, viewer: Viewer, submission: Submission[EventForm]) -> dict[str, Any] | None:
    """The columns of the event that was typed; None where something is to change first."""
    form = submission.form
    if form is None:
        return None
    office = next((office for office in offices(session, viewer) if office.code == form.office), None)
    if form.office and office is None:
        submission.refuse("office", _("Choose one of the offices."))
        return None
    return {**form.model_dump(exclude={"office", "version"}), "office_id": office.id if office else None}


def _form(
    session: Session,
    viewer: Viewer,
    page: Page,
    review: Review,
    submission: Submission[EventForm],
    event: TimelineEvent | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    return page(
        "reviews/workspace/event_form.html",
        review=review,
        submission=submission,
        event=event,
        values=VALUES,
        office_choices=[(office.code, office.name) for office in offices(session, viewer)],
        address=_address(review, event) if event else f"/reviews/{review.code}/timeline/events/new",
        status_code=status_code,
    )


def _address(review: Review, event: TimelineEvent) -> str:
    return f"/reviews/{review.code}/timeline/events/{event.code}"


def _back(review: Review, event: TimelineEvent) -> RedirectResponse:
    return RedirectResponse(f"/reviews/{review.code}/timeline#{event.code}", 303)
