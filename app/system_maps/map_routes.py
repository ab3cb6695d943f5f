"""Reading the map of a review, and beginning it with what the key episodes already say."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from app.audit.reading import read_all
from app.core.database import Transaction
from app.core.downloads import picture_file
from app.core.errors import NotFound, insist
from app.core.forms import Submission, blank, submitted
from app.core.pages import Page, environment
from app.core.routing import router
from app.core.settings import settings
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.dependencies import ReviewReader, ReviewWorker, ThePage, tell
from app.identity.viewers import Viewer
from app.reviews.dependencies import ReadableReview, WritableReview
from app.reviews.episodes import episodes_of
from app.reviews.models import Review
from app.reviews.rules import obstacle_to_changing
from app.reviews.values import VALUES
from app.reviews.workspace.showing import head_of, may_write
from app.system_maps import actions
from app.system_maps.forms import BeginForm
from app.system_maps.queries import links_to_offer
from app.system_maps.showing import sentence, system_map
from app.systemic_factors.models import FactorLink
from app.systemic_factors.queries import factors_of

routes = router("/reviews/{review_code}")
Sent = Annotated[Submission[BeginForm], Depends(submitted(BeginForm))]


@routes.get("/map")
def see(review: ReadableReview, viewer: ReviewReader, session: Transaction, page: ThePage) -> HTMLResponse:
    shown = system_map(session, review, by=viewer)
    writable = may_write(session, viewer, review)
    return page(
        "system_maps/map.html",
        review=review,
        map=shown,
        drawing=shown.drawing if shown.conditions else None,
        sentence=sentence(shown),
        writable=writable,
        offered=len(links_to_offer(session, review)) if writable else 0,
        **head_of(session, review),
    )


@routes.get("/map.{kind}")
def download(
    kind: Literal["svg", "png"], review: ReadableReview, viewer: ReviewReader, session: Transaction
) -> Response:
    """The drawing as a file of its own; an empty map has none."""
    shown = system_map(session, review, by=viewer)
    if not shown.conditions:
        raise NotFound
    made_up = settings().demo or viewer.agency.made_up
    template = environment().get_template("system_maps/drawing_file.svg")
    drawing = template.render(
        d=shown.drawing,
        title=_("System map of %(review)s") % {"review": review.code},
        sentence=sentence(shown),
        made_up=_("Every review, office and number in this drawing is invented.") if made_up else "",
    )
    return picture_file(drawing, f"system-map-{review.code}.{kind}")


@routes.get("/map/begin")
def ask_what_to_begin_with(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, page: ThePage
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    links = links_to_offer(session, review)
    return _form(session, viewer, page, review, links, blank(links=[link.code for link in links]))


@routes.post("/map/begin")
def begin(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    request: Request,
    submission: Sent,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    links = links_to_offer(session, review)
    wanted = submission.form.links if submission.form else []
    chosen = [link for link in links if link.code in wanted]
    if not chosen:
        submission.refuse("links", _("Choose at least one."))
        return _form(session, viewer, page, review, links, submission, status_code=422)
    added = actions.begin_with(session, review, chosen, by=viewer)
    told = ngettext("%(num)d influence added to the map.", "%(num)d influences added to the map.", added)
    tell(session, request, told % {"num": added})
    return RedirectResponse(f"/reviews/{review.code}/map", 303)


def _form(
    session: Session,
    viewer: Viewer,
    page: Page,
    review: Review,
    links: list[FactorLink],
    submission: Submission[BeginForm],
    status_code: int = 200,
) -> HTMLResponse:
    episodes = episodes_of(session, review)
    told = read_all(session, [*episodes, *links], by=viewer, within=review.code, part="factor links")
    titles = {episode.id: episode.title for episode in told[: len(episodes)]}
    names = {factor.id: factor.name for factor in factors_of(session, review)}
    return page(
        "system_maps/begin.html",
        review=review,
        submission=submission,
        choices=[(link.code, _words(link, names, titles), link.evidence) for link in told[len(episodes) :]],
        status_code=status_code,
    )


def _words(link: Any, names: dict[int | None, str], titles: dict[int | None, str]) -> str:
    return _("%(factor)s (%(direction)s) – “%(episode)s”") % {
        "factor": names[link.factor_id],
        "direction": VALUES.words("direction", link.direction.value).lower(),
        "episode": titles[link.episode_id],
    }
