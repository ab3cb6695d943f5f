"""Taxonomy packs: a versioned list of systemic factors as a YAML file, read strictly and refused in sentences."""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.core.errors import Refused
from app.core.translation import gettext as _

LARGEST_PACK = 1_000_000
"""Characters. The pack that ships has about 17,000."""
PACKS = files("app.systemic_factors") / "packs"


class Domain(StrEnum):
    """Where a condition arises; the order is the order on screen."""

    FAMILY_COMMUNITY = "family_community"
    PROFESSIONAL = "professional"
    TEAM = "team"
    ORGANIZATION_ENVIRONMENT = "organization_environment"
    CROSS_AGENCY = "cross_agency"


class AgencyInterface(StrEnum):
    """With whom the work met where the factor shows: inside the agency, or the kind of partner."""

    INTERNAL = "internal"
    LAW_ENFORCEMENT = "law_enforcement"
    HEALTH = "health"
    COURT = "court"
    EDUCATION = "education"
    PROVIDER = "provider"
    OTHER = "other"


class PackRefused(Refused):
    """The pack cannot be used; `sentences` says everything that is to change, with line and factor."""

    status_code = 422

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def _names_a_condition(name: str) -> str:
    words = re.findall(r"[\w-]+", name.casefold())
    for word in words:
        if word.startswith(_words_to_avoid()):
            advice = "name the condition of the work, not a fault or a person"
            raise ValueError(f"“{name}” holds the word “{word}”; {advice}")
    return name


@cache
def _words_to_avoid() -> tuple[str, ...]:
    lines = (PACKS / "names-to-avoid.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
ShortName = Annotated[Line, StringConstraints(max_length=40), AfterValidator(_names_a_condition)]


class PackFactor(BaseModel):
    """One factor. The code stays for ever; the words may be put better in a later version."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Slug
    name: ShortName
    domain: Domain
    definition: Annotated[Line, StringConstraints(max_length=1000)]
    examples_that_fit: tuple[Line, ...] = ()
    examples_that_do_not: tuple[Line, ...] = ()
    agency_interface: AgencyInterface = AgencyInterface.INTERNAL
    crosswalk: dict[str, Line] = Field(default_factory=dict)
    """What the same condition is called in another list, by the code of that list in the pack's `crosswalks`."""


class Pack(BaseModel):
    """A list of factors with its version and where its words come from. `code` and `version` together name it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Slug
    name: Annotated[Line, StringConstraints(max_length=120)]
    version: Annotated[Line, StringConstraints(max_length=20)]
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    license: Line
    source: Annotated[Line, StringConstraints(max_length=400)]
    crosswalks: dict[Slug, Line] = Field(default_factory=dict)
    factors: tuple[PackFactor, ...]

    def factor(self, code: str) -> PackFactor | None:
        return next((factor for factor in self.factors if factor.code == code), None)


@cache
def default_pack() -> Pack:
    """The pack that ships with the program."""
    return read_pack((PACKS / "throughline-1.yaml").read_text(encoding="utf-8"))


def read_pack(text: str) -> Pack:
    """The pack that the text describes, or PackRefused with every reason found."""
    document = _load(text)
    lines = _FactorLines(document.lines, document.data)
    try:
        pack = Pack.model_validate(document.data)
    except ValidationError as refusal:
        raise PackRefused([_sentence(dict(error), lines) for error in refusal.errors()]) from None
    if not pack.factors:
        raise PackRefused([_("The header: factors is empty; list at least one.")])
    if sentences := [*_repeated(pack, lines), *_crosswalks_without_a_list(pack, lines)]:
        raise PackRefused(sentences)
    return pack


def _repeated(pack: Pack, lines: "_FactorLines") -> Iterator[str]:
    """Two factors that share a code could not be told apart in data, two that share a name not on screen."""
    codes: dict[str, int] = {}
    names: dict[str, int] = {}
    for at, factor in enumerate(pack.factors):
        if factor.code in codes:
            first = lines.place(codes[factor.code])
            yield _("%(at)s: the code %(code)s is used twice, first at %(first)s.") % {
                "at": lines.place(at),
                "code": factor.code,
                "first": first,
            }
        if factor.name.casefold() in names:
            first = lines.place(names[factor.name.casefold()])
            yield _("%(at)s: the name “%(name)s” is used twice, first at %(first)s.") % {
                "at": lines.place(at),
                "name": factor.name,
                "first": first,
            }
        codes.setdefault(factor.code, at)
        names.setdefault(factor.name.casefold(), at)


def _crosswalks_without_a_list(pack: Pack, lines: "_FactorLines") -> Iterator[str]:
    for at, factor in enumerate(pack.factors):
        for code in factor.crosswalk.keys() - pack.crosswalks.keys():
            yield _("%(at)s: the crosswalk names the list %(code)s; add %(code)s to crosswalks at the top.") % {
                "at": lines.place(at),
                "code": code,
            }


class _Document:
    """The plain data of a YAML text, and the line on which each factor begins."""

    def __init__(self, data: Any, lines: list[int]) -> None:
        self.data = data
        self.lines = lines


class _FactorLines:
    """Says where a factor stands: “Line 12, factor teamwork”."""

    def __init__(self, lines: list[int], data: Any) -> None:
        self.lines = lines
        factors = data.get("factors") if isinstance(data, dict) else None
        self.factors = factors if isinstance(factors, list) else []

    def place(self, at: int) -> str:
        factor = self.factors[at]
        code = factor.get("code") if isinstance(factor, dict) else None
        return f"Line {self.lines[at]}, factor {code or at + 1}"


def _load(text: str) -> _Document:
    if len(text) > LARGEST_PACK:
        raise PackRefused(
            [
                _("The file has more than %(largest_pack)s characters. Choose the pack itself.")
                % {"largest_pack": f"{LARGEST_PACK:,}"}
            ]
        )
    try:
        # An alias can make a short text unfold without end, and a pack needs none.
        if "*" in text and any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, yaml.SafeLoader)):
            raise PackRefused([_("The file uses YAML aliases (*name). Write each factor out in full.")])
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node else None
    except RecursionError:
        raise PackRefused([_("The file is nested too deeply. A pack is a header and a list of factors.")]) from None
    except (yaml.YAMLError, ValueError) as problem:
        raise PackRefused([_not_yaml(problem)]) from None
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        raise PackRefused([_("The file is not a taxonomy pack. Start with code, name and version, then list factors.")])
    if sentences := list(_repeated_keys(node)):
        raise PackRefused(sentences)
    return _Document(data, _factor_lines(node))


def _not_yaml(problem: Exception) -> str:
    mark = getattr(problem, "problem_mark", None)
    where = f"Line {mark.line + 1}" if mark else "The file"
    what = getattr(problem, "problem", None) or "this is not text that YAML can hold"
    return _("%(where)s: the YAML cannot be read (%(what)s). Check the indentation and the quotes there.") % {
        "where": where,
        "what": what,
    }


def _repeated_keys(node: yaml.Node) -> Iterator[str]:
    """YAML lets the last of two equal keys win without a word; in a pack that would lose a definition."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield _("Line %(value)s: %(key)s is written twice. Keep one of them.") % {
                    "value": key.start_mark.line + 1,
                    "key": key.value,
                }
            if isinstance(key, yaml.ScalarNode):
                seen.add(key.value)
            yield from _repeated_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _repeated_keys(part)


