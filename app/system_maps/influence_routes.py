"""Joining the conditions of a system map: what shaped what, how, and what says so."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.audit.reading import read_all
from app.core.forms import Submission, blank, filled, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.reviews.dependencies import Desk, OpenDesk, TheDesk
from app.reviews.episodes import episodes_of
from app.reviews.timeline import events_of
from app.reviews.workspace.showing import event_words, note_words
from app.system_maps import actions
from app.system_maps.forms import InfluenceForm
from app.system_maps.models import MapInfluence
from app.system_maps.queries import conditions_of, influence_of, influences_of
from app.system_maps.rules import obstacle_to_joining
from app.system_maps.showing import choices, system_map
from app.systemic_factors.links import notes_of

routes = router("/reviews/{review_code}/map/influences")
Sent = Annotated[Submission[InfluenceForm], Depends(submitted(InfluenceForm))]


@routes.get("/new")
def ask_for_influence(desk: OpenDesk, condition: str = "") -> HTMLResponse:
    return _form(desk, desk.drafts.resumed(blank(condition=condition)))


@routes.post("/new")
def add_influence(desk: OpenDesk, submission: Sent) -> Any:
    columns = _columns(desk, submission)
    if columns is None:
        return _form(desk, submission, status_code=422)
    influence = actions.add_influence(desk.session, desk.review, columns, by=desk.viewer)
    desk.drafts.done(change=_address(desk, influence))
    desk.tell(_("Influence added."), undo=f"{_address(desk, influence)}/remove")
    return _back(desk, influence)


@routes.get("/{influence_code}")
def ask_for_changes(desk: OpenDesk, influence_code: str) -> HTMLResponse:
    influence = influence_of(desk.session, desk.review, influence_code)
    told = desk.told(influence, "influence")
    submission = filled(told, "direction", "evidence", "version")
    conditions = {row.id: row.code for row in conditions_of(desk.session, desk.review)}
    events = {row.id: row.code for row in events_of(desk.session, desk.review)}
    notes = {note.id: note.code for note, _held in notes_of(desk.session, desk.review)}
    episodes = {row.id: row.code for row in episodes_of(desk.session, desk.review)}
    submission.typed |= {
        "condition": [conditions.get(influence.condition_id, "")],
        "shaped": [conditions.get(influence.shaped_id, "")],
        "event": [events.get(influence.event_id, "")],
        "note": [notes.get(influence.note_id, "")],
        "episode": [episodes.get(influence.episode_id, "")],
    }
    return _form(desk, desk.drafts.resumed(submission), influence)


@routes.post("/{influence_code}")
def change_influence(desk: OpenDesk, influence_code: str, submission: Sent) -> Any:
    influence = influence_of(desk.session, desk.review, influence_code)
    columns = _columns(desk, submission, influence)
    if columns is None or submission.form is None:
        return _form(desk, submission, influence, status_code=422)
    actions.change_influence(
        desk.session, desk.review, influence, columns, base=submission.form.version, by=desk.viewer
    )
    desk.drafts.done()
    desk.tell(_("Influence saved."))
    return _back(desk, influence)


@routes.post("/{influence_code}/remove")
def remove_influence(desk: TheDesk, influence_code: str) -> RedirectResponse:
    influence = influence_of(desk.session, desk.review, influence_code)
    actions.remove_influence(desk.session, desk.review, influence, by=desk.viewer)
    desk.tell(_("Influence removed."), undo=f"{_address(desk, influence)}/restore")
    return RedirectResponse(f"{desk.address}/map", 303)


@routes.post("/{influence_code}/restore")
def restore_influence(desk: TheDesk, influence_code: str) -> RedirectResponse:
    influence = influence_of(desk.session, desk.review, influence_code, removed=True)
    actions.restore_influence(desk.session, desk.review, influence, by=desk.viewer)
    desk.tell(_("Influence brought back."))
    return _back(desk, influence)


def _columns(
    desk: Desk, submission: Submission[InfluenceForm], changed: MapInfluence | None = None
) -> dict[str, Any] | None:
    """The columns of the influence that was typed; None where something is to change first."""
    form = submission.form
    if form is None:
        return None
    present = conditions_of(desk.session, desk.review)
    conditions = {row.code: row.id for row in present}
    rests_on = {
        "event": {row.code: row.id for row in events_of(desk.session, desk.review)},
        "note": {note.code: note.id for note, _held in notes_of(desk.session, desk.review)},
        "episode": {row.code: row.id for row in episodes_of(desk.session, desk.review)},
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
    others = [row for row in influences_of(desk.session, present) if row is not changed]
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
    desk: Desk,
    submission: Submission[InfluenceForm],
    influence: MapInfluence | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    events, episodes = events_of(desk.session, desk.review), episodes_of(desk.session, desk.review)
    told = read_all(
        desk.session, [*events, *episodes], by=desk.viewer, within=desk.review.code, part="timeline, to join conditions"
    )
    return desk.page(
        "system_maps/influence_form.html",
        review=desk.review,
        submission=submission,
        influence=influence,
        condition_choices=choices(system_map(desk.session, desk.review, by=desk.viewer)),
        event_choices=[(event.code, event_words(event)) for event in told[: len(events)]],
        episode_choices=[(episode.code, episode.title) for episode in told[len(events) :]],
        note_choices=[(note.code, note_words(note, held)) for note, held in notes_of(desk.session, desk.review)],
        address=_address(desk, influence) if influence else f"{desk.address}/map/influences/new",
        status_code=status_code,
    )


def _address(desk: Desk, influence: MapInfluence) -> str:
    return f"{desk.address}/map/influences/{influence.code}"


def _back(desk: Desk, influence: MapInfluence) -> RedirectResponse:
    return RedirectResponse(f"{desk.address}/map#{influence.code}", 303)
