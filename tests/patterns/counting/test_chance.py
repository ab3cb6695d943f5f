"""Our own short statistics give what scipy and exact whole-number arithmetic give."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.patterns.counting.chance import adjusted, fisher_two_sided, wilson_interval


@st.composite
def two_by_two(draw: st.DrawFn, largest: int = 60) -> tuple[int, int, int, int]:
    """together, first, second, base: any table that can exist, empty and full ones too."""
    cells = [draw(st.integers(0, largest)) for _ in range(4)]
    both, only_first, only_second, _ = cells
    return both, both + only_first, both + only_second, sum(cells)


def exact_two_sided(together: int, first: int, second: int, base: int) -> Fraction:
    """The definition, in whole numbers: all tables at most as likely as the one seen."""
    weights = [
        comb(first, count) * comb(base - first, second - count)
        for count in range(max(0, first + second - base), min(first, second) + 1)
    ]
    seen = comb(first, together) * comb(base - first, second - together)
    return Fraction(sum(weight for weight in weights if weight <= seen), sum(weights))


class TestFisher:
    def test_the_table_counted_by_hand(self) -> None:
        # Of 10 reviews 4 and 4, together in 3: (24 + 1 + 15) of 210 equally likely arrangements.
        assert fisher_two_sided(3, 4, 4, 10) == pytest.approx(40 / 210, abs=1e-12)

    @given(two_by_two())
    def test_it_is_the_exact_definition(self, table: tuple[int, int, int, int]) -> None:
        assert float(fisher_two_sided(*table)) == pytest.approx(float(exact_two_sided(*table)), abs=1e-9, rel=1e-9)

    @pytest.mark.parametrize("base", [30, 400, 5_000, 60_000])
    def test_it_agrees_with_scipy(self, base: int) -> None:
        rng = np.random.default_rng(base)
        first, second = rng.integers(0, base + 1, 40), rng.integers(0, base + 1, 40)
        together = rng.hypergeometric(first, base - first, second)
        ours = fisher_two_sided(together, first, second, base)
        theirs = [
            stats.fisher_exact(np.array([[a, f - a], [s - a, base - f - s + a]])).pvalue
            for a, f, s in zip(together, first, second, strict=True)
        ]
        assert ours == pytest.approx(np.array(theirs), abs=1e-9)

    @pytest.mark.parametrize("base", [2_000, 100_000, 1_000_000])
    def test_it_agrees_with_scipy_near_and_far_from_what_is_expected(self, base: int) -> None:
        rng = np.random.default_rng(base)
        away = np.array([-20, -12, -7, -5, -3, -1.6, -1.4, -0.5, 0, 0.5, 1.4, 1.6, 3, 5, 7, 12, 20])
        first, second = rng.integers(base // 4, base // 2, away.size), rng.integers(base // 4, base // 2, away.size)
        mean, others = first * second / base, (base - first) * (base - second) / base**2
        together = np.rint(mean + away * np.sqrt(mean * others)).astype(np.int64)
        theirs = [
            stats.fisher_exact(np.array([[a, f - a], [s - a, base - f - s + a]])).pvalue
            for a, f, s in zip(together.tolist(), first.tolist(), second.tolist(), strict=True)
        ]
        assert fisher_two_sided(together, first, second, base) == pytest.approx(np.array(theirs), rel=1e-7)

    def test_tables_that_are_equally_likely_count_on_both_sides(self) -> None:
        # Half of the reviews have the first factor: 3 fewer than expected is as likely as 3 more.
        tables = [
            (half // 2 - 3, half, second, 2 * half) for half in range(10, 300, 7) for second in (half, 2 * (half // 2))
        ]
        for table in tables:
            assert float(fisher_two_sided(*table)) == pytest.approx(float(exact_two_sided(*table)), rel=1e-9)

    def test_strong_links_keep_their_order(self) -> None:
        stronger = fisher_two_sided([300, 320, 340], 400, 400, 1000)
        assert stronger[0] > stronger[1] > stronger[2] > 0
        assert stronger[0] == pytest.approx(float(exact_two_sided(300, 400, 400, 1000)), rel=1e-7)

    def test_no_tables_give_no_answers(self) -> None:
        assert fisher_two_sided([], [], [], []).size == 0

    @given(st.integers(0, 50), st.integers(0, 50))
    def test_nothing_can_surprise_where_nothing_varies(self, second: int, more: int) -> None:
        assert fisher_two_sided(0, 0, second, second + more) == 1.0
        assert fisher_two_sided(second, second + more, second, second + more) == 1.0


class TestAdjusted:
    @given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
    def test_it_agrees_with_scipy(self, p: list[float]) -> None:
        assert adjusted(np.array(p)) == pytest.approx(stats.false_discovery_control(p), abs=1e-12)

    def test_no_tests_need_no_adjustment(self) -> None:
        assert adjusted(np.array([])).size == 0


class TestWilson:
    @given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
    def test_it_agrees_with_scipy(self, counted: tuple[int, int]) -> None:
        theirs = stats.binomtest(*counted).proportion_ci(method="wilson")
        assert wilson_interval(*counted) == pytest.approx((theirs.low, theirs.high), abs=1e-9)

    def test_the_prototype_s_cell(self) -> None:
        low, high = wilson_interval(23, 41) or (0, 0)
        assert (round(100 * low), round(100 * high)) == (41, 70)

    def test_without_a_base_there_is_none(self) -> None:
        assert wilson_interval(0, 0) is None

    def test_the_ends_are_exact(self) -> None:
        assert (wilson_interval(0, 8) or (1,))[0] == 0.0
        assert (wilson_interval(8, 8) or (0, 0))[1] == 1.0
