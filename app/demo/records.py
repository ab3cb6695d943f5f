"""The plain, frozen records a made-up county consists of; the loader turns them into rows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

MADE_UP = "Made up for training. No real child, family, worker, office or county is described."
"""Stands on every page and in every file that shows the demo county."""

Polarity = Literal["improvement_opportunity", "successful_practice"]
Direction = Literal["hindered", "helped", "both"]
Confidence = Literal["low", "medium", "high"]
RatingValue = Literal["0", "1", "2", "3", "not_enough_information"]
Round = Literal["independent", "consensus"]
EventKind = Literal["observed", "recorded", "reported", "inferred"]
EventSource = Literal["case_record", "hotline_log", "medical", "law_enforcement", "court", "debrief", "policy", "other"]
Certainty = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Division:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Office:
    code: str
    name: str
    division: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone to sign in as: an invented first name and an initial."""

    key: str
    display_name: str
    email: str
    role: str
    division: str | None = None
    record_access: bool = False
    """A division chief with record access may read the reviews of their own division."""


@dataclass(frozen=True, slots=True)
class Incident:
    public_code: str
    home_office: str
    incident_type: str
    near_fatality_basis: tuple[str, ...]
    occurred_on: date | None
    date_precision: str
    learned_on: date
    child_age_band: str
    child_sex: str
    living_situation: str
    prior_involvement: str
    manner_of_death: str
    cause_category: str
    maltreatment_types: tuple[str, ...]
    determination: str
    service_area: str
    source: str
    summary: str


@dataclass(frozen=True, slots=True)
class TriageDecision:
    incident: str
    criteria: tuple[str, ...]
    decision: str
    rationale: str
    decided_at: datetime
    decided_by: str


@dataclass(frozen=True, slots=True)
class Review:
    public_code: str
    incident: str
    home_office: str
    title: str
    method: str
    level: str
    stage: str
    opened_at: datetime
    concluded_at: datetime | None
    stage_reason: str
    """Why a review is on hold or withdrawn; empty otherwise."""
    purpose: str
    summary: str
    family_perspective: str
    facilitator: str
    second_rater: str | None
    written: bool
    """Whether the review is one of those written out in full."""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    review: str
    at: datetime
    precision: Literal["minute", "day", "month"]
    service_area: str
    actor_role: str
    text: str
    kind: EventKind
    source: EventSource
    certainty: Certainty
    learned_later: bool
    episodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Episode:
    key: str
    """The review's public code, a hyphen and the episode's place in it."""
    review: str
    place: int
    polarity: Polarity
    title: str
    service_area: str
    what_happened: str
    how_it_made_sense: str
    known_then: str


@dataclass(frozen=True, slots=True)
class FactorLink:
    episode: str
    factor: str
    direction: Literal["hindered", "helped"]
    evidence: str
    partner: str
    """Whose edge of the work it was: internal, law_enforcement, health, court, education, provider or other."""


@dataclass(frozen=True, slots=True)
class Rating:
    review: str
    factor: str
    rater: str
    round: Round
    rating: RatingValue
    direction: Direction | None
    confidence: Confidence
    rationale: str
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class DebriefSession:
    key: str
    review: str
    held_at: datetime
    minutes: int
    mode: str
    kind: str
    roles: tuple[tuple[str, int], ...]
    """Roles present and how many of each; never names."""
    facilitator: str


@dataclass(frozen=True, slots=True)
class DebriefNote:
    session: str
    place: int
    episode: str | None
    speaker_role: str
    category: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    review: str
    place: int
    kind: str
    text: str
    episodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapCondition:
    """A condition on the system map of a review; `key` is the review's public code, a hyphen and its own mark."""

    key: str
    review: str
    level: str
    text: str
    factor: str | None
    episode: str | None


@dataclass(frozen=True, slots=True)
class MapInfluence:
    condition: str
    shaped: str
    direction: Literal["hindered", "helped"]
    evidence: str
    episode: str | None


@dataclass(frozen=True, slots=True)
class OpenCases:
    """How many cases an office had open in the month that begins on this day."""

    office: str
    month: date
    cases: int


@dataclass(frozen=True, slots=True)
class County:
    """Everything the demo county holds, in the order it is to be written."""

    name: str
    department: str
    made_up: str
    divisions: tuple[Division, ...]
    offices: tuple[Office, ...]
    people: tuple[DemoPerson, ...]
    incidents: tuple[Incident, ...]
    triage_decisions: tuple[TriageDecision, ...]
    reviews: tuple[Review, ...]
    timeline: tuple[TimelineEvent, ...]
    episodes: tuple[Episode, ...]
    factor_links: tuple[FactorLink, ...]
    ratings: tuple[Rating, ...]
    debriefs: tuple[DebriefSession, ...]
    debrief_notes: tuple[DebriefNote, ...]
    findings: tuple[Finding, ...]
    map_conditions: tuple[MapCondition, ...]
    map_influences: tuple[MapInfluence, ...]
    open_cases: tuple[OpenCases, ...]
