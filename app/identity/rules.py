"""Rules of signing in: how long a session lasts, how long to wait after a wrong password, which ones are too easy."""

from collections.abc import Collection
from datetime import datetime, timedelta

from app.core.translation import gettext as _
from app.identity.models import Role

LEAST_PASSWORD = 15
"""Characters, after NIST SP 800-63B-4 for a password that is the only factor."""
EASY = ("password", "throughline", "123456", "qwerty", "letmein")


def obstacle_to_password(password: str, *, name: str, email: str) -> str | None:
    """Why this password will not do, or None."""
    if len(password) < LEAST_PASSWORD:
        sentence = _("Use %(least)s characters or more. A few words in a row are easy to remember.")
        return sentence % {"least": LEAST_PASSWORD}
    lowered = password.casefold()
    known = (*EASY, *name.casefold().split(), email.split("@")[0].casefold())
    if any(word in lowered for word in known if len(word) > 3):
        return _("Choose words that are not your name, your address or a common password.")
    if len(set(lowered)) < 5:
        return _("Use more than a few different characters.")
    return None


def wait_after(attempts: int) -> timedelta:
    """How long an address waits after this many wrong passwords in a row: none for 3, then doubling to 15 minutes."""
    return timedelta(seconds=0 if attempts < 4 else min(2 ** (attempts - 2), 900))


ATTEMPTS_KEPT = timedelta(days=1)
"""How long sign-ins that did not succeed are remembered after the last one."""


def obstacle_to_trying(attempts: int, since_last: timedelta) -> str | None:
    """Why this address has to wait before its password is looked at, or None."""
    if since_last < wait_after(attempts):
        return _("Several tries did not match. Wait a few minutes, then try again.")
    return None


def session_is_over(
    *, started_at: datetime, seen_at: datetime, now: datetime, idle_minutes: int, absolute_hours: int
) -> bool:
    """Whether a session ended by itself: too long unused, or too long in all."""
    return now - seen_at > timedelta(minutes=idle_minutes) or now - started_at > timedelta(hours=absolute_hours)


def obstacle_to_roles(roles: Collection[Role]) -> str | None:
    """Why nobody can hold these roles together, or None."""
    if {Role.RESPONDER, Role.DIVISION_CHIEF} <= set(roles):
        return _("A division chief cannot be a responder: reflections could come from the division they lead.")
    return None
