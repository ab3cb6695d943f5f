"""Which reviews are the most like one review, in numbers alone: what they share says `shared_factors`."""

import numpy as np

from app.patterns.counting.columns import Flags, Places
from app.patterns.counting.rarity import Rarity, Weights

FEWEST_SHARED = 3
"""Reviews that share fewer factors are not called similar: any two reviews share one or two."""
ROUNDING = 1e-9
"""Sums of the same weights in another order differ by less, and any weight is more."""


def most_alike(rarity: Rarity, row: int, *, at_most: int) -> Places:
    """Where the reviews stand that are the most like the one in this row, the most alike first.

    Besides as many as were asked for, they are any that rounding could take for one of them.
    """
    own = rarity.sets[:, row]
    (lines,) = own.nonzero()
    both = rarity.sets[lines] & own[lines, np.newaxis]
    # One byte holds what fewer than 32 lines add up to, and takes half of the time that two take.
    shared = np.bitwise_count(both).sum(axis=0, dtype=np.min_scalar_type(8 * len(lines)))
    is_alike: Flags = shared >= FEWEST_SHARED
    is_alike[row] = False
    (found,) = is_alike.nonzero()
    scores = rarity.weighed(both, lines, found)
    # Where nothing that either has weighs anything, neither does what is shared.
    scores /= np.maximum(_of_both(rarity, row, found) - scores, ROUNDING)
    if len(found) > at_most:
        (best,) = (scores >= np.partition(scores, -at_most)[-at_most] - ROUNDING).nonzero()
        found, scores = found.take(best), scores.take(best)
    return found.take(np.argsort(-scores, kind="stable"))


def _of_both(rarity: Rarity, row: int, found: Places) -> Weights:
    """The weight of what this review has and what the other has, added up, but for what only one of them answered."""
    total = rarity.of_reviews.take(found)
    total += rarity.of_reviews[row]
    if len(rarity.lines_in_part):
        there, answered = rarity.sets[rarity.lines_in_part], rarity.answered_sets[rarity.lines_in_part]
        here, asked = there[:, row, np.newaxis], answered[:, row, np.newaxis]
        total -= rarity.weighed((there & ~asked) | (here & ~answered), rarity.lines_in_part, found)
    return total
