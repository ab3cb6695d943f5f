"""The four rules by which a point is unusual.

They are those of the NHS program "Making Data Count", as its R package NHSRplotthedots codes them. A signal is neutral:
it says that something is unusual, never that it is good or bad.
"""

from enum import IntEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from app.patterns.trends.limits import Limits, Numbers

Flags: TypeAlias = npt.NDArray[np.bool_]

RUN = 7
"""So many points in a row on one side of the center, or rising or falling, are unusual."""
EQUAL = 1e-9


class Rule(IntEnum):
    """Why a point is unusual; where several rules hold, the first one is named."""

    OUTSIDE = 1
    """Outside the limits."""
    TREND = 2
    """One of seven points that rise, or fall, one after the other."""
    NEAR_A_LIMIT = 3
    """One of two of three points close to a limit (in its outer third), where all three lie on the same side."""
    RUN = 4
    """One of seven points in a row on one side of the center."""


def rules_met(values: Numbers, limits: Limits) -> npt.NDArray[np.int8]:
    """The rule by which each point is unusual, or 0. The last axis is time; others are series of their own."""
    side = np.sign(np.where(np.abs(values - limits.center) <= EQUAL, 0.0, values - limits.center))
    outside = (values > limits.upper + EQUAL) | (values < limits.lower - EQUAL)
    near = ~outside & ((values > limits.near_upper + EQUAL) | (values < limits.near_lower - EQUAL))
    found = [outside, _in_a_trend(values), _near_a_limit(near, side), _in_a_run(side)]
    return np.select(found, [rule.value for rule in Rule], default=0).astype(np.int8)


def _in_a_trend(values: Numbers) -> Flags:
    return _in_windows(
        np.abs(_windows(np.sign(np.diff(values, axis=-1)), RUN - 1).sum(axis=-1)) == RUN - 1, RUN, values
    )


def _in_a_run(side: Numbers) -> Flags:
    return _in_windows(np.abs(_windows(side, RUN).sum(axis=-1)) == RUN, RUN, side)


def _near_a_limit(near: Flags, side: Numbers) -> Flags:
    hits = (_windows(near.astype(np.float64), 3).sum(axis=-1) >= 2) & (np.abs(_windows(side, 3).sum(axis=-1)) == 3)
    return near & _in_windows(hits, 3, side)


def _windows(values: Numbers, size: int) -> Numbers:
    """Every stretch of so many neighbors; none where the series is shorter."""
    if values.shape[-1] < size:
        return np.empty((*values.shape[:-1], 0, size))
    return sliding_window_view(values, size, axis=-1)


def _in_windows(hits: Flags, size: int, like: Numbers) -> Flags:
    """The points that belong to any of the stretches that were hit."""
    points = np.zeros(like.shape, dtype=np.bool_)
    for at in range(size if hits.shape[-1] else 0):
        points[..., at : at + hits.shape[-1]] |= hits
    return points
