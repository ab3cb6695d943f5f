"""What the working page of a debrief shows: its sections, how far they are, and what was said in each."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from app.audit.reading import Told, read_all
from app.debriefs.models import DebriefSession
from app.debriefs.queries import ideas_in, notes_in
from app.debriefs.rules import PARTS, WITHDRAWN, Part, Progress, part_of, progress_of_part
from app.identity.viewers import Viewer
from app.reviews.models import Review
from app.reviews.values import VALUES


@dataclass(frozen=True, slots=True)
class PartShown:
    """A section of the working page with what was said in it."""

    part: Part
    said: list[Told]
    progress: Progress


@dataclass(frozen=True, slots=True)
class Working:
    """A debrief as its working page shows it."""

    debrief: DebriefSession
    parts: list[PartShown]

    @property
    def people(self) -> int:
        return sum(self.debrief.roles_present.values())

    @property
    def told(self) -> list[tuple[PartShown, Told]]:
        """Everything that was said and not withdrawn, with its section."""
        return [(shown, said) for shown in self.parts for said in shown.said if said.status != WITHDRAWN]

    @property
    def withdrawn(self) -> int:
        return sum(said.status == WITHDRAWN for shown in self.parts for said in shown.said)

    @property
    def read_back(self) -> Progress:
        return Progress.COMPLETE if self.debrief.read_back_at else Progress.NOT_STARTED

    def shown(self, key: str) -> PartShown:
        """One section."""
        return next(shown for shown in self.parts if shown.part.key == key)


def working(session: Session, review: Review, debrief: DebriefSession, *, by: Viewer) -> Working:
    """Open the notes and ideas of a debrief, with a line in the trail."""
    notes = read_all(session, notes_in(session, debrief), by=by, within=review.code, part="debrief notes")
    ideas = read_all(session, ideas_in(session, debrief), by=by, within=review.code, part="parked ideas")
    said: dict[str, list[Told]] = {part.key: [] for part in PARTS}
    said["ideas"] = ideas
    for note in notes:
        said[part_of(note.category).key].append(note)
    return Working(debrief, [PartShown(part, said[part.key], _progress(debrief, part, said)) for part in PARTS])


def _progress(debrief: DebriefSession, part: Part, said: dict[str, list[Told]]) -> Progress:
    if part.key == "care":
        answers = (debrief.learned_something, debrief.would_attend_again, debrief.support_requested)
        asked = debrief.pause_used or any(answer is not None for answer in answers)
        return Progress.COMPLETE if debrief.finished_at else progress_of_part(written=asked, read_back=False)
    return progress_of_part(written=bool(said[part.key]), read_back=debrief.read_back_at is not None)


def present_in_words(present: dict[str, int]) -> str:
    """Who took part: "Supervising children's social worker, 2 parents or guardians" without names."""
    return ", ".join(_counted(role, count) for role, count in present.items())


def _counted(role: str, count: int) -> str:
    words = VALUES.words("role", role)
    return words if count == 1 else f"{words} ({count})"


def choices_of(codes: Iterable[str], name: str) -> list[tuple[str, str]]:
    """Some values of a list, as (code, words)."""
    return [(code, VALUES.words(name, code)) for code in codes]
