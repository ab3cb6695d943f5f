"""The plain records every pattern is counted from: one review, its answers, and what a person chose to look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from app.systemic_factors.models import Answer, Direction


class Layer(StrEnum):
    """Hindering and helping are counted apart; a pattern is always about one of the two."""

    HINDERED = "hindered"
    HELPED = "helped"

    def holds(self, direction: Direction) -> bool:
        return direction is Direction.BOTH or direction == self.value


class Dimension(StrEnum):
    """What reviews can be compared by. A review has one value of each, except that its episodes may
    lie in several service areas."""

    DIVISION = "division"
    OFFICE = "office"
    SERVICE_AREA = "service_area"
    INCIDENT_TYPE = "incident_type"
    MALTREATMENT_TYPE = "maltreatment_type"
    """Of the incident; several types stand side by side, and a selection asks for one of them."""
    AGE_BAND = "age_band"
    QUARTER = "quarter"
    """Of the review, such as "2025-Q3"; the period of a selection means this one."""
    OCCURRED_QUARTER = "occurred_quarter"
    """Of the incident."""
    METHOD = "method"
    LEVEL = "level"


OF_THE_REVIEW = tuple(dimension for dimension in Dimension if dimension is not Dimension.SERVICE_AREA)
SEVERAL = "|"
"""Between the maltreatment types of one review."""
QUARTERS = frozenset({Dimension.QUARTER, Dimension.OCCURRED_QUARTER})


@dataclass(frozen=True, slots=True)
class Factor:
    code: str
    label: str
    domain: str


class Rating(NamedTuple):
    """The consensus, or else the single rater's answer, marked so."""

    answer: Answer | None
    """None: the factor was on the list, and nobody has rated it."""
    direction: Direction = Direction.HINDERED
    single_rater: bool = False


class EpisodeLink(NamedTuple):
    """A factor linked in a key episode, with evidence."""

    service_area: str
    factor: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """One review as patterns see it: no name, no narrative, only codes."""

    code: str
    attributes: Mapping[Dimension, str] = field(default_factory=dict)
    answers: Mapping[str, Rating] = field(default_factory=dict)
    """By the code of the factor. A factor that is not here was not asked."""
    episode_links: tuple[EpisodeLink, ...] = ()
    episode_areas: frozenset[str] = frozenset()
    """Service areas in which this review has any key episode."""
    opened: int = 0
    """The day it was opened, as the ordinal of a date."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The reviews a person chose to look at. What is None or empty does not narrow; it can be a key of a cache."""

    layer: Layer = Layer.HINDERED
    division: str | None = None
    office: str | None = None
    service_area: str | None = None
    incident_type: str | None = None
    maltreatment_type: str | None = None
    age_band: str | None = None
    method: str | None = None
    level: str | None = None
    quarter_from: str | None = None
    quarter_to: str | None = None
    present: tuple[str, ...] = ()
    """Codes of factors that are present in this layer."""
    absent: tuple[str, ...] = ()
    """Codes of factors that were asked and answered, and are not present in this layer."""
