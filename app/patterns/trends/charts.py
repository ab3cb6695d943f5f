"""Control charts: a series over time, the limits of its usual variation, and the points that lie beyond it.

Nothing here touches the database. Five kinds of chart, one set of rules for all of them, and how often stable numbers
would look unusual by chance alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np

from app.patterns.counting.records import Unit
from app.patterns.trends.limits import Kind, Numbers, as_drawn, on_its_scale
from app.patterns.trends.rules import Rule, rules_met

FIRM_FROM = 12
"""With fewer points the limits are trial limits: they still move with every new point."""
FEWEST = 5
"""With fewer points no limits are drawn."""
DRAWS, SEED = 200, 2026


@dataclass(frozen=True, slots=True)
class Observation:
    """One point before anything is known about limits. Of g and t charts the count is the gap, and there is no base."""

    on: date
    """The day of an event, or the first day of a period."""
    count: float
    base: float = 1.0


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a chart, in the units that are drawn. Without limits, center and limits are None."""

    on: date
    count: float
    base: float
    value: float
    center: float | None
    lower: float | None
    upper: float | None
    rule: Rule | None

    @property
    def is_high(self) -> bool:
        return self.center is not None and self.value > self.center


@dataclass(frozen=True)
class Chart:
    """A series with its limits. It has one stretch, or several where the limits start again."""

    kind: Kind
    stretches: tuple[tuple[Point, ...], ...]
    unit: Unit = Unit.REVIEW
    """What is counted in the points of a p or g chart."""

    @cached_property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for stretch in self.stretches for point in stretch)

    @cached_property
    def unusual(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.rule is not None)

    @property
    def has_limits(self) -> bool:
        return any(point.center is not None for point in self.points)

    @property
    def is_trial(self) -> bool:
        """Whether any limits come from fewer than twelve points."""
        return any(FEWEST <= len(stretch) < FIRM_FROM for stretch in self.stretches)


def control_chart(
    kind: Kind, series: Sequence[Observation], starts: Sequence[date] = (), *, unit: Unit = Unit.REVIEW
) -> Chart:
    """The chart of a series in order of time.

    Observations without a base are left out: nothing was counted. `starts` are the periods from which the limits
    start again; the rules look at each stretch alone.
    """
    counted = [point for point in series if point.base > 0]
    edges = sorted({at for start in starts for at, point in enumerate(counted) if _is_first(counted, at, start)})
    bounds = [0, *(edge for edge in edges if edge), len(counted)]
    stretches = [counted[a:b] for a, b in pairwise(bounds)]
    return Chart(kind, tuple(_stretch(kind, stretch) for stretch in stretches if stretch), unit)


def _is_first(series: Sequence[Observation], at: int, start: date) -> bool:
    return series[at].on >= start and (at == 0 or series[at - 1].on < start)


def _stretch(kind: Kind, series: Sequence[Observation]) -> tuple[Point, ...]:
    counts = np.array([point.count for point in series], dtype=np.float64)
    bases = np.array([point.base for point in series], dtype=np.float64)
    values = counts / bases
    if len(series) < FEWEST:
        return tuple(
            Point(point.on, point.count, point.base, float(value), None, None, None, None)
            for point, value in zip(series, values, strict=True)
        )
    scaled, limits = on_its_scale(kind, counts, bases)
    rules = rules_met(scaled, limits)
    lower, _, center, _, upper = (as_drawn(kind, line) for line in limits)
    return tuple(
        Point(
            point.on,
            point.count,
            point.base,
            value=float(values[at]),
            center=float(center[at]),
            lower=float(lower[at]),
            upper=float(upper[at]),
            rule=Rule(rules[at]) if rules[at] else None,
        )
        for at, point in enumerate(series)
    )


@lru_cache(maxsize=2048)
def chance_of_signal(chart: Chart, *, draws: int = DRAWS, seed: int = SEED) -> float:
    """How likely a chart with so many points and such bases shows any unusual point although nothing changed.

    From seeded draws of stable numbers around each stretch's own center: binomial for p, Poisson for u and for counts
    on an XmR chart, geometric for g, exponential for t. Limits are made from each draw as from the real numbers, so
    that the looseness of trial limits is in the answer.
    """
    dice = np.random.default_rng(seed)
    any_signal = np.zeros(draws, dtype=np.bool_)
    for stretch in chart.stretches:
        if len(stretch) >= FEWEST:
            counts, bases = _drawn(chart.kind, stretch, draws, dice)
            any_signal |= (rules_met(*on_its_scale(chart.kind, counts, bases)) > 0).any(axis=-1)
    return float(any_signal.mean())


def _drawn(kind: Kind, stretch: Sequence[Point], draws: int, dice: np.random.Generator) -> tuple[Numbers, Numbers]:
    counts = np.array([point.count for point in stretch])
    bases = np.array([point.base for point in stretch])
    shape, rate = (draws, len(stretch)), float(counts.sum() / bases.sum())
    match kind:
        case Kind.P:
            drawn = dice.binomial(bases.astype(np.int64), rate, shape)
        case Kind.G:
            # The reviews after a hit up to the next one; numpy counts from 1.
            drawn = dice.geometric(1 / (1 + rate), shape) - 1
        case Kind.T:
            drawn = np.floor(dice.exponential(rate, shape))
        case _:
            drawn = dice.poisson(rate * bases, shape)
    return drawn.astype(np.float64), np.broadcast_to(bases, shape)
