"""Dates, times and numbers as people read them in the United States."""

from datetime import date, datetime, time
from functools import lru_cache

from babel.dates import format_date, format_time


def local_day(value: date) -> date:
    """The day of an instant in the server's time zone; a date stays as it is."""
    return value.astimezone().date() if isinstance(value, datetime) else value


def day(value: date | None) -> str:
    """Nov 24, 2026; of an instant, the day in the server's time zone."""
    return _day(local_day(value)) if value else "–"


def long_day(value: date) -> str:
    """Tue, Nov 24, 2026."""
    return format_date(value, "EEE, MMM d, yyyy", locale="en_US")


def clock(value: datetime | time) -> str:
    """10:42 AM, in the server's time zone."""
    local = value.astimezone() if isinstance(value, datetime) else value
    return _clock(local.hour, local.minute)


@lru_cache(maxsize=1000)
def _day(value: date) -> str:
    # Kept, because a list names the same days again and again.
    return format_date(value, "MMM d, yyyy", locale="en_US")


@lru_cache
def _clock(hour: int, minute: int) -> str:
    return format_time(time(hour, minute), "h:mm a", locale="en_US").replace("\u202f", " ")


def percent(share: float) -> str:
    """23%, whole."""
    return f"{share:.0%}"


def thousands(number: int) -> str:
    """1,433."""
    return f"{number:,}"


def quarter(value: date) -> str:
    """2026-Q3."""
    return f"{value.year}-Q{(value.month - 1) // 3 + 1}"


def period(code: str) -> str:
    """Nov 2026 of 2026-11, Q3 2026 of 2026-Q3; of the week 2026-W48 its Monday, Nov 23, 2026."""
    year, _dash, part = code.partition("-")
    if part.startswith("Q"):
        return f"{part} {year}"
    if part.startswith("W"):
        return day(date.fromisocalendar(int(year), int(part[1:]), 1))
    return format_date(date(int(year), int(part), 1), "MMM yyyy", locale="en_US")


def first_day_of(quarter_code: str) -> date:
    """Of a quarter such as 2026-Q3."""
    year, _dash, number = quarter_code.partition("-Q")
    return date(int(year), 3 * int(number) - 2, 1)


def earlier_quarter(code: str, by: int) -> str:
    """The quarter so many before, such as "2025-Q4" three before "2026-Q3"; a negative number is after."""
    year, number = int(code[:4]), int(code[-1])
    at = 4 * year + number - 1 - by
    return f"{at // 4}-Q{at % 4 + 1}"
