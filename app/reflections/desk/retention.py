"""The end of texts: a thread is deleted after its time, here and in the box, and one line of counts remains."""

from collections import defaultdict
from datetime import date

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from app.audit import trail
from app.core.database import reading, writing
from app.core.dates import quarter
from app.core.settings import settings
from app.reflections.desk import rules
from app.reflections.desk.models import HandOver, Outgoing, Reflection, ReflectionAnswer, ReflectionTag, Remainder


def last_day_of(thread: list[Reflection]) -> date:
    """The last day of the texts under a receipt."""
    return rules.last_day(max(message.received_on for message in thread), settings().reflection_days)


def threads(session: Session) -> list[list[Reflection]]:
    """All messages, those under one receipt together."""
    together: dict[bytes, list[Reflection]] = defaultdict(list)
    for reflection in session.exec(select(Reflection).order_by(col(Reflection.turn))):
        together[reflection.reply_key].append(reflection)
    return list(together.values())


def end_what_is_due(engine: Engine, today: date) -> int:
    """Delete the texts whose last day has passed. Answers how many messages; none while counsel holds them."""
    if settings().keep_reflections:
        return 0
    with reading(engine) as look:
        due = any(last_day_of(thread) < today for thread in threads(look))
    if not due:
        return 0
    with writing(engine) as session:
        ending = [one for thread in threads(session) if last_day_of(thread) < today for one in thread]
        for reflection in ending:
            _end(session, reflection)
        return len(ending)


def _end(session: Session, reflection: Reflection) -> None:
    if reflection.turn == 1:
        session.add(_remainder(reflection))
    for table in (ReflectionAnswer, ReflectionTag):
        session.exec(delete(table).where(col(table.reflection_id) == reflection.id))
    for note in session.exec(select(HandOver).where(HandOver.reflection_code == reflection.code)):
        note.reflection_code = ""
        session.add(note)
    session.add(Outgoing(key=reflection.key))
    trail.record(session, "end of reflection: its texts are deleted", reflection, by=None)
    session.delete(reflection)
    session.flush()


def _remainder(reflection: Reflection) -> Remainder:
    answered = reflection.answered_on
    return Remainder(
        agency_id=reflection.agency_id,
        topic=reflection.topic,
        quarter=quarter(reflection.received_on),
        status=reflection.status,
        days_to_answer=(answered - reflection.received_on).days if answered else None,
    )
