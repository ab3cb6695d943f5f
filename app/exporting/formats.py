"""The two forms in which rows are written: JSON Lines, exact, and CSV for spreadsheets."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from app.core.spreadsheets import safe_cell

Lines = Callable[[list[str], Iterable[list[Any]]], Iterator[bytes]]


def json_lines(names: list[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """One JSON object a row."""
    for row in rows:
        told = dict(zip(names, map(_plain, row), strict=True))
        yield json.dumps(told, ensure_ascii=False).encode() + b"\n"


def csv_lines(names: list[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """A line of names, then one line a row. The mark at the start tells spreadsheet programs that it is UTF-8."""
    yield b"\xef\xbb\xbf" + _line(names)
    for row in rows:
        yield _line(map(_cell, row))


def _line(cells: Iterable[Any]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


FORMATS: dict[str, Lines] = {"jsonl": json_lines, "csv": csv_lines}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # SQLite forgets the time zone; every instant we store is in UTC.
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else value


def _cell(value: Any) -> Any:
    plain = _plain(value)
    if isinstance(plain, (list, dict)):
        plain = json.dumps(plain, ensure_ascii=False)
    return safe_cell(plain) if isinstance(plain, str) else plain
