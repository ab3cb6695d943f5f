"""How surprising a count is: Wilson's interval, Fisher's exact test, and the adjustment for testing many at once."""

from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

Z_95 = 1.959963984540054
"""The normal quantile that leaves 2.5 % on each side."""
FALSE_DISCOVERY_RATE = 0.05
# Two tables are equally likely when their logarithms differ by less than the rounding of the table of factorials.
SAME_LIKELIHOOD = 1e-8
# What lies further from the mean than this many standard deviations weighs less than 1e-17.
FAR_AWAY = 9.0
MOST_LOG_ODDS = 12.0
HALVINGS = 40


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
    together: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    base: npt.ArrayLike,
    usual: npt.ArrayLike | None = None,
) -> npt.NDArray[np.float64]:
    """Two-sided p of Fisher's exact test for many 2 by 2 tables at once.

    `together` of `base` have both, `first` and `second` have the one and the other. As in R and scipy, p is the
    probability, with these margins, of all tables that are at most as likely as the one seen. The hypergeometric
    weights come from one table of log-factorials; scipy's loop over the tables takes some thirty times as long.

    With `usual`, the two are not taken to be independent: the weights are those of Fisher's noncentral hypergeometric
    distribution with this mean (Fog 2008), the same as scipy.stats.nchypergeom_fisher.
    """
    seen, row, column, total = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.int64) for x in (together, first, second, base))
    )
    if seen.size == 0:
        return np.empty(seen.shape, dtype=np.float64)
    mean = None if usual is None else np.broadcast_to(np.asarray(usual, dtype=np.float64), seen.shape).ravel()
    shape, (seen, row, column, total) = seen.shape, (x.ravel() for x in (seen, row, column, total))
    log_factorial = gammaln(np.arange(int(total.max()) + 1, dtype=np.float64) + 1.0)
    low, high = _counts_that_matter(seen, row, column, total)
    lengths = high - low + 1
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    table = np.repeat(np.arange(seen.size), lengths)
    count = np.arange(lengths.sum()) - np.repeat(starts - low, lengths)
    log_weight = -(
        log_factorial[count]
        + log_factorial[row[table] - count]
        + log_factorial[column[table] - count]
        + log_factorial[(total - row - column)[table] + count]
    )
    if mean is not None:
        log_weight += count * _log_odds(log_weight, count, starts, table, mean)[table]
    log_weight -= np.maximum.reduceat(log_weight, starts)[table]
    weight = np.exp(log_weight)
    as_unlikely = log_weight <= log_weight[starts + seen - low][table] + SAME_LIKELIHOOD
    tail = np.add.reduceat(np.where(as_unlikely, weight, 0.0), starts)
    p: npt.NDArray[np.float64] = np.minimum(tail / np.add.reduceat(weight, starts), 1.0)
    return p.reshape(shape)


def _log_odds(
    log_weight: npt.NDArray[np.float64],
    count: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    table: npt.NDArray[np.int64],
    mean: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """The logarithm of the odds ratio that gives each table this mean, by halving an interval: it rises with it."""
    low, high = np.full(mean.shape, -MOST_LOG_ODDS), np.full(mean.shape, MOST_LOG_ODDS)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        tilted = log_weight + count * middle[table]
        weight = np.exp(tilted - np.maximum.reduceat(tilted, starts)[table])
        is_low = np.add.reduceat(weight * count, starts) < mean * np.add.reduceat(weight, starts)
        low, high = np.where(is_low, middle, low), np.where(is_low, high, middle)
    log_odds: npt.NDArray[np.float64] = (low + high) / 2
    return log_odds


def _counts_that_matter(
    seen: npt.NDArray[np.int64],
    row: npt.NDArray[np.int64],
    column: npt.NDArray[np.int64],
    total: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The range of counts to sum over: what the margins allow, less what is too far away to weigh anything."""
    n = np.maximum(total, 1).astype(np.float64)
    mean = row * column / n
    spread = np.sqrt(mean * (n - row) / n * (n - column) / np.maximum(n - 1.0, 1.0))
    reach = np.maximum(FAR_AWAY * spread, np.abs(seen - mean)) + FAR_AWAY
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
