"""Where the cells and heads of a heatmap stand in a drawing, so that no head is cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Self

from app.core.translation import gettext as _
from app.patterns.heatmap.table import Heatmap, Row

LETTER = 6.9
"""Of words at 13 px, on average, in px."""
ACROSS, UP = 0.65, 0.77
"""How far one unit of a head that is turned by 50 degrees reaches to the right and up."""
ALL = 66
"""The column of all together."""


@dataclass(frozen=True, slots=True)
class HeatDrawing:
    """The sizes of a drawing of these rows."""

    rows: Sequence[Row]
    heads: Sequence[str]
    """Of the columns, and of all together."""
    left: float
    top: float
    cell: float
    row: float
    width: float
    height: float

    @classmethod
    def of(cls, heat: Heatmap, rows: Sequence[Row], *, cell: float, row: float) -> Self:
        """A drawing of some rows of a heatmap, with cells of this width and rows of this height."""
        heads = [f"{column.label} ({column.reviews:,})" for column in heat.columns]
        everything = f"{_('All')} ({heat.reviews:,})"
        left = round(max((len(one.factor.label) for one in rows), default=0) * LETTER + 16)
        end = left + cell * len(heads)
        ends = [left + cell * (at + 0.4) + ACROSS * LETTER * len(head) for at, head in enumerate(heads)]
        top = round(max(map(len, [*heads, everything])) * LETTER * UP + 20)
        return cls(
            rows=rows,
            heads=[*heads, everything],
            left=left,
            top=top,
            cell=cell,
            row=row,
            width=ceil(max([end + ALL, end + 16 + ACROSS * LETTER * len(everything), *ends])),
            height=ceil(top + row * len(rows) + 4),
        )
