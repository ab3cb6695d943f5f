"""How key episodes and the factors linked in them are kept beside the table of reviews."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from app.patterns.counting.columns import Codes, Counts, Flags
from app.patterns.counting.kinds import ANSWER_NUMBERS, DIRECTION_NUMBERS, directions_of
from app.patterns.counting.records import Layer, ReviewRecord
from app.reviews.models import EpisodeKind
from app.systemic_factors.models import Answer, Direction
from app.systemic_factors.packs import AgencyInterface

Numbers: TypeAlias = npt.NDArray[np.int32]

KIND_NUMBERS = {kind: at for at, kind in enumerate(EpisodeKind)}
INTERFACE_NUMBERS = {interface: at for at, interface in enumerate(AgencyInterface)}


@dataclass(frozen=True, eq=False)
class Episodes:
    """Key episodes, one entry each; those of one review keep their order."""

    rows: Numbers
    """The review, as its row in the table."""
    areas: Codes
    kinds: Codes

    def where(self, entries: npt.NDArray[np.generic]) -> Self:
        return replace(self, rows=self.rows[entries], areas=self.areas[entries], kinds=self.kinds[entries])


@dataclass(frozen=True, eq=False)
class Links:
    """The factors linked in key episodes: one entry for each link, in no order."""

    episodes: Numbers
    """The key episode, by its number among the episodes."""
    factors: npt.NDArray[np.int16]
    directions: Codes
    interfaces: Codes

    def where(self, entries: Flags) -> Self:
        return replace(
            self,
            episodes=self.episodes[entries],
            factors=self.factors[entries],
            directions=self.directions[entries],
            interfaces=self.interfaces[entries],
        )

    def in_layer(self, layer: Layer) -> Self:
        return self.where(np.isin(self.directions, directions_of(layer)))

    def renumbered(self, kept: Flags) -> Self:
        """The links of the episodes that are kept, when these are numbered anew."""
        links = self.where(kept[self.episodes])
        return replace(links, episodes=(np.cumsum(kept, dtype=np.int32) - 1)[links.episodes])


def answers_in(links: Links, episodes: int, factors: int) -> tuple[Codes, Codes]:
    """Answers and directions, episode by factor: present where the factor is linked, else not evident."""
    there = {layer: np.zeros((episodes, factors), dtype=np.bool_) for layer in (Layer.HINDERED, Layer.HELPED)}
    for layer, flags in there.items():
        some = links.in_layer(layer)
        flags[some.episodes, some.factors] = True
    hindered, helped = there.values()
    answers = np.where(hindered | helped, ANSWER_NUMBERS[Answer.PRESENT], ANSWER_NUMBERS[Answer.NOT_EVIDENT])
    directions = np.select(
        [hindered & helped, helped], [DIRECTION_NUMBERS[Direction.BOTH], DIRECTION_NUMBERS[Direction.HELPED]]
    )
    return answers.astype(np.int8), directions.astype(np.int8)


def episodes_in(reviews: Sequence[ReviewRecord], column: dict[str, int]) -> tuple[tuple[str, ...], Episodes, Links]:
    """The service areas of some reviews, their key episodes, and the factors linked there.

    `column` gives the place of each factor by its code.
    """
    areas = tuple(sorted({episode.service_area for review in reviews for episode in review.episodes}))
    at = {area: number for number, area in enumerate(areas)}
    found = [(row, episode) for row, review in enumerate(reviews) for episode in review.episodes]
    episodes = [(row, at[episode.service_area], KIND_NUMBERS[episode.kind]) for row, episode in found]
    links = [
        (number, column[link.factor], DIRECTION_NUMBERS[link.direction], INTERFACE_NUMBERS[link.interface])
        for number, (_, episode) in enumerate(found)
        for link in episode.links
        if link.factor in column
    ]
    return areas, episodes_of(*_columns(episodes, 3)), links_of(*_columns(links, 4))


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> Counts:
    return np.array(rows, dtype=np.int64).reshape(-1, width).T


def episodes_of(rows: Counts, areas: Counts | Numbers, kinds: Counts) -> Episodes:
    """Episodes from whole numbers of any size."""
    return Episodes(rows.astype(np.int32), areas.astype(np.int8), kinds.astype(np.int8))


def links_of(episodes: Counts, factors: Counts, directions: Counts, interfaces: Counts) -> Links:
    """Links from whole numbers of any size."""
    return Links(
        episodes.astype(np.int32), factors.astype(np.int16), directions.astype(np.int8), interfaces.astype(np.int8)
    )
