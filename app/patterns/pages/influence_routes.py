"""The page of the influence graph: what shaped what, as the system maps of many reviews tell it."""

from collections.abc import Callable
from typing import Literal

from fastapi import Request, Response
from sqlmodel import Session

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.downloads import file_of, picture_file
from app.core.errors import NotFound
from app.core.routing import router
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.influences.graph import InfluenceGraph, circles, common_paths
from app.patterns.pages import choices, files
from app.patterns.pages.asking import without_empty
from app.patterns.pages.dependencies import Asked, asked_where_rated, following, reviews_with_quarter
from app.patterns.pages.graph_files import WRITERS
from app.patterns.pages.influences import (
    SHOWN,
    Influences,
    graph_of_influences,
    influences_head,
    influences_of,
    picture_of_influences,
    rows_of,
    show_of,
    what_an_arrow_is,
)
from app.system_maps.models import Level

routes = router("/patterns")

INFLUENCES = "/patterns/influences"
COLUMNS = (
    "Factor code", "Factor", "Level", "Code of what it shaped", "What it shaped", "Level of what it shaped",
    "Direction", "Reviews", "Of maps",
)  # fmt: skip
FIRST_SHOWN = 12
"""Lines of the list that stand open; the others on request, and on paper."""


@routes.get("/influences")
def see_influences(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked, found = _found(request, look, viewer)
    graph = found.graph
    chosen = _chosen(graph, request.query_params.get("influence", ""))
    behind = reviews_with_quarter(look, viewer, graph.edges[chosen]["reviews"] if chosen else (), most=None)
    return page(
        "patterns/influences.html",
        **(asked.context | following(asked, choices.ASKED_OF_REVIEWS) if asked else {"chips": [], "not_followed": []}),
        found=found,
        address=_addresses(asked),
        shown_words=SHOWN,
        what_an_arrow_is=what_an_arrow_is(),
        edges=found.edges,
        first_shown=FIRST_SHOWN,
        circles=[sorted(part, key=lambda key: found.names[key].casefold()) for part in circles(graph)],
        paths=common_paths(graph, [key for key, level in found.levels.items() if level is Level.LAW_AND_FUNDING]),
        drawing=found.drawing() if graph else None,
        least=SMALLEST_BASE,
        chosen=chosen,
        # No other page lists them, so all stand here.
        panel_reviews=sorted(behind, key=lambda told: told[0].opened_on, reverse=True),
        apart=reviews_with_quarter(look, viewer, _codes(found)) if found.is_withheld else (),
    )


@routes.get("/influences.csv")
def download_influences(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    """Both directions, whichever the page shows."""
    asked, found = _found(request, session, viewer)
    trail.record(session, "download influences.csv", by=viewer)
    return file_of(files.csv_text(influences_head(viewer, asked, found), COLUMNS, rows_of(found)), "influences.csv")


@routes.get("/influences.{kind}")
def download_graph(
    kind: Literal["svg", "png", "json", "graphml", "gexf"],
    request: Request,
    session: Transaction,
    viewer: PatternReader,
) -> Response:
    """The graph as a drawing, or for other programs; without an influence there is none."""
    asked, found = _found(request, session, viewer)
    if not found.graph:
        raise NotFound
    trail.record(session, f"download influences.{kind}", by=viewer)
    if write := WRITERS.get(kind):
        return file_of(write(graph_of_influences(viewer, asked, found)), f"influences-{found.show}.{kind}")
    return picture_file(picture_of_influences(viewer, asked, found), f"influences.{kind}")


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
