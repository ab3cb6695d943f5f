"""Thresholds, the latent layer, key episodes and domains are counted as a person counts them by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, EpisodeRecord, Layer, Rating, Selection, Unit
from app.reviews.models import EpisodeKind
from app.systemic_factors.models import Answer, Direction
from app.systemic_factors.packs import AgencyInterface
from tests.patterns.tables import FACTORS, QUICKLY, Table, random_tables, reviews_by_hand

EPISODES = Selection(unit=Unit.EPISODE)
STRENGTH = {Answer.BACKGROUND: 1, Answer.INFLUENCED: 2, Answer.STRONG: 3, Answer.PRESENT: 3}


@pytest.fixture
def incidence() -> Incidence:
    return Incidence.of(reviews_by_hand(), FACTORS)


class TestThreshold:
    """Counted by hand from the table in tables.py, before the code was written. In the order of FACTORS."""

    @pytest.mark.parametrize(
        ("threshold", "layer", "present", "latent", "other_strength"),
        [
            (1, Layer.HINDERED, [6, 6, 6], [0, 0, 0], [0, 0, 0]),
            (2, Layer.HINDERED, [4, 5, 5], [2, 1, 1], [0, 0, 0]),
            (3, Layer.HINDERED, [1, 2, 1], [2, 1, 1], [3, 3, 4]),
            (1, Layer.HELPED, [2, 1, 0], [0, 0, 0], [0, 0, 0]),
            (3, Layer.HELPED, [0, 0, 0], [0, 0, 0], [2, 1, 0]),
            (2, Layer.LATENT, [2, 1, 1], [0, 0, 0], [4, 5, 5]),
            (3, Layer.LATENT, [2, 1, 1], [0, 0, 0], [4, 5, 5]),
        ],
    )
    def test_is_as_counted_by_hand(
        self,
        incidence: Incidence,
        threshold: int,
        layer: Layer,
        present: list[int],
        latent: list[int],
        other_strength: list[int],
    ) -> None:
        tally = incidence.where(Selection(threshold=threshold)).tally(layer)
        assert tally.present.tolist() == present
        assert tally.latent.tolist() == latent
        assert tally.other_strength.tolist() == other_strength
        assert tally.answered.tolist() == [11, 11, 8]

    def test_a_factor_imported_without_a_strength_counts_at_every_threshold(self, incidence: Incidence) -> None:
        for threshold in (1, 2, 3):
            assert "n7" in incidence.where(Selection(threshold=threshold)).codes_with(["pressure"], Layer.HINDERED)

    def test_narrows_what_reviews_with_a_factor_means(self, incidence: Incidence) -> None:
        strong = incidence.where(Selection(threshold=3, present=("teamwork",)))
        assert strong.codes.tolist() == ["n1"]
        assert incidence.where(Selection(threshold=1, absent=("teamwork",))).codes.tolist() == [
            "n5",
            "n6",
            "s1",
            "s2",
            "s5",
        ]

    @QUICKLY
    @given(random_tables(), st.sampled_from([1, 2, 3]), st.sampled_from([Layer.HINDERED, Layer.HELPED]))
    def test_is_what_a_loop_over_the_reviews_counts(self, table: Table, threshold: int, layer: Layer) -> None:
        reviews, factors = table

        def there(rating: Rating | None) -> bool:
            told = rating is not None and rating.answer is not None and layer.holds(rating.direction)
            return bool(told and rating and rating.answer and STRENGTH.get(rating.answer, 0) >= threshold)

        counted = Incidence.of(reviews, factors).where(Selection(threshold=threshold))
        expected = [sum(there(review.answers.get(factor.code)) for review in reviews) for factor in factors]
        assert counted.tally(layer).present.tolist() == expected


class TestKeyEpisodes:
    """Seven by hand: n1 in the hotline and in investigation, n2, n3, s1 twice, s4."""

    def test_the_denominator_is_every_episode_and_the_numerator_those_with_the_factor_linked(
        self, incidence: Incidence
    ) -> None:
        tally = incidence.where(EPISODES).tally(Layer.HINDERED)
        assert tally.present.tolist() == [3, 1, 0]
        assert tally.answered.tolist() == [7, 7, 7]

    def test_what_helped_is_counted_apart(self, incidence: Incidence) -> None:
        assert incidence.where(EPISODES).tally(Layer.HELPED).present.tolist() == [2, 0, 0]

    def test_by_division_and_service_area_they_are_as_counted_by_hand(self, incidence: Incidence) -> None:
        episodes = incidence.where(EPISODES)
        divisions = episodes.tally_by(Dimension.DIVISION, Layer.HINDERED)
        assert divisions.reviews.tolist() == [4, 3]
        assert divisions.tally.present.tolist() == [[2, 1], [1, 0], [0, 0]]
        areas = episodes.tally_by(Dimension.SERVICE_AREA, Layer.HINDERED)
        assert areas.reviews.tolist() == [5, 2]
        assert areas.tally.present.tolist() == [[2, 1], [0, 1], [0, 0]]
        assert areas.rest_present.tolist() == [[1, 2], [1, 0], [0, 0]]
        assert areas.rest_answered.tolist() == [[2, 5]] * 3

    @pytest.mark.parametrize(
        ("selection", "codes"),
        [
            (Selection(service_area=("investigation",)), "n1 n2"),
            (Selection(division=("South",)), "s1 s1 s4"),
            (Selection(episode_kind=(EpisodeKind.SUCCESSFUL_PRACTICE,)), "n3"),
            (Selection(interface=(AgencyInterface.COURT, AgencyInterface.HEALTH)), "n2 s4"),
            (Selection(service_area=("hotline",), interface=(AgencyInterface.COURT,)), ""),
            (Selection(present=("records",)), "s1 s1 s4"),
        ],
    )
    def test_a_filter_of_episodes_keeps_only_them(self, incidence: Incidence, selection: Selection, codes: str) -> None:
        assert incidence.where(replace(selection, unit=Unit.EPISODE)).codes.tolist() == codes.split()

    def test_two_factors_share_the_episode_not_only_the_review(self, incidence: Incidence) -> None:
        assert incidence.where(EPISODES).pair_counts(Layer.HINDERED).together.tolist() == [
            [3, 1, 0],
            [1, 1, 0],
            [0, 0, 0],
        ]

    def test_a_number_leads_to_each_review_once(self, incidence: Incidence) -> None:
        both = incidence.where(EPISODES)
        assert both.latest(np.ones(both.n_reviews, dtype=np.bool_)) == ("n1", "n2", "n3", "s1", "s4")

    @QUICKLY
    @given(random_tables(), st.sampled_from([Layer.HINDERED, Layer.HELPED]))
    def test_pairs_are_what_a_loop_over_the_episodes_counts(self, table: Table, layer: Layer) -> None:
        reviews, factors = table
        linked = [linked_in(episode, layer) for review in reviews for episode in review.episodes]
        expected = [[sum(a.code in one and b.code in one for one in linked) for b in factors] for a in factors]
        episodes = Incidence.of(reviews, factors).where(EPISODES)
        assert episodes.n_reviews == len(linked)
        assert episodes.pair_counts(layer).together.tolist() == expected


def linked_in(episode: EpisodeRecord, layer: Layer) -> set[str]:
    return {link.factor for link in episode.links if link.direction in (Direction.BOTH, layer.value)}


class TestFiltersOfReviews:
    @pytest.mark.parametrize(
        ("selection", "codes"),
        [
            (Selection(division=("North", "South"), quarter_to="2025-Q1"), "n1 n2 s1"),
            (Selection(service_area=("hotline", "investigation")), "n1 n2 n3 s1 s4"),
            (Selection(interface=(AgencyInterface.COURT,)), "n2"),
            (Selection(episode_kind=(EpisodeKind.IMPROVEMENT_OPPORTUNITY,)), "n1 n2 s1 s4"),
            (Selection(service_area=("hotline",), interface=(AgencyInterface.COURT,)), ""),
        ],
    )
    def test_any_of_several_values_is_enough_in_one_and_the_same_episode(
        self, incidence: Incidence, selection: Selection, codes: str
    ) -> None:
        assert incidence.where(selection).codes.tolist() == codes.split()

    def test_a_domain_narrows_the_factors_and_not_the_reviews(self, incidence: Incidence) -> None:
        team = incidence.where(Selection(domains=("Team",)))
        assert [factor.code for factor in team.factors] == ["teamwork", "pressure"]
        assert team.n_reviews == 12
        assert team.tally(Layer.HINDERED).present.tolist() == [4, 5]
        assert team.tally_by(Dimension.SERVICE_AREA, Layer.HINDERED).tally.present.tolist() == [[2, 1], [0, 1]]

    def test_a_domain_may_be_chosen_beside_a_factor_of_another(self, incidence: Incidence) -> None:
        practice = incidence.where(Selection(domains=("Practice",), present=("teamwork", "pressure")))
        assert practice.codes.tolist() == ["n1", "n2", "s4"]
        assert practice.tally(Layer.HINDERED).present.tolist() == [1]


class TestTheLatentLayer:
    def test_counts_links_of_factors_that_the_review_rates_in_the_background(self) -> None:
        records = [review for review in reviews_by_hand() if review.code in ("n1", "n2")]
        weaker = {**records[0].answers, "teamwork": Rating(Answer.BACKGROUND)}
        incidence = Incidence.of([replace(records[0], answers=weaker), records[1]], FACTORS)
        areas = incidence.tally_by(Dimension.SERVICE_AREA, Layer.LATENT)
        assert areas.groups == ("hotline", "investigation")
        assert areas.tally.present.tolist() == [[1, 0], [0, 0], [0, 0]]


class TestSeveralSelections:
    @QUICKLY
    @given(table=random_tables(), unit=st.sampled_from(Unit))
    def test_count_once_what_any_of_them_asks_for(self, table: Table, unit: Unit) -> None:
        reviews, factors = table
        whole, kind = Incidence.of(reviews, factors), EpisodeKind.IMPROVEMENT_OPPORTUNITY
        asked = [
            [episode.service_area == "hotline" or episode.kind == kind for episode in review.episodes]
            for review in reviews
        ]
        number = sum(map(sum, asked)) if unit is Unit.EPISODE else sum(map(any, asked))
        selections = [Selection(unit=unit, service_area=("hotline",)), Selection(unit=unit, episode_kind=(kind,))]
        assert whole.number_in_any(selections) == number
        assert whole.number_in_any(selections[:1]) == whole.where(selections[0]).n_reviews
        assert whole.number_in_any([*selections, Selection(unit=unit)]) == whole.where(Selection(unit=unit)).n_reviews
