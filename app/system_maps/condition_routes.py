"""Adding, changing and removing the conditions on a system map."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.audit.reading import read_all
from app.core.forms import Submission, blank, filled, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.reviews.dependencies import Desk, OpenDesk, TheDesk
from app.reviews.episodes import episodes_of
from app.system_maps import actions
from app.system_maps.forms import ConditionForm
from app.system_maps.models import Level, MapCondition
from app.system_maps.queries import condition_of
from app.system_maps.rules import LEVEL_HINTS, LEVEL_NAMES, obstacle_to_naming
from app.systemic_factors.domains import domain_name
from app.systemic_factors.models import Factor
from app.systemic_factors.queries import factors_of

routes = router("/reviews/{review_code}/map/conditions")
Sent = Annotated[Submission[ConditionForm], Depends(submitted(ConditionForm))]


@routes.get("/new")
def ask_for_condition(desk: OpenDesk) -> HTMLResponse:
    return _form(desk, desk.drafts.resumed(blank()))


@routes.post("/new")
def add_condition(desk: OpenDesk, submission: Sent) -> Any:
    columns = _columns(desk, submission)
    if columns is None:
        return _form(desk, submission, status_code=422)
    condition = actions.add_condition(desk.session, desk.review, columns, by=desk.viewer)
    desk.drafts.done(change=_address(desk, condition))
    desk.tell(_("Condition added."), undo=f"{_address(desk, condition)}/remove")
    return _back(desk, condition)


@routes.get("/{condition_code}")
def ask_for_changes(desk: OpenDesk, condition_code: str) -> HTMLResponse:
    condition = condition_of(desk.session, desk.review, condition_code)
    told = desk.told(condition, "condition")
    submission = filled(told, "level", "label", "version")
    submission.typed |= {
        "factor": [row.key for row in factors_of(desk.session, desk.review) if row.id == condition.factor_id],
        "episode": [row.code for row in episodes_of(desk.session, desk.review) if row.id == condition.episode_id],
    }
    return _form(desk, desk.drafts.resumed(submission), condition)


@routes.post("/{condition_code}")
def change_condition(desk: OpenDesk, condition_code: str, submission: Sent) -> Any:
    condition = condition_of(desk.session, desk.review, condition_code)
    columns = _columns(desk, submission)
    if columns is None or submission.form is None:
        return _form(desk, submission, condition, status_code=422)
    actions.change_condition(
        desk.session, desk.review, condition, columns, base=submission.form.version, by=desk.viewer
    )
    desk.drafts.done()
    desk.tell(_("Condition saved."))
    return _back(desk, condition)


@routes.post("/{condition_code}/remove")
def remove_condition(desk: TheDesk, condition_code: str) -> RedirectResponse:
    condition = condition_of(desk.session, desk.review, condition_code)
    actions.remove_condition(desk.session, desk.review, condition, by=desk.viewer)
    desk.tell(_("Condition removed."), undo=f"{_address(desk, condition)}/restore")
    return RedirectResponse(f"{desk.address}/map", 303)


@routes.post("/{condition_code}/restore")
def restore_condition(desk: TheDesk, condition_code: str) -> RedirectResponse:
    condition = condition_of(desk.session, desk.review, condition_code, removed=True)
    actions.restore_condition(desk.session, desk.review, condition, by=desk.viewer)
    desk.tell(_("Condition brought back."))
    return _back(desk, condition)


def _columns(desk: Desk, submission: Submission[ConditionForm]) -> dict[str, Any] | None:
    """The columns of the condition that was typed; None where something is to change first."""
    form = submission.form
    if form is None:
        return None
    factor = next((row for row in factors_of(desk.session, desk.review) if row.key == form.factor), None)
    episode = next((row for row in episodes_of(desk.session, desk.review) if row.code == form.episode), None)
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
    desk: Desk,
    submission: Submission[ConditionForm],
    condition: MapCondition | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    episodes = read_all(
        desk.session,
        episodes_of(desk.session, desk.review),
        by=desk.viewer,
        within=desk.review.code,
        part="key episodes",
    )
    return desk.page(
        "system_maps/condition_form.html",
        review=desk.review,
        submission=submission,
        condition=condition,
        levels=[(level.value, LEVEL_NAMES[level], LEVEL_HINTS[level]) for level in Level],
        factors=[row for row in factors_of(desk.session, desk.review) if _is_offered(row, condition)],
        domain_name=domain_name,
        episode_choices=[(episode.code, episode.title) for episode in episodes],
        address=_address(desk, condition) if condition else f"{desk.address}/map/conditions/new",
        status_code=status_code,
    )


def _is_offered(factor: Factor, condition: MapCondition | None) -> bool:
    return factor.retired_at is None or (condition is not None and condition.factor_id == factor.id)


def _address(desk: Desk, condition: MapCondition) -> str:
    return f"{desk.address}/map/conditions/{condition.code}"


def _back(desk: Desk, condition: MapCondition) -> RedirectResponse:
    return RedirectResponse(f"{desk.address}/map#{condition.code}", 303)
