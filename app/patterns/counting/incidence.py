"""The one place where reviews are counted: what a table of review by factor holds, in numbers.

Everything else in patterns asks it for counts and never sees how it keeps them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from app.patterns.counting.columns import (
    Codes,
    Column,
    Counts,
    Flags,
    Places,
    Planes,
    bits_in,
    bits_shared_within,
    shared_bits,
)
from app.patterns.counting.episodes import Episodes, Links, Numbers
from app.patterns.counting.kinds import ANSWER_NUMBERS, where_present
from app.patterns.counting.rarity import Rarity, rarity_of
from app.patterns.counting.records import OPPOSITE, Dimension, Layer, Selection, Unit
from app.patterns.counting.tallied import TalliedTable
from app.patterns.counting.tallies import PairCounts
from app.systemic_factors.models import Answer

OF_PARTS_TOO = ("_answers_and_directions", "_has_single_raters")


class Incidence(TalliedTable):
    """Reviews by factors, and every count of them."""

    def where(self, selection: Selection) -> "Incidence":
        """What the selection asks for, as a table of its own."""
        chosen = self._asked_for(selection)
        if selection.unit is Unit.EPISODE:
            return self._in_episodes(chosen, selection.threshold)._of_domains(selection.domains)
        if not chosen.all():
            part: Incidence = Part(self, np.flatnonzero(chosen), selection.threshold)._of_domains(selection.domains)
            return part
        return self._from(selection.threshold)._of_domains(selection.domains)

    def number_in_any(self, selections: Iterable[Selection]) -> int:
        """Reviews, or key episodes where these are the unit, that at least one of the selections asks for."""
        return int(np.count_nonzero(np.any([self._asked_for(selection) for selection in selections], axis=0)))

    def _from(self, threshold: int) -> "Incidence":
        """The same table, in which a factor is present from this rating on; whoever asks next finds it and its bits."""
        if threshold == self.threshold:
            return self
        if threshold not in self._other_thresholds:
            self._other_thresholds[threshold] = self._with(threshold=threshold)
        return self._other_thresholds[threshold]

    @cached_property
    def _other_thresholds(self) -> dict[int, "Incidence"]:
        return {}

    def rows(self, rows: Flags) -> "Incidence":
        """The reviews of these rows, as a table of their own."""
        # Looked for once; a table of flags would be searched again for each of the arrays.
        return self.at(np.flatnonzero(rows))

    def at(self, places: Places) -> "Incidence":
        """The reviews in these places, as a table of their own."""
        return Part(self, places, self.threshold)

    @property
    def without_strength(self) -> int:
        """Answers that were imported as present and have no strength, so that they count at every threshold."""
        return int(np.count_nonzero(self.answers == ANSWER_NUMBERS[Answer.PRESENT]))

    def pair_counts(self, layer: Layer) -> PairCounts:
        present = self.present_planes(layer)
        return PairCounts(
            base=self._both_answered,
            together=bits_shared_within(present),
            present=self._where_answered(present),
        )

    @cached_property
    def _both_answered(self) -> Counts:
        return self._where_answered(self.answered_planes)

    def _where_answered(self, planes: Planes) -> Counts:
        """For each plane and each factor, the rows of the plane in which the factor was answered.

        Where a factor was answered everywhere, that is the whole plane, and nothing needs to be compared.
        """
        counts = np.repeat(bits_in(planes)[:, np.newaxis], len(self.factors), axis=1)
        in_part = self.answered_in_part
        if len(in_part):
            counts[:, in_part] = shared_bits(planes, self.answered_planes[in_part])
        return counts

    def answered_and_present(self, layer: Layer) -> tuple[Flags, Flags]:
        """Review by factor: whether it was asked and answered, and whether it is present in this layer."""
        return self._answered(), self._present(layer)

    def rows_in(self, factor: str, dimension: Dimension, group: str, layer: Layer) -> Flags:
        """The rows counted in one cell of a heatmap."""
        column = self._column(factor)
        if dimension is not Dimension.SERVICE_AREA:
            return self._with_all([column], layer) & self._has(dimension, [group])
        rows = np.zeros(self.n_reviews, dtype=np.bool_)
        if group in self.areas:
            links = self._links_of(layer)
            there = self.episodes.areas[links.episodes] == self.areas.index(group)
            rows[self.episodes.rows[links.episodes[there & (links.factors == column)]]] = True
        return rows

    def rows_with(self, factors: Iterable[str], layer: Layer) -> Flags:
        """The rows in which every one of the factors is present."""
        return self._with_all([self._column(factor) for factor in factors], layer)

    def _with_all(self, columns: list[int], layer: Layer) -> Flags:
        answers, directions = self.answers[:, columns], self.directions[:, columns]
        return np.asarray(where_present(answers, directions, layer, self.threshold).all(axis=1))

    def codes_in(self, factor: str, dimension: Dimension, group: str, layer: Layer) -> tuple[str, ...]:
        """The codes of the reviews counted in one cell of a heatmap."""
        return self.latest(self.rows_in(factor, dimension, group, layer))

    def codes_with(self, factors: Iterable[str], layer: Layer) -> tuple[str, ...]:
        """The codes of the reviews in which every one of the factors is present."""
        return self.latest(self.rows_with(factors, layer))

    def latest(self, rows: Flags) -> tuple[str, ...]:
        """The codes of these rows' reviews, each once, the review that was opened last first."""
        found = np.flatnonzero(rows)
        codes = self.codes[found[np.argsort(-self.opened[found], kind="stable")]].tolist()
        return tuple(dict.fromkeys(codes))

    @cached_property
    def rarity(self) -> Rarity:
        """How rare each factor is in each layer of OPPOSITE, and what each review has of it; layer after layer."""
        present = np.vstack([self.present_planes(layer) for layer in OPPOSITE])
        return rarity_of(present, np.vstack([self.answered_planes] * len(OPPOSITE)), self.n_reviews)

    def row_of(self, code: str) -> int | None:
        """Where the review of this code stands."""
        # Codes stand A to Z.
        at = int(np.searchsorted(self.codes, code))
        return at if at < self.n_reviews and self.codes[at] == code else None


