"""What one row of a file says, in our words: its values, and what a person has to mend in it."""

from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, NamedTuple

from app.core.translation import gettext as _
from app.importing.cells import clean, key, parts
from app.importing.dates import read_date
from app.importing.mapping import ANSWERS, FactorColumn, ListColumn, Mapping
from app.importing.reading import Row
from app.importing.values import known_value, name_of

LONGEST_TITLE = 120
LONGEST_NAME = 120
"""Characters of an office or division."""

_YES = {"yes", "y", "true", "t", "x", "1", "si", "present", "✓", "✔"}
_NO = {"no", "n", "false", "f", "0", "absent", "not evident", "not present"}
_NOT_ENOUGH = {"?", "unknown", "u", "not enough information", "insufficient information", "nei"}
_NOT_ASKED = {"", "na", "n a", "not asked", "not rated", "not collected"}


@dataclass(frozen=True, slots=True)
class RowValues:
    """What a row says, in our words."""

    id: str = ""
    occurred_on: date | None = None
    date_precision: str = "unknown"
    office: str = ""
    division: str = ""
    service_area: str = "unknown"
    incident_type: str = "unknown"
    maltreatment_types: tuple[str, ...] = ()
    age_band: str = "unknown"
    title: str = ""
    summary: str = ""
    factors: dict[str, str] = field(default_factory=dict)
    """Code of the factor: `present`, `0` (not evident) to `3`, or `?`. A factor that is not here was not asked."""


_NAMES = [one.name for one in fields(RowValues)]


def as_plain(values: RowValues) -> dict[str, Any]:
    """The values as JSON can hold them."""
    plain = {name: getattr(values, name) for name in _NAMES}
    return plain | {"occurred_on": values.occurred_on.isoformat() if values.occurred_on else None}


def from_plain(plain: dict[str, Any]) -> RowValues:
    """The values that `as_plain` gave."""
    on = plain["occurred_on"]
    types = tuple(plain["maltreatment_types"])
    return RowValues(**plain | {"occurred_on": date.fromisoformat(on) if on else None, "maltreatment_types": types})


class Said(NamedTuple):
    """A sentence about a row. It names columns and repeats no cell, so it may be kept when the file is forgotten."""

    sentence: str
    word: str = ""
    """What stands in the cell, cut short: only shown while the file is at hand, and never stored."""

    @property
    def whole(self) -> str:
        """The sentence with the word, for whoever has the file before them."""
        return _("%(sentence)s In the file: “%(word)s”.") % self._asdict() if self.word else self.sentence


class ListReader:
    """Reads the multi-valued cells of one factor column."""

    def __init__(self, column: FactorColumn) -> None:
        self.column = column
        self.codes = {key(word): code for word, code in column.values.items()}
        self.ignored = {key(word) for word in column.ignored}
        self.asks_about = column.asks_about
        self._keys: dict[str, str] = {}
        """The keys of words met so far: a file has few words, many times over."""

    def answers(self, cell: str) -> tuple[dict[str, str], list[str]]:
        """The answer for every factor the column asks about, and the words that stand for none.

        An empty cell means *not asked*; in a filled one the factors not listed are *not evident*.
        """
        words = parts(cell, self.column.separator)
        if not words:
            return {}, []
        found = dict.fromkeys(self.asks_about, "0")
        unknown = []
        for word in words:
            code = self.codes.get(self._key(word))
            if code:
                found[code] = "present"
            elif self._key(word) not in self.ignored:
                unknown.append(word)
        return found, unknown

    def _key(self, word: str) -> str:
        if word not in self._keys:
            self._keys[word] = key(word)
        return self._keys[word]


class Cells:
    """The cells of a row by the mapping's names, with corrections over them, and what is found out on the way."""

    def __init__(self, row: Row, names: Lookup[str, str], mended: Lookup[str, str]) -> None:
        self.row = row
        self.names = names
        """How this file writes each column of the mapping."""
        self.mended = {key(column): clean(text)[0] for column, text in mended.items()}
        self.problems: list[Said] = []
        self.notes: list[Said] = []

    def needs(self, sentence: str, word: str = "") -> None:
        """Leave a problem: what a person has to mend, with the word of the cell where there is one."""
        self.problems.append(Said(sentence, _short(word)))

    def note(self, sentence: str, word: str = "") -> None:
        """Leave a note of what is done without asking."""
        self.notes.append(Said(sentence, _short(word)))

    def __getitem__(self, column: str) -> str:
        if self.mended and key(column) in self.mended:
            return self.mended[key(column)]
        return self.row.cells[self.names[column]]


