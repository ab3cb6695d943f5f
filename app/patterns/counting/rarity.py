"""How rare each factor is in one layer, and how much of what is rare each review has."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from app.patterns.counting.columns import Counts, Planes, Sets, bits_in, sets_of

Weights: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rarity:
    """The weight of each factor, and of all that is present in each review."""

    present: Counts
    answered: Counts
    weights: Weights
    """Minus the logarithm, to base 2, of its share of the reviews that answered it; 0 where it is never present."""
    of_reviews: Weights


def rarity_of(present: Planes, answered: Counts, rows: int) -> Rarity:
    """Of factors present in these planes, of which so many reviews answered each."""
    there = bits_in(present)
    weights = np.log2(np.divide(answered, there, out=np.ones(len(there)), where=there > 0))
    return Rarity(there, answered, weights, weighed(sets_of(present, rows), weights))


def weighed(sets: Sets, weights: Weights) -> Weights:
    """For each review, the weight of the planes it is in.

    Of eight planes a review is in one of 256 sets: the weight of each set is worked out once, and looked up for all.
    """
    total = np.zeros(sets.shape[1], dtype=np.float64)
    for at, line in enumerate(sets):
        of_sets = np.zeros(1, dtype=np.float64)
        for weight in weights[at * 8 : at * 8 + 8]:
            of_sets = np.concatenate((of_sets, of_sets + weight))
        total += of_sets.take(line)
    return total