class Part(Incidence):
    """Some rows of a table. An array of them is taken from the whole when it is first asked for: a count needs few."""

    _whole: Incidence
    _at: Places
    """Where these rows stand in the whole."""

    def __init__(self, whole: Incidence, at: Places, threshold: int) -> None:
        same = {name: getattr(whole, name) for name in ("factors", "areas", "unit")}
        size = whole.n_bytes * len(at) // max(whole.n_reviews, 1)
        # Past the constructor of a table, which wants every array at once.
        self.__dict__.update(same, threshold=threshold, n_bytes=size, _whole=whole, _at=at)
        # What is known to be nowhere in the whole is not looked for in each of its parts.
        self.__dict__.update({name: known for name, known in whole.__dict__.items() if name in OF_PARTS_TOO})

    def _with(self, **changed: Any) -> Any:
        # No part: what is changed would not be found in the whole.
        return Incidence(**{field.name: getattr(self, field.name) for field in fields(self)} | changed)

    def _of_domains(self, domains: Sequence[str]) -> Any:
        some = super()._of_domains(domains)
        if some is not self:
            # It keeps this part for as long as itself.
            some.__dict__["n_bytes"] = some.n_bytes + self.n_bytes
        return some

    @cached_property
    def codes(self) -> npt.NDArray[np.str_]:
        return self._whole.codes.take(self._at)

    @cached_property
    def opened(self) -> Numbers:
        return self._whole.opened.take(self._at)

    @cached_property
    def answers(self) -> Codes:
        return self._whole.answers.take(self._at, axis=0)

    @cached_property
    def directions(self) -> Codes:
        return self._whole.directions.take(self._at, axis=0)

    @cached_property
    def single_raters(self) -> Flags:
        return self._whole.single_raters.take(self._at, axis=0)

    @cached_property
    def attributes(self) -> dict[Dimension, Column]:
        return {dimension: self.values(dimension) for dimension in self._whole.attributes}

    def values(self, dimension: Dimension) -> Column:
        if dimension not in self._values:
            self._values[dimension] = self._whole.values(dimension).at(self._at)
        return self._values[dimension]

    @cached_property
    def _values(self) -> dict[Dimension, Column]:
        return {}

    @cached_property
    def episodes(self) -> Episodes:
        found = self._whole.episodes.where(self._kept_episodes)
        return replace(found, rows=np.searchsorted(self._at, found.rows).astype(np.int32))

    @cached_property
    def links(self) -> Links:
        return self._whole.links.renumbered(self._kept_episodes)

    @cached_property
    def _kept_episodes(self) -> Flags:
        rows = np.zeros(self._whole.n_reviews, dtype=np.bool_)
        rows[self._at] = True
        return rows[self._whole.episodes.rows]
