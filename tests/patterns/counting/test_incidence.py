"""Counts are what a person gets who counts the table by hand."""

import gc
import weakref
from dataclasses import replace
from operator import attrgetter
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Layer, Selection
from app.patterns.counting.renewing import same_reviews
from app.patterns.counting.tallies import Tally
from tests.patterns.tables import FACTORS, QUICKLY, Table, random_tables, reviews_by_hand

# Counted by hand from the table in tables.py, before the code was written. In the order of FACTORS.
HINDERED = {
    "present": [4, 5, 5],
    "latent": [2, 1, 1],
    "not_evident": [4, 4, 2],
    "other_direction": [1, 1, 0],
    "answered": [11, 11, 8],
    "not_enough_information": [1, 0, 1],
    "not_rated": [0, 1, 0],
    "not_asked": [0, 0, 3],
    "single_rater": [0, 1, 0],
    "reviews": [12, 12, 12],
}
HELPED = {"present": [2, 1, 0], "latent": [0, 0, 0], "not_evident": [4, 4, 2], "other_direction": [5, 6, 6]}
PRESENT_BY_DIVISION = [[3, 1], [4, 1], [2, 3]]
ANSWERED_BY_DIVISION = [[6, 5], [7, 4], [4, 4]]


@pytest.fixture
def incidence() -> Incidence:
    return Incidence.of(reviews_by_hand(), FACTORS)


class TestTally:
    @pytest.mark.parametrize(("answer", "counts"), HINDERED.items())
    def test_hindering_is_as_counted_by_hand(self, incidence: Incidence, answer: str, counts: list[int]) -> None:
        assert getattr(incidence.tally(Layer.HINDERED), answer).tolist() == counts

    @pytest.mark.parametrize(("answer", "counts"), HELPED.items())
    def test_helping_is_counted_apart(self, incidence: Incidence, answer: str, counts: list[int]) -> None:
        assert getattr(incidence.tally(Layer.HELPED), answer).tolist() == counts

    def test_denominators_of_both_layers_are_the_same(self, incidence: Incidence) -> None:
        hindered, helped = incidence.tally(Layer.HINDERED), incidence.tally(Layer.HELPED)
        assert hindered.answered.tolist() == helped.answered.tolist() == [11, 11, 8]

    def test_divisions_are_as_counted_by_hand(self, incidence: Incidence) -> None:
        by_division = incidence.tally_by(Dimension.DIVISION, Layer.HINDERED)
        assert by_division.groups == ("North", "South")
        assert by_division.reviews.tolist() == [7, 5]
        assert by_division.tally.present.tolist() == PRESENT_BY_DIVISION
        assert by_division.tally.answered.tolist() == ANSWERED_BY_DIVISION

    @QUICKLY
    @given(random_tables())
    def test_every_review_is_counted_once_in_each_group(self, table: Table) -> None:
        incidence = Incidence.of(*table)
        for layer in Layer:
            adds_up(incidence.tally(layer))
            adds_up(incidence.tally_by(Dimension.DIVISION, layer).tally)

    @QUICKLY
    @given(random_tables())
    def test_the_order_of_the_reviews_does_not_matter(self, table: Table) -> None:
        reviews, factors = table
        forward, backward = Incidence.of(reviews, factors), Incidence.of(reviews[::-1], factors)
        assert forward.codes.tolist() == backward.codes.tolist()
        assert np.array_equal(forward.answers, backward.answers)


class TestPart:
    def test_is_a_table_of_its_own_once_it_is_changed(self, incidence: Incidence) -> None:
        part = incidence.where(Selection(division=("North",)))
        for changed in (part.where(Selection(threshold=3)), part.where(Selection(domains=("Team",)))):
            assert changed.groups(Dimension.QUARTER) == part.groups(Dimension.QUARTER)
            assert changed.n_reviews == part.n_reviews
        both = incidence.where(Selection(division=("North",), domains=("Team",)))
        assert [factor.code for factor in both.factors] == ["teamwork", "pressure"]
        assert both.groups(Dimension.DIVISION) == ("North",)

    def test_is_not_made_from_arrays(self, incidence: Incidence) -> None:
        part = incidence.where(Selection(division=("North",)))
        with pytest.raises(TypeError):
            replace(part, threshold=3)

    @QUICKLY
    @given(random_tables(), st.randoms(use_true_random=False))
    def test_of_a_table_is_the_table_of_these_reviews(self, table: Table, draw: Random) -> None:
        reviews, factors = table
        kept = [review for review in reviews if draw.random() < 0.5]
        rows = np.isin([review.code for review in reviews], [review.code for review in kept])
        whole, alone = Incidence.of(reviews, factors), Incidence.of(kept, factors)
        if draw.random() < 0.5:
            adds_up(whole.tally(Layer.HINDERED))
        part = whole.rows(rows)
        # What is asked first must not change what comes after.
        names = ["codes", "opened", "answers", "directions", "single_raters"]
        draw.shuffle(names)
        for name in names:
            assert getattr(part, name).tolist() == getattr(alone, name).tolist()
        for layer in Layer:
            same(part.tally(layer), alone.tally(layer))
            for dimension in Dimension:
                same(part.tally_by(dimension, layer).tally, alone.tally_by(dimension, layer).tally)
            for ours, theirs in zip(part.linked_anywhere(layer), alone.linked_anywhere(layer), strict=True):
                assert np.array_equal(ours, theirs)
        assert all(part.groups(dimension) == alone.groups(dimension) for dimension in Dimension)
        # A table made from a part is no part any more.
        made = part.with_reviews(Incidence.of([], factors))
        assert made.codes.tolist() == alone.codes.tolist()
        assert all(made.groups(dimension) == alone.groups(dimension) for dimension in Dimension)


