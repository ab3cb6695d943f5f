"""One factor: how often, where, and with what it appears."""

from typing import Literal

from fastapi import Request, Response

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.downloads import picture_file
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.patterns.connections.drawings import FactorMap
from app.patterns.connections.ego import drawn_ego, neighbors_of
from app.patterns.connections.pairs import Pair, pairs_of, strongest_first
from app.patterns.counting.records import Dimension, Factor
from app.patterns.heatmap.table import RowOrder, heatmap
from app.patterns.pages import choices, files, methods
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.connection_routes import Shown
from app.patterns.pages.dependencies import HEATMAP, Asked, asked_of, drawing_of, reviews_with_quarter
from app.patterns.snapshot import present_in

routes = router("/patterns")


@routes.get("/factors/{code}")
def see_factor(code: str, request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, look, viewer)
    factor, q = _factor(asked, code), asked.question
    labels = choices.labels_of(asked.snapshot, Dimension.DIVISION)
    table = heatmap(asked.incidence, Dimension.DIVISION, q.layer, rows=RowOrder.NAME, labels=labels)
    row = next(row for row in table.rows if row.factor == factor)
    columns = {column.group: column for column in table.columns}
    by_division = sorted(((columns[cell.group], cell) for cell in row.cells), key=lambda item: item[0].label.casefold())
    pairs = strongest_first(pairs_of(asked.incidence, q.layer))
    links = [pair for pair in pairs if pair.is_unlikely_chance and factor in (pair.first, pair.second)]
    codes = asked.incidence.codes_with([code], q.layer)
    return page(
        "patterns/factor.html",
        **asked.context,
        factor=factor,
        about=asked.snapshot.about[code],
        row=row,
        by_division=by_division,
        links=links,
        drawn=_ego(asked, factor, pairs),
        drawn_shown=Shown(pairs, 0.0, False),
        neighbors=len(neighbors_of(factor, pairs)),
        reading_of=files.reading_of,
        firmness_of=asked.firmness_of,
        factor_reviews=reviews_with_quarter(look, viewer, codes),
    )


@routes.get("/factors/{code}/neighbors.{kind}")
def neighbors_drawing(
    code: str,
    kind: Literal["svg", "png"],
    request: Request,
    session: Transaction,
    viewer: PatternReader,
) -> Response:
    """The factor and what it is linked with, as a file."""
    asked = asked_of(request, session, viewer)
    factor = _factor(asked, code)
    trail.record(session, f"download factors/neighbors.{kind}", by=viewer)
    pairs = strongest_first(pairs_of(asked.incidence, asked.question.layer))
    title = _("%(factor)s and the factors it appears with") % {"factor": factor.label}
    shown, head = Shown(pairs, 0.0, False), asked.head(session, viewer, title)
    told = methods.pairs_told(title, asked.question.selection, pairs)[1:]
    ego = _ego(asked, factor, pairs)
    drawing = drawing_of("map", head=head, title=title, told=told, drawn=ego, shown=shown, **asked.context)
    return picture_file(drawing, f"neighbors-of-{code}.{kind}")


def _factor(asked: Asked, code: str) -> Factor:
    if asked.snapshot.factor(code) is None:
        raise NotKnown(_("There is no such factor."), HEATMAP, _("See the factor heatmap"))
    factor = asked.factor(code)
    if factor is None:
        raise NotKnown(_("This factor is of another domain than the one chosen."), f"/patterns/factors/{code}")
    return factor


def _ego(asked: Asked, factor: Factor, pairs: tuple[Pair, ...]) -> FactorMap:
    grouping = asked.snapshot.picture(asked.question.selection).grouping
    present = present_in(asked.incidence, asked.question.layer)
    return drawn_ego(factor, pairs, present, asked.stability, grouping)
