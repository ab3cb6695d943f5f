"""The one place where reviews are counted: an immutable table of review by factor.

Everything else in patterns asks this table for counts and never sees how it keeps them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from app.patterns.columns import Column, Counts, Flags, Planes, planes_of, shared_bits
from app.patterns.records import OF_THE_REVIEW, SEVERAL, Dimension, Factor, Layer, ReviewRecord, Selection
from app.systemic_factors.models import Answer, Direction

Codes: TypeAlias = npt.NDArray[np.int8]
Numbers: TypeAlias = npt.NDArray[np.int32]

NOT_ASKED, NOT_RATED = -1, -2
ANSWER_NUMBERS: dict[Answer | None, int] = {answer: at for at, answer in enumerate(Answer)} | {None: NOT_RATED}
DIRECTION_NUMBERS = {direction: at for at, direction in enumerate(Direction)}
IS_PRESENT = (Answer.INFLUENCED, Answer.STRONG, Answer.PRESENT)
IS_ANSWERED = (Answer.NOT_EVIDENT, Answer.BACKGROUND, *IS_PRESENT)
# What one answer is in one layer; the order of the numbers has no meaning.
KINDS = ("not_rated", "not_asked", "not_enough_information", "not_evident", "latent", "present", "other_direction")
ANSWERED_KINDS = ("not_evident", "latent", "present", "other_direction")


@dataclass(frozen=True, eq=False)
class Tally:
    """How many reviews gave which answer, in one layer; arrays of equal shape, one entry per factor (and group).

    answered = present + latent + not_evident + other_direction, and
    reviews = answered + not_enough_information + not_rated + not_asked.
    """

    reviews: Counts
    answered: Counts
    present: Counts
    latent: Counts
    not_evident: Counts
    other_direction: Counts
    """Rated 1 to 3, and only in the other direction."""
    not_enough_information: Counts
    not_rated: Counts
    not_asked: Counts
    single_rater: Counts
    """Of those answered, by one rater without a consensus."""


@dataclass(frozen=True, eq=False)
class GroupedTally:
    """The tally of every factor in every group: arrays are factor by group, groups in A to Z order."""

    groups: tuple[str, ...]
    reviews: Counts
    """Per group."""
    tally: Tally
    rest_present: Counts
    rest_answered: Counts
    """What each cell is compared with: reviews of the other groups, or for a service area reviews whose episodes all
    lie elsewhere, so that no review stands on both sides."""


@dataclass(frozen=True, eq=False)
class PairCounts:
    """Factor by factor, over the reviews in which both were asked and answered."""

    base: Counts
    together: Counts
    present: Counts
    """present[i, j]: reviews of the base in which factor i is present; its transpose is factor j."""


@dataclass(frozen=True, eq=False)
class Links:
    """The factors linked in key episodes: one entry for each link, in no order."""

    rows: Numbers
    """The review, as its row in the table."""
    areas: Codes
    factors: npt.NDArray[np.int16]
    directions: Codes

    def where(self, entries: Flags) -> Self:
        return replace(
            self,
            rows=self.rows[entries],
            areas=self.areas[entries],
            factors=self.factors[entries],
            directions=self.directions[entries],
        )

    def in_layer(self, layer: Layer) -> Self:
        return self.where(np.isin(self.directions, _directions(layer)))


@dataclass(frozen=True, eq=False)
class Incidence:
    """Reviews by factors. Nothing changes it; a selection answers with another one."""

    factors: tuple[Factor, ...]
    codes: npt.NDArray[np.str_]
    """Of the reviews, A to Z."""
    opened: Numbers
    """The day each review was opened, as the ordinal of a date."""
    answers: Codes
    directions: Codes
    single_raters: Flags
    attributes: dict[Dimension, Column]
    areas: tuple[str, ...]
    episodes: Flags
    """Review by service area: any episode there."""
    links: Links

    @classmethod
    def of(cls, reviews: Sequence[ReviewRecord], factors: Sequence[Factor]) -> Self:
        """Reviews in the order of their codes, so that the same reviews always make the same table."""
        reviews = sorted(reviews, key=lambda review: review.code)
        column = {factor.code: at for at, factor in enumerate(factors)}
        shape = (len(reviews), len(factors))
        answers = np.full(shape, NOT_ASKED, dtype=np.int8)
        directions = np.zeros(shape, dtype=np.int8)
        single_raters = np.zeros(shape, dtype=np.bool_)
        for row, review in enumerate(reviews):
            for code, rating in review.answers.items():
                if (at := column.get(code)) is not None:
                    answers[row, at] = ANSWER_NUMBERS[rating.answer]
                    directions[row, at] = DIRECTION_NUMBERS[rating.direction]
                    single_raters[row, at] = rating.single_rater
        areas, episodes, links = _episodes(reviews, column)
        return cls(
            factors=tuple(factors),
            codes=np.array([review.code for review in reviews], dtype=np.str_),
            opened=np.array([review.opened for review in reviews], dtype=np.int32),
            answers=answers,
            directions=directions,
            single_raters=single_raters,
            attributes={
                dimension: Column.of([review.attributes.get(dimension, "") for review in reviews])
                for dimension in OF_THE_REVIEW
            },
            areas=areas,
            episodes=episodes,
            links=links,
        )

    @property
    def n_reviews(self) -> int:
        return len(self.codes)

    @property
    def n_bytes(self) -> int:
        """The memory that the arrays of the table take."""
        links, columns = self.links, self.attributes.values()
        arrays = (
            self.codes, self.opened, self.answers, self.directions, self.single_raters, self.episodes, links.rows,
            links.areas, links.factors, links.directions, *(column.numbers for column in columns),
        )  # fmt: skip
        return sum(array.nbytes for array in arrays)

    def where(self, selection: Selection) -> Self:
        """The reviews the selection asks for, as a table of their own."""
        rows = self._chosen(selection)
        return self if rows.all() else self.rows(rows)

    def among(self, codes: Iterable[str]) -> Self:
        """The reviews of these codes, as a table of their own."""
        return self.rows(np.isin(self.codes, list(codes)))

    def rows(self, rows: Flags) -> Self:
        """The reviews of these rows, as a table of their own."""
        kept = self.links.where(rows[self.links.rows])
        return replace(
            self,
            codes=self.codes[rows],
            opened=self.opened[rows],
            answers=self.answers[rows],
            directions=self.directions[rows],
            single_raters=self.single_raters[rows],
            attributes={dimension: values.rows(rows) for dimension, values in self.attributes.items()},
            episodes=self.episodes[rows],
            links=replace(kept, rows=(np.cumsum(rows, dtype=np.int32) - 1)[kept.rows]),
        )

    def with_reviews(self, others: Self) -> Self:
        """This table and the reviews of another one, which has the same factors and none of these reviews."""
        at = np.searchsorted(self.codes, others.codes)
        order = np.insert(np.arange(self.n_reviews), at, self.n_reviews + np.arange(others.n_reviews))
        areas = tuple(sorted({*self.areas, *others.areas}))
        number = {area: number for number, area in enumerate(areas)}
        place = np.empty(len(order), dtype=np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        episodes = np.zeros((len(order), len(areas)), dtype=np.bool_)
        episodes[: self.n_reviews, [number[area] for area in self.areas]] = self.episodes
        episodes[self.n_reviews :, [number[area] for area in others.areas]] = others.episodes

        def joined(name: str) -> Any:
            return np.concatenate((getattr(self, name), getattr(others, name)))[order]

        def renumbered(table: Self) -> Codes:
            return np.array([number[area] for area in table.areas] or [0], dtype=np.int8)[table.links.areas]

        links = Links(
            rows=place[np.concatenate((self.links.rows, others.links.rows + np.int32(self.n_reviews)))],
            areas=np.concatenate((renumbered(self), renumbered(others))),
            factors=np.concatenate((self.links.factors, others.links.factors)),
            directions=np.concatenate((self.links.directions, others.links.directions)),
        )
        return replace(
            self,
            codes=joined("codes"),
            opened=joined("opened"),
            answers=joined("answers"),
            directions=joined("directions"),
            single_raters=joined("single_raters"),
            attributes={
                dimension: values.beside(others.attributes[dimension]).rows(order)
                for dimension, values in self.attributes.items()
            },
            areas=areas,
            episodes=episodes[order],
            links=links,
        )

    def groups(self, dimension: Dimension) -> tuple[str, ...]:
        """The values that occur, A to Z; reviews without a value belong to none."""
        if dimension is Dimension.SERVICE_AREA:
            return tuple(self.areas[at] for at in np.flatnonzero(self.episodes.any(axis=0)))
        return self.attributes[dimension].occurring()

    def tally(self, layer: Layer) -> Tally:
        """The answers to every factor over all reviews of this table; one entry per factor."""
        counted = self._tally(layer, np.zeros(self.n_reviews, dtype=np.int64), 1)
        return Tally(**{name: getattr(counted, name)[:, 0] for name in Tally.__dataclass_fields__})

    def tally_by(self, dimension: Dimension, layer: Layer) -> GroupedTally:
        """The answers to every factor in each group of a dimension.

        For service areas the numerator is the reviews with the factor linked in an episode there, and the
        denominator the reviews with any episode there; the other answers belong to the review and are 0. What it is
        compared with is the reviews with episodes only elsewhere, and the factor linked in any of them.
        """
        groups = self.groups(dimension)
        if dimension is Dimension.SERVICE_AREA:
            return self._by_area(layer, groups)
        column = self.attributes[dimension]
        group_of = np.full(max(len(column.names), 1), -1, dtype=np.int64)
        group_of[[column.names.index(group) for group in groups]] = np.arange(len(groups))
        numbers = group_of[column.numbers]
        tally = self._tally(layer, numbers, len(groups))
        reviews = np.bincount(numbers[numbers >= 0], minlength=len(groups))
        return GroupedTally(
            groups,
            reviews,
            tally,
            rest_present=tally.present.sum(axis=1, keepdims=True) - tally.present,
            rest_answered=tally.answered.sum(axis=1, keepdims=True) - tally.answered,
        )

    def linked_anywhere(self, layer: Layer) -> tuple[Counts, int]:
        """Per factor, the reviews with a link in any service area; and the reviews with any episode at all."""
        _, factors = self._linked(layer)
        return np.bincount(factors, minlength=len(self.factors)), int(self.episodes.any(axis=1).sum())

    def pair_counts(self, layer: Layer) -> PairCounts:
        answered, present = self._answered_planes, self._present_planes(layer)
        return PairCounts(
            base=shared_bits(answered, answered),
            together=shared_bits(present, present),
            present=shared_bits(present, answered),
        )

    def answered_and_present(self, layer: Layer) -> tuple[Flags, Flags]:
        """Review by factor: whether it was asked and answered, and whether it is present in this layer."""
        return self._answered(), self._present(layer)

    def codes_in(self, factor: str, dimension: Dimension, group: str, layer: Layer) -> tuple[str, ...]:
        """The codes of the reviews counted in one cell of a heatmap."""
        column = self._column(factor)
        if dimension is not Dimension.SERVICE_AREA:
            return self._latest(self._present(layer)[:, column] & self.attributes[dimension].flags_of([group]))
        rows = np.zeros(self.n_reviews, dtype=np.bool_)
        if group in self.areas:
            links = self.links.in_layer(layer)
            rows[links.rows[(links.areas == self.areas.index(group)) & (links.factors == column)]] = True
        return self._latest(rows)

    def codes_present(self, factor: str, layer: Layer) -> tuple[str, ...]:
        """The codes of the reviews in which a factor is present."""
        return self._latest(self._present(layer)[:, self._column(factor)])

    def codes_with(self, first: str, second: str, layer: Layer) -> tuple[str, ...]:
        """The codes of the reviews in which both factors are present."""
        return self.codes_with_all((first, second), layer)

    def codes_with_all(self, factors: Iterable[str], layer: Layer) -> tuple[str, ...]:
        """The codes of the reviews in which every one of the factors is present."""
        columns = [self._column(factor) for factor in factors]
        return self._latest(np.all(self._present(layer)[:, columns], axis=1))

    def _latest(self, rows: Flags) -> tuple[str, ...]:
        """The codes of these rows, the review that was opened last first."""
        found = np.flatnonzero(rows)
        return tuple(self.codes[found[np.argsort(-self.opened[found], kind="stable")]].tolist())

    def _column(self, factor: str) -> int:
        return next(at for at, known in enumerate(self.factors) if known.code == factor)

    def _chosen(self, selection: Selection) -> Flags:
        rows = np.ones(self.n_reviews, dtype=np.bool_)
        for dimension in OF_THE_REVIEW:
            if (value := getattr(selection, dimension.value, None)) is not None:
                rows &= self._has(dimension, value)
        quarters = self.attributes[Dimension.QUARTER]
        if selection.quarter_from is not None:
            rows &= quarters.flags_of(name for name in quarters.names if name >= selection.quarter_from)
        if selection.quarter_to is not None:
            rows &= quarters.flags_of(name for name in quarters.names if name and name <= selection.quarter_to)
        if selection.service_area is not None:
            known = selection.service_area in self.areas
            rows &= self.episodes[:, self.areas.index(selection.service_area)] if known else False
        if selection.present or selection.absent:
            rows &= self._with_and_without(selection)
        return rows

    def _has(self, dimension: Dimension, value: str) -> Flags:
        column = self.attributes[dimension]
        if dimension is not Dimension.MALTREATMENT_TYPE:
            return column.flags_of([value])
        return column.flags_of(types for types in column.names if value in types.split(SEVERAL))

    def _with_and_without(self, selection: Selection) -> Flags:
        present, answered = self._present(selection.layer), self._answered()
        rows = np.ones(self.n_reviews, dtype=np.bool_)
        for factor in selection.present:
            rows &= present[:, self._column(factor)]
        for factor in selection.absent:
            rows &= answered[:, self._column(factor)] & ~present[:, self._column(factor)]
        return rows

    def _answered(self) -> Flags:
        return _table(lambda answer, _: answer in IS_ANSWERED).astype(np.bool_)[self.answers, self.directions]

    def _present(self, layer: Layer) -> Flags:
        is_present = _table(lambda answer, direction: answer in IS_PRESENT and layer.holds(direction))
        return is_present.astype(np.bool_)[self.answers, self.directions]

    @cached_property
    def _answered_planes(self) -> Planes:
        return planes_of(self._answered())

    @cached_property
    def _planes_by_layer(self) -> dict[Layer, Planes]:
        return {}

    def _present_planes(self, layer: Layer) -> Planes:
        if layer not in self._planes_by_layer:
            self._planes_by_layer[layer] = planes_of(self._present(layer))
        return self._planes_by_layer[layer]

    def _tally(self, layer: Layer, group_of: Counts, groups: int) -> Tally:
        """One pass over the table: every cell is counted by its group, factor, kind of answer and rater."""
        factors, kinds = len(self.factors), len(KINDS)
        kind = _table(lambda answer, direction: KINDS.index(_kind(answer, direction, layer)))
        kind[[NOT_RATED, NOT_ASKED]] = [[KINDS.index("not_rated")], [KINDS.index("not_asked")]]
        rows = group_of >= 0
        cell = kind[self.answers[rows], self.directions[rows]] * 2 + self.single_raters[rows]
        cell += (group_of[rows, np.newaxis] * factors + np.arange(factors)) * (2 * kinds)
        found = np.bincount(cell.ravel(), minlength=groups * factors * kinds * 2)
        counted = found.reshape(groups, factors, kinds, 2).transpose(2, 3, 1, 0)
        by_kind = {name: counted[at].sum(axis=0) for at, name in enumerate(KINDS)}
        return Tally(
            reviews=counted.sum(axis=(0, 1)),
            answered=sum((by_kind[name] for name in ANSWERED_KINDS), start=np.zeros((factors, groups), dtype=np.int64)),
            single_rater=counted[[KINDS.index(name) for name in ANSWERED_KINDS], 1].sum(axis=0),
            **by_kind,
        )

    def _linked(self, layer: Layer) -> tuple[Counts, Counts]:
        """The review's row and the factor of each factor that is linked in any episode of a review, once."""
        links = self.links.in_layer(layer)
        several = max(len(self.factors), 1)
        once = np.unique(links.rows.astype(np.int64) * several + links.factors)
        return once // several, once % several

    def _by_area(self, layer: Layer, groups: tuple[str, ...]) -> GroupedTally:
        at = [self.areas.index(area) for area in groups]
        factors, areas = len(self.factors), len(self.areas)
        links = self.links.in_layer(layer)
        once = np.unique((links.rows.astype(np.int64) * max(areas, 1) + links.areas) * max(factors, 1) + links.factors)
        there = np.bincount(once % max(factors * areas, 1), minlength=factors * areas).reshape(areas, factors)[at].T
        reviews = self.episodes[:, at].sum(axis=0, dtype=np.int64)
        answered = np.broadcast_to(reviews, there.shape).copy()
        rows, linked = self._linked(layer)
        elsewhere = [np.bincount(linked[~self.episodes[rows, area]], minlength=factors) for area in at]
        none = np.zeros_like(there)
        tally = Tally(
            reviews=answered,
            answered=answered,
            present=there,
            latent=none,
            not_evident=answered - there,
            other_direction=none,
            not_enough_information=none,
            not_rated=none,
            not_asked=none,
            single_rater=none,
        )
        return GroupedTally(
            groups,
            reviews,
            tally,
            rest_present=np.array(elsewhere, dtype=np.int64).reshape(len(at), factors).T,
            rest_answered=int(self.episodes.any(axis=1).sum()) - answered,
        )