class RowReader:
    """Reads rows by a mapping. Problems and notes are left in the cells."""

    def __init__(self, mapping: Mapping, today: date) -> None:
        self.mapping = mapping
        self.today = today
        self.readers = [ListReader(column) for column in mapping.factors]
        self.codes: dict[tuple[str, str], str | None] = {}
        """The codes of listed words met so far, by field and word."""

    def values(self, cells: Cells) -> RowValues:
        """What the row says; everything that stands in the way is added to the cells' problems."""
        mapping = self.mapping
        own_id = self._name("id", cells)
        if mapping.id and not own_id:
            cells.needs(_("“%(column)s” is empty. Give the row an id, or exclude it.") % {"column": mapping.id.column})
        occurred_on, precision = self._date(cells)
        maltreatment = self._listed("maltreatment_type", cells)
        return RowValues(
            id=own_id,
            occurred_on=occurred_on,
            date_precision=precision,
            office=self._name("office", cells),
            division=self._name("division", cells),
            service_area=self._listed("service_area", cells)[0],
            incident_type=self._listed("incident_type", cells)[0],
            maltreatment_types=tuple(maltreatment),
            age_band=self._listed("age_band", cells)[0],
            title=self._title(cells, own_id, occurred_on),
            summary=self._summary(cells),
            factors=self._factors(cells),
        )

    def _name(self, field_name: str, cells: Cells) -> str:
        part = getattr(self.mapping, field_name)
        if part is None:
            return ""
        text = " ".join(cells[part.column].split())
        if len(text) > LONGEST_NAME:
            cells.needs(
                _("“%(column)s” has more than %(most)s characters. Shorten it.")
                % {"column": part.column, "most": LONGEST_NAME}
            )
        return text

    def _date(self, cells: Cells) -> tuple[date | None, str]:
        part = self.mapping.occurred_on
        if part is None:
            return None, "unknown"
        found = read_date(cells[part.column], part.format, self.today)
        if found.problem:
            cells.needs(f"“{part.column}”: {found.problem}", cells[part.column])
        return found.on, found.precision

    def _listed(self, field_name: str, cells: Cells) -> list[str]:
        """The codes of a cell, at least one."""
        part: ListColumn | None = getattr(self.mapping, field_name)
        if part is None:
            return ["unknown"]
        if part.column is None:
            return [part.empty if part.otherwise == "ask" else part.otherwise]
        cell = cells[part.column]
        words = parts(cell, part.separator) if part.separator else [cell] if cell else []
        codes = [self._code(field_name, part, word, cells) for word in words]
        return list(dict.fromkeys(codes)) or [part.empty]

    def _code(self, field_name: str, part: ListColumn, word: str, cells: Cells) -> str:
        if (field_name, word) not in self.codes:
            mapped = next((code for given, code in part.values.items() if key(given) == key(word)), None)
            self.codes[field_name, word] = mapped or known_value(field_name, word)
        if code := self.codes[field_name, word]:
            return code
        if part.otherwise != "ask":
            counted = {"column": part.column, "value": name_of(field_name, part.otherwise)}
            cells.note(_("A word in “%(column)s” counts as %(value)s.") % counted, word)
            return part.otherwise
        cells.needs(
            _("A word in “%(column)s” is not in the list. Say in the mapping what it stands for.")
            % {"column": part.column},
            word,
        )
        return "unknown"

    def _title(self, cells: Cells, own_id: str, on: date | None) -> str:
        title = self.mapping.title
        text = " ".join(cells[title.column].split()) if title.column else ""
        if not text:
            # The place in the file stays out: moved, the row would no longer be known again.
            text = title.text.replace("{id}", own_id).replace("{date}", on.isoformat() if on else "").strip()
        if len(text) > LONGEST_TITLE:
            cells.note(_("The title was cut to %(most)s characters.") % {"most": LONGEST_TITLE})
            text = f"{text[: LONGEST_TITLE - 1]}…"
        return text

    def _summary(self, cells: Cells) -> str:
        columns = self.mapping.summary.columns if self.mapping.summary else []
        told = [(column, cells[column]) for column in columns if cells[column]]
        if len(columns) == 1:
            return told[0][1] if told else ""
        return "\n\n".join(f"{column}\n{text}" for column, text in told)

    def _factors(self, cells: Cells) -> dict[str, str]:
        answers: dict[str, str] = {}
        for reader in self.readers:
            found = self._list(reader, cells) if reader.column.kind == "list" else self._single(reader.column, cells)
            if not answers:
                answers = found
            else:
                answers |= {code: _stronger(answers.get(code), answer) for code, answer in found.items()}
        return answers

    def _list(self, reader: ListReader, cells: Cells) -> dict[str, str]:
        found, unknown = reader.answers(cells[reader.column.column])
        for word in unknown:
            self._unknown_factor(word, reader.column, cells)
        return found

    def _unknown_factor(self, word: str, column: FactorColumn, cells: Cells) -> None:
        named = {"column": column.column}
        if self.mapping.unknown_values == "ignore":
            cells.note(_("A word in “%(column)s” is no factor of the mapping and is left out.") % named, word)
        else:
            sentence = _("A word in “%(column)s” is no factor of the mapping. Say there which factor it stands for.")
            cells.needs(sentence % named, word)

    def _single(self, column: FactorColumn, cells: Cells) -> dict[str, str]:
        cell = cells[column.column]
        word = key(cell) or cell.strip()
        answer = _rating(word) if column.kind == "rating" else _yes_or_no(word)
        if answer is None:
            sentence = (
                _("“%(column)s” is not 0, 1, 2, 3 or ?. Correct it or leave it empty.")
                if column.kind == "rating"
                else _("“%(column)s” is not yes, no or ?. Correct it or leave it empty.")
            )
            cells.needs(sentence % {"column": column.column}, cell)
        return {column.factor: answer} if answer and column.factor else {}


def _yes_or_no(word: str) -> str | None:
    """The answer; empty for *not asked*, None for a word that is neither."""
    answers = ((_YES, "present"), (_NO, "0"), (_NOT_ENOUGH, "?"), (_NOT_ASKED, ""))
    return next((answer for words, answer in answers if word in words), None)


def _rating(word: str) -> str | None:
    if word in _NOT_ASKED:
        return ""
    # A spreadsheet may write 2.0; its key is “2 0”.
    word = word.removesuffix(" 0") if len(word) == 3 else word
    return word if word in ("0", "1", "2", "3") else "?" if word in _NOT_ENOUGH else None


_ORDER = {answer: at for at, answer in enumerate(("?", "0", "1", "present", "2", "3"))}
assert set(_ORDER) == set(ANSWERS)  # noqa: S101  (checked once, when the module is read)


def _stronger(one: str | None, other: str) -> str:
    """Of two columns that answer for the same factor, the one that says more."""
    return other if one is None or _ORDER[other] > _ORDER[one] else one


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
