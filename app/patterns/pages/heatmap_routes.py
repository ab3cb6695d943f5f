"""The heatmap of factors by groups of reviews, and its files."""

from typing import Any, Literal

from fastapi import Request, Response

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.downloads import file_of, picture_file
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.patterns.heatmap.measures import MEASURES, Measure, value_of
from app.patterns.heatmap.sentences import PLURALS, heatmap_finding
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.heatmap.table import Heatmap
from app.patterns.pages import choices, files, methods
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.dependencies import Asked, asked_of, drawing_of, reviews_with_quarter, titles_of
from app.patterns.pages.heat_cells import ROOM, ROOM_BESIDE_PANEL, classes_of, drawn_heads, drawn_rows
from app.patterns.pages.written import written
from app.patterns.panels import CellPanel, cell_panel

routes = router("/patterns")


@routes.get("/heatmap")
def see_heatmap(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, look, viewer)
    q = asked.question
    measure = _measure(asked)
    table = _table(asked)
    panel: CellPanel | None = None
    if chosen := q.one("cell"):
        factor, _dot, group = chosen.partition(".")
        panel = cell_panel(asked.incidence, table, factor, group)
        if panel is None and (asked.snapshot.factor(factor) is None or not group):
            raise NotKnown(_("There is no such cell."))
    reviews = reviews_with_quarter(look, viewer, panel.codes if panel else ())
    return written(
        request,
        page,
        asked,
        "patterns/heatmap.html",
        lambda: _told(asked, table, measure, panel) | {"panel_reviews": reviews},
        *titles_of(reviews),
    )


def _told(asked: Asked, table: Heatmap, measure: Measure, panel: CellPanel | None) -> dict[str, Any]:
    q, heads = asked.question, drawn_heads(table)
    return {
        "heat": table,
        "measure": measure,
        "measures": MEASURES,
        "rows": drawn_rows(table, q, measure),
        "heads": heads,
        "table_classes": classes_of(heads, ROOM_BESIDE_PANEL if panel else ROOM),
        "finding": q.period_backward or heatmap_finding(table),
        "compared_by": choices.COMPARED_BY,
        "row_orders": choices.ROW_ORDERS,
        "column_orders": choices.COLUMN_ORDERS,
        "others": PLURALS[q.by],
        "smallest": SMALLEST_BASE,
        "panel": panel,
    }


@routes.get("/heatmap.csv")
def heatmap_file(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    asked = asked_of(request, session, viewer)
    trail.record(session, "download heatmap.csv", by=viewer)
    by = choices.COMPARED_BY[asked.question.by].lower()
    head = asked.head(session, viewer, f"Factor heatmap by {by}")
    names = files.named(files.HEATMAP_NAMES, asked.incidence.unit)
    return file_of(files.csv_text(head, names, files.heatmap_rows(_table(asked))), f"heatmap-{by}.csv")


@routes.get("/heatmap.{kind}")
def heatmap_drawing(
    kind: Literal["svg", "png"], request: Request, session: Transaction, viewer: PatternReader
) -> Response:
    asked = asked_of(request, session, viewer)
    measure = _measure(asked)
    trail.record(session, f"download heatmap.{kind}", by=viewer)
    by = choices.COMPARED_BY[asked.question.by].lower()
    title = f"Factor heatmap by {by}"
    head = [*asked.head(session, viewer, title), ("In the cells", MEASURES[measure])]
    table = _table(asked)
    drawing = drawing_of(
        "heatmap",
        head=head,
        title=title,
        told=methods.cells_told(asked.question.selection, table),
        heat=table,
        measure=measure,
        value_of=value_of,
        **asked.context,
    )
    return picture_file(drawing, f"heatmap-{by}.{kind}")


def _measure(asked: Asked) -> Measure:
    given = asked.question.one("measure") or Measure.SHARE.value
    if given not in list(Measure):
        raise NotKnown(_("There is no “%(value)s” to choose under “Show in the cells”.") % {"value": given})
    return Measure(given)


def _table(asked: Asked) -> Heatmap:
    q = asked.question
    labels = choices.labels_of(asked.snapshot, q.by)
    return asked.snapshot.heatmap(q.selection, q.by, rows=q.rows, columns=q.columns, labels=labels)
