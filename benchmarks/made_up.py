"""A made-up table of reviews by 45 factors as arrays, of any size, and the same tags as rows."""

from dataclasses import dataclass, replace

import numpy as np

from app.patterns.counting.columns import Codes, Column, Counts, Flags
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.kinds import ANSWER_NUMBERS
from app.patterns.counting.records import OF_THE_REVIEW, Dimension, Factor, Selection
from app.systemic_factors.models import Answer

FACTORS = tuple(Factor(f"f{number:02}", f"Factor {number:02}", "Team") for number in range(45))
DIVISIONS, QUARTERS = 12, 24
DIVISION_NAMES = tuple(f"D{number:02}" for number in range(DIVISIONS))
QUARTER_NAMES = tuple(f"{2018 + number // 4}-Q{number % 4 + 1}" for number in range(QUARTERS))
AT_ONCE = 100_000
SELECTED = Selection(division=("D03",), quarter_from="2021-Q1")
"""About one review in twenty-four."""


@dataclass(frozen=True, eq=False)
class MadeUp:
    """Tags that gather in eight situations, as in real counties; about seven of 45 in a review."""

    present: Flags
    divisions: Counts
    quarters: Counts

    @property
    def selected(self) -> Flags:
        """What `SELECTED` asks for."""
        return np.asarray((self.divisions == 3) & (self.quarters >= QUARTERS // 2))

    @property
    def is_strong(self) -> Flags:
        """Five of nine tags are rated 3, the others 2."""
        flags = self.present.copy()
        for start in range(0, len(flags), AT_ONCE):
            flags[start : start + AT_ONCE] &= strong_places(flags[start : start + AT_ONCE].shape)
        return flags

    @property
    def pairs(self) -> Counts:
        """Review and factor of each tag."""
        return np.argwhere(self.present)


def strong_places(shape: tuple[int, ...]) -> Flags:
    rows, columns = ((np.arange(length) % 9).astype(np.int8) for length in shape)
    return np.asarray((rows[:, np.newaxis] + columns) % 9 < 5)


def made_up(reviews: int, factors: int = len(FACTORS)) -> MadeUp:
    draw = np.random.default_rng(20)
    rates = np.clip(0.9 / np.arange(1, factors + 1) ** 0.6, 0.03, 0.6)
    situation = draw.integers(0, 8, size=reviews)
    fits = draw.random((8, factors)) < 0.25
    present = np.empty((reviews, factors), dtype=np.bool_)
    for start in range(0, reviews, AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        chance = rates * np.where(fits[situation[rows]], 1.5, 0.8)
        present[rows] = draw.random(chance.shape) < chance
    return MadeUp(present, draw.integers(0, DIVISIONS, reviews), draw.integers(0, QUARTERS, reviews))


def incidence_of(made: MadeUp) -> Incidence:
    """The table as the program keeps it; every factor was answered in every review."""
    reviews, factors = made.present.shape
    none = Incidence.of([], FACTORS[:factors])
    unknown = Column(("",), np.zeros(reviews, dtype=np.int32))
    return replace(
        none,
        codes=np.char.add("R", np.char.zfill(np.arange(reviews).astype(np.str_), 8)),
        opened=np.zeros(reviews, dtype=np.int32),
        answers=_answers(made),
        directions=np.zeros(made.present.shape, dtype=np.int8),
        single_raters=np.zeros(made.present.shape, dtype=np.bool_),
        attributes={
            **dict.fromkeys(OF_THE_REVIEW, unknown),
            Dimension.DIVISION: Column(DIVISION_NAMES, made.divisions.astype(np.int32)),
            Dimension.QUARTER: Column(QUARTER_NAMES, made.quarters.astype(np.int32)),
        },
    )


def _answers(made: MadeUp) -> Codes:
    yes, strong, no = (
        np.int8(ANSWER_NUMBERS[answer]) for answer in (Answer.INFLUENCED, Answer.STRONG, Answer.NOT_EVIDENT)
    )
    answers = np.empty(made.present.shape, dtype=np.int8)
    for start in range(0, len(answers), AT_ONCE):
        rows = made.present[start : start + AT_ONCE]
        answers[start : start + AT_ONCE] = np.where(rows, np.where(strong_places(rows.shape), strong, yes), no)
    return answers
