"""A system map as plain shapes in level bands, ready for a template. All lengths are in px of the drawing.

Boxes stand in rows; where a row is not the next one, a line keeps a lane free on its way. The order in each row is
found by sweeps that bring each box under the middle of what it is joined to (Sugiyama's method), the places by least
squares. The same map always gives the same drawing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from app.system_maps.rules import Tone

LANE, BETWEEN_LANES = 8.0, 6.0
LETTER = 6.9
"""Of text at 13 px, on average."""
LINE, INSIDE = 17.0, 22.0
EMPTY = 58.0
PORT, DEEP = 20.0, 20.0
SWEEPS, ROUNDS = 8, 12


@dataclass(frozen=True, slots=True)
class Sizes:
    """How wide things are."""

    left: float = 196.0
    """Where the boxes begin; the names of the levels stand before it."""
    narrowest: float = 1040.0
    """Of a whole drawing."""
    box: float = 190.0
    event_box: float = 300.0
    gap: float = 24.0
    """Between boxes, and at the right edge."""
    above: float = 20.0
    below: float = 24.0
    """Between the boxes and the edges of their band, where lines bend."""
    inward: float = 0.85
    """Boxes and lanes stand so much nearer to the middle than what they are joined to, and a drawing stays narrow."""


ON_SCREEN, ON_PAPER = (
    Sizes(),
    Sizes(left=130.0, narrowest=820.0, box=128.0, event_box=220.0, gap=16.0, above=14.0, below=18.0, inward=0.5),
)

Key = str
Node = tuple[str, int]
"""A box by its key and 0, or the lane of an arrow by its number and the row it passes."""


@dataclass(frozen=True, slots=True)
class Box:
    """Something on a level; `row` counts from the top."""

    key: Key
    row: int
    text: str
    tone: Tone
    is_wide: bool = False
    """Alone on its level and as wide as all others together, so that many arrows reach it straight."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one box to another; `title` says it in words."""

    start: Key
    end: Key
    helped: bool
    title: str
    width: float = 1.6


@dataclass(frozen=True, slots=True)
class BoxDrawn:
    box: Box
    x: float
    y: float
    width: float
    height: float
    lines: tuple[tuple[str, float], ...]
    """Each line of text with the place of its baseline."""


@dataclass(frozen=True, slots=True)
class ArrowDrawn:
    arrow: Arrow
    path: str


@dataclass(frozen=True, slots=True)
class Band:
    y: float
    height: float
    name: tuple[str, ...]
    hint: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    bands: tuple[Band, ...]
    boxes: tuple[BoxDrawn, ...]
    arrows: tuple[ArrowDrawn, ...]


def drawn(
    boxes: Sequence[Box], arrows: Sequence[Arrow], levels: Sequence[tuple[str, str]], sizes: Sizes = ON_SCREEN
) -> Drawing:
    """The boxes on their levels and the arrows between them; `levels` are (name, hint) from the top.

    Every arrow begins and ends at one of the boxes.
    """
    by_key = {box.key: box for box in boxes}
    chains = [_chain(number, by_key[arrow.start], by_key[arrow.end]) for number, arrow in enumerate(arrows)]
    rows = _ordered(_rows(boxes, chains, len(levels)), chains)
    widths = {
        (box.key, 0): sizes.event_box if box.tone is Tone.EVENT else sizes.box for box in boxes if not box.is_wide
    }
    centers, width = _placed(rows, chains, widths, sizes)
    for box in boxes:
        if box.is_wide:
            centers[box.key, 0], widths[box.key, 0] = (
                (sizes.left + width - sizes.gap) / 2,
                width - sizes.gap - sizes.left,
            )
    bands, placed = _bands(boxes, levels, centers, widths, sizes)
    ports = _ports(arrows, chains, centers, placed)
    return Drawing(
        width=width,
        height=bands[-1].y + bands[-1].height,
        bands=tuple(bands),
        boxes=tuple(placed.values()),
        arrows=tuple(
            ArrowDrawn(arrow, _path(number, arrow, chains[number], rows, centers, bands, placed, ports))
            for number, arrow in enumerate(arrows)
        ),
    )


