"""Joining the conditions of a system map: what shaped what, how, and what says so."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from app.audit.reading import read_all, read_one
from app.core.database import Transaction
from app.core.errors import insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import ReviewWorker, ThePage, tell
from app.identity.viewers import Viewer
from app.reviews.dependencies import WritableReview
from app.reviews.episodes import episodes_of
from app.reviews.models import Review
from app.reviews.rules import obstacle_to_changing
from app.reviews.timeline import events_of
from app.reviews.workspace.showing import event_words, note_words
from app.system_maps import actions
from app.system_maps.forms import InfluenceForm
from app.system_maps.models import MapInfluence
from app.system_maps.queries import conditions_of, influence_of, influences_of
from app.system_maps.rules import obstacle_to_joining
from app.system_maps.showing import choices, system_map
from app.systemic_factors.links import notes_of
from app.writing.dependencies import TheDrafts

routes = router("/reviews/{review_code}/map/influences")
Sent = Annotated[Submission[InfluenceForm], Depends(submitted(InfluenceForm))]


@routes.get("/new")
def ask_for_influence(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    condition: str = "",
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    return _form(session, viewer, page, review, drafts.resumed(blank(condition=condition)))


@routes.post("/new")
def add_influence(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    submission: Sent,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    columns = _columns(session, review, submission)
    if columns is None:
        return _form(session, viewer, page, review, submission, status_code=422)
    influence = actions.add_influence(session, review, columns, by=viewer)
    drafts.done(change=_address(review, influence))
    tell(session, request, _("Influence added."), undo=f"{_address(review, influence)}/remove")
    return _back(review, influence)


@routes.get("/{influence_code}")
def ask_for_changes(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    influence_code: str,
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    influence = influence_of(session, review, influence_code)
    told = read_one(session, influence, by=viewer, within=review.code, part="influence")
    submission = filled(told, "direction", "evidence", "version")
    conditions = {row.id: row.code for row in conditions_of(session, review)}
    events = {row.id: row.code for row in events_of(session, review)}
    notes = {note.id: note.code for note, _held in notes_of(session, review)}
    episodes = {row.id: row.code for row in episodes_of(session, review)}
    submission.typed |= {
        "condition": [conditions.get(influence.condition_id, "")],
        "shaped": [conditions.get(influence.shaped_id, "")],
        "event": [events.get(influence.event_id, "")],
        "note": [notes.get(influence.note_id, "")],
        "episode": [episodes.get(influence.episode_id, "")],
    }
    return _form(session, viewer, page, review, drafts.resumed(submission), influence)


@routes.post("/{influence_code}")
def change_influence(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    influence_code: str,
    submission: Sent,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    influence = influence_of(session, review, influence_code)
    columns = _columns(session, review, submission, influence)
    if columns is None or submission.form is None:
        return _form(session, viewer, page, review, submission, influence, status_code=422)
    actions.change_influence(session, review, influence, columns, base=submission.form.version, by=viewer)
    drafts.done()
    tell(session, request, _("Influence saved."))
    return _back(review, influence)


@routes.post("/{influence_code}/remove")
def remove_influence(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, influence_code: str
) -> RedirectResponse:
    influence = influence_of(session, review, influence_code)
    actions.remove_influence(session, review, influence, by=viewer)
    tell(session, request, _("Influence removed."), undo=f"{_address(review, influence)}/restore")
    return RedirectResponse(f"/reviews/{review.code}/map", 303)


@routes.post("/{influence_code}/restore")
def restore_influence(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, influence_code: str
) -> RedirectResponse:
    influence = influence_of(session, review, influence_code, removed=True)
    actions.restore_influence(session, review, influence, by=viewer)
    tell(session, request, _("Influence brought back."))
    return _back(review, influence)


def _columns(
    session: Session, review: Review, submission: Submission[InfluenceForm], changed: MapInfluence | None = None
) -> dict[str, Any] | None:
    """The columns of the influence that was typed; None where something is to change first."""
    form = submission.form
    if form is None:
        return None
    present = conditions_of(session, review)
    conditions = {row.code: row.id for row in present}
    rests_on = {
        "event": {row.code: row.id for row in events_of(session, review)},
        "note": {note.code: note.id for note, _held in notes_of(session, review)},
        "episode": {row.code: row.id for row in episodes_of(session, review)},
    }
    for name in ("condition", "shaped"):
        if getattr(form, name) not in conditions:
            submission.refuse(name, _("Choose a condition of the map."))
    for name, known in rests_on.items():
        if getattr(form, name) and getattr(form, name) not in known:
            submission.refuse(name, _("That is no longer there. Choose again."))
    if submission.form is None:
        return None
    ends = conditions[form.condition] or 0, conditions[form.shaped] or 0
    others = [row for row in influences_of(session, present) if row is not changed]
    if obstacle := obstacle_to_joining(*ends, form.direction, others):
        submission.refuse("shaped", obstacle)
        return None
    return {
        "condition_id": ends[0],
        "shaped_id": ends[1],
        "direction": form.direction,
        "evidence": form.evidence,
        **{f"{name}_id": known.get(getattr(form, name)) for name, known in rests_on.items()},
    }


def _form(
    session: Session,
    viewer: Viewer,
    page: Page,
    review: Review,
    submission: Submission[InfluenceForm],
    influence: MapInfluence | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    events, episodes = events_of(session, review), episodes_of(session, review)
    told = read_all(session, [*events, *episodes], by=viewer, within=review.code, part="timeline, to join conditions")
    return page(
        "system_maps/influence_form.html",
        review=review,
        submission=submission,
        influence=influence,
        condition_choices=choices(system_map(session, review, by=viewer)),
        event_choices=[(event.code, event_words(event)) for event in told[: len(events)]],
        episode_choices=[(episode.code, episode.title) for episode in told[len(events) :]],
        note_choices=[(note.code, note_words(note, held)) for note, held in notes_of(session, review)],
        address=_address(review, influence) if influence else f"/reviews/{review.code}/map/influences/new",
        status_code=status_code,
    )


def _address(review: Review, influence: MapInfluence) -> str:
    return f"/reviews/{review.code}/map/influences/{influence.code}"


def _back(review: Review, influence: MapInfluence) -> RedirectResponse:
    return RedirectResponse(f"/reviews/{review.code}/map#{influence.code}", 303)
