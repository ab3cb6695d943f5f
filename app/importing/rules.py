"""What would happen to each row of a file: new, unchanged, left out, or for a person to mend. Nothing is written."""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from app.core.translation import gettext as _
from app.importing.cells import key
from app.importing.mapping import Mapping, MappingRefused, with_new_words
from app.importing.marks import Marks
from app.importing.reading import Row, Table
from app.importing.rows import Cells, ListReader, RowReader, RowValues, Said

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
    """A row and what would happen to it."""

    number: int
    file: str
    outcome: Outcome
    values: RowValues | None = None
    problems: tuple[Said, ...] = ()
    """What a person has to mend, or a reason to exclude the row."""
    notes: tuple[Said, ...] = ()
    """What was done without asking."""
    fingerprint: str = ""
    """The mark of the mapped values."""
    import_key: str = ""
    """How the row is known again: the mark of its id, or the fingerprint where the file has no id."""


def obstacle_to_preparing(status: str) -> str | None:
    """Why a file can no longer be mapped, mended or imported."""
    if status == "waiting":
        return None
    return _("This import is finished already. Upload the file again to import it anew.")


def obstacle_to_importing(status: str, counts: Lookup[str, int]) -> str | None:
    """Why a file cannot be imported now. `counts` holds rows by outcome, empty before they were looked at."""
    if finished := obstacle_to_preparing(status):
        return finished
    if not counts:
        return _("The rows have not been looked at with this mapping yet. Go back and look at them first.")
    if counts.get(Outcome.NEEDS_MENDING.value):
        return _("Some rows need mending. Mend them, or leave them out.")
    return None if counts.get(Outcome.NEW.value) else _("No row of this file is new, so there is nothing to import.")


def outcome_of(import_key: str, fingerprint: str, known: Lookup[str, str]) -> Outcome:
    """What becomes of a row in which nothing needs mending. `known` holds what was imported before, as in plan_rows."""
    if import_key not in known:
        return Outcome.NEW
    return Outcome.UNCHANGED if known[import_key] == fingerprint else Outcome.CHANGED


def obstacles(table: Table, mapping: Mapping) -> list[str]:
    """What keeps this file from being read with this mapping, in sentences; empty when nothing does."""
    columns = {key(column): column for column in table.columns}
    found = []
    for column, wanted_for in mapping.columns().items():
        if key(column) not in columns:
            near = get_close_matches(key(column), columns, n=1)
            advice = (
                _("Did you mean “%(column)s”?") % {"column": columns[near[0]]}
                if near
                else _("It has: %(columns)s.") % {"columns": _listed(table.columns)}
            )
            missing = {"name": table.name, "column": column, "field": wanted_for, "advice": advice}
            found.append(_("%(name)s has no column “%(column)s”, which feeds %(field)s. %(advice)s") % missing)
    if not mapping.factors:
        found.append(_("The mapping names no factor column. Add one: patterns are made of factors."))
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
    marks: Marks,
    known: Lookup[str, str],
    today: date,
    mended: Lookup[RowKey, Lookup[str, str]] | None = None,
    excluded: Collection[RowKey] = (),
) -> Iterator[Planned]:
    """What would happen to each row, in the order of the files.

    `mapping` comes from `complete`. `known` holds what was imported before, by import key, with its fingerprint; both
    are `marks` of the agency.
    `mended` holds cells corrected by hand, by row and column. Raises MappingRefused where a column is missing.
    """
    _insist_on_columns(tables, mapping)
    planner = _Planner(mapping, marks, known, today)
    for table in tables:
        names = _own_names(table, mapping)
        for row in table.rows():
            place = (table.name, row.number)
            if place in excluded:
                yield Planned(row.number, table.name, Outcome.EXCLUDED)
            else:
                yield planner.plan(table, row, names, (mended or {}).get(place, {}))


def words_behind(
    table: Table, mapping: Mapping, numbers: Collection[int], mended: Lookup[RowKey, Lookup[str, str]], today: date
) -> dict[int, list[str]]:
    """For some rows of a file that is still at hand, the words of the cells that the sentences are about."""
    names = _own_names(table, mapping)
    reader = RowReader(mapping, today)
    found: dict[int, list[str]] = {}
    for row in table.rows():
        if row.number > max(numbers, default=0):
            break
        if row.number in numbers:
            cells = Cells(row, names, mended.get((table.name, row.number), {}))
            reader.values(cells)
            found[row.number] = [said.word for said in (*cells.problems, *cells.notes) if said.word]
    return found


