"""Dates as files write them: one order of day and month for a column, and never a guess about a single date."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.translation import gettext as _

EARLIEST = date(1950, 1, 1)
"""Before this a date is taken for a slip in typing."""

_TIME = re.compile(
    r"[T ,]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*([ap]\.?m\.?)?\s*(z|utc|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$")
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$")
_YEAR_LAST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$")
_DAY_NAME = re.compile(r"^(\d{1,2})[-/. ]+([a-z]{3,9})\.?[-/., ]+(\d{4}|\d{2})$", re.IGNORECASE)
_NAME_DAY = re.compile(r"^([a-z]{3,9})\.?[-/ ]+(\d{1,2})(?:st|nd|rd|th)?[-/, ]+(\d{4})$", re.IGNORECASE)
_NAME_YEAR = re.compile(r"^([a-z]{3,9})\.?[-/, ]+(\d{4})$", re.IGNORECASE)
_YEAR_MONTH = re.compile(r"^(\d{4})[-/](\d{1,2})$")
_QUARTER = re.compile(r"^(?:(\d{4})[- ]?q([1-4])|q([1-4])[-/ ]?(\d{4}))$", re.IGNORECASE)
_YEAR = re.compile(r"^(\d{4})$")
_MONTHS = {name.casefold(): at for at, name in enumerate(calendar.month_name) if at}
_MONTHS |= {name.casefold(): at for at, name in enumerate(calendar.month_abbr) if at} | {"sept": 9}


class DateFormat(StrEnum):
    """The order of day and month in a column; any of / - . and space may stand between."""

    AUTO = "auto"
    MONTH_FIRST = "MM/DD/YYYY"
    DAY_FIRST = "DD/MM/YYYY"
    YEAR_FIRST = "YYYY-MM-DD"
    EXCEL_NUMBER = "Excel number"
    """Days since the start of 1900, which is what a date becomes when a column loses its format."""


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date with its precision (day, month, quarter, year, unknown), or the sentence that says why there is none.

    The sentence does not repeat the cell, because it may be kept when the file is forgotten.
    """

    on: date | None
    precision: str
    problem: str | None = None


def read_date(text: str, form: DateFormat, today: date) -> ReadDate:
    """The date in a cell; a time of day is left out. An empty cell is an unknown date, which is no problem."""
    bare = _TIME.sub("", text.strip()).strip()
    if not bare:
        return ReadDate(None, "unknown")
    try:
        found = _whole_date(bare, form, today) or _part_of_date(bare)
    except (ValueError, OverflowError):
        return _problem(_("This is no day of the calendar. Correct it, or leave it empty."))
    if found is None and re.fullmatch(r"\d{5}(\.\d+)?", bare):
        return _problem(
            _(
                "This looks like the number of a day, as Excel keeps dates. Choose “Excel number” as the date format "
                "in the mapping."
            )
        )
    if found is None and bare.startswith("="):
        return _problem(_("This is a formula, not a date. Copy the column in Excel and paste its values."))
    if found is None:
        return _problem(_("This is not a date we can read. Write it as 2026-11-22, or leave it empty."))
    return found if found.problem else _within_reach(found, today)


def likely_format(texts: Iterable[str]) -> DateFormat | None:
    """The order that all dates of a column allow: AUTO when each can be read in one way only, None when two fit."""
    month_first = day_first = True
    twofold = False
    for text in texts:
        found = _YEAR_LAST.match(_TIME.sub("", text.strip()).strip())
        if found is None:
            continue
        first, second = int(found[1]), int(found[2])
        twofold = True
        month_first = month_first and first <= 12
        day_first = day_first and second <= 12
    if not twofold:
        return DateFormat.AUTO
    if month_first == day_first:
        return None
    return DateFormat.MONTH_FIRST if month_first else DateFormat.DAY_FIRST


def _whole_date(text: str, form: DateFormat, today: date) -> ReadDate | None:
    if form is DateFormat.EXCEL_NUMBER and re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        return ReadDate(date(1899, 12, 30) + timedelta(days=int(float(text))), "day")
    if found := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        return ReadDate(date(int(found[1]), int(found[2]), int(found[3])), "day")
    if found := _YEAR_LAST.match(text):
        return _year_last(found, text, form, today)
    if found := _DAY_NAME.match(text):
        month = _month(found[2])
        return ReadDate(date(_year(found[3], today), month, int(found[1])), "day") if month else None
    if found := _NAME_DAY.match(text):
        month = _month(found[1])
        return ReadDate(date(int(found[3]), month, int(found[2])), "day") if month else None
    return None


def _year_last(found: re.Match[str], text: str, form: DateFormat, today: date) -> ReadDate:
    first, second, year = int(found[1]), int(found[2]), _year(found[3], today)
    if form is DateFormat.AUTO and first != second and first <= 12 and second <= 12:
        return _problem(
            _("Month and day can be read in either order. Choose the date format of the column in the mapping.")
        )
    day_first = form is DateFormat.DAY_FIRST or (form is not DateFormat.MONTH_FIRST and first > 12)
    month, day = (second, first) if day_first else (first, second)
    if month > 12:
        return _problem(
            _("This does not fit the date format %(form)s. Correct it, or choose another format.") % {"form": form}
        )
    return ReadDate(date(year, month, day), "day")


def _part_of_date(text: str) -> ReadDate | None:
    """A month, quarter or year stands for its first day, with the precision beside it."""
    if found := _QUARTER.match(text):
        year, quarter = int(found[1] or found[4]), int(found[2] or found[3])
        return ReadDate(date(year, 3 * quarter - 2, 1), "quarter")
    if found := _YEAR_MONTH.match(text):
        return ReadDate(date(int(found[1]), int(found[2]), 1), "month")
    if (found := _NAME_YEAR.match(text)) and (month := _month(found[1])):
        return ReadDate(date(int(found[2]), month, 1), "month")
    if found := _YEAR.match(text):
        return ReadDate(date(int(found[1]), 1, 1), "year")
    return None


def _within_reach(found: ReadDate, today: date) -> ReadDate:
    if found.on and found.on < EARLIEST:
        return _problem(_("The date lies before %(year)s. Check the year.") % {"year": EARLIEST.year})
    if found.on and found.on > today:
        return _problem(_("The date lies in the future. Check it."))
    return found


def _month(name: str) -> int | None:
    return _MONTHS.get(name.casefold())


def _year(text: str, today: date) -> int:
    """Two digits mean the latest year that is not in the future."""
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    return year if year <= today.year else year - 100


def _problem(sentence: str) -> ReadDate:
    return ReadDate(None, "unknown", sentence)
