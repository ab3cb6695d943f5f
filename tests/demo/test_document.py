"""`docs/demo-county.md` tells what is planted and what was counted; this keeps it true."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from app.demo.assumptions import PLANTED_EFFECTS, PLANTED_PAIRS, PlantedEffect
from app.demo.county import DIVISION_OF, DIVISIONS
from app.demo.presence import Setting, applies
from app.reviews.values import VALUES
from tests.demo.counted import INCIDENT_OF, column, has_answer, rated_reviews

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "demo-county.md").read_text(encoding="utf-8")
PACK = yaml.safe_load((ROOT / "app/systemic_factors/packs/throughline-1.yaml").read_text(encoding="utf-8"))
NAMES = {factor["code"]: factor["name"] for factor in PACK["factors"]}
DIVISION_NAMES = {division.code: division.name for division in DIVISIONS}


def pair_row(pair):
    both_answered = has_answer(pair.first) & has_answer(pair.second)
    first, second = column(pair.first)[both_answered], column(pair.second)[both_answered]
    together, expected = int((first & second).sum()), first.sum() * second.sum() / len(first)
    cells = (
        f"{NAMES[pair.first]} with {NAMES[pair.second].lower()}",
        f"{pair.odds_ratio:g}",
        f"{together}",
        f"{expected:.0f}",
        f"{together / expected:.1f}",
        f"{np.corrcoef(first, second)[0, 1]:.2f}".replace("-", "−"),
    )
    return "| " + " | ".join(cells) + " |"


def effect_row(effect):
    settings = [
        Setting(DIVISION_OF[r.home_office], INCIDENT_OF[r.incident].incident_type, INCIDENT_OF[r.incident].learned_on)
        for r in rated_reviews()
    ]
    there = np.array([applies(effect, setting) for setting in settings])
    values, known = column(effect.factor), has_answer(effect.factor)
    cells = (
        where(effect),
        NAMES[effect.factor],
        f"{effect.odds_ratio:g}",
        share_of(values[there & known]),
        share_of(values[~there & known]),
    )
    return "| " + " | ".join(cells) + " |"


def share_of(values):
    percent = int(100 * values.mean() + 0.5)  # Halves go up, as on the pages.
    return f"{values.sum()} of {values.size} ({percent}%)"


def where(effect: PlantedEffect) -> str:
    if effect.division:
        return DIVISION_NAMES[effect.division]
    if effect.incident_type:
        return VALUES.words("incident_type", effect.incident_type)
    last = f" to {day(effect.until)}" if effect.until else " on"
    return f"From {day(effect.since)}{last}"


def day(on: date | None) -> str:
    assert on
    return f"{on:%b} {on.day}, {on.year}"


@pytest.mark.parametrize("pair", PLANTED_PAIRS, ids=lambda pair: f"{pair.first}-{pair.second}")
def test_the_document_tells_each_planted_pair_as_it_is_counted(pair):
    assert pair_row(pair) in DOCUMENT


@pytest.mark.parametrize("effect", PLANTED_EFFECTS, ids=lambda effect: f"{where(effect)}-{effect.factor}")
def test_the_document_tells_each_planted_effect_as_it_is_counted(effect):
    assert effect_row(effect) in DOCUMENT
