"""Differences as a plain drawing: a line for each factor or pair, with its interval, around where nothing differs."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.patterns.connections.pairs import Interval

ROW = 26
SCALE_WIDTH = 420
LETTER = 6.9
"""Of label text at 13 px, on average, in px."""
MOST_ROWS = 30
"""Drawn; the table holds all."""


@dataclass(frozen=True, slots=True)
class Told:
    """One difference to draw, with its 95 % interval."""

    label: str
    difference: float
    interval: Interval
    is_unlikely_chance: bool
    words: str
    """What stands at the right, such as "+12 points"."""


@dataclass(frozen=True, slots=True)
class ForestRow:
    label: str
    words: str
    y: float
    x: float
    low: float
    high: float
    is_unlikely_chance: bool


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Forest:
    width: float
    height: float
    label_x: float
    """Where the labels end."""
    words_x: float
    middle: float
    """Where there is no difference."""
    rows: tuple[ForestRow, ...]
    ticks: tuple[Tick, ...]


def signed(value: float, *, in_points: bool = False) -> str:
    """A difference with its sign: of shares in percentage points, such as "+12", else such as "−0.25"."""
    words = f"{round(100 * value):+d}" if in_points else f"{value + 0.0:+.2f}"
    return "0" if not words.strip("+-0.") else words.replace("-", "−")


def drawn_forest(told: Iterable[Told], *, in_points: bool = False) -> Forest:
    """The largest differences first, on a scale as wide as the widest interval on either side."""
    largest = sorted(told, key=lambda one: (-abs(one.difference), one.label))[:MOST_ROWS]
    reach = max((abs(end) for one in largest for end in one.interval), default=0.0)
    step = next(step for step in (0.05, 0.1, 0.25, 0.5, 1.0) if reach <= 4 * step or step == 1.0)
    most = max(step, reach)
    label_x = round(max((len(one.label) for one in largest), default=0) * LETTER + 12)
    left = label_x + 14
    middle = left + SCALE_WIDTH / 2

    def at(value: float) -> float:
        return round(middle + value / most * SCALE_WIDTH / 2, 1)

    rows = [
        ForestRow(
            one.label, one.words, 40 + ROW * number, at(one.difference), at(one.interval.low), at(one.interval.high),
            one.is_unlikely_chance,
        )
        for number, one in enumerate(largest)
    ]  # fmt: skip
    values = [step * number for number in range(-8, 9) if abs(step * number) <= most]
    ticks = [Tick(at(value), value, signed(value, in_points=in_points)) for value in values]
    words_x = left + SCALE_WIDTH + 14
    longest = max((len(one.words) for one in largest), default=0)
    return Forest(
        round(words_x + longest * LETTER + 10),
        40 + ROW * len(rows),
        label_x,
        words_x,
        middle,
        tuple(rows),
        tuple(ticks),
    )
