"""Adding, changing and removing key episodes, saying why there is none of a kind, and the family's perspective."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from app.audit.reading import Told, read_all, read_one
from app.core.database import Transaction
from app.core.errors import insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import ReviewWorker, ThePage, tell
from app.identity.viewers import Viewer
from app.reviews import episodes
from app.reviews.dependencies import WritableReview
from app.reviews.models import EpisodeKind, KeyEpisode, Review, TimelineEvent
from app.reviews.rules import obstacle_to_changing
from app.reviews.timeline import events_of
from app.reviews.values import VALUES
from app.reviews.workspace import showing
from app.reviews.workspace.forms import EpisodeForm, FamilyForm, WhyNoneForm
from app.writing.dependencies import TheDrafts

routes = router("/reviews/{review_code}")
Sent = Annotated[Submission[EpisodeForm], Depends(submitted(EpisodeForm))]
SentWhyNone = Annotated[Submission[WhyNoneForm], Depends(submitted(WhyNoneForm))]
SentFamily = Annotated[Submission[FamilyForm], Depends(submitted(FamilyForm))]


@routes.get("/episodes/new/{kind}")
def ask_for_episode(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    kind: EpisodeKind,
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    start = blank(service_area="unknown", proximity="unknown")
    return _form(session, viewer, page, review, kind, drafts.resumed(start))


@routes.post("/episodes/new/{kind}")
def add_episode(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    kind: EpisodeKind,
    submission: Sent,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    events = _events_chosen(session, review, submission)
    if submission.form is None:
        return _form(session, viewer, page, review, kind, submission, status_code=422)
    columns = {"kind": kind, **submission.form.model_dump(exclude={"events", "version"})}
    episode = episodes.add_episode(session, review, columns, events, by=viewer)
    drafts.done(change=_address(review, episode))
    tell(session, request, _added(kind), undo=f"{_address(review, episode)}/remove")
    return _back(review, episode)


@routes.get("/episodes/none/{kind}")
def ask_why_none(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    kind: EpisodeKind,
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    insist(episodes.obstacle_to_having_none(kind, episodes.episodes_of(session, review)))
    told = read_one(session, review, by=viewer, part="why there is no episode")
    start = blank(because=getattr(told, episodes.WHY_NONE[kind]), version=review.version)
    return _why_none(page, review, kind, drafts.resumed(start))


@routes.post("/episodes/none/{kind}")
def say_why_none(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    kind: EpisodeKind,
    submission: SentWhyNone,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    if submission.form is None:
        return _why_none(page, review, kind, submission, status_code=422)
    form = submission.form
    episodes.say_why_none(session, review, kind, form.because, base=form.version, by=viewer)
    drafts.done()
    tell(session, request, _("Reason saved."))
    return RedirectResponse(f"/reviews/{review.code}/timeline#episodes", 303)


@routes.get("/episodes/{episode_code}")
def ask_for_changes(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    episode_code: str,
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    episode = episodes.episode_of(session, review, episode_code)
    told = read_one(session, episode, by=viewer, within=review.code, part="episode")
    submission = filled(told, *(name for name in EpisodeForm.model_fields if name != "events"))
    linked = episodes.events_by_episode(session, [episode])[told.id]
    submission.typed["events"] = [event.code for event in events_of(session, review) if event.id in linked]
    return _form(session, viewer, page, review, episode.kind, drafts.resumed(submission), episode)


@routes.post("/episodes/{episode_code}")
def change_episode(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    episode_code: str,
    submission: Sent,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    episode = episodes.episode_of(session, review, episode_code)
    events = _events_chosen(session, review, submission)
    if submission.form is None:
        return _form(session, viewer, page, review, episode.kind, submission, episode, status_code=422)
    columns = submission.form.model_dump(exclude={"events", "version"})
    episodes.change_episode(session, review, episode, columns, events, base=submission.form.version, by=viewer)
    drafts.done()
    tell(session, request, _("Episode saved."))
    return _back(review, episode)


@routes.post("/episodes/{episode_code}/remove")
def remove_episode(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, episode_code: str
) -> RedirectResponse:
    episode = episodes.episode_of(session, review, episode_code)
    episodes.remove_episode(session, review, episode, by=viewer)
    tell(session, request, _("Episode removed."), undo=f"{_address(review, episode)}/restore")
    return RedirectResponse(f"/reviews/{review.code}/timeline", 303)


@routes.post("/episodes/{episode_code}/restore")
def restore_episode(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, episode_code: str
) -> RedirectResponse:
    episode = episodes.episode_of(session, review, episode_code, removed=True)
    episodes.restore_episode(session, review, episode, by=viewer)
    tell(session, request, _("Episode brought back."))
    return _back(review, episode)


@routes.get("/family")
def ask_for_family(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, page: ThePage, drafts: TheDrafts
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    told = read_one(session, review, by=viewer, part="family perspective")
    return _family(page, review, drafts.resumed(filled(told, *FamilyForm.model_fields)))


@routes.post("/family")
def tell_family_perspective(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    submission: SentFamily,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    form = submission.form
    if form and not (form.family_perspective or form.no_family_perspective_because):
        submission.refuse("family_perspective", _("Write the family's perspective, or say below why there is none."))
    if form is None or submission.form is None:
        return _family(page, review, submission, status_code=422)
    episodes.tell_family_perspective(
        session,
        review,
        form.family_perspective,
        form.no_family_perspective_because,
        base=form.version,
        by=viewer,
    )
    drafts.done()
    tell(session, request, _("Family perspective saved."))
    return RedirectResponse(f"/reviews/{review.code}/timeline#family", 303)


def _events_chosen(session: Session, review: Review, submission: Submission[EpisodeForm]) -> list[TimelineEvent]:
    """The chosen events; refuses the form where one is no longer on the timeline."""
    if submission.form is None:
        return []
    on_timeline = {event.code: event for event in events_of(session, review)}
    wanted = submission.form.events
    if not set(wanted) <= set(on_timeline):
        submission.refuse("events", _("An event you chose is no longer on the timeline. Choose again."))
    return [event for code, event in on_timeline.items() if code in wanted]


def _form(
    session: Session,
    viewer: Viewer,
    page: Page,
    review: Review,
    kind: EpisodeKind,
    submission: Submission[EpisodeForm],
    episode: KeyEpisode | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    events: list[Told] = read_all(
        session, events_of(session, review), by=viewer, within=review.code, part="timeline, to choose events"
    )
    return page(
        "reviews/workspace/episode_form.html",
        review=review,
        kind=kind.value,
        submission=submission,
        episode=episode,
        values=VALUES,
        event_choices=[(event.code, showing.event_words(event)) for event in events],
        address=_address(review, episode) if episode else f"/reviews/{review.code}/episodes/new/{kind.value}",
        status_code=status_code,
    )


def _why_none(
    page: Page, review: Review, kind: EpisodeKind, submission: Submission[WhyNoneForm], status_code: int = 200
) -> HTMLResponse:
    return page(
        "reviews/workspace/why_none_form.html",
        review=review,
        kind=kind.value,
        submission=submission,
        address=f"/reviews/{review.code}/episodes/none/{kind.value}",
        status_code=status_code,
    )


def _family(page: Page, review: Review, submission: Submission[FamilyForm], status_code: int = 200) -> HTMLResponse:
    return page(
        "reviews/workspace/family_form.html",
        review=review,
        submission=submission,
        address=f"/reviews/{review.code}/family",
        status_code=status_code,
    )


def _added(kind: EpisodeKind) -> str:
    if kind is EpisodeKind.SUCCESSFUL_PRACTICE:
        return _("Successful practice added.")
    return _("Improvement opportunity added.")


def _address(review: Review, episode: KeyEpisode) -> str:
    return f"/reviews/{review.code}/episodes/{episode.code}"


def _back(review: Review, episode: KeyEpisode) -> RedirectResponse:
    return RedirectResponse(f"/reviews/{review.code}/timeline?episode={episode.code}", 303)
