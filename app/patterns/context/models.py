"""What happened around the reviews: changes in the system, and how many cases were open."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.codes import new_code


class SystemChange(SQLModel, table=True):
    """Something that changed in how the work is set up, in words short enough to stand on a chart."""

    __tablename__ = "system_change"

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=partial(new_code, "C"), max_length=20, unique=True)
    changed_on: date
    words: str = Field(max_length=60)
    written_by_id: int | None = Field(default=None, foreign_key="person.id")
    written_at: datetime = Field(default_factory=now)
    removed_at: datetime | None = None


class OpenCases(SQLModel, table=True):
    """How many cases an office had open in a month, as the agency's own system counts them."""

    __tablename__ = "open_cases"
    __table_args__ = (UniqueConstraint("office_id", "month"),)

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    office_id: int = Field(foreign_key="org_unit.id")
    month: date
    """The first day of the month."""
    cases: int
