"""A pair's numbers are those of its two by two table, and always defined or None."""

from math import exp, isfinite, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from app.patterns.connections.pairs import Pair, pairs_of, rows_needed, strongest_first, too_few_to_tell
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor, Layer
from tests.patterns.tables import FACTORS, QUICKLY, Table, factors_named, random_tables, reviews_by_hand, reviews_with

A, B = Factor("a", "A", "Team"), Factor("b", "B", "Team")


def of_hand(first: str, second: str, layer: Layer = Layer.HINDERED) -> Pair:
    pairs = pairs_of(Incidence.of(reviews_by_hand(), FACTORS), layer)
    return next(pair for pair in pairs if (pair.first.code, pair.second.code) == (first, second))


def the_pair(rows: list[list[int]]) -> Pair:
    return pairs_of(Incidence.of(reviews_with(rows), factors_named(2)), Layer.HINDERED)[0]


class TestCountedByHand:
    def test_teamwork_with_pressure(self) -> None:
        # Both answered in n1-n6, s1, s2, s4, s5; teamwork in n1 n2 n3 s4, pressure in n1 n2 n4 s4.
        pair = of_hand("teamwork", "pressure")
        assert (pair.base, pair.first_present, pair.second_present, pair.together) == (10, 4, 4, 3)
        assert pair.expected == pytest.approx(1.6)
        assert pair.lift == pytest.approx(3 / 1.6)
        assert pair.phi == pytest.approx(14 / 24)
        assert pair.jaccard == pytest.approx(3 / 5)
        assert pair.p == pytest.approx(40 / 210)
        assert pair.lift_interval is None

    def test_teamwork_with_documentation(self) -> None:
        pair = of_hand("teamwork", "records")
        assert (pair.base, pair.first_present, pair.second_present, pair.together) == (8, 3, 5, 1)

    def test_pressure_with_documentation(self) -> None:
        pair = of_hand("pressure", "records")
        assert (pair.base, pair.first_present, pair.second_present, pair.together) == (7, 4, 5, 2)
        assert pair.expected == pytest.approx(20 / 7)

    def test_helping_is_its_own_pair(self) -> None:
        pair = of_hand("teamwork", "pressure", Layer.HELPED)
        assert (pair.base, pair.first_present, pair.second_present, pair.together) == (10, 2, 1, 0)


class TestLift:
    PAIR = Pair(A, B, base=377, first_present=127, second_present=86, together=57)

    def test_the_prototype_s_strongest_link(self) -> None:
        assert self.PAIR.lift == pytest.approx(1.97, abs=0.005)
        assert self.PAIR.expected == pytest.approx(29.0, abs=0.05)

    def test_the_interval_is_the_delta_method_on_the_logarithm(self) -> None:
        # The gradient by small steps and the multinomial covariance, instead of the formula.
        cells = np.array([57, 70, 29, 221]) / 377

        def log_lift(p: np.ndarray) -> float:
            return log(p[0]) - log(p[0] + p[1]) - log(p[0] + p[2]) + log(p.sum())

        step = 1e-6
        gradient = np.array(
            [(log_lift(cells + step * one) - log_lift(cells - step * one)) / (2 * step) for one in np.eye(4)]
        )
        covariance = (np.diag(cells) - np.outer(cells, cells)) / 377
        reach = 1.959964 * sqrt(gradient @ covariance @ gradient)
        lift = 57 * 377 / (127 * 86)
        assert self.PAIR.lift_interval == pytest.approx((lift * exp(-reach), lift * exp(reach)), rel=1e-5)

    def test_the_interval_holds_the_truth_about_95_times_in_100(self) -> None:
        rng = np.random.default_rng(7)
        truth = 0.15 / (0.3 * 0.35)
        tables = rng.multinomial(400, [0.15, 0.15, 0.20, 0.50], size=2000)
        intervals = [
            Pair(A, B, 400, int(t[0] + t[1]), int(t[0] + t[2]), int(t[0])).lift_interval or (2, 2) for t in tables
        ]
        held = sum(low <= truth <= high for low, high in intervals)
        assert 0.935 <= held / 2000 <= 0.965

    def test_none_is_given_where_fewer_than_five_are_expected_without_one_of_them(self) -> None:
        assert Pair(A, B, base=100, first_present=10, second_present=51, together=9).lift_interval is None
        assert Pair(A, B, base=100, first_present=96, second_present=50, together=48).lift_interval is None

    def test_none_is_given_where_fewer_than_five_are_expected(self) -> None:
        assert Pair(A, B, base=100, first_present=10, second_present=49, together=9).lift_interval is None
        assert Pair(A, B, base=100, first_present=10, second_present=50, together=9).lift_interval is not None


