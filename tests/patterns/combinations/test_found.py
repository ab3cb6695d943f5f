"""Combinations: the same as counting review by review, quiet where there is only chance, and one line for one thing."""

from itertools import chain, combinations
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from app.patterns.combinations.closed_sets import TooMany
from app.patterns.combinations.combination import Combination
from app.patterns.combinations.found import combinations_in
from app.patterns.connections.pairs import Pair
from app.patterns.counting.columns import Flags
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor, Layer, ReviewRecord
from app.systemic_factors.models import Answer, Direction
from tests.patterns.tables import QUICKLY, Table, factors_named, random_tables, reviews_with

PRESENT = {Answer.INFLUENCED, Answer.STRONG, Answer.PRESENT}
ANSWERED = PRESENT | {Answer.NOT_EVIDENT, Answer.BACKGROUND}


def incidence_of(table: Flags) -> Incidence:
    return Incidence.of(reviews_with(table.astype(int).tolist()), factors_named(table.shape[1]))


def is_present(review: ReviewRecord, code: str) -> bool:
    rating = review.answers.get(code)
    return rating is not None and rating.answer in PRESENT and rating.direction is not Direction.HELPED


def by_hand(reviews: list[ReviewRecord], factors: tuple[Factor, ...], least: int) -> dict[str, tuple[int, int]]:
    """Of each closed combination, the reviews with all of it, and those in which all of it was answered."""
    together, base = {}, {}
    for chosen in chain.from_iterable(combinations(factors, size) for size in range(1, len(factors) + 1)):
        together[chosen] = sum(all(is_present(review, one.code) for one in chosen) for review in reviews)
        answers = [[review.answers.get(one.code) for one in chosen] for review in reviews]
        base[chosen] = sum(all(rating and rating.answer in ANSWERED for rating in row) for row in answers)
    return {
        ".".join(one.code for one in chosen): (number, base[chosen])
        for chosen, number in together.items()
        if len(chosen) >= 3
        and number >= least
        and not any(set(more) > set(chosen) and together[more] == number for more in together)
    }


class TestCombinations:
    @QUICKLY
    @given(random_tables(), st.integers(1, 3))
    def test_are_those_counted_review_by_review(self, table: Table, least: int) -> None:
        found = combinations_in(Incidence.of(*table), Layer.HINDERED, least=least).combinations
        told = {one.key: (one.together, one.base) for one in found}
        assert told == by_hand(*table, least)

    def test_expect_the_product_of_the_single_shares(self) -> None:
        rng = np.random.default_rng(4)
        table = rng.random((200, 4)) < 0.5
        for one in combinations_in(incidence_of(table), Layer.HINDERED, least=1).combinations:
            columns = [int(factor.code[1:]) for factor in one.factors]
            assert one.expected == pytest.approx(200 * prod(table[:, at].mean() for at in columns))
            assert one.lift == pytest.approx(table[:, columns].all(axis=1).sum() / one.expected)

    def test_of_reviews_that_lack_an_answer_leave_these_reviews_out(self) -> None:
        reviews = reviews_with([[1, 1, 1]] * 4 + [[0, 0, 0]] * 4)
        not_asked = [ReviewRecord("z", answers={"f0": reviews[0].answers["f0"]})]
        (one,) = combinations_in(
            Incidence.of(reviews + not_asked, factors_named(3)), Layer.HINDERED, least=1
        ).combinations
        assert (one.base, one.present, one.together) == (8, (4, 4, 4), 4)

    def test_that_always_stand_together_are_one_line(self) -> None:
        table = np.repeat(np.arange(60) < 20, 6).reshape(60, 6)
        (one,) = combinations_in(incidence_of(table), Layer.HINDERED, least=5).combinations
        assert len(one.factors) == 6

    def test_need_no_review_and_no_factor(self) -> None:
        for shape in ((0, 0), (0, 5), (5, 0), (1, 1)):
            assert not combinations_in(
                incidence_of(np.ones(shape, dtype=np.bool_)), Layer.HINDERED, least=1
            ).combinations


class TestTheIntervalOfTheLift:
    def test_for_two_factors_would_be_that_of_a_pair(self) -> None:
        a, b = factors_named(2)
        pair = Pair(a, b, base=200, first_present=80, second_present=70, together=40)
        same = Combination((a, b), base=200, present=(80, 70), pairs=(40,), together=40)
        assert same.lift_interval == pytest.approx(pair.lift_interval)

    def test_is_not_given_where_fewer_than_five_are_expected(self) -> None:
        few = Combination(factors_named(3), base=100, present=(30, 30, 30), pairs=(20, 20, 20), together=15)
        assert few.expected < 5
        assert few.lift_interval is None

    def test_covers_the_true_lift(self) -> None:
        rng, covered, sets = np.random.default_rng(7), 0, 250
        # A hidden circumstance in 4 of 10 reviews: with it each factor is there in 70 %, without it in 20 %.
        truth = (0.4 * 0.7**3 + 0.6 * 0.2**3) / (0.4 * 0.7 + 0.6 * 0.2) ** 3
        for _ in range(sets):
            rate = np.where(rng.random(380) < 0.4, 0.7, 0.2)
            found = combinations_in(incidence_of(rng.random((380, 3)) < rate[:, np.newaxis]), Layer.HINDERED, least=5)
            interval = found.combinations[0].lift_interval
            covered += interval is not None and interval.low <= truth <= interval.high
        assert 0.92 <= covered / sets <= 0.98


