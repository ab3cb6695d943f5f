"""The graph of factors as a whole: groups, bridges and backbone as tables, and the graph for other programs."""

from collections.abc import Sequence
from typing import Any, Literal

from fastapi import Request, Response

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.downloads import file_of
from app.core.routing import router
from app.core.translation import N_
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.patterns.connections.consensus import SEEDS
from app.patterns.connections.drawings import drawn_map
from app.patterns.connections.layout import without_the_alone
from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.connections.sentences import structure_finding
from app.patterns.connections.structure import Structure, described, explained_by_depth
from app.patterns.pages import files, structure_tables
from app.patterns.pages.connection_routes import Shown, views_of
from app.patterns.pages.dependencies import Asked, asked_of
from app.patterns.pages.graph_files import WRITERS
from app.patterns.pages.incidence_file import review_factor_archive
from app.patterns.snapshot import present_in

routes = router("/patterns/connections")

ABOUT_DEPTH = N_(
    "true: the pair appears together more often than chance gives, but not more often than reviews of the same depth "
    "give; the map draws it dashed. Groups, strength, betweenness, spread and backbone are counted without these pairs"
)


@routes.get("/groups")
def see_structure(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, look, viewer)
    structure, layer = _structure(asked), asked.question.layer
    pairs = pairs_of(asked.incidence, layer)
    backbone = structure_tables.backbone_pairs(structure, pairs)
    return page(
        "patterns/structure.html",
        **asked.context,
        structure=structure,
        views=views_of(asked.question, "groups"),
        groupings=len(SEEDS),
        backbone=backbone,
        **backbone_map(asked, backbone),
        between_agencies=structure_tables.worded(structure.between_agencies),
        agency_words=structure_tables.agency_words,
        finding=asked.question.period_backward or structure_finding(structure, pairs, asked.incidence.n_reviews),
        firmness_of=asked.firmness_of,
    )


def backbone_map(asked: Asked, backbone: Sequence[Pair]) -> dict[str, Any]:
    """What the map of the backbone is drawn of."""
    selection = asked.question.selection
    layout = without_the_alone(asked.snapshot.picture(selection).layout, backbone)
    present = present_in(asked.incidence, selection.layer)
    return {
        "shown": Shown(tuple(backbone), 0.0, False),
        "drawn": drawn_map(layout, backbone, present, asked.stability),
    }


@routes.get("/groups/{name}.csv")
def structure_file(
    name: Literal["groups", "factors", "domains-and-agencies", "backbone"],
    request: Request,
    session: Transaction,
    viewer: PatternReader,
) -> Response:
    asked = asked_of(request, session, viewer)
    trail.record(session, f"download connections/groups/{name}.csv", by=viewer)
    names, rows = structure_tables.tables(_structure(asked), pairs_of(asked.incidence, asked.question.layer))[name]
    head = asked.head(session, viewer, structure_tables.TITLES[name])
    return file_of(files.csv_text(head, names, rows), f"factor-graph-{name}.csv")


@routes.get("/graph.{kind}")
def graph_file(
    kind: Literal["json", "graphml", "gexf"],
    request: Request,
    session: Transaction,
    viewer: PatternReader,
) -> Response:
    """The links of these reviews, and the pairs that depth of review explains, with all that is known of them."""
    asked = asked_of(request, session, viewer)
    trail.record(session, f"download connections/graph.{kind}", by=viewer)
    head = asked.head(
        session, viewer, _("Factors that appear in the same %(counted)s") % {"counted": asked.context["counted"]}
    )
    about = {name.lower().replace(" ", "_"): words for name, words in head[1:]}
    graph = described(
        _structure(asked),
        explained_by_depth(asked.incidence, asked.question.layer),
        {"title": head[0][0], "agency": head[0][1], **about, "explained_by_depth": _(ABOUT_DEPTH)},
    )
    return file_of(WRITERS[kind](graph), f"factor-graph.{kind}")


@routes.get("/reviews-by-factors.zip")
def incidence_file(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    """Review by review, which factor is present; for those who may read the reviews."""
    asked = asked_of(request, session, viewer)
    trail.record(session, "download connections/reviews-by-factors.zip", by=viewer)
    head = asked.head(session, viewer, _("Reviews by factors"))
    layer, about = asked.question.layer, asked.snapshot.about
    return file_of(review_factor_archive(asked.incidence, layer, about, head), "reviews-by-factors.zip")


def _structure(asked: Asked) -> Structure:
    return asked.snapshot.structure(asked.question.selection)
