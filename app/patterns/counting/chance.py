"""How surprising a count is: Wilson's interval, Fisher's exact test, and the adjustment for testing many at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import sqrt
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

Whole: TypeAlias = npt.NDArray[np.int64]
Real: TypeAlias = npt.NDArray[np.float64]

Z_95 = 1.959963984540054
"""The normal quantile that leaves 2.5 % on each side."""
FALSE_DISCOVERY_RATE = 0.05
# Two tables are equally likely when their logarithms differ by less than the rounding of the table of factorials.
SAME_LIKELIHOOD = 1e-8
# Counts matter as far from the mean as the one seen, and on until they weigh exp(-FAR_AWAY**2 / 2) of it: 2e-11. With a
# mean of their own they are weighed anew, and may lie further out.
FAR_AWAY, FAR_AWAY_WITH_ODDS = 7.0, 9.0
MARGIN = 9
"""Counts beyond that: where few are expected, the weights fall more slowly than those of a normal distribution."""
MOST_LOG_ODDS = 12.0
# Halving alone would come this near in 45 steps; Newton's steps do in four to eight.
SAME_LOG_ODDS = 1e-12
MOST_STEPS = 45
AT_ONCE = 2**16
"""Counts weighed in one step: few enough to stay in the processor's own memory."""


def wilson_interval(count: int, base: int) -> tuple[float, float] | None:
    """The 95 % interval of a share, from 0 to 1 (Wilson 1927, without continuity correction); None without a base."""
    if base == 0:
        return None
    share, z2 = count / base, Z_95**2
    middle = share + z2 / (2 * base)
    reach = Z_95 * sqrt(share * (1 - share) / base + z2 / (4 * base * base))
    low, high = (middle - reach) / (1 + z2 / base), (middle + reach) / (1 + z2 / base)
    # At the ends the exact values are 0 and 1; rounding would leave something like 1e-17.
    return (0.0 if count == 0 else low), (1.0 if count == base else high)


