"""Reviews that are like one review: the factors they share, the rare ones first."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.patterns.counting.columns import Flags, Places, Planes, sets_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.rarity import Weights, weighed
from app.patterns.counting.records import OPPOSITE, Factor, Layer

FEWEST_SHARED = 3
"""Reviews that share fewer factors are not called similar: any two reviews share one or two."""
ROUNDING = 1e-9
"""Sums of the same weights in another order differ by less, and any weight is more."""


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
    alike = _explained(incidence, asked, _most_alike(incidence, asked, at_most))
    return LikeOne(
        present=tuple(asked.told[at] for at in asked.rarest_first),
        alike=tuple(sorted(alike, key=lambda one: (-one.score, one.code))[:at_most]),
        reviews=incidence.n_reviews - 1,
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """The review asked about. Factors are numbered layer after layer, in the order of OPPOSITE."""

    row: int
    answered: Flags
    present: Flags
    told: tuple[Present, ...]
    """What is present, in the order of the numbers."""
    weights: Weights
    planes: Planes
    """Of what is present, the reviews in which it is."""

    @cached_property
    def rarest_first(self) -> list[int]:
        return sorted(range(len(self.told)), key=lambda at: (-self.told[at].weight, self.told[at].factor.label))


def _asked(incidence: Incidence, row: int) -> _Asked:
    answered, present = _in_both_layers(incidence.at(np.array([row])))
    columns = [np.flatnonzero(there) for there in _by_layer(present[0])]
    told, weights, planes = [], [], []
    for layer, some in zip(OPPOSITE, columns, strict=True):
        rarity = incidence.rarity(layer)
        numbers = zip(rarity.present[some].tolist(), rarity.answered[some].tolist(), strict=True)
        told += [Present(incidence.factors[at], layer, *both) for at, both in zip(some.tolist(), numbers, strict=True)]
        weights.append(rarity.weights[some])
        planes.append(incidence.present_planes(layer)[some])
    return _Asked(row, answered[0], present[0], tuple(told), np.concatenate(weights), np.vstack(planes))


def _by_layer(flags: Flags) -> Flags:
    return flags.reshape(len(OPPOSITE), -1)


def _in_both_layers(incidence: Incidence) -> tuple[Flags, Flags]:
    """Review by factor: whether it was answered, and whether it is present."""
    layers = [incidence.answered_and_present(layer) for layer in OPPOSITE]
    return np.hstack([answered for answered, _ in layers]), np.hstack([present for _, present in layers])


def _most_alike(incidence: Incidence, asked: _Asked, at_most: int) -> Places:
    """Where the reviews stand that are the most alike, and any that rounding could take for one of them."""
    sets = sets_of(asked.planes, incidence.n_reviews)
    is_alike = np.bitwise_count(sets).sum(axis=0, dtype=np.uint8) >= FEWEST_SHARED
    is_alike[asked.row] = False
    found = np.flatnonzero(is_alike)
    if len(found) <= at_most:
        return found
    shared = weighed(sets[:, found], asked.weights)
    either = _either(incidence, asked, found) - shared
    scores = np.divide(shared, either, out=np.zeros(len(found)), where=shared > ROUNDING)
    return found.compress(scores >= np.partition(scores, -at_most)[-at_most] - ROUNDING)


def _either(incidence: Incidence, asked: _Asked, places: Places) -> Weights:
    """For the reviews in these places, the weight of what one has and both answered, of both reviews added up.

    That is all that the other has, but for what this one did not answer; and what this one has and the other answered.
    """
    rows = incidence.n_reviews
    total = np.zeros(len(places), dtype=np.float64)
    for layer, answered, present in zip(OPPOSITE, *map(_by_layer, (asked.answered, asked.present)), strict=True):
        rarity = incidence.rarity(layer)
        total += rarity.of_reviews.take(places)
        if not answered.all():
            planes = incidence.present_planes(layer)[~answered]
            total -= weighed(sets_of(planes, rows)[:, places], rarity.weights[~answered])
        everywhere = rarity.answered == rows
        total += rarity.weights[present & everywhere].sum()
        in_part = present & ~everywhere
        planes = incidence.answered_planes[in_part]
        total += weighed(sets_of(planes, rows)[:, places], rarity.weights[in_part])
    return total


def _explained(incidence: Incidence, asked: _Asked, places: Places) -> Iterator[Likeness]:
    some = incidence.at(places)
    answered, present = _in_both_layers(some)
    weights = np.concatenate([incidence.rarity(layer).weights for layer in OPPOSITE])
    shared = present & asked.present
    either = (present | asked.present) & answered & asked.answered
    # Each line is summed in the same order, so that reviews that are equally alike have the same score.
    total = (either * weights).sum(axis=1)
    scores = np.divide((shared * weights).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    only_here, only_there = (either & ~present).sum(axis=1), (either & ~asked.present).sum(axis=1)
    numbers = zip(scores.tolist(), only_here.tolist(), only_there.tolist(), strict=True)
    with_all: dict[tuple[int, ...], int] = {}
    for code, has, (score, here, there) in zip(
        some.codes.tolist(), shared[:, asked.present].tolist(), numbers, strict=True
    ):
        parts = tuple(at for at in asked.rarest_first if has[at])
        if parts not in with_all:
            with_all[parts] = int(np.bitwise_count(np.bitwise_and.reduce(asked.planes[list(parts)])).sum())
        yield Likeness(
            code=code,
            shared=tuple(asked.told[at] for at in parts),
            only_here=here,
            only_there=there,
            score=score,
            with_all_shared=with_all[parts],
        )
