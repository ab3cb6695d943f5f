"""A mapping: which column of a file feeds which field, and what its words mean. People read and edit it as YAML."""

from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from app.core.errors import Refused
from app.core.translation import gettext as _
from app.importing.cells import key, slug
from app.importing.dates import DateFormat
from app.importing.values import LISTS
from app.systemic_factors.packs import Domain, Pack, PackFactor

LONGEST_MAPPING = 100_000
"""Characters; a saved mapping keeps no more."""
ANSWERS = ("present", "0", "1", "2", "3", "?")
"""What a file can say of a factor: present with its strength not rated, 0 to 3, or not enough information."""
LIST_FIELDS = ("service_area", "incident_type", "maltreatment_type", "age_band")
TEXT_FIELDS = ("id", "office", "division")

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
Unknown = Literal["make", "ask", "ignore"]


class MappingRefused(Refused):
    """The mapping cannot be used; `sentences` says what is to change."""

    status_code = 422

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileOptions(Strict):
    """How the file is read; what is left out is found out."""

    encoding: str | None = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    sheet: str | None = None
    header_line: Annotated[int, Field(ge=1)] | None = None
    short_rows: Literal["ask", "fill"] = "ask"
    """Whether a row with fewer cells than the header is asked about, or its missing cells are taken as empty."""


class TextColumn(Strict):
    column: Words


class DateColumn(Strict):
    column: Words
    format: DateFormat = DateFormat.AUTO


class ListColumn(Strict):
    """A column whose words stand for values of a list. Without a column, `otherwise` holds for every row."""

    column: Words | None = None
    separator: str | None = None
    values: dict[str, str] = Field(default_factory=dict)
    """Word in the file: code of the list. Words that are the code or its name need not be written here."""
    otherwise: str = "ask"
    """The code for a word that is not known, or `ask`."""
    empty: str = "unknown"
    """The code for an empty cell."""


class Title(Strict):
    """A column, or a text in which {id} and {date} are filled in.

    Left alone, a title does not show the row's own number: another system may know whom it stands for.
    """

    column: Words | None = None
    text: str = "Imported report {date}"


class Summary(Strict):
    """One or more columns; the texts follow each other under the names of their columns."""

    columns: Annotated[list[Words], Field(min_length=1)]


class FactorColumn(Strict):
    """A column about factors: a list of those present, or yes/no or a rating for one factor."""

    column: Words
    kind: Literal["list", "yes_no", "rating"] = "list"
    separator: str = ";"
    """For a list."""
    values: dict[str, Code] = Field(default_factory=dict)
    """For a list: word in the file: code of the factor. These factors are what the column asks about."""
    ignored: list[str] = Field(default_factory=list)
    """For a list: words that stand for no factor, such as “Other”."""
    factor: Code | None = None
    """For yes/no and rating."""
    domain: Domain = Domain.ORGANIZATION_ENVIRONMENT
    """Where factors made from this column belong."""

    @model_validator(mode="after")
    def _one_factor_or_a_list(self) -> "FactorColumn":
        if (self.kind == "list") == (self.factor is not None):
            raise ValueError(
                f"“{self.column}”: a list has values, a {self.kind.replace('list', 'yes_no')} has a factor"
            )
        if self.kind == "list" and not self.separator:
            raise ValueError(f"“{self.column}”: say which separator stands between the values")
        return self

    @property
    def asks_about(self) -> list[str]:
        """The factors this column gives an answer to, each once."""
        return [self.factor] if self.factor else list(dict.fromkeys(self.values.values()))


class MadeFactor(Strict):
    """A factor of a list that is made from the file."""

    code: Code
    name: Annotated[Words, StringConstraints(max_length=80)]
    domain: Domain = Domain.ORGANIZATION_ENVIRONMENT
    definition: str = ""


class Taxonomy(Strict):
    """The list of factors: `default`, or one made from the file under a name of its own."""

    use: Literal["default", "from_file"] = "default"
    name: Annotated[str, StringConstraints(max_length=120)] = ""
    factors: list[MadeFactor] = Field(default_factory=list)

    @model_validator(mode="after")
    def _named(self) -> "Taxonomy":
        if self.use == "from_file" and not self.name.strip():
            raise ValueError("taxonomy: give the list made from the file a name")
        return self


class Mapping(Strict):
    """Everything needed to read a file of one shape, again and again."""

    name: Words = "Mapping"
    file: FileOptions = FileOptions()
    id: TextColumn | None = None
    occurred_on: DateColumn | None = None
    office: TextColumn | None = None
    division: TextColumn | None = None
    service_area: ListColumn | None = None
    incident_type: ListColumn | None = None
    maltreatment_type: ListColumn | None = None
    age_band: ListColumn | None = None
    title: Title = Title()
    summary: Summary | None = None
    factors: list[FactorColumn] = Field(default_factory=list)
    unknown_values: Unknown = "ask"
    """Factor words that no mapping names: make a factor of them, ask, or leave them out."""
    taxonomy: Taxonomy = Taxonomy()

    @model_validator(mode="after")
    def _codes_are_known(self) -> "Mapping":
        for field in LIST_FIELDS:
            part: ListColumn | None = getattr(self, field)
            for code in _codes(part) if part else ():
                if code not in LISTS[field]:
                    raise ValueError(f"{field}: there is no value “{code}”; choose one of {', '.join(LISTS[field])}")
        if self.unknown_values == "make" and self.taxonomy.use == "default":
            raise ValueError("unknown_values: the default list does not grow; use ask or ignore, or taxonomy from_file")
        return self

    def columns(self) -> dict[str, str]:
        """Every column the mapping reads, with the field it feeds."""
        fields = (*TEXT_FIELDS, "occurred_on", *LIST_FIELDS, "title")
        single = {field: getattr(self, field) for field in fields}
        found = {part.column: field for field, part in single.items() if part and part.column}
        found |= dict.fromkeys(self.summary.columns if self.summary else (), "summary")
        return found | {factor.column: "factors" for factor in self.factors}

    def to_yaml(self) -> str:
        """The mapping as a person edits it: what is left at its default is not written."""
        data = self.model_dump(mode="json", exclude_defaults=True)
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)


