"""How far two raters who did not see each other's answers agree, as numbers. Nothing here touches the database.

A pair is the two answers to one factor of one review, each 0 to 3. Factors that either rater left out or answered with
*not enough information* make no pair. Each number is None where it is not defined, and is then shown as such.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.systemic_factors.models import Answer

Pair = tuple[int, int]
PRESENT_FROM = 2
"""A factor counts as present from this rating on, as everywhere in the patterns."""
FEW_PAIRS = 10
"""Below this many pairs the numbers say little, and the page says so."""

_ON_THE_SCALE = {
    Answer.NOT_EVIDENT: 0,
    Answer.BACKGROUND: 1,
    Answer.INFLUENCED: 2,
    Answer.STRONG: 3,
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """The numbers of one factor, or of all factors together."""

    pairs: int
    same: float | None
    """Share of pairs with the same answer, 0 to 1."""
    kappa: float | None
    positive: float | None


def pair(one: Answer | None, other: Answer | None) -> Pair | None:
    """The pair that two answers make, or None where one of them is not on the scale."""
    if one not in _ON_THE_SCALE or other not in _ON_THE_SCALE:
        return None
    return _ON_THE_SCALE[one], _ON_THE_SCALE[other]


def agreement(pairs: Iterable[Pair]) -> Agreement:
    """All numbers of these pairs."""
    held = list(pairs)
    return Agreement(len(held), share_of_same(held), weighted_kappa(held), positive_agreement(held))


def share_of_same(pairs: Sequence[Pair]) -> float | None:
    """Share of pairs with the same answer; None without pairs."""
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else None


def weighted_kappa(pairs: Sequence[Pair]) -> float | None:
    """Cohen's kappa with linear weights: 1 - observed / expected disagreement (Cohen 1968), at most 1.

    Disagreement of a pair is its distance on the scale. Expected is the mean distance if each rater's answers were
    dealt out at random. None where no disagreement could be expected: both raters always gave one and the same answer.
    """
    number = len(pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    # Whole numbers until the last division, so that "nothing varies" is exactly zero.
    expected = sum(n * m * abs(a - b) for a, n in ones.items() for b, m in others.items())
    observed = sum(abs(one - other) for one, other in pairs)
    return 1 - number * observed / expected if expected else None


def positive_agreement(pairs: Sequence[Pair]) -> float | None:
    """How often the other rater also finds a factor present: 2 both / (2 both + only one), Cicchetti and Feinstein
    1990. Present is a rating of 2 or 3. None where neither rater ever found it present."""
    both = sum(one >= PRESENT_FROM and other >= PRESENT_FROM for one, other in pairs)
    only_one = sum((one >= PRESENT_FROM) != (other >= PRESENT_FROM) for one, other in pairs)
    return 2 * both / (2 * both + only_one) if both or only_one else None
