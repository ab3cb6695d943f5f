"""How far each link would hold with other reviews: in resamples of the reviews, and without any one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from app.patterns.connections.pairs import TESTED_FROM_EXPECTED, Pair, log_lift_variance, pairs_of
from app.patterns.counting.chance import FALSE_DISCOVERY_RATE, Z_95, chance_of_at_least, fisher_two_sided
from app.patterns.counting.columns import Flags
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Layer

Numbers: TypeAlias = npt.NDArray[np.float64]
Kinds: TypeAlias = npt.NDArray[np.int64]
Key: TypeAlias = tuple[str, str]

SEED = 20
RESAMPLES = 200
HOLDS_FROM = 0.8
"""A link that fewer resamples show is marked: the power usually asked of a study (Cohen 1988), here of a repetition."""


@dataclass(frozen=True, slots=True)
class Stability:
    """Of one pair that passes the plain test and appears together more often than expected."""

    held: int
    """Of 200 resamples of the reviews, those in which the lower bound of the lift exceeds 1."""
    rests_on_one: bool
    """There is a review without which the pair would no longer be a link."""

    @property
    def share(self) -> float:
        return self.held / RESAMPLES

    @property
    def is_firm(self) -> bool:
        return self.share >= HOLDS_FROM and not self.rests_on_one


def stability_of(incidence: Incidence, layer: Layer) -> Mapping[Key, Stability]:
    """By the codes of the two factors, every link and every pair explained by depth. Found once for each table."""
    kept = _kept.setdefault(incidence, {})
    if layer not in kept:
        kept[layer] = _found(pairs_of(incidence, layer))
    return kept[layer]


_kept: WeakKeyDictionary[Incidence, dict[Layer, Mapping[Key, Stability]]] = WeakKeyDictionary()


def _found(pairs: Sequence[Pair]) -> Mapping[Key, Stability]:
    more = [pair for pair in pairs if pair.is_unlikely_chance and (pair.phi or 0.0) > 0]
    if not more:
        return {}
    kinds = kinds_of_reviews(more)
    held = resamples_held(kinds, [pair.base for pair in more])
    rests = rests_on_one_review(more, kinds, pairs)
    return {
        (pair.first.code, pair.second.code): Stability(int(times), bool(rests_on_one))
        for pair, times, rests_on_one in zip(more, held, rests, strict=True)
    }


def kinds_of_reviews(pairs: Sequence[Pair]) -> Kinds:
    """Pair by kind: the reviews of its base with both factors, only the first, only the second, and neither."""
    return np.array(
        [
            (p.together, p.first_present - p.together, p.second_present - p.together,
             p.base - p.first_present - p.second_present + p.together)
            for p in pairs
        ],
        dtype=np.int64,
    ).reshape(-1, 4)  # fmt: skip


def resamples_held(kinds: Kinds, bases: Sequence[int]) -> Kinds:
    """Per pair, the resamples in which the lower bound of the lift exceeds 1.

    A resample draws as many reviews as there are, with replacement (Efron 1979). All that a pair takes from it is how
    many reviews of each kind were drawn, and those are multinomial: drawing the four numbers gives exactly what
    drawing the reviews and counting them gives, in a time that does not grow with the reviews.
    """
    draw = np.random.default_rng(SEED)
    shares = kinds / np.maximum(np.asarray(bases, dtype=np.float64), 1.0)[:, np.newaxis]
    drawn = np.stack([draw.multinomial(base, kind, size=RESAMPLES) for base, kind in zip(bases, shares, strict=True)])
    both, first, second, _ = np.moveaxis(drawn.astype(np.float64), 2, 0)
    return np.asarray(_low_exceeds_1(both, both + first, both + second, drawn.sum(axis=2)).sum(axis=1))


def _low_exceeds_1(together: Numbers, first: Numbers, second: Numbers, base: Numbers) -> Flags:
    is_there = together > 0
    a, n1, n2 = np.where(is_there, together, 1.0), np.where(is_there, first, 1.0), np.where(is_there, second, 1.0)
    reach = Z_95 * np.sqrt(np.maximum(log_lift_variance(a, n1, n2, base), 0.0))
    return np.asarray(is_there & (np.log(a * base / (n1 * n2)) > reach))


def rests_on_one_review(pairs: Sequence[Pair], kinds: Kinds, all_pairs: Sequence[Pair]) -> Flags:
    """Whether some one review can be left out so that the pair would no longer pass; the other pairs stay as they are.

    Reviews of one kind are alike to a pair, so that four tables with one review less are all there are. How many times
    its expected count depth gives to a pair is taken from all reviews. A pair that depth explains is no link; what is
    asked of it is only the plain test.
    """
    less = np.maximum(kinds[:, np.newaxis, :] - np.eye(4, dtype=np.int64), 0)
    both, first, second, neither = np.moveaxis(less, 2, 0)
    row, column, base = both + first, both + second, both + first + second + neither
    expected = row * column / np.maximum(base, 1)
    p = fisher_two_sided(both, row, column, base)
    passes = (expected >= TESTED_FROM_EXPECTED) & (both > expected) & (p <= _cut(all_pairs, "adjusted_p"))
    is_judged = np.array([[pair.is_link and pair.depth_p is not None] for pair in pairs], dtype=np.bool_)
    if is_judged.any():
        usual = expected * np.array([[(pair.depth_expected or 0.0) / (pair.expected or 1.0)] for pair in pairs])
        p = chance_of_at_least(both, row, column, base, usual)
        passes &= ~is_judged | ((p <= _cut(all_pairs, "depth_p")) & (both > usual))
    return np.asarray(((kinds > 0) & ~passes).any(axis=1))


def _cut(pairs: Sequence[Pair], name: str) -> float:
    """The largest p with which one of those that pass now would still pass.

    Benjamini and Hochberg reject the k smallest of n when the k-th is at most k/n of the rate. Where one of them grows,
    it stays among them exactly up to k/n of the rate.
    """
    tested: list[float] = [p for pair in pairs if (p := getattr(pair, name)) is not None]
    return FALSE_DISCOVERY_RATE * sum(p <= FALSE_DISCOVERY_RATE for p in tested) / max(len(tested), 1)
