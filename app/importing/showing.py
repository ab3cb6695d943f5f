"""What the import pages show of a file: its columns with examples and reasons, and rows by outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.clock import today
from app.core.errors import NotFound, Refused
from app.core.translation import Words
from app.core.translation import gettext as _
from app.importing.cells import key
from app.importing.choosing import FACTORS, chosen_fields
from app.importing.guessing import guess_mapping, samples_of
from app.importing.mapping import Mapping
from app.importing.models import ImportBatch, ImportedRow
from app.importing.opening import Opened
from app.importing.reading import Table
from app.importing.rules import Outcome, Planned, words_behind
from app.systemic_factors.packs import Pack

PER_PAGE = 50
_LONGEST_EXAMPLE = 40
_TONES = {Outcome.NEW: "good", Outcome.NEEDS_MENDING: "note", Outcome.CHANGED: "note"}


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A column of the file on the mapping page."""

    name: str
    field: str
    """The name of its form field."""
    feeds: str
    examples: str
    why: str


def columns_shown(table: Table, mapping: Mapping, pack: Pack) -> list[ColumnShown]:
    """Every column of the table, with what it feeds and why that was guessed."""
    feeds = chosen_fields(table, mapping)
    samples = samples_of(table)
    reasons: dict[str, list[str]] = {}
    for reason in guess_mapping(table, pack).reasons:
        fed = feeds.get(reason.column, "")
        if reason.column and ("factors" if fed in FACTORS else fed) == reason.field:
            reasons.setdefault(reason.column, []).append(reason.sentence)
    return [
        ColumnShown(
            column, f"column_{at}", feeds[column], _examples(samples[column]), " ".join(reasons.get(column, []))
        )
        for at, column in enumerate(table.columns)
    ]


def _examples(cells: list[str]) -> str:
    """Up to three different short values. Longer texts may be stories and are not shown."""
    if not cells:
        return _("Empty in the first rows")
    short = [cell for cell in dict.fromkeys(cells[:200]) if len(cell) <= _LONGEST_EXAMPLE and "\n" not in cell]
    return ", ".join(short[:3]) or _("Longer texts")


@dataclass(frozen=True, slots=True)
class OutcomeShown:
    """How many rows have an outcome, and the address that shows only them."""

    outcome: str
    words: str
    number: int
    tone: str


def outcomes_shown(batch: ImportBatch, words: Words[str]) -> list[OutcomeShown]:
    """The outcomes that occur, in a fixed order."""
    return [
        OutcomeShown(outcome, words[outcome], batch.counts[outcome], _TONES.get(outcome, "plain"))
        for outcome in Outcome
        if batch.counts.get(outcome.value)
    ]


def words_behind_rows(opened: Opened, rows: Sequence[ImportedRow]) -> dict[int, list[str]]:
    """For rows of a waiting file: the words that the sentences about them do not repeat, read from the file again."""
    wanted = {row.row for row in rows if row.said}
    try:
        return words_behind(opened.table, opened.whole, wanted, opened.mended, today()) if wanted else {}
    except Refused:
        return {}  # The page says already why the file cannot be read.


@dataclass(frozen=True, slots=True)
class CellShown:
    """A cell of a row that a person may correct."""

    column: str
    field: str
    text: str
    in_file: str
    """What stands in the file, under the correction."""

    @property
    def long(self) -> bool:
        return len(self.text) > 80 or "\n" in self.text


def cells_of(opened: Opened, number: int) -> list[CellShown]:
    """The cells of a row that the mapping reads, with corrections over them. NotFound without such a row."""
    row = next((row for row in opened.table.rows() if row.number == number), None)
    if row is None:
        raise NotFound
    read = {key(column) for column in opened.mapping.columns()}
    corrected = {key(column): text for column, text in opened.corrections.get(number, {}).items()}
    return [
        CellShown(column, f"cell_{at}", corrected.get(key(column), row.cells[column]), row.cells[column])
        for at, column in enumerate(opened.table.columns)
        if key(column) in read
    ]


def corrections(shown: list[CellShown], typed: dict[str, list[str]], mended: dict[str, str]) -> dict[str, str]:
    """The cells that were typed otherwise than the file has them, or that were corrected before."""
    told = {cell: typed[cell.field][0].strip() for cell in shown if cell.field in typed}
    return {cell.column: text for cell, text in told.items() if text != cell.in_file or cell.column in mended}


def problems_of(planned: Planned, cells: list[CellShown]) -> list[tuple[str, str]]:
    """The problems of a row as a form shows them: at the field of the column a sentence names."""
    return [
        (next((cell.field for cell in cells if f"“{cell.column}”" in said.sentence), ""), said.sentence)
        for said in planned.problems
    ]
