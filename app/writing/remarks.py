"""Remarks of the language check that a writer set aside with a reason, so that they do not come back."""

from sqlmodel import Session, select

from app.audit import trail
from app.audit.reading import opened
from app.identity.viewers import Viewer
from app.language.rules import Remark
from app.writing.models import DismissedRemark


def not_set_aside(session: Session, viewer: Viewer, form_key: str, found: list[Remark]) -> list[Remark]:
    """The remarks that this writer has not set aside in this form."""
    query = select(DismissedRemark).where(DismissedRemark.person_id == viewer.id, DismissedRemark.form_key == form_key)
    aside = {(row.kind, opened(row.words).casefold()) for row in session.exec(query)}
    return [remark for remark in found if (remark.kind.value, remark.words.casefold()) not in aside]


def set_aside(session: Session, viewer: Viewer, *, form_key: str, kind: str, words: str, reason: str) -> None:
    """Remember that the writer keeps these words, and why. The trail has the kind of remark, never the words."""
    row = DismissedRemark(person_id=viewer.id, form_key=form_key, kind=kind, words=words, reason=reason)
    session.add(row)
    session.flush()
    trail.record(session, f"set aside a remark: {kind}", row, by=viewer)
