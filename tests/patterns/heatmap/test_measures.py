"""What stands in a cell of the heatmap: counted by hand, the same on the page and in the drawing."""

import re

import pytest
from hypothesis import given

from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Layer
from app.patterns.heatmap.measures import DIFFERENCE_COLORS, Measure, difference_points, value_of
from app.patterns.heatmap.table import heatmap
from tests.conftest import words
from tests.patterns.county import a_small_county
from tests.patterns.tables import QUICKLY, Table, factors_named, random_tables, reviews_with


def two_divisions(north: list[int], south: list[int]):
    reviews = reviews_with([[one] for one in north], "North") + [
        type(review)(f"s{review.code}", review.attributes, review.answers)
        for review in reviews_with([[one] for one in south], "South")
    ]
    return heatmap(Incidence.of(reviews, factors_named(1)), Dimension.DIVISION, Layer.HINDERED).rows[0]


class TestTheDifference:
    def test_is_the_share_less_the_share_of_the_others(self) -> None:
        row = two_divisions([1, 1, 1, 0, 0, 0, 0, 0], [1] + [0] * 9)
        told = {cell.group: value_of(cell, Measure.DIFFERENCE).text for cell in row.cells}
        # 37.5 % less 10 % is 27.5.
        assert told == {"North": "+28", "South": "−27"}

    def test_is_not_shown_where_the_others_are_too_few(self) -> None:
        row = two_divisions([1] * 10, [0] * 4)
        assert [value_of(cell, Measure.DIFFERENCE) for cell in row.cells] == [None, None]

    @pytest.mark.parametrize(("north", "shade"), [(0, 1), (1, 2), (2, 3), (3, 4), (5, 5)], ids=lambda value: str(value))
    def test_has_six_colors_around_nothing(self, north: int, shade: int) -> None:
        # The others: 2 of 10; here north of 10.
        row = two_divisions([1] * north + [0] * (10 - north), [1] * 2 + [0] * 8)
        cell = next(cell for cell in row.cells if cell.group == "North")
        value = value_of(cell, Measure.DIFFERENCE)
        assert (value.shade, value.fill) == (shade, DIFFERENCE_COLORS[shade])

    @QUICKLY
    @given(random_tables())
    def test_is_within_half_a_point_of_the_exact_one(self, table: Table) -> None:
        for row in heatmap(Incidence.of(*table), Dimension.DIVISION, Layer.HINDERED).rows:
            for cell in row.cells:
                if (points := difference_points(cell)) is not None:
                    present = sum(other.share.present for other in row.cells if other is not cell)
                    answered = sum(other.share.answered for other in row.cells if other is not cell)
                    exact = 100 * (cell.share.present / cell.share.answered - present / answered)
                    assert abs(points - exact) <= 0.5 + 1e-9


class TestThePage:
    def test_shows_counts_and_differences(self, session, browse, cast) -> None:
        a_small_county(session, cast)
        client = browse(cast.analyst)
        # Teamwork: 4 of 7 in Harbor, 1 of 5 in Foothills.
        told = words(client.get("/patterns/heatmap?measure=count").text)
        assert "4 reviews, 4 of 7 reviews" in told
        told = words(client.get("/patterns/heatmap?measure=difference").text)
        assert "+37 percentage points to the others, 4 of 7 reviews" in told
        drawing = client.get("/patterns/heatmap.svg?measure=difference").text
        assert re.search(r">\+37</text>", drawing)
        assert "In the cells: Difference to the others" in drawing
        assert client.get("/patterns/heatmap?measure=rank").status_code == 404
        assert client.get("/patterns/heatmap.svg?measure=rank").status_code == 404