def _insist_on_columns(tables: Sequence[Table], mapping: Mapping) -> None:
    if sentences := [sentence for table in tables for sentence in obstacles(table, mapping)]:
        raise MappingRefused(list(dict.fromkeys(sentences)))


def _own_names(table: Table, mapping: Mapping) -> dict[str, str]:
    """How this file writes each column of the mapping: files of one shape may pad their headers differently."""
    own = {key(column): column for column in table.columns}
    return {column: own[key(column)] for column in mapping.columns()}


class _Planner:
    """Holds what goes from row to row: the ids seen so far."""

    def __init__(self, mapping: Mapping, marks: Marks, known: Lookup[str, str], today: date) -> None:
        self.mapping = mapping
        self.marks = marks
        self.known = known
        self.reader = RowReader(mapping, today)
        self.read_columns = {key(column) for column in mapping.columns()}
        self.seen: dict[str, tuple[str, int, str]] = {}
        """The fingerprint of each import key met so far, with the row and the file of it."""

    def plan(self, table: Table, row: Row, names: Lookup[str, str], mended: Lookup[str, str]) -> Planned:
        if row.blank and not mended:
            note = Said(_("The row is empty and is left out."))
            return Planned(row.number, table.name, Outcome.BLANK, notes=(note,))
        if row.repeats_header:
            note = Said(_("The row repeats the header and is left out."))
            return Planned(row.number, table.name, Outcome.REPEATED_HEADER, notes=(note,))
        cells = Cells(row, names, mended)
        self._look_at_width(cells, table)
        self._look_at_hidden(cells)
        values = self.reader.values(cells)
        return self._judged(table, row, cells, values)

    def _judged(self, table: Table, row: Row, cells: Cells, values: RowValues) -> Planned:
        mark = self.marks.of_values(values)
        import_key = self.marks.of_id(values.id) if values.id else mark
        if import_key in self.seen:
            outcome = self._again(import_key, mark, cells)
        else:
            self.seen[import_key] = (mark, row.number, table.name)
            outcome = outcome_of(import_key, mark, self.known)
        if cells.problems:
            outcome = Outcome.NEEDS_MENDING
        if outcome is Outcome.CHANGED:
            cells.note(_("This id was imported before with other values. Nothing is overwritten."))
        return Planned(
            row.number, table.name, outcome, values, tuple(cells.problems), tuple(cells.notes), mark, import_key
        )

    def _again(self, import_key: str, mark: str, cells: Cells) -> Outcome:
        first_mark, number, file = self.seen[import_key]
        first = {"number": number, "file": file}
        if first_mark == mark:
            cells.note(_("The same row stands in row %(number)s of %(file)s; this one is left out.") % first)
            return Outcome.DUPLICATE
        sentence = _("Row %(number)s of %(file)s has the same id, with other values. Exclude one of them.") % first
        cells.needs(sentence)
        return Outcome.NEEDS_MENDING

    def _look_at_width(self, cells: Cells, table: Table) -> None:
        width, expected = cells.row.width, len(table.columns)
        numbers = {"width": width, "expected": expected}
        if width > expected:
            sentence = _(
                "The row has %(width)s cells and the header %(expected)s. Put a cell that holds the separator in "
                "quotes."
            )
            cells.needs(sentence % numbers)
        elif width < expected and table.kind == "csv" and self.mapping.file.short_rows == "ask":
            sentence = _(
                "The row has %(width)s cells and the header %(expected)s; it may be cut off. Exclude it, or let "
                "missing cells count as empty in the mapping (short_rows: fill)."
            )
            cells.needs(sentence % numbers)

    def _look_at_hidden(self, cells: Cells) -> None:
        for column in cells.row.hidden_in:
            if key(column) in self.read_columns:
                cells.note(_("Characters that cannot be seen were taken out of “%(column)s”.") % {"column": column})


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:12])
    if len(names) <= 12:
        return shown
    return _("%(listed)s and %(number)s more") % {"listed": shown, "number": len(names) - 12}
