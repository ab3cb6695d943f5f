"""A mapping changed by choosing, for each column, what it feeds. Everything finer stands in the YAML."""

from collections.abc import Iterator
from collections.abc import Mapping as Lookup
from typing import Any

from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.importing.cells import key, slug
from app.importing.dates import DateFormat, likely_format
from app.importing.guessing import answers_in, factor_in, list_column, samples_of, separator_in, words_in
from app.importing.mapping import (
    LIST_FIELDS,
    TEXT_FIELDS,
    DateColumn,
    FactorColumn,
    MadeFactor,
    Mapping,
    Summary,
    Taxonomy,
    TextColumn,
    Title,
    with_new_words,
)
from app.importing.reading import Table
from app.systemic_factors.packs import Pack

FEEDS: Words[str] = Words(
    {
        "": N_("Left out"),
        "id": N_("Own number"),
        "occurred_on": N_("Date"),
        "office": N_("Office"),
        "division": N_("Division"),
        "service_area": N_("Service area"),
        "incident_type": N_("Incident type"),
        "maltreatment_type": N_("Maltreatment"),
        "age_band": N_("Age of the child"),
        "title": N_("Title"),
        "summary": N_("Summary"),
        "factors": N_("Systemic factors"),
        "rating": N_("Rating of one factor"),
        "yes_no": N_("Yes or no for one factor"),
    }
)
"""What a column can feed, with the words on screen."""
FACTORS = ("factors", "rating", "yes_no")
_ONE_COLUMN = (*TEXT_FIELDS, "occurred_on", *LIST_FIELDS, "title")


def chosen_fields(table: Table, mapping: Mapping) -> dict[str, str]:
    """For each column of the table the field it feeds; empty where it is left out."""
    feeds = {key(column): field for column, field in mapping.columns().items()}
    feeds |= {key(part.column): part.kind for part in mapping.factors if part.kind != "list"}
    return {column: feeds.get(key(column), "") for column in table.columns}


def obstacles_to_choosing(chosen: Lookup[str, str]) -> list[str]:
    """Why columns cannot be chosen like this, in sentences."""
    found = []
    for field in _ONE_COLUMN:
        columns = [column for column, feeds in chosen.items() if feeds == field]
        if len(columns) > 1:
            listed = " and ".join(f"“{column}”" for column in columns)
            found.append(
                _("%(feed)s is fed by %(listed)s. Choose one of them.") % {"feed": FEEDS[field], "listed": listed}
            )
    if not set(FACTORS) & set(chosen.values()):
        found.append(_("No column feeds the systemic factors. Choose at least one: patterns are made of factors."))
    return found


def obstacles_to_single_factors(
    chosen: Lookup[str, str], table: Table, mapping: Mapping, own_list: bool, pack: Pack
) -> list[str]:
    """Why columns cannot stand for one factor each: the agency's list has none of that name."""
    if own_list:
        return []
    before = chosen_fields(table, mapping) if mapping.taxonomy.use == "default" else {}
    return [
        _(
            "The list “%(pack)s” has no factor named like “%(column)s”. "
            "Choose a list made from this file, or leave the column out."
        )
        % {"pack": pack.name, "column": column}
        for column, field in chosen.items()
        if field in ("rating", "yes_no") and before.get(column) != field and factor_in(column, pack) is None
    ]


