"""Two sets of reviews side by side: how much each share and each pair differs, and how sure that is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from app.patterns.connections.pairs import INTERVAL_FROM_EXPECTED, Interval, Pair, pairs_of
from app.patterns.counting.chance import FALSE_DISCOVERY_RATE, Z_95, adjusted, fisher_two_sided, wilson_interval
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor, Layer
from app.patterns.heatmap.shares import Share, totals_of


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """One factor: the first share less the second, from -1 to 1."""

    factor: Factor
    first: Share
    second: Share
    difference: float | None
    """None where one side has fewer than 5 answered reviews."""
    interval: Interval | None
    """95 %; None without a difference, and where reviews stand on both sides."""
    adjusted_p: float | None

    @property
    def is_unlikely_chance(self) -> bool:
        return self.adjusted_p is not None and self.adjusted_p <= FALSE_DISCOVERY_RATE


@dataclass(frozen=True, slots=True)
class PairDifference:
    """One pair of factors: the first phi less the second."""

    first: Pair
    second: Pair
    difference: float | None
    """None where phi is not defined on one side."""
    interval: Interval | None
    """95 %; None where on one side fewer than 5 reviews are expected, or where reviews stand on both sides."""
    adjusted_p: float | None

    @property
    def is_unlikely_chance(self) -> bool:
        return self.adjusted_p is not None and self.adjusted_p <= FALSE_DISCOVERY_RATE


@dataclass(frozen=True, slots=True)
class Difference:
    shares: tuple[ShareDifference, ...]
    """The largest difference first."""
    pairs: tuple[PairDifference, ...]
    """The largest difference first, and last those that were not tested, the most frequent first: of few reviews phi is
    easily large. Pairs without a difference are not here."""
    on_both_sides: int
    """Reviews that stand on both sides. While there are any, nothing is tested: the two would not be independent."""


def difference_of(first: Incidence, second: Incidence, layer: Layer, chosen: Collection[str] = ()) -> Difference:
    """What differs between two sets of reviews of one list of factors.

    `chosen`: codes of factors by which the reviews of a side were chosen. That they differ is no finding; they are left
    out.
    """
    on_both = len(np.intersect1d(first.codes, second.codes))
    pairs = [
        [pair for pair in pairs_of(side, layer) if pair.first.code not in chosen and pair.second.code not in chosen]
        for side in (first, second)
    ]
    return Difference(
        shares=_shares(first, second, layer, chosen, is_apart=not on_both),
        pairs=_pairs(*pairs, is_apart=not on_both),
        on_both_sides=on_both,
    )


def newcombe_interval(first: int, first_base: int, second: int, second_base: int) -> Interval | None:
    """The 95 % interval of a difference of two independent shares; None without a base.

    Newcombe's hybrid of the two Wilson intervals (1998, method 10): from each share, the way to the end of its own
    interval, squared and added.
    """
    one, other = wilson_interval(first, first_base), wilson_interval(second, second_base)
    if one is None or other is None:
        return None
    p, q = first / first_base, second / second_base
    below = sqrt((p - one[0]) ** 2 + (other[1] - q) ** 2)
    above = sqrt((one[1] - p) ** 2 + (q - other[0]) ** 2)
    return Interval(p - q - below, p - q + above)


def phi_variance(pair: Pair) -> float | None:
    """Of phi over multinomial reviews, by the delta method (Bishop, Fienberg and Holland 1975, section 11.3).

    None where phi is not defined. With phi, and the shares a of the first factor and b of the second:
    (1 - phi² + phi (1 + phi²/2) u v - 3/4 phi² (u² + v²)) / N, where u = (1 - 2a) / sqrt(a (1 - a)), v so of b.
    """
    phi, n = pair.phi, pair.base
    if phi is None:
        return None
    a, b = pair.first_present / n, pair.second_present / n
    u, v = (1 - 2 * a) / sqrt(a * (1 - a)), (1 - 2 * b) / sqrt(b * (1 - b))
    return (1 - phi**2 + phi * (1 + phi**2 / 2) * u * v - 0.75 * phi**2 * (u**2 + v**2)) / n


def _shares(
    first: Incidence, second: Incidence, layer: Layer, chosen: Collection[str], *, is_apart: bool
) -> tuple[ShareDifference, ...]:
    counted = zip(first.factors, totals_of(first, layer), totals_of(second, layer), strict=True)
    sides = [side for side in counted if side[0].code not in chosen]
    is_sure = np.array(
        [is_apart and one.is_comparable and other.is_comparable for _, one, other in sides], dtype=np.bool_
    )
    p = np.full(len(sides), np.nan)
    if is_sure.any():
        table = np.array([(one.present, one.answered, other.present, other.answered) for _, one, other in sides])
        present, answered, rest_present, rest_answered = table[is_sure].T
        total = answered + rest_answered
        p[is_sure] = adjusted(fisher_two_sided(present, answered, present + rest_present, total))
    shares = [
        ShareDifference(
            factor=factor,
            first=one,
            second=other,
            difference=_share_difference(one, other),
            interval=newcombe_interval(one.present, one.answered, other.present, other.answered) if sure else None,
            adjusted_p=float(chance) if sure else None,
        )
        for (factor, one, other), sure, chance in zip(sides, is_sure, p, strict=True)
    ]
    return tuple(sorted(shares, key=lambda share: -abs(share.difference or 0.0)))


def _share_difference(one: Share, other: Share) -> float | None:
    if not (one.is_comparable and other.is_comparable):
        return None
    return one.present / one.answered - other.present / other.answered


def _pairs(first: Sequence[Pair], second: Sequence[Pair], *, is_apart: bool) -> tuple[PairDifference, ...]:
    found = [
        (a, b, a.phi - b.phi) for a, b in zip(first, second, strict=True) if a.phi is not None and b.phi is not None
    ]
    errors = [_error(a, b) if is_apart and _expects_enough(a, b) else None for a, b, _ in found]
    chances = [
        erfc(abs(phi) / (error * sqrt(2)))
        for (_, _, phi), error in zip(found, errors, strict=True)
        if error is not None
    ]
    shown = iter(adjusted(np.array(chances)).tolist())
    made = [
        PairDifference(
            a,
            b,
            phi,
            None if error is None else Interval(phi - Z_95 * error, phi + Z_95 * error),
            None if error is None else next(shown),
        )
        for (a, b, phi), error in zip(found, errors, strict=True)
    ]
    return tuple(sorted(made, key=_order))


def _order(one: PairDifference) -> tuple[bool, int, float]:
    is_tested = one.interval is not None
    together = 0 if is_tested else one.first.together + one.second.together
    return not is_tested, -together, -abs(one.difference or 0.0)


def _expects_enough(one: Pair, other: Pair) -> bool:
    return min(one.expected or 0.0, other.expected or 0.0) >= INTERVAL_FROM_EXPECTED


def _error(one: Pair, other: Pair) -> float | None:
    """The standard error of the difference; None where neither side can vary."""
    variance = (phi_variance(one) or 0.0) + (phi_variance(other) or 0.0)
    return sqrt(variance) if variance > 0 else None
