"""Dates in words."""

from datetime import UTC, date, datetime, time

import pytest

from app.core.dates import clock, day, period


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("2026-11", "Nov 2026"),
        ("2026-Q3", "Q3 2026"),
        ("2026-W48", "Nov 23, 2026"),
        ("2026-W01", "Dec 29, 2025"),
        ("2020-W53", "Dec 28, 2020"),
    ],
)
def test_a_period_is_told_by_its_month_its_quarter_or_its_monday(code: str, told: str) -> None:
    assert period(code) == told


def test_the_same_day_and_minute_are_told_in_the_same_words_again() -> None:
    assert [day(date(2026, 11, 30)), day(date(2026, 12, 1)), day(date(2026, 11, 30)), day(None)] == [
        "Nov 30, 2026",
        "Dec 1, 2026",
        "Nov 30, 2026",
        "–",
    ]
    assert day(datetime(2026, 11, 30, 12, tzinfo=UTC)) == "Nov 30, 2026"
    assert [clock(time(9, 5)), clock(time(21, 5)), clock(time(9, 5, 59))] == ["9:05 AM", "9:05 PM", "9:05 AM"]
