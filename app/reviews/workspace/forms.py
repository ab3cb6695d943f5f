"""What the forms of the review workspace ask for."""

from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from app.core.forms import Form
from app.reviews.forms import PastDate
from app.reviews.values import listed
from app.systemic_factors.models import Direction


def _of_the_clock(value: time) -> time:
    return time(value.hour, value.minute)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


Title = Annotated[str, BeforeValidator(_on_one_line), StringConstraints(min_length=1, max_length=160)]
Story = Annotated[str, StringConstraints(max_length=10_000)]
WrittenStory = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=600)]
ServiceArea = Annotated[str, listed("service_area")]


class EventForm(Form):
    """An event of the timeline; `office` is an office's public code."""

    occurred_on: PastDate
    occurred_at: Annotated[time, AfterValidator(_of_the_clock)] | None = None
    date_precision: Annotated[str, listed("date_precision")] = "day"
    title: Title
    description: Story = ""
    kind: Annotated[str, listed("event_kind")]
    source: Annotated[str, listed("event_source")]
    certainty: Annotated[str, listed("certainty")]
    learned_later: bool = False
    actor_role: Annotated[str, listed("role")] | Literal[""] = ""
    service_area: ServiceArea = "unknown"
    office: str = ""
    version: int = 1


class EpisodeForm(Form):
    """A key episode; `events` are the public codes of the events it is about."""

    title: Title
    what_happened: WrittenStory
    how_it_made_sense: Story = ""
    known_then: Story = ""
    what_made_it_possible: Story = ""
    service_area: ServiceArea = "unknown"
    proximity: Annotated[str, listed("proximity")] = "unknown"
    events: list[str] = []
    version: int = 1


class LinkForm(Form):
    """A factor in an episode; `factor` is the factor's key, `event` and `note` are public codes."""

    factor: str
    direction: Direction
    evidence: Sentence
    event: str = ""
    note: str = ""
    agency_interface: Annotated[str, listed("agency_interface")] | Literal[""] = ""
    version: int = 1


class WhyNoneForm(Form):
    """Why a review has no episode of one kind."""

    because: WrittenStory
    version: int


class FamilyForm(Form):
    """The family's perspective, or why there is none."""

    family_perspective: Story = ""
    no_family_perspective_because: Story = ""
    version: int


class FindingForm(Form):
    """A finding or learning point."""

    kind: Annotated[str, listed("finding_kind")]
    statement: WrittenStory
    reach: Annotated[str, listed("reach")] = "this_case"
    version: int = 1


class MoveForm(Form):
    """One place up or down."""

    to: Literal["up", "down"]
