"""Signing in and out, and what an administrator does with people."""

import secrets
from functools import lru_cache

from pwdlib import PasswordHash
from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.audit import trail
from app.audit.trail import Actor
from app.core.clock import now
from app.core.errors import Refused
from app.core.translation import gettext as _
from app.identity import queries, rules
from app.identity.models import Person, Role, RoleHeld, SignIn, SignInAttempt


@lru_cache
def hasher() -> PasswordHash:
    """Argon2id with the library's recommended cost."""
    return PasswordHash.recommended()


@lru_cache
def _nobodys_hash() -> str:
    # Checked when an address is unknown, so that the answer takes as long as for a known one.
    return hasher().hash(secrets.token_urlsafe())


def sign_in(session: Session, *, email: str, password: str) -> str | None:
    """Start a session: answers its token, or None when address and password do not belong together."""
    attempt = session.get(SignInAttempt, email.casefold())
    if attempt and now() < attempt.last_at + rules.wait_after(attempt.count):
        raise Refused(_("Several tries did not match. Wait a few minutes, then try again."))
    person = session.exec(select(Person).where(Person.email == email.casefold())).first()
    right = hasher().verify(password, person.password_hash if person else _nobodys_hash())
    if person is None or not right or not person.active:
        attempt = attempt or SignInAttempt(email=email.casefold(), last_at=now())
        attempt.count, attempt.last_at = attempt.count + 1, now()
        session.add(attempt)
        return None
    if attempt:
        session.delete(attempt)
    trail.record(session, "sign in", person, by=person)
    return start_session(session, person)


def start_session(session: Session, person: Person) -> str:
    """A new session for a person; the token goes into the cookie, its digest into the table."""
    assert person.id is not None  # noqa: S101  (only a stored person signs in)
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=queries.digest(token),
            person_id=person.id,
            form_token=secrets.token_urlsafe(24),
            started_at=now(),
            seen_at=now(),
        )
    )
    session.flush()
    return token


def sign_out(session: Session, token: str, *, by: Actor) -> None:
    """End one session."""
    session.exec(delete(SignIn).where(col(SignIn.token_hash) == queries.digest(token)))
    trail.record(session, "sign out", by=by)


def end_sessions(session: Session, person: Person, *, except_for: str = "") -> None:
    """End every session of a person, as when their roles change; `except_for` is the token of one that stays."""
    stays = queries.digest(except_for)
    session.exec(delete(SignIn).where(col(SignIn.person_id) == person.id, col(SignIn.token_hash) != stays))


def set_password(session: Session, person: Person, password: str) -> None:
    """Store a password that the rules accept."""
    obstacle = rules.obstacle_to_password(password, name=person.name, email=person.email)
    if obstacle:
        raise Refused(obstacle)
    person.password_hash = hasher().hash(password)


def give_roles(session: Session, person: Person, roles: set[Role], *, by: Actor) -> None:
    """Set exactly these roles; whoever is signed in as the person signs in again."""
    assert person.id is not None  # noqa: S101
    session.exec(delete(RoleHeld).where(col(RoleHeld.person_id) == person.id))
    session.add_all(RoleHeld(person_id=person.id, role=role) for role in sorted(roles))
    end_sessions(session, person)
    trail.record(session, "give roles: " + ", ".join(sorted(roles)), person, by=by)
