"""The trail: plain text without foreign keys, so that it outlives what it describes."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.core.clock import now


class TrailEntry(SQLModel, table=True):
    """One thing that somebody did or read, without the text."""

    __tablename__ = "trail_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(default_factory=now, index=True)
    agency_id: int = Field(default=0, index=True)
    who: str = Field(max_length=20, index=True)
    """The person's public code, or `program` for a command or where nobody is signed in."""
    did: str = Field(max_length=200)
    kind: str = Field(default="", max_length=60)
    code: str = Field(default="", max_length=30, index=True)
    """The public code of what it was done to."""
    within: str = Field(default="", max_length=30, index=True)
    """The public code of the review or incident it belongs to."""
