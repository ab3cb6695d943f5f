"""Where the arrows of a drawing begin and end, and which way they go."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from app.system_maps.shapes import Arrow, Band, BoxDrawn, Key, Node

PORT, DEEP = 20.0, 20.0
Ports = dict[tuple[int, bool], float]
"""Where an arrow, by its number, touches its upper (True) and its lower box."""


def ports_of(
    arrows: Sequence[Arrow],
    chains: Sequence[list[Node]],
    centers: Mapping[Node, float],
    placed: Mapping[Key, BoxDrawn],
) -> Ports:
    """Side by side along the edge of a box, in the order of where the lines go; at a wide box where their lanes are."""
    sides: dict[tuple[Key, bool], list[tuple[float, int]]] = defaultdict(list)
    ports: Ports = {}
    for number, (arrow, chain) in enumerate(zip(arrows, chains, strict=True)):
        upper, lower = _upper_first(placed[arrow.start], placed[arrow.end])
        for one, is_upper, end, beside in ((upper, True, chain[0], chain[1]), (lower, False, chain[-1], chain[-2])):
            if one.box.is_wide:
                ports[number, is_upper] = centers[end]
            elif upper.box.row != lower.box.row:
                sides[one.box.key, is_upper].append((centers[beside], number))
    for (key, is_upper), lines in sides.items():
        step = min(PORT, (placed[key].width - 30) / len(lines))
        for at, (_toward, number) in enumerate(sorted(lines)):
            ports[number, is_upper] = round(centers[key, 0] + (at - (len(lines) - 1) / 2) * step, 1)
    return ports


def _upper_first(start: BoxDrawn, end: BoxDrawn) -> tuple[BoxDrawn, BoxDrawn]:
    return (start, end) if start.box.row <= end.box.row else (end, start)


def path_of(
    number: int,
    arrow: Arrow,
    chain: list[Node],
    rows: Sequence[Sequence[Node]],
    centers: Mapping[Node, float],
    bands: Sequence[Band],
    placed: Mapping[Key, BoxDrawn],
    ports: Ports,
) -> str:
    start, end = placed[arrow.start], placed[arrow.end]
    if start.box.row == end.box.row:
        return _path_in_row(start, end, rows[start.box.row])
    upper, lower = _upper_first(start, end)
    points = [(ports[number, True], upper.y + upper.height)]
    for lane in chain[1:-1]:
        band = bands[lane[1]]
        points += [(centers[lane], band.y + 8), (centers[lane], band.y + band.height - 8)]
    points.append((ports[number, False], lower.y))
    if upper is not start:
        points.reverse()
    path = f"M{points[0][0]:g} {points[0][1]:g}"
    for (x, y), (to_x, to_y) in pairwise(points):
        bend = (y + to_y) / 2
        path += f"V{to_y:g}" if x == to_x else f"C{x:g} {bend:g} {to_x:g} {bend:g} {to_x:g} {to_y:g}"
    return path


def _path_in_row(start: BoxDrawn, end: BoxDrawn, row: Sequence[Node]) -> str:
    """Straight across to the next box, otherwise below what stands between."""
    here, there = row.index((start.box.key, 0)), row.index((end.box.key, 0))
    if abs(here - there) == 1:
        # The way back is a little lower, so that both can be seen.
        y = max(start.y, end.y) + (14 if here < there else 24)
        x, to_x = (start.x + start.width, end.x) if here < there else (start.x, end.x + end.width)
        return f"M{x:g} {y:g}H{to_x:g}"
    x, to_x = start.x + start.width / 2 + 12, end.x + end.width / 2 - 12
    y, to_y = start.y + start.height, end.y + end.height
    deep = max(y, to_y) + DEEP
    return f"M{x:g} {y:g}C{x:g} {deep:g} {to_x:g} {deep:g} {to_x:g} {to_y:g}"
