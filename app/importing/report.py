"""The row report: a CSV that says what became of each row, safe to open in a spreadsheet program."""

import csv
import io
from collections.abc import Sequence

from app.core.spreadsheets import safe_cell
from app.core.translation import N_, Words
from app.importing.rules import Outcome

HEADER = ("file", "row", "outcome", "review", "what was said")
OUTCOMES: Words[str] = Words(
    {
        Outcome.NEW: N_("New"),
        Outcome.UNCHANGED: N_("Imported before, unchanged"),
        Outcome.CHANGED: N_("Imported before with other values; left as it is"),
        Outcome.DUPLICATE: N_("The same row again; left out"),
        Outcome.BLANK: N_("Empty; left out"),
        Outcome.REPEATED_HEADER: N_("Header again; left out"),
        Outcome.EXCLUDED: N_("Excluded"),
        Outcome.NEEDS_MENDING: N_("Needs mending"),
    }
)
"""What stands on screen and in reports for each outcome."""


def report_line(row: Sequence[object]) -> str:
    """A line of CSV; a row is file, number, outcome, review code and sentences."""
    held = io.StringIO()
    csv.writer(held).writerow([safe_cell(str(cell)) for cell in row])
    return held.getvalue()


BEGINNING = f"\ufeff{report_line(HEADER)}"
"""What a report starts with; the mark tells spreadsheet programs that it is UTF-8."""
