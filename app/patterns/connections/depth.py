"""How often two factors would share a review if only the depth of reviews and the frequency of factors mattered.

A long review carries more factors than a short one, so factors that have nothing to do with each other still share
the long reviews. Here every review keeps its number of factors and every factor its number of reviews; only which
review holds which factor is drawn anew, many times.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import numpy.typing as npt

from app.patterns.counting.columns import Flags, Planes, bits_shared_within, planes_of

SEED = 20
WARM_UP = 20
"""Rounds of trades before the first table counts; after ten, nothing of the table seen was left in simulation."""
BETWEEN = 2
"""Rounds from one counted table to the next."""
MOST_TABLES, FEWEST_TABLES = 200, 20
CELLS = 4_000_000
"""Rows drawn in all, which bounds the time. Twenty tables still give the mean to a fifth of its standard deviation."""

COUNTED_AT_ONCE = 10
"""Tables counted in one step: few enough that a million reviews stay within 60 MB."""


def expected_given_depth(answered: Flags, present: Flags) -> npt.NDArray[np.float64]:
    """The mean number of reviews with both factors, factor by factor; on the diagonal, the reviews with the factor.

    Takes two tables of review by factor, and moves a factor only between reviews that answered it. The tables are
    drawn by global trades (Carstens, Berger and Strona 2018; each trade as in Strona et al. 2014): all reviews are
    paired at random, and the factors that only one of two has are dealt out anew between them, each keeping its number.
    The seed is fixed: the same reviews always give the same answer.
    """
    reviews, factors = present.shape
    total = np.zeros((factors, factors), dtype=np.int64)
    # With fewer than two reviews or factors there is nothing to trade.
    if reviews < 2 or factors < 2:
        return bits_shared_within(planes_of(present)).astype(np.float64)
    drawn = tables_given_depth(answered, present)
    while some := list(islice(drawn, COUNTED_AT_ONCE)):
        # One long table has the counts of all; matrix products would wait for their threads on a busy machine.
        total += bits_shared_within(np.hstack(some))
    return total / number_of_tables(reviews)


def number_of_tables(reviews: int) -> int:
    """How many tables are drawn for so many reviews: 200, and fewer above 10,000, down to 20."""
    return int(np.clip(CELLS // (reviews * BETWEEN), FEWEST_TABLES, MOST_TABLES))


def tables_given_depth(answered: Flags, present: Flags) -> Iterator[Planes]:
    """The tables drawn at random, each as bits: the same ones for the same reviews."""
    draw = np.random.default_rng(SEED)
    drawn = present.copy()
    for _ in range(WARM_UP):
        _trade(drawn, answered, draw)
    for _ in range(number_of_tables(len(present))):
        for _ in range(BETWEEN):
            _trade(drawn, answered, draw)
        yield planes_of(drawn)


def _trade(drawn: Flags, answered: Flags, draw: np.random.Generator) -> None:
    """Every review deals with one other, in place."""
    order = draw.permutation(len(drawn))
    half = len(drawn) // 2
    one, other = order[:half], order[half : 2 * half]
    mine, theirs = drawn[one], drawn[other]
    dealt = (mine ^ theirs) & answered[one] & answered[other]
    keeps = (mine & dealt).sum(axis=1)
    lots = np.where(dealt, draw.random(dealt.shape), 2.0)
    # The lot of the last factor that `one` gets; below 0 where it gets none.
    last = np.take_along_axis(np.sort(lots, axis=1), np.maximum(keeps - 1, 0)[:, np.newaxis], axis=1)
    gets = dealt & (lots <= np.where(keeps[:, np.newaxis] > 0, last, -1.0))
    drawn[one] = (mine & ~dealt) | gets
    drawn[other] = (theirs & ~dealt) | (dealt & ~gets)
