"""What people do with notes on patterns: write, change, remove and put back; each leaves a line in the trail."""

from sqlmodel import Session

from app.audit import trail
from app.core.clock import now
from app.core.errors import Forbidden
from app.core.translation import gettext as _
from app.identity.models import Role
from app.identity.viewers import Viewer
from app.patterns.notes.models import PatternNote
from app.writing import texts


def write_note(session: Session, about: str, text: str, *, by: Viewer) -> PatternNote:
    # Of several roles, the one of the work: administrator stands last.
    role = next(role for role in Role if role in by.roles)
    note = PatternNote(agency_id=by.agency_id, about=about, text=text, written_by_id=by.id, role=role.value)
    session.add(note)
    session.flush()
    texts.remember(session, note, ["text"], within=note.code, by=by)
    trail.record(session, "write note on a pattern", note, by=by)
    return note


def change_note(session: Session, note: PatternNote, text: str, *, base: int, by: Viewer) -> None:
    """Change a note from version `base`; raises `ChangedMeanwhile` where its writer changed it elsewhere meanwhile."""
    own_note(note, by=by)
    texts.save(session, note, {"text": text}, base=base, within=note.code, by=by, did="change note on a pattern")


def remove_note(session: Session, note: PatternNote, *, by: Viewer) -> None:
    own_note(note, by=by)
    if note.removed_at is None:
        note.removed_at = now()
        session.add(note)
        trail.record(session, "remove note on a pattern", note, by=by)


def put_back_note(session: Session, note: PatternNote, *, by: Viewer) -> None:
    own_note(note, by=by)
    if note.removed_at is not None:
        note.removed_at = None
        session.add(note)
        trail.record(session, "put back note on a pattern", note, by=by)


def own_note(note: PatternNote, *, by: Viewer) -> PatternNote:
    """The note, to its writer; raises Forbidden for anyone else."""
    if note.written_by_id != by.id:
        raise Forbidden(_("Only the person who wrote a note can change or remove it. Write another beside it."))
    return note
