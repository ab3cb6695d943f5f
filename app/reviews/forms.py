"""The forms of incidents and reviews: what a page may send, and in which bounds."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from app.core.clock import today
from app.core.forms import Form
from app.reviews import rules
from app.reviews.models import TeamRole
from app.reviews.values import VALUES, listed

NARRATIVE = 20_000
"""The most characters in one narrative field; about ten pages."""


def _without_unknown_beside(answers: list[str]) -> list[str]:
    """*Unknown* and *not collected* stand alone; beside a real answer they say nothing."""
    real = [answer for answer in answers if answer not in ("unknown", "not_collected")]
    return list(dict.fromkeys(real or answers))


def _several(name: str) -> AfterValidator:
    def each(answers: list[str]) -> list[str]:
        for answer in answers:
            if obstacle := VALUES.obstacle(name, answer):
                raise ValueError(obstacle)
        return _without_unknown_beside(answers)

    return AfterValidator(each)


def _possible(value: date) -> date:
    if obstacle := rules.obstacle_to_date(value, today=today()):
        raise ValueError(obstacle)
    return value


def _as_exact_as_told(value: date | None, info: ValidationInfo) -> date | None:
    if obstacle := rules.obstacle_to_incident_date(value, precision=info.data.get("date_precision", "unknown")):
        raise ValueError(obstacle)
    return value


def _once_it_happened(value: date | None, info: ValidationInfo) -> date | None:
    occurred_on, precision = info.data.get("occurred_on"), info.data.get("date_precision", "unknown")
    if obstacle := rules.obstacle_to_hearing(value, occurred_on, precision=precision):
        raise ValueError(obstacle)
    return value


def _still_to_come(value: date) -> date:
    if obstacle := rules.obstacle_to_reconsidering(value, today=today()):
        raise ValueError(obstacle)
    return value


# A form tells of dates that cannot be together with every other answer that has to change.
PastDate = Annotated[date, AfterValidator(_possible)]
DayHeard = Annotated[PastDate | None, AfterValidator(_once_it_happened)]


class IncidentForm(Form):
    """What is written down of an incident."""

    incident_type: Annotated[str, listed("incident_type")]
    near_fatality_basis: Annotated[list[str], _several("near_fatality_basis")] = []
    summary: str = Field(default="", max_length=NARRATIVE)
    date_precision: Annotated[str, listed("date_precision")] = "day"
    occurred_on: Annotated[PastDate | None, AfterValidator(_as_exact_as_told)] = Field(None, validate_default=True)
    learned_on: DayHeard = None
    notified_on: DayHeard = None
    source: Annotated[str, listed("source")] = "unknown"
    office: str = Field(min_length=1, max_length=20)
    """The office's public code."""
    service_area: Annotated[str, listed("service_area")] = "unknown"
    child_age_band: Annotated[str, listed("child_age_band")] = "not_collected"
    child_sex: Annotated[str, listed("child_sex")] = "not_collected"
    child_race_ethnicity: Annotated[list[str], _several("child_race_ethnicity")] = []
    icwa_status: Annotated[str, listed("icwa_status")] = "not_collected"
    living_situation: Annotated[str, listed("living_situation")] = "not_collected"
    prior_involvement: Annotated[str, listed("prior_involvement")] = "not_collected"
    maltreatment_types: Annotated[list[str], _several("maltreatment_types")] = []
    determination: Annotated[str, listed("determination")] = "not_collected"
    manner_of_death: Annotated[str, listed("manner_of_death")] = "not_collected"
    cause_category: Annotated[str, listed("cause_category")] = "not_collected"
    concurrent_processes: Annotated[list[str], _several("concurrent_processes")] = []
    version: int = 0


class ReferenceForm(Form):
    """A number in another system."""

    system: Annotated[str, listed("reference_system")]
    reference: str = Field(min_length=1, max_length=60)


class TriageForm(Form):
    """One decision of triage."""

    criteria: Annotated[list[str], _several("triage_criteria")] = []
    decision: Annotated[str, listed("triage_decision")]
    rationale: str = Field(min_length=1, max_length=NARRATIVE)
    reconsider_on: Annotated[date, AfterValidator(_still_to_come)] | None = None


class OpeningForm(Form):
    """How a review is opened."""

    title: str = Field(min_length=3, max_length=120)
    method: Annotated[str, listed("method")] = "safe_systems"
    level: Annotated[str, listed("level")] = "full_review"
    purpose: str = Field(default="", max_length=NARRATIVE)
    lead: str = Field(min_length=1, max_length=20)
    """Public codes of people."""
    members: list[str] = []


class AboutForm(Form):
    """What a review says about itself."""

    title: str = Field(min_length=3, max_length=120)
    method: Annotated[str, listed("method")]
    level: Annotated[str, listed("level")]
    purpose: str = Field(default="", max_length=NARRATIVE)
    summary: str = Field(default="", max_length=NARRATIVE)
    what_surprised_us: str = Field(default="", max_length=NARRATIVE)
    version: int


class StageForm(Form):
    """The reason of a pause."""

    reason: str = Field(default="", max_length=2000)


class MemberForm(Form):
    """Who joins the team, as what."""

    person: str = Field(min_length=1, max_length=20)
    role: TeamRole
