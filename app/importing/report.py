"""The row report: a CSV that says what became of each row, safe to open in a spreadsheet program."""

import csv
import io
from collections.abc import Sequence

from app.importing.rules import Outcome

HEADER = ("file", "row", "outcome", "review", "what was said")
OUTCOMES: dict[str, str] = {
    Outcome.NEW: "New",
    Outcome.UNCHANGED: "Imported before, unchanged",
    Outcome.CHANGED: "Imported before with other values; left as it is",
    Outcome.DUPLICATE: "The same row again; left out",
    Outcome.BLANK: "Empty; left out",
    Outcome.REPEATED_HEADER: "Header again; left out",
    Outcome.EXCLUDED: "Excluded",
    Outcome.NEEDS_MENDING: "Needs mending",
}
"""What stands on screen and in reports for each outcome."""

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """The text, so that no spreadsheet program takes it for a formula."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def report_line(row: Sequence[object]) -> str:
    """A line of CSV; a row is file, number, outcome, review code and sentences."""
    held = io.StringIO()
    csv.writer(held).writerow([safe_cell(str(cell)) for cell in row])
    return held.getvalue()


BEGINNING = f"\ufeff{report_line(HEADER)}"
"""What a report starts with; the mark tells spreadsheet programs that it is UTF-8."""
