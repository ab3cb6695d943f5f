"""Signing in and out, and what an administrator does with people."""

import secrets
from dataclasses import dataclass, field
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from app.audit import trail
from app.audit.trail import Actor
from app.core.clock import now
from app.core.errors import insist
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


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sign-in is held against: whose address it is, if anybody's, and the hash of their password."""

    person_id: int | None
    password_hash: str = field(repr=False)


def claim(look: Session, email: str) -> Claim:
    """Look up an address. Refused while it waits after wrong passwords."""
    insist(_obstacle_to_trying(look, email))
    person = look.exec(select(Person).where(Person.email == email.casefold())).first()
    return Claim(person.id, person.password_hash) if person else Claim(None, _nobodys_hash())


def is_right(claimed: Claim, password: str) -> bool:
    """Whether the password is the one of the claim. Slow by design: call it while no transaction is open."""
    return hasher().verify(password, claimed.password_hash) and claimed.person_id is not None


def is_password_of(person: Person, words: str) -> bool:
    """Whether these words are the person's password; never where they have none. Slow by design."""
    try:
        return hasher().verify(words, person.password_hash)
    except UnknownHashError:
        return False


def sign_in(session: Session, *, email: str, claimed: Claim, right: bool) -> str | None:
    """Start a session where the password `is_right`: answers its token, or None. Either way a line stays in the trail.

    Asks again whether the address waits, because other tries may have ended meanwhile.
    """
    insist(_obstacle_to_trying(session, email))
    person = session.get(Person, claimed.person_id) if claimed.person_id else None
    if person is None or not right or not person.active or person.password_hash != claimed.password_hash:
        _remember_attempt(session, email)
        trail.record(session, "sign-in did not succeed", person, by=None)
        return None
    session.exec(delete(SignInAttempt).where(col(SignInAttempt.address_digest) == _digest_of(email)))
    trail.record(session, "sign in", person, by=person)
    return start_session(session, person)


def _digest_of(email: str) -> str:
    return queries.digest(email.casefold())


def _obstacle_to_trying(session: Session, email: str) -> str | None:
    attempt = session.get(SignInAttempt, _digest_of(email), populate_existing=True)
    return rules.obstacle_to_trying(attempt.count, now() - attempt.last_at) if attempt else None


def _remember_attempt(session: Session, email: str) -> None:
    """Count one more, also when two first ones arrive at the same moment; and forget the old ones."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    one = insert(SignInAttempt).values(address_digest=_digest_of(email), count=1, last_at=now())
    session.execute(
        one.on_conflict_do_update(
            index_elements=[col(SignInAttempt.address_digest)],
            set_={"count": col(SignInAttempt.count) + 1, "last_at": one.excluded.last_at},
        )
    )
    digest = col(SignInAttempt.address_digest)
    old = select(digest).where(col(SignInAttempt.last_at) < now() - rules.ATTEMPTS_KEPT)
    session.exec(delete(SignInAttempt).where(digest.in_(old.with_for_update(skip_locked=True))))


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


def hashed(password: str, *, name: str, email: str) -> str:
    """The hash of a password that the rules accept. Slow by design: call it while no transaction is open."""
    insist(rules.obstacle_to_password(password, name=name, email=email))
    return hasher().hash(password)


def give_roles(session: Session, person: Person, roles: set[Role], *, by: Actor | None) -> None:
    """Set exactly these roles; whoever is signed in as the person signs in again."""
    assert person.id is not None  # noqa: S101
    session.exec(delete(RoleHeld).where(col(RoleHeld.person_id) == person.id))
    session.add_all(RoleHeld(person_id=person.id, role=role) for role in sorted(roles))
    end_sessions(session, person)
    trail.record(session, "give roles: " + ", ".join(sorted(roles)), person, by=by)
