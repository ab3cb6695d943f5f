"""Shares of reviews in which a factor is present."""

from dataclasses import dataclass
from typing import Any

from app.patterns.counting.chance import wilson_interval
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Layer
from app.patterns.counting.tallies import GroupedTally, Tally

SMALLEST_BASE = 5
"""A share of fewer reviews than this is not shown; it could not be compared with anything."""
CLASS_STARTS = (0, 10, 20, 30, 40, 50)
"""The whole percent at which each of the six colors begins, the same on every page."""


@dataclass(frozen=True, slots=True)
class Share:
    """Reviews with the factor present, of the reviews in which it was asked and answered; the rest stands apart."""

    present: int
    answered: int
    latent: int = 0
    other_strength: int = 0
    not_evident: int = 0
    other_direction: int = 0
    not_enough_information: int = 0
    not_rated: int = 0
    not_asked: int = 0
    single_rater: int = 0

    @property
    def is_comparable(self) -> bool:
        return self.answered >= SMALLEST_BASE

    @property
    def percent(self) -> int | None:
        """Whole percent, halves up; None where the base is too small to compare."""
        return (200 * self.present + self.answered) // (2 * self.answered) if self.is_comparable else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval, from 0 to 1; None where the base is too small to compare."""
        return wilson_interval(self.present, self.answered) if self.is_comparable else None

    @property
    def shade(self) -> int | None:
        """The number of the color, 0 to 5, of the percent that is shown."""
        percent = self.percent
        return None if percent is None else sum(percent >= start for start in CLASS_STARTS) - 1


def totals_of(incidence: Incidence, layer: Layer) -> tuple[Share, ...]:
    """The share of each factor over all reviews of the table, in the order of the factors."""
    return tuple(Share(*each) for each in zip(*_told(incidence.tally(layer)), strict=True))


def _told(tally: Tally) -> list[Any]:
    """Every number of a share, in the order in which a share takes them."""
    return [getattr(tally, name).tolist() for name in Share.__dataclass_fields__]


def shares_by_group(grouped: GroupedTally) -> list[list[Share]]:
    """The shares of each factor in each group, in the order of the factors and of the groups."""
    return [[Share(*each) for each in zip(*row, strict=True)] for row in zip(*_told(grouped.tally), strict=True)]
