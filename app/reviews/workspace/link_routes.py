"""Linking factors to an episode, each with a sentence of evidence."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.audit.reading import read_all
from app.core.forms import Submission, blank, filled, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.reviews.dependencies import Desk, OpenDesk, TheDesk
from app.reviews.episodes import episode_of
from app.reviews.models import KeyEpisode
from app.reviews.removing import bring_back, take_out
from app.reviews.timeline import events_of
from app.reviews.values import VALUES
from app.reviews.workspace import showing
from app.reviews.workspace.forms import LinkForm
from app.systemic_factors import links
from app.systemic_factors.domains import domain_name
from app.systemic_factors.models import FactorLink
from app.systemic_factors.queries import factors_of

routes = router("/reviews/{review_code}/episodes/{episode_code}/factors")
Sent = Annotated[Submission[LinkForm], Depends(submitted(LinkForm))]
EXCERPT = 70
"""Characters of a debrief note that stand in the list to choose from."""


@routes.get("/new")
def ask_for_link(desk: OpenDesk, episode_code: str) -> HTMLResponse:
    episode = episode_of(desk.session, desk.review, episode_code)
    return _form(desk, episode, desk.drafts.resumed(blank()))


@routes.post("/new")
def add_link(desk: OpenDesk, episode_code: str, submission: Sent) -> Any:
    episode = episode_of(desk.session, desk.review, episode_code)
    columns = _columns(desk, submission)
    if columns is None:
        return _form(desk, episode, submission, status_code=422)
    link = links.add_link(desk.session, desk.review, episode, columns, by=desk.viewer)
    desk.drafts.done(change=_address(desk, episode, link))
    desk.tell(_("Factor linked."), undo=f"{_address(desk, episode, link)}/remove")
    return _back(desk, episode)


@routes.get("/{link_code}")
def ask_for_changes(desk: OpenDesk, episode_code: str, link_code: str) -> HTMLResponse:
    episode = episode_of(desk.session, desk.review, episode_code)
    link = links.link_of(desk.session, episode, link_code)
    told = desk.told(link, "factor link")
    submission = filled(told, "direction", "agency_interface", "evidence", "version")
    chosen = {
        "factor": next(
            (factor.key for factor in factors_of(desk.session, desk.review) if factor.id == link.factor_id), ""
        ),
        "event": next((event.code for event in events_of(desk.session, desk.review) if event.id == link.event_id), ""),
        "note": next(
            (note.code for note, _held in links.notes_of(desk.session, desk.review) if note.id == link.note_id), ""
        ),
    }
    submission.typed |= {name: [code] for name, code in chosen.items()}
    return _form(desk, episode, desk.drafts.resumed(submission), link)


@routes.post("/{link_code}")
def change_link(desk: OpenDesk, episode_code: str, link_code: str, submission: Sent) -> Any:
    episode = episode_of(desk.session, desk.review, episode_code)
    link = links.link_of(desk.session, episode, link_code)
    columns = _columns(desk, submission)
    if columns is None or submission.form is None:
        return _form(desk, episode, submission, link, status_code=422)
    links.change_link(desk.session, desk.review, link, columns, base=submission.form.version, by=desk.viewer)
    desk.drafts.done()
    desk.tell(_("Factor link saved."))
    return _back(desk, episode)


@routes.post("/{link_code}/remove")
def remove_link(desk: TheDesk, episode_code: str, link_code: str) -> RedirectResponse:
    episode = episode_of(desk.session, desk.review, episode_code)
    link = links.link_of(desk.session, episode, link_code)
    take_out(desk.session, desk.review, link, "factor link", by=desk.viewer)
    desk.tell(_("Factor link removed."), undo=f"{_address(desk, episode, link)}/restore")
    return _back(desk, episode)


@routes.post("/{link_code}/restore")
def restore_link(desk: TheDesk, episode_code: str, link_code: str) -> RedirectResponse:
    episode = episode_of(desk.session, desk.review, episode_code)
    link = links.link_of(desk.session, episode, link_code, removed=True)
    bring_back(desk.session, desk.review, link, "factor link", by=desk.viewer)
    desk.tell(_("Factor link brought back."))
    return _back(desk, episode)


def _columns(desk: Desk, submission: Submission[LinkForm]) -> dict[str, Any] | None:
    """The columns of the link that was typed; None where something is to change first."""
    form = submission.form
    if form is None:
        return None
    factor = next((factor for factor in factors_of(desk.session, desk.review) if factor.key == form.factor), None)
    event = next((event for event in events_of(desk.session, desk.review) if event.code == form.event), None)
    note = next((note for note, _held in links.notes_of(desk.session, desk.review) if note.code == form.note), None)
    if factor is None:
        submission.refuse("factor", _("Choose one of the factors."))
    if form.event and event is None:
        submission.refuse("event", _("That event is no longer on the timeline. Choose again."))
    if form.note and note is None:
        submission.refuse("note", _("That note is no longer there. Choose again."))
    if submission.form is None or factor is None:
        return None
    return {
        "factor_id": factor.id,
        "direction": form.direction,
        "agency_interface": form.agency_interface or factor.agency_interface,
        "evidence": form.evidence,
        "event_id": event.id if event else None,
        "note_id": note.id if note else None,
    }


def _form(
    desk: Desk,
    episode: KeyEpisode,
    submission: Submission[LinkForm],
    link: FactorLink | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    held = links.notes_of(desk.session, desk.review)
    events = events_of(desk.session, desk.review)
    told = read_all(
        desk.session,
        [episode, *events, *(note for note, _held in held)],
        by=desk.viewer,
        within=desk.review.code,
        part="timeline and debrief notes, to link a factor",
    )
    notes = told[1 + len(events) :]
    return desk.page(
        "reviews/workspace/link_form.html",
        review=desk.review,
        episode=told[0],
        submission=submission,
        link=link,
        values=VALUES,
        factors=[factor for factor in factors_of(desk.session, desk.review) if _is_offered(factor, link)],
        domain_name=domain_name,
        event_choices=[(event.code, showing.event_words(event)) for event in told[1 : 1 + len(events)]],
        note_choices=[
            (note.code, f"{showing.note_words(note.record, said)}: “{_excerpt(note.text)}”")
            for note, (_note, said) in zip(notes, held, strict=True)
        ],
        address=_address(desk, episode, link) if link else f"{desk.address}/episodes/{episode.code}/factors/new",
        status_code=status_code,
    )


def _is_offered(factor: Any, link: FactorLink | None) -> bool:
    return factor.retired_at is None or (link is not None and link.factor_id == factor.id)


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rsplit(' ', 1)[0]}…"


def _address(desk: Desk, episode: KeyEpisode, link: FactorLink) -> str:
    return f"{desk.address}/episodes/{episode.code}/factors/{link.code}"


def _back(desk: Desk, episode: KeyEpisode) -> RedirectResponse:
    return RedirectResponse(f"{desk.address}/timeline?episode={episode.code}#panel", 303)
