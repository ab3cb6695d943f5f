"""What surrounds every narrative: drafts, earlier versions, and remarks that a writer set aside."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.codes import new_code
from app.core.narrative import Narrative

KEY_LENGTH = 160
"""Characters of a form's address that are kept as its key; see `drafts.form_key`."""


class Draft(SQLModel, table=True):
    """What one person has typed into one form and not yet saved; only they see it."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=KEY_LENGTH)
    """The address of the form."""
    fields: str = Field(sa_type=Narrative)
    """The form's fields as JSON."""
    saved_at: datetime = Field(default_factory=now)


class TextVersion(SQLModel, table=True):
    """A narrative as it was after one save; the history is made of these."""

    __tablename__ = "text_version"
    __table_args__ = (Index("ix_text_version_what", "code", "field"),)

    id: int | None = Field(default=None, primary_key=True)
    within: str = Field(max_length=30, index=True)
    """The public code of the review or incident."""
    kind: str = Field(max_length=60)
    code: str = Field(max_length=30)
    field: str = Field(max_length=60)
    text: str = Field(sa_type=Narrative)
    version: int
    by_id: int | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(default_factory=now)


class DismissedRemark(SQLModel, table=True):
    """A remark of the language check that the writer set aside, with the reason."""

    __tablename__ = "dismissed_remark"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    form_key: str = Field(max_length=KEY_LENGTH, index=True)
    kind: str = Field(max_length=60)
    words: str = Field(sa_type=Narrative)
    reason: str = Field(sa_type=Narrative)
    at: datetime = Field(default_factory=now)
