"""Stability: resamples by kind against resamples of reviews, and leaving out against leaving out each review."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from app.patterns.connections import stability
from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.connections.stability import RESAMPLES, kinds_of_reviews, stability_of
from app.patterns.counting.chance import FALSE_DISCOVERY_RATE, adjusted
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor, Layer
from tests.patterns.tables import QUICKLY, Table, factors_named, in_blocks, random_tables, reviews_with

A, B = Factor("a", "A", "Team"), Factor("b", "B", "Team")


def held_when_reviews_are_drawn(pair: Pair, times: int, seed: int = 5) -> float:
    """The share of resamples that hold, with every review drawn and counted; weights by one matrix product."""
    draw = np.random.default_rng(seed)
    first = np.arange(pair.base) < pair.first_present
    second = np.roll(np.arange(pair.base) < pair.second_present, pair.first_present - pair.together)
    weights = draw.multinomial(pair.base, np.full(pair.base, 1 / pair.base), size=times)
    counted = weights @ np.column_stack([first & second, first, second]).astype(int)
    resampled = [Pair(A, B, pair.base, int(n1), int(n2), int(both)) for both, n1, n2 in counted]
    return float(np.mean([one.lift_interval is not None and one.lift_interval.low > 1 for one in resampled]))


def linked(rows: list[list[int]]) -> dict[tuple[str, str], stability.Stability]:
    return dict(stability_of(Incidence.of(reviews_with(rows), factors_named(len(rows[0]))), Layer.HINDERED))


class TestResamples:
    @pytest.mark.parametrize(("n1", "n2", "both"), [(80, 70, 40), (60, 60, 28), (90, 100, 55)])
    def test_hold_as_often_as_when_reviews_are_drawn(self, n1: int, n2: int, both: int) -> None:
        pair = Pair(A, B, 200, n1, n2, both)
        kinds = kinds_of_reviews([pair] * 20)
        ours = int(stability.resamples_held(kinds, [200] * 20).sum()) / (20 * RESAMPLES)
        assert ours == pytest.approx(held_when_reviews_are_drawn(pair, 4000), abs=0.035)

    def test_never_hold_where_the_two_never_meet(self) -> None:
        assert stability.resamples_held(np.array([[0, 10, 10, 10]]), [30]).tolist() == [0]

    def test_are_the_same_each_time(self) -> None:
        kinds = np.array([[20, 20, 20, 60]])
        assert stability.resamples_held(kinds, [120]).tolist() == stability.resamples_held(kinds, [120]).tolist()


class TestLeavingOneOut:
    @given(st.integers(0, 10_000))
    @settings(max_examples=25, deadline=None)
    def test_is_leaving_out_each_review_in_turn(self, seed: int) -> None:
        draw = np.random.default_rng(seed)
        hidden = draw.random((25, 1)) < 0.4
        rows = (draw.random((25, 3)) < np.where(hidden, 0.75, 0.25)).astype(int)
        pairs = pairs_of(Incidence.of(reviews_with(rows.tolist()), factors_named(3)), Layer.HINDERED)
        for (first, second), found in linked(rows.tolist()).items():
            i, j = int(first[1:]), int(second[1:])
            at = next(n for n, pair in enumerate(pairs) if (pair.first.code, pair.second.code) == (first, second))
            holds = [self.holds(np.delete(rows, row, axis=0), i, j, pairs, at) for row in range(len(rows))]
            assert found.rests_on_one == (not all(holds))

    def holds(self, rows: np.ndarray, i: int, j: int, pairs: tuple[Pair, ...], at: int) -> bool:
        a, n1, n2, n = int((rows[:, i] & rows[:, j]).sum()), int(rows[:, i].sum()), int(rows[:, j].sum()), len(rows)
        p = stats.fisher_exact([[a, n1 - a], [n2 - a, n - n1 - n2 + a]]).pvalue
        every = np.array([p if number == at else pair.p for number, pair in enumerate(pairs) if pair.is_tested])
        mine = sum(pair.is_tested for pair in pairs[:at])
        return bool(n1 * n2 >= n and a * n > n1 * n2 and adjusted(every)[mine] <= FALSE_DISCOVERY_RATE)

    def test_tells_a_coincidence_from_a_pattern(self) -> None:
        # p is 0.041 with three reviews together, and 0.127 with two of them.
        few = [[1, 1]] * 3 + [[1, 0]] * 2 + [[0, 1]] * 3 + [[0, 0]] * 22
        many = [[1, 1]] * 30 + [[1, 0]] * 10 + [[0, 1]] * 10 + [[0, 0]] * 50
        assert linked(few)["f0", "f1"].rests_on_one
        assert not linked(many)["f0", "f1"].rests_on_one
        assert linked(many)["f0", "f1"].is_firm
        assert not linked(few)["f0", "f1"].is_firm

    def test_asks_links_of_a_long_list_also_against_depth(self) -> None:
        incidence = Incidence.of(*in_blocks([5, 5, 2], reviews=120))
        links = {(p.first.code, p.second.code) for p in pairs_of(incidence, Layer.HINDERED) if p.is_link}
        found = stability_of(incidence, Layer.HINDERED)
        assert links
        assert links <= found.keys()
        assert len({found[key].rests_on_one for key in links}) == 2


class TestEveryTable:
    @QUICKLY
    @given(random_tables())
    def test_has_a_stability_for_exactly_the_pairs_that_pass_the_plain_test(self, table: Table) -> None:
        incidence = Incidence.of(*table)
        for layer in Layer:
            wanted = {
                (pair.first.code, pair.second.code)
                for pair in pairs_of(incidence, layer)
                if pair.is_unlikely_chance and pair.phi > 0
            }
            found = stability_of(incidence, layer)
            assert found.keys() == wanted
            assert all(0 <= one.held <= RESAMPLES for one in found.values())
            assert stability_of(incidence, layer) is found