class TestTheTest:
    def test_adjusted_over_the_pairs_tested_only(self) -> None:
        rng = np.random.default_rng(3)
        # The last factor is rare: its pairs expect less than one review and are not tested.
        rows = np.column_stack([rng.random((60, 4)) < 0.4, np.arange(60) == 0]).astype(int).tolist()
        pairs = pairs_of(Incidence.of(reviews_with(rows), factors_named(5)), Layer.HINDERED)
        tested = [pair for pair in pairs if pair.is_tested]
        assert {pair.second.code for pair in pairs if not pair.is_tested} == {"f4"}
        assert len(tested) == 6
        theirs = stats.false_discovery_control([pair.p for pair in tested])
        assert [pair.adjusted_p for pair in tested] == pytest.approx(theirs)

    def test_factors_that_avoid_each_other_are_no_link(self) -> None:
        pair = the_pair([[1, 0]] * 20 + [[0, 1]] * 20)
        assert pair.is_unlikely_chance
        assert not pair.is_link

    def test_factors_that_come_together_are_a_link(self) -> None:
        assert the_pair([[1, 1]] * 20 + [[0, 0]] * 20).is_link

    def test_frequencies_more_than_fivefold_apart_are_flagged(self) -> None:
        assert not Pair(A, B, 100, first_present=50, second_present=10, together=5).is_uneven
        assert Pair(A, B, 100, first_present=51, second_present=10, together=5).is_uneven
        assert Pair(A, B, 100, first_present=0, second_present=1, together=0).is_uneven
        assert not Pair(A, B, 100, first_present=0, second_present=0, together=0).is_uneven


class TestTooFew:
    @pytest.mark.parametrize("tested", [1, 10, 120, 990])
    def test_is_where_even_a_perfect_pair_would_not_pass(self, tested: int) -> None:
        needed = rows_needed(tested)

        def perfect(rows: int) -> float:
            half = rows // 2
            return float(stats.fisher_exact([[half, 0], [0, rows - half]]).pvalue)

        assert perfect(needed) * tested <= 0.05
        assert min(perfect(rows) for rows in range(2, needed)) * tested > 0.05

    def test_is_not_said_where_several_stand_out_together(self) -> None:
        a, b = factors_named(2)
        weak, firm = (Pair(a, b, 14, 7, 7, 7, p=p, adjusted_p=p) for p in (0.5, 0.001))
        assert too_few_to_tell([weak] * 120, 14)
        assert not too_few_to_tell([weak] * 119 + [firm], 14)
        assert not too_few_to_tell([weak] * 120, 15)
        assert too_few_to_tell([], 1000)


class TestTheEdges:
    def test_no_review(self) -> None:
        pair = the_pair([])
        assert (pair.base, pair.together) == (0, 0)
        assert pair.expected is pair.lift is pair.phi is pair.jaccard is pair.p is pair.adjusted_p is None

    def test_one_review_with_both(self) -> None:
        pair = the_pair([[1, 1]])
        assert (pair.expected, pair.lift, pair.jaccard, pair.p, pair.adjusted_p) == (1.0, 1.0, 1.0, 1.0, 1.0)
        assert pair.phi is None

    def test_never_present(self) -> None:
        pair = the_pair([[0, 0]] * 30)
        assert (pair.expected, pair.lift, pair.phi, pair.jaccard, pair.p) == (0.0, None, None, None, 1.0)
        assert not pair.is_tested

    def test_always_present(self) -> None:
        pair = the_pair([[1, 1]] * 30)
        assert pair.lift == 1.0
        assert (pair.lift_interval, pair.phi) == (None, None)
        assert not pair.is_link

    @pytest.mark.parametrize("number", [0, 1])
    def test_fewer_than_two_factors_have_no_pairs(self, number: int) -> None:
        rows = [[1] * number] * 5
        assert pairs_of(Incidence.of(reviews_with(rows), factors_named(number)), Layer.HINDERED) == ()

    @QUICKLY
    @given(random_tables())
    def test_every_number_is_finite_or_none(self, table: Table) -> None:
        incidence = Incidence.of(*table)
        for layer in Layer:
            for pair in pairs_of(incidence, layer):
                numbers = [pair.expected, pair.lift, pair.phi, pair.jaccard, pair.p, pair.adjusted_p]
                assert all(isfinite(number) for number in numbers if number is not None)
                assert pair.together <= min(pair.first_present, pair.second_present)
                assert max(pair.first_present, pair.second_present) <= pair.base
                assert pair.phi is None or -1.0000001 <= pair.phi <= 1.0000001
                if pair.lift_interval is not None:
                    assert pair.lift_interval.low <= pair.lift <= pair.lift_interval.high  # type: ignore[operator]

    @QUICKLY
    @given(random_tables())
    def test_the_list_is_ordered_by_phi_and_keeps_every_pair(self, table: Table) -> None:
        pairs = pairs_of(Incidence.of(*table), Layer.HINDERED)
        listed = strongest_first(pairs)
        assert sorted(map(id, listed)) == sorted(map(id, pairs))
        defined = [pair.phi for pair in listed if pair.phi is not None]
        assert defined == sorted(defined, reverse=True)
        assert all(pair.phi is None for pair in listed[len(defined) :])
