"""The list of reviews, and the search inside what was written."""

from fastapi import Request, Response
from sqlmodel import Session, col

from app.core.database import Look, Transaction
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import (
    ReviewReader,
    ThePage,
)
from app.identity.queries import divisions, offices
from app.identity.viewers import Viewer
from app.reviews import lists, queries, rules
from app.reviews.filtering import Choice, chips
from app.reviews.models import Review
from app.reviews.values import VALUES

routes = router("/reviews")


@routes.get("")
def see_reviews(request: Request, look: Look, viewer: ReviewReader, page: ThePage) -> Response:
    return _list(request, look, viewer, page, inside=False)


@routes.get("/search")
def search_inside(request: Request, session: Transaction, viewer: ReviewReader, page: ThePage) -> Response:
    """The same list, where the words are sought inside the narratives."""
    return _list(request, session, viewer, page, inside=True)


def _list(request: Request, session: Session, viewer: Viewer, page: Page, *, inside: bool) -> Response:
    path = "/reviews/search" if inside else "/reviews"
    asked = lists.asked(path, request.query_params, lists.REVIEW_FILTERS, lists.REVIEW_ORDER, "-opened")
    found = lists.reviews(session, viewer, asked, inside=inside)
    progress = queries.progress_of_all(session, found.rows)
    all_divisions, all_offices = divisions(session, viewer), offices(session, viewer)
    opened_on = lists.years(session, col(Review.opened_on), queries.readable_reviews(viewer))
    choices = [
        Choice("stage", _("Stage"), [(stage.value, name) for stage, name in rules.STAGE_NAMES.items()]),
        Choice("division", _("Division"), [(unit.code, unit.name) for unit in all_divisions]),
        Choice("office", _("Office"), [(unit.code, unit.name) for unit in all_offices]),
        Choice("type", _("Incident"), VALUES.choices("incident_type")),
        Choice("year", _("Opened in"), [(year, year) for year in opened_on]),
    ]
    words = asked.filters.get("words", "")
    own_words = {
        "mine": _("My reviews"),
        "import": _("Import: %(code)s") % {"code": asked.filters.get("import", "")},
        "words": (_("Words inside: %(words)s") if inside else _("Title or code: %(words)s")) % {"words": words},
    }
    return page(
        "reviews/search.html" if inside else "reviews/list.html",
        fragment="results",
        asked=asked,
        found=found,
        choices=choices,
        chips=chips(asked, choices, **own_words),
        units={unit.id: unit for unit in (*all_offices, *all_divisions)},
        stage_names=rules.STAGE_NAMES,
        next_steps={row.id: rules.next_step(row.stage, progress[row.id or 0]) for row in found.rows},
        inside=inside,
        hits=lists.hits(session, found.rows, words, by=viewer) if inside and words else {},
    )
