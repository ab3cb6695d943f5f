"""The page of the influence graph: what shaped what, as the system maps of many reviews tell it."""

from collections.abc import Callable
from dataclasses import replace

from fastapi import Request, Response
from sqlmodel import Session

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.errors import NotFound
from app.core.pages import environment
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.influences.graph import InfluenceGraph, circles, common_paths
from app.patterns.pages import choices, files
from app.patterns.pages.asking import without_empty
from app.patterns.pages.dependencies import (
    Asked,
    asked_where_rated,
    file_of,
    following,
    head_of,
    reviews_with_quarter,
)
from app.patterns.pages.influences import SHOWN, Influences, data_of_maps, influences_of, show_of
from app.system_maps.models import Level

routes = router("/patterns")

INFLUENCES = "/patterns/influences"


@routes.get("/influences")
def see_influences(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked, found = _found(request, look, viewer)
    graph = found.graph
    chosen = _chosen(graph, request.query_params.get("influence", ""))
    codes = graph.edges[chosen]["reviews"] if chosen else ()
    return page(
        "patterns/influences.html",
        **(asked.context | following(asked, choices.ASKED_OF_REVIEWS) if asked else {"chips": [], "not_followed": []}),
        found=found,
        address=_addresses(asked),
        shown_words=SHOWN,
        edges=found.edges,
        circles=circles(graph),
        paths=common_paths(graph, [key for key, level in found.levels.items() if level is Level.LAW_AND_FUNDING]),
        drawing=found.drawing() if graph else None,
        drawn=len(found.most_told()),
        least=SMALLEST_BASE,
        chosen=chosen,
        chosen_reviews=len(codes),
        panel_reviews=reviews_with_quarter(look, viewer, codes),
        apart=reviews_with_quarter(look, viewer, _codes(found)) if found.is_withheld else (),
    )


@routes.get("/influences.csv")
def download_influences(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    """Both directions, whichever the page shows."""
    asked, found = _found(request, session, viewer)
    trail.record(session, "download influences.csv", by=viewer)
    chips = following(asked, choices.ASKED_OF_REVIEWS)["chips"] if asked else []
    about = [
        ("Counted from", f"{found.maps} system maps"),
        ("Filters", "; ".join(words for words, _address in chips) or "none"),
        *([("Not told", f"fewer than {SMALLEST_BASE} maps match")] if found.is_withheld else []),
        ("Data", data_of_maps(found)),
    ]
    rows = [
        (found.names[one], found.names[other], show, reviews, found.maps)
        for show in SHOWN
        for one, other, reviews in replace(found, show=show).edges
    ]
    columns = ("Factor", "What it shaped", "Direction", "Reviews", "Of maps")
    return file_of(
        files.csv_text(head_of(viewer, _("Influences in system maps"), about), columns, rows), "influences.csv"
    )


@routes.get("/influences.svg")
def download_drawing(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    """The drawing as a file of its own; without an influence to draw there is none."""
    _asked, found = _found(request, session, viewer)
    if not found.graph:
        raise NotFound
    trail.record(session, "download influences.svg", by=viewer)
    text = (
        environment()
        .get_template("system_maps/drawing_file.svg")
        .render(
            d=found.drawing(),
            title=_("Influences in system maps: %(which)s") % {"which": SHOWN[found.show]},
            sentence=found.finding,
            made_up=_("Every review, office and number in this drawing is invented.") if viewer.agency.made_up else "",
        )
    )
    return file_of(text, "influences.svg")


def _found(request: Request, session: Session, viewer: Viewer) -> tuple[Asked | None, Influences]:
    """The filters, if there is a review to filter, and what the maps that match them hold."""
    asked = asked_where_rated(request, session, viewer)
    return asked, influences_of(session, viewer, asked, show_of(request.query_params.get("show", "")))


def _addresses(asked: Asked | None) -> Callable[..., str]:
    """From changes, such as `show="helped"`, to the address of this page with them."""
    if asked:
        return lambda path=INFLUENCES, **changes: asked.question.address(path, **{"influence": "", **changes})
    return lambda path=INFLUENCES, **changes: without_empty(path, changes.items())


def _codes(found: Influences) -> list[str]:
    return [record.review for record in found.records]


def _chosen(graph: InfluenceGraph, wanted: str) -> tuple[str, str] | None:
    one, _arrow, other = wanted.partition("~")
    return (one, other) if graph.has_edge(one, other) else None
