"""The one place where reviews are counted: an immutable table of review by factor.

Everything else in patterns asks this table for counts and never sees how it keeps them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from app.patterns.records import OF_THE_REVIEW, SEVERAL, Dimension, Factor, Layer, ReviewRecord, Selection
from app.systemic_factors.models import Answer, Direction

Flags: TypeAlias = npt.NDArray[np.bool_]
Counts: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.int8]

NOT_ASKED, NOT_RATED = -1, -2
ANSWER_NUMBERS: dict[Answer | None, int] = {answer: at for at, answer in enumerate(Answer)} | {None: NOT_RATED}
DIRECTION_NUMBERS = {direction: at for at, direction in enumerate(Direction)}
IS_PRESENT = (Answer.INFLUENCED, Answer.STRONG, Answer.PRESENT)
IS_ANSWERED = (Answer.NOT_EVIDENT, Answer.BACKGROUND, *IS_PRESENT)


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


@dataclass(frozen=True, eq=False)
class PairCounts:
    """Factor by factor, over the reviews in which both were asked and answered."""

    base: Counts
    together: Counts
    present: Counts
    """present[i, j]: reviews of the base in which factor i is present; its transpose is factor j."""


@dataclass(frozen=True, eq=False)
class Incidence:
    """Reviews by factors. Nothing changes it; a selection answers with another one."""

    factors: tuple[Factor, ...]
    codes: npt.NDArray[np.str_]
    answers: Codes
    directions: Codes
    single_raters: Flags
    attributes: dict[Dimension, npt.NDArray[np.str_]]
    areas: tuple[str, ...]
    episodes: Flags
    """Review by service area: any episode there."""
    links: dict[Layer, Flags]
    """Review by service area by factor: linked there in this layer."""

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
            answers=answers,
            directions=directions,
            single_raters=single_raters,
            attributes={
                dimension: np.array([review.attributes.get(dimension, "") for review in reviews], dtype=np.str_)
                for dimension in OF_THE_REVIEW
            },
            areas=areas,
            episodes=episodes,
            links=links,
        )

    @property
    def n_reviews(self) -> int:
        return len(self.codes)

    def where(self, selection: Selection) -> Self:
        """The reviews the selection asks for, as a table of their own."""
        return self._rows(self._chosen(selection))

    def among(self, codes: Iterable[str]) -> Self:
        """The reviews of these codes, as a table of their own."""
        return self._rows(np.isin(self.codes, list(codes)))

    def groups(self, dimension: Dimension) -> tuple[str, ...]:
        """The values that occur, A to Z; reviews without a value belong to none."""
        if dimension is Dimension.SERVICE_AREA:
            return tuple(self.areas[at] for at in np.flatnonzero(self.episodes.any(axis=0)))
        return tuple(value for value in np.unique(self.attributes[dimension]).tolist() if value)

    def tally(self, layer: Layer) -> Tally:
        """The answers to every factor over all reviews of this table; one entry per factor."""
        return self._tally(layer, np.ones((self.n_reviews, 1), dtype=np.bool_), flat=True)

    def tally_by(self, dimension: Dimension, layer: Layer) -> GroupedTally:
        """The answers to every factor in each group of a dimension.

        For service areas the numerator is the reviews with the factor linked in an episode there, and the
        denominator the reviews with any episode there; the other answers belong to the review and are 0.
        """
        groups = self.groups(dimension)
        members = self._members(dimension, groups)
        tally = self._linked(layer, groups) if dimension is Dimension.SERVICE_AREA else self._tally(layer, members)
        return GroupedTally(groups, members.sum(axis=0, dtype=np.int64), tally)

    def linked_anywhere(self, layer: Layer) -> tuple[Counts, int]:
        """Per factor, the reviews with a link in any service area; and the reviews with any episode at all."""
        return self.links[layer].any(axis=1).sum(axis=0, dtype=np.int64), int(self.episodes.any(axis=1).sum())

    def pair_counts(self, layer: Layer) -> PairCounts:
        # Products of 0 and 1 are exact in double precision, which is what matrix products are fast in.
        answered = self._answered().astype(np.float64)
        present = self._present(layer).astype(np.float64)
        return PairCounts(
            base=(answered.T @ answered).astype(np.int64),
            together=(present.T @ present).astype(np.int64),
            present=(present.T @ answered).astype(np.int64),
        )

    def answered_and_present(self, layer: Layer) -> tuple[Flags, Flags]:
        """Review by factor: whether it was asked and answered, and whether it is present in this layer."""
        return self._answered(), self._present(layer)

    def codes_in(self, factor: str, dimension: Dimension, group: str, layer: Layer) -> tuple[str, ...]:
        """The codes of the reviews counted in one cell of a heatmap."""
        column = self._column(factor)
        if dimension is Dimension.SERVICE_AREA:
            rows = self.links[layer][:, self.areas.index(group), column] if group in self.areas else self._none()
        else:
            rows = self._present(layer)[:, column] & (self.attributes[dimension] == group)
        return tuple(self.codes[rows].tolist())

    def codes_present(self, factor: str, layer: Layer) -> tuple[str, ...]:
        """The codes of the reviews in which a factor is present."""
        return tuple(self.codes[self._present(layer)[:, self._column(factor)]].tolist())

    def codes_with(self, first: str, second: str, layer: Layer) -> tuple[str, ...]:
        """The codes of the reviews in which both factors are present."""
        present = self._present(layer)
        return tuple(self.codes[present[:, self._column(first)] & present[:, self._column(second)]].tolist())

    def codes_with_all(self, factors: Iterable[str], layer: Layer) -> tuple[str, ...]:
        """The codes of the reviews in which every one of the factors is present."""
        columns = [self._column(factor) for factor in factors]
        return tuple(self.codes[self._present(layer)[:, columns].all(axis=1)].tolist())

    def _column(self, factor: str) -> int:
        return next(at for at, known in enumerate(self.factors) if known.code == factor)

    def _none(self) -> Flags:
        return np.zeros(self.n_reviews, dtype=np.bool_)

    def _rows(self, rows: Flags) -> Self:
        return type(self)(
            factors=self.factors,
            codes=self.codes[rows],
            answers=self.answers[rows],
            directions=self.directions[rows],
            single_raters=self.single_raters[rows],
            attributes={dimension: values[rows] for dimension, values in self.attributes.items()},
            areas=self.areas,
            episodes=self.episodes[rows],
            links={layer: linked[rows] for layer, linked in self.links.items()},
        )

    def _chosen(self, selection: Selection) -> Flags:
        rows = np.ones(self.n_reviews, dtype=np.bool_)
        for dimension in OF_THE_REVIEW:
            if (value := getattr(selection, dimension.value, None)) is not None:
                rows &= self._has(dimension, value)
        quarters = self.attributes[Dimension.QUARTER]
        if selection.quarter_from is not None:
            rows &= quarters >= selection.quarter_from
        if selection.quarter_to is not None:
            rows &= (quarters <= selection.quarter_to) & (quarters != "")
        if selection.service_area is not None:
            known = selection.service_area in self.areas
            rows &= self.episodes[:, self.areas.index(selection.service_area)] if known else False
        return rows & self._with_and_without(selection)

    def _has(self, dimension: Dimension, value: str) -> Flags:
        values = self.attributes[dimension]
        if dimension is not Dimension.MALTREATMENT_TYPE:
            return np.equal(values, value)
        return np.array([value in types.split(SEVERAL) for types in values.tolist()], dtype=np.bool_)

    def _with_and_without(self, selection: Selection) -> Flags:
        present, answered = self._present(selection.layer), self._answered()
        rows = np.ones(self.n_reviews, dtype=np.bool_)
        for factor in selection.present:
            rows &= present[:, self._column(factor)]
        for factor in selection.absent:
            rows &= answered[:, self._column(factor)] & ~present[:, self._column(factor)]
        return rows

    def _members(self, dimension: Dimension, groups: tuple[str, ...]) -> Flags:
        if dimension is Dimension.SERVICE_AREA:
            return self.episodes[:, [self.areas.index(area) for area in groups]]
        values = self.attributes[dimension]
        return np.equal(values[:, np.newaxis], np.array(groups, dtype=np.str_)[np.newaxis, :])

    def _is(self, *answers: Answer) -> Flags:
        return np.isin(self.answers, [ANSWER_NUMBERS[answer] for answer in answers])

    def _answered(self) -> Flags:
        return self._is(*IS_ANSWERED)

    def _in_layer(self, layer: Layer) -> Flags:
        return np.isin(self.directions, [at for direction, at in DIRECTION_NUMBERS.items() if layer.holds(direction)])

    def _present(self, layer: Layer) -> Flags:
        return self._is(*IS_PRESENT) & self._in_layer(layer)

    def _tally(self, layer: Layer, members: Flags, *, flat: bool = False) -> Tally:
        asked, in_layer = self.answers != NOT_ASKED, self._in_layer(layer)

        def count(flags: Flags) -> Counts:
            by_group = (flags.T.astype(np.float64) @ members.astype(np.float64)).astype(np.int64)
            return by_group[:, 0] if flat else by_group

        return Tally(
            reviews=count(np.ones_like(asked)),
            answered=count(self._answered()),
            present=count(self._present(layer)),
            latent=count(self._is(Answer.BACKGROUND) & in_layer),
            not_evident=count(self._is(Answer.NOT_EVIDENT)),
            other_direction=count(self._is(Answer.BACKGROUND, *IS_PRESENT) & ~in_layer),
            not_enough_information=count(self._is(Answer.NOT_ENOUGH_INFORMATION)),
            not_rated=count(self.answers == NOT_RATED),
            not_asked=count(~asked),
            single_rater=count(self._answered() & self.single_raters),
        )

    def _linked(self, layer: Layer, groups: tuple[str, ...]) -> Tally:
        at = [self.areas.index(area) for area in groups]
        present = self.links[layer][:, at, :].sum(axis=0, dtype=np.int64).T
        base = np.broadcast_to(self.episodes[:, at].sum(axis=0, dtype=np.int64), present.shape).copy()
        none = np.zeros_like(present)
        return Tally(
            reviews=base,
            answered=base,
            present=present,
            latent=none,
            not_evident=base - present,
            other_direction=none,
            not_enough_information=none,
            not_rated=none,
            not_asked=none,
            single_rater=none,
        )


def _episodes(
    reviews: Sequence[ReviewRecord], column: dict[str, int]
) -> tuple[tuple[str, ...], Flags, dict[Layer, Flags]]:
    # A link is itself proof of an episode in its service area.
    there = [review.episode_areas | {link.service_area for link in review.episode_links} for review in reviews]
    areas = tuple(sorted(frozenset().union(*there)))
    at = {area: number for number, area in enumerate(areas)}
    episodes = np.zeros((len(reviews), len(areas)), dtype=np.bool_)
    links = {layer: np.zeros((len(reviews), len(areas), len(column)), dtype=np.bool_) for layer in Layer}
    for row, review in enumerate(reviews):
        for area in there[row]:
            episodes[row, at[area]] = True
        for link in review.episode_links:
            if link.factor in column:
                for layer in Layer:
                    links[layer][row, at[link.service_area], column[link.factor]] |= layer.holds(link.direction)
    return areas, episodes, links
