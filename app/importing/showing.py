"""What the import pages show of a file: its columns with examples and reasons, and rows by outcome."""

from dataclasses import dataclass

from app.core.translation import gettext as _
from app.importing.cells import key
from app.importing.choosing import FACTORS, chosen_fields
from app.importing.guessing import guess_mapping, samples_of
from app.importing.mapping import Mapping
from app.importing.models import ImportBatch
from app.importing.reading import Row, Table
from app.importing.rules import Outcome, Planned
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


def outcomes_shown(batch: ImportBatch, words: dict[str, str]) -> list[OutcomeShown]:
    """The outcomes that occur, in a fixed order."""
    return [
        OutcomeShown(outcome, words[outcome], batch.counts[outcome], _TONES.get(outcome, "plain"))
        for outcome in Outcome
        if batch.counts.get(outcome.value)
    ]


@dataclass(frozen=True, slots=True)
class CellShown:
    """A cell of a row that a person may correct."""

    column: str
    field: str
    text: str
    long: bool


def cells_shown(row: Row, mapping: Mapping, table: Table, mended: dict[str, str]) -> list[CellShown]:
    """The cells of a row that the mapping reads, with corrections over them."""
    read = {key(column) for column in mapping.columns()}
    corrected = {key(column): text for column, text in mended.items()}
    shown = []
    for at, column in enumerate(table.columns):
        if key(column) in read:
            text = corrected.get(key(column), row.cells[column])
            shown.append(CellShown(column, f"cell_{at}", text, len(text) > 80 or "\n" in text))
    return shown


def problems_of(planned: Planned, cells: list[CellShown]) -> list[tuple[str, str]]:
    """The problems of a row as a form shows them: at the field of the column a sentence names."""
    return [
        (next((cell.field for cell in cells if f"“{cell.column}”" in sentence), ""), sentence)
        for sentence in planned.problems
    ]
