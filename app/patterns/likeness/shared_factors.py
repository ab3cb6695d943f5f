"""Reviews that are like one review: the factors they share, the rare ones first."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.patterns.counting.columns import Counts, Flags, Places, Planes, bits_in, flags_in
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.rarity import Rarity
from app.patterns.counting.records import OPPOSITE, Factor, Layer
from app.patterns.likeness.ranking import most_alike


@dataclass(frozen=True, slots=True)
class Present:
    """A factor as it is present in a review: whether it hindered or helped, and how usual that is."""

    factor: Factor
    layer: Layer
    present: int
    answered: int

    @property
    def weight(self) -> float:
        """Minus the logarithm, to base 2, of its share: a factor of every second review weighs 1, of every fourth 2."""
        return float(np.log2(self.answered / self.present))


@dataclass(frozen=True, slots=True)
class Likeness:
    """One review beside the one asked about."""

    code: str
    shared: tuple[Present, ...]
    """The rarest first."""
    only_here: int
    """Factors that only the review asked about has, of those that were answered in both."""
    only_there: int
    score: float
    """From 0 to 1: the weight of what is shared, of the weight of what either has among what both answered."""
    with_all_shared: int
    """Reviews in which everything shared is present, these two among them."""


@dataclass(frozen=True)
class LikeOne:
    """The reviews like one review, the most alike first."""

    present: tuple[Present, ...]
    """What is present in the review itself, the rarest first."""
    alike: tuple[Likeness, ...]
    reviews: int
    """That it was compared with."""


def reviews_like(incidence: Incidence, code: str, *, at_most: int) -> LikeOne | None:
    """The reviews that share three factors or more with the review of this code; None where it is not in the table.

    Hindering and helping are told apart. Two reviews are as alike as the share of weight they have in common (the
    weighted Jaccard index), where a factor weighs the more the rarer it is, and what one of the two did not answer does
    not count. Ties keep the order of the codes.
    """
    row = incidence.row_of(code)
    if row is None:
        return None
    asked = _asked(incidence, row)
    places = most_alike(incidence.rarity, row, at_most=at_most)
    return LikeOne(
        present=tuple(asked.told[at] for at in asked.rarest_first),
        alike=tuple(_explained(incidence, asked, places, at_most)),
        reviews=incidence.n_reviews - 1,
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """The review asked about. Factors are numbered layer after layer, in the order of OPPOSITE."""

    answered: Flags
    present: Flags
    told: tuple[Present, ...]
    """What is present, in the order of the numbers."""
    planes: Planes
    """Of what is present, the reviews in which it is."""

    @cached_property
    def rarest_first(self) -> list[int]:
        return sorted(range(len(self.told)), key=lambda at: (-self.told[at].weight, self.told[at].factor.label))


def _asked(incidence: Incidence, row: int) -> _Asked:
    rarity, factors = incidence.rarity, incidence.factors
    (answered,), (present,) = _answered_and_present(rarity, np.array([row]))
    told, planes = [], []
    for at in np.flatnonzero(present).tolist():
        layer, factor = OPPOSITE[at // len(factors)], at % len(factors)
        told.append(Present(factors[factor], layer, int(rarity.present[at]), int(rarity.answered[at])))
        planes.append(incidence.present_planes(layer)[factor])
    return _Asked(answered, present, tuple(told), np.array(planes, dtype=np.uint64))


def _answered_and_present(rarity: Rarity, places: Places) -> tuple[Flags, Flags]:
    """Review by factor, of the reviews in these places."""
    numbers = len(rarity.weights)
    return (
        flags_in(rarity.answered_sets.take(places, axis=1), numbers),
        flags_in(rarity.sets.take(places, axis=1), numbers),
    )


def _explained(incidence: Incidence, asked: _Asked, places: Places, at_most: int) -> Iterator[Likeness]:
    weights = incidence.rarity.weights
    answered, present = _answered_and_present(incidence.rarity, places)
    shared = present & asked.present
    either = (present | asked.present) & answered & asked.answered
    # Each line is summed in the same order, so that reviews that are equally alike have the same score.
    total = (either * weights).sum(axis=1)
    scores = np.divide((shared * weights).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    # Codes stand A to Z.
    best = np.lexsort((places, -scores))[:at_most]
    shared, either, present = shared[best], either[best], present[best]
    has = shared[:, asked.present]
    told = zip(
        incidence.codes.take(places[best]).tolist(),
        has.tolist(),
        scores[best].tolist(),
        (either & ~present).sum(axis=1).tolist(),
        (either & ~asked.present).sum(axis=1).tolist(),
        _with_all(asked.planes, has).tolist(),
        strict=True,
    )
    for code, there, score, only_here, only_there, with_all_shared in told:
        yield Likeness(
            code=code,
            shared=tuple(asked.told[at] for at in asked.rarest_first if there[at]),
            only_here=only_here,
            only_there=only_there,
            score=score,
            with_all_shared=with_all_shared,
        )


def _with_all(planes: Planes, chosen: Flags) -> Counts:
    """For each line of what is chosen among these planes, the reviews that are in all of it."""
    there = np.full((len(chosen), planes.shape[-1]), ~np.uint64(0))
    for plane, is_chosen in zip(planes, chosen.T, strict=True):
        there[is_chosen] &= plane
    return bits_in(there)
