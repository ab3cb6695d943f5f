"""What is so of reviews, and what may happen: each obstacle is a sentence for a person, or None."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from babel.dates import format_date

from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.reviews.models import Stage, TeamRole

NEXT_STAGES: dict[Stage, tuple[Stage, ...]] = {
    Stage.OPENED: (Stage.LISTENING, Stage.ON_HOLD, Stage.WITHDRAWN),
    Stage.LISTENING: (Stage.IN_ANALYSIS, Stage.ON_HOLD, Stage.WITHDRAWN),
    Stage.IN_ANALYSIS: (Stage.DRAFT, Stage.LISTENING, Stage.ON_HOLD, Stage.WITHDRAWN),
    Stage.DRAFT: (Stage.WITH_DIVISION, Stage.IN_ANALYSIS, Stage.ON_HOLD, Stage.WITHDRAWN),
    Stage.WITH_DIVISION: (Stage.CONCLUDED, Stage.DRAFT, Stage.ON_HOLD, Stage.WITHDRAWN),
    Stage.CONCLUDED: (Stage.DRAFT,),
    Stage.ON_HOLD: (),
    Stage.WITHDRAWN: (),
}
"""What can follow what. From on hold a review goes back to where it was, and a withdrawn one can be taken up again."""

STAGE_NAMES: Words[Stage] = Words(
    {
        Stage.OPENED: N_("Opened"),
        Stage.LISTENING: N_("Listening"),
        Stage.IN_ANALYSIS: N_("In analysis"),
        Stage.DRAFT: N_("Draft"),
        Stage.WITH_DIVISION: N_("With division"),
        Stage.CONCLUDED: N_("Concluded"),
        Stage.ON_HOLD: N_("On hold"),
        Stage.WITHDRAWN: N_("Withdrawn"),
    }
)
TEAM_ROLES: Words[TeamRole] = Words(
    {
        TeamRole.LEAD: N_("Lead facilitator"),
        TeamRole.CO_FACILITATOR: N_("Co-facilitator"),
        TeamRole.REVIEWER: N_("Reviewer"),
        TeamRole.SCORER: N_("Scorer"),
        TeamRole.SCRIBE: N_("Scribe"),
        TeamRole.ADVISER: N_("Adviser"),
    }
)

WRITERS = frozenset({TeamRole.LEAD, TeamRole.CO_FACILITATOR, TeamRole.REVIEWER, TeamRole.SCORER, TeamRole.SCRIBE})


@dataclass(frozen=True, slots=True)
class Progress:
    """What has been done in a review, as the stage rules need to know it."""

    team_stated_not_involved: bool = False
    voices_sought: bool = False
    """Someone was invited or heard, or it is said why no one could be."""
    events: int = 0
    opportunities_considered: bool = False
    """At least one improvement opportunity is recorded, or it is said why there is none."""
    practices_considered: bool = False
    family_considered: bool = False
    rated: bool = False
    """The counted rating sheet is sent."""
    findings: int = 0
    rating_started: bool = False


class TaskState(StrEnum):
    """How far one part of a review is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"


LEADERS = frozenset({TeamRole.LEAD, TeamRole.CO_FACILITATOR})
ORDER = tuple(Stage)
"""The stages in the order of the work."""
PAUSED = (Stage.ON_HOLD, Stage.WITHDRAWN)
REVIEWED_DECISIONS = ("full_review", "rapid_review", "brief_learning_note")
"""The triage decisions after which a review is opened, at the level of the same name."""
EARLIEST = date(1900, 1, 1)
"""A date before this one is a slip of the keyboard."""


def followers(stage: Stage, before_hold: Stage | None) -> tuple[Stage, ...]:
    """The stages a review can go to from here."""
    if stage in PAUSED:
        return (before_hold or Stage.OPENED,)
    return NEXT_STAGES[stage]


