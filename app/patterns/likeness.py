"""Reviews that are like one review: the factors they share, the rare ones first."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.patterns.columns import Flags
from app.patterns.incidence import Incidence
from app.patterns.records import Factor, Layer

FEWEST_SHARED = 3
"""Reviews that share fewer factors are not called similar: any two reviews share one or two."""


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
    rows = np.flatnonzero(incidence.codes == code)
    if not rows.size:
        return None
    own = int(rows[0])
    layers = [(layer, *incidence.answered_and_present(layer)) for layer in Layer]
    answered = np.hstack([answered for _, answered, _ in layers])
    present = np.hstack([present for _, _, present in layers])
    what = [(layer, factor) for layer in Layer for factor in incidence.factors]
    told = [
        Present(factor, layer, there, base)
        for (layer, factor), there, base in zip(
            what, present.sum(axis=0).tolist(), answered.sum(axis=0).tolist(), strict=True
        )
    ]
    weights = np.array([one.weight if one.present else 0.0 for one in told], dtype=np.float64)
    shared = present & present[own]
    both_answered = answered & answered[own]
    either = (present | present[own]) & both_answered
    total = either @ weights
    scores = np.divide(shared @ weights, total, out=np.zeros(len(total)), where=total > 0)
    is_alike = shared.sum(axis=1) >= FEWEST_SHARED
    is_alike[own] = False
    found = sorted(np.flatnonzero(is_alike).tolist(), key=lambda row: (-scores[row], str(incidence.codes[row])))
    return LikeOne(
        present=_rarest_first(told, present[own]),
        alike=tuple(
            Likeness(
                code=str(incidence.codes[row]),
                shared=_rarest_first(told, shared[row]),
                only_here=_number(either[row] & ~present[row]),
                only_there=_number(either[row] & ~present[own]),
                score=float(scores[row]),
                with_all_shared=_number(present[:, shared[row]].all(axis=1)),
            )
            for row in found[:at_most]
        ),
        reviews=incidence.n_reviews - 1,
    )


def _rarest_first(told: list[Present], there: Flags) -> tuple[Present, ...]:
    return tuple(sorted((told[at] for at in np.flatnonzero(there)), key=lambda one: (-one.weight, one.factor.label)))


def _number(flags: Any) -> int:
    return int(np.count_nonzero(flags))
