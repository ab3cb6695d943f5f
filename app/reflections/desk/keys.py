"""Responders' keys: making one, opening it, ending it, and sharing what was sealed before somebody joined."""

from sqlmodel import Session, select

from app.audit import trail
from app.audit.trail import Actor
from app.core.clock import now
from app.core.errors import insist
from app.core.translation import gettext as _
from app.identity.access import Permission
from app.identity.models import Person
from app.identity.queries import viewer_of
from app.identity.viewers import Viewer
from app.reflections.box.sealing import copies, fingerprint, seal, unseal, without
from app.reflections.desk import queries, rules
from app.reflections.desk.models import Reflection, ResponderKey
from app.reflections.desk.passphrase import NewKey


def add_key(session: Session, new: NewKey, *, by: Viewer) -> ResponderKey:
    """Give a responder a key; what is written from now on is sealed to it as well."""
    has_one = queries.key_of(session, by) is not None
    insist(_("You have a key already. End it first, if you lost the passphrase.") if has_one else None)
    elsewhere = any(key.agency_id != by.agency_id for key in queries.active_keys(session))
    insist(_("The box of this installation belongs to another agency.") if elsewhere else None)
    made = ResponderKey(
        agency_id=by.agency_id,
        holder=by.code,
        public_key=new.public_key,
        salt=new.salt,
        sealed_private_key=new.sealed_private_key,
    )
    session.add(made)
    session.flush()
    trail.record(session, "make responder key, supervises nobody who could write", made, by=by)
    return made


def end_key(session: Session, key: ResponderKey, *, why: str, by: Actor | None) -> None:
    """End a key for good: its private half is deleted, and so is every copy that only it could open."""
    key.ended_at = now()
    key.salt = key.sealed_private_key = None
    session.add(key)
    for reflection in session.exec(select(Reflection).where(Reflection.agency_id == key.agency_id)):
        reflection.sealed = without(reflection.sealed, [key.public_key])
        session.add(reflection)
    trail.record(session, f"end responder key: {why}", key, by=by)


def end_keys_of_those_who_left(session: Session) -> int:
    """End the keys of people whose access or role ended, or who lead a division now. Answers how many."""
    ended = 0
    for key in queries.active_keys(session):
        if not still_responds(session, key):
            end_key(session, key, why="no longer a responder", by=None)
            ended += 1
    return ended


def still_responds(session: Session, key: ResponderKey) -> bool:
    person = session.exec(select(Person).where(Person.code == key.holder)).first()
    viewer = viewer_of(session, person.id) if person and person.id else None
    if viewer is None or not viewer.may(Permission.ANSWER_REFLECTIONS):
        return False
    return rules.obstacle_to_responding(viewer.roles, viewer.person.division_id is not None) is None


def unshared(session: Session, key: ResponderKey) -> int:
    """How many reflections a key cannot open."""
    mark = fingerprint(key.public_key)
    everything = session.exec(select(Reflection.sealed).where(Reflection.agency_id == key.agency_id))
    return sum(mark not in copies(sealed) for sealed in everything)


def share(session: Session, key: ResponderKey, private_key: bytes, *, by: Actor | None) -> int:
    """Seal what `private_key` opens to a colleague's key as well. Answers how many were shared."""
    mark, done = fingerprint(key.public_key), 0
    for reflection in session.exec(select(Reflection).where(Reflection.agency_id == key.agency_id)):
        if mark in copies(reflection.sealed):
            continue
        text = unseal(reflection.sealed, private_key)
        if text is not None:
            reflection.sealed += seal(text, [key.public_key])
            session.add(reflection)
            done += 1
    trail.record(session, f"share {done} earlier reflections with a responder", key, by=by)
    return done
