"""What stands beside a heatmap or a map when one cell or one pair is chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.patterns.connections.pairs import Pair
from app.patterns.connections.sentences import chance_in_words, pair_finding
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Factor, Layer
from app.patterns.heatmap.sentences import cell_finding
from app.patterns.heatmap.shares import Share, totals_of
from app.patterns.heatmap.table import Cell, Column, Heatmap, Row

MOST_TOGETHER = 5


@dataclass(frozen=True)
class CellPanel:
    """One cell of a heatmap."""

    row: Row
    column: Column
    cell: Cell
    sentence: str
    together: Sequence[tuple[Factor, int]]
    """Factors that are present in the most of the cell's reviews, with the number of reviews."""
    codes: tuple[str, ...]
    """Of the cell's reviews."""
    other_way: int
    """In how many the factor is present in the other direction: beside what hindered stands what helped."""

    @property
    def share(self) -> Share:
        return self.cell.share


@dataclass(frozen=True)
class PairPanel:
    """One pair of factors."""

    pair: Pair
    sentence: str
    chance: str
    where: Sequence[tuple[str, int, int]]
    """Where the reviews with both come from: the name, their number, and that of all reviews there; A to Z."""
    codes: tuple[str, ...]


def cell_panel(incidence: Incidence, table: Heatmap, factor: str, group: str) -> CellPanel | None:
    """The panel of a cell, or None when the table has no such cell."""
    row = next((row for row in table.rows if row.factor.code == factor), None)
    column = next((column for column in table.columns if column.group == group), None)
    cell = table.cell(factor, group)
    if row is None or column is None or cell is None:
        return None
    rows = incidence.rows_in(factor, table.dimension, group, table.layer)
    return CellPanel(
        row=row,
        column=column,
        cell=cell,
        sentence=cell_finding(table, row, cell),
        together=_together(incidence.rows(rows), factor, table.layer),
        codes=incidence.latest(rows),
        other_way=int(incidence.rows_in(factor, table.dimension, group, other_direction(table.layer)).sum()),
    )


def other_direction(layer: Layer) -> Layer:
    return Layer.HINDERED if layer is Layer.HELPED else Layer.HELPED


def _together(incidence: Incidence, factor: str, layer: Layer) -> list[tuple[Factor, int]]:
    totals = zip(incidence.factors, totals_of(incidence, layer), strict=True)
    found = [(other, total.present) for other, total in totals if other.code != factor and total.present]
    return sorted(found, key=lambda item: (-item[1], item[0].label))[:MOST_TOGETHER]


def pair_panel(incidence: Incidence, names: Mapping[str, str], pair: Pair, layer: Layer) -> PairPanel:
    """The panel of a pair of factors. `names` are those of the divisions."""
    rows = incidence.rows_with((pair.first.code, pair.second.code), layer)
    both = incidence.rows(rows)
    here, everywhere = (of.values(Dimension.DIVISION).counts() for of in (both, incidence))
    where = [(names.get(code, code), here[code], everywhere[code]) for code in both.groups(Dimension.DIVISION)]
    return PairPanel(
        pair=pair,
        sentence=pair_finding(pair),
        chance=chance_in_words(pair.adjusted_p),
        where=sorted(where, key=lambda item: item[0].casefold()),
        codes=incidence.latest(rows),
    )