def _chain(number: int, start: Box, end: Box) -> list[Node]:
    """What an arrow passes from its upper to its lower end: the box, a lane in each row between, the other box.

    At a wide box the arrow has a lane of its own.
    """
    upper, lower = (start, end) if start.row <= end.row else (end, start)
    lanes = [(_lane(number), row) for row in range(upper.row + 1, lower.row)]
    ends = [(_lane(number), box.row) if box.is_wide else (box.key, 0) for box in (upper, lower)]
    return [ends[0], *lanes, ends[1]]


def _lane(number: int) -> Key:
    return f"lane {number}"


def _rows(boxes: Sequence[Box], chains: Sequence[list[Node]], levels: int) -> list[list[Node]]:
    """The boxes that stand beside others, and behind them the lanes, in the order of their arrows."""
    rows: list[list[Node]] = [
        [(box.key, 0) for box in boxes if box.row == row and not box.is_wide] for row in range(levels)
    ]
    for number, chain in enumerate(chains):
        for key, row in chain:
            if key == _lane(number):
                rows[row].append((key, row))
    return rows


def _ordered(rows: list[list[Node]], chains: Sequence[list[Node]]) -> list[list[Node]]:
    """The rows in the order with the fewest crossings that the sweeps found."""
    steps = [step for chain in chains for step in pairwise(chain)]
    row_of = {node: at for at, row in enumerate(rows) for node in row}
    above: dict[Node, list[Node]] = defaultdict(list)
    below: dict[Node, list[Node]] = defaultdict(list)
    for one, other in steps:
        above[other].append(one)
        below[one].append(other)
        if row_of[one] == row_of[other]:
            above[one].append(other)
            below[other].append(one)
    best, fewest = rows, _crossings(rows, steps)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        rows = [list(row) for row in rows]
        for at in range(len(rows)) if down else reversed(range(len(rows))):
            place = {node: (index + 0.5) / len(row) for row in rows for index, node in enumerate(row)}
            joined = above if down else below
            middles = {node: _middle([place[other] for other in joined[node]], place[node]) for node in rows[at]}
            rows[at].sort(key=middles.__getitem__)
        if (crossings := _crossings(rows, steps)) < fewest:
            best, fewest = rows, crossings
    for row in sorted({row_of[one] for one, other in steps if row_of[one] == row_of[other]}):
        best = _swapped(best, row, steps)
    return best


def _swapped(rows: list[list[Node]], row: int, steps: Sequence[tuple[Node, Node]]) -> list[list[Node]]:
    """The rows with neighbors in one of them swapped where that lets fewer lines cross or pass something."""
    best, fewest = rows, _crossings(rows, steps)
    for at in range(len(rows[row]) - 1):
        tried = [list(each) for each in best]
        tried[row][at : at + 2] = reversed(tried[row][at : at + 2])
        if (crossings := _crossings(tried, steps)) < fewest:
            best, fewest = tried, crossings
    return best