def obstacle_to_entering(stage: Stage, *, now: Stage, before_hold: Stage | None, progress: Progress) -> str | None:
    """Why a review cannot enter a stage yet, or None."""
    if stage not in followers(now, before_hold):
        return _("A review that is %(now)s cannot become %(following)s.") % {
            "now": STAGE_NAMES[now].lower(),
            "following": STAGE_NAMES[stage].lower(),
        }
    if now in PAUSED or stage in PAUSED or ORDER.index(stage) < ORDER.index(now):
        # Going back, pausing and taking up again are always possible; only going on needs something done.
        return None
    needs: dict[Stage, list[tuple[bool, str]]] = {
        Stage.LISTENING: [
            (progress.team_stated_not_involved, _("Everyone on the team first states that they were not involved.")),
        ],
        Stage.IN_ANALYSIS: [
            (progress.voices_sought, _("Invite those who were involved, or say why no one could be heard.")),
        ],
        Stage.DRAFT: [
            (progress.events > 0, _("Add at least one event to the timeline.")),
            (progress.opportunities_considered, _("Add an improvement opportunity, or say why there is none.")),
            (progress.practices_considered, _("Add a successful practice, or say why there is none.")),
        ],
        Stage.WITH_DIVISION: [
            (progress.findings > 0, _("Write at least one finding or learning point.")),
        ],
        Stage.CONCLUDED: [
            (progress.opportunities_considered, _("Add an improvement opportunity, or say why there is none.")),
            (progress.practices_considered, _("Add a successful practice, or say why there is none.")),
            (progress.family_considered, _("Write the family's perspective, or say why there is none.")),
            (progress.rated, _("Finish the rating sheet, and the consensus where there are two raters.")),
        ],
    }
    return next((sentence for done, sentence in needs.get(stage, []) if not done), None)


def obstacle_to_writing(role: TeamRole | None) -> str | None:
    """Why someone cannot write in a review."""
    return None if role in WRITERS else _("Only the review's team writes in it. Ask the lead facilitator to add you.")


def obstacle_to_leading(role: TeamRole | None) -> str | None:
    """Why someone cannot move a review from stage to stage."""
    return None if role in LEADERS else _("Only the facilitators who lead this review do this.")


def obstacle_to_changing(stage: Stage) -> str | None:
    """Why a review's content cannot be changed in this stage."""
    if stage is Stage.CONCLUDED:
        return _("This review is concluded. Its lead can take it back to draft.")
    if stage in PAUSED:
        return _("This review is %(stage)s. Its lead can take it up again.") % {"stage": STAGE_NAMES[stage].lower()}
    return None


def obstacle_to_pausing(stage: Stage, reason: str) -> str | None:
    """Why a review cannot be put on hold or withdrawn: the reason is missing."""
    if stage in PAUSED and not reason.strip():
        return (
            _("Say in a sentence why the review pauses.") if stage is Stage.ON_HOLD else _("Say why it is withdrawn.")
        )
    return None


def next_step(stage: Stage, progress: Progress) -> str:
    """What comes next in a review, and what is still open where it can go on without it."""
    if stage is Stage.CONCLUDED:
        return _("Nothing for now. The report can be read.")
    if stage in PAUSED:
        return _("Nothing for now. Its lead can take it up again.")
    following = NEXT_STAGES[stage][0]
    obstacle = obstacle_to_entering(following, now=stage, before_hold=None, progress=progress)
    if obstacle is None and stage is Stage.IN_ANALYSIS and not progress.rated:
        return _("Finish the rating sheet; then the review is ready for its draft.")
    if obstacle:
        return obstacle
    can_go_on = _("Can go on to the next stage: %(stage)s.") % {"stage": STAGE_NAMES[following].lower()}
    if stage in (Stage.IN_ANALYSIS, Stage.DRAFT) and not progress.family_considered:
        return can_go_on + " " + _("The family's perspective is still open.")
    if stage is Stage.DRAFT and not progress.rated:
        return can_go_on + " " + _("The rating sheet is still open.")
    return can_go_on


def task_states(stage: Stage, progress: Progress) -> dict[str, TaskState]:
    """How far each part of a review is; the keys are the parts in the order of the work."""
    working = stage in (Stage.OPENED, Stage.LISTENING, Stage.IN_ANALYSIS)
    both = (progress.opportunities_considered, progress.practices_considered)
    return {
        "debriefs": _state(progress.voices_sought, stage not in (Stage.OPENED, Stage.LISTENING)),
        "timeline": _state(progress.events > 0, not working),
        "episodes": _state(any(both), all(both)),
        "family": _state(progress.family_considered, progress.family_considered),
        "ratings": _state(progress.rating_started or progress.rated, progress.rated),
        "findings": _state(progress.findings > 0, stage in (Stage.WITH_DIVISION, Stage.CONCLUDED)),
        "report": _state(stage in (Stage.DRAFT, Stage.WITH_DIVISION, Stage.CONCLUDED), stage is Stage.CONCLUDED),
    }


