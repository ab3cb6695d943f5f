"""The finding of a heatmap in one plain sentence, computed from the numbers on it.

A sentence tells how sure a difference is; never why, and never which office has more.
"""

from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.patterns.counting.records import Dimension
from app.patterns.counting.words import listed, lower_first, many
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.heatmap.table import Cell, Column, Heatmap, Row, Standing

PLURALS = {
    Dimension.DIVISION: "divisions",
    Dimension.OFFICE: "offices",
    Dimension.SERVICE_AREA: "service areas",
    Dimension.INCIDENT_TYPE: "incident types",
    Dimension.MALTREATMENT_TYPE: "maltreatment types",
    Dimension.AGE_BAND: "age bands",
    Dimension.QUARTER: "quarters",
    Dimension.OCCURRED_QUARTER: "quarters",
    Dimension.METHOD: "methods",
    Dimension.LEVEL: "levels",
}


def heatmap_finding(table: Heatmap) -> str:
    """What stands out in a heatmap, or what it would take to tell."""
    others = PLURALS[table.dimension]
    if not table.compared:
        return _nothing_to_compare(table, others)
    columns = sorted(table.columns, key=lambda column: column.label.casefold())
    named = [told for column in columns if (told := _standing_out(table, column))]
    number = sum(cell.standing is not None for row in table.rows for cell in row.cells)
    if not number:
        return ngettext(
            "The one cell compared does not stand out from the other %(others)s by more than chance.",
            "None of the %(compared)s cells stands out from the other %(others)s by more than chance.",
            table.compared,
        ) % {"compared": table.compared, "others": others}
    stand = "stands" if number == 1 else "stand"
    cells = "cell" if table.compared == 1 else "cells"
    finding = f"Of {table.compared} {cells}, {number} {stand} out from the other {others} by more than chance"
    return f"{finding}: {'; '.join(named)}."


def _nothing_to_compare(table: Heatmap, others: str) -> str:
    if not table.reviews:
        return _("Nothing matches what you chose. Choose a longer period or fewer filters.")
    if len(table.columns) < 2:
        return _(
            "These reviews come from fewer than two %(others)s, so nothing can be compared. Choose something else "
            "under “Compare by”, or fewer filters."
        ) % {"others": others}
    if table.tells_parts:
        return _not_compared()
    largest = max((cell.share.answered for row in table.rows for cell in row.cells), default=0)
    return _(
        "There are too few %(counted)s to compare %(others)s. A cell is compared once its factor was "
        "rated in %(smallest_base)s %(counted)s; the largest number here is %(largest)s."
    ) % {"counted": many(table.unit), "others": others, "smallest_base": SMALLEST_BASE, "largest": largest}


def _not_compared() -> str:
    return _(
        "A review counts in a service area only by what is linked to its key episodes there, so reviews are not "
        "compared by area. Choose “Key episodes” under “Count” to compare."
    )


def _standing_out(table: Heatmap, column: Column) -> str:
    """One group with its factors, such as "Eastside (higher: language access; lower: training fit)"."""
    parts = []
    for standing in Standing:
        labels = [
            lower_first(row.factor.label)
            for row in table.rows
            for cell in row.cells
            if cell.group == column.group and cell.standing is standing
        ]
        if labels:
            parts.append(f"{standing}: {listed(sorted(labels))}")
    return f"{column.label} ({'; '.join(parts)})" if parts else ""


def cell_finding(table: Heatmap, row: Row, cell: Cell) -> str:
    """How one cell compares, for the panel beside the heatmap."""
    others = PLURALS[table.dimension]
    if table.tells_parts:
        return _not_compared()
    if not cell.share.is_comparable:
        return _("Too few to compare: %(answered)s with an answer, and %(smallest_base)s are needed.") % {
            "answered": cell.share.answered,
            "smallest_base": SMALLEST_BASE,
        }
    if cell.adjusted_p is None:
        return _("No other %(others)s have a rating for %(label)s to compare with.") % {
            "others": others,
            "label": lower_first(row.factor.label),
        }
    if cell.standing is None:
        return _("Not different from the other %(others)s by more than chance.") % {"others": others}
    return _("%(standing)s than the other %(others)s together, and unlikely to be chance.") % {
        "standing": cell.standing.capitalize(),
        "others": others,
    }