def with_choices(
    mapping: Mapping, table: Table, chosen: Lookup[str, str], dates: DateFormat, own_list: bool, pack: Pack
) -> Mapping:
    """The mapping after a person chose fields, the form of the dates, and whether the file makes a list of its own.

    What was mapped before for a column that still feeds the same field is kept as it is.
    """
    before = chosen_fields(table, mapping)
    samples = samples_of(table)
    parts: dict[str, Any] = dict.fromkeys((*_ONE_COLUMN, "summary")) | {"title": Title(text=mapping.title.text)}
    stories = []
    for column, field in chosen.items():
        if field == "summary":
            stories.append(column)
        elif field in _ONE_COLUMN:
            kept = getattr(mapping, field) if before[column] == field else None
            parts[field] = kept or _part(field, column, samples)
    if parts["occurred_on"]:
        column = parts["occurred_on"].column
        if dates is DateFormat.AUTO and mapping.occurred_on != parts["occurred_on"]:
            dates = likely_format(samples[column]) or dates
        parts["occurred_on"] = DateColumn(column=column, format=dates)
    if stories:
        parts["summary"] = Summary(columns=stories)
    columns = {column: field for column, field in chosen.items() if field in FACTORS}
    return _with_factors(mapping.model_copy(update=parts), columns, samples, own_list, pack, table.name)


def _part(field: str, column: str, samples: dict[str, list[str]]) -> Any:
    if field == "occurred_on":
        return DateColumn(column=column)
    if field == "title":
        return Title(column=column)
    return list_column(field, column, samples) if field in LIST_FIELDS else TextColumn(column=column)


def _with_factors(
    mapping: Mapping, columns: dict[str, str], samples: dict[str, list[str]], own_list: bool, pack: Pack, name: str
) -> Mapping:
    had_own_list = mapping.taxonomy.use == "from_file"
    earlier = {key(part.column): part for part in mapping.factors} if own_list == had_own_list else {}
    kinds = {key(column): "list" if field == "factors" else field for column, field in columns.items()}
    earlier = {at: part for at, part in earlier.items() if kinds.get(at) == part.kind}
    kept = [earlier[key(column)] for column in columns if key(column) in earlier]
    fresh = [column for column in columns if key(column) not in earlier]
    if not own_list:
        made = [part for column in fresh for part in _from_pack(column, columns[column], samples[column], pack)]
        update = {"factors": [*kept, *made], "taxonomy": Taxonomy()}
        update["unknown_values"] = "ask" if mapping.unknown_values == "make" else mapping.unknown_values
        return mapping.model_copy(update=update)
    taxonomy = mapping.taxonomy if had_own_list else Taxonomy(use="from_file", name=f"Factors of {name}"[:120])
    made = [_of_its_own(column, columns[column], samples[column]) for column in fresh]
    asked = {code for part in kept for code in part.asks_about}
    single = [
        MadeFactor(code=part.factor, name=part.column[:80]) for part in made if part.factor and part.factor not in asked
    ]
    still = [factor for factor in taxonomy.factors if factor.code in asked]
    taxonomy = taxonomy.model_copy(update={"factors": [*still, *single]})
    update = {"factors": [*kept, *made], "taxonomy": taxonomy, "unknown_values": "make"}
    whole = mapping.model_copy(update=update)
    words = {part.column: words_in(samples[part.column], part.separator) for part in made if part.kind == "list"}
    return with_new_words(whole, words)


def _kind(field: str, cells: list[str]) -> str | None:
    """rating or yes_no, as chosen or as the cells say; None for a list."""
    return answers_in(cells) if field == "factors" else field


def _from_pack(column: str, field: str, cells: list[str], pack: Pack) -> Iterator[FactorColumn]:
    kind = _kind(field, cells)
    code = factor_in(column, pack)
    if kind and code:
        yield FactorColumn(column=column, kind="rating" if kind == "rating" else "yes_no", factor=code)
        return
    separator = separator_in(cells) or ";"
    codes = {word: factor_in(word, pack) for word in words_in(cells, separator)}
    yield FactorColumn(column=column, separator=separator, values={word: code for word, code in codes.items() if code})


def _of_its_own(column: str, field: str, cells: list[str]) -> FactorColumn:
    kind = _kind(field, cells)
    if kind:
        return FactorColumn(column=column, kind="rating" if kind == "rating" else "yes_no", factor=slug(column))
    return FactorColumn(column=column, separator=separator_in(cells) or ";")
