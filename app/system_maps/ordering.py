"""In which order boxes and lanes stand in the rows of a drawing, so that few lines cross (Sugiyama's method)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from app.system_maps.shapes import Box, Key, Node

SWEEPS = 8


def chain_of(number: int, start: Box, end: Box) -> list[Node]:
    """What an arrow passes from its upper to its lower end: the box, a lane in each row between, the other box.

    At a wide box the arrow has a lane of its own.
    """
    upper, lower = (start, end) if start.row <= end.row else (end, start)
    lanes = [(lane_of(number), row) for row in range(upper.row + 1, lower.row)]
    ends = [(lane_of(number), box.row) if box.is_wide else (box.key, 0) for box in (upper, lower)]
    return [ends[0], *lanes, ends[1]]


def lane_of(number: int) -> Key:
    return f"lane {number}"


def rows_of(boxes: Sequence[Box], chains: Sequence[list[Node]], levels: int) -> list[list[Node]]:
    """The boxes that stand beside others, and behind them the lanes, in the order of their arrows."""
    rows: list[list[Node]] = [
        [(box.key, 0) for box in boxes if box.row == row and not box.is_wide] for row in range(levels)
    ]
    for number, chain in enumerate(chains):
        for key, row in chain:
            if key == lane_of(number):
                rows[row].append((key, row))
    return rows


def ordered(rows: list[list[Node]], chains: Sequence[list[Node]]) -> list[list[Node]]:
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
            middles = {node: middle([place[other] for other in joined[node]], place[node]) for node in rows[at]}
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


def middle(places: Sequence[float], otherwise: float) -> float:
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
