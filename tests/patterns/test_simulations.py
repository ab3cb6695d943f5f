"""Whether the statistics hold what they promise, in simulated reviews. docs/statistics.md tells the figures."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from app.patterns.connections.pairs import Pair
from app.patterns.counting.chance import wilson_interval
from app.patterns.counting.records import Factor
from tests.patterns.connections.test_depth import independent_given_depth, pairs_in

A, B = Factor("a", "A", "Team"), Factor("b", "B", "Team")
RATES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.8)
LIFTS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)


def wilson_coverage(base: int) -> float:
    """How often the interval holds the true share: exact for each share, on average over shares from 0 to 1."""
    intervals = [wilson_interval(count, base) or (0.0, 0.0) for count in range(base + 1)]
    low, high = np.array(intervals).T[:, :, np.newaxis]
    shares = np.linspace(0.0025, 0.9975, 399)
    chance = stats.binom.pmf(np.arange(base + 1)[:, np.newaxis], base, shares)
    return float((chance * ((low <= shares) & (shares <= high))).sum(axis=0).mean())


def lift_coverage(base: int, first: float, second: float, lift: float, *, sets: int) -> float | None:
    """Of the intervals given, the share that hold the true lift; None where one of four cells expects under 5."""
    cells = np.array([first * second * lift, first, second, 1.0])
    cells = np.array([cells[0], first - cells[0], second - cells[0], 1 - first - second + cells[0]])
    if cells.min() < 0.001 or base * min(first, 1 - first) * min(second, 1 - second) < 5:
        return None
    tables = np.random.default_rng(base).multinomial(base, cells, size=sets)
    pairs = [Pair(A, B, base, both + one, both + other, both) for both, one, other, _ in tables.tolist()]
    intervals = [pair.lift_interval for pair in pairs if pair.lift_interval]
    return sum(low <= lift <= high for low, high in intervals) / len(intervals)


def in_groups(reviews: int, sizes: list[int], seed: int, *, phi: float, rate: float) -> np.ndarray:
    """Tags at one rate; any two of a group have this phi, because each copies a hidden tag with chance √phi."""
    draw = np.random.default_rng(seed)
    hidden = np.repeat(draw.random((reviews, len(sizes))) < rate, sizes, axis=1)
    own = draw.random((reviews, sum(sizes))) < rate
    return np.where(draw.random(own.shape) < np.sqrt(phi), hidden, own)


class TestWilsonsInterval:
    @pytest.mark.parametrize("base", [10, 11, 17, 30, 100, 380])
    def test_covers_95_in_100_on_average(self, base: int) -> None:
        assert 0.94 <= wilson_coverage(base) <= 0.97

    @pytest.mark.assurance
    def test_covers_95_in_100_on_average_at_every_base(self) -> None:
        found = [wilson_coverage(base) for base in range(10, 401)]
        print(f"Wilson's intervals cover {min(found):.1%} to {max(found):.1%} on average, at bases of 10 to 400")
        assert min(found) >= 0.94
        assert max(found) <= 0.97


class TestTheIntervalOfALift:
    def test_covers_about_95_in_100(self) -> None:
        assert 0.92 <= (lift_coverage(380, 0.2, 0.35, 1.5, sets=2_000) or 0) <= 0.98

    @pytest.mark.assurance
    def test_covers_92_to_98_in_100_wherever_it_is_given(self) -> None:
        settings = product((50, 100, 200, 380, 1_000), RATES, RATES, LIFTS)
        every = [lift_coverage(*setting, sets=4_000) for setting in settings if setting[1] <= setting[2]]
        found = [share for share in every if share is not None]
        least, most, average = min(found), max(found), sum(found) / len(found)
        print(f"{len(found)} settings: {least:.1%} to {most:.1%} of lift intervals hold, {average:.1%} all in all")
        assert len(found) > 200
        assert min(found) >= 0.92
        assert max(found) <= 0.98


@pytest.mark.assurance
class TestLinks:
    """Reviews of counties without and with true links; 20 factors make 190 pairs."""

    SETS = 500

    @pytest.mark.parametrize(("reviews", "factors"), [(120, 20), (380, 12), (380, 20), (380, 29), (1_500, 20)])
    def test_are_rarely_seen_where_factors_are_independent_given_depth(self, reviews: int, factors: int) -> None:
        sets = [pairs_in(independent_given_depth(reviews, factors, seed)) for seed in range(self.SETS)]
        plain = sum(any(pair.is_unlikely_chance for pair in pairs) for pairs in sets)
        both = sum(any(pair.is_link for pair in pairs) for pairs in sets)
        print(
            f"{reviews} reviews, {factors} factors: {both} of {self.SETS} sets with a link; {plain} by the plain test"
        )
        assert both <= 0.05 * self.SETS

    def test_of_phi_one_fifth_pass_the_plain_test_among_380_reviews_where_links_come_in_groups(self) -> None:
        # Only in this design: ten pairs among 45 factors, or one among 20, pass in fewer than half of the sets.
        sets = [pairs_in(in_groups(380, [4] * 7, seed, phi=0.2, rate=0.2)) for seed in range(self.SETS)]
        true = [pair for pairs in sets for pair in pairs if _group_of(pair.first) == _group_of(pair.second)]
        plain, both = (
            sum(told) / len(true) for told in zip(*((p.is_unlikely_chance, p.is_link) for p in true), strict=True)
        )
        print(
            f"links of phi 0.2 in groups of four, of {self.SETS} sets: {plain:.1%} pass the plain test, {both:.1%} both"
        )
        assert plain >= 0.75
        # What the second test costs: here the groups are much of what makes a review deep.
        assert both >= 0.6


def _group_of(factor: Factor) -> int:
    return int(factor.code[1:]) // 4
