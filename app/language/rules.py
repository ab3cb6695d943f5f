"""Finds wording in a narrative that assigns blame, judges in hindsight or identifies someone.

The check advises beside the text: it blocks nothing, stores nothing and grades nobody. What it looks for is data, in
one file per language in this folder; `english.yaml` explains its own form.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

LANGUAGE_FILES = {"en": Path(__file__).with_name("english.yaml"), "es": Path(__file__).with_name("spanish.yaml")}


class Kind(StrEnum):
    """What a remark is about: five kinds of wording, then eight kinds of identifying detail."""

    BLAME = "blame"
    CHARACTER = "character"
    COUNTERFACTUAL = "counterfactual"
    NORMATIVE = "normative"
    HINDSIGHT = "hindsight"
    NAME = "name"
    PLACE = "place"
    PHONE = "phone"
    EMAIL = "email"
    SSN = "ssn"
    CASE_NUMBER = "case_number"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"

    @property
    def identifies(self) -> bool:
        """Whether the words could point at a person or a household."""
        return self not in WORDING


WORDING = frozenset({Kind.BLAME, Kind.CHARACTER, Kind.COUNTERFACTUAL, Kind.NORMATIVE, Kind.HINDSIGHT})


@dataclass(frozen=True, slots=True)
class Remark:
    """One place in a text: where it is, which words, why they are worth another look, and what could stand there."""

    kind: Kind
    start: int
    end: int
    words: str
    why: str
    instead: tuple[str, ...]


def remarks_on(text: str, language: str = "en") -> list[Remark]:
    """Everything worth a second look, in the order of the text and never overlapping: of two finds the longer stays.

    Positions count characters of `text` as given, so `text[remark.start:remark.end] == remark.words`.
    """
    readable = text.translate(PLAIN_PUNCTUATION)
    finds = [find for advice in _vocabulary(language).remarks for find in advice.finds_in(readable)]
    return [
        Remark(advice.kind, start, end, text[start:end], advice.why, tuple(advice.instead))
        for start, end, advice in _longest_without_overlap(finds)
    ]


def words_we_use(language: str = "en") -> list[tuple[str, str]]:
    """The short table beside a form: what to write instead of what, as (instead of, write) pairs."""
    return [(pair.instead_of, pair.write) for pair in _vocabulary(language).words_we_use]


# Apostrophes, hyphens and spaces come in many forms. Each becomes one plain character, so positions stay the same.
PLAIN_PUNCTUATION = str.maketrans("\u2018\u2019\u02bc\u2010\u2011\u2012\u2013\u00a0\u202f", "'''----  ")

Sentence = Annotated[str, StringConstraints(min_length=12, pattern=r"^[A-Z].*\.$")]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

Span = tuple[int, int]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Pair(_Strict):
    instead_of: Phrase
    write: Phrase


class _Advice(_Strict):
    """One entry of a language file, its patterns ready to use."""

    kind: Kind
    why: Sentence
    instead: tuple[Phrase, ...] = Field(min_length=1)
    find: tuple[re.Pattern[str], ...] = Field(min_length=1)
    unless: tuple[re.Pattern[str], ...] = ()

    def finds_in(self, text: str) -> "list[tuple[int, int, _Advice]]":
        spans = [span for pattern in self.find for span in _spans(pattern, text)]
        if not spans:
            return []
        fine = _merged(match.span() for pattern in self.unless for match in pattern.finditer(text))
        return [(*span, self) for span in spans if not _touches(span, fine)]


class _Vocabulary(_Strict):
    """A language file, checked: a wrong kind, an unknown list or a pattern that does not compile is refused here."""

    language: Phrase
    words_we_use: tuple[_Pair, ...] = Field(min_length=1)
    remarks: tuple[_Advice, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def with_patterns_compiled(cls, content: dict[str, Any]) -> dict[str, Any]:
        fragments = {name: _alternatives(words) for name, words in content.pop("lists", {}).items()}
        fragments |= content.pop("pieces", {})
        return content | {"remarks": [_compiled(entry, fragments) for entry in content["remarks"]]}


def _compiled(entry: dict[str, Any], fragments: dict[str, str]) -> dict[str, Any]:
    flags = re.NOFLAG if entry.get("capitals_matter") else re.IGNORECASE
    patterns = {
        key: [_pattern(pattern, fragments, flags) for pattern in entry.get(key, [])] for key in ("find", "unless")
    }
    return {key: value for key, value in entry.items() if key != "capitals_matter"} | patterns


def _pattern(pattern: str, fragments: dict[str, str], flags: re.RegexFlag) -> re.Pattern[str]:
    try:
        return re.compile(_regular_expression(pattern, fragments), flags)
    except re.error as problem:
        raise ValueError(f"Mend the pattern {pattern!r}: {problem}.") from problem


def _regular_expression(pattern: str, fragments: dict[str, str]) -> str:
    """A pattern as written in the file, as the regular expression it stands for."""
    while FRAGMENT.search(pattern):
        pattern = FRAGMENT.sub(lambda mention: f"(?:{_fragment(mention[1], fragments)})", pattern)
    spaced = SPACE_OR_LITERAL.sub(lambda part: r"(?:\s{1,3})" if part[0] == " " else part[0], pattern)
    if UNBOUNDED.search(SPACE_OR_LITERAL.sub("", pattern)):
        raise ValueError(f"Bound the repetition in {pattern!r}, for example with {{0,30}} in place of * or +.")
    return rf"(?<!\w)(?:{spaced})(?!\w)"


def _fragment(name: str, fragments: dict[str, str]) -> str:
    if name not in fragments:
        raise ValueError(f"There is no list or piece called {name}; add it to the language file.")
    return fragments[name]


FRAGMENT = re.compile(r"\{([a-z_]+)\}")
SPACE_OR_LITERAL = re.compile(r" |\\.|\[(?:\\.|[^\]\\])*\]")
"""A space, or what may hold one that stands for itself: an escaped character or a character class."""
UNBOUNDED = re.compile(r"[*+]|\{\d*,\}")


def _alternatives(words: str) -> str:
    """A list from the file as alternatives, the longest first so that "Ann" does not hide "Anna"."""
    longest_first = sorted((word.strip() for word in words.split(",")), key=len, reverse=True)
    return "|".join(re.escape(word).replace("\\ ", " ") for word in longest_first)


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    group = "here" if "here" in pattern.groupindex else 0
    return (match.span(group) for match in pattern.finditer(text))


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, with those that overlap joined into one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            start, end = merged[-1][0], max(merged.pop()[1], end)
        merged.append((start, end))
    return merged


def _touches(span: Span, ordered: list[Span]) -> bool:
    """Whether a span shares a character with one of several that are in order and do not overlap."""
    start, end = span
    place = bisect_left(ordered, end, key=lambda other: other[0])
    return place > 0 and ordered[place - 1][1] > start


def _longest_without_overlap(finds: list[tuple[int, int, _Advice]]) -> list[tuple[int, int, _Advice]]:
    """Keeps the longest finds; of two equally long ones, the one whose entry stands first in the file."""
    kept: list[tuple[int, int, _Advice]] = []
    for find in sorted(finds, key=lambda find: find[0] - find[1]):
        place = bisect_left(kept, find[0], key=lambda other: other[0])
        free_before = place == 0 or kept[place - 1][1] <= find[0]
        free_after = place == len(kept) or find[1] <= kept[place][0]
        if free_before and free_after:
            kept.insert(place, find)
    return kept


@cache
def _vocabulary(language: str) -> _Vocabulary:
    if language not in LANGUAGE_FILES:
        raise ValueError(f"Choose one of these languages for the check: {', '.join(LANGUAGE_FILES)}.")
    return _Vocabulary.model_validate(yaml.safe_load(LANGUAGE_FILES[language].read_text(encoding="utf-8")))
