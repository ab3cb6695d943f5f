"""Depth of review: what trades keep, what they give, and what is then still called a link."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from app.patterns.connections import depth
from app.patterns.connections.depth import expected_given_depth
from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.counting.chance import chance_of_at_least
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import (
    EpisodeLink,
    EpisodeRecord,
    Factor,
    Layer,
    Rating,
    ReviewRecord,
    Selection,
    Unit,
)
from app.patterns.pages.files import reading_of
from app.systemic_factors.models import Answer, Direction
from tests.patterns.tables import factors_named, reviews_with


def independent_given_depth(reviews: int, factors: int, seed: int, together: float = 0.0) -> np.ndarray:
    """Tags that know only how deep their review is and how frequent their factor; the last two perhaps go together."""
    draw = np.random.default_rng(seed)
    log_odds = draw.normal(-1.2, 0.5, size=factors) + draw.normal(0, 1.2, size=(reviews, 1))
    tags = draw.random((reviews, factors)) < 1 / (1 + np.exp(-log_odds))
    copied = draw.random(reviews) < together
    tags[:, -1] = np.where(copied, tags[:, -2], tags[:, -1])
    return tags


def rated_and_linked(tags: np.ndarray) -> Incidence:
    """The tags as ratings of 3, others as 2, and as the factors linked in one key episode of each review."""
    reviews = [
        ReviewRecord(
            code=f"r{number:05}",
            attributes={},
            answers={f"f{at}": Rating(Answer("3" if tag else "2")) for at, tag in enumerate(row)},
            episodes=(
                EpisodeRecord(
                    "hotline", tuple(EpisodeLink(f"f{at}", Direction.HINDERED) for at in np.flatnonzero(row).tolist())
                ),
            ),
        )
        for number, row in enumerate(tags)
    ]
    return Incidence.of(reviews, factors_named(tags.shape[1]))


def pairs_in(tags: np.ndarray) -> tuple[Pair, ...]:
    return pairs_of(Incidence.of(reviews_with(tags.astype(int).tolist()), factors_named(tags.shape[1])), Layer.HINDERED)


class TestATrade:
    @given(st.integers(2, 9), st.integers(2, 6), st.integers(0, 10_000))
    @settings(max_examples=60, deadline=None)
    def test_keeps_the_factors_of_a_review_the_reviews_of_a_factor_and_what_was_not_answered(self, n, k, seed):
        draw = np.random.default_rng(seed)
        answered = draw.random((n, k)) < 0.8
        seen = answered & (draw.random((n, k)) < 0.5)
        drawn = seen.copy()
        depth._trade(drawn, answered, draw)
        assert drawn.sum(axis=1).tolist() == seen.sum(axis=1).tolist()
        assert drawn.sum(axis=0).tolist() == seen.sum(axis=0).tolist()
        assert not (drawn & ~answered).any()


def every_table_like(seen: np.ndarray, answered: np.ndarray) -> list[np.ndarray]:
    cells = np.argwhere(answered)
    found = []
    for choice in product((False, True), repeat=len(cells)):
        table = np.zeros_like(seen)
        table[tuple(cells.T)] = choice
        same_rows = (table.sum(axis=1) == seen.sum(axis=1)).all()
        if same_rows and (table.sum(axis=0) == seen.sum(axis=0)).all():
            found.append(table)
    return found


class TestTheMeanOfAllTables:
    SEEN = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0]], dtype=bool)

    @pytest.mark.parametrize("not_answered", [None, (3, 2)])
    def test_is_that_of_enumerating_them(self, monkeypatch, not_answered):
        monkeypatch.setattr(depth, "MOST_TABLES", 6000)
        answered = np.ones_like(self.SEEN)
        if not_answered:
            answered[not_answered] = False
        tables = every_table_like(self.SEEN, answered)
        assert len(tables) > 5
        expected = np.mean([table.astype(float).T @ table.astype(float) for table in tables], axis=0)
        assert expected_given_depth(answered, self.SEEN) == pytest.approx(expected, abs=0.03)

    def test_is_the_same_each_time(self):
        tags = independent_given_depth(60, 12, seed=3)
        once, again = (expected_given_depth(np.ones_like(tags), tags) for _ in range(2))
        assert once.tobytes() == again.tobytes()

    @pytest.mark.parametrize("shape", [(0, 3), (1, 3), (4, 0), (4, 1)])
    def test_of_too_little_to_trade_is_what_is_there(self, shape):
        present = np.ones(shape, dtype=bool)
        assert (
            expected_given_depth(present, present).tolist() == np.full((shape[1], shape[1]), float(shape[0])).tolist()
        )


class TestChanceGivenAMean:
    @pytest.mark.parametrize(
        ("base", "first", "second", "odds"), [(40, 12, 15, 3.0), (377, 86, 127, 1.6), (30, 29, 4, 0.4), (12, 5, 6, 1.0)]
    )
    def test_equals_scipy_s_noncentral_distribution(self, base, first, second, odds):
        theirs = stats.nchypergeom_fisher(base, first, second, odds)
        seen = np.arange(max(0, first + second - base), min(first, second) + 1)
        tables = (np.full(seen.shape, number) for number in (first, second, base))
        ours = chance_of_at_least(seen, *tables, np.full(seen.shape, theirs.mean()))
        assert ours == pytest.approx(np.clip(theirs.sf(seen - 1), 0, 1), rel=1e-5, abs=1e-12)

    def test_with_the_mean_of_independence_is_the_upper_tail_of_fisher_s_test(self):
        table = (np.array([number]) for number in (57, 86, 127, 377))
        ours = chance_of_at_least(*table, np.array([86 * 127 / 377]))
        assert ours == pytest.approx(stats.hypergeom.sf(56, 377, 86, 127), rel=1e-6)


class TestWhatIsCalledALink:
    def test_factors_that_share_only_long_reviews_are_explained_by_depth(self):
        pairs = pairs_in(independent_given_depth(380, 16, seed=5))
        explained = [pair for pair in pairs if pair.is_explained_by_depth]
        assert len(explained) > 20
        assert not [pair for pair in pairs if pair.is_link]
        assert {reading_of(pair) for pair in explained} == {"More often than expected, explained by depth of review"}
        assert all(pair.depth_expected > pair.expected for pair in explained)

    def test_two_that_go_together_beyond_it_are_a_link(self):
        pairs = pairs_in(independent_given_depth(380, 16, seed=5, together=0.5))
        assert [(pair.first.code, pair.second.code) for pair in pairs if pair.is_link] == [("f14", "f15")]

    @pytest.mark.parametrize("domains", [("Team",), ("Practice", "Partners"), ("Nothing",)])
    def test_depth_is_that_of_the_whole_list_whichever_domains_are_chosen(self, domains: tuple[str, ...]) -> None:
        tags = independent_given_depth(380, 16, seed=5)
        whole = Incidence.of(reviews_with(tags.astype(int).tolist()), factors_named(16))
        expected = {(pair.first, pair.second): pair.depth_expected for pair in pairs_of(whole, Layer.HINDERED)}
        some = pairs_of(whole.where(Selection(domains=domains)), Layer.HINDERED)
        assert {pair.first.domain for pair in some} == set(domains) - {"Nothing"}
        assert [pair.depth_expected for pair in some] == [expected[pair.first, pair.second] for pair in some]
        assert not [pair for pair in some if pair.is_link]

    @pytest.mark.parametrize("counted", [Selection(threshold=3), Selection(unit=Unit.EPISODE)])
    def test_depth_is_that_of_the_whole_list_from_a_rating_on_and_in_key_episodes(self, counted: Selection) -> None:
        whole = rated_and_linked(independent_given_depth(380, 16, seed=5))
        expected = {
            (pair.first, pair.second): pair.depth_expected for pair in pairs_of(whole.where(counted), Layer.HINDERED)
        }
        some = pairs_of(whole.where(replace(counted, domains=("Team",))), Layer.HINDERED)
        assert len(some) == 6
        assert any(pair.is_explained_by_depth for pair in some)
        assert [pair.depth_expected for pair in some] == [expected[pair.first, pair.second] for pair in some]
        assert not [pair for pair in some if pair.is_link]

    def test_a_short_list_of_factors_cannot_tell_depth_from_a_link(self):
        pairs = pairs_in(independent_given_depth(380, 9, seed=5))
        assert any(pair.is_link for pair in pairs)
        assert {pair.depth_p for pair in pairs} == {None}

    def test_what_passes_only_the_plain_test_is_no_link(self):
        a, b = Factor("a", "A", "Team"), Factor("b", "B", "Team")
        for depth_p, is_link in [(None, True), (0.04, True), (0.06, False)]:
            pair = Pair(a, b, 100, 40, 40, 30, p=0.001, adjusted_p=0.01, depth_expected=20.0, depth_p=depth_p)
            assert (pair.is_link, pair.is_explained_by_depth) == (is_link, not is_link)
        # As unusual as can be, but rarer than depth gives.
        pair = Pair(a, b, 100, 40, 40, 30, p=0.001, adjusted_p=0.01, depth_expected=38.0, depth_p=0.001)
        assert pair.is_explained_by_depth