def same(tally: Tally, other: Tally) -> None:
    for name in HINDERED:
        assert np.array_equal(getattr(tally, name), getattr(other, name)), name


def adds_up(tally: Tally) -> None:
    said = (tally.present, tally.latent, tally.other_strength, tally.not_evident, tally.other_direction)
    assert np.array_equal(tally.answered, sum(said))
    assert np.array_equal(
        tally.reviews, tally.answered + tally.not_enough_information + tally.not_rated + tally.not_asked
    )


class TestServiceAreas:
    def test_numerator_is_linked_there_and_denominator_any_episode_there(self, incidence: Incidence) -> None:
        areas = incidence.tally_by(Dimension.SERVICE_AREA, Layer.HINDERED)
        assert areas.groups == ("hotline", "investigation")
        assert areas.reviews.tolist() == [4, 2]
        assert areas.tally.present.tolist() == [[2, 1], [0, 1], [0, 0]]
        assert areas.tally.answered.tolist() == [[4, 2], [4, 2], [4, 2]]

    def test_it_is_compared_with_nothing_since_a_review_tells_only_a_part_of_its_links_there(
        self, incidence: Incidence
    ) -> None:
        areas = incidence.tally_by(Dimension.SERVICE_AREA, Layer.HINDERED)
        assert areas.rest_answered.tolist() == areas.rest_present.tolist() == [[0, 0]] * 3

    def test_a_link_that_helped_counts_in_its_own_layer(self, incidence: Incidence) -> None:
        areas = incidence.tally_by(Dimension.SERVICE_AREA, Layer.HELPED)
        assert areas.tally.present.tolist() == [[2, 0], [0, 0], [0, 0]]

    def test_the_total_counts_each_review_once(self, incidence: Incidence) -> None:
        linked, reviews = incidence.linked_anywhere(Layer.HINDERED)
        assert linked.tolist() == [3, 1, 0]
        assert reviews == 5


class TestWhere:
    @pytest.mark.parametrize(
        ("selection", "codes"),
        [
            (Selection(), "n1 n2 n3 n4 n5 n6 n7 s1 s2 s3 s4 s5"),
            (Selection(division=("South",)), "s1 s2 s3 s4 s5"),
            (Selection(division=("East",)), ""),
            (Selection(service_area=("investigation",)), "n1 n2"),
            (Selection(service_area=("adoptions",)), ""),
            (Selection(quarter_from="2025-Q4"), "n7 s4 s5"),
            (Selection(quarter_from="2025-Q2", quarter_to="2025-Q2"), "n3 n4 s2"),
            (Selection(present=("teamwork",)), "n1 n2 n3 s4"),
            (Selection(present=("teamwork", "pressure")), "n1 n2 s4"),
            (Selection(layer=Layer.HELPED, present=("teamwork",)), "n3 n6"),
            (Selection(absent=("records",)), "n1 n2 s3"),
            (Selection(present=("teamwork",), absent=("records",)), "n1 n2"),
            (Selection(division=("North",), present=("records",), quarter_to="2025-Q2"), "n4"),
            (Selection(office=("Elm Street",)), ""),
        ],
    )
    def test_only_the_chosen_reviews_remain(self, incidence: Incidence, selection: Selection, codes: str) -> None:
        assert incidence.where(selection).codes.tolist() == codes.split()

    def test_a_selection_leaves_the_table_as_it_was(self, incidence: Incidence) -> None:
        assert incidence.where(Selection(division=("South",))).tally(Layer.HINDERED).present.tolist() == [1, 1, 3]
        assert incidence.n_reviews == 12

    def test_quarters_of_the_selection_are_the_only_groups_left(self, incidence: Incidence) -> None:
        narrowed = incidence.where(Selection(quarter_to="2025-Q2"))
        assert narrowed.groups(Dimension.QUARTER) == ("2025-Q1", "2025-Q2")


