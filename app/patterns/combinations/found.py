"""Three and more factors in the same reviews: how often, how often by chance, and whether fewer factors say it all."""

from dataclasses import dataclass, replace
from math import ceil, comb

import numpy as np
import numpy.typing as npt

from app.patterns.combinations.closed_sets import ClosedSet, TooMany, closed_sets
from app.patterns.combinations.combination import Combination, Split
from app.patterns.combinations.depth import chance_given_depth, drawn_for, given_depth
from app.patterns.combinations.intersections import upper_tail
from app.patterns.connections.pairs import DEPTH_FROM_FACTORS
from app.patterns.counting.chance import adjusted
from app.patterns.counting.columns import Flags
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor, Layer

FEWEST_FACTORS = 3
"""Two factors are a pair, and stand in the matrix."""
USUAL_FEWEST = 5
USUAL_SHARE = 0.05
"""Without a choice, a combination is looked for in 5 reviews or in 5 % of them, whichever is more."""
FEWEST_ROWS = 2
"""What appears once is no pattern."""
MOST_TESTED = 6
"""Larger combinations are listed and not tested: there are millions that could be found by chance."""
SIZES_TESTED = range(FEWEST_FACTORS, MOST_TESTED + 1)
MOST_LISTED = 2_000
"""More closed combinations than this say that the least number of reviews is too low to find anything in them."""


@dataclass(frozen=True)
class Found:
    """The combinations of a selection of reviews, the furthest above what is expected first."""

    combinations: tuple[Combination, ...]
    least: int
    possible: int
    """How many combinations could have been found: all of the factors that are present often enough."""
    is_depth_judged: bool = False

    @property
    def more_than_parts(self) -> tuple[Combination, ...]:
        return tuple(one for one in self.combinations if one.is_more_than_its_parts)

    @property
    def beyond_parts(self) -> tuple[Combination, ...]:
        """Those of `more_than_parts` first, then those that depth of review explains: both are shown, and named."""
        return tuple(one for one in self.combinations if one.is_beyond_its_parts)

    @property
    def explained_by_depth(self) -> int:
        return sum(one.is_explained_by_depth for one in self.combinations)

    def combination(self, key: str) -> Combination | None:
        wanted = set(key.split("."))
        return next((one for one in self.combinations if {factor.code for factor in one.factors} == wanted), None)


def combinations_in(incidence: Incidence, layer: Layer, *, least: int | None = None) -> Found:
    """Closed combinations of three and more factors that are present together in `least` reviews or more.

    Of all combinations that stand in the same reviews only the largest is listed. Without `least`, the usual number
    is lowered until some are found, or raised until not too many are. Raises TooMany when there are more than can be
    looked at.
    """
    answered, present = incidence.answered_and_present(layer)
    sets, least = _usual_sets(present) if least is None else (_sets(present, least), least)
    columns = [one.columns for one in sets]
    rows = [_rows(answered, present, chosen) for chosen in columns]
    factors = [tuple(incidence.factors[at] for at in chosen) for chosen in columns]
    frequent = int((present.sum(axis=0) >= least).sum())
    judged = _adjusted([_counted(*one) for one in zip(factors, rows, strict=True)], frequent)
    told = [replace(one, unit=incidence.unit) for one in judged]
    parted = [
        replace(one, split=_best_split(one, there)) if one.is_unlikely_chance else one
        for one, there in zip(told, rows, strict=True)
    ]
    everything = incidence.of_all_domains
    is_depth_judged = len(everything.factors) >= DEPTH_FROM_FACTORS
    if is_depth_judged:
        places = [tuple(incidence.places_in_all[at] for at in chosen) for chosen in columns]
        drawn_from = everything.answered_and_present(layer)
        parted = _given_depth(parted, places, rows, drawn_from=drawn_from, frequent=frequent)
    possible = sum(comb(frequent, size) for size in SIZES_TESTED)
    return Found(tuple(sorted(parted, key=_order)), least, possible, is_depth_judged)


def _sets(present: Flags, least: int) -> tuple[ClosedSet, ...]:
    return closed_sets(present, least=least, at_most=MOST_LISTED, size=FEWEST_FACTORS)


