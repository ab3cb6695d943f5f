"""The chance of a common part: against scipy, against drawing every set, and against random draws."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from app.patterns.combinations import intersections
from app.patterns.combinations.intersections import upper_tail
from tests.patterns.tables import QUICKLY


@st.composite
def sets(draw: st.DrawFn, most: int) -> tuple[int, list[int]]:
    base = draw(st.integers(1, most))
    return base, draw(st.lists(st.integers(0, base), min_size=2, max_size=3))


class TestTheUpperTail:
    @QUICKLY
    @given(sets(most=1500), st.integers(0, 300))
    def test_of_two_sets_is_that_of_the_hypergeometric_distribution(
        self, drawn: tuple[int, list[int]], seen: int
    ) -> None:
        base, (first, second, *_) = drawn
        told = upper_tail(seen, (first, second), base)
        assert told == pytest.approx(hypergeom.sf(seen - 1, base, first, second), abs=1e-9)

    @QUICKLY
    @given(sets(most=6), st.integers(0, 6))
    def test_equals_drawing_every_set(self, drawn: tuple[int, list[int]], seen: int) -> None:
        base, sizes = drawn
        # The first set can stand still: only how the others lie to it matters.
        ways = [set(range(sizes[0]))]
        for size in sizes[1:]:
            ways = [common & set(other) for common in ways for other in combinations(range(base), size)]
        assert upper_tail(seen, sizes, base) == pytest.approx(sum(len(one) >= seen for one in ways) / len(ways))

    def test_does_not_depend_on_the_order_of_the_sets(self) -> None:
        assert upper_tail(9, (40, 70, 90, 60), 200) == pytest.approx(upper_tail(9, (90, 40, 60, 70), 200), rel=1e-9)

    @pytest.mark.parametrize(("seen", "sizes"), [(30, (600, 500, 400)), (45, (600, 500, 400)), (4, (300, 200, 180))])
    def test_hardly_changes_where_the_normal_distribution_takes_over(
        self, monkeypatch: pytest.MonkeyPatch, seen: int, sizes: tuple[int, ...]
    ) -> None:
        exact = upper_tail(seen, sizes, 2000)
        monkeypatch.setattr(intersections, "EXACT_UP_TO", 100)
        assert upper_tail(seen, sizes, 2000) == pytest.approx(exact, abs=0.03)
