"""How complete what is counted is: which answers, fields and steps are there. Nothing here touches the database.

Absent, unknown and not asked are three answers, and stand apart here as everywhere.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.core.dates import quarter
from app.patterns.context.selection import Path, Waiting, days_to_debrief
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Factor, Layer
from app.patterns.counting.tallies import Tally


@dataclass(frozen=True, slots=True)
class Answers:
    """Of the answers asked for: how many say something, how many could not be given, and how many are missing."""

    asked: int
    answered: int
    not_enough_information: int
    not_rated: int

    def share(self, number: int) -> float | None:
        """Of those asked for, from 0 to 1; None where nothing was asked."""
        return number / self.asked if self.asked else None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of incidents, or one step of reviews: in how many it is answered, unknown, or left empty."""

    name: str
    answered: int
    unknown: int
    empty: int

    @property
    def of(self) -> int:
        return self.answered + self.unknown + self.empty


def answers_in(incidence: Incidence) -> Answers:
    """Over all reviews and factors of the table. The answers that count here are the same in every layer."""
    return _answers(incidence.tally(Layer.HINDERED), lambda counts: int(counts.sum()))


def answers_by_factor(incidence: Incidence) -> list[tuple[Factor, Answers]]:
    """For each factor, that with the largest share of answers that could not be given first, then A to Z."""
    tally = incidence.tally(Layer.HINDERED)
    found = [
        (factor, _answers(tally, lambda counts, at=at: int(counts[at]))) for at, factor in enumerate(incidence.factors)
    ]
    return sorted(found, key=lambda one: (-(one[1].share(one[1].not_enough_information) or 0.0), one[0].label))


def answers_by_quarter(incidence: Incidence) -> list[tuple[str, int, Answers]]:
    """For each quarter in which a rated review was opened, the earliest first: its reviews and their answers."""
    grouped = incidence.tally_by(Dimension.QUARTER, Layer.HINDERED)
    return [
        (code, int(grouped.reviews[at]), _answers(grouped.tally, lambda counts, at=at: int(counts[:, at].sum())))
        for at, code in enumerate(grouped.groups)
    ]


def _answers(tally: Tally, number: Callable[..., int]) -> Answers:
    return Answers(
        asked=number(tally.reviews - tally.not_asked),
        answered=number(tally.answered),
        not_enough_information=number(tally.not_enough_information),
        not_rated=number(tally.not_rated),
    )


def waiting_by_quarter(paths: Iterable[Path]) -> list[tuple[str, Waiting]]:
    """Days to the first debrief by the quarter in which the incident became known, without quarters that have none."""
    by_code: dict[str, list[Path]] = {}
    for path in paths:
        if path.reported_on:
            by_code.setdefault(quarter(path.reported_on), []).append(path)
    found = ((code, days_to_debrief(some)) for code, some in sorted(by_code.items()))
    return [(code, waiting) for code, waiting in found if waiting]
