"""Text tables: which encoding and which separator a CSV file uses, and its rows one at a time."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes

from app.core.translation import gettext as _
from app.importing.files import LONGEST_CELL, FileRefused, Source

csv.field_size_limit(LONGEST_CELL)

SEPARATORS = (",", ";", "\t", "|")
_CHUNK = 1 << 16
_SAMPLE = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLDER_ENCODINGS = ["cp1252", "mac_roman", "cp1251", "shift_jis", "gb18030", "big5", "euc_kr"]
"""Sister alphabets such as cp1250 are left out: nothing tells them from cp1252 with certainty. They can be chosen."""
_UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
_END = "\x00end of file\x00"
"""Given to the parser after the last line; it comes back alone unless a quotation mark is still open."""


@dataclass(frozen=True)
class Delimited:
    """A text table, and how it is to be read."""

    source: Source
    encoding: str
    delimiter: str
    notes: tuple[str, ...]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row with the number of the line it starts on, counted from 1."""
        with self.source.open() as file, _text(file, self.encoding) as text:
            reader = csv.reader(_lines_and_end(text), delimiter=self.delimiter)
            line = 1
            try:
                for cells in reader:
                    if cells and cells[-1].endswith(_END):
                        if len(cells) > 1 or cells[0] != _END:
                            raise FileRefused(_cut_off(self.source.name, line))
                        return
                    if not (line == 1 and _names_separator(cells)):
                        yield line, cells
                    line = reader.line_num + 1
            except UnicodeError:
                raise FileRefused(
                    _(
                        "%(name)s cannot be read as %(encoding)s after line %(line)s. It may be cut off, or "
                        "written in another encoding. Save it as CSV UTF-8."
                    )
                    % {"name": self.source.name, "encoding": self.encoding, "line": line}
                ) from None
            except csv.Error:
                raise FileRefused(
                    _(
                        "%(name)s, line %(line)s: a cell has more than %(longest_cell)s characters. Look for a "
                        "quotation mark that is opened and never closed."
                    )
                    % {"name": self.source.name, "line": line, "longest_cell": f"{LONGEST_CELL:,}"}
                ) from None


def read_delimited(source: Source, encoding: str | None, delimiter: str | None) -> Delimited:
    """Find out encoding and separator where they are not given."""
    notes: list[str] = []
    if encoding is None:
        encoding = _encoding(source)
        if encoding not in _UNICODE:
            notes.append(
                _(
                    "%(name)s is not written in Unicode and was read as %(encoding)s. Look at a few accented "
                    "letters in the preview; if they look odd, save the file as CSV UTF-8."
                )
                % {"name": source.name, "encoding": encoding}
            )
    else:
        _insist_on_encoding(encoding)
    return Delimited(source, encoding, delimiter or _separator(source, encoding), tuple(notes))


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    # Halves of characters come through here, to be replaced cell by cell and reported there.
    errors = "surrogatepass" if encoding in _UNICODE else "replace"
    return io.TextIOWrapper(file, encoding=encoding, errors=errors, newline="")


def _lines_and_end(text: io.TextIOWrapper) -> Iterator[str]:
    yield from text
    yield _END


def _cut_off(name: str, line: int) -> str:
    return _(
        "%(name)s ends inside a quoted cell of the row that starts on line %(line)s. It seems to "
        "be cut off: export or download it again, or close the quotation mark."
    ) % {"name": name, "line": line}


def _names_separator(cells: list[str]) -> bool:
    """Excel writes `sep=;` as a first line in some countries."""
    return len("".join(cells)) <= 5 and "".join(cells).lower().startswith("sep=")


def _insist_on_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)
    except (LookupError, ValueError):
        raise FileRefused(
            _("There is no encoding named %(encoding)s. Leave it out, or use utf-8 or cp1252.") % {"encoding": encoding}
        ) from None


def _encoding(source: Source) -> str:
    with source.open() as file:
        beginning = file.read(_SAMPLE)
    for mark, name in _MARKS:
        if beginning.startswith(mark):
            return name
    if wide := _unmarked_utf16(beginning):
        return wide
    if beginning.count(0) > len(beginning) // 50:
        raise FileRefused(
            _("%(name)s is not a text table: it holds bytes no text has. Choose a CSV or XLSX file.")
            % {"name": source.name}
        )
    where = _first_not_utf8(source)
    return "utf-8" if where is None else _older_encoding(source, where)


def _unmarked_utf16(sample: bytes) -> str | None:
    """Plain English in UTF-16 has a zero in every second byte."""
    half = len(sample) // 2
    if half and sample[1::2].count(0) > 0.6 * half and sample[::2].count(0) < 0.05 * half:
        return "utf-16-le"
    if half and sample[::2].count(0) > 0.6 * half and sample[1::2].count(0) < 0.05 * half:
        return "utf-16-be"
    return None


def _first_not_utf8(source: Source) -> int | None:
    """Where the file stops being UTF-8, in bytes, or None. Halves of characters are let through."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
    read = 0
    wider = False
    with source.open() as file:
        while chunk := file.read(_CHUNK):
            try:
                wider = wider or not decoder.decode(chunk).isascii()
            except UnicodeDecodeError:
                return read
            read += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if wider:
            raise FileRefused(
                _("%(name)s ends in the middle of a character. It seems to be cut off: export or download it again.")
                % {"name": source.name}
            ) from None
        return max(0, read - _CHUNK)
    return None


def _older_encoding(source: Source, where: int) -> str:
    with source.open() as file:
        file.seek(where)
        sample = file.read(_CHUNK)
    # Only lines with other than plain letters tell encodings apart.
    telling = b"\n".join(line for line in sample.splitlines() if not line.isascii())
    best = from_bytes(telling or sample, cp_isolation=_OLDER_ENCODINGS).best()
    return best.encoding if best else "cp1252"


def _separator(source: Source, encoding: str) -> str:
    """The candidate that splits the first rows most evenly into most columns; a comma when none splits them."""
    with source.open() as file, _text(file, encoding) as text:
        try:
            sample = text.read(_CHUNK)
        except UnicodeError:
            raise FileRefused(
                _("%(name)s cannot be read as %(encoding)s. Save it as CSV UTF-8.")
                % {"name": source.name, "encoding": encoding}
            ) from None
    first, _end, _rest = sample.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4]
    return max(SEPARATORS, key=lambda separator: _evenness(sample, separator))


def _evenness(sample: str, separator: str) -> float:
    try:
        rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator) if any(row)][:200]
    except csv.Error:
        return 0
    if len(rows) > 1:
        rows = rows[:-1]  # The last row of a sample may be half a row.
    widths = [len(row) for row in rows]
    widest = max(widths, key=widths.count, default=1)
    return 0 if widest == 1 else widths.count(widest) / len(widths) + widest / 10_000
