"""A long list, one page at a time, the latest first."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request
from sqlmodel import Session

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Stretch(Generic[Row]):
    """One page of a list."""

    rows: list[Row]
    page: int
    """Counted from 1, the latest."""
    has_older: bool


def stretch_of(session: Session, query: Any, page: int, most: int) -> Stretch[Any]:
    """Page `page` of what a query finds, at most `most` rows, and whether older ones follow."""
    rows = list(session.exec(query.offset((page - 1) * most).limit(most + 1)).all())
    return Stretch(rows[:most], page, len(rows) > most)


def page_number(request: Request, name: str = "page") -> int:
    """Which page of a list the address asks for; the first where it asks for none, or for what is no number."""
    sent = request.query_params.get(name, "")
    return max(1, int(sent)) if sent.isdecimal() and len(sent) < 6 else 1
