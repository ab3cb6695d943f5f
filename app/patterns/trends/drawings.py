"""Where everything stands in the drawing of a control chart; the template only writes it down."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.patterns.context.models import SystemChange
from app.patterns.trends.charts import Chart, Point
from app.patterns.trends.limits import Kind
from app.patterns.trends.sentences import period_words, point_words, value_words
from app.patterns.trends.series import start_of

LEFT, RIGHT, TOP, BOTTOM = 48, 74, 26, 44
LABEL_WIDTH = 46
"""A label under the axis takes about so much room."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One point: where it is, and what it says."""

    x: float
    y: float
    words: str
    point: Point


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    words: str
    below: str = ""
    """The second line of a label, such as the year."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A change in the system."""

    x: float
    y: float
    words: str
    anchor: str
    number: int
    """Of the change among all of them, for a drawing too small for its words."""


@dataclass(frozen=True)
class DrawnChart:
    """A chart laid out in a frame."""

    width: int
    height: int
    floor: float
    dots: tuple[Dot, ...]
    lines: tuple[str, ...]
    """Paths from point to point, one for each stretch."""
    limits: tuple[str, ...]
    """Paths of the limits, stepped."""
    centers: tuple[tuple[float, float, float, str], ...]
    """From x, to x, y, and the value in words."""
    values: tuple[Tick, ...]
    periods: tuple[Tick, ...]
    flags: tuple[Flag, ...]
    right: float


def drawn_chart(
    chart: Chart, changes: Iterable[SystemChange] = (), *, width: int = 900, height: int = 300
) -> DrawnChart:
    """Lay out a chart. Changes stand before the first point that comes after them, where limits would start again."""
    points = chart.points
    floor, right = float(height - BOTTOM), float(width - RIGHT)
    top = ticks_to(_most(points, chart.kind), whole=chart.kind not in (Kind.P, Kind.U))
    step = (right - LEFT) / max(1, len(points))

    def x(at: int) -> float:
        return round(LEFT + step * (at + 0.5), 1)

    def y(value: float) -> float:
        return round(floor - (floor - TOP) * min(value, top[-1]) / top[-1], 1)

    starts = [sum(map(len, chart.stretches[:at])) for at in range(len(chart.stretches))]
    stretches = [list(enumerate(stretch, start=start)) for start, stretch in zip(starts, chart.stretches, strict=True)]
    return DrawnChart(
        width=width,
        height=height,
        floor=floor,
        dots=tuple(Dot(x(at), y(point.value), point_words(chart, point), point) for at, point in enumerate(points)),
        lines=tuple("M" + "L".join(f"{x(at)},{y(point.value)}" for at, point in part) for part in stretches),
        limits=tuple(_stepped(part, of, x, y, step / 2) for part in stretches for of in _lines_of(part)),
        centers=tuple(
            (
                x(part[0][0]) - step / 2,
                x(part[-1][0]) + step / 2,
                y(part[0][1].center),
                value_words(chart, part[0][1].center),
            )
            for part in stretches
            if part[0][1].center is not None
        ),
        values=tuple(Tick(y(value), value_words(chart, value)) for value in top),
        periods=tuple(_periods(chart, x, step)),
        flags=tuple(_flags(chart, changes, step, right)),
        right=right,
    )


def _most(points: Sequence[Point], kind: Kind) -> float:
    most = max((max(point.value, point.upper or 0.0) for point in points), default=0.0)
    return min(most, 1.0) if kind is Kind.P else most


def ticks_to(most: float, *, whole: bool) -> list[float]:
    """The round values that get a line of their own, from 0; the last one, `most` or more, is where the chart ends."""
    most = most or 1.0
    size = next(
        size * power
        for power in (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0)
        for size in (1.0, 2.0, 5.0)
        if most <= 5 * size * power + 1e-12
    )
    size = max(size, 1.0) if whole else size
    return [round(size * at, 6) for at in range(int(most / size - 1e-9) + 2)]


def _lines_of(part: Sequence[tuple[int, Point]]) -> list[Callable[[Point], float]]:
    if part[0][1].center is None:
        return []
    return [lambda point: point.upper or 0.0, lambda point: point.lower or 0.0]


def _stepped(
    part: Sequence[tuple[int, Point]],
    of: Callable[[Point], float],
    x: Callable[[int], float],
    y: Callable[[float], float],
    half: float,
) -> str:
    steps = (f"{x(at) - half:.1f},{y(of(point))}L{x(at) + half:.1f},{y(of(point))}" for at, point in part)
    return "M" + "L".join(steps)


def _periods(chart: Chart, x: Callable[[int], float], step: float) -> Iterable[Tick]:
    points = chart.points
    every = max(1, -(-LABEL_WIDTH // max(1, int(step))))
    year = None
    for at, point in enumerate(points):
        if (len(points) - 1 - at) % every:
            continue
        words = period_words(chart.kind, point.on).replace(",", "").split()
        first, now = " ".join(words[:-1]), words[-1]
        yield Tick(x(at), first, now if now != year else "")
        year = now


def _flags(chart: Chart, changes: Iterable[SystemChange], step: float, right: float) -> Iterable[Flag]:
    days = [point.on for point in chart.points]
    starts = ((at, change, start_of(chart.kind, change.changed_on)) for at, change in enumerate(changes, start=1))
    shown = [(number, change, start) for number, change, start in starts if days and days[0] <= start]
    for row, (number, change, start) in enumerate(shown):
        at = LEFT + step * sum(day < start for day in days)
        late = at > (LEFT + right) / 2
        yield Flag(round(at, 1), 12.0 + 14 * (row % 2), change.words, "end" if late else "start", number)
