"""Adding, changing and removing the conditions on a system map."""

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
from app.system_maps import actions
from app.system_maps.forms import ConditionForm
from app.system_maps.models import Level, MapCondition
from app.system_maps.queries import condition_of
from app.system_maps.rules import LEVEL_HINTS, LEVEL_NAMES, obstacle_to_naming
from app.systemic_factors.domains import domain_name
from app.systemic_factors.models import Factor
from app.systemic_factors.queries import factors_of
from app.writing.dependencies import TheDrafts

routes = router("/reviews/{review_code}/map/conditions")
Sent = Annotated[Submission[ConditionForm], Depends(submitted(ConditionForm))]


@routes.get("/new")
def ask_for_condition(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, page: ThePage, drafts: TheDrafts
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    return _form(session, viewer, page, review, drafts.resumed(blank()))


@routes.post("/new")
def add_condition(
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
    condition = actions.add_condition(session, review, columns, by=viewer)
    drafts.done(change=_address(review, condition))
    tell(session, request, _("Condition added."), undo=f"{_address(review, condition)}/remove")
    return _back(review, condition)


@routes.get("/{condition_code}")
def ask_for_changes(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    condition_code: str,
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    condition = condition_of(session, review, condition_code)
    told = read_one(session, condition, by=viewer, within=review.code, part="condition")
    submission = filled(told, "level", "label", "version")
    submission.typed |= {
        "factor": [row.key for row in factors_of(session, review) if row.id == condition.factor_id],
        "episode": [row.code for row in episodes_of(session, review) if row.id == condition.episode_id],
    }
    return _form(session, viewer, page, review, drafts.resumed(submission), condition)


@routes.post("/{condition_code}")
def change_condition(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    condition_code: str,
    submission: Sent,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    condition = condition_of(session, review, condition_code)
    columns = _columns(session, review, submission)
    if columns is None or submission.form is None:
        return _form(session, viewer, page, review, submission, condition, status_code=422)
    actions.change_condition(session, review, condition, columns, base=submission.form.version, by=viewer)
    drafts.done()
    tell(session, request, _("Condition saved."))
    return _back(review, condition)


@routes.post("/{condition_code}/remove")
def remove_condition(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, condition_code: str
) -> RedirectResponse:
    condition = condition_of(session, review, condition_code)
    actions.remove_condition(session, review, condition, by=viewer)
    tell(session, request, _("Condition removed."), undo=f"{_address(review, condition)}/restore")
    return RedirectResponse(f"/reviews/{review.code}/map", 303)


@routes.post("/{condition_code}/restore")
def restore_condition(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, condition_code: str
) -> RedirectResponse:
    condition = condition_of(session, review, condition_code, removed=True)
    actions.restore_condition(session, review, condition, by=viewer)
    tell(session, request, _("Condition brought back."))
    return _back(review, condition)


def _columns(session: Session, review: Review, submission: Submission[ConditionForm]) -> dict[str, Any] | None:
    """The columns of the condition that was typed; None where something is to change first."""
    form = submission.form
    if form is None:
        return None
    factor = next((row for row in factors_of(session, review) if row.key == form.factor), None)
    episode = next((row for row in episodes_of(session, review) if row.code == form.episode), None)
    if form.factor and factor is None:
        submission.refuse("factor", _("Choose one of the factors."))
    if form.episode and episode is None:
        submission.refuse("episode", _("That key episode is no longer there. Choose again."))
    if submission.form and (obstacle := obstacle_to_naming(form.label, factor=bool(factor), episode=bool(episode))):
        submission.refuse("label", obstacle)
    if submission.form is None:
        return None
    return {
        "level": form.level,
        "label": form.label,
        "factor_id": factor.id if factor else None,
        "episode_id": episode.id if episode else None,
    }


def _form(
    session: Session,
    viewer: Viewer,
    page: Page,
    review: Review,
    submission: Submission[ConditionForm],
    condition: MapCondition | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    episodes = read_all(session, episodes_of(session, review), by=viewer, within=review.code, part="key episodes")
    return page(
        "system_maps/condition_form.html",
        review=review,
        submission=submission,
        condition=condition,
        levels=[(level.value, LEVEL_NAMES[level], LEVEL_HINTS[level]) for level in Level],
        factors=[row for row in factors_of(session, review) if _is_offered(row, condition)],
        domain_name=domain_name,
        episode_choices=[(episode.code, episode.title) for episode in episodes],
        address=_address(review, condition) if condition else f"/reviews/{review.code}/map/conditions/new",
        status_code=status_code,
    )


def _is_offered(factor: Factor, condition: MapCondition | None) -> bool:
    return factor.retired_at is None or (condition is not None and condition.factor_id == factor.id)


def _address(review: Review, condition: MapCondition) -> str:
    return f"/reviews/{review.code}/map/conditions/{condition.code}"


def _back(review: Review, condition: MapCondition) -> RedirectResponse:
    return RedirectResponse(f"/reviews/{review.code}/map#{condition.code}", 303)
