"""Control charts: a series over time, the limits of its usual variation, and the points that lie beyond it.

Nothing here touches the database. Five kinds of chart, one set of rules for all of them, and how often stable numbers
would look unusual by chance alone. The rules are those of the NHS program "Making Data Count", as its R package
NHSRplotthedots codes them. A signal is neutral: it says that something is unusual, never that it is good or bad.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from app.patterns.counting.records import Unit

Numbers: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

RUN = 7
"""So many points in a row on one side of the center, or rising or falling, are unusual."""
FIRM_FROM = 12
"""With fewer points the limits are trial limits: they still move with every new point."""
FEWEST = 5
"""With fewer points no limits are drawn."""
XMR_LIMIT = 2.66
"""Limits of an XmR chart in average moving ranges: 3 / d2 with d2 = 1.128 for two points (Shewhart's constant)."""
XMR_OUTLIER = 3.267
"""A moving range from so many averages on is left out of the average, once (D4 for two points)."""
T_POWER = 3.6
"""Nelson 1994: days between events, to the power of 1 / 3.6, vary nearly like a normal variable."""
SAME_DAY = 0.5
"""Days between two events of one day, which the power cannot take as zero."""
GEOMETRIC_MEDIAN = 0.693
"""Half of all gaps are shorter than so many times their mean (Provost and Murray 2011)."""
EQUAL = 1e-9
DRAWS, SEED = 200, 2026


class Kind(StrEnum):
    """What is counted, and against what."""

    P = "p"
    """A share of reviews; the limits of a point depend on its number of reviews."""
    U = "u"
    """Events for each unit of exposure, such as incidents per 1,000 open cases."""
    XMR = "xmr"
    """Single values, with limits from how far neighbors differ."""
    G = "g"
    """Reviews from one review with a rare factor to the next."""
    T = "t"
    """Days from one rare event to the next."""


class Rule(IntEnum):
    """Why a point is unusual; where several rules hold, the first one is named."""

    OUTSIDE = 1
    """Outside the limits."""
    TREND = 2
    """One of seven points that rise, or fall, one after the other."""
    NEAR_A_LIMIT = 3
    """One of two of three points close to a limit (in its outer third), where all three lie on the same side."""
    RUN = 4
    """One of seven points in a row on one side of the center."""


class Limits(NamedTuple):
    """The lines of a chart, point by point. "Near" lines lie at two thirds of the way from the center to a limit."""

    lower: Numbers
    near_lower: Numbers
    center: Numbers
    near_upper: Numbers
    upper: Numbers


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
    scaled, limits = _on_its_scale(kind, counts, bases)
    rules = rules_met(scaled, limits)
    lower, _, center, _, upper = (_as_drawn(kind, line) for line in limits)
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


def _on_its_scale(kind: Kind, counts: Numbers, bases: Numbers) -> tuple[Numbers, Limits]:
    """The values as the rules look at them, with their limits; the last axis is time."""
    match kind:
        case Kind.P:
            return counts / bases, p_limits(counts, bases)
        case Kind.U:
            return counts / bases, u_limits(counts, bases)
        case Kind.XMR:
            return counts, xmr_limits(counts)
        case Kind.G:
            return counts, g_limits(counts)
        case Kind.T:
            transformed = np.maximum(counts, SAME_DAY) ** (1 / T_POWER)
            return transformed, xmr_limits(transformed)


def _as_drawn(kind: Kind, line: Numbers) -> Numbers:
    """A line in the units of the chart, within what its values can be."""
    if kind is Kind.T:
        return np.maximum(line, 0.0) ** T_POWER
    return np.clip(line, 0.0, 1.0 if kind is Kind.P else None)


# ---------------------------------------------------------------- limits


def p_limits(counts: Numbers, bases: Numbers) -> Limits:
    """Share p of all counts: p ± 3 √(p (1 - p) / base), for each point with its own base."""
    p = counts.sum(axis=-1, keepdims=True) / bases.sum(axis=-1, keepdims=True)
    return _around(p, np.sqrt(p * (1 - p) / bases))


def u_limits(counts: Numbers, exposures: Numbers) -> Limits:
    """Rate u of all counts: u ± 3 √(u / exposure), for each point with its own exposure."""
    u = counts.sum(axis=-1, keepdims=True) / exposures.sum(axis=-1, keepdims=True)
    return _around(u, np.sqrt(u / exposures))


def xmr_limits(values: Numbers) -> Limits:
    """Mean ± 2.66 average moving ranges; ranges of 3.267 averages and more are left out of the average, once."""
    ranges = np.abs(np.diff(values, axis=-1))
    average = ranges.mean(axis=-1, keepdims=True)
    kept = (ranges < XMR_OUTLIER * average) | (average == 0)
    average = np.where(kept, ranges, 0.0).sum(axis=-1, keepdims=True) / kept.sum(axis=-1, keepdims=True)
    center = np.broadcast_to(values.mean(axis=-1, keepdims=True), values.shape)
    return _around(center, np.broadcast_to(XMR_LIMIT * average / 3, values.shape))


def g_limits(gaps: Numbers) -> Limits:
    """Mean m of the gaps: the upper limit is m + 3 √(m (m + 1)), the lower one 0 (Kaminsky 1992, Benneyan 2001).

    The center is the median, 0.693 m, because most gaps are shorter than their mean.
    """
    mean = np.broadcast_to(gaps.mean(axis=-1, keepdims=True), gaps.shape)
    center, upper = GEOMETRIC_MEDIAN * mean, mean + 3 * np.sqrt(mean * (mean + 1))
    none = np.full(gaps.shape, -np.inf)
    return Limits(none, none, center, center + 2 / 3 * (upper - center), upper)


def _around(center: Numbers, sigma: Numbers) -> Limits:
    center = np.broadcast_to(center, sigma.shape)
    return Limits(center - 3 * sigma, center - 2 * sigma, center, center + 2 * sigma, center + 3 * sigma)


# ---------------------------------------------------------------- rules


def rules_met(values: Numbers, limits: Limits) -> npt.NDArray[np.int8]:
    """The rule by which each point is unusual, or 0. The last axis is time; others are series of their own."""
    side = np.sign(np.where(np.abs(values - limits.center) <= EQUAL, 0.0, values - limits.center))
    outside = (values > limits.upper + EQUAL) | (values < limits.lower - EQUAL)
    near = ~outside & ((values > limits.near_upper + EQUAL) | (values < limits.near_lower - EQUAL))
    found = [outside, _in_a_trend(values), _near_a_limit(near, side), _in_a_run(side)]
    return np.select(found, [rule.value for rule in Rule], default=0).astype(np.int8)


def _in_a_trend(values: Numbers) -> Flags:
    return _in_windows(
        np.abs(_windows(np.sign(np.diff(values, axis=-1)), RUN - 1).sum(axis=-1)) == RUN - 1, RUN, values
    )


def _in_a_run(side: Numbers) -> Flags:
    return _in_windows(np.abs(_windows(side, RUN).sum(axis=-1)) == RUN, RUN, side)


def _near_a_limit(near: Flags, side: Numbers) -> Flags:
    hits = (_windows(near.astype(np.float64), 3).sum(axis=-1) >= 2) & (np.abs(_windows(side, 3).sum(axis=-1)) == 3)
    return near & _in_windows(hits, 3, side)


def _windows(values: Numbers, size: int) -> Numbers:
    """Every stretch of so many neighbors; none where the series is shorter."""
    if values.shape[-1] < size:
        return np.empty((*values.shape[:-1], 0, size))
    return sliding_window_view(values, size, axis=-1)


def _in_windows(hits: Flags, size: int, like: Numbers) -> Flags:
    """The points that belong to any of the stretches that were hit."""
    points = np.zeros(like.shape, dtype=np.bool_)
    for at in range(size if hits.shape[-1] else 0):
        points[..., at : at + hits.shape[-1]] |= hits
    return points


# ---------------------------------------------------------------- what chance alone would give


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
            any_signal |= (rules_met(*_on_its_scale(chart.kind, counts, bases)) > 0).any(axis=-1)
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
