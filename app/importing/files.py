"""Files people bring: how large they may be, what they are in truth, and why one is refused."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.core.errors import Refused
from app.core.translation import gettext as _

LARGEST_FILE = 50 * 1024 * 1024
"""Bytes."""
MOST_ROWS = 200_000
"""Rows of a table, empty ones included."""
MOST_COLUMNS = 500
LONGEST_CELL = 1_000_000
"""Characters. A longer cell is nearly always a quotation mark that was never closed."""

DELIMITED_ENDINGS = (".csv", ".tsv", ".tab", ".txt")
WORKBOOK_ENDINGS = (".xlsx",)

_KNOWN_BEGINNINGS = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"{\\rtf": "a text document",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"Rar!": "a compressed file",
    b"SQLite format 3": "a database",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK"
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table")


class FileRefused(Refused):
    """The file cannot be read; the sentence says what it is and what to do."""

    status_code = 422


@dataclass(frozen=True)
class Source:
    """A file on disk or in memory, with the name it came under."""

    name: str
    content: Path | bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")

    @property
    def size(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    @property
    def ending(self) -> str:
        return Path(self.name).suffix.lower()


def is_workbook(source: Source) -> bool:
    """Whether this is an Excel workbook, else a text table. Refuses what is neither, or not what its name says."""
    _insist_on_size(source)
    with source.open() as file:
        beginning = file.read(512)
    _insist_on_known_kind(source, beginning)
    workbook = beginning.startswith(_ZIP)
    if workbook and source.ending in DELIMITED_ENDINGS:
        raise FileRefused(
            _(
                "%(name)s is named like a text table but is an Excel workbook. Give it a name that ends "
                "in .xlsx, or save it as CSV."
            )
            % {"name": source.name}
        )
    if not workbook and source.ending in WORKBOOK_ENDINGS:
        raise FileRefused(
            _(
                "%(name)s is named like an Excel workbook but is not one. Give a text table a name that "
                "ends in .csv, or save the workbook again."
            )
            % {"name": source.name}
        )
    return workbook


def _insist_on_size(source: Source) -> None:
    if source.size == 0:
        raise FileRefused(_("%(name)s is empty. Choose the file that holds the table.") % {"name": source.name})
    if source.size > LARGEST_FILE:
        raise FileRefused(
            _("%(name)s has %(value)s MB; up to %(value2)s MB can be read. Split it, for example by year.")
            % {"name": source.name, "value": f"{source.size / 1024 / 1024:.0f}", "value2": LARGEST_FILE // 1024 // 1024}
        )


def _insist_on_known_kind(source: Source, beginning: bytes) -> None:
    if source.ending not in (*DELIMITED_ENDINGS, *WORKBOOK_ENDINGS):
        raise FileRefused(
            _("%(name)s is not a CSV or XLSX file. Save the table as one of them.") % {"name": source.name}
        )
    for start, kind in _KNOWN_BEGINNINGS.items():
        if beginning.startswith(start):
            raise FileRefused(
                _("%(name)s is %(kind)s, not a table. Choose a CSV or XLSX file.") % {"name": source.name, "kind": kind}
            )
    if beginning.startswith(_OLD_OFFICE):
        raise FileRefused(
            _("%(name)s is an older Excel file or one with a password. Open it and save it as .xlsx without one.")
            % {"name": source.name}
        )
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise FileRefused(
            _("%(name)s is a web page that looks like a table. Open it in Excel and save it as .xlsx.")
            % {"name": source.name}
        )
