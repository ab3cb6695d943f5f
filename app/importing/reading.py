"""A table from a file, CSV or XLSX: its columns, and its rows one at a time, so that memory stays flat."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from app.core.translation import gettext as _
from app.importing.cells import clean, heading, key
from app.importing.delimited import Delimited, read_delimited
from app.importing.files import MOST_COLUMNS, MOST_ROWS, FileRefused, Source, is_workbook
from app.importing.workbook import Workbook, read_workbook

_LINES_BEFORE_HEADER = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A row of data. `number` is the line (CSV) or row (XLSX) it starts on, as a spreadsheet program shows it."""

    number: int
    cells: dict[str, str]
    """By column; cleaned and without padding."""
    hidden_in: tuple[str, ...] = ()
    """The columns in which unseen characters were taken out."""
    width: int = 0
    """Cells in the file, without empty ones after the last column."""
    repeats_header: bool = False

    @property
    def blank(self) -> bool:
        return not any(self.cells.values())


@dataclass(frozen=True)
class Table:
    """A file that can be read as a table, any number of times."""

    name: str
    kind: str
    """csv or xlsx."""
    columns: tuple[str, ...]
    header_line: int
    encoding: str
    delimiter: str
    sheet: str
    notes: tuple[str, ...]
    """Sentences about how the file was read."""
    _content: Delimited | Workbook = field(repr=False)
    _header: tuple[str, ...] = field(repr=False)
    """The header's cells as keys, to know it when it comes again."""

    def rows(self) -> Iterator[Row]:
        """Every row after the header, blank and repeated ones included. Refuses the file past 200,000 of them."""
        count = 0
        for number, cells in self._content.rows():
            if number <= self.header_line:
                continue
            count += 1
            if count > MOST_ROWS:
                raise FileRefused(
                    _(
                        "%(name)s has more than %(most_rows)s rows, empty ones included. Split it, for example "
                        "by year, or delete empty rows at the end."
                    )
                    % {"name": self.name, "most_rows": f"{MOST_ROWS:,}"}
                )
            yield _row(number, cells, self.columns, self._header)


def read_table(
    content: Path | bytes,
    name: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_line: int | None = None,
) -> Table:
    """The table in the file; what is not given is found out. Raises FileRefused with a sentence."""
    source = Source(name, content)
    opened: Delimited | Workbook
    if is_workbook(source):
        opened = read_workbook(source, sheet)
    else:
        opened = read_delimited(source, encoding, delimiter)
    line, cells = _header(opened, name, header_line)
    columns, notes = _columns(cells, name)
    if header_line is None and line > 1:
        notes.append(
            _("%(name)s: the header was found on line %(line)s; what stands above it was left out.")
            % {"name": name, "line": line}
        )
    return Table(
        name=name,
        kind="xlsx" if isinstance(opened, Workbook) else "csv",
        columns=columns,
        header_line=line,
        encoding=opened.encoding if isinstance(opened, Delimited) else "",
        delimiter=opened.delimiter if isinstance(opened, Delimited) else "",
        sheet=opened.sheet if isinstance(opened, Workbook) else "",
        notes=(*opened.notes, *notes),
        _content=opened,
        _header=tuple(key(heading(cell)) for cell in cells[: len(columns)]),
    )


def _header(opened: Delimited | Workbook, name: str, header_line: int | None) -> tuple[int, list[str]]:
    """The header's line and cells: the line asked for, or the first one about as wide as the widest near the top."""
    first = [(line, cells) for line, cells in islice(opened.rows(), header_line or _LINES_BEFORE_HEADER)]
    candidates = [(line, cells) for line, cells in first if header_line in (None, line) and _filled(cells)]
    if not candidates:
        where = f" on line {header_line}" if header_line else ""
        raise FileRefused(
            _("%(name)s has no header%(where)s. The first row of the table names its columns.")
            % {"name": name, "where": where}
        )
    widest = max(_filled(cells) for _, cells in candidates)
    return next((line, cells) for line, cells in candidates if _filled(cells) >= 0.6 * widest)


def _filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if heading(cell))


def _columns(cells: list[str], name: str) -> tuple[tuple[str, ...], list[str]]:
    """The names of the columns, each once. A column without a name is called by its letter."""
    names = [heading(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise FileRefused(
            _("%(name)s has more than %(most_columns)s columns. Keep those you need.")
            % {"name": name, "most_columns": MOST_COLUMNS}
        )
    columns: list[str] = []
    notes: list[str] = []
    taken: set[str] = set()
    for at, given in enumerate(names):
        column = given or f"Column {_letters(at)}"
        again = 2
        while key(column) in taken:
            column = f"{given or f'Column {_letters(at)}'} ({again})"
            again += 1
        if given and column != given:
            notes.append(
                _("%(name)s has the column “%(given)s” more than once; this one is called “%(column)s”.")
                % {"name": name, "given": given, "column": column}
            )
        taken.add(key(column))
        columns.append(column)
    return tuple(columns), notes


def _letters(at: int) -> str:
    """0 is A, 25 is Z, 26 is AA, as above the columns of a spreadsheet."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _row(number: int, raw: list[str], columns: tuple[str, ...], header: tuple[str, ...]) -> Row:
    cells: dict[str, str] = {}
    hidden: list[str] = []
    for column, text in zip(columns, raw, strict=False):
        cells[column], changed = clean(text)
        if changed:
            hidden.append(column)
    for column in columns[len(raw) :]:
        cells[column] = ""
    width = len(raw)
    while width > len(columns) and not raw[width - 1].strip():
        width -= 1
    # The first cell tells nearly always; only then is it worth comparing all of them.
    repeats = (
        bool(raw)
        and key(heading(raw[0])) == header[0]
        and tuple(key(heading(cells[column])) for column in columns) == header
    )
    return Row(number, cells, tuple(hidden), width, repeats)
