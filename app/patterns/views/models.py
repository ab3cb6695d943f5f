"""A page of patterns kept under a title, with the numbers it had when it was saved."""

from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.codes import new_code

LONGEST_TITLE = 60
LONGEST_ADDRESS = 1000


class SavedView(SQLModel, table=True):
    """An address with its filters, and exact numbers that only people with the same sight are shown."""

    __tablename__ = "saved_view"

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=partial(new_code, "V"), max_length=20, unique=True)
    title: str = Field(max_length=LONGEST_TITLE)
    address: str = Field(max_length=LONGEST_ADDRESS)
    """Path and filters of the page, such as "/patterns/heatmap?from=2025-Q1"."""
    shared: bool = False
    """Every record reader of the agency finds it in the list; else only who saved it."""
    saved_by_id: int = Field(foreign_key="person.id")
    saved_at: datetime = Field(default_factory=now)
    data_on: date | None = None
    """The day of the newest rating that was counted at saving, or of the newest incident or map."""
    sight: str = Field(max_length=60)
    """Whose reviews the numbers were counted from, as `Viewer.sight` says; they are told only where it agrees."""
    numbers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What was counted at saving; see `views.kept`."""
    removed_at: datetime | None = None
