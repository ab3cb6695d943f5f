"""One factor: how often, where, and with what it appears."""

from fastapi import Request, Response

from app.core.database import Look
from app.core.errors import NotFound
from app.core.routing import router
from app.identity.dependencies import PatternReader, ThePage
from app.patterns import asking, files
from app.patterns.dependencies import asked_of, reviews_with_quarter
from app.patterns.pairs import pairs_of, strongest_first
from app.patterns.records import Dimension
from app.patterns.shares import RowOrder, heatmap

routes = router("/patterns")


@routes.get("/factors/{code}")
def see_factor(code: str, request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, look, viewer, page)
    if isinstance(asked, Response):
        return asked
    factor = asked.snapshot.factor(code)
    if factor is None:
        raise NotFound
    q = asked.question
    labels = asking.labels_of(asked.snapshot, Dimension.DIVISION)
    table = heatmap(asked.incidence, Dimension.DIVISION, q.layer, rows=RowOrder.NAME, labels=labels)
    row = next(row for row in table.rows if row.factor == factor)
    columns = {column.group: column for column in table.columns}
    by_division = sorted(((columns[cell.group], cell) for cell in row.cells), key=lambda item: item[0].label.casefold())
    pairs = strongest_first(pairs_of(asked.incidence, q.layer))
    links = [pair for pair in pairs if pair.is_unlikely_chance and factor in (pair.first, pair.second)]
    codes = asked.incidence.codes_present(code, q.layer)
    return page(
        "patterns/factor.html",
        **asked.context,
        factor=factor,
        about=asked.snapshot.about[code],
        row=row,
        by_division=by_division,
        links=links,
        reading_of=files.reading_of,
        factor_reviews=reviews_with_quarter(look, viewer, codes),
    )
