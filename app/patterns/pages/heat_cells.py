"""What each cell of the heatmap's table says: its number, its link, and the words for those who hear the page.

A table has hundreds of cells. Their words are put together here, because a template takes several times as long.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from app.core.translation import gettext as _
from app.patterns.counting.records import Dimension
from app.patterns.counting.words import many
from app.patterns.heatmap.measures import Measure, Value, value_of
from app.patterns.heatmap.table import Cell, Column, Heatmap, Row, Standing
from app.patterns.pages.asking import Question

OFFICE = " office"
ROOM, ROOM_BESIDE_PANEL = 1320, 950
"""Of the table on a wide screen, in px."""
LABELS = 340
"""Of that, what the names of factors and the last column take."""
LETTER = 6.7
"""The width of a letter of a head, in px, on average."""
MOST_LEVEL = 12
"""Columns whose heads lie level."""
MOST_THAT_SHARE = 24
"""Columns that share the room there is; more of them make the table wider."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over a column; `rest` belongs to its name, and is read out only."""

    column: Column
    shown: str
    rest: str


def drawn_heads(heat: Heatmap) -> list[Head]:
    """The names of the columns. On a page about offices the word "office" need not be in each of them."""
    heads = []
    for column in heat.columns:
        shown = column.label.removesuffix(OFFICE) if heat.dimension is Dimension.OFFICE else column.label
        heads.append(Head(column, shown or column.label, column.label.removeprefix(shown or column.label)))
    return heads


def classes_of(heads: Sequence[Head], room: int) -> str:
    """The classes of the table. Heads are turned where a word would not fit its column in a table `room` px wide."""
    longest = max((len(word) for head in heads for word in re.split(r"[\s-]+", head.shown)), default=0)
    is_turned = len(heads) > MOST_LEVEL or longest * LETTER * len(heads) > room - LABELS
    return f"heat{' heat-turned' if is_turned else ''}{' heat-many' if len(heads) > MOST_THAT_SHARE else ''}"


def drawn_rows(heat: Heatmap, q: Question, measure: Measure) -> Iterator[tuple[Row, Markup]]:
    """Every row with its cells, in the order of the heatmap."""
    address_of, counted = q.address_of_each("cell"), many(heat.unit)
    for row in heat.rows:
        cells = zip(heat.columns, row.cells, strict=True)
        drawn = (_drawn(row, column, cell, q.one("cell"), measure, counted, address_of) for column, cell in cells)
        yield row, Markup("\n".join(drawn))  # noqa: S704  Words and addresses are escaped in `_drawn`.


def _drawn(
    row: Row, column: Column, cell: Cell, chosen: str, measure: Measure, counted: str, address_of: Callable[[str], str]
) -> str:
    """One cell: a link to the page with this cell chosen, where a review stands behind it."""
    key = f"{row.factor.code}.{cell.group}"
    share, value = cell.share, value_of(cell, measure)
    told = {"present": share.present, "answered": share.answered, "counted": counted}
    count = _("%(present)s of %(answered)s %(counted)s") % told
    spoken = f'<span class="visually-hidden"> {escape(_spoken(cell, value, measure, counted, count))}</span>'
    says = f"{value.text if value else '–'}{spoken}"
    classes = _classes(cell, value, is_chosen=chosen == key)
    if not (value or share.answered):
        return f'<td class="{classes}"><span>{says}</span></td>'
    address = escape(address_of(key))
    in_place = f'hx-get="{address}" hx-target="#results" hx-swap="outerHTML" hx-push-url="true"'
    percent = f" ({share.percent}%)" if value else ""
    place = escape(f"{row.factor.label}, {column.label}")
    # Those who hear the cell have its count in its name already; the title is for those who point at it.
    heard = f'title="{place}: {escape(count)}{percent}" aria-description="{place}"'
    current = ' aria-current="true"' if value and chosen == key else ""
    return f'<td class="{classes}"><a href="{address}#panel" {in_place} {heard}{current}>{says}</a></td>'


def _spoken(cell: Cell, value: Value | None, measure: Measure, counted: str, count: str) -> str:
    if value is None:
        return (
            _("Too few to compare, %(count)s") % {"count": count} if cell.share.answered else _("No review was rated")
        )
    words = {
        Measure.SHARE: _("percent, %(count)s"),
        Measure.COUNT: _("%(counted)s, %(count)s"),
        Measure.DIFFERENCE: _("percentage points to the others, %(count)s"),
    }[measure] % {"counted": counted, "count": count}
    if cell.standing is None:
        return words
    is_higher = cell.standing is Standing.HIGHER
    standing = (
        _("higher than elsewhere, unlikely to be chance")
        if is_higher
        else _("lower than elsewhere, unlikely to be chance")
    )
    return f"{words}, {standing}"


def _classes(cell: Cell, value: Value | None, *, is_chosen: bool) -> str:
    kind = f"{value.kind}-{value.shade}" if value else "cell-too-few"
    unusual = " cell-unusual" if value and cell.standing else ""
    return f"heat-cell {kind}{unusual}{' cell-selected' if is_chosen else ''}"
