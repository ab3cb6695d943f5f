"""Numbers side by side: each bar as tall as its number says, beside the lines of the scale."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.patterns.trends.columns import LEFT, TOP, Group, Series, drawn_columns

SERIES = (Series("Reported", "#111111"), Series("Reviewed", "#222222"))
NUMBERS = st.lists(st.tuples(st.integers(0, 5000), st.none() | st.integers(0, 5000)), max_size=30)


class TestBars:
    @given(NUMBERS)
    def test_are_as_tall_as_their_number_and_apart_from_each_other(self, numbers: list[tuple[int, int | None]]) -> None:
        drawn = drawn_columns([Group(f"Q{at} 2026", both) for at, both in enumerate(numbers)], SERIES)
        told = [number for both in numbers for number in both if number is not None]
        assert len(drawn.bars) == len(told)
        top = float(drawn.values[-1].words.replace(",", ""))
        for bar, number in zip(drawn.bars, told, strict=True):
            tall = (drawn.floor - TOP) * number / top
            assert bar.height == pytest.approx(max(tall, 1.0 if number else 0.0), abs=0.11)
            assert LEFT <= bar.x <= bar.x + bar.width <= drawn.right + 0.1
        for one, other in zip(drawn.bars, drawn.bars[1:], strict=False):
            assert one.x + one.width <= other.x + 0.11

    def test_carry_their_numbers_and_names_only_where_there_is_room(self) -> None:
        few = drawn_columns([Group("Q1 2026", (1200, 3))], SERIES)
        assert [bar.number for bar in few.bars] == ["1,200", "3"]
        assert few.bars[0].words == "Q1 2026, Reported: 1,200"
        assert [(one.words, one.below) for one in few.groups] == [("Q1", "2026")]
        many = drawn_columns([Group(f"Q1 {year}", (1, 1)) for year in range(1990, 2010)], SERIES)
        assert {bar.number for bar in many.bars} == {""}
        assert [one.below for one in many.groups] == ["1990", "1994", "1998", "2002", "2006"]

    def test_of_shares_stand_in_percent(self) -> None:
        drawn = drawn_columns([Group("Q1 2026", (0.04,)), Group("Q2 2026", (None,))], SERIES[:1], in_percent=True)
        assert [bar.number for bar in drawn.bars] == ["4%"]
        assert [tick.words for tick in drawn.values] == ["0%", "1%", "2%", "3%", "4%"]

    def test_of_nothing_are_none(self) -> None:
        assert drawn_columns([], SERIES).bars == ()
