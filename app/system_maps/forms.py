"""What the forms of the system map ask for."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints

from app.core.forms import Form
from app.system_maps.models import Level
from app.systemic_factors.models import Direction

LABEL = 120
"""Characters that a box holds."""


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


class ConditionForm(Form):
    """A condition on a level; `factor` is the factor's key, `episode` a public code."""

    level: Level
    label: Annotated[str, BeforeValidator(_on_one_line), StringConstraints(max_length=LABEL)] = ""
    factor: str = ""
    episode: str = ""
    version: int = 1


class InfluenceForm(Form):
    """What one condition did to another; everything but the direction and the evidence is a public code."""

    condition: str
    shaped: str
    direction: Literal[Direction.HINDERED, Direction.HELPED]
    evidence: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    event: str = ""
    note: str = ""
    episode: str = ""
    version: int = 1


class BeginForm(Form):
    """The factor links, by their public codes, that the map is to begin with."""

    links: list[str] = []
