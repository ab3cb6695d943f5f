"""How likely every count of a 2 by 2 table is with its margins, for many tables at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

Whole: TypeAlias = npt.NDArray[np.int64]
Real: TypeAlias = npt.NDArray[np.float64]

MARGIN = 9
"""Counts beyond those that matter: where few are expected, probabilities fall more slowly than those of a normal
distribution."""
AT_ONCE = 2**14
"""Counts weighed in one step: few enough to stay in the processor's own memory."""
OF_EACH_TABLE = ("row", "column", "neither", "log_constant")


@dataclass(frozen=True)
class Tables:
    """Many 2 by 2 tables: how many have the one and how many the other, and not yet how many have both."""

    row: Whole
    column: Whole
    neither: Whole
    """Those with neither, if none had both; less than 0 where some have to have both."""
    log_constant: Real
    """What the probabilities of all counts of a table have in common."""
    log_factorial: Real
    """Of every number up to the largest."""

    @classmethod
    def of(cls, row: Whole, column: Whole, total: Whole) -> Self:
        log = _log_factorials(int(total.max(initial=0)))
        log_constant = log[row] + log[total - row] + log[column] + log[total - column] - log[total]
        return cls(row, column, total - row - column, log_constant, log)

    @cached_property
    def mean(self) -> Real:
        mean: Real = self.row * self.column / self._total
        return mean

    @cached_property
    def spread(self) -> Real:
        """The standard deviation."""
        n = self._total
        spread: Real = np.sqrt(self.mean * (n - self.row) / n * (n - self.column) / np.maximum(n - 1.0, 1.0))
        return spread

    @cached_property
    def likeliest(self) -> Whole:
        """The last of them, where two are."""
        return (self.row + 1) * (self.column + 1) // (self.row + self.column + self.neither + 2)

    def range_of(self, seen: Whole, far_away: float) -> tuple[Whole, Whole]:
        """The first and last count that can be, and matter beside the count seen.

        They are as far from the mean as that one, and on until they weigh exp(-far_away**2 / 2) of it.
        """
        reach = np.hypot(far_away * self.spread, seen - self.mean) + MARGIN
        low = np.maximum(np.maximum(0, -self.neither), np.floor(self.mean - reach).astype(np.int64))
        high = np.minimum(np.minimum(self.row, self.column), np.ceil(self.mean + reach).astype(np.int64))
        return low, high

    def log_probability(self, count: Whole) -> Real:
        """Of one count in each table."""
        log = self.log_factorial.take(count)
        log += self.log_factorial.take(self.row - count)
        log += self.log_factorial.take(self.column - count)
        log += self.log_factorial.take(self.neither + count)
        log_probability: Real = np.subtract(self.log_constant, log, out=log)
        return log_probability

    def probability(self, low: Whole, high: Whole) -> Real:
        """For each table, the probability of the counts from `low` to `high` together; 0 where there are none."""
        p = np.zeros(low.shape, dtype=np.float64)
        any_there = np.flatnonzero(low <= high)
        for some, counts in self._some(any_there).counts(low[any_there], high[any_there]):
            p[any_there[some]] = counts.sums(np.exp(counts.log_probability))
        return p

    def counts(self, low: Whole, high: Whole) -> Iterator[tuple[slice, "Counts"]]:
        """The counts from `low` to `high`, at least one for each table: in steps, and which tables they are of."""
        all_lengths = high - low + 1
        begins = np.flatnonzero(np.diff(np.cumsum(all_lengths) // AT_ONCE, prepend=-1)).tolist()
        for some in map(slice, begins, [*begins[1:], low.size]):
            lengths = all_lengths[some]
            starts = np.cumsum(lengths) - lengths
            count = np.repeat(low[some] - starts, lengths)
            count += np.arange(count.size)
            yield some, Counts(lengths, starts, count, self._some(some)._repeated(lengths).log_probability(count))

    @property
    def _total(self) -> Real:
        total: Real = np.maximum(self.row + self.column + self.neither, 1).astype(np.float64)
        return total

    def _some(self, which: Whole | slice) -> Self:
        return replace(self, **{name: getattr(self, name)[which] for name in OF_EACH_TABLE})

    def _repeated(self, lengths: Whole) -> Self:
        return replace(self, **{name: np.repeat(getattr(self, name), lengths) for name in OF_EACH_TABLE})


@dataclass(frozen=True)
class Counts:
    """Counts that many tables could have had, one after the other."""

    lengths: Whole
    """How many counts of each table."""
    starts: Whole
    """Where each table begins."""
    count: Whole
    log_probability: Real

    def for_each(self, of_tables: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """What holds for a table, for each of its counts."""
        return np.repeat(of_tables, self.lengths)

    def sums(self, of_counts: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The sum over the counts of each table."""
        sums: npt.NDArray[Any] = np.add.reduceat(of_counts, self.starts)
        return sums

    def weights(self, log_odds: Real) -> Real:
        """What each count weighs with these odds; the likeliest of a table weighs 1."""
        log_weight = self.log_probability + self.count * self.for_each(log_odds)
        log_weight -= self.for_each(np.maximum.reduceat(log_weight, self.starts))
        weights: Real = np.exp(log_weight, out=log_weight)
        return weights


@lru_cache(maxsize=1)
def _log_factorials(most: int) -> Real:
    """From 0 to this number; kept, because several tests of the same reviews follow each other."""
    logarithms: Real = gammaln(np.arange(most + 1, dtype=np.float64) + 1.0)
    return logarithms
