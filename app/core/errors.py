"""Refusals: exceptions with a status and a sentence for a person, shown in one place."""

from app.core.translation import N_
from app.core.translation import gettext as _


class Refused(Exception):
    """Something cannot be done now; the sentence says what stands in the way."""

    status_code = 409

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(Refused):
    """There is no such thing, or this person may not learn that there is."""

    status_code = 404

    def __init__(self, sentence: str = N_("We cannot find that page.")) -> None:
        super().__init__(_(sentence))


class Forbidden(Refused):
    """This person's role does not include it."""

    status_code = 403

    def __init__(self, sentence: str = N_("Your role does not include this page.")) -> None:
        super().__init__(_(sentence))


class SignInNeeded(Refused):
    """Nobody is signed in."""

    status_code = 401

    def __init__(self) -> None:
        super().__init__(_("Sign in to go on."))


def insist(obstacle: str | None) -> None:
    """Raise what a rule found in the way; go on where it found nothing."""
    if obstacle is not None:
        raise Refused(obstacle)
