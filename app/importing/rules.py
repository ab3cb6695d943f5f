"""What would happen to each row of a file: new, unchanged, left out, or for a person to mend. Nothing is written."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from app.importing.cells import key
from app.importing.mapping import (
    Mapping,
    MappingRefused,
    with_new_words,
)
from app.importing.reading import Row, Table
from app.importing.rows import Cells, ListReader, RowReader, RowValues

_AS_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
_VALUES = [field.name for field in fields(RowValues)]

RowKey = tuple[str, int]
"""The name of the file, and the number of the row in it."""


class Outcome(StrEnum):
    """What would happen to a row."""

    NEW = "new"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    """Its id was imported before with other values; nothing is overwritten."""
    DUPLICATE = "duplicate"
    """The same row stands earlier in the same files."""
    BLANK = "blank"
    REPEATED_HEADER = "repeated_header"
    EXCLUDED = "excluded"
    NEEDS_MENDING = "needs_mending"


@dataclass(frozen=True, slots=True)
class Planned:
    """A row and what would happen to it. Sentences name columns; they repeat no narrative."""

    number: int
    file: str
    outcome: Outcome
    values: RowValues | None = None
    problems: tuple[str, ...] = ()
    """What a person has to mend, or a reason to exclude the row."""
    notes: tuple[str, ...] = ()
    """What was done without asking."""
    fingerprint: str = ""
    """SHA-256 of the mapped values, in hexadecimal."""
    import_key: str = ""
    """How the row is known again: its id, or the fingerprint where the file has no id."""


def obstacle_to_preparing(status: str) -> str | None:
    """Why a file can no longer be mapped, mended or imported."""
    return None if status == "waiting" else "This import is finished already. Upload the file again to import it anew."


def obstacle_to_importing(status: str, counts: Lookup[str, int]) -> str | None:
    """Why a file cannot be imported now. `counts` holds rows by outcome, empty before they were looked at."""
    if finished := obstacle_to_preparing(status):
        return finished
    if not counts:
        return "The rows have not been looked at with this mapping yet. Go back and look at them first."
    if counts.get(Outcome.NEEDS_MENDING.value):
        return "Some rows need mending. Mend them, or leave them out."
    return None if counts.get(Outcome.NEW.value) else "No row of this file is new, so there is nothing to import."


def obstacles(table: Table, mapping: Mapping) -> list[str]:
    """What keeps this file from being read with this mapping, in sentences; empty when nothing does."""
    columns = {key(column): column for column in table.columns}
    found = []
    for column, wanted_for in mapping.columns().items():
        if key(column) not in columns:
            near = get_close_matches(key(column), columns, n=1)
            advice = f"Did you mean “{columns[near[0]]}”?" if near else f"It has: {_listed(table.columns)}."
            found.append(f"{table.name} has no column “{column}”, which feeds {wanted_for}. {advice}")
    if not mapping.factors:
        found.append("The mapping names no factor column. Add one: patterns are made of factors.")
    return found


def unread_columns(table: Table, mapping: Mapping) -> list[str]:
    """Columns of the file that the mapping leaves out; worth showing, no obstacle."""
    read = {key(column) for column in mapping.columns()}
    return [column for column in table.columns if key(column) not in read]


def complete(tables: Sequence[Table], mapping: Mapping) -> Mapping:
    """The mapping with every factor word of the files in it, where unknown words are to be made into factors.

    A factor that a row does not list is *not evident* in it, so all words have to be known before the first row.
    """
    _insist_on_columns(tables, mapping)
    if mapping.unknown_values != "make":
        return mapping
    unknown: dict[str, dict[str, str]] = {column.column: {} for column in mapping.factors if column.kind == "list"}
    readers = [ListReader(column) for column in mapping.factors if column.kind == "list"]
    for table in tables:
        names = _own_names(table, mapping)
        for row in table.rows():
            if row.repeats_header:
                continue
            for reader in readers:
                for word in reader.answers(row.cells[names[reader.column.column]])[1]:
                    unknown[reader.column.column].setdefault(key(word), word)
    return with_new_words(mapping, {column: list(words.values()) for column, words in unknown.items()})


def plan_rows(
    tables: Sequence[Table],
    mapping: Mapping,
    *,
    known: Lookup[str, str],
    today: date,
    mended: Lookup[RowKey, Lookup[str, str]] | None = None,
    excluded: Collection[RowKey] = (),
) -> Iterator[Planned]:
    """What would happen to each row, in the order of the files.

    `mapping` comes from `complete`. `known` holds what was imported before, by import key, with its fingerprint.
    `mended` holds cells corrected by hand, by row and column. Raises MappingRefused where a column is missing.
    """
    _insist_on_columns(tables, mapping)
    planner = _Planner(mapping, known, today)
    for table in tables:
        names = _own_names(table, mapping)
        for row in table.rows():
            place = (table.name, row.number)
            if place in excluded:
                yield Planned(row.number, table.name, Outcome.EXCLUDED)
            else:
                yield planner.plan(table, row, names, (mended or {}).get(place, {}))


def fingerprint(values: RowValues) -> str:
    """SHA-256 of the mapped values in a fixed order, so that the same row is known in any file."""
    told = {name: getattr(values, name) for name in _VALUES}
    told["occurred_on"] = values.occurred_on.isoformat() if values.occurred_on else None
    return hashlib.sha256(_AS_JSON.encode(told).encode()).hexdigest()


def _insist_on_columns(tables: Sequence[Table], mapping: Mapping) -> None:
    if sentences := [sentence for table in tables for sentence in obstacles(table, mapping)]:
        raise MappingRefused(list(dict.fromkeys(sentences)))


def _own_names(table: Table, mapping: Mapping) -> dict[str, str]:
    """How this file writes each column of the mapping: files of one shape may pad their headers differently."""
    own = {key(column): column for column in table.columns}
    return {column: own[key(column)] for column in mapping.columns()}


class _Planner:
    """Holds what goes from row to row: the ids seen so far."""

    def __init__(self, mapping: Mapping, known: Lookup[str, str], today: date) -> None:
        self.mapping = mapping
        self.known = known
        self.reader = RowReader(mapping, today)
        self.read_columns = {key(column) for column in mapping.columns()}
        self.seen: dict[str, tuple[str, str]] = {}

    def plan(self, table: Table, row: Row, names: Lookup[str, str], mended: Lookup[str, str]) -> Planned:
        if row.blank and not mended:
            return Planned(row.number, table.name, Outcome.BLANK, notes=("The row is empty and is left out.",))
        if row.repeats_header:
            note = "The row repeats the header and is left out."
            return Planned(row.number, table.name, Outcome.REPEATED_HEADER, notes=(note,))
        cells = Cells(row, names, mended)
        self._look_at_width(cells, table)
        self._look_at_hidden(cells)
        values = self.reader.values(cells)
        return self._judged(table, row, cells, values)

    def _judged(self, table: Table, row: Row, cells: Cells, values: RowValues) -> Planned:
        mark = fingerprint(values)
        import_key = values.id or mark
        outcome = Outcome.NEW
        if import_key in self.seen:
            outcome = self._again(import_key, mark, cells)
        else:
            self.seen[import_key] = (mark, f"row {row.number} of {table.name}")
        if cells.problems:
            outcome = Outcome.NEEDS_MENDING
        elif outcome is Outcome.NEW and import_key in self.known:
            outcome = Outcome.UNCHANGED if self.known[import_key] == mark else Outcome.CHANGED
        if outcome is Outcome.CHANGED:
            cells.notes.append("This id was imported before with other values. Nothing is overwritten.")
        return Planned(
            row.number, table.name, outcome, values, tuple(cells.problems), tuple(cells.notes), mark, import_key
        )

    def _again(self, import_key: str, mark: str, cells: Cells) -> Outcome:
        first_mark, first_place = self.seen[import_key]
        if first_mark == mark:
            cells.notes.append(f"The same row stands in {first_place}; this one is left out.")
            return Outcome.DUPLICATE
        cells.problems.append(f"The id “{import_key}” stands also in {first_place}, with other values. Exclude one.")
        return Outcome.NEEDS_MENDING

    def _look_at_width(self, cells: Cells, table: Table) -> None:
        width, expected = cells.row.width, len(table.columns)
        if width > expected:
            cells.problems.append(
                f"The row has {width} cells and the header {expected}. Put a cell that holds the separator in quotes."
            )
        elif width < expected and table.kind == "csv" and self.mapping.file.short_rows == "ask":
            cells.problems.append(
                f"The row has {width} cells and the header {expected}; it may be cut off. "
                "Exclude it, or let missing cells count as empty in the mapping (short_rows: fill)."
            )

    def _look_at_hidden(self, cells: Cells) -> None:
        for column in cells.row.hidden_in:
            if key(column) in self.read_columns:
                cells.notes.append(f"Characters that cannot be seen were taken out of “{column}”.")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:12])
    return shown if len(names) <= 12 else f"{shown} and {len(names) - 12} more"