class TestChance:
    def test_alone_is_rarely_called_more(self) -> None:
        rng, sets = np.random.default_rng(3), 40
        flagged = 0
        for _ in range(sets):
            table = rng.random((200, 10)) < rng.uniform(0.1, 0.5, 10)
            found = combinations_in(incidence_of(table), Layer.HINDERED, least=5)
            flagged += any(one.is_unlikely_chance for one in found.combinations)
        assert flagged / sets <= 0.10

    @pytest.mark.parametrize(("together", "least"), [(60, 20), (20, 20), (19, 15), (11, 11), (9, 8), (2, 2), (1, 20)])
    def test_are_looked_for_where_some_are(self, together: int, least: int) -> None:
        # 5 % of 400 are 20. Three factors together, and each twice alone.
        table = np.zeros((400, 3), dtype=np.bool_)
        table[:together] = True
        table[together : together + 2, 0] = table[together + 2 : together + 4, 1] = True
        found = combinations_in(incidence_of(table), Layer.HINDERED)
        assert (found.least, len(found.combinations)) == (least, together > 1)

    def test_are_looked_for_where_there_are_not_too_many(self) -> None:
        table = np.random.default_rng(6).random((60, 40)) < 0.4
        with pytest.raises(TooMany):
            combinations_in(incidence_of(table), Layer.HINDERED, least=5)
        found = combinations_in(incidence_of(table), Layer.HINDERED)
        assert found.least > 5
        assert found.combinations

    def test_counts_every_combination_that_could_have_been_found(self) -> None:
        table = np.random.default_rng(5).random((300, 12)) < 0.35
        found = combinations_in(incidence_of(table), Layer.HINDERED, least=10)
        tested = [one for one in found.combinations if one.is_tested]
        assert found.possible > len(tested)
        smallest = min((one for one in tested if len(one.factors) == 3), key=lambda one: one.p or 0)
        # 220 ways to choose 3 of 12, in one of four sizes.
        assert smallest.adjusted_p <= min(1.0, smallest.p * 220 * 4)
        assert all(one.adjusted_p >= min(1.0, one.p * 4) for one in tested)

    def test_finds_a_circumstance_that_brings_three_factors(self) -> None:
        rng = np.random.default_rng(6)
        table = rng.random((300, 8)) < 0.2
        table[:25, :3] = True
        found = combinations_in(incidence_of(table), Layer.HINDERED, least=5)
        assert found.combinations[0].key == "f0.f1.f2"
        assert found.combinations[0].is_more_than_its_parts


class TestParts:
    def test_that_explain_a_combination_are_named(self) -> None:
        # Two factors always together, and a third that has nothing to do with them.
        rng = np.random.default_rng(8)
        table = np.zeros((400, 3), dtype=np.bool_)
        table[:, 0] = table[:, 1] = rng.random(400) < 0.3
        table[:, 1] |= rng.random(400) < 0.05
        table[:, 2] = rng.random(400) < 0.4
        (one,) = combinations_in(incidence_of(table), Layer.HINDERED, least=5).combinations
        assert one.is_unlikely_chance
        assert not one.is_more_than_its_parts
        assert {part.code for part in one.split.second} == {"f2"}

    def test_are_the_two_that_expect_most(self) -> None:
        table = np.random.default_rng(9).random((300, 5)) < 0.3
        table[:40] = True
        one = next(
            one
            for one in combinations_in(incidence_of(table), Layer.HINDERED, least=30).combinations
            if len(one.factors) == 5
        )
        columns = range(5)
        expected = []
        for size in (1, 2):
            for part in combinations(columns, size):
                rest = [at for at in columns if at not in part]
                expected.append(table[:, part].all(axis=1).sum() * table[:, rest].all(axis=1).sum() / 300)
        assert one.split.expected == pytest.approx(max(expected))
        first, second = (
            table[:, [int(factor.code[1:]) for factor in part]].all(axis=1).sum()
            for part in (one.split.first, one.split.second)
        )
        assert one.split.p == pytest.approx(hypergeom.sf(one.together - 1, 300, first, second), abs=1e-12)
