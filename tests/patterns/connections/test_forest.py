"""The drawing of differences: the largest first, around the middle, inside the picture."""

from app.patterns.connections.forest import MOST_ROWS, Told, drawn_forest, signed
from app.patterns.connections.pairs import Interval


def told(*differences: float) -> list[Told]:
    return [Told(f"Factor {d}", d, Interval(d - 0.1, d + 0.1), False, f"{d:+.2f}") for d in differences]


class TestForest:
    def test_the_largest_difference_stands_first_and_nothing_is_in_the_middle(self) -> None:
        forest = drawn_forest(told(0.05, -0.4, 0.0, 0.2))
        assert [row.label for row in forest.rows] == ["Factor -0.4", "Factor 0.2", "Factor 0.05", "Factor 0.0"]
        assert forest.rows[-1].x == forest.middle
        assert forest.rows[0].x < forest.middle < forest.rows[1].x

    def test_every_interval_is_inside_and_ticks_are_even(self) -> None:
        forest = drawn_forest(told(0.9, -0.9, 0.02))
        assert all(forest.label_x < row.low < row.x < row.high < forest.words_x < forest.width for row in forest.rows)
        values = [tick.value for tick in forest.ticks]
        assert values == sorted(values)
        assert 0.0 in values

    def test_holds_no_more_than_can_be_read(self) -> None:
        assert len(drawn_forest(told(*(at / 100 for at in range(60)))).rows) == MOST_ROWS

    def test_of_nothing_is_empty(self) -> None:
        assert drawn_forest([]).rows == ()

    def test_a_difference_that_rounds_to_nothing_has_no_sign(self) -> None:
        assert [signed(value, in_points=True) for value in (0.126, -0.126, -0.004)] == ["+13", "−13", "0"]
        assert [signed(value, in_points=False) for value in (0.25, -0.25, -0.004)] == ["+0.25", "−0.25", "0"]
