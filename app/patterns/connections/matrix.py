"""The matrix of factors as plain shapes with their sizes and colors, and its cells as they stand in the page."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from markupsafe import Markup, escape

from app.patterns.connections.drawings import colors_of, is_firm
from app.patterns.connections.graph import Grouping
from app.patterns.connections.pairs import Pair
from app.patterns.connections.stability import Key, Stability
from app.patterns.counting.records import Factor
from app.patterns.counting.similarity import similar_order
from app.patterns.counting.words import number_of

CELL = 30
LIFT_STARTS = (0.7, 0.9, 1.2, 1.4, 1.6)
LIFT_CLASSES = (
    ("#c98a3c", "under 0.7"),
    ("#ecd3a8", "0.7–0.9"),
    ("#f3f1ec", "about 1"),
    ("#b9d3dc", "1.2–1.4"),
    ("#5b93b5", "1.4–1.6"),
    ("#2f4c81", "1.6 and over"),
)
INK, WHITE = "#14202b", "#ffffff"


class CellKind(StrEnum):
    COUNT = "count"
    """On the diagonal: the reviews with the factor."""
    UNLIKELY_CHANCE = "unlikely_chance"
    EXPLAINED_BY_DEPTH = "explained_by_depth"
    """Drawn like what could be chance: small, because it is no link."""
    NOT_FIRM = "not_firm"
    """A link that rests on one review, or that too few resamples show: a square of middle size."""
    COULD_BE_CHANCE = "could_be_chance"
    NOT_TESTED = "not_tested"
    """Fewer than 1 would be expected with both: a small ring without a color, as any lift of so few is easily large."""
    NOT_DEFINED = "not_defined"


@dataclass(frozen=True)
class MatrixCell:
    kind: CellKind
    x: float
    y: float
    text: str
    description: str
    fill: str = WHITE
    ink: str = INK
    pair: Pair | None = None

    @cached_property
    def in_link(self) -> str:
        """What stands in the link of a pair, as SVG: the same whatever the address, and so written once."""
        return f"<title>{escape(self.description)}</title>{_square(self, is_link=True)}"


@dataclass(frozen=True, slots=True)
class MatrixLabel:
    factor: Factor
    y: float
    x: float
    """Of the head of the column, which is turned."""


@dataclass(frozen=True, slots=True)
class MatrixBlock:
    letter: str
    name: str
    x: float
    y: float
    size: float
    color: str
    tint: str


@dataclass(frozen=True, slots=True)
class Matrix:
    width: float
    height: float
    left: float
    top: float
    right: float
    cells: tuple[MatrixCell, ...]
    labels: tuple[MatrixLabel, ...]
    blocks: tuple[MatrixBlock, ...]

    @property
    def has_untested(self) -> bool:
        return any(cell.kind is CellKind.NOT_TESTED for cell in self.cells)

    def shapes(self, selected: Pair | None, address: Callable[[Pair], str] | None = None) -> Markup:
        """The cells as SVG; with addresses, the pairs are links that tell what they are.

        There are hundreds of cells, and a template takes several times as long to write them.
        """
        chosen = (selected.first.code, selected.second.code) if selected else None
        cells = "".join(_shape(cell, chosen, address) for cell in self.cells)
        return Markup(cells)  # noqa: S704  What people wrote, the labels and the address, is escaped as it is written.


def matrix_order(grouping: Grouping, pairs: Iterable[Pair]) -> tuple[Factor, ...]:
    """Group after group, and within a group the factors with similar links side by side."""
    phi = {frozenset((pair.first.code, pair.second.code)): pair.phi or 0.0 for pair in pairs}

    def alike(factors: Sequence[Factor]) -> list[Factor]:
        profiles = [[phi.get(frozenset((a.code, b.code)), 1.0) for b in factors] for a in factors]
        order = similar_order(np.array(profiles, dtype=np.float64).reshape(len(factors), len(factors)))
        return [factors[at] for at in order]

    members = [*(group.factors for group in grouping.groups), grouping.other]
    return tuple(factor for factors in members for factor in alike(factors))


def drawn_matrix(
    grouping: Grouping,
    order: Sequence[Factor],
    pairs: Iterable[Pair],
    present: Mapping[str, int],
    stability: Mapping[Key, Stability],
) -> Matrix:
    """Every pair twice, on both sides of the diagonal; `order` comes from all reviews, so that no filter moves it."""
    pair_of = {frozenset((pair.first.code, pair.second.code)): pair for pair in pairs}
    longest = max((len(factor.label) for factor in order), default=0)
    left, top = round(longest * 7.0 + 20), round(longest * 5.6 + 24)
    cells = [
        _matrix_cell(row, column, pair_of, present, stability, left + x * CELL, top + y * CELL)
        for y, row in enumerate(order)
        for x, column in enumerate(order)
    ]
    labels = [
        MatrixLabel(factor, y=top + at * CELL + CELL / 2 + 4, x=left + at * CELL + CELL / 2 + 4)
        for at, factor in enumerate(order)
    ]
    right = left + CELL * len(order)
    longest_name = max((len(group.name) for group in grouping.groups), default=0)
    return Matrix(
        # The heads of the last columns lean to the right, and the names of the groups stand there.
        width=right + max(longest_name * 7.0 + 34, longest * 4.4),
        height=top + CELL * len(order) + 6,
        left=left,
        top=top,
        right=right,
        cells=tuple(cells),
        labels=tuple(labels),
        blocks=tuple(_blocks(grouping, left, top)),
    )


def _matrix_cell(
    row: Factor,
    column: Factor,
    pair_of: Mapping[frozenset[str], Pair],
    present: Mapping[str, int],
    stability: Mapping[Key, Stability],
    x: float,
    y: float,
) -> MatrixCell:
    if row.code == column.code:
        count = present[row.code]
        return MatrixCell(CellKind.COUNT, x, y, str(count), f"{row.label}: {count}", "#eceae4", "#3f4a54")
    pair = pair_of[frozenset((row.code, column.code))]
    both = f"{row.label} with {column.label}"
    if pair.lift is None:
        return MatrixCell(CellKind.NOT_DEFINED, x, y, "–", f"{both}: nothing to compare", pair=pair)
    description = f"{both}: {number_of(pair.together, pair.unit)}, {pair.expected:.1f} expected"
    if not pair.is_tested:
        return MatrixCell(CellKind.NOT_TESTED, x, y, "", f"{description}, not tested", pair=pair)
    shade = bisect_right(LIFT_STARTS, round(pair.lift, 1))
    description = f"{description}, {pair.lift:.2f} times"
    kind = CellKind.UNLIKELY_CHANCE if pair.is_unlikely_chance else CellKind.COULD_BE_CHANCE
    if pair.is_explained_by_depth:
        kind, description = CellKind.EXPLAINED_BY_DEPTH, f"{description}, explained by depth of review"
    elif pair.is_link and not is_firm(pair, stability):
        kind, description = CellKind.NOT_FIRM, f"{description}, not firm"
    ink = WHITE if shade == len(LIFT_STARTS) else INK
    return MatrixCell(kind, x, y, f"{pair.lift:.1f}", description, LIFT_CLASSES[shade][0], ink, pair)


def _blocks(grouping: Grouping, left: float, top: float) -> Iterable[MatrixBlock]:
    start = 0
    for group in grouping.groups:
        size = CELL * len(group.factors)
        x, y = left + start * CELL, top + start * CELL
        yield MatrixBlock(group.letter, group.name, x, y, size, *colors_of(group.letter))
        start += len(group.factors)


def _shape(cell: MatrixCell, chosen: Key | None, address: Callable[[Pair], str] | None) -> str:
    pair = cell.pair
    if cell.kind is CellKind.NOT_DEFINED:
        return f'<text x="{cell.x + 14}" y="{cell.y + 18}" fill="#4d5b66">–</text>\n'
    place = f'transform="translate({cell.x},{cell.y})"'
    ring = ""
    if pair and (pair.first.code, pair.second.code) == chosen:
        ring = '<rect x="-1.5" y="-1.5" width="31" height="31" rx="4" fill="none" stroke="#14202b" stroke-width="3"/>'
    if pair is None or address is None:
        return f"<g {place}>{_square(cell, is_link=False)}{ring}</g>\n"
    return f'<a href="{escape(address(pair))}#panel" tabindex="-1" {place}>{cell.in_link}{ring}</a>\n'


def _square(cell: MatrixCell, *, is_link: bool) -> str:
    """Large for a link and for a count, of middle size for one that is not firm, small for what could be chance."""
    text = f'<text x="14" y="18.3" fill="{cell.ink}">{cell.text}</text>'
    if cell.kind in (CellKind.COUNT, CellKind.UNLIKELY_CHANCE):
        return f'<rect width="28" height="28" rx="3" fill="{cell.fill}"/>{text}'
    if cell.kind is CellKind.NOT_FIRM:
        size = 'x="3" y="3" width="22" height="22" rx="3"'
        return f'<rect {size} fill="{cell.fill}" stroke="#5b6873" stroke-width=".75"/>{text}'
    # A link is as large as its cell, however small its square.
    all_of_it = '<rect width="28" height="28" fill="#ffffff" fill-opacity="0"/>' if is_link else ""
    if cell.kind is CellKind.NOT_TESTED:
        return f'{all_of_it}<circle cx="14" cy="14" r="2.5" fill="{cell.fill}" stroke="#8a8577" stroke-width=".75"/>'
    size = 'x="10" y="10" width="8" height="8" rx="2"'
    return f'{all_of_it}<rect {size} fill="{cell.fill}" stroke="#8a8577" stroke-width=".75"/>'
