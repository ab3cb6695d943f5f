"""Where each factor stands on the map. Made once from all reviews, so that no filter moves anything."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, cos, pi, sin, sqrt
from typing import NamedTuple

import networkx as nx

from app.patterns.connections.graph import SEED, FactorGraph, Group, Grouping
from app.patterns.connections.pairs import Pair
from app.patterns.counting.records import Factor

WIDTH = 880.0
LETTER_WIDTH = 7.0
"""Of label text at 13 px, on average, in px."""
TITLE_HEIGHT = 28.0
GAP = 18.0
HULL_AROUND_CIRCLE = 22.0
HULL_AROUND_LABEL = 16.0


class Point(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Hull:
    """The soft outline behind a group, and where its title stands (the middle of the text's baseline)."""

    letter: str
    name: str
    outline: tuple[Point, ...]
    title: Point


@dataclass(frozen=True, slots=True)
class Layout:
    """All lengths in px of the drawing; a place is the center of a circle."""

    width: float
    height: float
    places: Mapping[str, Point]
    hulls: tuple[Hull, ...]
    grouping: Grouping
    other_title: Point | None


class Room(NamedTuple):
    """What a factor needs around the center of its circle, so that neither circles nor labels touch."""

    side: float
    above: float
    below: float


class Block(NamedTuple):
    """A group laid out by itself, with its upper left corner at 0, 0."""

    places: dict[str, Point]
    width: float
    height: float


def radius(reviews: int) -> float:
    """Of a factor's circle, in px."""
    return 9 + 1.2 * sqrt(reviews)


def layout_of(graph: FactorGraph, grouping: Grouping) -> Layout:
    """Each group laid out by itself, the groups in rows that keep them apart, and the other factors in a grid below."""
    reviews: dict[str, int] = {code: graph.nodes[code]["reviews"] for code in graph}
    blocks = [_block(graph.subgraph(_codes(group.factors)), group.factors, reviews) for group in grouping.groups]
    titles = [LETTER_WIDTH * 1.15 * (len(group.name) + 4) for group in grouping.groups]
    sizes = [
        (max(block.width, title), block.height + TITLE_HEIGHT) for block, title in zip(blocks, titles, strict=True)
    ]
    width = max([WIDTH, *(wide + 2 * GAP for wide, _ in sizes)])
    corners, height = _in_rows(sizes, width)
    places: dict[str, Point] = {}
    for block, corner, size in zip(blocks, corners, sizes, strict=True):
        left = corner.x + (size[0] - block.width) / 2
        for code, place in block.places.items():
            places[code] = _rounded(left + place.x, corner.y + TITLE_HEIGHT + place.y)
    other_title = Point(GAP, height + TITLE_HEIGHT) if grouping.other else None
    if grouping.other:
        grid, height = _grid(grouping.other, reviews, width, height + TITLE_HEIGHT + GAP)
        places |= grid
    hulls = tuple(_hull(group, places, reviews) for group in grouping.groups)
    return Layout(ceil(width), ceil(height), places, hulls, grouping, other_title)


def joined_by(links: Iterable[Pair], grouping: Grouping) -> Grouping:
    """The groups with those of their factors that the links join."""
    codes = {factor.code for pair in links for factor in (pair.first, pair.second)}
    groups = [
        replace(group, factors=tuple(factor for factor in group.factors if factor.code in codes))
        for group in grouping.groups
    ]
    other = tuple(factor for factor in grouping.other if factor.code in codes)
    return Grouping(tuple(group for group in groups if group.factors), other)


def without_the_alone(layout: Layout, links: Iterable[Pair]) -> Layout:
    """Only the factors that the links join, at the same places; where none of the others is left, their grid goes."""
    grouping = joined_by(links, layout.grouping)
    letters = {group.letter for group in grouping.groups}
    kept = replace(layout, grouping=grouping, hulls=tuple(one for one in layout.hulls if one.letter in letters))
    if grouping.other or not layout.other_title:
        return kept
    return replace(kept, height=layout.other_title.y - TITLE_HEIGHT, other_title=None)


def _codes(factors: Sequence[Factor]) -> list[str]:
    return [factor.code for factor in factors]


def _rounded(x: float, y: float) -> Point:
    return Point(round(x, 1), round(y, 1))


def _radius(factor: Factor, reviews: Mapping[str, int]) -> float:
    return radius(reviews[factor.code])


def half_label(factor: Factor) -> float:
    """Half of the width of a factor's label, in px."""
    return len(factor.label) * LETTER_WIDTH / 2


def _room(factor: Factor, reviews: Mapping[str, int]) -> Room:
    r = _radius(factor, reviews)
    return Room(side=max(r, half_label(factor)) + 7, above=r + 6, below=r + 24)


def _block(graph: FactorGraph, factors: Sequence[Factor], reviews: Mapping[str, int]) -> Block:
    # A subgraph keeps no order of its own; the layout starts from the order of the nodes.
    ordered: FactorGraph = nx.Graph()
    ordered.add_nodes_from(_codes(factors))
    ordered.add_weighted_edges_from(sorted((*sorted((a, b)), graph.edges[a, b]["phi"]) for a, b in graph.edges))
    springs = nx.spring_layout(ordered, seed=SEED)
    reach = 38 * sqrt(len(factors))
    centers = [[float(springs[code][0]) * reach * 1.2, float(springs[code][1]) * reach] for code in _codes(factors)]
    rooms = [_room(factor, reviews) for factor in factors]
    while not _moved_apart(centers, rooms):
        for center in centers:
            center[0], center[1] = center[0] * 1.06, center[1] * 1.06
    return _from_corner(factors, reviews, centers)


def _from_corner(factors: Sequence[Factor], reviews: Mapping[str, int], centers: list[list[float]]) -> Block:
    """The centers moved so that the outline of the group begins at 0, 0."""
    radii = [_radius(factor, reviews) for factor in factors]
    sides = [
        max(r + HULL_AROUND_CIRCLE, half_label(factor) + HULL_AROUND_LABEL)
        for r, factor in zip(radii, factors, strict=True)
    ]
    left = min(x - side for (x, _), side in zip(centers, sides, strict=True))
    right = max(x + side for (x, _), side in zip(centers, sides, strict=True))
    top = min(y - r - HULL_AROUND_CIRCLE for (_, y), r in zip(centers, radii, strict=True))
    bottom = max(y + r + 11 + HULL_AROUND_LABEL for (_, y), r in zip(centers, radii, strict=True))
    places = {factor.code: Point(x - left, y - top) for factor, (x, y) in zip(factors, centers, strict=True)}
    return Block(places, right - left, bottom - top)


def _moved_apart(centers: list[list[float]], rooms: list[Room]) -> bool:
    """Push overlapping factors apart along the shorter way, in place; whether none overlaps in the end."""
    for _ in range(60):
        any_overlap = False
        for a in range(len(centers)):
            for b in range(a + 1, len(centers)):
                any_overlap |= _pushed(centers[a], centers[b], rooms[a], rooms[b])
        if not any_overlap:
            return True
    return False


def _pushed(a: list[float], b: list[float], room_a: Room, room_b: Room) -> bool:
    across, down = b[0] - a[0], b[1] - a[1]
    wide = room_a.side + room_b.side - abs(across)
    tall = (room_a.below + room_b.above if down >= 0 else room_a.above + room_b.below) - abs(down)
    if wide <= 0.01 or tall <= 0.01:
        return False
    # A label is wide and low, so moving sideways is made a little cheaper than it is.
    axis, overlap, distance = (0, wide, across) if wide * 0.75 < tall else (1, tall, down)
    step = overlap / 2 if distance >= 0 else -overlap / 2
    a[axis] -= step
    b[axis] += step
    return True


def _in_rows(sizes: list[tuple[float, float]], width: float) -> tuple[list[Point], float]:
    """The upper left corners of the blocks, row after row with even gaps; and the height they take."""
    rows: list[list[int]] = []
    for at, (wide, _) in enumerate(sizes):
        row = rows[-1] if rows else []
        if row and sum(sizes[other][0] + GAP for other in row) + wide + 2 * GAP <= width:
            row.append(at)
        else:
            rows.append([at])
    corners: list[Point] = []
    y = GAP / 2
    for row in rows:
        gap = (width - sum(sizes[at][0] for at in row)) / (len(row) + 1)
        tallest = max(sizes[at][1] for at in row)
        x = gap
        for at in row:
            corners.append(Point(x, y + (tallest - sizes[at][1]) / 2))
            x += sizes[at][0] + gap
        y += tallest + GAP
    return corners, y


def _grid(
    factors: Sequence[Factor], reviews: Mapping[str, int], width: float, top: float
) -> tuple[dict[str, Point], float]:
    rooms = [_room(factor, reviews) for factor in factors]
    cell_width, cell_height = 2 * max(room.side for room in rooms), max(room.above + room.below for room in rooms)
    per_row = max(1, int(width // cell_width))
    spread = width / min(per_row, len(factors)) if len(factors) > 2 else cell_width
    above = max(room.above for room in rooms)
    places = {
        factor.code: _rounded(spread * (at % per_row + 0.5), top + cell_height * (at // per_row) + above)
        for at, factor in enumerate(factors)
    }
    return places, top + cell_height * ceil(len(factors) / per_row) + GAP


def _hull(group: Group, places: Mapping[str, Point], reviews: Mapping[str, int]) -> Hull:
    # Imported here because scipy's geometry takes a noticeable time to load.
    from scipy.spatial import ConvexHull

    points: list[Point] = []
    for factor in group.factors:
        (x, y), r, half = places[factor.code], _radius(factor, reviews), half_label(factor)
        for angle in (2 * pi * turn / 24 for turn in range(24)):
            dx, dy = cos(angle), sin(angle)
            points.append(Point(x + (r + HULL_AROUND_CIRCLE) * dx, y + (r + HULL_AROUND_CIRCLE) * dy))
            label_y = y + r + 11 + HULL_AROUND_LABEL * dy
            points.extend(Point(x + end * half + HULL_AROUND_LABEL * dx, label_y) for end in (-1, 1))
    outline = tuple(_rounded(*points[at]) for at in ConvexHull(points).vertices)
    xs, ys = [point.x for point in outline], [point.y for point in outline]
    return Hull(group.letter, group.name, outline, _rounded((min(xs) + max(xs)) / 2, min(ys) - 7))
