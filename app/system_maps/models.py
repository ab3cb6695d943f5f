"""The system map of a review: conditions on levels, and the influences that join them."""

from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlmodel import Field, SQLModel

from app.core.codes import new_code
from app.core.narrative import Narrative
from app.core.types import stored_by_value
from app.systemic_factors.models import Direction


class Level(StrEnum):
    """Where in the system a condition lies, from far above the work down to what happened."""

    LAW_AND_FUNDING = "law_and_funding"
    PARTNER_AGENCIES = "partner_agencies"
    DEPARTMENT = "department"
    OFFICE_AND_TEAM = "office_and_team"
    WORK = "work"
    FAMILY = "family"
    EVENT = "event"


class MapCondition(SQLModel, table=True):
    """A condition on a level. It is called by its own words, or by its key episode or factor where it has none."""

    __tablename__ = "map_condition"

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    code: str = Field(default_factory=partial(new_code, "C"), max_length=20, unique=True)
    level: Level = Field(sa_type=stored_by_value(Level))
    label: str = Field(default="", sa_type=Narrative)
    factor_id: int | None = Field(default=None, foreign_key="factor.id", index=True)
    episode_id: int | None = Field(default=None, foreign_key="key_episode.id", index=True)
    removed_at: datetime | None = None
    version: int = 1


class MapInfluence(SQLModel, table=True):
    """One condition shaped another: how, and what says so."""

    __tablename__ = "map_influence"

    id: int | None = Field(default=None, primary_key=True)
    condition_id: int = Field(foreign_key="map_condition.id", index=True)
    shaped_id: int = Field(foreign_key="map_condition.id", index=True)
    """The condition that was shaped."""
    code: str = Field(default_factory=partial(new_code, "U"), max_length=20, unique=True)
    direction: Direction = Field(sa_type=stored_by_value(Direction))
    """Hindered or helped, never both: two influences say that."""
    evidence: str = Field(default="", sa_type=Narrative)
    event_id: int | None = Field(default=None, foreign_key="timeline_event.id")
    note_id: int | None = Field(default=None, foreign_key="debrief_note.id")
    episode_id: int | None = Field(default=None, foreign_key="key_episode.id")
    removed_at: datetime | None = None
    version: int = 1
