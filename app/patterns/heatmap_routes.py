"""The heatmap of factors by groups of reviews, and its files."""

from fastapi import Request, Response

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.patterns import asking, files
from app.patterns.asking import NotKnown
from app.patterns.dependencies import Asked, asked_of, drawing_of, file_of, not_known, reviews_with_quarter
from app.patterns.measures import MEASURES, Measure, value_of
from app.patterns.panels import CellPanel, cell_panel
from app.patterns.sentences import PLURALS, heatmap_finding
from app.patterns.shares import SMALLEST_BASE, Heatmap, heatmap

routes = router("/patterns")


@routes.get("/heatmap")
def see_heatmap(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, look, viewer, page)
    if isinstance(asked, Response):
        return asked
    q = asked.question
    try:
        measure = _measure(asked)
    except NotKnown as unknown:
        return not_known(page, request.url.path, str(unknown))
    table = _table(asked)
    panel: CellPanel | None = None
    if chosen := q.one("cell"):
        factor, _dot, group = chosen.partition(".")
        panel = cell_panel(asked.incidence, table, factor, group)
        if panel is None and (asked.snapshot.factor(factor) is None or not group):
            return not_known(page, request.url.path, _("There is no such cell."))
    return page(
        "patterns/heatmap.html",
        fragment="results",
        **asked.context,
        heat=table,
        measure=measure,
        measures=MEASURES,
        value_of=value_of,
        finding=q.period_backward or heatmap_finding(table),
        compared_by=asking.COMPARED_BY,
        row_orders=asking.ROW_ORDERS,
        column_orders=asking.COLUMN_ORDERS,
        others=PLURALS[q.by],
        smallest=SMALLEST_BASE,
        panel=panel,
        panel_reviews=reviews_with_quarter(look, viewer, panel.codes if panel else ()),
    )


@routes.get("/heatmap.csv")
def heatmap_file(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, session, viewer, page)
    if isinstance(asked, Response):
        return asked
    trail.record(session, "download heatmap.csv", by=viewer)
    by = asking.COMPARED_BY[asked.question.by].lower()
    head = asked.head(viewer, f"Factor heatmap by {by}")
    return file_of(files.csv_text(head, files.HEATMAP_NAMES, files.heatmap_rows(_table(asked))), f"heatmap-{by}.csv")


@routes.get("/heatmap.svg")
def heatmap_drawing(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, session, viewer, page)
    if isinstance(asked, Response):
        return asked
    try:
        measure = _measure(asked)
    except NotKnown as unknown:
        return not_known(page, request.url.path, str(unknown))
    trail.record(session, "download heatmap.svg", by=viewer)
    by = asking.COMPARED_BY[asked.question.by].lower()
    title = f"Factor heatmap by {by}"
    head = [*asked.head(viewer, title), ("In the cells", MEASURES[measure])]
    drawing = drawing_of(
        "heatmap", head=head, title=title, heat=_table(asked), measure=measure, value_of=value_of, **asked.context
    )
    return file_of(drawing, f"heatmap-{by}.svg")


def _measure(asked: Asked) -> Measure:
    given = asked.question.one("measure") or Measure.SHARE.value
    if given not in list(Measure):
        raise NotKnown(_("There is no “%(value)s” to choose under “Show in the cells”.") % {"value": given})
    return Measure(given)


def _table(asked: Asked) -> Heatmap:
    q = asked.question
    labels = asking.labels_of(asked.snapshot, q.by)
    return heatmap(asked.incidence, q.by, q.layer, rows=q.rows, columns=q.columns, labels=labels)
