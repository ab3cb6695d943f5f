"""The heatmap: a table of factors by groups of reviews, and which of its cells differ by more than chance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from app.patterns.counting.chance import FALSE_DISCOVERY_RATE, adjusted, fisher_two_sided
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import ORDERED, Dimension, Factor, Layer, Unit
from app.patterns.counting.similarity import similar_order
from app.patterns.counting.tallies import GroupedTally
from app.patterns.heatmap.shares import SMALLEST_BASE, Share, shares_by_group, totals_of


class RowOrder(StrEnum):
    SIMILAR = "similar"
    FREQUENT = "frequent"
    DOMAIN = "domain"
    NAME = "name"


class ColumnOrder(StrEnum):
    """There is no order by any number, not even by that of reviews: divisions and offices are not ranked."""

    SIMILAR = "similar"
    NAME = "name"


class Standing(StrEnum):
    """How a cell differs from the rest of its row, when by more than chance."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Cell:
    group: str
    share: Share
    rest_present: int = 0
    rest_answered: int = 0
    """What it is compared with; no review stands on both sides."""
    adjusted_p: float | None = None
    """Of the cell against the other groups; None where it was not compared."""
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Row:
    factor: Factor
    cells: tuple[Cell, ...]
    total: Share


@dataclass(frozen=True, slots=True)
class Column:
    group: str
    label: str
    reviews: int
    """For a service area, the reviews with any key episode there."""


@dataclass(frozen=True)
class Heatmap:
    dimension: Dimension
    layer: Layer
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    reviews: int
    """Of the whole table; for service areas, those with any key episode."""
    unit: Unit = Unit.REVIEW

    @cached_property
    def compared(self) -> int:
        """The number of cells that were compared with the rest of their row."""
        return sum(cell.adjusted_p is not None for row in self.rows for cell in row.cells)

    @property
    def tells_parts(self) -> bool:
        """A review counts in each column by a part of its links only, so reviews are not compared."""
        return self.dimension is Dimension.SERVICE_AREA and self.unit is Unit.REVIEW

    def cell(self, factor: str, group: str) -> Cell | None:
        cells = (cell for row in self.rows if row.factor.code == factor for cell in row.cells if cell.group == group)
        return next(cells, None)


def heatmap(
    incidence: Incidence,
    dimension: Dimension,
    layer: Layer,
    *,
    rows: RowOrder = RowOrder.SIMILAR,
    columns: ColumnOrder = ColumnOrder.SIMILAR,
    labels: Mapping[str, str] | None = None,
) -> Heatmap:
    """Factors by groups of reviews. `labels` names the groups on screen; quarters and ages stand in their order."""
    grouped = incidence.tally_by(dimension, layer)
    totals, reviews = _totals(incidence, dimension, layer)
    names = labels or {}
    every_column = [
        Column(group, names.get(group, group), int(number))
        for group, number in zip(grouped.groups, grouped.reviews, strict=True)
    ]
    profiles = _profiles(grouped, totals)
    across = _in_order(every_column, names) if dimension in ORDERED else _column_order(every_column, profiles, columns)
    down = _row_order(incidence.factors, totals, profiles, rows)
    cells = _cells(grouped)
    return Heatmap(
        dimension=dimension,
        layer=layer,
        columns=tuple(every_column[at] for at in across),
        rows=tuple(
            Row(
                factor=incidence.factors[row],
                cells=tuple(cells[row][at] for at in across),
                total=totals[row],
            )
            for row in down
        ),
        reviews=reviews,
        unit=incidence.unit,
    )


def _totals(incidence: Incidence, dimension: Dimension, layer: Layer) -> tuple[tuple[Share, ...], int]:
    if dimension is not Dimension.SERVICE_AREA:
        return totals_of(incidence, layer), incidence.n_reviews
    linked, reviews = incidence.linked_anywhere(layer)
    return tuple(Share(count, reviews, not_evident=reviews - count) for count in linked.tolist()), reviews


