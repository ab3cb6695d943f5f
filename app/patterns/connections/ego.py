"""One factor in the middle, and around it the factors it is linked with, as the same shapes as the map."""

from collections.abc import Mapping, Sequence

from app.patterns.connections.drawings import FactorMap, drawn_map
from app.patterns.connections.graph import Grouping
from app.patterns.connections.layout import Layout, Point, half_label, radius
from app.patterns.connections.pairs import Pair
from app.patterns.connections.stability import Key, Stability
from app.patterns.counting.records import Factor

ROW = 96.0
LEAST_HALF = 80.0
STEP = 34.0
"""Each row further from the middle stands further out, so that no line runs over a circle."""
BETWEEN_LABELS, ABOVE_CIRCLES = 44.0, 44.0
"""Around factors in one row: a line between the outer two goes above the one in the middle."""
MOST = 16
"""Neighbors drawn, the strongest; the list holds all."""


def neighbors_of(factor: Factor, pairs: Sequence[Pair]) -> tuple[Factor, ...]:
    """The factors it is linked with, also where depth of review explains it; the strongest first."""
    found = [pair for pair in pairs if factor in (pair.first, pair.second)]
    linked = [pair for pair in found if pair.is_link or pair.is_explained_by_depth]
    linked.sort(key=lambda pair: (-(pair.phi or 0.0), pair.first.label, pair.second.label))
    return tuple(pair.second if pair.first == factor else pair.first for pair in linked)


def drawn_ego(
    factor: Factor,
    pairs: Sequence[Pair],
    present: Mapping[str, int],
    stability: Mapping[Key, Stability],
    grouping: Grouping,
) -> FactorMap:
    """The factor, its neighbors on both sides of it, and all links among them. Colors are those of the map."""
    shown = (factor, *neighbors_of(factor, pairs)[:MOST])
    among = [
        pair
        for pair in pairs
        if pair.first in shown and pair.second in shown and (pair.is_link or pair.is_explained_by_depth)
    ]
    letter_of = {one.code: group.letter for group in grouping.groups for one in group.factors}
    layout = _row(shown, present) if len(shown) <= 3 else _layout(shown, present)
    return drawn_map(layout, among, present, stability, letter_of)


def _row(shown: Sequence[Factor], present: Mapping[str, int]) -> Layout:
    """One or two neighbors stand beside the factor, so that no line runs behind the labels below the circles."""
    largest = max(radius(present[one.code]) for one in shown)
    places, x = {}, 0.0
    for one in (*shown[2:], *shown[:2]):
        half = max(largest, half_label(one)) + BETWEEN_LABELS / 2
        places[one.code] = Point(round(x + half, 1), round(largest + ABOVE_CIRCLES, 1))
        x += 2 * half
    return Layout(round(x), round(2 * largest + ABOVE_CIRCLES + 34), places, (), Grouping((), tuple(shown)), None)


def _layout(shown: Sequence[Factor], present: Mapping[str, int]) -> Layout:
    """Neighbors stand above and below the middle in rows of two, the strongest nearest."""
    rows = max(-(-(len(shown) - 1) // 2), 1)
    above, below = (rows + 1) // 2, rows // 2
    half = max(LEAST_HALF, *(half_label(one) for one in shown))
    reach = half + 30 + STEP * max(above, below)
    width, middle = 2 * (reach + half + 10), Point(reach + half + 10, 44 + ROW * above)
    places = {shown[0].code: middle}
    for number, one in enumerate(shown[1:]):
        row, side = divmod(number, 2)
        steps = row // 2 + 1
        down = ROW * steps * (-1 if row % 2 == 0 else 1)
        across = (half + 30 + STEP * steps) * (1 if side else -1)
        places[one.code] = Point(round(middle.x + across, 1), round(middle.y + down, 1))
    largest = max(radius(present[one.code]) for one in shown)
    return Layout(
        round(width), round(middle.y + ROW * below + largest + 34), places, (), Grouping((), tuple(shown)), None
    )
