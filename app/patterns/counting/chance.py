"""How surprising a count is: Wilson's interval, Fisher's exact test, and the adjustment for testing many at once."""

from math import sqrt

import numpy as np
import numpy.typing as npt

from app.patterns.counting.hypergeometric import Counts, Real, Tables, Whole

Z_95 = 1.959963984540054
"""The normal quantile that leaves 2.5 % on each side."""
FALSE_DISCOVERY_RATE = 0.05
# Two tables are equally likely when their logarithms differ by less than the rounding of the table of factorials.
SAME_LIKELIHOOD = 1e-8
FAR_AWAY, FAR_AWAY_WITH_ODDS = 7.0, 9.0
"""How far counts still matter, in spreads: see `Tables.range_of`. With a mean of their own they are weighed anew, and
may lie further out."""
NEAR = 1.5
"""How many spreads from the mean a count has a p that can be told by what the others leave of 1. Further away p is so
small that rounding would be too much of it."""
MOST_LOG_ODDS = 12.0
# Halving alone would come this near in 45 steps; Newton's steps do in four to eight.
SAME_LOG_ODDS = 1e-12
MOST_STEPS = 45


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


def fisher_two_sided(
    together: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike, base: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Two-sided p of Fisher's exact test for many 2 by 2 tables at once.

    `together` of `base` have both, `first` and `second` have the one and the other. As in R and scipy, p is the
    probability, with these margins, of all tables that are at most as likely as the one seen. The hypergeometric
    probabilities come from one table of log-factorials; scipy's loop over the tables takes some hundred times as long.
    """
    given = np.broadcast_arrays(*(np.asarray(x, dtype=np.int64) for x in (together, first, second, base)))
    seen, row, column, total = (x.ravel() for x in given)
    # More with both than expected is fewer with the first and not the second: so all tables are seen from below.
    is_more = seen * total > row * column
    seen, column = np.where(is_more, row - seen, seen), np.where(is_more, total - column, column)
    tables = Tables.of(row, column, total)
    low, high = tables.range_of(seen, FAR_AWAY)
    above = _first_as_unlikely(tables, seen, high)
    # Near the mean fewer counts are between the two ends than in them, and p is what those leave of 1.
    is_near = tables.mean - seen <= NEAR * tables.spread
    p = tables.probability(np.where(is_near, seen + 1, low), np.where(is_near, above - 1, seen))
    p += tables.probability(above, np.where(is_near, above - 1, high))
    return np.clip(np.where(is_near, 1.0 - p, p), 0.0, 1.0).reshape(given[0].shape)


def _first_as_unlikely(tables: Tables, seen: Whole, high: Whole) -> Whole:
    """The first count above the one seen that is at most as likely; the one after `high` where none is.

    From the likeliest count on they only become less likely, so halving finds it.
    """
    limit = tables.log_probability(seen) + SAME_LIKELIHOOD
    at_least, at_most = np.maximum(tables.likeliest, seen + 1), high + 1
    while (at_least < at_most).any():
        middle = (at_least + at_most) // 2
        # Where the search is over, the middle may be after the last count that can be.
        is_there = tables.log_probability(np.minimum(middle, high)) <= limit
        at_least, at_most = np.where(is_there, at_least, middle + 1), np.where(is_there, middle, at_most)
    return at_most


def chance_of_at_least(together: Whole, first: Whole, second: Whole, base: Whole, usual: Real) -> Real:
    """The probability of as many together or more, for many 2 by 2 tables, when `usual` is what is usual.

    The two are not taken to be independent: the weights are those of Fisher's noncentral hypergeometric distribution
    with this mean (Fog 2008), the same as scipy.stats.nchypergeom_fisher.
    """
    seen, row, column, total = (x.ravel() for x in (together, first, second, base))
    tables = Tables.of(row, column, total)
    p = np.empty(seen.size, dtype=np.float64)
    for some, counts in tables.counts(*tables.range_of(seen, FAR_AWAY_WITH_ODDS)):
        weights = counts.weights(_log_odds(counts, usual.ravel()[some]))
        enough = counts.count >= counts.for_each(seen[some])
        p[some] = counts.sums(weights * enough) / counts.sums(weights)
    return np.minimum(p, 1.0).reshape(together.shape)


def _log_odds(counts: Counts, mean: Real) -> Real:
    """The logarithm of the odds ratio that gives each table this mean: Newton's steps, as the mean rises with it.

    A step that would leave the interval in which the answer lies halves the interval instead.
    """
    low, high = np.full(mean.shape, -MOST_LOG_ODDS), np.full(mean.shape, MOST_LOG_ODDS)
    log_odds = np.zeros(mean.shape)
    for _ in range(MOST_STEPS):
        now, variance = _moments(counts, log_odds)
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


def _moments(counts: Counts, log_odds: Real) -> tuple[Real, Real]:
    """The mean and variance of the count in each table, with these odds."""
    weights = counts.weights(log_odds)
    total = counts.sums(weights)
    mean: Real = counts.sums(weights * counts.count) / total
    variance: Real = counts.sums(weights * (counts.count - counts.for_each(mean)) ** 2) / total
    return mean, variance


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
