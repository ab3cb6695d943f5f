"""What a brief holds: words, one picture and one table, before anybody decides how they are set."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from app.core.dates import day
from app.core.translation import gettext as _
from app.patterns.briefs.pictures import Picture

ROWS_THAT_FIT = (30, 24, 20, 17, 14, 10, 6, 3)
"""Of each table; the next number is tried while what follows the picture is longer than one page."""
MOST_ROWS = ROWS_THAT_FIT[0]
MOST_FILTERS = 6
"""Filters named one by one; of more, the number is told."""


@dataclass(frozen=True)
class Table:
    """A small table; every cell is text. `numbers` are the columns that stand right-aligned."""

    caption: str
    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
    of: int = 0
    """How many rows there are in all; 0 where these are all."""
    addresses: Sequence[str] = ()
    """Where each row leads on screen, in the order of the rows; paper has no use for it."""
    order: str = ""
    """Which rows come first, in words, where that decides which ones are left out."""

    def first(self, most: int) -> "Table":
        """The first rows of it."""
        return replace(self, rows=self.rows[:most], of=max(self.of, len(self.rows)))

    @property
    def left_out(self) -> str:
        """A sentence about the rows that are not here; empty where all are."""
        if self.of <= len(self.rows):
            return ""
        numbers = {"shown": len(self.rows), "rows": f"{self.of:,}", "order": self.order}
        if not self.order:
            return _("The first %(shown)s of %(rows)s lines. The page holds all.") % numbers
        return _("The first %(shown)s of %(rows)s lines, %(order)s. The page holds all.") % numbers


@dataclass(frozen=True)
class Brief:
    """Two pages about one pattern, or about one quarter of an office."""

    code: str
    """Of the saved view or the office; it stands in the name of the file."""
    title: str
    agency: str
    made_up: bool
    finding: str
    facts: Sequence[tuple[str, str]]
    """What was counted: number of reviews, filters, list of factors, date of the data."""
    changes: Sequence[str]
    """What has changed since a day that was kept, in sentences; may be empty."""
    changes_heading: str
    picture: Picture | None
    tables: Sequence[Table]
    not_said: Sequence[str]
    """What the numbers do not say."""
    method: Sequence[str]
    data_on: date | None
    """The day of the newest rating that was counted. The files carry it as their own date, so that the same data makes
    the same bytes on any day."""

    def with_rows(self, most: int) -> "Brief":
        """The brief with at most so many rows in each table."""
        return replace(self, tables=[table.first(most) for table in self.tables])

    @property
    def made_at(self) -> datetime:
        """The moment the files carry as their own: the day of the data, at noon."""
        return datetime.combine(self.data_on or date(2000, 1, 1), time(12), tzinfo=UTC)

    def file_name(self, kind: str) -> str:
        """Such as "brief-V-7F3KQ2M9XA.pdf"; titles stay out of file names, which travel further than files."""
        return f"brief-{self.code}.{kind}"


def data_words(data_on: date | None) -> str:
    """Until when the ratings go that were counted."""
    if data_on is None:
        return _("no rating counts yet")
    return _("ratings until %(day)s") % {"day": day(data_on)}
