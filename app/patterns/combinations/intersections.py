"""The chance that several sets have so much in common: for combinations of factors."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, ndtr

from app.patterns.counting.chance import FAR_AWAY

EXACT_UP_TO = 2_000
"""Reviews; above, a normal distribution with the exact mean and variance takes the place of the sums."""

Likelihoods = npt.NDArray[np.float64]


def upper_tail(seen: int, sizes: Sequence[int], base: int) -> float:
    """The chance that sets of these sizes, each drawn at random out of `base`, have `seen` or more in common.

    With two sets this is the upper tail of the hypergeometric distribution, one-sided Fisher; with more it is the exact
    test of Wang, Zhao and Zhang (2015), Scientific Reports 5:16923: what the first sets have in common is a set again,
    and meets the next one. Sizes lie between 0 and `base`.
    """
    if seen <= max(0, sum(sizes) - (len(sizes) - 1) * base):
        return 1.0
    if seen > min(sizes):
        return 0.0
    if base > EXACT_UP_TO:
        return _normal_tail(seen, sizes, base)
    log_factorial = gammaln(np.arange(base + 1, dtype=np.float64) + 1.0)
    in_common, chances = np.array([min(sizes)]), np.ones(1)
    for size in sorted(sizes)[1:]:
        in_common, chances = _meet(in_common, chances, size, base, log_factorial)
    return float(min(1.0, chances[in_common >= seen].sum()))


def _meet(
    before: npt.NDArray[np.int64], chances: Likelihoods, size: int, base: int, log_factorial: Likelihoods
) -> tuple[npt.NDArray[np.int64], Likelihoods]:
    """The distribution of what a set of `size` has in common with a set whose size has this distribution."""
    mean = before * size / base
    spread = np.sqrt(mean * (1 - before / base) * (base - size) / max(base - 1, 1))
    # As in Fisher's test: what lies further away weighs less than the rounding of what is near.
    reach = FAR_AWAY * spread + FAR_AWAY
    low = max(0, int(before[0]) + size - base, int((mean - reach).min()))
    high = min(int(before[-1]), size, int((mean + reach).max()) + 1)
    after = np.arange(low, high + 1)
    count, earlier = after[np.newaxis, :], before[:, np.newaxis]
    is_possible = (count <= earlier) & (size - count <= base - earlier)
    k = np.where(is_possible, count, np.maximum(0, earlier + size - base))
    log_chance = (
        log_factorial[earlier] - log_factorial[k] - log_factorial[earlier - k]
        + log_factorial[base - earlier] - log_factorial[size - k] - log_factorial[base - earlier - size + k]
        - (log_factorial[base] - log_factorial[size] - log_factorial[base - size])
    )  # fmt: skip
    made = chances @ np.where(is_possible, np.exp(log_chance), 0.0)
    return after, made


def _normal_tail(seen: int, sizes: Sequence[int], base: int) -> float:
    """With continuity correction. Of a random element the chance to lie in all sets is the product of their shares,
    and so for each two elements, drawn without replacement."""
    mean = base * float(np.prod([size / base for size in sizes]))
    of_two = base * (base - 1) * float(np.prod([size * (size - 1) / (base * (base - 1)) for size in sizes]))
    spread = sqrt(max(of_two + mean - mean**2, 0.0))
    return float(ndtr(-(seen - 0.5 - mean) / spread)) if spread else float(seen <= mean)
