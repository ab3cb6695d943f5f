"""Shares carry their counts, and of few reviews no share is told."""

import pytest

from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Layer
from app.patterns.heatmap.shares import Share, totals_of
from tests.patterns.tables import FACTORS, reviews_by_hand


class TestShare:
    @pytest.mark.parametrize(
        ("present", "answered", "percent", "shade"),
        [
            (0, 5, 0, 0),
            (9, 100, 9, 0),
            (19, 200, 10, 1),
            (19, 100, 19, 1),
            (1, 5, 20, 2),
            (1, 8, 13, 1),
            (3, 10, 30, 3),
            (2, 5, 40, 4),
            (99, 200, 50, 5),
            (5, 5, 100, 5),
        ],
    )
    def test_the_color_is_that_of_the_percent_shown(
        self, present: int, answered: int, percent: int, shade: int
    ) -> None:
        share = Share(present, answered)
        assert (share.percent, share.shade) == (percent, shade)

    @pytest.mark.parametrize(("present", "answered"), [(0, 0), (0, 1), (4, 4)])
    def test_a_base_under_five_has_no_share(self, present: int, answered: int) -> None:
        share = Share(present, answered)
        assert (share.percent, share.interval, share.shade) == (None, None, None)


class TestTotals:
    def test_each_answer_stands_apart(self) -> None:
        teamwork, pressure, records = totals_of(Incidence.of(reviews_by_hand(), FACTORS), Layer.HINDERED)
        assert teamwork == Share(4, 11, latent=2, not_evident=4, other_direction=1, not_enough_information=1)
        assert pressure == Share(5, 11, latent=1, not_evident=4, other_direction=1, not_rated=1, single_rater=1)
        assert records == Share(5, 8, latent=1, not_evident=2, not_enough_information=1, not_asked=3)