@dataclass(frozen=True)
class _Possible:
    """Every count that each of many 2 by 2 tables could have had with its margins, one after the other."""

    lengths: Whole
    """How many counts each table could have had."""
    count: Whole
    starts: Whole
    """Where each table begins."""
    seen: Whole
    """Where the count that was seen stands."""
    log_weight: Real
    """Of each count, as its probability goes; the likeliest of a table has 0."""

    def for_each(self, of_tables: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """What holds for a table, for each of its counts."""
        return np.repeat(of_tables, self.lengths)

    def beside_likeliest(self, log_weight: Real) -> Real:
        """These weights, so that the likeliest count of each table has 0."""
        beside: Real = log_weight - self.for_each(np.maximum.reduceat(log_weight, self.starts))
        return beside

    def probability_of(self, wanted: npt.NDArray[np.bool_]) -> Real:
        """For each table, the probability of the wanted counts together."""
        weight = np.exp(self.log_weight)
        total = np.add.reduceat(weight, self.starts)
        probability: Real = np.minimum(np.add.reduceat(weight * wanted, self.starts) / total, 1.0)
        return probability


def fisher_two_sided(
    together: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike, base: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Two-sided p of Fisher's exact test for many 2 by 2 tables at once.

    `together` of `base` have both, `first` and `second` have the one and the other. As in R and scipy, p is the
    probability, with these margins, of all tables that are at most as likely as the one seen. The hypergeometric
    weights come from one table of log-factorials; scipy's loop over the tables takes some thirty times as long.
    """
    tables = np.broadcast_arrays(*(np.asarray(x, dtype=np.int64) for x in (together, first, second, base)))
    p = np.empty(tables[0].size, dtype=np.float64)
    for some, one in _possible(*(x.ravel() for x in tables), far_away=FAR_AWAY):
        p[some] = one.probability_of(one.log_weight <= one.for_each(one.log_weight[one.seen] + SAME_LIKELIHOOD))
    return p.reshape(tables[0].shape)


def chance_of_at_least(together: Whole, first: Whole, second: Whole, base: Whole, usual: Real) -> Real:
    """The probability of as many together or more, for many 2 by 2 tables, when `usual` is what is usual.

    The two are not taken to be independent: the weights are those of Fisher's noncentral hypergeometric distribution
    with this mean (Fog 2008), the same as scipy.stats.nchypergeom_fisher.
    """
    p = np.empty(together.size, dtype=np.float64)
    for some, one in _possible(*(x.ravel() for x in (together, first, second, base)), far_away=FAR_AWAY_WITH_ODDS):
        log_odds = _log_odds(one, usual.ravel()[some])
        log_weight = one.beside_likeliest(one.log_weight + one.count * one.for_each(log_odds))
        enough = one.count >= one.for_each(together.ravel()[some])
        p[some] = replace(one, log_weight=log_weight).probability_of(enough)
    return p.reshape(together.shape)


def _possible(
    seen: Whole, row: Whole, column: Whole, total: Whole, *, far_away: float
) -> Iterator[tuple[slice, _Possible]]:
    """The tables in steps: which they are, and what they could have counted."""
    if seen.size == 0:
        return
    log_factorial = _log_factorials(int(total.max()))
    low, high = _counts_that_matter(seen, row, column, total, far_away)
    all_lengths = high - low + 1
    begins = np.flatnonzero(np.diff(np.cumsum(all_lengths) // AT_ONCE, prepend=-1)).tolist()
    for some in map(slice, begins, [*begins[1:], seen.size]):
        lengths = all_lengths[some]
        starts = np.cumsum(lengths) - lengths
        count, first, second, neither = (
            np.repeat(of_tables[some], lengths) for of_tables in (low, row, column, total - row - column)
        )
        count += np.arange(count.size) - np.repeat(starts, lengths)
        log_weight = -(
            log_factorial.take(count)
            + log_factorial.take(first - count)
            + log_factorial.take(second - count)
            + log_factorial.take(neither + count)
        )
        one = _Possible(lengths, count, starts, starts + (seen - low)[some], log_weight)
        yield some, replace(one, log_weight=one.beside_likeliest(log_weight))


@lru_cache(maxsize=1)
def _log_factorials(most: int) -> Real:
    """From 0 to this number; kept, because several tests of the same reviews follow each other."""
    logarithms: Real = gammaln(np.arange(most + 1, dtype=np.float64) + 1.0)
    return logarithms


def _log_odds(one: _Possible, mean: Real) -> Real:
    """The logarithm of the odds ratio that gives each table this mean: Newton's steps, as the mean rises with it.

    A step that would leave the interval in which the answer lies halves the interval instead.
    """
    low, high = np.full(mean.shape, -MOST_LOG_ODDS), np.full(mean.shape, MOST_LOG_ODDS)
    log_odds = np.zeros(mean.shape)
    for _ in range(MOST_STEPS):
        now, variance = _moments(one, log_odds)
        is_low = now < mean
        low, high = np.where(is_low, log_odds, low), np.where(is_low, high, log_odds)
        step = np.divide(mean - now, variance, out=np.full(mean.shape, np.inf), where=variance > 0)
        nearer = np.where((low <= log_odds + step) & (log_odds + step <= high), log_odds + step, (low + high) / 2)
        # Without variance only one count is possible, whatever the odds.
        is_there = (np.abs(nearer - log_odds) <= SAME_LOG_ODDS) | (variance <= 0)
        log_odds = nearer
        if is_there.all():
            break
    return log_odds


def _moments(one: _Possible, log_odds: Real) -> tuple[Real, Real]:
    """The mean and variance of the count in each table, with these odds."""
    weight = np.exp(one.beside_likeliest(one.log_weight + one.count * one.for_each(log_odds)))
    total = np.add.reduceat(weight, one.starts)
    mean: Real = np.add.reduceat(weight * one.count, one.starts) / total
    variance: Real = np.add.reduceat(weight * (one.count - one.for_each(mean)) ** 2, one.starts) / total
    return mean, variance


def _counts_that_matter(seen: Whole, row: Whole, column: Whole, total: Whole, far_away: float) -> tuple[Whole, Whole]:
    """The range of counts to sum over: what the margins allow, less what weighs nothing beside the count seen."""
    n = np.maximum(total, 1).astype(np.float64)
    mean = row * column / n
    spread = np.sqrt(mean * (n - row) / n * (n - column) / np.maximum(n - 1.0, 1.0))
    reach = np.hypot(far_away * spread, seen - mean) + MARGIN
    low = np.maximum(np.maximum(0, row + column - total), np.floor(mean - reach).astype(np.int64))
    high = np.minimum(np.minimum(row, column), np.ceil(mean + reach).astype(np.int64))
    return low, high


def adjusted(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The p-values adjusted for all tests made (Benjamini and Hochberg 1995), in the order given.

    The same as scipy.stats.false_discovery_control, without importing scipy.stats, which takes seconds.
    """
    if p.size == 0:
        return p.copy()
    order = np.argsort(p, kind="stable")
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    smallest_from_here = np.minimum.accumulate(scaled[::-1])[::-1]
    answer = np.empty_like(p)
    answer[order] = np.minimum(smallest_from_here, 1.0)
    return answer