def _cells(grouped: GroupedTally) -> list[list[Cell]]:
    shares, (p, standings) = shares_by_group(grouped), _compared(grouped)
    present, answered = grouped.rest_present.tolist(), grouped.rest_answered.tolist()
    return [
        [
            Cell(group, shares[row][at], present[row][at], answered[row][at], p[row][at], standings[row][at])
            for at, group in enumerate(grouped.groups)
        ]
        for row in range(len(shares))
    ]


def _compared(grouped: GroupedTally) -> tuple[list[list[float | None]], list[list[Standing | None]]]:
    """Each cell that is shown against the rest of its row: Fisher's exact test, adjusted over these cells.

    No review stands on both sides. By service area only key episodes are compared.
    """
    present, answered = grouped.tally.present, grouped.tally.answered
    rest_present, rest_answered = grouped.rest_present, grouped.rest_answered
    is_compared = (answered >= SMALLEST_BASE) & (rest_answered > 0)
    raw = fisher_two_sided(present, answered, present + rest_present, answered + rest_answered)
    q = np.full(present.shape, np.nan)
    q[is_compared] = adjusted(raw[is_compared])
    is_higher = present * rest_answered > rest_present * answered
    stands_out = is_compared & (np.nan_to_num(q, nan=1.0) <= FALSE_DISCOVERY_RATE)
    standings = [
        [(Standing.HIGHER if higher else Standing.LOWER) if out else None for out, higher in zip(*both, strict=True)]
        for both in zip(stands_out.tolist(), is_higher.tolist(), strict=True)
    ]
    return [[None if np.isnan(value) else value for value in row] for row in q.tolist()], standings


def _profiles(grouped: GroupedTally, totals: Sequence[Share]) -> npt.NDArray[np.float64]:
    """Shares by factor and group; where the base is too small, the factor's share over all reviews stands in."""
    present, answered = grouped.tally.present, grouped.tally.answered
    overall = np.array([total.present / total.answered if total.answered else 0.0 for total in totals])
    shares = present / np.maximum(answered, 1)
    return np.where(answered >= SMALLEST_BASE, shares, np.broadcast_to(overall[:, np.newaxis], present.shape))


def _row_order(
    factors: Sequence[Factor], totals: Sequence[Share], profiles: npt.NDArray[np.float64], order: RowOrder
) -> list[int]:
    def frequency(at: int) -> float:
        return totals[at].present / totals[at].answered if totals[at].answered else -1.0

    domains = list(dict.fromkeys(factor.domain for factor in factors))
    keys: dict[RowOrder, Callable[[int], tuple[object, ...]]] = {
        RowOrder.FREQUENT: lambda at: (-frequency(at), factors[at].label),
        RowOrder.DOMAIN: lambda at: (domains.index(factors[at].domain), -frequency(at), factors[at].label),
        RowOrder.NAME: lambda at: (factors[at].label.casefold(),),
    }
    if order is RowOrder.SIMILAR and profiles.shape[1] < 2:
        order = RowOrder.FREQUENT
    if order is RowOrder.SIMILAR:
        similar = similar_order(profiles)
        # Either end may come first; begin with the end where the more frequent factors are.
        half = len(similar) // 2
        first, last = sum(map(frequency, similar[:half])), sum(map(frequency, similar[-half:] if half else []))
        return similar if first >= last else similar[::-1]
    return sorted(range(len(factors)), key=keys[order])


def _in_order(columns: Sequence[Column], names: Mapping[str, str]) -> list[int]:
    """Of groups that have an order of their own: that of the names, which stand from A to Z for the others."""
    order = {group: at for at, group in enumerate(names)}
    return sorted(range(len(columns)), key=lambda at: (order.get(columns[at].group, len(order)), columns[at].group))


def _column_order(columns: Sequence[Column], profiles: npt.NDArray[np.float64], order: ColumnOrder) -> list[int]:
    numbers = range(len(columns))
    by_name = sorted(numbers, key=lambda at: (columns[at].label.casefold(), columns[at].group))
    if order is ColumnOrder.NAME or not len(profiles):
        return by_name
    # Groups come in the order of their codes, which are random; equally similar ones stand by name instead.
    return [by_name[at] for at in similar_order(profiles.T[by_name])]
