"""What stands in the cells of a heatmap: the share, the number of reviews, or the difference to the other groups."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.translation import N_, Words
from app.patterns.heatmap.shares import CLASS_STARTS, SMALLEST_BASE
from app.patterns.heatmap.table import Cell


class Measure(StrEnum):
    SHARE = "share"
    COUNT = "count"
    DIFFERENCE = "difference"


MEASURES = Words(
    {
        Measure.SHARE: N_("Share"),
        Measure.COUNT: N_("Number"),
        Measure.DIFFERENCE: N_("Difference to the others"),
    }
)
DIFFERENCE_STARTS = (-20, -10, 0, 10, 20)
"""The whole percentage points at which each but the first of the six colors begins, the same on every page."""
SHARE_COLORS = ("#f4f0e3", "#c8e5cd", "#8acdbe", "#4ca8b2", "#2d789f", "#29295a")
DIFFERENCE_COLORS = ("#c98a3c", "#ecd3a8", "#f6eedd", "#e6eff2", "#9cc4d3", "#2f4c81")
INK, WHITE = "#14202b", "#ffffff"


@dataclass(frozen=True, slots=True)
class Value:
    """What one cell shows: its text, the number of its color from 0 to 5, and the colors of a drawing."""

    text: str
    shade: int
    kind: str
    fill: str
    ink: str


def value_of(cell: Cell, measure: Measure) -> Value | None:
    """What a cell shows; None where its base, or that of the others, is too small to compare.

    A count keeps the color of its share, because the groups differ in size.
    """
    if measure is Measure.DIFFERENCE:
        points = difference_points(cell)
        if points is None:
            return None
        shade = sum(points >= start for start in DIFFERENCE_STARTS)
        return _value(f"{points:+d}".replace("-", "−") if points else "0", shade, "difference")
    if cell.share.shade is None:
        return None
    text = str(cell.share.present if measure is Measure.COUNT else cell.share.percent)
    return _value(text, cell.share.shade, "share")


def difference_points(cell: Cell) -> int | None:
    """The share of a cell less that of what it is compared with, in whole percentage points, halves up."""
    present, answered = cell.rest_present, cell.rest_answered
    if min(answered, cell.share.answered) < SMALLEST_BASE:
        return None
    both = cell.share.answered * answered
    return (200 * (cell.share.present * answered - present * cell.share.answered) + both) // (2 * both)


def _value(text: str, shade: int, kind: str) -> Value:
    colors = DIFFERENCE_COLORS if kind == "difference" else SHARE_COLORS
    # On the darkest colors white is easier to read.
    darkest = len(CLASS_STARTS) - (1 if kind == "difference" else 2)
    return Value(text, shade, kind, colors[shade], WHITE if shade >= darkest else INK)
