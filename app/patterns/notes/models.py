"""A note that somebody wrote on a pattern."""

from datetime import datetime
from functools import partial

from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.codes import new_code
from app.core.narrative import Narrative


class PatternNote(SQLModel, table=True):
    """What somebody makes of a pattern: a factor, a pair, a combination, or a cell of the heatmap."""

    __tablename__ = "pattern_note"

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=partial(new_code, "N"), max_length=20, unique=True)
    about: str = Field(max_length=300, index=True)
    """Which pattern; see `notes.subjects`."""
    text: str = Field(sa_type=Narrative)
    written_by_id: int = Field(foreign_key="person.id", index=True)
    role: str = Field(max_length=60)
    """The role of who wrote it, as it was then; shown in place of a name."""
    written_at: datetime = Field(default_factory=now)
    removed_at: datetime | None = None
    version: int = 1
