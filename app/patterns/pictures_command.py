"""The pictures that `throughline patterns` writes, by the name of the file: the drawings of the pages."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from app.identity.viewers import Viewer
from app.patterns.combinations.found import Found
from app.patterns.combinations.upset import drawn_upset
from app.patterns.combinations.words import combinations_finding, joined
from app.patterns.connections.pairs import Pair
from app.patterns.connections.sentences import connections_finding, structure_finding
from app.patterns.heatmap.measures import Measure, value_of
from app.patterns.heatmap.shares import totals_of
from app.patterns.heatmap.table import Heatmap
from app.patterns.pages import methods, structure_tables
from app.patterns.pages.connection_routes import LEAST, Shown
from app.patterns.pages.dependencies import Asked, drawing_of
from app.patterns.pages.influences import Influences, picture_of_influences
from app.patterns.pages.over_time import OverTime, incidents_of, incidents_picture, trend_picture
from app.patterns.pages.structure_routes import backbone_map
from app.patterns.trends.series import Trend

DRAWN = 20
TITLES = {
    "heatmap": "Factor heatmap",
    "matrix": "Factors that appear in the same reviews",
    "map": "Map of factors that appear in the same reviews",
    "combinations": "Combinations of factors",
    "backbone": structure_tables.TITLES["backbone"],
}


def pictures_of_factors(
    session: Session, viewer: Viewer, asked: Asked, heat: Heatmap, pairs: tuple[Pair, ...], found: Found
) -> dict[str, str]:
    """The heatmap, the map, the matrix, the combinations, and the backbone where there is a link."""
    selection = asked.question.selection
    picture, structure = asked.snapshot.picture(selection), asked.snapshot.structure(selection)
    reviews, totals = asked.incidence.n_reviews, totals_of(asked.incidence, selection.layer)
    of_pairs = methods.pairs_told(connections_finding(picture.grouping, pairs, reviews), selection, pairs)
    of_combinations = combinations_finding(found, totals, reviews, selection.unit)
    shapes: dict[str, tuple[Sequence[str], dict[str, Any]]] = {
        "heatmap": (
            methods.cells_told(selection, heat),
            {"heat": heat, "measure": Measure.SHARE, "value_of": value_of},
        ),
        "map": (of_pairs, {"drawn": asked.snapshot.map(selection), "shown": Shown(pairs, LEAST, True)}),
        "matrix": (of_pairs, {"matrix": asked.snapshot.matrix(selection)}),
        "combinations": (
            methods.combinations_told(of_combinations, selection, found),
            {"upset": drawn_upset((found.beyond_parts or found.combinations)[:DRAWN]), "joined": joined},
        ),
    }
    if backbone := structure_tables.backbone_pairs(structure, pairs):
        told = methods.pairs_told(structure_finding(structure, pairs, reviews), selection, pairs)
        shapes["backbone"] = told, {**backbone_map(asked, backbone), "only_links": True}
    return {
        f"{name}.svg": _drawn(name, asked.head(session, viewer, TITLES[name]), told, {**asked.context, **shape})
        for name, (told, shape) in shapes.items()
    }


def _drawn(name: str, head: Sequence[tuple[str, str]], told: Sequence[str], context: dict[str, Any]) -> str:
    drawing = "map" if name == "backbone" else name
    return drawing_of(drawing, head=head, title=TITLES[name], told=told, **context)


def pictures_over_time(
    session: Session, viewer: Viewer, over_time: OverTime, trends: Sequence[Trend]
) -> dict[str, str]:
    """A control chart for each factor with enough points for limits, and one of the incidents."""
    drawn = {
        f"trend-{trend.factor.code}.svg": trend_picture(session, viewer, over_time, trend)
        for trend in trends
        if trend.chart.has_limits
    }
    incidents = incidents_of(session, viewer, over_time)
    if incidents.counts.points:
        drawn["incidents.svg"] = incidents_picture(viewer, over_time, incidents)
    return drawn


def pictures_of_maps(viewer: Viewer, asked: Asked, influences: Influences) -> dict[str, str]:
    """The influence graph, where there is an influence to draw."""
    return {"influences.svg": picture_of_influences(viewer, asked, influences)} if influences.graph else {}
