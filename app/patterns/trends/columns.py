"""Where everything stands in a drawing of numbers side by side, by quarter; the template only writes it down."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.dates import percent, thousands
from app.patterns.trends.drawings import Tick, ticks_to

WIDTH, LEFT, RIGHT, TOP, BELOW = 1080, 54, 26, 24, 50
ON_PAPER = (760, 330)
"""Width and height at which the letters are large enough on paper."""
WIDEST, WIDEST_ALONE = 28, 40
MOST_LABELS, MOST_NUMBERS = 16, 24
"""With more groups only every fourth is named; with more bars none carries its number."""


@dataclass(frozen=True, slots=True)
class Series:
    """One number of each group: what it is, and its color."""

    words: str
    fill: str


@dataclass(frozen=True, slots=True)
class Group:
    """The numbers of one quarter, in the order of the series; None where a number is not told."""

    words: str
    """Such as "Q3 2026"; the first word stands above the second."""
    numbers: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    fill: str
    words: str
    number: str
    """Over the bar; empty where there is no room for it."""


@dataclass(frozen=True)
class Columns:
    """Bars laid out in a frame."""

    width: int
    height: int
    right: float
    """Where the lines of the scale end."""
    floor: float
    bars: tuple[Bar, ...]
    values: tuple[Tick, ...]
    groups: tuple[Tick, ...]
    series: tuple[Series, ...]


def drawn_columns(
    groups: Sequence[Group],
    series: Sequence[Series],
    *,
    in_percent: bool = False,
    size: tuple[int, int] = (WIDTH, 280),
) -> Columns:
    """Lay out the groups side by side. Numbers are whole, or shares from 0 to 1 where they stand `in_percent`."""
    whole, height = size
    floor, right = float(height - BELOW), float(whole - RIGHT)
    top = ticks_to(
        max((number or 0.0 for group in groups for number in group.numbers), default=0.0), whole=not in_percent
    )
    step = (right - LEFT) / max(1, len(groups))
    width = min(step * 0.6 / len(series), WIDEST_ALONE if len(series) == 1 else WIDEST)
    has_numbers = len(groups) * len(series) <= MOST_NUMBERS

    def y(value: float) -> float:
        return round(floor - (floor - TOP) * value / top[-1], 1)

    def words(value: float) -> str:
        return percent(value) if in_percent else thousands(round(value))

    def middle(at: int) -> float:
        return LEFT + step * (at + 0.5)

    def bar(at: int, which: int, value: float) -> Bar:
        tall = max(floor - y(value), 1.0 if value else 0.0)
        return Bar(
            x=round(middle(at) + width * (which - len(series) / 2), 1),
            y=round(floor - tall, 1),
            width=round(width - 1, 1),
            height=round(tall, 1),
            fill=series[which].fill,
            words=f"{groups[at].words}, {series[which].words}: {words(value)}",
            number=words(value) if has_numbers else "",
        )

    return Columns(
        width=whole,
        height=height,
        right=right,
        floor=floor,
        bars=tuple(
            bar(at, which, value)
            for at, group in enumerate(groups)
            for which, value in enumerate(group.numbers)
            if value is not None
        ),
        values=tuple(Tick(y(value), words(value)) for value in top),
        groups=tuple(
            Tick(round(middle(at), 1), *group.words.split(" ", 1))
            for at, group in enumerate(groups)
            if len(groups) <= MOST_LABELS or at % 4 == 0
        ),
        series=tuple(series),
    )
