"""Notes on patterns: beside the pattern, on a page of their own, and in a list of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlmodel import Session

from app.audit.reading import Told, read_all, read_one
from app.core.database import Transaction
from app.core.errors import NotFound
from app.core.forms import Form, Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.stretches import Stretch, page_number
from app.core.translation import gettext as _
from app.identity.access import ROLE_NAMES
from app.identity.dependencies import PatternReader, ThePage, tell
from app.identity.models import Role
from app.identity.viewers import Viewer
from app.patterns import queries
from app.patterns.counting.records import Dimension
from app.patterns.notes import actions
from app.patterns.notes.models import PatternNote
from app.patterns.notes.queries import notes_on, texts_of, the_note
from app.patterns.notes.subjects import LONGEST, Subject, subject_in, subject_of
from app.patterns.pages import choices
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.dependencies import HEATMAP, Asked, asked_of
from app.patterns.snapshot import Snapshot
from app.systemic_factors.queries import factor_names
from app.writing.changes import word_changes
from app.writing.dependencies import TheDrafts

routes = router("/patterns/notes")

NOTES = "/patterns/notes"
CHOSEN = ("cell", "combination", "pair", "factor")


class NoteForm(Form):
    """A note is short; what is long belongs into a review."""

    text: Annotated[str, Field(min_length=3, max_length=4000)]


class ChangedNoteForm(NoteForm):
    """A note that was written before, and the version it was changed from."""

    version: int


@dataclass(frozen=True)
class ShownNote:
    """A note with its text opened."""

    told: Told
    role: str
    pattern: str
    address: str
    """Of the notes on its pattern."""
    is_own: bool


@routes.get("")
def see_notes(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    """All notes that this person may read."""
    snapshot, _packs = queries.snapshot(session, viewer)
    found = notes_on(session, viewer, page=page_number(request))
    return page("patterns/notes.html", notes=_shown(session, viewer, snapshot, found))


@routes.get("/about")
def see_notes_about(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    """The notes on one pattern; beside the pattern itself only the list, where there is script."""
    asked = asked_of(request, session, viewer)
    return _about_page(session, viewer, page, asked, blank(), page_number(request))


@routes.post("/about")
def write_note(
    request: Request,
    session: Transaction,
    viewer: PatternReader,
    page: ThePage,
    drafts: TheDrafts,
    submission: Annotated[Submission[NoteForm], Depends(submitted(NoteForm))],
) -> Response:
    asked = asked_of(request, session, viewer)
    if submission.form is None:
        return _about_page(session, viewer, page, asked, submission)
    subject = _subject(asked, _names(session, viewer, asked.snapshot))
    note = actions.write_note(session, subject.about, submission.form.text, by=viewer)
    drafts.done(change="")
    tell(session, request, _("Note kept."), undo=f"{NOTES}/{note.code}/remove")
    return RedirectResponse(f"{NOTES}/about?{subject.query}", 303)


@routes.get("/{code}/edit")
def ask_for_change(
    code: str, session: Transaction, viewer: PatternReader, page: ThePage, drafts: TheDrafts
) -> Response:
    note = actions.own_note(_note(session, viewer, code), by=viewer)
    told = read_one(session, note, by=viewer, part="note on a pattern")
    return _edit_page(session, viewer, page, note, drafts.resumed(filled(told, "text", "version")))


@routes.post("/{code}/edit")
def change_note(
    code: str,
    request: Request,
    session: Transaction,
    viewer: PatternReader,
    page: ThePage,
    drafts: TheDrafts,
    submission: Annotated[Submission[ChangedNoteForm], Depends(submitted(ChangedNoteForm))],
) -> Response:
    note = actions.own_note(_note(session, viewer, code), by=viewer)
    if submission.form is None:
        return _edit_page(session, viewer, page, note, submission)
    actions.change_note(session, note, submission.form.text, base=submission.form.version, by=viewer)
    drafts.done()
    tell(session, request, _("Note changed."))
    return RedirectResponse(f"{NOTES}/about?{subject_of(note.about).query}", 303)


@routes.get("/{code}/history")
def see_earlier_texts(code: str, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    """How the text of a note changed, for everyone who may read it."""
    note = _note(session, viewer, code)
    snapshot, _packs = queries.snapshot(session, viewer)
    rows = read_all(session, texts_of(session, note), by=viewer, within=note.code, part="history of a note")
    befores = [row.text for row in rows[1:]] + [""]
    return page(
        "patterns/note_history.html",
        pattern=_words(subject_of(note.about), snapshot, _names(session, viewer, snapshot)),
        back=f"{NOTES}/about?{subject_of(note.about).query}",
        role=ROLE_NAMES[Role(note.role)],
        changes=[(row.at, word_changes(before, row.text)) for row, before in zip(rows, befores, strict=True)],
    )


@routes.post("/{code}/remove")
def remove_note(code: str, request: Request, session: Transaction, viewer: PatternReader) -> Response:
    note = _note(session, viewer, code, removed=True)
    actions.remove_note(session, note, by=viewer)
    tell(session, request, _("Note removed."), undo=f"{NOTES}/{note.code}/put-back")
    return RedirectResponse(f"{NOTES}/about?{subject_of(note.about).query}", 303)


@routes.post("/{code}/put-back")
def put_back_note(code: str, request: Request, session: Transaction, viewer: PatternReader) -> Response:
    note = _note(session, viewer, code, removed=True)
    actions.put_back_note(session, note, by=viewer)
    tell(session, request, _("Note brought back."))
    return RedirectResponse(f"{NOTES}/about?{subject_of(note.about).query}", 303)


def _note(session: Session, viewer: Viewer, code: str, *, removed: bool = False) -> PatternNote:
    try:
        return the_note(session, viewer, code, removed=removed)
    except NotFound:
        told = _("There is no such note among those you may read, or it was removed.")
        raise NotKnown(told, NOTES, _("See the notes")) from None


def _edit_page(
    session: Session, viewer: Viewer, page: Page, note: PatternNote, submission: Submission[Any]
) -> Response:
    snapshot, _packs = queries.snapshot(session, viewer)
    return page(
        "patterns/note_edit.html",
        note=note,
        pattern=_words(subject_of(note.about), snapshot, _names(session, viewer, snapshot)),
        back=f"{NOTES}/about?{subject_of(note.about).query}",
        address=f"{NOTES}/{note.code}/edit",
        submission=submission,
        status_code=422 if submission.problems else 200,
    )


def _about_page(
    session: Session, viewer: Viewer, page: Page, asked: Asked, submission: Submission[Any], at: int = 1
) -> Response:
    names = _names(session, viewer, asked.snapshot)
    subject = _subject(asked, names)
    return page(
        "patterns/notes_about.html",
        fragment="notes",
        pattern=_words(subject, asked.snapshot, names),
        layer=choices.LAYERS[subject.layer],
        query=subject.query,
        notes=_shown(session, viewer, asked.snapshot, notes_on(session, viewer, subject.about, page=at)),
        submission=submission,
        status_code=422 if submission.problems else 200,
    )


def _subject(asked: Asked, names: Mapping[str, str]) -> Subject:
    q = asked.question
    subject = subject_in(q.layer, q.by.value, {name: q.one(name) for name in CHOSEN})
    if subject is None or len(subject.about) > LONGEST or not names.keys() >= set(subject.factors):
        told = _("There is no such pattern. Choose a factor, a pair or a cell first.")
        raise NotKnown(told, HEATMAP, _("See the factor heatmap"))
    if subject.group and subject.group not in choices.labels_of(asked.snapshot, q.by):
        raise NotKnown(_("There is no such cell."), HEATMAP, _("See the factor heatmap"))
    return subject


def _words(subject: Subject, snapshot: Snapshot | None, names: Mapping[str, str]) -> str:
    return subject.words(names, choices.labels_of(snapshot, Dimension(subject.by)) if snapshot and subject.by else {})


def _names(session: Session, viewer: Viewer, snapshot: Snapshot | None) -> dict[str, str]:
    """What factors are called, also retired ones and those of other lists: a note outlives them."""
    of_any_list = {key: name for (_list, key), name in factor_names(session, viewer.agency_id).items()}
    return of_any_list | {code: about.name for code, about in (snapshot.about if snapshot else {}).items()}


def _shown(
    session: Session, viewer: Viewer, snapshot: Snapshot | None, found: Stretch[PatternNote]
) -> Stretch[ShownNote]:
    """Opens the texts, with one line in the trail."""
    made, names = [], _names(session, viewer, snapshot)
    for told in read_all(session, found.rows, by=viewer, within="", part="notes on patterns"):
        subject = subject_of(told.about)
        made.append(
            ShownNote(
                told,
                ROLE_NAMES[Role(told.role)],
                _words(subject, snapshot, names),
                f"{NOTES}/about?{subject.query}",
                told.written_by_id == viewer.id,
            )
        )
    return Stretch(made, found.page, found.has_older)