def _table(told: Callable[[Answer, Direction], int]) -> Counts:
    """What is told of each answer and direction, by their numbers; 0 where there is no answer.

    The two numbers below 0 come from the end, as numpy counts.
    """
    return np.array([*([told(answer, direction) for direction in Direction] for answer in Answer), [0] * 3, [0] * 3])


def _directions(layer: Layer) -> list[int]:
    return [at for direction, at in DIRECTION_NUMBERS.items() if layer.holds(direction)]


def _kind(answer: Answer, direction: Direction, layer: Layer) -> str:
    if answer is Answer.NOT_ENOUGH_INFORMATION:
        return "not_enough_information"
    if answer is Answer.NOT_EVIDENT:
        return "not_evident"
    if not layer.holds(direction):
        return "other_direction"
    return "latent" if answer is Answer.BACKGROUND else "present"


def _episodes(reviews: Sequence[ReviewRecord], column: dict[str, int]) -> tuple[tuple[str, ...], Flags, Links]:
    # A link is itself proof of an episode in its service area.
    there = [review.episode_areas | {link.service_area for link in review.episode_links} for review in reviews]
    areas = tuple(sorted(frozenset().union(*there)))
    at = {area: number for number, area in enumerate(areas)}
    episodes = np.zeros((len(reviews), len(areas)), dtype=np.bool_)
    for row, found in enumerate(there):
        episodes[row, [at[area] for area in found]] = True
    entries = [
        (row, at[link.service_area], column[link.factor], DIRECTION_NUMBERS[link.direction])
        for row, review in enumerate(reviews)
        for link in review.episode_links
        if link.factor in column
    ]
    return areas, episodes, links_of(*(np.array(entries, dtype=np.int64).reshape(-1, 4).T))


def links_of(rows: Counts, areas: Counts | Numbers, factors: Counts, directions: Counts) -> Links:
    """Links from whole numbers of any size."""
    return Links(rows.astype(np.int32), areas.astype(np.int8), factors.astype(np.int16), directions.astype(np.int8))
