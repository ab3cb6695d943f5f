"""Rules of the desk: who may hold a key, what comes before what, and when texts end."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta

from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.identity.models import Role
from app.reflections.desk.models import Danger, Reflection, Status

UNLOCKED_SECONDS = 15 * 60
"""How long a private key stays in memory at most."""
NEEDS_WORDS = frozenset({Status.QUESTION, Status.CHANGED, Status.NOT_CHANGED, Status.OTHER_CHANNEL})
"""Statuses whose standard answer points to words of the responder's own."""
SHARED_BY = 5
"""Messages of a batch that must share a topic before it is told to everyone."""

STATUS_NAMES: Words[Status] = Words(
    {
        Status.UNANSWERED: N_("Not answered"),
        Status.READ: N_("Read"),
        Status.LOOKING: N_("Being looked into"),
        Status.QUESTION: N_("Asked back"),
        Status.CHANGED: N_("Something was changed"),
        Status.NOT_CHANGED: N_("Stays as it is"),
        Status.OTHER_CHANNEL: N_("Another channel named"),
    }
)


def obstacle_to_responding(roles: Collection[Role], leads_division: bool) -> str | None:
    """Why this person may hold no key, or None. Nobody who is in charge of writers reads what they write."""
    if Role.DIVISION_CHIEF in roles or leads_division:
        return _(
            "Whoever leads a division or an office cannot read or answer reflections: they could come from there. "
            "Another responder has to do it."
        )
    return None


def obstacle_to_working(reflection: Reflection) -> str | None:
    """Why nothing else may be done with a reflection yet."""
    if reflection.read_on is None:
        return _("Read it first.")
    if reflection.danger is Danger.UNDECIDED:
        return _("Decide first whether it tells of a child in danger now.")
    return None


def obstacle_to_passing_on(reflection: Reflection) -> str | None:
    """Why a reflection may not be retold, tagged or handed over."""
    if reflection.held:
        return _("It names a colleague and is held. Answer with the channel that can help; it goes no further.")
    return obstacle_to_working(reflection)


def obstacle_to_confirming(reflection: Reflection, reader: str) -> str | None:
    """Why this reader (a public code) cannot confirm the retelling."""
    if not reflection.drafted_by:
        return _("There is no retelling to confirm yet.")
    if reflection.drafted_by == reader:
        return _("A second reader confirms what you wrote. Ask another responder.")
    return obstacle_to_passing_on(reflection)


def obstacle_to_handing_over(reflection: Reflection) -> str | None:
    """Why no note may go to others yet."""
    if not reflection.confirmed_by and not reflection.held:
        return _("Two readers have to agree on the retelling before anything goes to others.")
    return obstacle_to_passing_on(reflection)


def obstacle_to_answering(reflection: Reflection, status: Status, text: str) -> str | None:
    """Why this cannot be answered so."""
    if status is Status.UNANSWERED:
        return _("Choose one of the answers.")
    if reflection.held and status is not Status.OTHER_CHANNEL:
        return _("It names a colleague. Name the channel that can help with that.")
    if status in NEEDS_WORDS and not text.strip():
        return _("Write the question, the reason, what was changed, or whom to turn to, so that the answer is whole.")
    return obstacle_to_working(reflection)


def last_day(newest: date, days: int) -> date:
    """The day on which the texts under a receipt end: the last of the month that lies `days` after its newest message.

    A month and not a day, so that the page with the answer does not tell when a message was written.
    """
    after = newest + timedelta(days=days)
    return after.replace(day=monthrange(after.year, after.month)[1])
