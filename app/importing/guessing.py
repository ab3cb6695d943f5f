"""A first mapping for a file nobody has mapped yet, with the reason for every guess, for a person to correct."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from app.core.translation import gettext as _
from app.importing.cells import key, parts, slug
from app.importing.dates import DateFormat, likely_format, read_date
from app.importing.mapping import (
    LIST_FIELDS,
    DateColumn,
    FactorColumn,
    FileOptions,
    ListColumn,
    MadeFactor,
    Mapping,
    Summary,
    Taxonomy,
    TextColumn,
    Title,
    with_new_words,
)
from app.importing.reading import Table
from app.importing.values import LISTS, known_value
from app.systemic_factors.packs import Domain, Pack

SAMPLE_ROWS = 2_000
MOST_WORDS = 60
"""More different words than this, and a column is taken for free text or names."""

# Words of a header, best first. A header fits when all words of a name are in it.
_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("report id", "case id", "review id", "incident id", "record id", "id", "reference", "ref", "case number",
           "number"),
    "occurred_on": ("date of incident", "incident date", "event date", "event start date", "occurred on", "start date",
                    "date of death", "date"),
    "office": ("regional office", "office", "local unit", "unit", "region", "location"),
    "division": ("division", "bureau", "department", "jurisdiction"),
    "service_area": ("service area", "program area", "program"),
    "maltreatment_type": ("maltreatment type", "maltreatment", "allegation type", "allegation"),
    "incident_type": ("incident type", "type of incident", "event type", "type"),
    "age_band": ("age band", "age group", "child age", "age"),
}  # fmt: skip
_TITLES = ("title", "report title", "review title", "case title", "label", "subject")
"""Whole headers: an incident's name can identify it, and a “position title” is no title of a report."""
_STORY = ("narrative", "summary", "description", "what happened", "synopsis", "immediate action taken")
_FACTOR = ("factor", "factors", "influences", "conditions", "themes", "tags")
_BIRTH = frozenset({"birth", "birthday", "born", "dob"})
_SEPARATORS = (";", "|", "\n", ",", "/")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a column was guessed to feed a field."""

    field: str
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Guess:
    mapping: Mapping
    reasons: tuple[Reason, ...]


def guess_mapping(table: Table, pack: Pack) -> Guess:
    """A mapping to begin with, from the header and the first rows. `pack` is the list of factors words may match."""
    samples = samples_of(table)
    reasons: list[Reason] = []
    found = _fields_by_name(table.columns, reasons)
    if not _dates(found.get("occurred_on", ""), samples):
        found.pop("occurred_on", None)
        found |= _only_dates(table.columns, samples, reasons)
    own_id = _own_id(found.pop("id", None), table.columns, samples, reasons)
    stories = [column for column in table.columns if any(_fits(column, name) for name in _STORY)]
    taken = {*found.values(), *stories, own_id}
    factors, taxonomy = _factors(table, [c for c in table.columns if c not in taken], samples, pack, reasons)
    reasons += [
        Reason("summary", column, _("“%(column)s” is named like a narrative.") % {"column": column})
        for column in stories
    ]
    mapping = Mapping(
        name=Path(table.name).stem[:80] or "Mapping",
        file=FileOptions(sheet=table.sheet or None, encoding=_unusual(table.encoding)),
        id=TextColumn(column=own_id) if own_id else None,
        occurred_on=_date_column(found.get("occurred_on"), samples, reasons),
        office=_text_column(found.get("office")),
        division=_text_column(found.get("division")),
        title=Title(column=next((column for column in table.columns if key(column) in _TITLES), None)),
        summary=Summary(columns=stories) if stories else None,
        factors=factors,
        unknown_values="make" if taxonomy.use == "from_file" else "ask",
        taxonomy=taxonomy,
        **{field: list_column(field, found[field], samples) for field in LIST_FIELDS if field in found},
    )
    if taxonomy.use == "from_file":
        mapping = with_new_words(mapping, {c.column: words_in(samples[c.column], c.separator) for c in _lists(mapping)})
    return Guess(mapping, tuple(reasons))


def _lists(mapping: Mapping) -> list[FactorColumn]:
    return [column for column in mapping.factors if column.kind == "list"]


def samples_of(table: Table) -> dict[str, list[str]]:
    """The filled cells of each column in the first rows."""
    samples: dict[str, list[str]] = {column: [] for column in table.columns}
    for row in islice(table.rows(), SAMPLE_ROWS):
        if not row.repeats_header:
            for column, cell in row.cells.items():
                if cell:
                    samples[column].append(cell)
    return samples


def _fits(column: str, name: str) -> bool:
    return set(name.split()) <= set(key(column).split())


def _fields_by_name(columns: Sequence[str], reasons: list[Reason]) -> dict[str, str]:
    """For each field the column whose header fits best; every column feeds one field."""
    found: dict[str, str] = {}
    for field, names in _NAMES.items():
        free = [column for column in columns if column not in found.values() and not _is_about_factors(column)]
        fitting = ((name, column) for name in names for column in free if _fits(column, name))
        # Equal fits go to the shorter header: “Incident Type” before “Event Incident Type Detail”.
        best = min(fitting, key=lambda fit: (names.index(fit[0]), len(key(fit[1]).split())), default=None)
        if best:
            found[field] = best[1]
            if field != "id":
                reasons.append(
                    Reason(
                        field,
                        best[1],
                        _("The header “%(best)s” has the words “%(best2)s”.") % {"best": best[1], "best2": best[0]},
                    )
                )
    return found


def _is_about_factors(column: str) -> bool:
    return bool(set(key(column).split()) & set(_FACTOR))


def _own_id(
    by_name: str | None, columns: Sequence[str], samples: dict[str, list[str]], reasons: list[Reason]
) -> str | None:
    """A column that is named like an id and never repeats; headers that end in “ID” come first."""
    candidates = [column for column in columns if key(column).split()[-1:] == ["id"]]
    candidates += [by_name] if by_name and by_name not in candidates else []
    for column in candidates:
        cells = samples[column]
        if cells and len(set(cells)) == len(cells):
            reasons.append(
                Reason(
                    "id", column, _("“%(column)s” is named like an id and no value comes twice.") % {"column": column}
                )
            )
            return column
    return None


def _dates(column: str, samples: dict[str, list[str]]) -> bool:
    """Whether at least half of a column can be read as dates in some order."""
    cells = samples.get(column, [])[:200]
    latest = date.max
    readable = [cell for cell in cells if read_date(cell, DateFormat.MONTH_FIRST, latest).on
                or read_date(cell, DateFormat.DAY_FIRST, latest).on]  # fmt: skip
    return bool(cells) and len(readable) * 2 >= len(cells)


def _only_dates(columns: Sequence[str], samples: dict[str, list[str]], reasons: list[Reason]) -> dict[str, str]:
    """The one column that holds dates, whatever it is called; of several, a person says which it is."""
    dated = [column for column in columns if _dates(column, samples) and not _BIRTH & set(key(column).split())]
    if len(dated) != 1:
        return {}
    told = _("“%(column)s” is the only column of dates.") % {"column": dated[0]}
    reasons.append(Reason("occurred_on", dated[0], told))
    return {"occurred_on": dated[0]}


def _date_column(column: str | None, samples: dict[str, list[str]], reasons: list[Reason]) -> DateColumn | None:
    if column is None:
        return None
    form = likely_format(samples[column])
    if form is None:
        told = _("The dates in “%(column)s” can be read with the month or the day first. Choose one.") % {
            "column": column
        }
    elif form is DateFormat.AUTO:
        told = _("Every date in “%(column)s” can be read in one way only.") % {"column": column}
    else:
        told = _("Some dates in “%(column)s” fit %(form)s only.") % {"column": column, "form": form}
    reasons.append(Reason("occurred_on", column, told))
    return DateColumn(column=column, format=form or DateFormat.AUTO)


def _text_column(column: str | None) -> TextColumn | None:
    return TextColumn(column=column) if column else None


def list_column(field: str, column: str, samples: dict[str, list[str]]) -> ListColumn:
    """Words the list knows need no mapping; the others count as other or unknown until a person says more."""
    separator = separator_in(samples[column])
    words = words_in(samples[column], separator) if separator else list(dict.fromkeys(samples[column]))
    rest = "other" if "other" in LISTS[field] else "unknown"
    unknown = [word for word in words[:MOST_WORDS] if known_value(field, word) is None]
    return ListColumn(column=column, separator=separator, values=dict.fromkeys(unknown, rest), otherwise=rest)


def separator_in(cells: Sequence[str]) -> str | None:
    """What stands between the values, where it splits cells into few different, short words that come again."""
    for separator in _SEPARATORS:
        split = [cell for cell in cells if separator in cell]
        if len(split) < max(1, len(cells) // 20):
            continue
        words = Counter(word for cell in cells for word in parts(cell, separator))
        again = sum(count for count in words.values() if count > 1)
        short = max((len(word) for word in words), default=0) <= 60
        # A separator after the last value is a sign of its own, also in a file of few rows.
        ends = sum(cell.endswith(separator) for cell in cells) * 2 >= len(cells)
        if short and len(words) <= MOST_WORDS and (ends or again * 2 >= sum(words.values())):
            return separator
    return None


def words_in(cells: Iterable[str], separator: str) -> list[str]:
    """Every different word, by how often it comes, then by name."""
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for cell in cells:
        for word in parts(cell, separator):
            counts[key(word)] += 1
            spelled.setdefault(key(word), word)
    return [spelled[word] for word in sorted(counts, key=lambda word: (-counts[word], word))]


def _factors(
    table: Table, columns: list[str], samples: dict[str, list[str]], pack: Pack, reasons: list[Reason]
) -> tuple[list[FactorColumn], Taxonomy]:
    lists = {column: separator_in(samples[column]) for column in columns if _is_about_factors(column)}
    singles = {column: kind for column in columns if column not in lists and (kind := answers_in(samples[column]))}
    singles = {column: kind for column, kind in singles.items() if factor_in(column, pack) or len(singles) >= 3}
    if "rating" in singles.values():
        # Beside ratings, a column of 0 and 1 alone holds ratings too.
        digits = {column for column in singles if set(samples[column]) <= {"0", "1"}}
        singles = {column: "rating" if column in digits else kind for column, kind in singles.items()}
    listed = {
        column: separator or ";" for column, separator in lists.items() if _vocabulary(samples[column], separator)
    }
    words = [word for column, separator in listed.items() for word in words_in(samples[column], separator)]
    words += list(singles)
    if not words:
        return [], Taxonomy()
    matched = [word for word in words if factor_in(word, pack)]
    use_pack = len(matched) * 2 >= len(words)
    for column, separator in listed.items():
        said = _("“%(column)s” is about factors; its values stand between “%(separator)s”.") % {
            "column": column,
            "separator": separator,
        }
        reasons.append(Reason("factors", column, said))
    for column, kind in singles.items():
        said = _("“%(column)s” holds %(value)s.") % {
            "column": column,
            "value": "ratings from 0 to 3" if kind == "rating" else "yes and no",
        }
        reasons.append(Reason("factors", column, said))
    told = f"{len(matched)} of {len(words)} factor words are in the list “{pack.name}”"
    told += "." if use_pack else ", so the file gets a list of its own."
    reasons.append(Reason("taxonomy", "", told))
    if use_pack:
        return _from_pack(listed, singles, samples, pack), Taxonomy()
    return _from_file(table, listed, singles)


def _vocabulary(cells: Sequence[str], separator: str | None) -> bool:
    """Whether a column holds few words that come again rather than sentences."""
    words = words_in(cells, separator or ";")
    return 0 < len(words) <= MOST_WORDS and (separator is not None or len(words) * 3 <= len(cells) + 3)


def answers_in(cells: Sequence[str]) -> str | None:
    """yes_no or rating, where a column holds nothing else."""
    words = {key(cell) or cell for cell in cells}
    if words and words <= {"yes", "no", "y", "n", "true", "false", "x", "1", "0"}:
        return "yes_no"
    return "rating" if words and words <= {"0", "1", "2", "3", "?", "na", "n a", "nei"} else None


def factor_in(word: str, pack: Pack) -> str | None:
    """The code of the factor with this name or code, or most of its words."""
    wanted = set(key(word).split()) - {"and", "the", "of", "for"}
    for factor in pack.factors:
        if key(word) in (key(factor.name), key(factor.code)):
            return factor.code
    for factor in pack.factors:
        name = set(key(factor.name).split()) - {"and", "the", "of", "for"}
        if wanted and len(wanted & name) / len(wanted | name) > 0.6:
            return factor.code
    return None


def _from_pack(
    listed: dict[str, str], singles: dict[str, str], samples: dict[str, list[str]], pack: Pack
) -> list[FactorColumn]:
    columns = []
    for column, separator in listed.items():
        codes = {word: factor_in(word, pack) for word in words_in(samples[column], separator)}
        values = {word: code for word, code in codes.items() if code}
        columns.append(FactorColumn(column=column, separator=separator, values=values))
    for column, kind in singles.items():
        if code := factor_in(column, pack):
            columns.append(FactorColumn(column=column, kind=kind, factor=code))
    return columns


def _from_file(table: Table, listed: dict[str, str], singles: dict[str, str]) -> tuple[list[FactorColumn], Taxonomy]:
    """Columns and an empty list of factors; the words of the list columns are added with them."""
    columns = [FactorColumn(column=column, separator=separator) for column, separator in listed.items()]
    made = []
    for column, kind in singles.items():
        columns.append(FactorColumn(column=column, kind=kind, factor=slug(column)))
        made.append(MadeFactor(code=slug(column), name=column[:80], domain=Domain.ORGANIZATION_ENVIRONMENT))
    name = f"Factors of {Path(table.name).stem}"[:120]
    return columns, Taxonomy(use="from_file", name=name, factors=made)


def _unusual(encoding: str) -> str | None:
    """An encoding worth keeping in a saved mapping: the Unicode ones are always found again."""
    return encoding if encoding and not encoding.startswith("utf") else None
