"""The history of a review: how its texts changed, word by word, what was done, and who opened it."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from app.audit import trail
from app.audit.models import TrailEntry
from app.audit.reading import Told, read_all
from app.core.dates import local_day
from app.core.stretches import Stretch, stretch_of
from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.identity.models import Person
from app.identity.viewers import Viewer
from app.reviews.models import Review
from app.reviews.telling import told as told_in_words
from app.writing.changes import Piece, word_changes
from app.writing.models import TextVersion

KINDS: Words[str] = Words(
    {
        "Review": N_("this review"),
        "TimelineEvent": N_("an event on the timeline"),
        "KeyEpisode": N_("a key episode"),
        "FactorLink": N_("the evidence for a factor"),
        "MapCondition": N_("a condition on the system map"),
        "MapInfluence": N_("an influence on the system map"),
        "Finding": N_("a finding"),
    }
)
"""Whose earlier texts are shown. Notes of debriefs are not among them, because those who gave them may withdraw them;
nor are ratings, because a second rater has not seen the first."""
FIELDS: Words[tuple[str, str]] = Words(
    {
        ("Review", "hold_reason"): N_("the reason for the pause"),
        ("Review", "purpose"): N_("the purpose"),
        ("Review", "summary"): N_("the summary"),
        ("Review", "what_surprised_us"): N_("what surprised us"),
        ("Review", "family_perspective"): N_("the family's perspective"),
        ("Review", "no_family_perspective_because"): N_("why there is no family perspective"),
        ("Review", "no_opportunities_because"): N_("why there is no improvement opportunity"),
        ("Review", "no_practices_because"): N_("why there is no successful practice"),
        ("Review", "no_debriefs_because"): N_("why there is no debrief"),
        ("TimelineEvent", "title"): N_("the title"),
        ("TimelineEvent", "description"): N_("the description"),
        ("MapCondition", "label"): N_("the label"),
        ("KeyEpisode", "title"): N_("the title"),
        ("KeyEpisode", "what_happened"): N_("what happened"),
        ("KeyEpisode", "how_it_made_sense"): N_("how it made sense at the time"),
        ("KeyEpisode", "known_then"): N_("what was known then"),
        ("KeyEpisode", "what_made_it_possible"): N_("what made it possible"),
    }
)
CHANGES_PER_PAGE = 20
DONE_PER_PAGE = 30
OPENED_PER_PAGE = 200
"""Lines of the trail; those of one person, part and day are shown as one."""


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


def changes(session: Session, review: Review, page: int, *, by: Viewer) -> Stretch[Change]:
    """A page of the saves of the review's texts, the latest first, each beside what stood there before."""
    of_review = (TextVersion.within == review.code, col(TextVersion.kind).in_(KINDS))
    same_text = (col(TextVersion.code), col(TextVersion.field))
    before = func.lag(TextVersion.id).over(partition_by=same_text, order_by=col(TextVersion.id))
    # Only numbers are read of the whole history; texts are opened for one page of it.
    query = select(TextVersion.id, before).where(*of_review).order_by(col(TextVersion.id).desc())
    found = stretch_of(session, query, page, CHANGES_PER_PAGE)
    wanted = select(TextVersion).where(col(TextVersion.id).in_({number for pair in found.rows for number in pair}))
    rows = session.exec(wanted).all() if found.rows else []
    if not rows:
        trail.record(session, "read history", by=by, within=review.code)
    told = {row.id: row for row in read_all(session, rows, by=by, within=review.code, part="history")}
    names = _names(session, by)
    return replace(found, rows=[_change(told[now], told.get(before), names) for now, before in found.rows])


def _change(now: Told, before: Told | None, names: dict[int | str, str]) -> Change:
    return Change(
        at=now.at,
        who=names.get(now.by_id) or _("The program"),
        text=_which(now.kind, now.field),
        pieces=word_changes(before.text if before else "", now.text),
        is_first=before is None,
    )


def _which(kind: str, field: str) -> str:
    """Which text it is, such as "the summary of this review"; of some records the field says nothing more."""
    if (kind, field) in FIELDS:
        return _("%(text)s of %(whole)s") % {"text": FIELDS[kind, field], "whole": KINDS[kind]}
    return KINDS[kind]


def done(session: Session, review: Review, page: int, *, by: Viewer) -> Stretch[Done]:
    """A page of what was done in the review, the latest first."""
    found = _trail(session, review, page, DONE_PER_PAGE, read=False)
    names = _names(session, by)
    told = [
        Done(row.at, names.get(row.who) or _("The program"), told_in_words(row.did), names.get(row.code, row.code))
        for row in found.rows
    ]
    return replace(found, rows=told)


def opened(session: Session, review: Review, page: int, *, by: Viewer) -> Stretch[Opened]:
    """A page of who opened which part on which day, the latest first."""
    found = _trail(session, review, page, OPENED_PER_PAGE, read=True)
    names = _names(session, by)
    times = Counter(
        (local_day(row.at), names.get(row.who) or _("The program"), row.did.removeprefix("read ")) for row in found.rows
    )
    return replace(found, rows=[Opened(*key, count) for key, count in times.items()])


def _trail(session: Session, review: Review, page: int, most: int, *, read: bool) -> Stretch[Any]:
    is_reading = col(TrailEntry.did).startswith("read ")
    query = select(TrailEntry).where(
        TrailEntry.within == review.code,
        TrailEntry.agency_id == review.agency_id,
        is_reading if read else ~is_reading,
    )
    return stretch_of(session, query.order_by(col(TrailEntry.id).desc()), page, most)


def _names(session: Session, viewer: Viewer) -> dict[int | str, str]:
    """The names of the agency's people, by id and by public code."""
    found: dict[int | str, str] = {}
    for person in session.exec(select(Person).where(Person.agency_id == viewer.agency_id)):
        found[person.code] = person.name
        if person.id is not None:
            found[person.id] = person.name
    return found
