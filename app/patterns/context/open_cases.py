"""Reads a file of open cases: one line for each office and month. All of it can be used, or none."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.core.errors import Refused
from app.core.translation import gettext as _

NAMES = ("office", "month", "open_cases")
LARGEST = 2 * 1024 * 1024
"""Bytes: some forty thousand lines."""
MOST_CASES = 1_000_000
MOST_PROBLEMS = 20
"""So many are told at once."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One line: an office, the first day of a month, and the number of cases open then."""

    office_id: int
    month: date
    cases: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What to change in one line of the file; line 1 holds the names."""

    line: int
    sentence: str


class FileRefused(Refused):
    """The file cannot be read at all."""

    status_code = 422


def read_open_cases(
    content: bytes, offices: Mapping[str, int], *, today: date
) -> tuple[Sequence[Counted], Sequence[Problem]]:
    """The lines of a CSV file with the columns office, month and open_cases; or what to change.

    `offices` gives the id of an office by its name in small letters. Nothing is to be stored while there is a problem.
    """
    found: dict[tuple[int, date], Counted] = {}
    problems: list[Problem] = []
    for line, cells in _lines(content):
        try:
            one = _counted(cells, offices, today)
            if (one.office_id, one.month) in found:
                raise FileRefused(_("This office and month stand in the file twice. Keep one of the lines."))
            found[one.office_id, one.month] = one
        except Refused as refusal:
            problems.append(Problem(line, refusal.sentence))
    if not found and not problems:
        raise FileRefused(_("The file holds no lines below the names of its columns."))
    return list(found.values()), problems


def _lines(content: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(content) > LARGEST:
        raise FileRefused(_("The file is larger than 2 MB. Split it, for example by year."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(_("This is not a CSV file in UTF-8. Save it as “CSV UTF-8” and choose it again.")) from None
    if "\x00" in text:
        raise FileRefused(_("This is not a CSV file in UTF-8. Save it as “CSV UTF-8” and choose it again."))
    # A spreadsheet in many other languages writes semicolons, because its comma stands in numbers.
    heads, _newline, _rest = text.partition("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if heads.count(";") > heads.count(",") else ",")
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise FileRefused(_("This file cannot be read as CSV. Look for a quotation mark that is not closed.")) from None
    names = [re.sub(r"[\s_-]+", "_", cell.strip().casefold()) for cell in rows[0][1]] if rows else []
    if missing := [name for name in NAMES if name not in names]:
        raise FileRefused(
            _("The first line must name the columns office, month and open_cases. Missing: %(missing)s.")
            % {"missing": ", ".join(missing)}
        )
    return [(line, dict(zip(names, (cell.strip() for cell in row), strict=False))) for line, row in rows[1:]]


def _counted(cells: Mapping[str, str], offices: Mapping[str, int], today: date) -> Counted:
    office = offices.get(cells.get("office", "").casefold())
    if office is None:
        raise FileRefused(
            _("There is no office “%(office)s”. Write its name as on the page.")
            % {"office": cells.get("office", "")[:60]}
        )
    at = _month(cells.get("month", ""))
    if at is None:
        raise FileRefused(_("Write the month as 2026-03."))
    if at > today:
        raise FileRefused(_("This month has not begun."))
    number = cells.get("open_cases", "").replace(",", "")
    if not re.fullmatch(r"[0-9]{1,7}", number) or int(number) > MOST_CASES:
        raise FileRefused(_("Write the number of open cases as a whole number, 0 or more."))
    return Counted(office, at, int(number))


def _month(text: str) -> date | None:
    """The first day of a month written as 2026-03 or 2026-03-01."""
    written = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})(-0?1)?", text)
    if written is None or not 1 <= int(written[2]) <= 12 or int(written[1]) < 1900:
        return None
    return date(int(written[1]), int(written[2]), 1)
