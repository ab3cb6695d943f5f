"""The limits of usual variation: of shares, rates, single values, and gaps between rare events.

In all arrays the last axis is time; others are series of their own.
"""

from enum import StrEnum
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]

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


class Limits(NamedTuple):
    """The lines of a chart, point by point. "Near" lines lie at two thirds of the way from the center to a limit."""

    lower: Numbers
    near_lower: Numbers
    center: Numbers
    near_upper: Numbers
    upper: Numbers


def on_its_scale(kind: Kind, counts: Numbers, bases: Numbers) -> tuple[Numbers, Limits]:
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


def as_drawn(kind: Kind, line: Numbers) -> Numbers:
    """A line in the units of the chart, within what its values can be."""
    if kind is Kind.T:
        return np.maximum(line, 0.0) ** T_POWER
    return np.clip(line, 0.0, 1.0 if kind is Kind.P else None)


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
