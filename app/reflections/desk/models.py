"""What the desk remembers: responders' keys, reflections as the box handed them over, and what was answered.

No table of people points here, and nothing here points to a person: who did something stands as a public code.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.codes import new_code
from app.core.narrative import Narrative
from app.core.types import stored_by_value


class Status(StrEnum):
    """How far a reflection has come. All but the first are told under the receipt."""

    UNANSWERED = "unanswered"
    READ = "read"
    LOOKING = "looking"
    QUESTION = "question"
    CHANGED = "changed"
    NOT_CHANGED = "not_changed"
    OTHER_CHANNEL = "other_channel"


class Danger(StrEnum):
    """What was decided about an urgent danger. The decision is on the trail, the text is not."""

    UNDECIDED = "undecided"
    NONE = "none"
    ACTED = "acted"


class ResponderKey(SQLModel, table=True):
    """A responder's key. The private half stands here only sealed under the passphrase; ending the key removes it."""

    __tablename__ = "responder_key"

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    holder: str = Field(max_length=20, index=True)
    """The holder's public code."""
    public_key: bytes = Field(unique=True)
    salt: bytes | None = None
    sealed_private_key: bytes | None = None
    made_at: datetime = Field(default_factory=now)
    ended_at: datetime | None = None


class Reflection(SQLModel, table=True):
    """A message that the box released. `key` and `reply_key` are the box's random names for it and for its receipt."""

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    key: bytes = Field(unique=True)
    reply_key: bytes = Field(index=True)
    turn: int
    batch: str = Field(max_length=20)
    week: str = Field(max_length=8)
    region: str = Field(default="", max_length=60)
    received_on: date
    sealed: bytes
    """The text, with a copy for each key that may open it."""
    kind: str = Field(default="", max_length=20)
    topic: str = Field(default="", max_length=20)
    language: str = Field(default="", max_length=2)
    """Kind, topic and language are known once somebody has read it."""
    read_on: date | None = None
    danger: Danger = Field(default=Danger.UNDECIDED, sa_type=stored_by_value(Danger))
    held: bool = False
    """The text names a colleague: it is answered with the right channel, and goes no further."""
    retelling: str = Field(default="", sa_type=Narrative)
    """The de-identified text."""
    drafted_by: str = Field(default="", max_length=20)
    confirmed_by: str = Field(default="", max_length=20)
    status: Status = Field(default=Status.UNANSWERED, sa_type=stored_by_value(Status))
    answered_on: date | None = None
    """The day of the first answer."""


class ReflectionAnswer(SQLModel, table=True):
    """One answer to a reflection, as it stands under the receipt."""

    __tablename__ = "reflection_answer"

    id: int | None = Field(default=None, primary_key=True)
    reflection_id: int = Field(foreign_key="reflection.id", index=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    status: Status = Field(sa_type=stored_by_value(Status))
    text: str = Field(sa_type=Narrative)
    answered_by: str = Field(max_length=20)
    answered_on: date


class ReflectionTag(SQLModel, table=True):
    """A systemic factor that a reflection speaks of: a layer of its own, never counted with reviews."""

    __tablename__ = "reflection_tag"

    reflection_id: int = Field(foreign_key="reflection.id", primary_key=True)
    factor_id: int = Field(foreign_key="factor.id", primary_key=True)


class HandOver(SQLModel, table=True):
    """A note for those who can change something, from a retelling that two readers agreed on.

    It stays when the reflection ends, and says nothing of which one it was.
    """

    __tablename__ = "reflection_hand_over"

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    reflection_code: str = Field(default="", max_length=20)
    note: str = Field(sa_type=Narrative)
    handed_over_by: str = Field(max_length=20)
    handed_over_on: date
    taken_up_on: date | None = None


class Outgoing(SQLModel, table=True):
    """Something on its way to the box: a sealed answer, or with nothing in it the word that a reflection ended."""

    __tablename__ = "reflection_outgoing"

    id: int | None = Field(default=None, primary_key=True)
    key: bytes = Field(index=True)
    sealed: bytes | None = None


class Remainder(SQLModel, table=True):
    """What remains of a reflection after its texts are deleted."""

    __tablename__ = "reflection_remainder"

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    topic: str = Field(max_length=20)
    quarter: str = Field(max_length=7)
    status: Status = Field(sa_type=stored_by_value(Status))
    days_to_answer: int | None = None