def _state(started: bool, done: bool) -> TaskState:
    if not started:
        return TaskState.NOT_STARTED
    return TaskState.DONE if done else TaskState.IN_PROGRESS


def obstacle_to_deciding(decision: str, *, has_review: bool) -> str | None:
    """Why triage cannot decide so."""
    if has_review and decision not in REVIEWED_DECISIONS:
        return _("This incident has a review. Its lead can withdraw it.")
    return None


def obstacle_to_reconsidering(value: date | None, *, today: date) -> str | None:
    """Why a decision cannot be reconsidered on that day."""
    return _("Enter a day that is still to come.") if value and value <= today else None


def obstacle_to_opening(decision: str | None, *, has_review: bool) -> str | None:
    """Why no review of an incident can be opened. `decision` is the latest of triage."""
    if has_review:
        return _("A review of this incident has been opened.")
    if decision is None:
        return _("Triage first decides whether and how this incident is reviewed.")
    if decision not in REVIEWED_DECISIONS:
        return _("Triage decided that this incident is not reviewed.")
    return None


def obstacle_to_choosing_team(role: TeamRole | None, *, triages: bool) -> str | None:
    """Why someone cannot choose a review's team. `triages`: their roles include triage."""
    if role in LEADERS or triages:
        return None
    return _("The facilitators who lead this review and Risk Management choose its team.")


def obstacle_to_role(role: TeamRole, *, may_lead: bool) -> str | None:
    """Why a person cannot have a role on a team. `may_lead`: their roles include leading reviews."""
    if role in LEADERS and not may_lead:
        return _("Choose a facilitator for this role.")
    return None


def obstacle_to_leaving(role: TeamRole, *, other_leads: int) -> str | None:
    """Why a member cannot leave a team or take another role on it. `other_leads`: leads who would remain."""
    if role is TeamRole.LEAD and other_leads == 0:
        return _("Name another lead first, so that someone leads this review.")
    return None


def obstacle_to_date(value: date | None, *, today: date) -> str | None:
    """Why a date in the past cannot be true."""
    if value is None:
        return None
    if value > today:
        return _("Enter a date that is not in the future.")
    if value < EARLIEST:
        return _("Enter a date from %(year)s on.") % {"year": EARLIEST.year}
    return None


def obstacle_to_incident_date(occurred_on: date | None, *, precision: str) -> str | None:
    """Why the date of an incident cannot be left empty."""
    if occurred_on or precision == "unknown":
        return None
    return _("Enter the date, or choose that it is unknown.")


def obstacle_to_hearing(heard_on: date | None, occurred_on: date | None, *, precision: str) -> str | None:
    """Why nobody can have heard of an incident on that day."""
    known = as_known(occurred_on, precision)
    return _("Enter the day of the incident or a later one.") if known and heard_on and heard_on < known else None


def as_known(value: date | None, precision: str) -> date | None:
    """A date with only what is known of it: the first day of its month, quarter or year, or None."""
    if value is None or precision == "unknown":
        return None
    if precision == "year":
        return value.replace(month=1, day=1)
    if precision == "quarter":
        return value.replace(month=value.month - (value.month - 1) % 3, day=1)
    return value.replace(day=1) if precision == "month" else value


def date_in_words(value: date | None, precision: str = "day") -> str:
    """A date as precise as it is known: "Mar 18, 2026", "March 2026", "Q1 2026", "2026" or "Unknown"."""
    if value is None or precision == "unknown":
        return _("Unknown")
    patterns = {"month": "MMMM yyyy", "quarter": "'Q'Q yyyy", "year": "yyyy"}
    return format_date(value, patterns.get(precision, "MMM d, yyyy"), locale="en_US")


def after_business_days(start: date, days: int) -> date:
    """The day that is so many weekdays (Monday to Friday) after another; holidays are not known here."""
    current = start
    while days > 0:
        current += timedelta(days=1)
        days -= current.weekday() < 5
    return current
