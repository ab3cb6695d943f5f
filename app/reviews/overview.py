"""What the overview of a review shows: its tasks, its path from stage to stage, and suggested dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.dates import local_day
from app.core.settings import settings
from app.core.translation import N_
from app.core.translation import gettext as _
from app.reviews import rules
from app.reviews.models import Review, Stage, StageEntry
from app.reviews.rules import Progress, TaskState

TASKS = {
    "debriefs": (N_("Listen to those who were there"), "debriefs"),
    "timeline": (N_("Put what happened in order"), "timeline"),
    "episodes": (N_("Look closely at key moments"), "timeline#episodes"),
    "family": (N_("Tell the family's perspective"), "timeline#family"),
    "ratings": (N_("Rate the factors"), "ratings"),
    "findings": (N_("Write findings and learning points"), "findings"),
    "report": (N_("Read the report together"), "report"),
}
"""The parts of a review in the order of the work: what to do, and where."""


@dataclass(frozen=True, slots=True)
class Task:
    """One part of the work, and how far it is."""

    words: str
    address: str
    state: TaskState


@dataclass(frozen=True, slots=True)
class Step:
    """A stage that can follow, and what is still in the way."""

    stage: Stage
    words: str
    obstacle: str | None
    needs_reason: bool
    forward: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """A stage on the path: when the review last entered it, and whether it stands there."""

    words: str
    entered_on: date | None
    current: bool


def tasks(review: Review, progress: Progress) -> list[Task]:
    """The task list."""
    states = rules.task_states(review.stage, progress)
    return [Task(_(TASKS[key][0]), f"/reviews/{review.code}/{TASKS[key][1]}", state) for key, state in states.items()]


def steps(review: Review, progress: Progress) -> list[Step]:
    """The stages that can follow, each with what is in the way."""
    following = rules.followers(review.stage, review.stage_before_hold)
    return [
        Step(
            stage,
            _words(review.stage, stage),
            rules.obstacle_to_entering(
                stage, now=review.stage, before_hold=review.stage_before_hold, progress=progress
            ),
            needs_reason=stage in rules.PAUSED,
            forward=place == 0,
        )
        for place, stage in enumerate(following)
    ]


def _words(now: Stage, following: Stage) -> str:
    if now in rules.PAUSED:
        return _("Take up again: %(stage)s") % {"stage": rules.STAGE_NAMES[following].lower()}
    if following is Stage.ON_HOLD:
        return _("Put on hold")
    if following is Stage.WITHDRAWN:
        return _("Withdraw this review")
    back = rules.ORDER.index(following) < rules.ORDER.index(now)
    sentence = _("Back to %(stage)s") if back else _("Go to %(stage)s")
    return sentence % {"stage": rules.STAGE_NAMES[following].lower()}


def path(review: Review, entries: Sequence[StageEntry]) -> list[Passed]:
    """The stages in order, with the day on which the review last entered each."""
    entered = {entry.stage: local_day(entry.entered_at) for entry in entries}
    shown = [stage for stage in Stage if stage not in rules.PAUSED or stage is review.stage]
    return [Passed(rules.STAGE_NAMES[stage], entered.get(stage), stage is review.stage) for stage in shown]


def clocks(review: Review, progress: Progress) -> list[tuple[str, date]]:
    """Dates suggested by the settings for what is still to come; nothing here counts what is late."""
    if review.stage in (*rules.PAUSED, Stage.CONCLUDED):
        return []
    suggested = [(_("Conclude"), review.opened_on + timedelta(days=settings().review_days))]
    if not progress.voices_sought:
        suggested.insert(0, (_("First debrief"), review.opened_on + timedelta(days=settings().first_debrief_days)))
    return suggested
