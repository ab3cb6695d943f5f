"""Debriefs: who was invited by role, the sessions, what was said, and ideas parked for later. No names."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.codes import new_code
from app.core.narrative import Narrative


class DebriefInvitation(SQLModel, table=True):
    """An invitation to one role. Taking part is voluntary; the answer is recorded, never the name."""

    __tablename__ = "debrief_invitation"

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    code: str = Field(default_factory=partial(new_code, "V"), max_length=20, unique=True)
    role: str = Field(max_length=60)
    invited_on: date
    mode: str = Field(default="unknown", max_length=60)
    response: str = Field(default="no_response", max_length=60)
    support_offered: bool = False
    support_person_welcome: bool = False
    consent_version: str = Field(default="", max_length=40)
    removed_at: datetime | None = None
    version: int = 1


class DebriefSession(SQLModel, table=True):
    """A conversation with people who did the work, or with family."""

    __tablename__ = "debrief_session"

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    code: str = Field(default_factory=partial(new_code, "D"), max_length=20, unique=True)
    kind: str = Field(default="one_to_one", max_length=60)
    held_on: date
    duration_minutes: int | None = None
    mode: str = Field(max_length=60)
    roles_present: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    """How many people of each role took part."""
    consent_version: str = Field(max_length=120)
    """The consent texts that were used, one for each kind of people present, with spaces between."""
    explained: list[str] = Field(default_factory=list, sa_type=JSON)
    """What was explained before starting."""
    support_offered: bool = False
    pause_used: bool = False
    learned_something: int | None = None
    would_attend_again: int | None = None
    support_requested: int | None = None
    """How many of those present asked for support afterwards."""
    read_back_at: datetime | None = None
    finished_at: datetime | None = None
    removed_at: datetime | None = None
    version: int = 1


class DebriefNote(SQLModel, table=True):
    """What one role said, in one category. Those who gave it may correct or withdraw it."""

    __tablename__ = "debrief_note"

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="debrief_session.id", index=True)
    code: str = Field(default_factory=partial(new_code, "N"), max_length=20, unique=True)
    speaker_role: str = Field(max_length=60)
    category: str = Field(max_length=60)
    text: str = Field(default="", sa_type=Narrative)
    status: str = Field(default="given", max_length=20)
    """given, corrected or withdrawn; a withdrawn note keeps no text."""
    written_at: datetime = Field(default_factory=now)
    version: int = 1


class ParkedIdea(SQLModel, table=True):
    """An idea for a change, kept until the analysis is done."""

    __tablename__ = "parked_idea"

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="debrief_session.id", index=True)
    code: str = Field(default_factory=partial(new_code, "P"), max_length=20, unique=True)
    text: str = Field(default="", sa_type=Narrative)
    status: str = Field(default="given", max_length=20)
    """given, corrected or withdrawn; a withdrawn idea keeps no text."""
    removed_at: datetime | None = None
    version: int = 1
