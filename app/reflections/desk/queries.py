"""What the desk shows: reflections of the viewer's agency, their threads, and whose keys they are sealed to."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from app.audit.models import TrailEntry
from app.core.clock import now
from app.core.errors import NotFound
from app.identity.models import Person
from app.identity.viewers import Viewer
from app.reflections.desk.models import (
    Danger,
    HandOver,
    Reflection,
    ReflectionAnswer,
    ReflectionTag,
    ResponderKey,
    Status,
)
from app.reflections.desk.rules import UNLOCKED_SECONDS
from app.systemic_factors.models import Factor

UNLOCK, LOCK = "unlock responder key", "lock responder key"
"""What the trail says of a key that was opened, and of one that its holder locked."""


def reflections(session: Session, viewer: Viewer, *, week: str = "", status: Status | None = None) -> list[Reflection]:
    """The reflections of the viewer's agency, the latest week first; within a week in the order of random codes."""
    query = select(Reflection).where(Reflection.agency_id == viewer.agency_id)
    if week:
        query = query.where(Reflection.week == week)
    if status:
        query = query.where(Reflection.status == status)
    return list(session.exec(query.order_by(col(Reflection.week).desc(), Reflection.code)))


def reflection_of(session: Session, viewer: Viewer, code: str) -> Reflection:
    """One reflection of the viewer's agency by its public code, or NotFound."""
    query = select(Reflection).where(Reflection.code == code, Reflection.agency_id == viewer.agency_id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    return found


def weeks(session: Session, viewer: Viewer) -> list[str]:
    """The weeks in which something was released, the latest first."""
    query = select(Reflection.week).where(Reflection.agency_id == viewer.agency_id).distinct()
    return sorted(session.exec(query), reverse=True)


def thread_of(session: Session, reflection: Reflection) -> list[Reflection]:
    """Every message under the same receipt, in the order of writing."""
    query = select(Reflection).where(Reflection.reply_key == reflection.reply_key)
    return list(session.exec(query.order_by(col(Reflection.turn))))


def answers_to(session: Session, reflection: Reflection) -> list[ReflectionAnswer]:
    """The answers to a message, oldest first."""
    query = select(ReflectionAnswer).where(ReflectionAnswer.reflection_id == reflection.id)
    return list(session.exec(query.order_by(col(ReflectionAnswer.id))))


def tags_of(session: Session, reflection: Reflection) -> list[Factor]:
    """The factors a reflection speaks of, in the order of their list."""
    query = select(Factor).join(ReflectionTag).where(ReflectionTag.reflection_id == reflection.id)
    return list(session.exec(query.order_by(col(Factor.position))))


def factor_counts(session: Session, viewer: Viewer) -> list[tuple[Factor, int]]:
    """In how many reflections of the viewer's agency each tagged factor occurs, the most frequent first.

    Messages under one receipt count once: they are one voice.
    """
    voices = func.count(func.distinct(Reflection.reply_key))
    query = select(Factor, voices).select_from(Reflection).join(ReflectionTag).join(Factor)
    ours = query.where(Reflection.agency_id == viewer.agency_id).group_by(col(Factor.id))
    return list(session.exec(ours.order_by(voices.desc(), col(Factor.position))))


def voices(session: Session, viewer: Viewer, *, tagged: bool = False) -> int:
    """How many receipts the reflections of the viewer's agency have; with `tagged` only those with a factor."""
    query = select(func.count(func.distinct(Reflection.reply_key))).where(Reflection.agency_id == viewer.agency_id)
    return session.exec(query.join(ReflectionTag) if tagged else query).one()


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many reflections wait for a responder: to be read, decided on, answered, or agreed as the second reader."""

    unread: int
    undecided: int
    unanswered: int
    unconfirmed: int


def waiting(session: Session, viewer: Viewer) -> Waiting:
    """What waits at the desk of the viewer's agency."""
    read = col(Reflection.read_on).is_not(None)
    by_a_colleague = col(Reflection.drafted_by).not_in(("", viewer.code))
    counts = select(
        func.count().filter(~read),
        func.count().filter(read, col(Reflection.danger) == Danger.UNDECIDED),
        func.count().filter(read, col(Reflection.status) == Status.UNANSWERED),
        func.count().filter(by_a_colleague, col(Reflection.confirmed_by) == ""),
    )
    return Waiting(*session.exec(counts.where(Reflection.agency_id == viewer.agency_id)).one())


def notes_from(session: Session, reflection: Reflection) -> list[HandOver]:
    """The notes that were handed over from a reflection."""
    return list(session.exec(select(HandOver).where(HandOver.reflection_code == reflection.code)))


def key_of(session: Session, viewer: Viewer) -> ResponderKey | None:
    """The viewer's own key, as long as it has not ended."""
    query = select(ResponderKey).where(ResponderKey.holder == viewer.code, col(ResponderKey.ended_at).is_(None))
    return session.exec(query).first()


def unlocked_minutes_ago(session: Session, viewer: Viewer) -> int | None:
    """How long ago the viewer unlocked their key, as the trail tells it; None where it was locked or has run out."""
    did = col(TrailEntry.did).in_((UNLOCK, LOCK))
    own = select(TrailEntry).where(TrailEntry.who == viewer.code, did)
    last = session.exec(own.order_by(col(TrailEntry.id).desc())).first()
    if last is None or last.did == LOCK:
        return None
    seconds = (now() - last.at).total_seconds()
    return max(1, round(seconds / 60)) if seconds < UNLOCKED_SECONDS else None


def active_keys(session: Session) -> list[ResponderKey]:
    """Every key that has not ended, in the order of the keys themselves."""
    query = select(ResponderKey).where(col(ResponderKey.ended_at).is_(None))
    return list(session.exec(query.order_by(col(ResponderKey.public_key))))


def ended_keys(session: Session) -> list[ResponderKey]:
    """Every key that has ended."""
    return list(session.exec(select(ResponderKey).where(col(ResponderKey.ended_at).is_not(None))))


def names_of(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """The names of colleagues by their public codes."""
    return {person.code: person.name for person in session.exec(select(Person).where(col(Person.code).in_(set(codes))))}
