"""Pairs of factors: how often they appear in the same reviews, and how often they would by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations
from math import exp, isnan, log, sqrt
from typing import Any, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from app.patterns.connections.depth import expected_given_depth
from app.patterns.counting.chance import FALSE_DISCOVERY_RATE, Z_95, adjusted, chance_of_at_least, fisher_two_sided
from app.patterns.counting.columns import Flags
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor, Layer, Unit

Numbers: TypeAlias = npt.NDArray[np.float64]

TESTED_FROM_EXPECTED = 1.0
"""A pair is tested once at least this many reviews would be expected to hold both by chance."""
INTERVAL_FROM_EXPECTED = 5.0
"""Under this in any cell of the table, the interval of the lift is not to be relied on, and none is given."""
DEPTH_FROM_FACTORS = 10
"""With fewer factors, a link of two is much of what makes a review long, and the two cannot be told apart."""
UNEVEN_FROM = 5
"""Frequencies that differ more than this many times are flagged: phi cannot come near 1, and lift is easily large."""


class Interval(NamedTuple):
    low: float
    high: float


@dataclass(frozen=True)
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
    depth_expected: float | None = None
    """The reviews with both if only the depth of reviews and the frequency of the two mattered; None if not judged."""
    depth_p: float | None = None
    """The chance of this many or more, given depth, adjusted over the pairs tested; None if not judged."""
    unit: Unit = Unit.REVIEW

    @property
    def expected(self) -> float | None:
        """The reviews with both if the factors appeared independently of each other."""
        return self.first_present * self.second_present / self.base if self.base else None

    @property
    def least_expected(self) -> float:
        """The smallest of the four expected counts: with both, with only the one or the other, with neither."""
        one, other = (min(present, self.base - present) for present in (self.first_present, self.second_present))
        return one * other / self.base if self.base else 0.0

    @property
    def lift(self) -> float | None:
        """Times as often together as expected; 1 is what chance gives."""
        return self.together / self.expected if self.expected else None

    @property
    def lift_interval(self) -> Interval | None:
        """The 95 % interval of the lift, on the logarithm, by the delta method.

        None is given where one of the four expected counts is under 5: with a factor of 9 in 10 reviews and a rare
        one, it would hold the truth in 60 instead of 95 of 100 cases.
        """
        if self.lift is None or self.together == 0 or self.least_expected < INTERVAL_FROM_EXPECTED:
            return None
        variance = log_lift_variance(self.together, self.first_present, self.second_present, self.base)
        reach = Z_95 * sqrt(max(variance, 0.0))
        return Interval(exp(log(self.lift) - reach), exp(log(self.lift) + reach))

    @cached_property
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

    @cached_property
    def is_unlikely_chance(self) -> bool:
        """Passes the false discovery rate of 5 %, whether together more or less often than expected."""
        return self.adjusted_p is not None and self.adjusted_p <= FALSE_DISCOVERY_RATE

    @cached_property
    def is_explained_by_depth(self) -> bool:
        """Together more often than chance gives, but not more often than the depth of reviews gives."""
        is_more = self.is_unlikely_chance and (self.phi or 0.0) > 0
        return is_more and self.depth_p is not None and not self._exceeds_depth

    @property
    def _exceeds_depth(self) -> bool:
        return (self.depth_p or 0.0) <= FALSE_DISCOVERY_RATE and self.together > (self.depth_expected or 0.0)

    @cached_property
    def is_link(self) -> bool:
        """Together more often than expected, unlikely to be chance, and not explained by depth of review."""
        return self.is_unlikely_chance and (self.phi or 0.0) > 0 and not self.is_explained_by_depth

    @property
    def is_uneven(self) -> bool:
        more, fewer = max(self.first_present, self.second_present), min(self.first_present, self.second_present)
        return more > UNEVEN_FROM * fewer


def log_lift_variance(together: Any, first: Any, second: Any, base: Any) -> Any:
    """Of the logarithm of a lift, by the delta method; of numbers, or of arrays of them, all above 0.

    The four cells of the table are multinomial, which gives 1/a - 1/n1 - 1/n2 + 2a/(n1 n2) - 1/N, with a reviews
    together, n1 and n2 with each, N in all.
    """
    return 1 / together - 1 / first - 1 / second + 2 * together / (first * second) - 1 / base


@lru_cache
def rows_needed(tested: int) -> int:
    """The fewest reviews in which a single pair, of so many tested, could be unlikely to be chance: both factors in the
    same half of them, and neither in the other."""
    rows = 2
    while float(fisher_two_sided(*(np.array([n]) for n in (rows // 2, rows // 2, rows // 2, rows)))[0]) * tested > (
        FALSE_DISCOVERY_RATE
    ):
        rows += 1
    return rows


def too_few_to_tell(pairs: Sequence[Pair], rows: int) -> bool:
    """Whether nothing can stand out in so many reviews, however it lies. False where something does all the same:
    several pairs that stand out together need fewer."""
    tested = sum(pair.is_tested for pair in pairs)
    return not tested or (rows < rows_needed(tested) and not any(pair.is_unlikely_chance for pair in pairs))


def pairs_of(incidence: Incidence, layer: Layer) -> tuple[Pair, ...]:
    """Every pair of factors once, in the order of the factors. Counted once for each table of reviews."""
    kept = _kept.setdefault(incidence, {})
    if layer not in kept:
        kept[layer] = _counted(incidence, layer)
    return kept[layer]


_kept: WeakKeyDictionary[Incidence, dict[Layer, tuple[Pair, ...]]] = WeakKeyDictionary()


def _counted(incidence: Incidence, layer: Layer) -> tuple[Pair, ...]:
    counts = incidence.pair_counts(layer)
    i, j = np.triu_indices(len(incidence.factors), k=1)
    base, together = counts.base[i, j], counts.together[i, j]
    first, second = counts.present[i, j], counts.present[j, i]
    p = fisher_two_sided(together, first, second, base)
    is_tested = first * second >= TESTED_FROM_EXPECTED * np.maximum(base, 1)
    adjusted_p = _adjusted_where(is_tested, p)
    depth_expected = np.full(p.shape, np.nan)
    depth_p = np.full(p.shape, np.nan)
    # Where nothing passes the plain test, depth has nothing to explain.
    everything = incidence.of_all_domains
    if len(everything.factors) >= DEPTH_FROM_FACTORS and np.nanmin(adjusted_p, initial=1.0) <= FALSE_DISCOVERY_RATE:
        places = np.array(incidence.places_in_all, dtype=np.intp)
        times = _times_given_depth(everything, layer)[places[i], places[j]]
        depth_expected = first * second / np.maximum(base, 1) * times
        seen, row, column, total = (counted[is_tested] for counted in (together, first, second, base))
        depth_p[is_tested] = adjusted(chance_of_at_least(seen, row, column, total, depth_expected[is_tested]))
    columns = (base, first, second, together, p, adjusted_p, depth_expected, depth_p)
    return tuple(
        Pair(
            a,
            b,
            n,
            n1,
            n2,
            both,
            p_value if n else None,
            _or_none(tested),
            _or_none(depth),
            _or_none(past),
            incidence.unit,
        )
        for (a, b), n, n1, n2, both, p_value, tested, depth, past in zip(
            combinations(incidence.factors, 2), *(column.tolist() for column in columns), strict=True
        )
    )


def _times_given_depth(incidence: Incidence, layer: Layer) -> Numbers:
    """Factor by factor: as many times its expected count as trades give to the two over all reviews.

    A ratio, because trades move a factor between reviews in which the other was answered and reviews in which not.
    Drawn once for each table, of all domains, since that is what a review's depth is.
    """
    kept = _times.setdefault(incidence, {})
    if layer not in kept:
        answered, present = incidence.answered_and_present(layer)
        shared = expected_given_depth(answered, present)
        rate = np.diagonal(shared) / np.maximum(answered.sum(axis=0), 1)
        usual = np.outer(rate, rate) * incidence.pair_counts(layer).base
        kept[layer] = np.divide(shared, usual, out=np.ones_like(usual), where=usual > 0)
    return kept[layer]


_times: WeakKeyDictionary[Incidence, dict[Layer, Numbers]] = WeakKeyDictionary()


def _adjusted_where(is_tested: Flags, p: Numbers) -> Numbers:
    answer = np.full(p.shape, np.nan)
    answer[is_tested] = adjusted(p[is_tested])
    return answer


def _or_none(value: float) -> float | None:
    return None if isnan(value) else value


def strongest_first(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """By phi; pairs whose phi is not defined come last. Ties keep the order of the names."""
    return tuple(
        sorted(pairs, key=lambda pair: (pair.phi is None, -(pair.phi or 0.0), pair.first.label, pair.second.label))
    )
