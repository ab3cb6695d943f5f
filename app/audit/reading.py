"""The one place that opens narratives, and leaves a line in the trail for doing so."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlmodel import Session

from app.audit import trail
from app.audit.trail import Actor
from app.core.narrative import Sealed, narrative_names


class Told:
    """A record with its narratives opened: each attribute is the record's own, narratives as text."""

    def __init__(self, record: Any) -> None:
        self.record = record
        self._texts = {name: opened(getattr(record, name)) for name in narrative_names(type(record))}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        texts = self.__dict__["_texts"]
        return texts[name] if name in texts else getattr(self.__dict__["record"], name)


def opened(value: Any) -> str:
    """The text of a narrative column; an empty text where nothing was written. Only this module calls it."""
    return value._text if isinstance(value, Sealed) else (value or "")


def read_one(session: Session, record: Any, *, by: Actor | None, within: str = "", part: str = "") -> Told:
    """Open the narratives of one record."""
    return read_all(session, [record], by=by, within=within or record.code, part=part)[0]


def read_all(session: Session, records: Iterable[Any], *, by: Actor | None, within: str, part: str = "") -> list[Told]:
    """Open the narratives of several records of one review or incident, with one line in the trail.

    `within` is the public code of the review or incident, `part` says which part of it, such as "timeline".
    """
    told = [Told(record) for record in records]
    if told:
        trail.record(session, f"read {part or type(told[0].record).__name__}", by=by, within=within)
    return told


def containing(records: Iterable[Any], words: str) -> Iterator[Any]:
    """The records in whose narratives all the words stand (any case). The caller records the search in the trail."""
    wanted = words.casefold().split()
    for record in records:
        text = " ".join(opened(getattr(record, name)) for name in narrative_names(type(record))).casefold()
        if all(word in text for word in wanted):
            yield record


def read_across(session: Session, records: Iterable[Any], *, by: Actor | None, did: str, within: str) -> list[Told]:
    """Open narratives of many reviews for a comparison that shows none of them, with one line that says so.

    `within` is the code of the review they are compared with.
    """
    told = [Told(record) for record in records]
    if told:
        trail.record(session, did, by=by, within=within)
    return told
