"""Leaves one line for everything done, in the same transaction: if the line cannot be written, nothing is done."""

from typing import Any, Protocol

from sqlmodel import Session

from app.audit.models import TrailEntry


class Actor(Protocol):
    """Whoever does something: a person, or the viewer they are."""

    @property
    def agency_id(self) -> int: ...

    @property
    def code(self) -> str: ...


def record(session: Session, did: str, what: Any = None, *, by: Actor | None, within: str = "") -> None:
    """Write down that `by` (None: a command of the program) did something to `what`.

    `did` is a short phrase such as "enter stage: draft"; it never holds narrative text. `within` is the public code of
    the review or incident that `what` belongs to.
    """
    session.add(
        TrailEntry(
            agency_id=by.agency_id if by else getattr(what, "agency_id", 0),
            who=by.code if by else "program",
            did=did,
            kind=type(what).__name__ if what is not None else "",
            code=getattr(what, "code", ""),
            within=within or getattr(what, "code", ""),
        )
    )
    # The line must be in the database before anyone sees what it tells of.
    session.flush()
