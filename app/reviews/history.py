"""The history of a review: how its texts changed, word by word, what was done, and who opened it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher

from sqlmodel import Session, col, select

from app.audit import trail
from app.audit.models import TrailEntry
from app.audit.reading import Told, read_all
from app.core.dates import local_day
from app.identity.models import Person
from app.identity.viewers import Viewer
from app.reviews.models import Review
from app.writing.models import TextVersion

KINDS = {
    "Review": "this review",
    "TimelineEvent": "an event on the timeline",
    "KeyEpisode": "a key episode",
    "FactorLink": "the evidence for a factor",
    "MapCondition": "a condition on the system map",
    "MapInfluence": "an influence on the system map",
    "Finding": "a finding",
}
"""Whose earlier texts are shown. Notes of debriefs are not among them, because those who gave them may withdraw them;
nor are ratings, because a second rater has not seen the first."""
CHANGES_PER_PAGE = 20
WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, was added or was taken away."""

    words: str
    what: str
    """kept, added or removed"""


@dataclass(frozen=True, slots=True)
class Change:
    """One save of one text."""

    at: datetime
    who: str
    text: str
    """Which text it is, such as "the purpose of this review"."""
    pieces: list[Piece]
    is_first: bool


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was done, as the trail tells it."""

    at: datetime
    who: str
    did: str
    what: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Who opened which part on a day, and how often."""

    on: date
    who: str
    part: str
    times: int


def word_changes(before: str, after: str) -> list[Piece]:
    """What changed between two texts, in whole words; short stretches between two changes count as changed, so that a
    sentence that was rewritten reads as one sentence out and one in."""
    old, new = WORD.findall(before), WORD.findall(after)
    pieces: list[Piece] = []
    for tag, start, end, new_start, new_end in _merged(SequenceMatcher(None, old, new, autojunk=False).get_opcodes()):
        if tag == "equal":
            pieces.append(Piece("".join(old[start:end]), "kept"))
            continue
        if removed := "".join(old[start:end]):
            pieces.append(Piece(removed, "removed"))
        if added := "".join(new[new_start:new_end]):
            pieces.append(Piece(added, "added"))
    return pieces


Opcode = tuple[str, int, int, int, int]
SHORT = 3
"""A stretch of so few words and spaces between two changes is not worth keeping apart."""


def _merged(opcodes: Iterable[Opcode]) -> list[Opcode]:
    merged: list[Opcode] = []
    rows = list(opcodes)
    for place, (tag, *bounds) in enumerate(rows):
        inner = 0 < place < len(rows) - 1
        changed = tag != "equal" or (inner and bounds[1] - bounds[0] <= SHORT)
        if changed and merged and merged[-1][0] == "replace":
            _, start, _, new_start, _ = merged[-1]
            merged[-1] = ("replace", start, bounds[1], new_start, bounds[3])
        else:
            merged.append(("replace" if changed else "equal", bounds[0], bounds[1], bounds[2], bounds[3]))
    return merged


def changes(session: Session, review: Review, page: int, *, by: Viewer) -> tuple[list[Change], int]:
    """A page of the saves of the review's texts, the latest first, and the number of pages."""
    query = select(TextVersion).where(TextVersion.within == review.code, col(TextVersion.kind).in_(KINDS))
    rows = session.exec(query.order_by(col(TextVersion.id))).all()
    earlier: dict[int | None, TextVersion] = {}
    latest: dict[tuple[str, str], TextVersion] = {}
    for row in rows:
        if before := latest.get((row.code, row.field)):
            earlier[row.id] = before
        latest[row.code, row.field] = row
    pages = max(1, -(-len(rows) // CHANGES_PER_PAGE))
    start = (min(max(1, page), pages) - 1) * CHANGES_PER_PAGE
    shown = list(reversed(rows))[start : start + CHANGES_PER_PAGE]
    wanted = [*shown, *(earlier[row.id] for row in shown if row.id in earlier)]
    if not wanted:
        trail.record(session, "read history", by=by, within=review.code)
    told = {row.id: row for row in read_all(session, wanted, by=by, within=review.code, part="history")}
    names = _names(session, by)
    return [
        _change(told[row.id], told.get(earlier[row.id].id) if row.id in earlier else None, names) for row in shown
    ], pages


def _change(now: Told, before: Told | None, names: dict[int | str, str]) -> Change:
    return Change(
        at=now.at,
        who=names.get(now.by_id, "The program"),
        text=_which(now.kind, now.field),
        pieces=word_changes(before.text if before else "", now.text),
        is_first=before is None,
    )


def _which(kind: str, field: str) -> str:
    name = field.replace("_", " ")
    if name in KINDS[kind]:
        return KINDS[kind]
    return f"{name if name.split()[0] in ('what', 'how', 'no') else 'the ' + name} of {KINDS[kind]}"


def done_and_opened(session: Session, review: Review, *, by: Viewer) -> tuple[list[Done], list[Opened]]:
    """What was done in the review, and who opened which part on which day; both the latest first."""
    query = select(TrailEntry).where(TrailEntry.within == review.code, TrailEntry.agency_id == review.agency_id)
    names = _names(session, by)
    done: list[Done] = []
    opened: dict[tuple[date, str, str], int] = {}
    for row in session.exec(query.order_by(col(TrailEntry.id).desc())):
        who = names.get(row.who, "The program")
        if row.did.startswith("read "):
            key = (local_day(row.at), who, row.did.removeprefix("read "))
            opened[key] = opened.get(key, 0) + 1
        else:
            done.append(Done(row.at, who, row.did.replace("_", " "), names.get(row.code, row.code)))
    return done, [Opened(*key, times) for key, times in opened.items()]


def _names(session: Session, viewer: Viewer) -> dict[int | str, str]:
    """The names of the agency's people, by id and by public code."""
    found: dict[int | str, str] = {}
    for person in session.exec(select(Person).where(Person.agency_id == viewer.agency_id)):
        found[person.code] = person.name
        if person.id is not None:
            found[person.id] = person.name
    return found
