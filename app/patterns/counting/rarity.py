"""How rare each factor is, and how much of what is rare each review has."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from app.patterns.counting.columns import Counts, Places, Planes, Sets, bits_in, sets_of

Weights: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rarity:
    """The weight of each factor, and what each review has of it, in sets as those of `sets_of`."""

    present: Counts
    answered: Counts
    weights: Weights
    """Minus the logarithm, to base 2, of its share of the reviews that answered it; 0 where it is never present."""
    sets: Sets
    """For each review, what is present."""
    answered_sets: Sets
    """For each review, what was asked and answered."""
    lines_in_part: Places
    """The lines of sets with a factor that was not answered everywhere."""
    of_sets: Weights
    """Of eight factors a review has one of 256 sets: the weight of each, a line for each line of sets."""

    @cached_property
    def of_reviews(self) -> Weights:
        """The weight of all that is present in each review."""
        lines, rows = self.sets.shape
        return self.weighed(self.sets, np.arange(lines), np.arange(rows))

    def weighed(self, sets: Sets, lines: Places, places: Places) -> Weights:
        """Where every review has such a set in these lines: the weight of it, for the reviews in these places."""
        total = np.zeros(len(places), dtype=np.float64)
        for weights, line in zip(self.of_sets[lines], sets, strict=True):
            total += weights.take(line.take(places))
        return total


def rarity_of(present: Planes, answered: Planes, rows: int) -> Rarity:
    """Of factors present and answered in these planes."""
    here, asked = bits_in(present), bits_in(answered)
    weights = np.log2(np.divide(asked, here, out=np.ones(len(here)), where=here > 0))
    return Rarity(
        present=here,
        answered=asked,
        weights=weights,
        sets=sets_of(present, rows),
        answered_sets=sets_of(answered, rows),
        lines_in_part=np.unique(np.flatnonzero(asked < rows) // 8),
        of_sets=_of_sets(weights),
    )


def _of_sets(weights: Weights) -> Weights:
    """Of each eight weights, what each of 256 sets of them adds up to: every weight doubles the sets that are told."""
    lines = np.append(weights, np.zeros(-len(weights) % 8)).reshape(-1, 8)
    total = np.zeros((len(lines), 1), dtype=np.float64)
    for weight in lines.T:
        total = np.hstack((total, total + weight[:, np.newaxis]))
    return total
