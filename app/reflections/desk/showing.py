"""What the pages of the desk show, put together from rows, words and the unlocked key."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gettext import NullTranslations
from itertools import groupby
from typing import Any

from fastapi import Response
from sqlmodel import Session

from app.audit import reading
from app.core.forms import Submission, blank
from app.core.pages import Page
from app.core.settings import settings
from app.core.translation import speaking
from app.identity.viewers import Viewer
from app.reflections.box.identifying import identifying_words
from app.reflections.box.words import KINDS, LANGUAGES, NAMES, STANDARD_ANSWERS, TOPICS
from app.reflections.desk import actions, queries, retention, rules
from app.reflections.desk.keyring import ring
from app.reflections.desk.models import Reflection, Status
from app.systemic_factors.models import Factor
from app.systemic_factors.queries import factors_in, packs_of

ANSWERS: list[Status] = [status for status in Status if status is not Status.UNANSWERED]

TYPED = {"answer_form", "retelling_form", "tags_form", "note_form"}


@contextmanager
def _in(language: str) -> Iterator[None]:
    with speaking(LANGUAGES.get(language) or NullTranslations()):
        yield


def standard_answer(status: Status, language: str) -> str:
    """The words that begin every answer of this status, in a language of the box."""
    with _in(language):
        return STANDARD_ANSWERS[status.value]


def whole_answer(status: Status, text: str, language: str) -> str:
    """What the writer reads: the standard words, and below them the responder's own."""
    return "\n\n".join(part for part in (standard_answer(status, language), text.strip()) if part)


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the list."""

    name: str
    reflections: list[Reflection]


def by_week(reflections: list[Reflection]) -> list[Week]:
    """The list as the page shows it; it is ordered by week already."""
    return [Week(week, list(rows)) for week, rows in groupby(reflections, key=lambda one: one.week)]


def factors_offered(session: Session, viewer: Viewer) -> list[Factor]:
    """The factors of the agency's list of today."""
    packs = [pack for pack in packs_of(session, viewer.agency_id) if pack.retired_at is None]
    return factors_in(session, packs[0]) if packs else []


class Showing:
    """One reflection as a responder sees it: with its text while the key is unlocked."""

    def __init__(self, session: Session, reflection: Reflection, viewer: Viewer, held_by: str) -> None:
        self.session, self.reflection, self.viewer = session, reflection, viewer
        private_key = ring.key(held_by)
        self.unlocked = private_key is not None
        self.told = actions.read(session, reflection, private_key, by=viewer) if private_key else None

    def page(self, page: Page, *, status: int = 200, **submissions: Submission[Any]) -> Response:
        """The page; what was typed into a form that was refused comes back in it."""
        shown = self._reflection() | self._what_was_done() | self._forms(submissions)
        return page("reflections/desk/message.html", status_code=status, **shown)

    def _reflection(self) -> dict[str, Any]:
        reflection, told = self.reflection, self.told
        text = f"{told['text']}\n{told['helped']}" if told else ""
        return {
            "reflection": reflection,
            "told": told,
            "unlocked": self.unlocked,
            "unlocked_ago": queries.unlocked_minutes_ago(self.session, self.viewer),
            "identifying": identifying_words(text) if told else [],
            "kind": KINDS.get(reflection.kind, ""),
            "topic": TOPICS.get(reflection.topic, ""),
            "language": NAMES.get(reflection.language, ""),
            "status_names": rules.STATUS_NAMES,
            "last_day": retention.last_day_of(queries.thread_of(self.session, reflection)),
            "kept": settings().keep_reflections,
        }

    def _what_was_done(self) -> dict[str, Any]:
        session, reflection, viewer = self.session, self.reflection, self.viewer
        retold = reading.read_one(session, reflection, by=viewer, part="retelling") if reflection.retelling else None
        given, notes = queries.answers_to(session, reflection), queries.notes_from(session, reflection)
        within = reflection.code
        people = [reflection.drafted_by, reflection.confirmed_by, *(one.answered_by for one in given)]
        return {
            "retelling": retold.retelling if retold else "",
            "answers": reading.read_all(session, given, by=viewer, within=within, part="answers"),
            "notes": reading.read_all(session, notes, by=viewer, within=within, part="notes handed over"),
            "thread": queries.thread_of(session, reflection),
            "tags": queries.tags_of(session, reflection),
            "names": queries.names_of(session, people),
            "obstacle": rules.obstacle_to_working(reflection),
            "obstacle_to_passing_on": rules.obstacle_to_passing_on(reflection),
            "obstacle_to_confirming": rules.obstacle_to_confirming(reflection, viewer.code),
            "obstacle_to_handing_over": rules.obstacle_to_handing_over(reflection),
        }

    def _forms(self, submissions: dict[str, Submission[Any]]) -> dict[str, Any]:
        refused = next(iter(submissions.values()), None)
        return {
            "submission": refused or blank(),
            "retelling_form": submissions.get("retelling_form") or blank(),
            "answer_form": submissions.get("answer_form") or blank(),
            "note_form": submissions.get("note_form") or blank(),
            "tags_form": submissions.get("tags_form") or blank(),
            # A form that came back is shown, whatever stands in the way by now: what was typed is in it.
            "came_back": bool(submissions.keys() & TYPED),
            "passing_on_came_back": bool(submissions.keys() & (TYPED - {"answer_form"})),
            "factors": [(factor.key, factor.name) for factor in factors_offered(self.session, self.viewer)],
            "answer_choices": [self._choice(status) for status in self._statuses()],
        }

    def _statuses(self) -> list[Status]:
        return [Status.OTHER_CHANNEL] if self.reflection.held else ANSWERS

    def _choice(self, status: Status) -> tuple[str, str, str]:
        """An answer to choose, with the standard words that the writer will read."""
        return status.value, rules.STATUS_NAMES[status], standard_answer(status, self.reflection.language)