def _usual_sets(present: Flags) -> tuple[tuple[ClosedSet, ...], int]:
    """Those found in the usual number of rows or another one near it, and that number.

    The number is lowered by quarters while nothing is found, and raised by thirds while there is too much.
    """
    usual = least = max(USUAL_FEWEST, ceil(USUAL_SHARE * len(present)))
    while (found := _sets_unless_too_many(present, least)) == () and least > FEWEST_ROWS:
        least = max(FEWEST_ROWS, least * 3 // 4)
    while found is None:
        least = ceil(least * 4 / 3)
        found = _sets_unless_too_many(present, least)
    return found, least if found else max(least, usual)


def _sets_unless_too_many(present: Flags, least: int) -> tuple[ClosedSet, ...] | None:
    try:
        return _sets(present, least)
    except TooMany:
        return None


def _order(one: Combination) -> tuple[bool, float, int, str]:
    return not one.is_more_than_its_parts, 2.0 if one.p is None else one.p, -one.together, one.key


def _rows(answered: Flags, present: Flags, columns: tuple[int, ...]) -> Flags:
    """Where all of these factors were asked and answered, which of them are present."""
    return present[:, columns][answered[:, columns].all(axis=1)]


def _counted(factors: tuple[Factor, ...], rows: Flags) -> Combination:
    # Products of 0 and 1 are exact in double precision, which is what matrix products are fast in.
    there = rows.astype(np.float64)
    both = (there.T @ there).astype(np.int64)
    one = Combination(
        factors=factors,
        base=len(rows),
        present=tuple(both.diagonal().tolist()),
        pairs=tuple(both[np.triu_indices(len(factors), k=1)].tolist()),
        together=int(rows.all(axis=1).sum()),
    )
    return replace(one, p=upper_tail(one.together, one.present, one.base)) if len(factors) in SIZES_TESTED else one


def _adjusted(found: list[Combination], frequent: int) -> list[Combination]:
    """Benjamini and Hochberg's adjustment within each number of factors, each with an equal part of the false discovery
    rate (Webb 2008, Machine Learning 71:307), as there are so many more ways to choose six factors than three.

    Whoever looks for the most unusual combination has looked at all that can be made of the frequent factors; those
    that are not listed count as tests that found nothing.
    """
    made = list(found)
    for size in SIZES_TESTED:
        at = [number for number, one in enumerate(found) if len(one.factors) == size]
        p = [found[number].p or 0.0 for number in at]
        for number, value in zip(at, _adjusted_for(size, p, frequent), strict=True):
            made[number] = replace(found[number], adjusted_p=value)
    return made


def _adjusted_for(size: int, p: list[float], frequent: int) -> list[float]:
    """The chances of combinations of as many factors, adjusted for all that could be made of the frequent ones."""
    scale = len(SIZES_TESTED) * comb(frequent, size) / max(len(p), 1)
    told: list[float] = np.minimum(adjusted(np.array(p, dtype=np.float64)) * scale, 1.0).tolist()
    return told


def _given_depth(
    found: list[Combination],
    columns: list[tuple[int, ...]],
    rows: list[Flags],
    *,
    drawn_from: tuple[Flags, Flags],
    frequent: int,
) -> list[Combination]:
    """Judges by the depth of reviews what fewer factors do not explain."""
    at = [number for number, one in enumerate(found) if one.is_beyond_its_parts]
    drawn = dict(zip(at, drawn_for(*drawn_from, [columns[number] for number in at]), strict=True))
    made = list(found)
    for size in SIZES_TESTED:
        some = [number for number in at if len(columns[number]) == size]
        p = [chance_given_depth(found[number].together, found[number].expected, drawn[number]) for number in some]
        for number, value in zip(some, _adjusted_for(size, p, frequent), strict=True):
            one, holding = found[number], _reviews_holding(rows[number])
            told = given_depth(one.together, one.expected, holding, drawn[number], adjusted_p=value)
            made[number] = replace(one, depth=told)
    return made


def _best_split(one: Combination, rows: Flags) -> Split:
    holding = _reviews_holding(rows)
    everything = len(holding) - 1
    # The first factor is always in the first part, or every split would be met twice.
    part = max(range(1, everything, 2), key=lambda part: int(holding[part]) * int(holding[everything ^ part]))
    first, second = int(holding[part]), int(holding[everything ^ part])
    return Split(
        first=tuple(factor for at, factor in enumerate(one.factors) if part >> at & 1),
        second=tuple(factor for at, factor in enumerate(one.factors) if not part >> at & 1),
        expected=first * second / one.base,
        p=upper_tail(one.together, (first, second), one.base),
    )


def _reviews_holding(rows: Flags) -> npt.NDArray[np.int64]:
    """For each subset of the columns, written as bits, the number of rows in which all of it is present."""
    columns = np.arange(rows.shape[1])
    holding = np.bincount(rows @ (1 << columns), minlength=1 << len(columns))
    for at in columns.tolist():
        without_and_with = holding.reshape(-1, 2, 1 << at)
        without_and_with[:, 0] += without_and_with[:, 1]
    return holding
