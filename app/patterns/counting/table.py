"""An immutable table of review by factor, and the rows and columns of it that a selection asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from app.patterns.counting.columns import Codes, Column, Flags
from app.patterns.counting.episodes import (
    INTERFACE_NUMBERS,
    KIND_NUMBERS,
    Episodes,
    Links,
    Numbers,
    answers_in,
    episodes_in,
)
from app.patterns.counting.kinds import (
    ANSWER_NUMBERS,
    DIRECTION_NUMBERS,
    NOT_ASKED,
    where_answered,
    where_present,
)
from app.patterns.counting.records import (
    OF_THE_REVIEW,
    SEVERAL,
    USUAL_THRESHOLD,
    Dimension,
    Factor,
    Layer,
    ReviewRecord,
    Selection,
    Unit,
)


@dataclass(frozen=True, eq=False)
class Table:
    """Reviews by factors. Nothing changes it; a selection answers with another one.

    Where the unit is the key episode, each row is one: a factor is present where it is linked there, and not evident
    where it is not. Everything that counts rows then counts episodes.
    """

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
    episodes: Episodes
    links: Links
    threshold: int = USUAL_THRESHOLD
    unit: Unit = Unit.REVIEW

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
        areas, episodes, links = episodes_in(reviews, column)
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

    def _with(self, **changed: Any) -> Self:
        """This table with something in it replaced, as a table that holds all of its arrays itself."""
        return replace(self, **changed)

    @property
    def n_reviews(self) -> int:
        return len(self.answers)

    @cached_property
    def n_bytes(self) -> int:
        """The memory that the arrays of the table take, or will take when all of them were asked for."""
        links, columns = self.links, self.attributes.values()
        arrays = (
            self.codes, self.opened, self.answers, self.directions, self.single_raters, self.episodes.rows,
            self.episodes.areas, self.episodes.kinds, links.episodes, links.factors, links.directions,
            links.interfaces, *(column.numbers for column in columns),
        )  # fmt: skip
        return sum(array.nbytes for array in arrays)

    @cached_property
    def of_all_domains(self) -> Self:
        """The same rows with every factor: how many factors a review has does not depend on which of them are shown."""
        return self

    @cached_property
    def places_in_all(self) -> tuple[int, ...]:
        """Where its factors stand in `of_all_domains`."""
        place = {factor: at for at, factor in enumerate(self.of_all_domains.factors)}
        return tuple(place[factor] for factor in self.factors)

    @cached_property
    def in_area(self) -> Flags:
        """Review by service area: any episode there."""
        there = np.zeros((self.n_reviews, len(self.areas)), dtype=np.bool_)
        there[self.episodes.rows, self.episodes.areas] = True
        return there

    def _in_episodes(self, kept: Flags, threshold: int) -> Self:
        """These key episodes as a table: one row for each, in the order of the reviews."""
        order = np.argsort(self.episodes.rows[kept], kind="stable")
        found = self.episodes.where(kept).where(order)
        links = self.links.renumbered(kept)
        place = np.empty(len(order), dtype=np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        links = replace(links, episodes=place[links.episodes])
        answers, directions = answers_in(links, len(order), len(self.factors))
        return self._with(
            codes=self.codes[found.rows],
            opened=self.opened[found.rows],
            answers=answers,
            directions=directions,
            single_raters=np.zeros_like(answers, dtype=np.bool_),
            attributes={dimension: values.rows(found.rows) for dimension, values in self.attributes.items()},
            episodes=replace(found, rows=np.arange(len(order), dtype=np.int32)),
            links=links,
            threshold=threshold,
            unit=Unit.EPISODE,
        )

    def _of_domains(self, domains: Sequence[str]) -> Self:
        """Only the factors of these domains; all without any."""
        if not domains:
            return self
        kept = np.array([factor.domain in domains for factor in self.factors], dtype=np.bool_)
        links = self.links.where(kept[self.links.factors])
        some = self._with(
            factors=tuple(factor for factor, is_kept in zip(self.factors, kept.tolist(), strict=True) if is_kept),
            answers=self.answers[:, kept],
            directions=self.directions[:, kept],
            single_raters=self.single_raters[:, kept],
            links=replace(links, factors=(np.cumsum(kept, dtype=np.int16) - np.int16(1))[links.factors]),
        )
        some.__dict__["of_all_domains"] = self
        return some

    def with_reviews(self, others: Self) -> Self:
        """This table and the reviews of another one, which has the same factors and none of these reviews."""
        at = np.searchsorted(self.codes, others.codes)
        order = np.insert(np.arange(self.n_reviews), at, self.n_reviews + np.arange(others.n_reviews))
        areas = tuple(sorted({*self.areas, *others.areas}))
        number = {area: number for number, area in enumerate(areas)}
        place = np.empty(len(order), dtype=np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)

        def joined(name: str) -> Any:
            return np.concatenate((getattr(self, name), getattr(others, name)))[order]

        def beside(part: str, name: str, later: int = 0) -> Any:
            mine, theirs = (getattr(getattr(table, part), name) for table in (self, others))
            return np.concatenate((mine, theirs + mine.dtype.type(later)))

        def renumbered(table: Self) -> Codes:
            return np.array([number[area] for area in table.areas] or [0], dtype=np.int8)[table.episodes.areas]

        return self._with(
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
            episodes=Episodes(
                rows=place[beside("episodes", "rows", self.n_reviews)],
                areas=np.concatenate((renumbered(self), renumbered(others))),
                kinds=beside("episodes", "kinds"),
            ),
            links=Links(
                episodes=beside("links", "episodes", len(self.episodes.rows)),
                factors=beside("links", "factors"),
                directions=beside("links", "directions"),
                interfaces=beside("links", "interfaces"),
            ),
        )

    def groups(self, dimension: Dimension) -> tuple[str, ...]:
        """The values that occur, A to Z; reviews without a value belong to none."""
        if dimension is Dimension.SERVICE_AREA:
            return tuple(self.areas[at] for at in np.flatnonzero(self.in_area.any(axis=0)))
        if dimension is Dimension.MALTREATMENT_TYPE:
            kinds = self.values(dimension).occurring()
            return tuple(sorted({kind for several in kinds for kind in several.split(SEVERAL)}))
        return self.values(dimension).occurring()

    def values(self, dimension: Dimension) -> Column:
        """The value of each review in a dimension of reviews."""
        return self.attributes[dimension]

    def _column(self, factor: str) -> int:
        return next(at for at, known in enumerate(self.factors) if known.code == factor)

    def _asked_for(self, selection: Selection) -> Flags:
        """The rows, or the key episodes where these are the unit, that the selection asks for, of any domain."""
        rows, episodes = self._chosen(selection), self._episodes_chosen(selection)
        if selection.unit is Unit.EPISODE:
            within = rows[self.episodes.rows]
            return within if episodes is None else within & episodes
        return rows if episodes is None else rows & self._with_any(episodes)

    def _chosen(self, selection: Selection) -> Flags:
        rows = np.ones(self.n_reviews, dtype=np.bool_)
        for dimension in OF_THE_REVIEW:
            if values := getattr(selection, dimension.value, ()):
                rows &= self._has(dimension, values)
        first, last = selection.quarter_from, selection.quarter_to
        if first is not None or last is not None:
            quarters = self.values(Dimension.QUARTER)
            is_within = (
                name
                for name in quarters.names
                if (first is None or name >= first) and (last is None or (name and name <= last))
            )
            rows &= quarters.flags_of(is_within)
        if selection.present or selection.absent:
            rows &= self._with_and_without(selection)
        return rows

    def _has(self, dimension: Dimension, values: Sequence[str]) -> Flags:
        column = self.values(dimension)
        if dimension is not Dimension.MALTREATMENT_TYPE:
            return column.flags_of(values)
        return column.flags_of(types for types in column.names if not set(values).isdisjoint(types.split(SEVERAL)))

    def _episodes_chosen(self, selection: Selection) -> Flags | None:
        """The key episodes that answer to the selection; None where it asks nothing of episodes."""
        if not (selection.service_area or selection.episode_kind or selection.interface):
            return None
        chosen = np.ones(len(self.episodes.rows), dtype=np.bool_)
        if selection.service_area:
            wanted = [at for at, area in enumerate(self.areas) if area in selection.service_area]
            chosen &= np.isin(self.episodes.areas, wanted)
        if selection.episode_kind:
            chosen &= np.isin(self.episodes.kinds, [KIND_NUMBERS[kind] for kind in selection.episode_kind])
        if selection.interface:
            wanted = [INTERFACE_NUMBERS[interface] for interface in selection.interface]
            met = self.links.episodes[np.isin(self.links.interfaces, wanted)]
            chosen &= np.isin(np.arange(len(chosen)), met)
        return chosen

    def _with_any(self, episodes: Flags) -> Flags:
        """The rows in which any of these episodes lies."""
        rows = np.zeros(self.n_reviews, dtype=np.bool_)
        rows[self.episodes.rows[episodes]] = True
        return rows

    def _with_and_without(self, selection: Selection) -> Flags:
        asked = [self._column(factor) for factor in (*selection.present, *selection.absent)]
        answers, directions = self.answers[:, asked], self.directions[:, asked]
        present = where_present(answers, directions, selection.layer, selection.threshold)
        answered = where_answered(answers)
        with_all, without = present[:, : len(selection.present)], slice(len(selection.present), None)
        absent = answered[:, without] & ~present[:, without]
        return np.asarray(with_all.all(axis=1) & absent.all(axis=1))

    def _answered(self) -> Flags:
        return where_answered(self.answers)

    def _present(self, layer: Layer) -> Flags:
        return where_present(self.answers, self.directions, layer, self.threshold)

    def _links_of(self, layer: Layer) -> Links:
        """The links of a layer. Links carry no rating: the latent layer takes those whose factor the review rates 1."""
        links = self.links.in_layer(layer)
        if layer is not Layer.LATENT:
            return links
        return links.where(self._present(layer)[self.episodes.rows[links.episodes], links.factors])
