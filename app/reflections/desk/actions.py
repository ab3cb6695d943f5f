"""What responders do with a reflection; each leaves a line on the trail, never with the text."""

import json

from sqlmodel import Session, col, delete

from app.audit import reading, trail
from app.core.clock import today
from app.core.errors import insist
from app.core.settings import settings
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.reflections.box.answers import Told, fits_one_answer, sealed_answer
from app.reflections.box.sealing import unseal
from app.reflections.desk import queries, rules
from app.reflections.desk.models import (
    Danger,
    HandOver,
    Outgoing,
    Reflection,
    ReflectionAnswer,
    ReflectionTag,
    Status,
)
from app.systemic_factors.models import Factor


def read(session: Session, reflection: Reflection, private_key: bytes, *, by: Viewer) -> dict[str, str] | None:
    """Open the text with the reader's key: kind, text, helped, topic and language, or None where it has no copy."""
    content = unseal(reflection.sealed, private_key)
    trail.record(session, "read reflection" if content else "no copy of reflection for this key", reflection, by=by)
    if content is None:
        return None
    told: dict[str, str] = json.loads(content)
    if reflection.read_on is None:
        reflection.read_on = today()
        reflection.kind, reflection.topic, reflection.language = told["kind"], told["topic"], told["language"]
        session.add(reflection)
    return told


def decide_danger(session: Session, reflection: Reflection, danger: Danger, *, by: Viewer) -> None:
    """Decide whether it tells of a child in danger now, and write down that it was decided."""
    insist(_("Read it first.") if reflection.read_on is None else None)
    insist(_("Choose one of the answers.") if danger is Danger.UNDECIDED else None)
    reflection.danger = danger
    session.add(reflection)
    trail.record(session, f"decide urgent danger: {danger}", reflection, by=by)


def hold(session: Session, reflection: Reflection, *, held: bool, by: Viewer) -> None:
    """Hold a text that names a colleague, or let it go again. Holding takes away what was retold and tagged."""
    insist(rules.obstacle_to_working(reflection))
    reflection.held = held
    if held:
        reflection.retelling = reflection.drafted_by = reflection.confirmed_by = ""
        session.exec(delete(ReflectionTag).where(col(ReflectionTag.reflection_id) == reflection.id))
    session.add(reflection)
    trail.record(session, "hold: names a colleague" if held else "no longer held", reflection, by=by)


def retell(session: Session, reflection: Reflection, text: str, *, by: Viewer) -> None:
    """Write the text without what could identify anyone. A second reader has to agree again."""
    insist(rules.obstacle_to_passing_on(reflection))
    reflection.retelling, reflection.drafted_by, reflection.confirmed_by = text, by.code, ""
    session.add(reflection)
    trail.record(session, "retell reflection", reflection, by=by)


def confirm_retelling(session: Session, reflection: Reflection, *, by: Viewer) -> None:
    """Agree, as the second reader, that the retelling identifies nobody."""
    insist(rules.obstacle_to_confirming(reflection, by.code))
    reflection.confirmed_by = by.code
    session.add(reflection)
    trail.record(session, "confirm retelling of reflection", reflection, by=by)


def tag(session: Session, reflection: Reflection, factors: list[Factor], *, by: Viewer) -> None:
    """Say which systemic factors a reflection speaks of; these and no others."""
    insist(rules.obstacle_to_passing_on(reflection))
    session.exec(delete(ReflectionTag).where(col(ReflectionTag.reflection_id) == reflection.id))
    session.add_all(ReflectionTag(reflection_id=reflection.id, factor_id=factor.id) for factor in factors)  # type: ignore[arg-type]
    trail.record(session, f"tag reflection with {len(factors)} factors", reflection, by=by)


def hand_over(session: Session, reflection: Reflection, note: str, *, by: Viewer) -> None:
    """Leave a note for those who can change something; recommendations pick it up."""
    insist(rules.obstacle_to_handing_over(reflection))
    made = HandOver(
        agency_id=reflection.agency_id,
        reflection_code=reflection.code,
        note=note,
        handed_over_by=by.code,
        handed_over_on=today(),
    )
    session.add(made)
    trail.record(session, "hand over a note from a reflection", reflection, by=by)


def answer(session: Session, reflection: Reflection, status: Status, text: str, *, by: Viewer) -> None:
    """Answer under the receipt: `text` is everything the writer will read beside the status."""
    made = ReflectionAnswer(
        reflection_id=reflection.id,  # type: ignore[arg-type]
        status=status,
        text=text,
        answered_by=by.code,
        answered_on=today(),
    )
    session.add(made)
    reflection.status = status
    reflection.answered_on = reflection.answered_on or today()
    session.add(reflection)
    session.flush()
    trail.record(session, f"answer reflection: {status}", reflection, by=by)
    for message in queries.thread_of(session, reflection):
        send_to_box(session, message, by=by)


def send_to_box(session: Session, reflection: Reflection, *, by: Viewer | None) -> None:
    """Put everything that was answered to a message on its way, sealed so that only the receipt opens it."""
    given = queries.answers_to(session, reflection)
    if not given:
        return
    texts = reading.read_all(session, given, by=by, within=reflection.code, part="answers, to seal them")
    newest = max(message.received_on for message in queries.thread_of(session, reflection))
    until = rules.last_day(newest, settings().reflection_days)
    told = Told([(one.status.value, one.text) for one in texts], until)
    insist(
        None if fits_one_answer(told) else _("This is too long to be sent with the earlier answers. Make it shorter.")
    )
    session.add(Outgoing(key=reflection.key, sealed=sealed_answer(told, reflection.reply_key)))
    session.flush()
