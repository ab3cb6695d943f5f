"""Writes the brief of a saved view to a folder, as PDF and Word file, without a browser."""

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from app.audit import trail
from app.core.database import writing
from app.core.errors import NotFound, Refused
from app.identity.access import Permission
from app.identity.models import Person
from app.identity.queries import viewer_of
from app.identity.viewers import Viewer
from app.patterns.briefs.document import Brief
from app.patterns.briefs.pdf import NoPdf, pdf_of
from app.patterns.briefs.word import docx_of
from app.patterns.pages.view_briefs import view_today
from app.patterns.views.queries import the_view

KINDS: dict[str, Callable[[Brief], bytes]] = {"pdf": pdf_of, "docx": docx_of}


def write_brief(engine: Engine, console: Console, *, code: str, email: str, folder: Path) -> None:
    """Write the brief as the person with this address would download it; it stands in the trail under their name.

    Raises Refused with the sentence to print. Without the system library for PDF the Word file is written all the same.
    """
    with writing(engine) as session:
        viewer = reader_of_patterns(session, email)
        try:
            view = the_view(session, viewer, code)
        except NotFound:
            raise Refused(f"There is no saved view {code} that {email} may open.") from None
        today = view_today(session, viewer, view)
        if today.brief is None:
            raise Refused(today.why_not)
        trail.record(session, "write brief of patterns to files", view, by=viewer)
        for kind, make in KINDS.items():
            try:
                written = _write(folder, today.brief.file_name(kind), make(today.brief))
            except NoPdf as missing:
                console.print(missing.sentence, markup=False, soft_wrap=True)
            else:
                console.print(f"Wrote {written}.", markup=False, soft_wrap=True)


def reader_of_patterns(session: Session, email: str) -> Viewer:
    """The person with this address, if they may see exact patterns."""
    person = session.exec(select(Person).where(func.lower(col(Person.email)) == email.strip().lower())).first()
    viewer = viewer_of(session, person.id) if person and person.id else None
    if viewer is None or not viewer.may(Permission.SEE_PATTERNS):
        raise Refused(f"Nobody with the address {email} may see exact patterns.")
    return viewer


def _write(folder: Path, name: str, content: bytes) -> Path:
    """The file, readable by its owner only."""
    target = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(content)
    except OSError as problem:
        raise Refused(f"Nothing could be written there: {problem.strerror or problem}.") from problem
    return target
