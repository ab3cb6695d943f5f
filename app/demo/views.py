"""What an analyst of the made-up county left on patterns in the summer: a saved view, a note, and what had changed."""

from datetime import UTC, date, datetime

from sqlmodel import Session, select

from app.demo.assumptions import SYSTEM_CHANGES
from app.identity.models import Person
from app.identity.queries import viewer_of
from app.patterns.context.actions import tell_change
from app.patterns.counting.records import Layer
from app.patterns.notes.actions import change_note, write_note
from app.patterns.notes.subjects import Subject
from app.patterns.pages.saved import counted, reopened
from app.patterns.views.actions import save_view

ADDRESS = "/patterns/heatmap?by=division"
SAVED_AT = datetime(2026, 7, 6, 17, 20, tzinfo=UTC)
QUARTERS_THEN = "2026-Q2"
"""The last quarter whose reviews were rated by then."""


ABOUT = Subject(Layer.HINDERED, ("documentation", "production_pressure"))
AT_FIRST = "Looked at this pair with the data team. Both stand in reviews of every division."
NOTE = (
    "Looked at this pair with the data team. Both stand in reviews of every division, so it is not one office's way of "
    "working. Question for the next review: what is written down last when the queue is long?"
)


def leave_demo_work(session: Session, email: str) -> None:
    """Tell the changes, write the note, and save the view as it was counted on that day, without later reviews."""
    person = session.exec(select(Person).where(Person.email == email)).one()
    viewer = viewer_of(session, person.id or 0)
    assert viewer is not None  # noqa: S101  (the analyst was just added)
    for changed_on, words in SYSTEM_CHANGES.items():
        tell_change(session, changed_on, words, by=viewer).written_at = SAVED_AT
    note = write_note(session, ABOUT.about, AT_FIRST, by=viewer)
    change_note(session, note, NOTE, base=note.version, by=viewer)
    note.written_at = SAVED_AT
    session.add(note)
    then = reopened(session, viewer, f"{ADDRESS}&to={QUARTERS_THEN}")
    if then is None:
        return
    kept = counted(session, viewer, then).kept
    title, data_on = "What keeps coming back, by division", date(2026, 6, 30)
    view = save_view(session, title, ADDRESS, shared=True, kept=kept, data_on=data_on, by=viewer)
    view.saved_at = SAVED_AT
    session.add(view)