def _factor_lines(node: yaml.MappingNode) -> list[int]:
    for key, value in node.value:
        if key.value == "factors" and isinstance(value, yaml.SequenceNode):
            return [factor.start_mark.line + 1 for factor in value.value]
    return []


def _sentence(error: dict[str, Any], lines: _FactorLines) -> str:
    location = list(error["loc"])
    where = "The header"
    if len(location) > 1 and location[0] == "factors":
        where = lines.place(int(location[1]))
        location = location[2:]
    field = str(location[0]) if location else "the factor"
    return f"{where}: {_what_to_do(field, error)}."


def _what_to_do(field: str, error: dict[str, Any]) -> str:
    kind = error["type"]
    context = error.get("ctx", {})
    sentences = {
        "missing": f"add {field}",
        "extra_forbidden": f"{field} is not a field of a pack; take it out or correct its spelling",
        "string_too_short": f"{field} is empty; write it in a few words",
        "string_too_long": f"{field} is longer than {context.get('max_length')} characters; shorten it",
        "enum": f"{field} is “{error['input']}”; choose {context.get('expected')}",
        "string_pattern_mismatch": _pattern_advice(field, error["input"]),
        "value_error": str(context.get("error", "")),
        "string_type": f"{field} is not text; put it in quotes",
        "model_type": "write code, name, domain and definition under each factor",
    }
    return sentences.get(kind, f"{field} cannot be read ({error['msg']})")


def _pattern_advice(field: str, given: Any) -> str:
    if field == "language":
        return f"language is “{given}”; use a language code such as en or es"
    return f"{field} is “{given}”; use lower-case letters, digits and _, starting with a letter"
