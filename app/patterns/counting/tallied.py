"""How many reviews gave which answer to each factor, in all and by group."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any, Self

import numpy as np

from app.patterns.counting.columns import (
    Codes,
    Counts,
    Flags,
    Places,
    Planes,
    bits_in,
    planes_of,
    planes_told,
    shared_bits,
    with_rows,
)
from app.patterns.counting.kinds import (
    ANSWER_NUMBERS,
    DIRECTION_NUMBERS,
    kind_of,
    where_answered,
    where_kind,
    where_present,
)
from app.patterns.counting.records import Dimension, Layer, Unit
from app.patterns.counting.table import Table
from app.patterns.counting.tallies import GroupedTally, Tally
from app.systemic_factors.models import Answer, Direction

SINGLE_RATER = "single_rater"
ROWS_AT_ONCE = 2**15


class TalliedTable(Table):
    """Reviews by factors in bits, and the answers counted."""

    def tally(self, layer: Layer) -> Tally:
        """The answers to every factor over all reviews of this table; one entry per factor."""
        return self._tally(layer, np.array(self.n_reviews), bits_in)

    def tally_by(self, dimension: Dimension, layer: Layer) -> GroupedTally:
        """The answers to every factor in each group of a dimension.

        For service areas the numerator is the reviews with the factor linked in an episode there, and the
        denominator the reviews with any episode there; the other answers belong to the review and are 0. Reviews are
        compared with nothing there: one that has episodes in several areas counts in each by a part of its links, so
        the others would always have more. Key episodes are compared with those of the other areas.
        """
        groups = self.groups(dimension)
        if dimension is Dimension.SERVICE_AREA:
            return self._by_area(layer, groups)
        if dimension is Dimension.MALTREATMENT_TYPE:
            return self._by_each(dimension, layer, groups)
        within = self.values(dimension).planes
        tally = self._tally_in(within, layer)
        return GroupedTally(groups, bits_in(within), tally, partial(_in_the_others, tally))

    def with_answers(self, at: Places, others: Self) -> Self:
        """This table with the answers and attributes that the reviews in these places have in another one.

        They have to be the same reviews with the same key episodes. The bits that were packed already come along, with
        those of these reviews renewed: packing all of them anew takes longer than everything else.
        """

        def put(name: str) -> Any:
            array = getattr(self, name).copy()
            array[at] = getattr(others, name)
            return array

        def renewed(planes: Planes, flags: Flags) -> Planes:
            return with_rows(planes, self.n_reviews, at, flags)

        made = self._with(
            **{name: put(name) for name in ("opened", "answers", "directions", "single_raters")},
            attributes={of: values.with_values(at, others.attributes[of]) for of, values in self.attributes.items()},
        )
        others = others._with(threshold=self.threshold)
        if "_answers_and_directions" in self.__dict__:
            # What has gone meanwhile is looked for in vain, which is faster than to find out.
            both = zip(self._answers_and_directions, others._answers_and_directions, strict=True)
            made.__dict__["_answers_and_directions"] = tuple(before | now for before, now in both)
        if "answered_planes" in self.__dict__:
            flags = where_answered(others.answers)
            made.__dict__["answered_planes"] = renewed(self.answered_planes, flags)
        for layer, planes in self._present_planes.items():
            flags = where_present(others.answers, others.directions, layer, self.threshold)
            made._present_planes[layer] = renewed(planes, flags)
        for (name, layer), planes in self._kind_planes.items():
            made._kind_planes[name, layer] = renewed(planes, others._where_kind(name, layer, slice(None)))
        return made

    def linked_anywhere(self, layer: Layer) -> tuple[Counts, int]:
        """Per factor, the reviews with a link in any service area; and the reviews with any episode at all."""
        _, factors = self._linked(layer)
        return np.bincount(factors, minlength=len(self.factors)), int(self.in_area.any(axis=1).sum())

    @cached_property
    def answered_planes(self) -> Planes:
        return planes_told(self.answers.shape, lambda some: where_answered(self.answers[some]))

    def present_planes(self, layer: Layer) -> Planes:
        if layer not in self._present_planes:
            self._present_planes[layer] = planes_told(
                self.answers.shape,
                lambda some: where_present(self.answers[some], self.directions[some], layer, self.threshold),
            )
        return self._present_planes[layer]

    @cached_property
    def answered_in_part(self) -> Places:
        """The factors that were not answered everywhere."""
        return np.flatnonzero(bits_in(self.answered_planes) < self.n_reviews)

    @cached_property
    def _present_planes(self) -> dict[Layer, Planes]:
        return {}

    def _can_be_there(self, kind: str, layer: Layer) -> bool:
        """Whether any answer can be of this kind; if not, nothing needs to be counted."""
        if kind == SINGLE_RATER:
            return self._has_single_raters
        answers, ways = self._answers_and_directions
        if kind == "not_rated":
            return None in answers
        return kind in {kind_of(answer, way, layer, self.threshold) for answer in answers if answer for way in ways}

    @cached_property
    def _answers_and_directions(self) -> tuple[frozenset[Answer | None], frozenset[Direction]]:
        """Those that occur; None is not rated."""
        return (
            frozenset(answer for answer, number in ANSWER_NUMBERS.items() if _holds(self.answers, number)),
            frozenset(way for way, number in DIRECTION_NUMBERS.items() if _holds(self.directions, number)),
        )

    @cached_property
    def _has_single_raters(self) -> bool:
        return bool(self.single_raters.any())

    def _tally_in(self, groups: Planes, layer: Layer) -> Tally:
        """Factor by group; `groups` are the reviews of each."""
        return self._tally(layer, bits_in(groups), lambda planes: shared_bits(planes, groups))

    def _tally(self, layer: Layer, reviews: Counts, number: Callable[[Planes], Counts]) -> Tally:
        """Of so many `reviews`, in each group; `number` counts those among them that are in a plane."""
        reviews = np.full((len(self.factors), *reviews.shape), reviews, dtype=np.int64)
        answered, in_part = reviews.copy(), self.answered_in_part
        if len(in_part):
            answered[in_part] = number(self.answered_planes[in_part])

        def number_of(kind: str) -> Counts:
            there = self._can_be_there(kind, layer)
            return number(self._planes_of_kind(kind, layer)) if there else np.zeros_like(reviews)

        return Tally(reviews, answered, number(self.present_planes(layer)), number_of)

    def _where_kind(self, name: str, layer: Layer, some: slice) -> Flags:
        if name == SINGLE_RATER:
            return self.single_raters[some] & where_answered(self.answers[some])
        return where_kind(name, self.answers[some], self.directions[some], layer, self.threshold)

    def _planes_of_kind(self, name: str, layer: Layer) -> Planes:
        if (name, layer) not in self._kind_planes:
            self._kind_planes[name, layer] = planes_told(
                self.answers.shape, lambda some: self._where_kind(name, layer, some)
            )
        return self._kind_planes[name, layer]

    @cached_property
    def _kind_planes(self) -> dict[tuple[str, Layer], Planes]:
        return {}

    def _linked(self, layer: Layer) -> tuple[Counts, Counts]:
        """The review's row and the factor of each factor that is linked in any episode of a review, once."""
        links = self._links_of(layer)
        several = max(len(self.factors), 1)
        once = np.unique(self.episodes.rows[links.episodes].astype(np.int64) * several + links.factors)
        return once // several, once % several

    def _by_each(self, dimension: Dimension, layer: Layer, groups: tuple[str, ...]) -> GroupedTally:
        """Groups that can share a row; each is compared with the rows that have a value, and not this one."""
        has = np.zeros((self.n_reviews, len(groups)), dtype=np.bool_)
        for at, group in enumerate(groups):
            has[:, at] = self._has(dimension, [group])
        here = planes_of(has)

        def rest() -> tuple[Counts, Counts]:
            tally = self._tally_in(planes_of(has.any(axis=1, keepdims=True) & ~has), layer)
            return tally.present, tally.answered

        return GroupedTally(groups, bits_in(here), self._tally_in(here, layer), rest)

    def _by_area(self, layer: Layer, groups: tuple[str, ...]) -> GroupedTally:
        at = [self.areas.index(area) for area in groups]
        factors, areas = len(self.factors), len(self.areas)
        links = self._links_of(layer)
        where = self.episodes.rows.astype(np.int64) * max(areas, 1) + self.episodes.areas
        once = np.unique(where[links.episodes] * max(factors, 1) + links.factors)
        there = np.bincount(once % max(factors * areas, 1), minlength=factors * areas).reshape(areas, factors)[at].T
        reviews = self.in_area[:, at].sum(axis=0, dtype=np.int64)
        answered = np.broadcast_to(reviews, there.shape).copy()
        none = np.zeros_like(there)
        # The other answers belong to the review.
        tally = Tally(answered, answered, there, lambda _: none)
        compared = self.unit is Unit.EPISODE
        return GroupedTally(
            groups, reviews, tally, partial(_in_the_others, tally) if compared else lambda: (none, none)
        )


def _in_the_others(tally: Tally) -> tuple[Counts, Counts]:
    """For each group of a factor, what all other groups have together."""
    present, answered = tally.present, tally.answered
    return present.sum(axis=1, keepdims=True) - present, answered.sum(axis=1, keepdims=True) - answered


def _holds(codes: Codes, number: int) -> bool:
    starts = range(0, len(codes), ROWS_AT_ONCE)
    return any(bool((codes[start : start + ROWS_AT_ONCE] == number).any()) for start in starts)
