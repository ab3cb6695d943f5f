"""Draws which systemic factors hindered the work in which reviews, with the planted patterns in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from app.demo.assumptions import DEPTH_SPREAD, HINDERED_SHARE, PLANTED_EFFECTS, PLANTED_PAIRS, PlantedEffect

FACTORS = tuple(HINDERED_SHARE)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the presence of factors depends on."""

    division: str
    incident_type: str
    learned_on: date


def factors_present(settings: Sequence[Setting], numbers: np.random.Generator) -> NDArray[np.bool_]:
    """A row for each review and a column for each factor, in the order of `FACTORS`.

    The log-odds of a factor are its own level, plus the review's depth, plus the effects planted for its division,
    incident type and time, plus, for each planted pair whose first factor is present, the pair's log odds ratio. The
    factor's level is chosen such that the expected share over all reviews is exactly the assumed one.
    """
    depth = numbers.normal(0.0, DEPTH_SPREAD, len(settings))
    present = np.zeros((len(settings), len(FACTORS)), bool)
    for column, factor in enumerate(FACTORS):
        tilt = depth + _effects_on(factor, settings)
        for pair in PLANTED_PAIRS:
            if pair.second == factor:
                tilt = tilt + np.log(pair.odds_ratio) * present[:, FACTORS.index(pair.first)]
        probability = expit(_level(tilt, HINDERED_SHARE[factor]) + tilt)
        present[:, column] = numbers.random(len(settings)) < probability
    return present


def _level(tilt: NDArray[np.float64], share: float) -> float:
    return float(brentq(lambda level: expit(level + tilt).mean() - share, -20.0, 20.0))


def _effects_on(factor: str, settings: Sequence[Setting]) -> NDArray[np.float64]:
    effects = [effect for effect in PLANTED_EFFECTS if effect.factor == factor]
    return np.array([sum(np.log(e.odds_ratio) for e in effects if applies(e, s)) for s in settings], float)


def applies(effect: PlantedEffect, setting: Setting) -> bool:
    return (
        effect.division in (None, setting.division)
        and effect.incident_type in (None, setting.incident_type)
        and (effect.since is None or effect.since <= setting.learned_on)
        and (effect.until is None or setting.learned_on <= effect.until)
    )
