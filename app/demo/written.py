"""Reads and checks the reviews of the demo county that are written out in full, one file each."""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from app.demo import values
from app.demo.county import OFFICE_CODES
from app.demo.records import Certainty, Confidence, Direction, EventKind, EventSource, Polarity, RatingValue
from app.system_maps.models import Level

WRITTEN_FOLDER = Path(__file__).parent / "written"

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=12)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=140)]
EpisodeId = Annotated[str, StringConstraints(pattern=r"^e[1-9]$")]
WrittenRatingValue = Annotated[RatingValue, BeforeValidator(str)]
"""YAML reads a bare 2 as a number; the scale is a list of answers."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenIncident(Part):
    incident_type: values.IncidentType
    near_fatality_basis: list[values.NearFatalityBasis] = []
    occurred_on: date
    date_precision: values.DatePrecision = "day"
    learned_on: date
    child_age_band: values.ChildAgeBand
    child_sex: values.ChildSex
    living_situation: values.LivingSituation
    prior_involvement: values.PriorInvolvement
    manner_of_death: values.MannerOfDeath
    cause_category: values.CauseCategory
    maltreatment_types: list[values.MaltreatmentType]
    determination: values.Determination
    service_area: values.ServiceArea
    source: values.IncidentSource
    summary: Sentence


class WrittenTriage(Part):
    criteria: list[values.TriageCriterion] = Field(min_length=1)
    decision: values.TriageChoice
    rationale: Sentence


class WrittenEvent(Part):
    at: datetime
    """County time, without an offset."""
    precision: Literal["minute", "day", "month"] = "minute"
    service_area: values.ServiceArea
    actor: values.Role
    kind: EventKind
    source: EventSource
    certainty: Certainty = "high"
    learned_later: bool = False
    episodes: list[EpisodeId] = []
    text: Sentence


class WrittenLink(Part):
    factor: str
    direction: Literal["hindered", "helped"]
    partner: values.Partner = "internal"
    evidence: Sentence


class WrittenEpisode(Part):
    id: EpisodeId
    polarity: Polarity
    title: Title
    service_area: values.ServiceArea
    what_happened: Sentence
    how_it_made_sense: Sentence
    known_then: Sentence
    links: list[WrittenLink] = Field(min_length=1)


class WrittenNote(Part):
    role: values.Role
    category: values.NoteCategory
    episode: EpisodeId | None = None
    text: Sentence


class WrittenDebrief(Part):
    held_at: datetime
    minutes: int = Field(ge=15, le=120)
    mode: Literal["in_person", "video", "phone"]
    kind: Literal["one_to_one", "group", "family", "partner_agency"]
    roles: dict[values.Role, int] = Field(min_length=1)
    notes: list[WrittenNote] = Field(min_length=2)


class WrittenRating(Part):
    """The rating agreed on; `second` is what the second rater gave before the two talked."""

    factor: str
    rating: WrittenRatingValue
    direction: Direction | None = None
    confidence: Confidence = "medium"
    first: WrittenRatingValue | None = None
    second: WrittenRatingValue | None = None
    rationale: str = ""

    @model_validator(mode="after")
    def influence_is_explained(self) -> Self:
        if self.rating in ("2", "3") and (len(self.rationale) < 12 or self.direction is None):
            raise ValueError(f"Say in a sentence why {self.factor} is rated {self.rating}, and in which direction.")
        return self


class WrittenFinding(Part):
    kind: Literal["strength", "influence", "latent_condition", "learning_point", "question"]
    text: Sentence
    episodes: list[EpisodeId] = []


ConditionId = Annotated[str, StringConstraints(pattern=r"^c[1-9][0-9]?$")]


class WrittenCondition(Part):
    id: ConditionId
    level: Level
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    factor: str | None = None
    episode: EpisodeId | None = None

    @model_validator(mode="after")
    def says_what_it_is(self) -> Self:
        if not (self.text or self.factor or self.episode):
            raise ValueError(f"Say what the condition {self.id} is.")
        return self


class WrittenInfluence(Part):
    condition: ConditionId = Field(alias="from")
    shaped: ConditionId = Field(alias="to")
    direction: Literal["hindered", "helped"]
    episode: EpisodeId | None = None
    evidence: Sentence


class WrittenMap(Part):
    """The system map of a review."""

    conditions: list[WrittenCondition] = []
    influences: list[WrittenInfluence] = []

    @model_validator(mode="after")
    def influences_join_its_conditions(self) -> Self:
        known = {condition.id for condition in self.conditions}
        ends = {end for row in self.influences for end in (row.condition, row.shaped)}
        if unknown := ends - known:
            raise ValueError(f"Put the conditions {sorted(unknown)} on the map, or join others.")
        return self


class WrittenReview(Part):
    made_up: Sentence
    title: Title
    home_office: str
    method: values.ReviewMethod
    level: values.ReviewLevel
    stage: values.ReviewStage
    opened_on: date
    concluded_on: date | None = None
    purpose: Sentence
    summary: Sentence
    incident: WrittenIncident
    triage: WrittenTriage
    timeline: list[WrittenEvent] = Field(min_length=6, max_length=12)
    episodes: list[WrittenEpisode] = Field(min_length=2, max_length=4)
    debriefs: list[WrittenDebrief] = Field(min_length=2, max_length=4)
    ratings: list[WrittenRating] = Field(min_length=4)
    family_perspective: Sentence
    findings: list[WrittenFinding] = Field(min_length=2)
    map: WrittenMap = WrittenMap()

    @model_validator(mode="after")
    def parts_fit_together(self) -> Self:
        known = {episode.id for episode in self.episodes}
        mentioned = {name for event in self.timeline for name in event.episodes}
        mentioned |= {name for finding in self.findings for name in finding.episodes}
        mentioned |= {note.episode for debrief in self.debriefs for note in debrief.notes if note.episode}
        mentioned |= {row.episode for row in self.map.conditions if row.episode}
        mentioned |= {line.episode for line in self.map.influences if line.episode}
        if unknown := mentioned - known:
            raise ValueError(f"Describe the episodes {sorted(unknown)}, or mention others.")
        if self.home_office not in OFFICE_CODES:
            raise ValueError(f"Name an office of the county, not {self.home_office}.")
        if [event.at for event in self.timeline] != sorted(event.at for event in self.timeline):
            raise ValueError("Put the events of the timeline in order.")
        rated = {rating.factor: rating.rating for rating in self.ratings}
        linked = {link.factor for episode in self.episodes for link in episode.links}
        if unrated := {factor for factor in linked if rated.get(factor) not in ("1", "2", "3")}:
            raise ValueError(f"Rate the factors linked in an episode: {sorted(unrated)}.")
        return self


def read_written_review(path: Path) -> WrittenReview:
    return WrittenReview.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def written_reviews() -> tuple[WrittenReview, ...]:
    """All reviews that are written out, in the order of their file names."""
    return tuple(read_written_review(path) for path in sorted(WRITTEN_FOLDER.glob("*.yaml")))
