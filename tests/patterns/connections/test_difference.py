"""Differences between two sets of reviews, against published examples, scipy and small steps."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.patterns.connections.difference import difference_of, newcombe_interval, phi_variance
from app.patterns.connections.pairs import Pair
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Factor, Layer, ReviewRecord
from tests.patterns.tables import FACTORS, QUICKLY, Table, factors_named, random_tables, reviews_by_hand, reviews_with

A, B = Factor("a", "A", "Team"), Factor("b", "B", "Team")


def two_sides(rows: list[list[int]], others: list[list[int]]) -> tuple[Incidence, Incidence]:
    """Two sets of reviews with codes of their own."""
    factors = factors_named(len(rows[0]))
    moved = [ReviewRecord("s" + one.code, one.attributes, one.answers) for one in reviews_with(others)]
    return Incidence.of(reviews_with(rows), factors), Incidence.of(moved, factors)


def halves(table: Table) -> tuple[Incidence, Incidence]:
    reviews, factors = table
    return Incidence.of(reviews[::2], factors), Incidence.of(reviews[1::2], factors)


class TestNewcombe:
    @pytest.mark.parametrize(
        ("table", "low", "high"),
        [
            # Newcombe (1998), table II, method 10.
            ((56, 70, 48, 80), 0.0524, 0.3339),
            ((9, 10, 3, 10), 0.1705, 0.8090),
            ((6, 7, 2, 7), 0.0582, 0.8062),
            ((5, 56, 0, 29), -0.0381, 0.1926),
            ((0, 10, 0, 20), -0.1611, 0.2775),
            ((0, 10, 0, 10), -0.2775, 0.2775),
            ((10, 10, 0, 20), 0.6791, 1.0),
            ((10, 10, 0, 10), 0.6075, 1.0),
        ],
    )
    def test_gives_the_published_intervals(self, table: tuple[int, int, int, int], low: float, high: float) -> None:
        assert newcombe_interval(*table) == pytest.approx((low, high), abs=6e-5)

    def test_needs_a_base_on_both_sides(self) -> None:
        assert newcombe_interval(0, 0, 3, 9) is None

    @QUICKLY
    @given(st.integers(1, 60), st.integers(1, 60), st.data())
    def test_is_turned_round_when_the_sides_are(self, n: int, m: int, data: st.DataObject) -> None:
        x, y = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
        low, high = newcombe_interval(x, n, y, m)
        assert low <= x / n - y / m <= high
        assert newcombe_interval(y, m, x, n) == pytest.approx((-high, -low))


class TestPhi:
    PAIR = Pair(A, B, base=377, first_present=127, second_present=86, together=57)

    def test_its_variance_is_the_delta_method(self) -> None:
        # The gradient by small steps and the multinomial covariance, instead of the formula.
        cells = np.array([57, 70, 29, 221]) / 377

        def phi(p: np.ndarray) -> float:
            a, b = p[0] + p[1], p[0] + p[2]
            return (p[0] - a * b) / sqrt(a * (1 - a) * b * (1 - b))

        step = 1e-6
        gradient = np.array([(phi(cells + step * one) - phi(cells - step * one)) / (2 * step) for one in np.eye(4)])
        covariance = (np.diag(cells) - np.outer(cells, cells)) / 377
        assert phi_variance(self.PAIR) == pytest.approx(gradient @ covariance @ gradient, rel=1e-5)

    def test_the_interval_holds_the_truth_about_95_times_in_100(self) -> None:
        rng = np.random.default_rng(11)
        held = 0
        for _ in range(600):
            tables = [rng.multinomial(200, cells) for cells in ([0.15, 0.15, 0.2, 0.5], [0.2, 0.15, 0.2, 0.45])]
            one, other = (Pair(A, B, 200, int(t[0] + t[1]), int(t[0] + t[2]), int(t[0])) for t in tables)
            truth = 0.045 / sqrt(0.3 * 0.7 * 0.35 * 0.65) - 0.06 / sqrt(0.35 * 0.65 * 0.4 * 0.6)
            reach = 1.96 * sqrt(phi_variance(one) + phi_variance(other))
            held += abs(one.phi - other.phi - truth) <= reach
        assert 0.92 <= held / 600 <= 0.975

    def test_is_not_defined_where_a_factor_never_varies(self) -> None:
        assert phi_variance(Pair(A, B, 20, 0, 5, 0)) is None


class TestDifference:
    def test_counted_by_hand_between_two_divisions(self) -> None:
        reviews = reviews_by_hand()
        north, south = (
            Incidence.of([r for r in reviews if r.attributes[Dimension.DIVISION] == name], FACTORS)
            for name in ("North", "South")
        )
        found = difference_of(north, south, Layer.HINDERED)
        teamwork, pressure, _records = found.shares
        # Teamwork in 3 of 6 in the north and in 1 of 5 in the south; pressure rated in only 4 of the south.
        assert teamwork.difference == pytest.approx(3 / 6 - 1 / 5)
        assert teamwork.interval == newcombe_interval(3, 6, 1, 5)
        assert (pressure.difference, pressure.interval, pressure.adjusted_p) == (None, None, None)
        assert found.on_both_sides == 0

    def test_is_tested_by_fisher_s_test_adjusted_over_the_factors(self) -> None:
        rng = np.random.default_rng(3)
        first, second = (rng.random((60, 4)) < rate for rate in ([0.2, 0.5, 0.4, 0.7], [0.6, 0.5, 0.3, 0.7]))
        found = difference_of(*two_sides(first.astype(int).tolist(), second.astype(int).tolist()), Layer.HINDERED)
        p = [
            stats.fisher_exact([[a := int(x.sum()), 60 - a], [b := int(y.sum()), 60 - b]]).pvalue
            for x, y in zip(first.T, second.T, strict=True)
        ]
        by_factor = sorted(found.shares, key=lambda one: one.factor.code)
        assert [one.adjusted_p for one in by_factor] == pytest.approx(stats.false_discovery_control(p))
        assert [one.is_unlikely_chance for one in by_factor] == [True, False, False, False]
        sizes = [abs(one.difference) for one in found.shares]
        assert sizes == sorted(sizes, reverse=True)

    def test_of_factors_by_which_the_reviews_were_chosen_is_left_out(self) -> None:
        first, second = two_sides([[1, 1, 0], [1, 0, 1]] * 20, [[0, 1, 0], [0, 0, 1]] * 20)
        chosen = first.factors[0].code
        everything, found = (
            difference_of(first, second, Layer.HINDERED),
            difference_of(first, second, Layer.HINDERED, [chosen]),
        )
        assert chosen in {one.factor.code for one in everything.shares}
        assert {one.factor.code for one in found.shares} == {one.code for one in first.factors[1:]}
        assert chosen not in {code for one in found.pairs for code in (one.first.first.code, one.first.second.code)}

    def test_of_pairs_is_tested_by_the_normal_distribution_adjusted_over_the_pairs(self) -> None:
        linked, apart = [[1, 1]] * 40 + [[0, 0]] * 60, [[1, 1], [1, 0], [0, 1], [0, 0]] * 25
        (found,) = difference_of(*two_sides(linked, apart), Layer.HINDERED).pairs
        assert found.difference == pytest.approx(1.0)
        reach = 1.959964 * sqrt(phi_variance(found.first) + phi_variance(found.second))
        assert found.interval == pytest.approx((1 - reach, 1 + reach))
        z = found.difference / sqrt(phi_variance(found.first) + phi_variance(found.second))
        assert found.adjusted_p == pytest.approx(2 * stats.norm.sf(z))

    def test_of_pairs_not_tested_comes_last_and_the_most_frequent_first(self) -> None:
        # The last two of five factors are rare: one review with both gives the largest phi of all.
        rows = [[1, 1, 1, 0, 0]] * 20 + [[1, 0, 0, 0, 0]] * 10 + [[0, 1, 0, 0, 0]] * 10 + [[0, 0, 1, 0, 0]] * 10
        rare = [[1, 0, 0, 1, 0]] * 3 + [[0, 0, 0, 0, 1]]
        found = difference_of(*two_sides([*rows, *rare, [0, 0, 0, 1, 1]], [*rows, *rare, *rare]), Layer.HINDERED).pairs
        tested = [one for one in found if one.interval]
        assert len(tested) == 3
        assert found[:3] == tuple(tested)
        counts = [one.first.together + one.second.together for one in found[3:]]
        assert counts == sorted(counts, reverse=True)
        assert (max(counts), abs(found[3].difference) < max(abs(one.difference) for one in found)) == (9, True)

    def test_is_not_tested_while_reviews_stand_on_both_sides(self) -> None:
        everything = Incidence.of(reviews_by_hand(), FACTORS)
        found = difference_of(everything, everything.rows(np.isin(everything.codes, ["n1", "s1"])), Layer.HINDERED)
        assert found.on_both_sides == 2
        assert all(one.interval is None and one.adjusted_p is None for one in (*found.shares, *found.pairs))

    @QUICKLY
    @given(random_tables())
    def test_of_any_table_is_finite_or_none_and_turns_round(self, table: Table) -> None:
        first, second = halves(table)
        for layer in Layer:
            one, other = difference_of(first, second, layer), difference_of(second, first, layer)
            for a, b in zip(one.shares, other.shares, strict=True):
                assert (a.difference is None) == (b.difference is None)
                assert a.difference is None or a.difference == pytest.approx(-b.difference)
                assert a.interval is None or a.interval.low <= a.difference <= a.interval.high
            assert len(one.pairs) == len(other.pairs)
            assert all(np.isfinite(pair.difference) for pair in one.pairs)
