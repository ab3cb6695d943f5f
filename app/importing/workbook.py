"""Excel workbooks: a look at the archive before it is opened, then the rows of one sheet, one at a time."""

import io
import lzma
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from app.core.translation import gettext as _
from app.importing.files import LONGEST_CELL, MOST_COLUMNS, FileRefused, Source

LARGEST_UNPACKED = 300 * 1024 * 1024
"""Bytes of all parts of a workbook together, unpacked."""
MOST_PARTS = 2_000
_CHUNK = 1 << 16
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[\s/>]")
"""The tag of a formula, with or without the prefix that some programs write."""
_LONGEST_TAG = 24
# What zipfile raises on a damaged archive, found by damaging some.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, IndexError, OSError, OverflowError,
    RuntimeError, ValueError,
)  # fmt: skip
# What openpyxl raises on parts that are not what it expects.
_UNREADABLE = (
    ParseError, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError,
    OSError,
)  # fmt: skip
# It also warns of styles and extensions it leaves out, which do not touch the cells.
warnings.filterwarnings("ignore", module="openpyxl")


@dataclass(frozen=True)
class Workbook:
    """One sheet of a workbook that has passed inspection."""

    source: Source
    sheet: str
    notes: tuple[str, ...]
    has_formulas: bool
    """Whether any sheet holds one."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row with its number in the sheet, counted from 1.

        A formula is never computed: what counts is the value that the spreadsheet program kept beside it, and the file
        is refused where there is none.
        """
        rows = self._checked() if self.has_formulas else self._values()
        for number, cells in enumerate(rows, start=1):
            yield number, _texts(cells, self.source.name, number)

    def _values(self) -> Iterator[tuple[Any, ...]]:
        with _opened(self.source) as book:
            yield from _sheet(book, self.sheet).iter_rows(values_only=True)

    def _checked(self) -> Iterator[tuple[Any, ...]]:
        """The values, read side by side with the formulas that they come from."""
        with _opened(self.source) as book, _opened(self.source, formulas=True) as twin:
            both = zip(_sheet(book, self.sheet).iter_rows(), _sheet(twin, self.sheet).iter_rows(), strict=True)
            for number, (values, written) in enumerate(both, start=1):
                for at, (value, formula) in enumerate(zip(values, written, strict=True)):
                    # The value of a formula that gives an empty text is of the kind `str`, and empty.
                    if formula.data_type == "f" and value.value is None and value.data_type != "str":
                        raise FileRefused(_without_value(self.source.name, number, at))
                yield tuple(cell.value for cell in values)


def read_workbook(source: Source, sheet: str | None) -> Workbook:
    """Inspect the archive and find the sheet: the one named, or the first that is shown."""
    has_formulas = _inspect(source)
    with _opened(source) as book:
        shown = [one.title for one in book.worksheets if one.sheet_state == "visible"]
    if not shown:
        raise FileRefused(
            _("%(name)s has no sheet that is shown. Show the sheet with the table and save it again.")
            % {"name": source.name}
        )
    if sheet is not None and sheet not in shown:
        raise FileRefused(
            _("%(name)s has no sheet “%(sheet)s”. Choose one of: %(shown)s.")
            % {"name": source.name, "sheet": sheet, "shown": ", ".join(shown)}
        )
    chosen = sheet or shown[0]
    notes = []
    if len(shown) > 1:
        notes.append(
            _("%(name)s has %(shown)s sheets; “%(chosen)s” was read.")
            % {"name": source.name, "shown": len(shown), "chosen": chosen}
        )
    return Workbook(source, chosen, tuple(notes), has_formulas)


def _sheet(book: Any, name: str) -> Any:
    sheet = book[name]
    # The size a sheet declares can be wrong; what it holds counts.
    sheet.reset_dimensions()
    return sheet


def _without_value(name: str, number: int, at: int) -> str:
    place = f"{get_column_letter(at + 1)}{number}"
    return _(
        "%(name)s holds a formula in %(place)s without the value it gives. Open the file in Excel, save it and "
        "choose it again, or copy the column and paste its values."
    ) % {"name": name, "place": place}


def _inspect(source: Source) -> bool:
    """Unpack every part once, counting, so that nothing large or damaged reaches the reader.

    Gives whether a sheet holds a formula.
    """
    damaged = _("%(name)s is damaged or cut off. Open it in Excel and save it again, or download it again.") % {
        "name": source.name
    }
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _insist_on_parts(source, parts)
            unpacked = 0
            has_formulas = False
            for part in parts:
                end = b""
                with archive.open(part) as content:
                    while piece := content.read(_CHUNK):
                        unpacked += len(piece)
                        _insist_on_unpacked_size(source, unpacked)
                        has_formulas = has_formulas or bool(_FORMULA.search(end + piece))
                        end = piece[-_LONGEST_TAG:]
            return has_formulas
    except _DAMAGED:
        raise FileRefused(damaged) from None


def _insist_on_parts(source: Source, parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused(_("%(name)s has a password. Save it without one.") % {"name": source.name})
    if len(parts) > MOST_PARTS:
        raise FileRefused(
            _("%(name)s has more than %(most_parts)s parts. Copy the table into a new workbook.")
            % {"name": source.name, "most_parts": f"{MOST_PARTS:,}"}
        )
    _insist_on_unpacked_size(source, sum(part.file_size for part in parts))
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise FileRefused(
            _("%(name)s is not an Excel workbook inside. Save the table as .xlsx or CSV.") % {"name": source.name}
        )


def _insist_on_unpacked_size(source: Source, size: int) -> None:
    if size > LARGEST_UNPACKED:
        raise FileRefused(
            _(
                "%(name)s unpacks to more than %(value)s MB. Copy the table alone into a new workbook, "
                "or save it as CSV."
            )
            % {"name": source.name, "value": LARGEST_UNPACKED // 1024 // 1024}
        )


@contextmanager
def _opened(source: Source, *, formulas: bool = False) -> Iterator[Any]:
    """The workbook with the values of its formulas, or with the formulas themselves."""
    try:
        content = source.content if isinstance(source.content, bytes) else source.content.read_bytes()
        with closing(
            load_workbook(io.BytesIO(content), read_only=True, keep_links=False, data_only=not formulas)
        ) as book:
            yield book
    except _UNREADABLE as problem:
        # openpyxl wraps what the guarded XML parser refused.
        if any(isinstance(one, DefusedXmlException) for one in (problem, problem.__cause__, problem.__context__)):
            sentence = _(
                "%(name)s defines entities, which no spreadsheet program writes. Save it again from Excel."
            ) % {"name": source.name}
        else:
            sentence = _("%(name)s is a workbook that cannot be read. Open it in Excel and save it again.") % {
                "name": source.name
            }
        raise FileRefused(sentence) from None


def _texts(cells: tuple[Any, ...], name: str, number: int) -> list[str]:
    texts = [_text(cell) for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    if len(texts) > MOST_COLUMNS:
        raise FileRefused(
            _("%(name)s, row %(number)s: there are more than %(most_columns)s columns. Keep those you need.")
            % {"name": name, "number": number, "most_columns": MOST_COLUMNS}
        )
    if any(len(text) > LONGEST_CELL for text in texts):
        raise FileRefused(
            _("%(name)s, row %(number)s: a cell has more than %(longest_cell)s characters. Shorten it.")
            % {"name": name, "number": number, "longest_cell": f"{LONGEST_CELL:,}"}
        )
    return texts


def _text(value: Any) -> str:
    """A cell as it would stand in a CSV file; dates as 2026-11-22, which cannot be misread."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