def _codes(part: ListColumn) -> list[str]:
    chosen = [*part.values.values(), part.otherwise, part.empty]
    return [code for code in chosen if code != "ask"]


def read_mapping(text: str) -> Mapping:
    """The mapping that a YAML text describes, or MappingRefused with every reason found."""
    if len(text) > LONGEST_MAPPING:
        raise MappingRefused(
            [
                _("The mapping has more than %(longest_mapping)s characters. Shorten it.")
                % {"longest_mapping": f"{LONGEST_MAPPING:,}"}
            ]
        )
    try:
        if "*" in text and any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, yaml.SafeLoader)):
            raise MappingRefused([_("The mapping uses YAML aliases (*name). Write each part out in full.")])
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f"Line {mark.line + 1}" if mark else "The mapping"
        sentence = _("%(where)s: the YAML cannot be read. Check the indentation and the quotes there.") % {
            "where": where
        }
        raise MappingRefused([sentence]) from None
    if not isinstance(data, dict):
        raise MappingRefused([_("This is not a mapping. It names fields and the columns that feed them.")])
    try:
        return Mapping.model_validate(data)
    except ValidationError as refusal:
        raise MappingRefused([_sentence(dict(error)) for error in refusal.errors()]) from None


def _sentence(error: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in error["loc"])
    kind = error["type"]
    if kind == "value_error":
        return f"{str(error['ctx']['error'])[:1].upper()}{str(error['ctx']['error'])[1:]}."
    if kind == "extra_forbidden":
        return _("%(place)s is not part of a mapping. Take it out, or correct its spelling.") % {"place": place}
    if kind == "missing":
        return _("%(place)s is missing. Add it.") % {"place": place}
    if kind in ("enum", "literal_error"):
        return _("%(place)s is “%(error)s”. Choose %(error2)s.") % {
            "place": place,
            "error": error["input"],
            "error2": error["ctx"]["expected"],
        }
    if kind == "string_pattern_mismatch":
        return _("%(place)s is “%(error)s”. Use lower-case letters, digits and _, starting with a letter.") % {
            "place": place,
            "error": error["input"],
        }
    if kind == "string_type":
        return _("%(place)s is not text. Put it in quotes.") % {"place": place}
    return _("%(place)s cannot be read (%(error)s).") % {"place": place, "error": error["msg"]}


def pack_of(mapping: Mapping, default: Pack) -> Pack:
    """The list of factors the mapping uses: the default, or the one made from the file."""
    if mapping.taxonomy.use == "default":
        return default
    try:
        factors = tuple(_made(factor) for factor in mapping.taxonomy.factors)
    except ValidationError as refusal:
        raise MappingRefused([_sentence(dict(error)) for error in refusal.errors()]) from None
    return Pack(
        code=slug(mapping.taxonomy.name),
        name=mapping.taxonomy.name,
        version="1",
        language="en",
        license="As the file",
        source=_("Made from the file on import, under the mapping “%(name)s”.") % {"name": mapping.name},
        factors=factors,
    )


def _made(factor: MadeFactor) -> PackFactor:
    name = factor.name if len(factor.name) <= 40 else f"{factor.name[:39]}…"
    definition = factor.definition or _("As the file uses “%(name)s”. Write what it means before it is rated anew.") % {
        "name": factor.name
    }
    return PackFactor(code=factor.code, name=name, domain=factor.domain, definition=definition)


def with_new_words(mapping: Mapping, words: dict[str, list[str]]) -> Mapping:
    """The mapping with a factor made of each new word, by column; equal words of two columns are two factors."""
    taken = {factor.code for factor in mapping.taxonomy.factors}
    names = {key(factor.name) for factor in mapping.taxonomy.factors}
    made = list(mapping.taxonomy.factors)
    columns = []
    for column in mapping.factors:
        values = dict(column.values)
        for word in words.get(column.column, []):
            code, name = _free_code(slug(word, 50), taken), word[:80]
            if key(name) in names:
                name = f"{word[:40]} ({column.column[:30]})"
            taken.add(code)
            names.add(key(name))
            made.append(MadeFactor(code=code, name=name, domain=column.domain))
            values[word] = code
        columns.append(column.model_copy(update={"values": values}))
    taxonomy = mapping.taxonomy.model_copy(update={"factors": made})
    return mapping.model_copy(update={"factors": columns, "taxonomy": taxonomy})


def _free_code(wanted: str, taken: set[str]) -> str:
    code, again = wanted, 2
    while code in taken:
        code, again = f"{wanted}_{again}", again + 1
    return code