class TestCodesBehindANumber:
    def test_a_cell_names_exactly_its_reviews(self, incidence: Incidence) -> None:
        assert incidence.codes_in("teamwork", Dimension.DIVISION, "North", Layer.HINDERED) == ("n1", "n2", "n3")
        assert incidence.codes_in("teamwork", Dimension.SERVICE_AREA, "hotline", Layer.HINDERED) == ("n1", "s4")
        assert incidence.codes_in("teamwork", Dimension.SERVICE_AREA, "adoptions", Layer.HINDERED) == ()

    def test_a_pair_names_exactly_its_reviews(self, incidence: Incidence) -> None:
        assert incidence.codes_with(("teamwork", "pressure"), Layer.HINDERED) == ("n1", "n2", "s4")

    @QUICKLY
    @given(random_tables())
    def test_the_codes_are_as_many_as_the_number_says(self, table: Table) -> None:
        incidence = Incidence.of(*table)
        for dimension in (Dimension.DIVISION, Dimension.SERVICE_AREA):
            grouped = incidence.tally_by(dimension, Layer.HINDERED)
            for row, factor in enumerate(incidence.factors):
                for at, group in enumerate(grouped.groups):
                    codes = incidence.codes_in(factor.code, dimension, group, Layer.HINDERED)
                    assert len(codes) == grouped.tally.present[row, at]


class TestOneMoreReview:
    @QUICKLY
    @given(random_tables(), st.randoms())
    def test_makes_the_same_table_as_loading_all_of_them(self, table: Table, chance: Random) -> None:
        reviews, factors = table
        later = [review for review in reviews if chance.random() < 0.4]
        earlier = [review for review in reviews if review not in later]
        whole = Incidence.of(reviews, factors)
        extended = Incidence.of(earlier, factors).with_reviews(Incidence.of(later, factors))
        assert extended.codes.tolist() == whole.codes.tolist()
        for layer in Layer:
            for dimension in (Dimension.DIVISION, Dimension.SERVICE_AREA):
                found, wanted = extended.tally_by(dimension, layer), whole.tally_by(dimension, layer)
                assert found.groups == wanted.groups
                assert np.array_equal(found.tally.present, wanted.tally.present)
                assert np.array_equal(found.rest_present, wanted.rest_present)
            assert np.array_equal(extended.pair_counts(layer).present, whole.pair_counts(layer).present)


class TestOtherAnswers:
    @QUICKLY
    @given(random_tables(), st.randoms())
    def test_make_the_same_table_as_loading_all_of_them(self, table: Table, chance: Random) -> None:
        reviews, factors = table
        answers = [review.answers for review in reviews]
        chance.shuffle(answers)
        changed = [replace(review, answers=given) for review, given in zip(reviews, answers, strict=True)]
        before, after = Incidence.of(reviews, factors), Incidence.of(changed, factors)
        for layer in Layer:
            same(before.tally(layer), before.tally(layer))  # So that there are bits to bring along.
        places = np.array([at for at in range(len(reviews)) if chance.random() < 0.5], dtype=np.intp)
        mixed = sorted(reviews, key=attrgetter("code")), sorted(changed, key=attrgetter("code"))
        wanted = Incidence.of([mixed[at in places][at] for at in range(len(reviews))], factors)
        found = before.with_answers(places, after.at(places))
        for layer in Layer:
            same(found.tally(layer), wanted.tally(layer))
        assert same_reviews(found, wanted)


class TestATable:
    def test_nobody_holds_is_let_go_at_once(self) -> None:
        # A table of a million reviews must not wait in memory until somebody collects circles.
        gc.disable()
        try:
            table = Incidence.of(reviews_by_hand(), FACTORS)
            assert table.tally(Layer.HINDERED).latent.tolist() == HINDERED["latent"]
            table.where(Selection(threshold=3)).tally(Layer.HINDERED)
            table.tally_by(Dimension.DIVISION, Layer.HINDERED)
            table.pair_counts(Layer.HINDERED)
            held = weakref.ref(table)
            del table
            assert held() is None
        finally:
            gc.enable()


class TestPairCounts:
    @QUICKLY
    @given(random_tables())
    def test_are_those_of_a_matrix_product(self, table: Table) -> None:
        incidence = Incidence.of(*table)
        for layer in Layer:
            answered, present = (flags.astype(int) for flags in incidence.answered_and_present(layer))
            counts = incidence.pair_counts(layer)
            assert np.array_equal(counts.base, answered.T @ answered)
            assert np.array_equal(counts.together, present.T @ present)
            assert np.array_equal(counts.present, present.T @ answered)
