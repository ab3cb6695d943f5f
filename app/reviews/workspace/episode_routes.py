"""Adding, changing and removing key episodes, saying why there is none of a kind, and the family's perspective."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.audit.reading import Told, read_all
from app.core.errors import insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.reviews import episodes
from app.reviews.dependencies import Desk, OpenDesk, TheDesk
from app.reviews.models import EpisodeKind, KeyEpisode, TimelineEvent
from app.reviews.removing import bring_back, take_out
from app.reviews.timeline import events_of
from app.reviews.values import VALUES
from app.reviews.workspace import showing
from app.reviews.workspace.forms import EpisodeForm, FamilyForm, WhyNoneForm

routes = router("/reviews/{review_code}")
Sent = Annotated[Submission[EpisodeForm], Depends(submitted(EpisodeForm))]
SentWhyNone = Annotated[Submission[WhyNoneForm], Depends(submitted(WhyNoneForm))]
SentFamily = Annotated[Submission[FamilyForm], Depends(submitted(FamilyForm))]


@routes.get("/episodes/new/{kind}")
def ask_for_episode(desk: OpenDesk, kind: EpisodeKind) -> HTMLResponse:
    start = blank(service_area="unknown", proximity="unknown")
    return _form(desk, kind, desk.drafts.resumed(start))


@routes.post("/episodes/new/{kind}")
def add_episode(desk: OpenDesk, kind: EpisodeKind, submission: Sent) -> Any:
    events = _events_chosen(desk, submission)
    if submission.form is None:
        return _form(desk, kind, submission, status_code=422)
    columns = {"kind": kind, **submission.form.model_dump(exclude={"events", "version"})}
    episode = episodes.add_episode(desk.session, desk.review, columns, events, by=desk.viewer)
    desk.drafts.done(change=_address(desk, episode))
    desk.tell(_added(kind), undo=f"{_address(desk, episode)}/remove")
    return _back(desk, episode)


@routes.get("/episodes/none/{kind}")
def ask_why_none(desk: OpenDesk, kind: EpisodeKind) -> HTMLResponse:
    insist(episodes.obstacle_to_having_none(kind, episodes.episodes_of(desk.session, desk.review)))
    told = desk.told(desk.review, "why there is no episode")
    start = blank(because=getattr(told, episodes.WHY_NONE[kind]), version=desk.review.version)
    return _why_none(desk, kind, desk.drafts.resumed(start))


@routes.post("/episodes/none/{kind}")
def say_why_none(desk: OpenDesk, kind: EpisodeKind, submission: SentWhyNone) -> Any:
    if submission.form is None:
        return _why_none(desk, kind, submission, status_code=422)
    form = submission.form
    episodes.say_why_none(desk.session, desk.review, kind, form.because, base=form.version, by=desk.viewer)
    desk.drafts.done()
    desk.tell(_("Reason saved."))
    return RedirectResponse(f"{desk.address}/timeline#episodes", 303)


@routes.get("/episodes/{episode_code}")
def ask_for_changes(desk: OpenDesk, episode_code: str) -> HTMLResponse:
    episode = episodes.episode_of(desk.session, desk.review, episode_code)
    told = desk.told(episode, "episode")
    submission = filled(told, *(name for name in EpisodeForm.model_fields if name != "events"))
    linked = episodes.events_by_episode(desk.session, [episode])[told.id]
    submission.typed["events"] = [event.code for event in events_of(desk.session, desk.review) if event.id in linked]
    return _form(desk, episode.kind, desk.drafts.resumed(submission), episode)


@routes.post("/episodes/{episode_code}")
def change_episode(desk: OpenDesk, episode_code: str, submission: Sent) -> Any:
    episode = episodes.episode_of(desk.session, desk.review, episode_code)
    events = _events_chosen(desk, submission)
    if submission.form is None:
        return _form(desk, episode.kind, submission, episode, status_code=422)
    columns = submission.form.model_dump(exclude={"events", "version"})
    episodes.change_episode(
        desk.session, desk.review, episode, columns, events, base=submission.form.version, by=desk.viewer
    )
    desk.drafts.done()
    desk.tell(_("Episode saved."))
    return _back(desk, episode)


@routes.post("/episodes/{episode_code}/remove")
def remove_episode(desk: TheDesk, episode_code: str) -> RedirectResponse:
    episode = episodes.episode_of(desk.session, desk.review, episode_code)
    take_out(desk.session, desk.review, episode, "episode", by=desk.viewer)
    desk.tell(_("Episode removed."), undo=f"{_address(desk, episode)}/restore")
    return RedirectResponse(f"{desk.address}/timeline", 303)


@routes.post("/episodes/{episode_code}/restore")
def restore_episode(desk: TheDesk, episode_code: str) -> RedirectResponse:
    episode = episodes.episode_of(desk.session, desk.review, episode_code, removed=True)
    bring_back(desk.session, desk.review, episode, "episode", by=desk.viewer)
    desk.tell(_("Episode brought back."))
    return _back(desk, episode)


@routes.get("/family")
def ask_for_family(desk: OpenDesk) -> HTMLResponse:
    told = desk.told(desk.review, "family perspective")
    return _family(desk, desk.drafts.resumed(filled(told, *FamilyForm.model_fields)))


@routes.post("/family")
def tell_family_perspective(desk: OpenDesk, submission: SentFamily) -> Any:
    form = submission.form
    if form and not (form.family_perspective or form.no_family_perspective_because):
        submission.refuse("family_perspective", _("Write the family's perspective, or say below why there is none."))
    if form is None or submission.form is None:
        return _family(desk, submission, status_code=422)
    episodes.tell_family_perspective(
        desk.session,
        desk.review,
        form.family_perspective,
        form.no_family_perspective_because,
        base=form.version,
        by=desk.viewer,
    )
    desk.drafts.done()
    desk.tell(_("Family perspective saved."))
    return RedirectResponse(f"{desk.address}/timeline#family", 303)


def _events_chosen(desk: Desk, submission: Submission[EpisodeForm]) -> list[TimelineEvent]:
    """The chosen events; refuses the form where one is no longer on the timeline."""
    if submission.form is None:
        return []
    on_timeline = {event.code: event for event in events_of(desk.session, desk.review)}
    wanted = submission.form.events
    if not set(wanted) <= set(on_timeline):
        submission.refuse("events", _("An event you chose is no longer on the timeline. Choose again."))
    return [event for code, event in on_timeline.items() if code in wanted]


def _form(
    desk: Desk,
    kind: EpisodeKind,
    submission: Submission[EpisodeForm],
    episode: KeyEpisode | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    events: list[Told] = read_all(
        desk.session,
        events_of(desk.session, desk.review),
        by=desk.viewer,
        within=desk.review.code,
        part="timeline, to choose events",
    )
    return desk.page(
        "reviews/workspace/episode_form.html",
        review=desk.review,
        kind=kind.value,
        submission=submission,
        episode=episode,
        values=VALUES,
        event_choices=[(event.code, showing.event_words(event)) for event in events],
        address=_address(desk, episode) if episode else f"{desk.address}/episodes/new/{kind.value}",
        status_code=status_code,
    )


def _why_none(
    desk: Desk, kind: EpisodeKind, submission: Submission[WhyNoneForm], status_code: int = 200
) -> HTMLResponse:
    return desk.page(
        "reviews/workspace/why_none_form.html",
        review=desk.review,
        kind=kind.value,
        submission=submission,
        address=f"{desk.address}/episodes/none/{kind.value}",
        status_code=status_code,
    )


def _family(desk: Desk, submission: Submission[FamilyForm], status_code: int = 200) -> HTMLResponse:
    return desk.page(
        "reviews/workspace/family_form.html",
        review=desk.review,
        submission=submission,
        address=f"{desk.address}/family",
        status_code=status_code,
    )


def _added(kind: EpisodeKind) -> str:
    if kind is EpisodeKind.SUCCESSFUL_PRACTICE:
        return _("Successful practice added.")
    return _("Improvement opportunity added.")


def _address(desk: Desk, episode: KeyEpisode) -> str:
    return f"{desk.address}/episodes/{episode.code}"


def _back(desk: Desk, episode: KeyEpisode) -> RedirectResponse:
    return RedirectResponse(f"{desk.address}/timeline?episode={episode.code}", 303)
