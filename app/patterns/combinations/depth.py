"""How often factors would appear together if only the depth of reviews and the frequency of factors mattered.

The tables are those of `connections/depth.py`, in which every review keeps its number of factors and every factor its
number of reviews. From them come the reviews with all factors of a combination, and with each part of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc

from app.patterns.connections.depth import tables_given_depth
from app.patterns.counting.chance import FALSE_DISCOVERY_RATE, chance_of_at_least
from app.patterns.counting.columns import Counts, Flags, Planes, planes_of

MIDDLE = (0.025, 0.975)
AT_ONCE = 2**20
"""Words of bits made in one step: eight megabytes."""
Columns = tuple[int, ...]


@dataclass(frozen=True)
class Drawn:
    """One set of factors in the tables drawn, over the reviews in which all of them were answered."""

    base: int
    holding: npt.NDArray[np.float64]
    """For each part, written as bits, the mean number of reviews with all of it; part 0 is no factor."""
    low: float
    high: float
    """The middle 95 % of the number of reviews with all factors."""
    variance: float
    """Of that number, two of its standard errors larger than the tables give, as they are few."""

    @property
    def times_expected(self) -> float:
        """How many times as often all appear together as their frequencies alone would give."""
        size = len(self.holding).bit_length() - 1
        usual = self.base * float(np.prod(self.holding[[1 << at for at in range(size)]] / max(self.base, 1)))
        return float(self.holding[-1]) / usual if usual else 1.0

    def times_expected_of(self, part: int) -> float:
        """The same, with one part of the factors (as bits) taken as one thing, and the rest as another."""
        usual = float(self.holding[part] * self.holding[(len(self.holding) - 1) ^ part])
        return self.base * float(self.holding[-1]) / usual if usual else 1.0


@dataclass(frozen=True, slots=True)
class GivenDepth:
    """What would be expected of a combination if only the depth of reviews and the frequency of factors mattered."""

    expected: float
    low: float
    high: float
    """The middle 95 % of the tables drawn."""
    adjusted_p: float
    """Of at least as many together, given depth; adjusted as that of the combination is."""
    parts_expected: float
    """If only two of its parts were unrelated given depth: of all ways to part it, the one that explains most."""
    parts_p: float

    @property
    def is_exceeded(self) -> bool:
        """Depth does not explain the combination, and depth with any two parts of it does not either."""
        return self.adjusted_p <= FALSE_DISCOVERY_RATE and self.parts_p <= FALSE_DISCOVERY_RATE


def drawn_for(answered: Flags, present: Flags, sets: Sequence[Columns]) -> list[Drawn]:
    """What the tables drawn hold of each of these sets of columns, in the order given."""
    asked = planes_of(answered)
    found: dict[Columns, Drawn] = {}
    groups = [_Group(asked, some) for some in _alike(sets, len(answered))]
    if groups:
        for table in tables_given_depth(answered, present):
            for group in groups:
                group.count(table)
    for group in groups:
        found.update(group.drawn())
    return [found[columns] for columns in sets]


def _alike(sets: Sequence[Columns], reviews: int) -> Iterator[list[Columns]]:
    """Sets of as many columns together, no more at once than fit into memory easily."""
    for size in sorted({len(columns) for columns in sets}):
        some = [columns for columns in sets if len(columns) == size]
        step = max(AT_ONCE * 64 // (max(reviews, 1) << size), 1)
        yield from (some[at : at + step] for at in range(0, len(some), step))


class _Group:
    """Sets of as many columns, counted together in one table after the other."""

    def __init__(self, asked: Planes, sets: list[Columns]) -> None:
        self.sets, self.columns = sets, np.array(sets)
        self.base = np.bitwise_and.reduce(asked[self.columns], axis=1)
        self.total = np.zeros((len(sets), 1 << self.columns.shape[1]), dtype=np.int64)
        self.together: list[Counts] = []

    def count(self, table: Planes) -> None:
        parts = self.base[:, np.newaxis]
        for column in self.columns.T:
            parts = np.concatenate((parts, parts & table[column][:, np.newaxis]), axis=1)
        holding = np.bitwise_count(parts).sum(axis=2, dtype=np.int64)
        self.total += holding
        self.together.append(holding[:, -1])

    def drawn(self) -> Iterator[tuple[Columns, Drawn]]:
        together, tables = np.array(self.together), len(self.together)
        ends = np.quantile(together, MIDDLE, axis=0).T.tolist()
        variance = together.var(axis=0, ddof=1) * (1 + 2 * sqrt(2 / (tables - 1)))
        for columns, holding, (low, high), spread in zip(
            self.sets, self.total / tables, ends, variance.tolist(), strict=True
        ):
            yield columns, Drawn(round(float(holding[0])), holding, low, high, spread)


def chance_given_depth(together: int, expected: float, drawn: Drawn) -> float:
    """Of so many or more together, where `expected` is the count without depth; not adjusted."""
    scale = _scale(expected, drawn)
    return tail_of(together, expected * drawn.times_expected, drawn.variance * scale * scale)


def _scale(expected: float, drawn: Drawn) -> float:
    """What the tables' numbers are taken times: 1 where every review answered every factor (as for pairs)."""
    there = float(drawn.holding[-1])
    return expected * drawn.times_expected / there if there else 1.0


def given_depth(together: int, expected: float, holding: Counts, drawn: Drawn, *, adjusted_p: float) -> GivenDepth:
    """Judges one combination: `expected` is its count without depth, `holding` the reviews with each part, as bits.

    Two parts are judged as a pair is: their expected number times what depth gives to them, and Fisher's noncentral
    hypergeometric distribution with that mean.
    """
    everything, base = len(holding) - 1, int(holding[0])

    def of_parts(part: int) -> float:
        return int(holding[part]) * int(holding[everything ^ part]) / base * drawn.times_expected_of(part)

    # The first factor is always in the first part, or every split would be met twice.
    part = max(range(1, everything, 2), key=of_parts)
    table = [np.array([number]) for number in (together, holding[part], holding[everything ^ part], base)]
    scale = _scale(expected, drawn)
    return GivenDepth(
        expected=expected * drawn.times_expected,
        low=drawn.low * scale,
        high=drawn.high * scale,
        adjusted_p=adjusted_p,
        parts_expected=of_parts(part),
        parts_p=float(chance_of_at_least(table[0], table[1], table[2], table[3], np.array([of_parts(part)]))[0]),
    )


def tail_of(together: int, mean: float, variance: float) -> float:
    """The chance of so many or more: a Poisson distribution moved to this mean, with this variance (Röllin 2005).

    The count is a sum over reviews of whether each holds all the factors, which such a distribution is near to; what
    differs lies in a longer tail, so that this errs toward calling a combination explained.
    """
    beyond = together - (mean - variance)
    return float(gammainc(beyond, variance)) if beyond > 0 and variance > 0 else float(together <= mean)
