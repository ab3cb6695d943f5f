"""Reads the sentences that generated reviews and their system maps are told with."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from app.system_maps.models import Level


class Tale(BaseModel):
    """How an episode shaped by one factor is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = ""
    """What a review that begins with it is about, in neutral words; only of a factor that hindered."""
    title: str
    happened: str
    sense: str
    evidence: str


class Sentences(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    settings: dict[str, str]
    places: dict[str, str]
    hindered: dict[str, Tale]
    helped: dict[str, Tale]
    not_selected_rationale: list[str]
    selected_rationale: list[str]
    purpose: str
    hold_reasons: list[str]
    withdrawn_reason: str
    family_perspectives: list[str]


AGE_WORDS = {
    "under_1_month": "A newborn",
    "1_11_months": "An infant",
    "1_4": "A child of preschool age",
    "5_9": "A child of elementary school age",
    "10_14": "A child of middle school age",
    "15_17": "A youth of high school age",
    "unknown": "A child",
}


@cache
def sentences() -> Sentences:
    text = Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8")
    return Sentences.model_validate(yaml.safe_load(text))


class Condition(BaseModel):
    """Where a factor stands on a system map, and what it is called there; one of the words is drawn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Level
    hindered: list[str]
    helped: list[str] = []


class PlantedInfluence(BaseModel):
    """One factor shapes another in this share of the maps in which the other stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    factor: str = Field(alias="from")
    shaped: str = Field(alias="to")
    direction: Literal["hindered", "helped"]
    share: float
    evidence: str


class MapSentences(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    conditions: dict[str, Condition]
    events: dict[str, str]
    """What happened in the end, by the service area of the incident."""
    influences: list[PlantedInfluence]


@cache
def map_sentences() -> MapSentences:
    text = Path(__file__).with_name("map_sentences.yaml").read_text(encoding="utf-8")
    return MapSentences.model_validate(yaml.safe_load(text))
