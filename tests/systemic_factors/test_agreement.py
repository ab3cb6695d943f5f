"""Agreement of two raters, against a table worked by hand and against another way of computing it."""

from fractions import Fraction
from itertools import product
from random import Random

import pytest

from app.systemic_factors.agreement import Pair, agreement, pair, positive_agreement, share_of_same, weighted_kappa
from app.systemic_factors.models import Answer

BY_HAND: list[Pair] = (
    [(0, 0)] * 4 + [(0, 1)] + [(1, 1)] * 2 + [(2, 1)] + [(2, 2)] * 3 + [(3, 2)] + [(3, 3)] * 2 + [(0, 3)]
)
"""15 pairs. First rater: six 0, two 1, four 2, three 3; second: four 0, four 1, four 2, three 3.

Observed distance: 1 + 1 + 1 + 3 = 6. Expected, in fifteenths: 6(0 + 4 + 8 + 9) + 2(4 + 0 + 4 + 6) + 4(8 + 4 + 0 + 3)
+ 3(12 + 8 + 4 + 0) = 126 + 28 + 60 + 72 = 286. Kappa: 1 - 15 x 6 / 286 = 98/143.
"""


def kappa_from_weights(pairs: list[Pair]) -> Fraction | None:
    """The other form of the same number: (observed - expected) / (1 - expected) with agreement weights 1 - d/3."""
    number = len(pairs)
    weight = {(a, b): Fraction(3 - abs(a - b), 3) for a, b in product(range(4), repeat=2)}
    observed = sum(weight[both] for both in pairs) / number
    expected = sum(weight[one[0], other[1]] for one, other in product(pairs, repeat=2)) / number**2
    kappa = (observed - expected) / (1 - expected) if expected != 1 else None
    return None if kappa is None else Fraction(kappa)


class TestKappa:
    def test_is_what_the_hand_table_says(self) -> None:
        assert sorted(one for one, _ in BY_HAND) == [0] * 6 + [1] * 2 + [2] * 4 + [3] * 3
        assert sorted(other for _, other in BY_HAND) == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 3
        assert weighted_kappa(BY_HAND) == pytest.approx(98 / 143)

    @pytest.mark.parametrize("seed", range(50))
    def test_equals_the_other_way_of_computing_it(self, seed: int) -> None:
        chance = Random(seed)
        pairs = [(chance.randrange(4), chance.randrange(4)) for _ in range(chance.randrange(1, 30))]
        expected = kappa_from_weights(pairs)
        assert weighted_kappa(pairs) == (None if expected is None else pytest.approx(float(expected)))

    def test_is_1_in_full_agreement_and_0_when_one_rater_never_varies(self) -> None:
        assert weighted_kappa([(0, 0), (3, 3), (1, 1)]) == 1
        assert weighted_kappa([(0, 2), (1, 2), (3, 2)]) == pytest.approx(0)

    def test_is_not_defined_where_nothing_varies(self) -> None:
        assert weighted_kappa([(2, 2), (2, 2)]) is None
        assert weighted_kappa([]) is None

    def test_counts_a_larger_distance_more(self) -> None:
        near = [(0, 0), (3, 3), (0, 1)]
        far = [(0, 0), (3, 3), (0, 3)]
        assert weighted_kappa(near) > weighted_kappa(far)


class TestTheOtherNumbers:
    def test_are_what_the_hand_table_says(self) -> None:
        # Same: 4 + 2 + 3 + 2 = 11 of 15. Present from 2 on: both in 3 + 1 + 2 = 6, only one in (2, 1) and (0, 3).
        assert share_of_same(BY_HAND) == pytest.approx(11 / 15)
        assert positive_agreement(BY_HAND) == pytest.approx(12 / 14)

    def test_are_not_defined_where_there_is_nothing_to_count(self) -> None:
        assert share_of_same([]) is None
        assert positive_agreement([(0, 0), (1, 1)]) is None

    def test_are_told_together_with_the_number_of_pairs(self) -> None:
        told = agreement(iter(BY_HAND))
        assert (told.pairs, told.same, told.positive) == (15, 11 / 15, 12 / 14)


class TestAPair:
    def test_needs_both_answers_on_the_scale(self) -> None:
        assert pair(Answer.NOT_EVIDENT, Answer.STRONG) == (0, 3)
        for left_out in (None, Answer.NOT_ENOUGH_INFORMATION, Answer.PRESENT):
            assert pair(left_out, Answer.STRONG) is None
            assert pair(Answer.STRONG, left_out) is None
