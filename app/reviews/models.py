"""What we remember of incidents and their reviews."""

from datetime import date, datetime, time
from enum import StrEnum
from functools import partial

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.codes import new_code
from app.core.narrative import Narrative
from app.core.types import stored_by_value


class Stage(StrEnum):
    """Where a review stands."""

    OPENED = "opened"
    LISTENING = "listening"
    IN_ANALYSIS = "in_analysis"
    DRAFT = "draft"
    WITH_DIVISION = "with_division"
    CONCLUDED = "concluded"
    ON_HOLD = "on_hold"
    WITHDRAWN = "withdrawn"


class TeamRole(StrEnum):
    """What a person does on one review."""

    LEAD = "lead"
    CO_FACILITATOR = "co_facilitator"
    REVIEWER = "reviewer"
    SCORER = "scorer"
    SCRIBE = "scribe"
    ADVISER = "adviser"


class EpisodeKind(StrEnum):
    """The two kinds of key episode; they always appear as a pair."""

    IMPROVEMENT_OPPORTUNITY = "improvement_opportunity"
    SUCCESSFUL_PRACTICE = "successful_practice"


class Incident(SQLModel, table=True):
    """An event chosen for learning, or considered for it. Lists of values stand in `values.yaml`."""

    __table_args__ = (
        Index("ix_incident_agency_opened_at", "agency_id", "opened_at", "id"),
        Index("ix_incident_agency_occurred_on", "agency_id", "occurred_on", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=partial(new_code, "I"), max_length=20, unique=True)
    office_id: int = Field(foreign_key="org_unit.id", index=True)
    """The office that held the work when it happened."""
    incident_type: str = Field(max_length=60)
    near_fatality_basis: list[str] = Field(default_factory=list, sa_type=JSON)
    occurred_on: date | None = None
    date_precision: str = Field(default="day", max_length=20)
    learned_on: date | None = None
    notified_on: date | None = None
    source: str = Field(default="unknown", max_length=60)
    service_area: str = Field(default="unknown", max_length=60)
    child_age_band: str = Field(default="not_collected", max_length=60)
    child_sex: str = Field(default="not_collected", max_length=60)
    child_race_ethnicity: list[str] = Field(default_factory=list, sa_type=JSON)
    icwa_status: str = Field(default="not_collected", max_length=60)
    living_situation: str = Field(default="not_collected", max_length=60)
    prior_involvement: str = Field(default="not_collected", max_length=60)
    maltreatment_types: list[str] = Field(default_factory=list, sa_type=JSON)
    determination: str = Field(default="not_collected", max_length=60)
    manner_of_death: str = Field(default="not_collected", max_length=60)
    cause_category: str = Field(default="not_collected", max_length=60)
    concurrent_processes: list[str] = Field(default_factory=list, sa_type=JSON)
    summary: str = Field(default="", sa_type=Narrative)
    opened_by_id: int | None = Field(default=None, foreign_key="person.id")
    opened_at: datetime = Field(default_factory=now)
    version: int = 1


class ExternalReference(SQLModel, table=True):
    """A number in another system (CIFT, DACS, the case system), kept apart because it can identify."""

    __tablename__ = "external_reference"
    __table_args__ = (UniqueConstraint("incident_id", "system", "reference"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    system: str = Field(max_length=60)
    reference: str = Field(max_length=60)


class TriageDecision(SQLModel, table=True):
    """Whether and how an incident is reviewed, and why. The latest one counts; the earlier ones stay."""

    __tablename__ = "triage_decision"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    criteria: list[str] = Field(default_factory=list, sa_type=JSON)
    decision: str = Field(max_length=60)
    rationale: str = Field(default="", sa_type=Narrative)
    reconsider_on: date | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime = Field(default_factory=now)


class Review(SQLModel, table=True):
    """A review of one incident."""

    __table_args__ = (
        UniqueConstraint("agency_id", "import_key"),
        Index("ix_review_agency_stage", "agency_id", "stage"),
        Index("ix_review_agency_opened_on", "agency_id", "opened_on", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    incident_id: int = Field(foreign_key="incident.id", unique=True)
    code: str = Field(default_factory=partial(new_code, "R"), max_length=20, unique=True)
    title: str = Field(max_length=120)
    """A neutral label of the subject; the story belongs in the narratives."""
    office_id: int = Field(foreign_key="org_unit.id", index=True)
    """The one home office: the office at the time of the incident."""
    pack_id: int = Field(foreign_key="taxonomy_pack.id")
    """The list of systemic factors that this review uses, in the version it was opened with."""
    method: str = Field(default="safe_systems", max_length=60)
    level: str = Field(default="full_review", max_length=60)
    stage: Stage = Field(default=Stage.OPENED, sa_type=stored_by_value(Stage))
    stage_before_hold: Stage | None = Field(default=None, sa_type=stored_by_value(Stage))
    hold_reason: str = Field(default="", sa_type=Narrative)
    purpose: str = Field(default="", sa_type=Narrative)
    summary: str = Field(default="", sa_type=Narrative)
    what_surprised_us: str = Field(default="", sa_type=Narrative)
    family_perspective: str = Field(default="", sa_type=Narrative)
    no_family_perspective_because: str = Field(default="", sa_type=Narrative)
    no_opportunities_because: str = Field(default="", sa_type=Narrative)
    no_practices_because: str = Field(default="", sa_type=Narrative)
    no_debriefs_because: str = Field(default="", sa_type=Narrative)
    opened_on: date
    concluded_on: date | None = None
    second_rating: bool = False
    """In the sample that a second rater scores without seeing the first ratings."""
    import_key: str | None = Field(default=None, max_length=120)
    """How an imported row is known again: a mark of its own id or of its values, made with the agency's secret."""
    import_batch_id: int | None = Field(default=None, foreign_key="import_batch.id", index=True)
    version: int = 1


class TeamMember(SQLModel, table=True):
    """A person on a review, with the statement that they were not involved in the work under review."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("review_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: TeamRole = Field(sa_type=stored_by_value(TeamRole))
    not_involved_stated_at: datetime | None = None
    joined_at: datetime = Field(default_factory=now)
    left_at: datetime | None = None


class StageEntry(SQLModel, table=True):
    """When a review entered a stage."""

    __tablename__ = "stage_entry"

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    stage: Stage = Field(sa_type=stored_by_value(Stage))
    entered_at: datetime = Field(default_factory=now)
    by_id: int | None = Field(default=None, foreign_key="person.id")


class TimelineEvent(SQLModel, table=True):
    """Something that happened, as some source tells it."""

    __tablename__ = "timeline_event"

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    code: str = Field(default_factory=partial(new_code, "T"), max_length=20, unique=True)
    occurred_on: date
    occurred_at: time | None = None
    date_precision: str = Field(default="day", max_length=20)
    title: str = Field(default="", sa_type=Narrative)
    description: str = Field(default="", sa_type=Narrative)
    kind: str = Field(max_length=60)
    source: str = Field(max_length=60)
    certainty: str = Field(max_length=60)
    learned_later: bool = False
    actor_role: str = Field(default="", max_length=60)
    service_area: str = Field(default="unknown", max_length=60)
    office_id: int | None = Field(default=None, foreign_key="org_unit.id")
    removed_at: datetime | None = None
    version: int = 1


class KeyEpisode(SQLModel, table=True):
    """A moment looked at closely: an improvement opportunity or a successful practice."""

    __tablename__ = "key_episode"

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    code: str = Field(default_factory=partial(new_code, "E"), max_length=20, unique=True)
    kind: EpisodeKind = Field(sa_type=stored_by_value(EpisodeKind))
    title: str = Field(default="", sa_type=Narrative)
    service_area: str = Field(default="unknown", max_length=60)
    proximity: str = Field(default="unknown", max_length=60)
    what_happened: str = Field(default="", sa_type=Narrative)
    how_it_made_sense: str = Field(default="", sa_type=Narrative)
    known_then: str = Field(default="", sa_type=Narrative)
    what_made_it_possible: str = Field(default="", sa_type=Narrative)
    position: int = 0
    removed_at: datetime | None = None
    version: int = 1


class EpisodeEvent(SQLModel, table=True):
    """The events on the timeline that an episode is about."""

    __tablename__ = "episode_event"

    episode_id: int = Field(foreign_key="key_episode.id", primary_key=True)
    event_id: int = Field(foreign_key="timeline_event.id", primary_key=True)


class Finding(SQLModel, table=True):
    """What the review found, or a learning point."""

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id", index=True)
    code: str = Field(default_factory=partial(new_code, "F"), max_length=20, unique=True)
    kind: str = Field(max_length=60)
    statement: str = Field(default="", sa_type=Narrative)
    reach: str = Field(default="this_case", max_length=60)
    position: int = 0
    removed_at: datetime | None = None
    version: int = 1
