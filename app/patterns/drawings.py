"""The map and the matrix of factors as plain shapes with their sizes and colors, ready for a template."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.patterns.graph import Grouping
from app.patterns.layout import Layout, Point, radius
from app.patterns.pairs import Pair
from app.patterns.records import Factor
from app.patterns.similarity import similar_order

GROUP_COLORS = ("#33379a", "#667817", "#6d1a3c", "#3470d4", "#b05876")
"""From the sixth group on they come again; the letter tells groups apart."""
GROUP_TINTS = ("#ecebf7", "#f0f3e0", "#f7e8ed", "#e4edfb", "#f8eaef")
OTHER_COLOR = "#4d5b66"
BETWEEN_GROUPS = "#5b6873"
WEAKEST_DRAWN = 0.08
"""Lines that could be chance are drawn from this phi on."""

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


@dataclass(frozen=True, slots=True)
class Circle:
    factor: Factor
    x: float
    y: float
    radius: float
    label_y: float
    reviews: int
    letter: str | None
    color: str


@dataclass(frozen=True, slots=True)
class Line:
    pair: Pair
    start: Point
    end: Point
    width: float
    color: str
    opacity: float
    is_within_group: bool


@dataclass(frozen=True, slots=True)
class Outline:
    letter: str
    name: str
    path: str
    color: str
    tint: str
    title: Point
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactorMap:
    width: float
    height: float
    circles: tuple[Circle, ...]
    lines: tuple[Line, ...]
    """The strongest last, so that it lies on top."""
    outlines: tuple[Outline, ...]
    other_title: Point | None


class CellKind(StrEnum):
    COUNT = "count"
    """On the diagonal: the reviews with the factor."""
    UNLIKELY_CHANCE = "unlikely_chance"
    EXPLAINED_BY_DEPTH = "explained_by_depth"
    """Drawn like what could be chance: small, because it is no link."""
    COULD_BE_CHANCE = "could_be_chance"
    NOT_DEFINED = "not_defined"


@dataclass(frozen=True, slots=True)
class MatrixCell:
    kind: CellKind
    x: float
    y: float
    text: str
    description: str
    fill: str = WHITE
    ink: str = INK
    pair: Pair | None = None


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


def drawn_map(layout: Layout, pairs: Iterable[Pair], present: Mapping[str, int]) -> FactorMap:
    """The map of any selection of reviews, at the places that all reviews gave.

    `present` is the number of selected reviews with each factor. Lines for links, and thin ones for pairs whose
    phi is 0.08 or more but could be chance.
    """
    letter_of = {factor.code: group.letter for group in layout.grouping.groups for factor in group.factors}
    factors = [*(f for group in layout.grouping.groups for f in group.factors), *layout.grouping.other]
    outlines = [
        Outline(hull.letter, hull.name, _path(hull.outline), *_colors(hull.letter), hull.title, _labels(group.factors))
        for hull, group in zip(layout.hulls, layout.grouping.groups, strict=True)
    ]
    drawn = [pair for pair in pairs if pair.is_link or pair.is_explained_by_depth or (pair.phi or 0.0) >= WEAKEST_DRAWN]
    drawn.sort(key=lambda pair: (pair.phi or 0.0, pair.first.code, pair.second.code))
    return FactorMap(
        width=layout.width,
        height=layout.height,
        circles=tuple(_circle(factor, layout, present, letter_of.get(factor.code)) for factor in factors),
        lines=tuple(_line(pair, layout, letter_of) for pair in drawn),
        outlines=tuple(outlines),
        other_title=layout.other_title,
    )


def _colors(letter: str) -> tuple[str, str]:
    at = (ord(letter[-1]) - ord("A")) % len(GROUP_COLORS)
    return GROUP_COLORS[at], GROUP_TINTS[at]


def _labels(factors: Iterable[Factor]) -> tuple[str, ...]:
    return tuple(factor.label for factor in factors)


def _path(outline: Iterable[Point]) -> str:
    return "M" + "L".join(f"{point.x:.0f},{point.y:.0f}" for point in outline) + "Z"


def _circle(factor: Factor, layout: Layout, present: Mapping[str, int], letter: str | None) -> Circle:
    place, r = layout.places[factor.code], round(radius(present[factor.code]), 1)
    color = _colors(letter)[0] if letter else OTHER_COLOR
    return Circle(factor, place.x, place.y, r, round(place.y + r + 15, 1), present[factor.code], letter, color)


def _line(pair: Pair, layout: Layout, letter_of: Mapping[str, str]) -> Line:
    letter = letter_of.get(pair.first.code)
    is_within = letter is not None and letter == letter_of.get(pair.second.code)
    return Line(
        pair=pair,
        start=layout.places[pair.first.code],
        end=layout.places[pair.second.code],
        width=max(1.0, round(1.2 + 22 * ((pair.phi or 0.0) - WEAKEST_DRAWN), 1)),
        color=_colors(letter)[0] if is_within and letter else BETWEEN_GROUPS,
        opacity=0.62 if is_within else 0.38,
        is_within_group=is_within,
    )


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
    grouping: Grouping, order: Sequence[Factor], pairs: Iterable[Pair], present: Mapping[str, int]
) -> Matrix:
    """Every pair twice, on both sides of the diagonal; `order` comes from all reviews, so that no filter moves it."""
    pair_of = {frozenset((pair.first.code, pair.second.code)): pair for pair in pairs}
    longest = max((len(factor.label) for factor in order), default=0)
    left, top = round(longest * 7.0 + 20), round(longest * 5.6 + 24)
    cells = [
        _matrix_cell(row, column, pair_of, present, left + x * CELL, top + y * CELL)
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
    row: Factor, column: Factor, pair_of: Mapping[frozenset[str], Pair], present: Mapping[str, int], x: float, y: float
) -> MatrixCell:
    if row.code == column.code:
        count = present[row.code]
        return MatrixCell(CellKind.COUNT, x, y, str(count), f"{row.label}: {count} reviews", "#eceae4", "#3f4a54")
    pair = pair_of[frozenset((row.code, column.code))]
    both = f"{row.label} with {column.label}"
    if pair.lift is None:
        return MatrixCell(CellKind.NOT_DEFINED, x, y, "–", f"{both}: nothing to compare", pair=pair)
    shade = sum(round(pair.lift, 1) >= start for start in LIFT_STARTS)
    description = f"{both}: {pair.together} reviews, {pair.expected:.1f} expected, {pair.lift:.2f} times"
    kind = CellKind.UNLIKELY_CHANCE if pair.is_unlikely_chance else CellKind.COULD_BE_CHANCE
    if pair.is_explained_by_depth:
        kind, description = CellKind.EXPLAINED_BY_DEPTH, f"{description}, explained by depth of review"
    ink = WHITE if shade == len(LIFT_STARTS) else INK
    return MatrixCell(kind, x, y, f"{pair.lift:.1f}", description, LIFT_CLASSES[shade][0], ink, pair)


def _blocks(grouping: Grouping, left: float, top: float) -> Iterable[MatrixBlock]:
    start = 0
    for group in grouping.groups:
        size = CELL * len(group.factors)
        x, y = left + start * CELL, top + start * CELL
        yield MatrixBlock(group.letter, group.name, x, y, size, *_colors(group.letter))
        start += len(group.factors)
