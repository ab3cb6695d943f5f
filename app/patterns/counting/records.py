"""The plain records every pattern is counted from: one review, its answers, and what a person chose to look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, Self

from app.reviews.models import EpisodeKind
from app.systemic_factors.models import Answer, Direction
from app.systemic_factors.packs import AgencyInterface


class Layer(StrEnum):
    """Hindering and helping are counted apart; a pattern is always about one layer."""

    HINDERED = "hindered"
    HELPED = "helped"
    LATENT = "latent"
    """In the background (rated 1), in the hindering direction."""

    def holds(self, direction: Direction) -> bool:
        told = Direction.HELPED if self is Layer.HELPED else Direction.HINDERED
        return direction in (Direction.BOTH, told)


OPPOSITE = (Layer.HINDERED, Layer.HELPED)


class Unit(StrEnum):
    """What is counted: whole reviews by their ratings, or single key episodes by the factors linked in them."""

    REVIEW = "review"
    EPISODE = "episode"


USUAL_THRESHOLD = 2
"""The rating from which a factor is present."""
THRESHOLDS = (1, 2, 3)


class Dimension(StrEnum):
    """What reviews can be compared by. A review has one value of each, except that its episodes may
    lie in several service areas, and its incident can be of several maltreatment types."""

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
ORDERED = QUARTERS | {Dimension.AGE_BAND}
"""Their values have an order of their own."""


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

    factor: str
    direction: Direction
    interface: AgencyInterface = AgencyInterface.INTERNAL
    """With whom the work met there."""


class EpisodeRecord(NamedTuple):
    """A key episode: where it lies, and the factors linked in it."""

    service_area: str
    links: tuple[EpisodeLink, ...] = ()
    kind: EpisodeKind = EpisodeKind.IMPROVEMENT_OPPORTUNITY


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """One review as patterns see it: no name, no narrative, only codes."""

    code: str
    attributes: Mapping[Dimension, str] = field(default_factory=dict)
    answers: Mapping[str, Rating] = field(default_factory=dict)
    """By the code of the factor. A factor that is not here was not asked."""
    episodes: tuple[EpisodeRecord, ...] = ()
    opened: int = 0
    """The day it was opened, as the ordinal of a date."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person chose to look at and how it is counted. What is None or empty does not narrow.

    Of several values of one kind, any is enough. It can be a key of a cache.
    """

    layer: Layer = Layer.HINDERED
    unit: Unit = Unit.REVIEW
    threshold: int = USUAL_THRESHOLD
    """The rating from which a factor is present: 1, 2 or 3."""
    domains: tuple[str, ...] = ()
    """As factors name them; only their factors are counted."""
    division: tuple[str, ...] = ()
    office: tuple[str, ...] = ()
    incident_type: tuple[str, ...] = ()
    maltreatment_type: tuple[str, ...] = ()
    age_band: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    quarter_from: str | None = None
    quarter_to: str | None = None
    service_area: tuple[str, ...] = ()
    """Of key episodes, as the next two: one and the same episode answers to all three."""
    episode_kind: tuple[EpisodeKind, ...] = ()
    interface: tuple[AgencyInterface, ...] = ()
    """Some factor is linked where the work met with one of these."""
    present: tuple[str, ...] = ()
    """Codes of factors that are present in the review, in this layer."""
    absent: tuple[str, ...] = ()
    """Codes of factors that were asked and answered, and are not present in the review in this layer."""

    @property
    def everywhere(self) -> Self:
        """The same way of counting, over all reviews."""
        return type(self)(self.layer, self.unit, self.threshold, self.domains)

    @property
    def of_answers(self) -> Self:
        """The same reviews and factors, counted in the usual way."""
        return replace(self, unit=Unit.REVIEW, threshold=USUAL_THRESHOLD)

    @property
    def of_incidents(self) -> Self:
        """Only what can be asked of an incident, counted in the usual way."""
        return type(self)(
            division=self.division,
            office=self.office,
            incident_type=self.incident_type,
            quarter_from=self.quarter_from,
            quarter_to=self.quarter_to,
        )


EVERYTHING = Selection()
"""No filter is chosen."""


@dataclass(frozen=True, slots=True)
class About:
    """What the list says about one factor."""

    name: str
    definition: str
    fits: tuple[str, ...]
    does_not_fit: tuple[str, ...]
    domain: str
    """The code of the domain."""
    agency: str = "internal"
    """With whom the work meets where the factor shows; a value of the list `agency_interface`."""


@dataclass(frozen=True, slots=True)
class PackChoice:
    """A list of factors that rated reviews within sight use."""

    id: int
    code: str
    name: str
    version: str
    reviews: int
