"""Reads notes on patterns, for those who may read what they were counted from."""

from collections.abc import Sequence

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.core.errors import NotFound
from app.core.stretches import Stretch, stretch_of
from app.identity.viewers import Viewer
from app.patterns.notes.models import PatternNote
from app.writing.models import TextVersion

NOTES_PER_PAGE = 20


def readable_notes(viewer: Viewer) -> SelectOfScalar[PatternNote]:
    """Every list of notes begins here: all of the agency for who reads the whole agency, else one's own."""
    notes = select(PatternNote).where(PatternNote.agency_id == viewer.agency_id)
    return notes if viewer.reads_whole_agency else notes.where(PatternNote.written_by_id == viewer.id)


def notes_on(session: Session, viewer: Viewer, about: str = "", *, page: int = 1) -> Stretch[PatternNote]:
    """A page of the notes on one pattern, or on all; the newest first."""
    query = readable_notes(viewer).where(col(PatternNote.removed_at).is_(None))
    if about:
        query = query.where(PatternNote.about == about)
    query = query.order_by(col(PatternNote.written_at).desc(), col(PatternNote.id).desc())
    return stretch_of(session, query, page, NOTES_PER_PAGE)


def the_note(session: Session, viewer: Viewer, code: str, *, removed: bool = False) -> PatternNote:
    """One readable note, or NotFound. `removed` also finds one that was removed."""
    note = session.exec(readable_notes(viewer).where(PatternNote.code == code)).first()
    if note is None or (note.removed_at is not None and not removed):
        raise NotFound
    return note


def texts_of(session: Session, note: PatternNote) -> Sequence[TextVersion]:
    """What the note said after each save, the latest first."""
    query = select(TextVersion).where(TextVersion.code == note.code, TextVersion.field == "text")
    return session.exec(query.order_by(col(TextVersion.id).desc())).all()
