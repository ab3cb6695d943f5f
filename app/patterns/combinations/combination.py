"""One combination of factors: how often they appear together, how often they would by chance, and what explains it."""

from dataclasses import dataclass
from itertools import combinations
from math import exp, fsum, log, prod, sqrt

from app.patterns.combinations.depth import GivenDepth
from app.patterns.connections.pairs import INTERVAL_FROM_EXPECTED, Interval
from app.patterns.counting.chance import FALSE_DISCOVERY_RATE, Z_95
from app.patterns.counting.records import Factor, Unit


@dataclass(frozen=True, slots=True)
class Split:
    """A combination in two parts, and what would be expected if only these two were unrelated."""

    first: tuple[Factor, ...]
    second: tuple[Factor, ...]
    expected: float
    p: float
    """Of at least as many reviews with both parts by chance, each part standing in as many reviews as it does."""


@dataclass(frozen=True, slots=True)
class Combination:
    """Three or more factors over the reviews in which all of them were asked and answered."""

    factors: tuple[Factor, ...]
    base: int
    present: tuple[int, ...]
    """Of the base, the reviews with each factor."""
    pairs: tuple[int, ...]
    """Of the base, the reviews with each two of the factors, in the order of itertools.combinations."""
    together: int
    p: float | None = None
    """Of at least as many together if no factor had to do with another; None when not tested."""
    adjusted_p: float | None = None
    """p adjusted for all combinations of as many factors that could have been found, and for looking at four sizes."""
    unit: Unit = Unit.REVIEW
    split: Split | None = None
    """Of all ways to part it in two, the one that explains most; None unless it is unlikely to be chance."""
    depth: GivenDepth | None = None
    """None where fewer factors explain it anyway, and with fewer than ten factors, as for pairs."""

    @property
    def key(self) -> str:
        return ".".join(factor.code for factor in self.factors)

    @property
    def expected(self) -> float:
        """The reviews with all of them if the factors appeared independently of each other."""
        return self.base * prod(number / self.base for number in self.present)

    @property
    def lift(self) -> float:
        """Times as often together as expected; 1 is what chance gives."""
        return self.together / self.expected

    @property
    def lift_interval(self) -> Interval | None:
        """The 95 % interval of the lift, on the logarithm, by the delta method; None where fewer than 5 are expected.

        With shares p of all, p_i of one and p_ij of two, and N reviews, the variance of the logarithm is
        (1/p - 1 - sum(1/p_i - 1) + 2 sum(p_ij/(p_i p_j) - 1)) / N; for two factors it is the interval of a pair.
        """
        if self.expected < INTERVAL_FROM_EXPECTED:
            return None
        singles = fsum(self.base / number - 1 for number in self.present)
        of_each_two = zip(self.pairs, combinations(self.present, 2), strict=True)
        twos = fsum(both * self.base / (one * other) - 1 for both, (one, other) in of_each_two)
        variance = (self.base / self.together - 1 - singles + 2 * twos) / self.base
        reach = Z_95 * sqrt(max(variance, 0.0))
        return Interval(exp(log(self.lift) - reach), exp(log(self.lift) + reach))

    @property
    def is_tested(self) -> bool:
        return self.adjusted_p is not None

    @property
    def is_unlikely_chance(self) -> bool:
        """More often together than expected, at a false discovery rate of 5 %."""
        return self.adjusted_p is not None and self.adjusted_p <= FALSE_DISCOVERY_RATE

    @property
    def is_beyond_its_parts(self) -> bool:
        """Unlikely to be chance, and no two of its parts that are unrelated would explain it; depth aside."""
        return self.is_unlikely_chance and self.split is not None and self.split.p <= FALSE_DISCOVERY_RATE

    @property
    def is_explained_by_depth(self) -> bool:
        """Beyond its parts, but not beyond what the depth of reviews gives to them."""
        return self.is_beyond_its_parts and self.depth is not None and not self.depth.is_exceeded

    @property
    def is_more_than_its_parts(self) -> bool:
        """Explained neither by chance, nor by two of its parts, nor by the depth of reviews."""
        return self.is_beyond_its_parts and not self.is_explained_by_depth
