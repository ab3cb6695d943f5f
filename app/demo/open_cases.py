"""Draws how many cases each office has open in each month, so that incidents can be charted as a rate."""

from collections import Counter
from datetime import date

from app.demo.assumptions import (
    CASES_A_REVIEW,
    CASES_FALL_BY,
    CASES_VARY_BY,
    FIRST_DAY,
    LAST_DAY,
    REVIEWS_BY_DIVISION,
)
from app.demo.chance import Chance
from app.demo.county import OFFICES
from app.demo.records import OpenCases


def draw_open_cases(chance: Chance) -> tuple[OpenCases, ...]:
    """One record for each office and month; the offices of a division begin alike, and all fall a little each year."""
    offices_of = Counter(office.division for office in OFFICES)
    months = _months()
    return tuple(
        OpenCases(
            office.code, month, _cases(REVIEWS_BY_DIVISION[office.division] / offices_of[office.division], at, chance)
        )
        for office in OFFICES
        for at, month in enumerate(months)
    )


def _cases(reviews: float, months: int, chance: Chance) -> int:
    usual: float = reviews * CASES_A_REVIEW * (1 - CASES_FALL_BY) ** (months / 12)
    return round(usual * (1 + CASES_VARY_BY * chance.numbers.standard_normal()))


def _months() -> list[date]:
    first, last = (day.year * 12 + day.month - 1 for day in (FIRST_DAY, LAST_DAY))
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1)]
