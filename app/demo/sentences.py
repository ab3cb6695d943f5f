"""Reads the sentences that generated reviews are told with."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


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