def _middle(places: Sequence[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def _crossings(rows: Sequence[Sequence[Node]], steps: Iterable[tuple[Node, Node]]) -> int:
    """How many pairs of steps cross between two rows, and how much stands between the ends of steps within a row."""
    where = {node: (at, index) for at, row in enumerate(rows) for index, node in enumerate(row)}
    between = defaultdict(list)
    passed = 0
    for one, other in steps:
        if where[one][0] != where[other][0]:
            between[where[one][0]].append((where[one][1], where[other][1]))
        else:
            passed += abs(where[one][1] - where[other][1]) - 1
    return passed + sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0
        for lines in between.values()
        for at, a in enumerate(lines)
        for b in lines[at + 1 :]
    )


def _placed(
    rows: Sequence[Sequence[Node]], chains: Iterable[list[Node]], widths: Mapping[Node, float], sizes: Sizes
) -> tuple[dict[Node, float], float]:
    """The centers of boxes and lanes, as near to what they are joined to as their row lets them; and the width.

    Until the last step the middle of the drawing is at 0.
    """
    joined = defaultdict(list)
    for chain in chains:
        for one, other in pairwise(chain):
            joined[one].append(other)
            joined[other].append(one)
    centers: dict[Node, float] = {}
    for row in rows:
        centers |= _beside(row, [0.0] * len(row), widths, sizes)
    for _round in range(ROUNDS):
        for row in (*rows, *reversed(rows)):
            wanted = [sizes.inward * _middle([centers[other] for other in joined[node]], centers[node]) for node in row]
            centers |= _beside(row, wanted, widths, sizes)
    left = min((center - widths.get(node, LANE) / 2 for node, center in centers.items()), default=0.0)
    right = max((center + widths.get(node, LANE) / 2 for node, center in centers.items()), default=0.0)
    width = max(sizes.narrowest, sizes.left + right - left + sizes.gap)
    shift = sizes.left + (width - sizes.gap - sizes.left - (right - left)) / 2 - left
    return {node: round(center + shift, 1) for node, center in centers.items()}, round(width)


def _beside(
    row: Sequence[Node], wanted: Sequence[float], widths: Mapping[Node, float], sizes: Sizes
) -> dict[Node, float]:
    """Centers in the order of the row and apart from each other, the least squares away from where they are wanted."""
    if not row:
        return {}
    # Imported here because scipy's optimization takes a noticeable time to load.
    from scipy.optimize import isotonic_regression

    offsets = [0.0]
    for one, other in pairwise(row):
        apart = sizes.gap if one in widths or other in widths else BETWEEN_LANES
        offsets.append(offsets[-1] + (widths.get(one, LANE) + widths.get(other, LANE)) / 2 + apart)
    fitted = isotonic_regression([want - offset for want, offset in zip(wanted, offsets, strict=True)]).x
    return {node: float(fit) + offset for node, fit, offset in zip(row, fitted, offsets, strict=True)}


def _bands(
    boxes: Sequence[Box],
    levels: Sequence[tuple[str, str]],
    centers: Mapping[Node, float],
    widths: Mapping[Node, float],
    sizes: Sizes,
) -> tuple[list[Band], dict[Key, BoxDrawn]]:
    bands: list[Band] = []
    placed: dict[Key, BoxDrawn] = {}
    top = 0.0
    for row, (name, hint) in enumerate(levels):
        here = [box for box in boxes if box.row == row]
        texts = {box.key: _wrapped(box.text, widths[box.key, 0] - INSIDE) for box in here}
        label, small = tuple(wrap(name, int((sizes.left - 30) / 7.5))), tuple(wrap(hint, 25))
        tallest = max((LINE * len(lines) + INSIDE for lines in texts.values()), default=0.0)
        needed = LINE * len(label) + 15 * len(small) + 22
        height = max(tallest + sizes.above + sizes.below if here else EMPTY, needed)
        bands.append(Band(top, height, label, small))
        for box in here:
            lines = texts[box.key]
            size = LINE * len(lines) + INSIDE
            y = top + sizes.above + (height - sizes.above - sizes.below - size) / 2
            width = widths[box.key, 0]
            baselines = tuple((line, round(y + INSIDE / 2 + LINE * at + 12.5, 1)) for at, line in enumerate(lines))
            x = round(centers[box.key, 0] - width / 2, 1)
            placed[box.key] = BoxDrawn(box, x, round(y, 1), width, size, baselines)
        top += height
    return bands, placed


def _wrapped(text: str, width: float) -> list[str]:
    return wrap(text, max(8, int(width / LETTER))) or [""]


Ports = dict[tuple[int, bool], float]
"""Where an arrow, by its number, touches its upper (True) and its lower box."""


def _ports(
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


def _path(
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
