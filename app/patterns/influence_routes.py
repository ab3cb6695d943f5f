"""The page of the influence graph: what shaped what, as the system maps of many reviews tell it."""

from typing import Any

from fastapi import Request, Response

from app.core.clock import now
from app.core.database import Look
from app.core.dates import day
from app.core.routing import router
from app.core.translation import N_, Words, ngettext
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns import files
from app.patterns.dependencies import file_of, reviews_with_quarter
from app.patterns.influences import (
    EVENT,
    InfluenceGraph,
    circles,
    common_paths,
    influence_graph,
    influences_in,
    starting_points,
    usual_levels,
)
from app.patterns.maps import map_records, names_of_factors, reviews_in_sight
from app.system_maps.drawing import Arrow, Box, Drawing, drawn
from app.system_maps.models import Level
from app.system_maps.rules import LEVEL_HINTS, LEVEL_NAMES, Tone

routes = router("/patterns")

SHOWN = Words({"hindered": N_("That hindered"), "helped": N_("That helped")})
DRAWN = 40
"""Arrows in the drawing, the most told first; the table holds all."""


@routes.get("/influences")
def see_influences(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    show = "helped" if request.query_params.get("show") == "helped" else "hindered"
    records = map_records(look, viewer)
    graph = _graph(records, show)
    names = _names(look, viewer)
    chosen = _chosen(graph, request.query_params.get("influence", ""))
    codes = graph.edges[chosen]["reviews"] if chosen else ()
    return page(
        "patterns/influences.html",
        show=show,
        shown_words=SHOWN,
        maps=len(records),
        finding=_finding(len(records), reviews_in_sight(look, viewer), graph, names),
        edges=_by_reviews(graph),
        circles=circles(graph),
        paths=common_paths(graph, starting_points(records)),
        drawing=_drawing(graph, usual_levels(records), names, helped=show == "helped") if graph else None,
        drawn=DRAWN,
        names=names,
        chosen=chosen,
        chosen_reviews=len(codes),
        panel_reviews=reviews_with_quarter(look, viewer, codes),
    )


@routes.get("/influences.csv")
def download_influences(request: Request, look: Look, viewer: PatternReader) -> Response:
    records = map_records(look, viewer)
    names = _names(look, viewer)
    head = [(_("Influences in system maps"), viewer.agency.name)]
    if viewer.agency.made_up:
        head.append(("Made up", _("Every review, office and number in this file is invented.")))
    head += [
        ("Confidential learning record", _("Exact numbers, for people who may read the reviews.")),
        ("Counted from", f"{len(records)} system maps"),
        ("As of", day(now())),
    ]
    rows = [
        (names[one], names[other], show, reviews, len(records))
        for show in SHOWN
        for one, other, reviews in _by_reviews(_graph(records, show))
    ]
    columns = ("Factor", "What it shaped", "Direction", "Reviews", "Of maps")
    return file_of(files.csv_text(head, columns, rows), "influences.csv")


def _graph(records: Any, show: str) -> InfluenceGraph:
    told = (one for record in records for one in influences_in(record))
    return influence_graph(one for one in told if one.helped == (show == "helped"))


def _names(look: Look, viewer: Viewer) -> dict[str, str]:
    return names_of_factors(look, viewer) | {EVENT: _("The event")}


def _by_reviews(graph: InfluenceGraph) -> list[tuple[str, str, int]]:
    return sorted(graph.edges(data="weight"), key=lambda edge: (-edge[2], edge[0], edge[1]))


def _chosen(graph: InfluenceGraph, wanted: str) -> tuple[str, str] | None:
    one, _arrow, other = wanted.partition("~")
    return (one, other) if graph.has_edge(one, other) else None


def _finding(maps: int, reviews: int, graph: InfluenceGraph, names: dict[str, str]) -> str:
    base = ngettext(
        "%(maps)d of the %(reviews)d reviews that you may read has a system map with influences.",
        "%(maps)d of the %(reviews)d reviews that you may read have a system map with influences.",
        maps,
    ) % {"maps": maps, "reviews": reviews}
    strongest = next(iter(_by_reviews(graph)), None)
    if strongest is None or strongest[2] < 2:
        return base
    words = _("Most often told: “%(one)s” shaped “%(other)s”, in %(num)d reviews.")
    return f"{base} {words % {'one': names[strongest[0]], 'other': names[strongest[1]], 'num': strongest[2]}}"


def _drawing(graph: InfluenceGraph, levels: dict[str, Level], names: dict[str, str], *, helped: bool) -> Drawing:
    order = list(Level)
    edges = _by_reviews(graph)[:DRAWN]
    used = sorted({end for one, other, _reviews in edges for end in (one, other)})
    boxes = [
        Box(key, order.index(Level.EVENT), names[key], Tone.EVENT)
        if key == EVENT
        else Box(key, order.index(levels[key]), names[key], Tone.CONDITION)
        for key in used
    ]
    arrows = [
        Arrow(one, other, helped, f"{names[one]} → {names[other]}: {reviews}", min(1.2 + 0.8 * (reviews - 1), 6.0))
        for one, other, reviews in edges
    ]
    return drawn(boxes, arrows, [(LEVEL_NAMES[level], LEVEL_HINTS[level]) for level in order])
