"""Systemic factors: the versioned lists, links with evidence in an episode, and ratings of a review."""

from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.codes import new_code
from app.core.narrative import Narrative
from app.core.types import stored_by_value


class Direction(StrEnum):
    """How a factor shaped the work."""

    HINDERED = "hindered"
    HELPED = "helped"
    BOTH = "both"


class Answer(StrEnum):
    """What the review sheet says of one factor. A factor without a row was not asked."""

    NOT_EVIDENT = "0"
    BACKGROUND = "1"
    INFLUENCED = "2"
    STRONG = "3"
    PRESENT = "present"
    """Imported as present; its strength was not rated."""
    NOT_ENOUGH_INFORMATION = "?"


class Round(StrEnum):
    """Which opinion a rating is: one rater's own, the team's consensus, or an imported tag."""

    INDEPENDENT = "independent"
    CONSENSUS = "consensus"
    IMPORTED = "imported"


class TaxonomyPack(SQLModel, table=True):
    """A version of a list of systemic factors, as one agency uses it."""

    __tablename__ = "taxonomy_pack"
    __table_args__ = (UniqueConstraint("agency_id", "key", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    key: str = Field(max_length=60)
    version: str = Field(max_length=20)
    name: str = Field(max_length=120)
    source: str = Field(default="", max_length=400)
    loaded_at: datetime = Field(default_factory=now)
    retired_at: datetime | None = None


class Factor(SQLModel, table=True):
    """A condition that can shape the work, with its definition."""

    __table_args__ = (UniqueConstraint("pack_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    pack_id: int = Field(foreign_key="taxonomy_pack.id", index=True)
    key: str = Field(max_length=60)
    """Stable between versions of a pack, such as `production_pressure`."""
    name: str = Field(max_length=80)
    domain: str = Field(max_length=60)
    definition: str = Field(default="", max_length=1000)
    fits: list[str] = Field(default_factory=list, sa_type=JSON)
    does_not_fit: list[str] = Field(default_factory=list, sa_type=JSON)
    agency_interface: str = Field(default="internal", max_length=60)
    position: int = 0
    retired_at: datetime | None = None


class FactorLink(SQLModel, table=True):
    """In a key episode: a factor, the direction in which it shaped the work, and a sentence of evidence."""

    __tablename__ = "factor_link"

    id: int | None = Field(default=None, primary_key=True)
    episode_id: int = Field(foreign_key="key_episode.id", index=True)
    factor_id: int = Field(foreign_key="factor.id", index=True)
    code: str = Field(default_factory=partial(new_code, "L"), max_length=20, unique=True)
    direction: Direction = Field(sa_type=stored_by_value(Direction))
    agency_interface: str = Field(default="internal", max_length=60)
    evidence: str = Field(default="", sa_type=Narrative)
    event_id: int | None = Field(default=None, foreign_key="timeline_event.id")
    note_id: int | None = Field(default=None, foreign_key="debrief_note.id")
    removed_at: datetime | None = None
    version: int = 1


class RatingSheet(SQLModel, table=True):
    """One rater's sheet, or the consensus sheet, of one review."""

    __tablename__ = "rating_sheet"
    __table_args__ = (UniqueConstraint("review_id", "round", "rater_id"),)

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    code: str = Field(default_factory=partial(new_code, "S"), max_length=20, unique=True)
    round: Round = Field(sa_type=stored_by_value(Round))
    rater_id: int | None = Field(default=None, foreign_key="person.id")
    earlier_rater_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    """Whose sheet it was before someone took it over. They know these answers, so they rate no second sheet."""
    started_at: datetime = Field(default_factory=now)
    sent_at: datetime | None = None
    """When the rater declared the sheet done; a second rater's is compared only then."""


class FactorRating(SQLModel, table=True):
    """The answer for one factor on one sheet."""

    __tablename__ = "factor_rating"
    __table_args__ = (
        UniqueConstraint("sheet_id", "factor_id"),
        Index("ix_factor_rating_factor", "factor_id"),
        # Patterns read what they count of answers from here alone: a third less than from the rows.
        Index("ix_factor_rating_counted", "sheet_id", "factor_id", "answer", "direction"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str | None = Field(default_factory=partial(new_code, "A"), max_length=20)
    """Names this answer in the trail and in the history of its text. Imported tags have none: nobody changes one."""
    sheet_id: int = Field(foreign_key="rating_sheet.id")
    factor_id: int = Field(foreign_key="factor.id")
    answer: Answer = Field(sa_type=stored_by_value(Answer))
    direction: Direction = Field(default=Direction.HINDERED, sa_type=stored_by_value(Direction))
    confidence: str = Field(default="medium", max_length=20)
    rationale: str = Field(default="", sa_type=Narrative)
    rated_at: datetime = Field(default_factory=now)
    version: int = 1
