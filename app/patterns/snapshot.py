"""The rated reviews of one list of factors at one moment, with all that patterns keep of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.patterns.drawings import matrix_order
from app.patterns.graph import Grouping, factor_graph, grouping_of
from app.patterns.incidence import Incidence
from app.patterns.layout import Layout, layout_of
from app.patterns.pairs import pairs_of
from app.patterns.records import Factor, Layer
from app.patterns.shares import totals_of


@dataclass(frozen=True, slots=True)
class About:
    """What the list says about one factor."""

    definition: str
    fits: tuple[str, ...]
    does_not_fit: tuple[str, ...]
    domain: str
    """The code of the domain."""


@dataclass(frozen=True, slots=True)
class PackChoice:
    """A list of factors that rated reviews within sight use."""

    id: int
    code: str
    name: str
    version: str
    reviews: int


@dataclass(frozen=True)
class Picture:
    """How the map and the matrix stand in one layer. Made from every review, so that no filter moves anything."""

    grouping: Grouping
    layout: Layout
    order: tuple[Factor, ...]


@dataclass(frozen=True)
class Snapshot:
    """The rated reviews of one list of factors, as they were when the token was read."""

    pack: PackChoice
    incidence: Incidence
    about: Mapping[str, About]
    units: Mapping[str, str]
    """The names of divisions and offices by their codes."""
    unrated: int
    """Reviews within sight that use this list and have no rating that counts yet; they are in no number."""
    _pictures: dict[Layer, Picture] = field(default_factory=dict, repr=False)

    def factor(self, code: str) -> Factor | None:
        return next((factor for factor in self.incidence.factors if factor.code == code), None)

    def picture(self, layer: Layer) -> Picture:
        if layer not in self._pictures:
            factors = self.incidence.factors
            pairs = pairs_of(self.incidence, layer)
            present = present_in(self.incidence, layer)
            graph = factor_graph(pairs, factors, present)
            grouping = grouping_of(graph, factors)
            self._pictures[layer] = Picture(grouping, layout_of(graph, grouping), matrix_order(grouping, pairs))
        return self._pictures[layer]


def present_in(incidence: Incidence, layer: Layer) -> dict[str, int]:
    """The number of reviews with each factor, by its code."""
    totals = totals_of(incidence, layer)
    return {factor.code: total.present for factor, total in zip(incidence.factors, totals, strict=True)}
