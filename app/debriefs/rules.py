"""What is so of debriefs, and what may happen: each obstacle is a sentence for a person, or None."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.core.translation import N_
from app.core.translation import gettext as _
from app.debriefs.consent import consent
from app.reviews.models import Stage
from app.reviews.rules import obstacle_to_changing

LOGGED_IN = frozenset({Stage.LISTENING, Stage.IN_ANALYSIS, Stage.DRAFT})
"""The stages in which debriefs are held and written down."""
FAMILY = frozenset({"parent", "caregiver", "youth", "parent_partner"})
"""The audiences that belong to a conversation with a family."""
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the working page; `categories` are those of its notes, empty where it has no notes."""

    key: str
    name: str
    question: str
    hint: str
    categories: tuple[str, ...] = ()
    helpful: tuple[str, ...] = ()
    """Questions that can help."""


PARTS: tuple[Part, ...] = (
    Part(
        "work",
        N_("What the work looked like"),
        N_("What was going on around them at the time?"),
        N_("What they knew, what else they were handling, what they expected to happen next."),
        ("cue", "knowledge", "goal", "expectation"),
        (
            N_("What were you paying attention to? What was pulling your attention away?"),
            N_("What would usually happen in this situation?"),
            N_("If someone else had been there that day, what would they have seen?"),
        ),
    ),
    Part(
        "conditions",
        N_("Conditions of the day"),
        N_("What shaped the work that day?"),
        N_("Most decisions are reasonable from the inside. Describe the view from there."),
        ("pressure", "tool", "coordination", "workaround", "other"),
        (
            N_("What else were you handling? Whom could you ask?"),
            N_("What did you have to work around, and how is that usually done?"),
            N_("What was different from an ordinary day?"),
        ),
    ),
    Part(
        "helped",
        N_("What helped"),
        N_("What went well, and what made it possible?"),
        N_("Ask this every time."),
        ("strength",),
        (
            N_("What or who made things easier?"),
            N_("What did you do that is not written in any procedure?"),
            N_("What would you want everyone to have?"),
        ),
    ),
    Part(
        "ideas",
        N_("Ideas"),
        N_("Which idea for a change came up?"),
        N_("Park it here; it is looked at after the analysis."),
    ),
    Part("care", N_("Care and follow-up"), "", ""),
)


class Progress(StrEnum):
    """How far a part of a debrief is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"


def part_named(key: str) -> Part | None:
    """The section with this name in the address."""
    return next((part for part in PARTS if part.key == key), None)


def part_of(category: str) -> Part:
    """The section that notes of a category stand in."""
    return next((part for part in PARTS if category in part.categories), PARTS[1])


def progress_of_part(*, written: bool, read_back: bool) -> Progress:
    """A part is complete when what it holds has been read back; one that holds nothing is never demanded."""
    if not written:
        return Progress.NOT_STARTED
    return Progress.COMPLETE if read_back else Progress.IN_PROGRESS


def obstacle_to_inviting(stage: Stage) -> str | None:
    """Why invitations cannot be written down: a review may invite from its opening to its draft."""
    if obstacle := obstacle_to_changing(stage):
        return obstacle
    if stage is Stage.WITH_DIVISION:
        return _("This review is with the division. Its lead can take it back to draft.")
    return None


def obstacle_to_logging(stage: Stage) -> str | None:
    """Why no debrief can be written down in this stage."""
    if obstacle := obstacle_to_inviting(stage):
        return obstacle
    if stage not in LOGGED_IN:
        return _("Debriefs are logged once the review is listening. Its lead moves it to that stage.")
    return None


def obstacle_to_adding(stage: Stage, finished_at: datetime | None) -> str | None:
    """Why nothing can be added to a debrief."""
    if obstacle := obstacle_to_logging(stage):
        return obstacle
    return _("This debrief is finished. Take it up again to add to it.") if finished_at else None


def obstacle_to_correcting(stage: Stage, status: str) -> str | None:
    """Why a contribution cannot be corrected. Those who gave it may, until the review is concluded."""
    if obstacle := obstacle_to_changing(stage):
        return obstacle
    return _("This was withdrawn, and its text is erased.") if status == WITHDRAWN else None


def obstacle_to_withdrawing(stage: Stage, status: str) -> str | None:
    """Why a contribution cannot be withdrawn. Those who gave it may, until the review is concluded."""
    return obstacle_to_correcting(stage, status)


def obstacle_to_date(value: date, *, today: date, least: date = date(1900, 1, 1)) -> str | None:
    """Why a debrief or an invitation cannot have been on that day."""
    if value > today:
        return _("Enter a date that is not in the future.")
    if value < least:
        return _("Enter a date after 1900.")
    return None


def obstacle_to_people(kind: str, present: Mapping[str, int]) -> str | None:
    """Why these people cannot have taken part in a debrief of this kind. `present`: how many of each role."""
    audiences = {consent().audience_of(role) for role, count in present.items() if count}
    people = sum(present.values())
    if people == 0:
        return _("Enter how many people took part, for at least one role.")
    if kind == "one_to_one" and people > 1:
        return _("One person takes part one to one. Change the number, or choose group.")
    if kind == "family" and not audiences & FAMILY:
        return _("Enter which of the family, caregivers or parent partners took part, or choose another kind.")
    if kind == "partner_agency" and "partner" not in audiences:
        return _("Enter which partner took part, or choose another kind.")
    return None


def obstacle_to_starting(explained: Collection[str]) -> str | None:
    """Why what was said cannot be written down yet: something was not explained."""
    if set(consent().explained) - set(explained):
        return _("Explain each of these first. Where one was left out, explain it before you write down what was said.")
    return None


def obstacle_to_consent(*, confirmed: bool) -> str | None:
    """Why what was said cannot be written down yet: the consent text was not given."""
    return None if confirmed else _("Go through the text with those present before you write down what was said.")


def obstacle_to_speaking(role: str, present: Mapping[str, int]) -> str | None:
    """Why a note cannot be from this role."""
    return None if present.get(role) else _("Choose a role that took part.")


def obstacle_to_exit_count(count: int | None, *, people: int) -> str | None:
    """Why so many people cannot have answered so."""
    if count is not None and count > people:
        return _("Enter %(people)s or less; that is how many took part.") % {"people": people}
    return None


def obstacle_to_reading_back(contributions: int) -> str | None:
    """Why there is nothing to read back."""
    return None if contributions else _("Write down at least one note before reading back.")


def obstacle_to_finishing(read_back_at: datetime | None) -> str | None:
    """Why a debrief cannot be finished."""
    return None if read_back_at else _("Read the notes back to those who took part first.")
