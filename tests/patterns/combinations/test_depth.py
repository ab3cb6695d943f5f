"""Combinations and the depth of reviews: what the drawn tables hold, and what is then still more than its parts."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from app.patterns.combinations.closed_sets import TooMany
from app.patterns.combinations.depth import drawn_for, tail_of
from app.patterns.combinations.found import Found, combinations_in
from app.patterns.combinations.upset import drawn_upset
from app.patterns.combinations.words import combination_finding, combinations_finding, reading_of
from app.patterns.connections import depth
from app.patterns.connections.depth import tables_given_depth
from app.patterns.counting.columns import planes_of
from app.patterns.counting.records import Layer, Selection, Unit
from app.patterns.heatmap.shares import totals_of
from app.patterns.pages.legends import marks_of
from tests.patterns.combinations.test_found import incidence_of
from tests.patterns.connections.test_depth import (
    TestTheMeanOfAllTables,
    every_table_like,
    independent_given_depth,
    rated_and_linked,
)

SEEN = TestTheMeanOfAllTables.SEEN


def found_in(tags: np.ndarray, least: int) -> Found:
    return combinations_in(incidence_of(tags), Layer.HINDERED, least=least)


class TestTheTablesDrawn:
    @pytest.mark.parametrize("not_answered", [None, (3, 2)])
    def test_hold_what_enumerating_them_gives(self, monkeypatch: pytest.MonkeyPatch, not_answered) -> None:
        monkeypatch.setattr(depth, "MOST_TABLES", 6000)
        answered = np.ones_like(SEEN)
        if not_answered:
            answered[not_answered] = False
        tables = every_table_like(SEEN, answered)
        sets = [(0, 1, 2), (1, 2, 3), (0, 1, 2, 3)]
        for columns, drawn in zip(sets, drawn_for(answered, SEEN, sets), strict=True):
            base = answered[:, list(columns)].all(axis=1)
            assert drawn.base == base.sum()
            for size in range(len(columns) + 1):
                for part in combinations(range(len(columns)), size):
                    counts = [table[:, [columns[at] for at in part]][base].all(axis=1).sum() for table in tables]
                    told = drawn.holding[sum(1 << at for at in part)]
                    assert told == pytest.approx(np.mean(counts), abs=0.03)

    def test_are_the_same_alone_and_among_others_of_other_sizes(self) -> None:
        tags = independent_given_depth(90, 12, seed=3)
        answered = np.ones_like(tags)
        together = drawn_for(answered, tags, [(0, 1, 2, 3), (4, 5, 6), (0, 5, 9)])
        for columns, drawn in zip([(0, 1, 2, 3), (4, 5, 6), (0, 5, 9)], together, strict=True):
            (alone,) = drawn_for(answered, tags, [columns])
            assert alone.holding.tolist() == drawn.holding.tolist()
            assert (alone.low, alone.high) == (drawn.low, drawn.high)
            assert alone.variance == pytest.approx(drawn.variance)

    def test_give_the_range_of_their_counts(self) -> None:
        tags = independent_given_depth(90, 12, seed=3)
        (drawn,) = drawn_for(np.ones_like(tags), tags, [(0, 1, 2)])
        counts = [
            int(np.bitwise_count(np.bitwise_and.reduce(table[:3])).sum())
            for table in tables_given_depth(np.ones_like(tags), tags)
        ]
        assert (drawn.low, drawn.high) == tuple(np.quantile(counts, (0.025, 0.975)).tolist())
        assert drawn.variance == pytest.approx(np.var(counts, ddof=1) * (1 + 2 * np.sqrt(2 / 199)))
        assert planes_of(tags).shape == next(tables_given_depth(np.ones_like(tags), tags)).shape

    def test_of_no_set_are_not_drawn(self) -> None:
        assert drawn_for(SEEN, SEEN, []) == []


class TestTheTail:
    @pytest.mark.parametrize(("seen", "mean", "variance"), [(12, 7.0, 7.0), (30, 21.0, 9.0), (3, 5.0, 2.0)])
    def test_is_that_of_a_moved_poisson_distribution(self, seen: int, mean: float, variance: float) -> None:
        shift = mean - variance
        # Between whole numbers scipy steps, and the integral does not; at whole ones they agree.
        assert float(shift).is_integer()
        assert tail_of(seen, mean, variance) == pytest.approx(stats.poisson.sf(seen - shift - 1, variance))

    def test_is_longer_than_that_of_the_sum_it_stands_for(self) -> None:
        rng = np.random.default_rng(12)
        for _ in range(20):
            chances = rng.beta(0.4, 2.5, 300)
            mean, variance = chances.sum(), (chances * (1 - chances)).sum()
            distribution = np.ones(1)
            for chance in chances:
                distribution = np.convolve(distribution, (1 - chance, chance))
            for seen in range(int(mean + 2.5 * np.sqrt(variance)), int(mean + 6 * np.sqrt(variance))):
                exact = distribution[seen:].sum()
                assert tail_of(seen, mean, variance) >= 0.95 * exact - 1e-12

    def test_of_nothing_that_varies_is_whether_it_was_to_be_expected(self) -> None:
        assert tail_of(5, 5.0, 0.0) == 1.0
        assert tail_of(6, 5.0, 0.0) == 0.0


class TestWhatStandsOut:
    def test_is_nothing_where_reviews_only_differ_in_depth(self) -> None:
        found = found_in(independent_given_depth(380, 12, seed=1000), least=19)
        assert found.is_depth_judged
        assert found.explained_by_depth > 20
        assert found.more_than_parts == ()
        assert len(found.beyond_parts) == found.explained_by_depth
        explained = next(
            one for one in found.combinations if one.is_explained_by_depth and one.together <= one.depth.high
        )
        assert explained.depth.expected > explained.expected
        assert explained.depth.low <= explained.depth.expected <= explained.depth.high
        assert reading_of(explained) == "Explained by depth of review"
        told = combination_finding(explained)
        assert "Longer reviews name more factors" in told
        assert "This is explained by depth of review." in told
        others = {reading_of(one) for one in found.combinations if one.is_explained_by_depth and one is not explained}
        assert others <= {
            "Explained by depth of review",
            "Explained by depth of review and fewer factors",
            "Could be chance, given depth of review",
        }
        upset = drawn_upset(found.combinations)
        (dashed,) = [mark.words for mark in marks_of("combinations", {"upset": upset}) if mark.sign == "open"]
        assert "Explained by depth of review, alone or with fewer factors; or could be chance" in dashed
        row = next(row for row in drawn_upset([explained]).rows)
        assert row.depth_at > row.expected_at

    @pytest.mark.parametrize("counted", [Selection(), Selection(threshold=3), Selection(unit=Unit.EPISODE)])
    def test_is_judged_by_the_whole_list_whichever_domains_are_chosen(self, counted: Selection) -> None:
        table = rated_and_linked(independent_given_depth(380, 12, seed=1000))
        if counted == Selection():
            table = incidence_of(independent_given_depth(380, 12, seed=1000))
        whole = combinations_in(table.where(counted), Layer.HINDERED, least=19)
        domains = ("Practice", "Team")
        found = combinations_in(table.where(replace(counted, domains=domains)), Layer.HINDERED, least=19)
        assert found.is_depth_judged
        assert found.explained_by_depth
        assert found.more_than_parts == ()
        for one in found.combinations:
            assert {factor.domain for factor in one.factors} <= set(domains)
            if one.depth:
                same = next(other for other in whole.combinations if other.factors == one.factors)
                assert same.depth is None or one.depth.expected == pytest.approx(same.depth.expected)

    def test_is_said_in_the_finding(self) -> None:
        tags = independent_given_depth(380, 12, seed=1000)
        found = found_in(tags, least=19)
        told = combinations_finding(found, totals_of(incidence_of(tags), Layer.HINDERED), 380, Unit.REVIEW)
        assert f"None of the {len(found.combinations):,} combinations found goes beyond chance" in told
        assert f"{found.explained_by_depth:,} would stand out if longer reviews did not name more factors" in told

    def test_is_a_circumstance_that_brings_three_factors_beyond_depth(self) -> None:
        tags = independent_given_depth(380, 16, seed=2)
        rows = np.random.default_rng(2).choice(380, 60, replace=False)
        tags[rows, :3] = True
        one = found_in(tags, least=25).combination("f0.f1.f2")
        assert one.is_more_than_its_parts
        assert one.together > one.depth.high

    def test_is_not_a_link_of_two_in_long_reviews(self) -> None:
        """The last two go together; with any third factor they share the long reviews, and nothing more."""
        found = found_in(independent_given_depth(380, 16, seed=5, together=0.6), least=25)
        with_the_link = [one for one in found.combinations if {"f14", "f15"} < {factor.code for factor in one.factors}]
        assert any(one.is_unlikely_chance for one in with_the_link)
        assert not [one for one in with_the_link if one.is_more_than_its_parts]

    def test_is_not_judged_by_depth_in_a_short_list_of_factors(self) -> None:
        found = found_in(independent_given_depth(380, 9, seed=5), least=19)
        assert not found.is_depth_judged
        assert {one.depth for one in found.combinations} == {None}


@pytest.mark.assurance
@pytest.mark.parametrize("reviews", [120, 200, 380])
def test_independent_given_depth_rarely_shows_a_combination(reviews: int) -> None:
    sets, plain, both = 0, 0, 0
    for seed in range(40):
        try:
            found = found_in(independent_given_depth(reviews, 12, seed=5000 + seed), least=max(5, reviews // 20))
        except TooMany:
            continue
        sets += 1
        plain += any(one.is_beyond_its_parts for one in found.combinations)
        both += bool(found.more_than_parts)
    print(f"{reviews} reviews: of {sets} sets, {plain} show a combination without depth, and {both} with it")
    assert sets >= 25
    assert both / sets <= 0.05
