"""Pairs of factors: how often they appear in the same reviews, and how often they would by chance."""

from dataclasses import dataclass
from itertools import combinations
from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np

from app.patterns.chance import FALSE_DISCOVERY_RATE, Z_95, adjusted, fisher_two_sided
from app.patterns.incidence import Incidence
from app.patterns.records import Factor, Layer

TESTED_FROM_EXPECTED = 1.0
"""A pair is tested once at least this many reviews would be expected to hold both by chance."""
INTERVAL_FROM_EXPECTED = 5.0
"""Under this, the interval of the lift is not to be relied on, and none is given."""
UNEVEN_FROM = 5
"""Frequencies that differ more than this many times are flagged: phi cannot come near 1, and lift is easily large."""


class Interval(NamedTuple):
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two factors over the reviews in which both were asked and answered. What is not defined is None."""

    first: Factor
    second: Factor
    base: int
    first_present: int
    second_present: int
    together: int
    p: float | None = None
    """Fisher's exact test, two-sided; None without a base."""
    adjusted_p: float | None = None
    """p adjusted over the pairs tested; None when this pair was not tested."""

    @property
    def expected(self) -> float | None:
        """The reviews with both if the factors appeared independently of each other."""
        return self.first_present * self.second_present / self.base if self.base else None

    @property
    def lift(self) -> float | None:
        """Times as often together as expected; 1 is what chance gives."""
        return self.together / self.expected if self.expected else None

    @property
    def lift_interval(self) -> Interval | None:
        """The 95 % interval of the lift, on the logarithm, by the delta method.

        The four cells of the table are multinomial, which gives the variance of the logarithm
        1/a - 1/n1 - 1/n2 + 2a/(n1 n2) - 1/N, with a reviews together, n1 and n2 with each, N in all.
        """
        if self.lift is None or self.together == 0 or (self.expected or 0) < INTERVAL_FROM_EXPECTED:
            return None
        a, n1, n2 = self.together, self.first_present, self.second_present
        variance = 1 / a - 1 / n1 - 1 / n2 + 2 * a / (n1 * n2) - 1 / self.base
        reach = Z_95 * sqrt(max(variance, 0.0))
        return Interval(exp(log(self.lift) - reach), exp(log(self.lift) + reach))

    @property
    def phi(self) -> float | None:
        """The correlation of the two, from -1 to 1; None where one of them never varies."""
        n, n1, n2 = self.base, self.first_present, self.second_present
        spread = n1 * (n - n1) * n2 * (n - n2)
        return (self.together * n - n1 * n2) / sqrt(spread) if spread else None

    @property
    def jaccard(self) -> float | None:
        """Of the reviews with either, the share with both."""
        either = self.first_present + self.second_present - self.together
        return self.together / either if either else None

    @property
    def is_tested(self) -> bool:
        return self.adjusted_p is not None

    @property
    def is_unlikely_chance(self) -> bool:
        """Passes the false discovery rate of 5 %, whether together more or less often than expected."""
        return self.adjusted_p is not None and self.adjusted_p <= FALSE_DISCOVERY_RATE

    @property
    def is_link(self) -> bool:
        """Together more often than expected, and unlikely to be chance."""
        return self.is_unlikely_chance and (self.phi or 0.0) > 0

    @property
    def is_uneven(self) -> bool:
        more, fewer = max(self.first_present, self.second_present), min(self.first_present, self.second_present)
        return more > UNEVEN_FROM * fewer


def pairs_of(incidence: Incidence, layer: Layer) -> tuple[Pair, ...]:
    """Every pair of factors once, in the order of the factors."""
    counts = incidence.pair_counts(layer)
    i, j = np.triu_indices(len(incidence.factors), k=1)
    base, together = counts.base[i, j], counts.together[i, j]
    first, second = counts.present[i, j], counts.present[j, i]
    p = fisher_two_sided(together, first, second, base)
    is_tested = first * second >= TESTED_FROM_EXPECTED * np.maximum(base, 1)
    adjusted_p = np.full(p.shape, np.nan)
    adjusted_p[is_tested] = adjusted(p[is_tested])
    columns = (x.tolist() for x in (base, first, second, together, p, adjusted_p, is_tested))
    return tuple(
        Pair(a, b, n, n1, n2, both, p_value if n else None, adjusted_value if tested else None)
        for (a, b), n, n1, n2, both, p_value, adjusted_value, tested in zip(
            combinations(incidence.factors, 2), *columns, strict=True
        )
    )


def strongest_first(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """By phi; pairs whose phi is not defined come last. Ties keep the order of the names."""
    return tuple(
        sorted(pairs, key=lambda pair: (pair.phi is None, -(pair.phi or 0.0), pair.first.label, pair.second.label))
    )
