"""Seeded chance for the demo county: choices, public codes, and days and hours at which people work."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

import numpy as np

from app.core.codes import ALPHABET, LENGTH
from app.demo.county import COUNTY_TIME

T = TypeVar("T")

_HOLIDAYS = {(1, 1), (7, 4), (11, 11), (12, 25)}
"""Fixed days off, month and day; movable ones are left out."""


class Chance:
    """One stream of random numbers; the same seed gives the same county."""

    def __init__(self, seed: int) -> None:
        self.numbers = np.random.default_rng(seed)
        self._codes_given: set[str] = set()

    def code(self, prefix: str) -> str:
        """A public code that looks like those the program gives, but comes from the seed."""
        while True:
            places = self.numbers.integers(0, len(ALPHABET), LENGTH)
            code = f"{prefix}-" + "".join(ALPHABET[place] for place in places)
            if code not in self._codes_given:
                self._codes_given.add(code)
                return code

    def happens(self, probability: float) -> bool:
        return bool(self.numbers.random() < probability)

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[int(self.numbers.integers(0, len(choices)))]

    def weighed(self, weights: Mapping[T, float]) -> T:
        """One of the keys; the weights need not add up to 1."""
        point = self.numbers.random() * sum(weights.values())
        for key, weight in weights.items():
            point -= weight
            if point < 0:
                return key
        return next(iter(weights))

    def dealt(self, weights: Mapping[T, float], count: int) -> list[T]:
        """So many keys in random order, each as often as its weight asks for, give or take one."""
        bounds = np.cumsum([*weights.values()]) / sum(weights.values())
        places = np.searchsorted(bounds, (np.arange(count) + 0.5) / count)
        keys = list(weights)
        return [keys[int(place)] for place in self.numbers.permutation(places)]

    def several(self, weights: Mapping[T, float], count: int) -> list[T]:
        """Different keys, at most as many as there are."""
        keys, shares = list(weights), np.fromiter(weights.values(), float)
        picks = self.numbers.choice(len(keys), size=min(count, len(keys)), replace=False, p=shares / shares.sum())
        return [keys[int(pick)] for pick in picks]

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self.numbers.integers(low, high + 1))

    def office_hour(self, day: date) -> datetime:
        """A quarter hour between 9 AM and 4:45 PM on the first working day from `day` on."""
        minutes = self.between(9 * 4, 17 * 4 - 1) * 15
        return datetime.combine(working_day(day), time(minutes // 60, minutes % 60), COUNTY_TIME)


def working_day(day: date) -> date:
    """The day itself, or the next one on which the offices are open."""
    while day.weekday() >= 5 or (day.month, day.day) in _HOLIDAYS:
        day += timedelta(days=1)
    return day
