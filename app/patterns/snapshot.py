"""The rated reviews of one list of factors at one moment, with all that patterns keep of them."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from markupsafe import Markup

from app.core.translation import language
from app.patterns.connections.consensus import Consensus, consensus_of
from app.patterns.connections.drawings import FactorMap, drawn_map
from app.patterns.connections.graph import FactorGraph, Grouping, factor_graph, grouping_of
from app.patterns.connections.layout import Layout, layout_of
from app.patterns.connections.matrix import Matrix, drawn_matrix, matrix_order
from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.connections.stability import stability_of
from app.patterns.connections.structure import Structure, structure_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.kept import Kept
from app.patterns.counting.records import About, Dimension, Factor, Layer, PackChoice, Selection
from app.patterns.heatmap.shares import totals_of
from app.patterns.heatmap.table import ColumnOrder, Heatmap, RowOrder, heatmap
from app.patterns.panels import PairPanel, pair_panel

ROOM_FOR_SELECTED = 64 * 2**20
"""Bytes of the selections kept beside the whole table; the selection of a page is asked for again with each click."""
HEATMAPS_KEPT, STRUCTURES_KEPT, PANELS_KEPT = 50, 20, 50
MATRIX_CELLS_KEPT = 100_000
"""Of a list of 45 factors, the matrices of 49 selections; of one of 200 factors, two."""
MAP_LINES_KEPT = 20_000
"""Of a list of 45 factors, the maps of some twenty selections."""
ROOM_FOR_PAGES = 8 * 2**20
"""Bytes of pages that are written already: some forty of a long list of factors."""


@dataclass(frozen=True)
class Picture:
    """How the map and the matrix stand, for one layer and way of counting.

    Made from every review, so that no filter moves anything.
    """

    grouping: Grouping
    layout: Layout
    order: tuple[Factor, ...]
    graph: FactorGraph

    @cached_property
    def consensus(self) -> Consensus:
        """How often the groups come out the same; found when a page shows it first."""
        return consensus_of(self.graph, self.grouping)


@dataclass(frozen=True)
class Written:
    """A page that is written already, without what each request writes anew."""

    small: Mapping[str, Markup]
    """The blocks around its main part."""
    main: tuple[bytes, ...]
    """In bytes as it is sent, since to encode up to 300 kilobytes takes a while; between the parts each request
    tells its own time."""

    @property
    def n_bytes(self) -> int:
        """Roughly."""
        return sum(map(len, (*self.small.values(), *self.main)))


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
    _pictures: dict[Selection, Picture] = field(default_factory=dict, repr=False)
    _selected: Kept[Selection, Incidence] = field(
        default_factory=lambda: Kept(ROOM_FOR_SELECTED, lambda incidence: incidence.n_bytes), repr=False
    )
    _heatmaps: Kept[object, Heatmap] = field(default_factory=lambda: Kept(HEATMAPS_KEPT), repr=False)
    _structures: Kept[Selection, Structure] = field(default_factory=lambda: Kept(STRUCTURES_KEPT), repr=False)
    _matrices: Kept[Selection, Matrix] = field(
        default_factory=lambda: Kept(MATRIX_CELLS_KEPT, lambda matrix: len(matrix.cells)), repr=False
    )
    _maps: Kept[Selection, FactorMap] = field(
        default_factory=lambda: Kept(MAP_LINES_KEPT, lambda drawn: len(drawn.lines)), repr=False
    )
    _panels: Kept[Hashable, PairPanel] = field(default_factory=lambda: Kept(PANELS_KEPT), repr=False)
    pages: Kept[Hashable, Written] = field(
        init=False, default_factory=lambda: Kept(ROOM_FOR_PAGES, lambda page: page.n_bytes), repr=False
    )
    """What of the pages asked for last follows from this snapshot alone, by all that it was asked with. A copy of this
    snapshot keeps all that was worked out from the table; pages are written anew, as they also tell of the rest."""

    def selected(self, selection: Selection) -> Incidence:
        """The reviews the selection asks for."""
        if selection == Selection(layer=selection.layer):
            return self.incidence
        return self._selected.of(selection, lambda: self.incidence.where(selection))

    def heatmap(
        self,
        selection: Selection,
        by: Dimension,
        *,
        rows: RowOrder = RowOrder.SIMILAR,
        columns: ColumnOrder = ColumnOrder.SIMILAR,
        labels: Mapping[str, str],
    ) -> Heatmap:
        """The heatmap of the reviews selected; `labels` are the words of the groups on screen."""
        asked = (selection, by, rows, columns, tuple(labels.items()))
        return self._heatmaps.of(
            asked,
            lambda: heatmap(self.selected(selection), by, selection.layer, rows=rows, columns=columns, labels=labels),
        )

    def pair_panel(self, selection: Selection, pair: Pair) -> PairPanel:
        """What stands beside a map when this pair is chosen."""
        asked = (selection, pair.first, pair.second, language())
        names, layer = self.units, selection.layer
        return self._panels.of(asked, lambda: pair_panel(self.selected(selection), names, pair, layer))

    def factor(self, code: str) -> Factor | None:
        return next((factor for factor in self.incidence.factors if factor.code == code), None)

    def picture(self, selection: Selection) -> Picture:
        """The picture of all reviews, counted in the way of the selection."""
        way = selection.everywhere
        if way not in self._pictures:
            incidence = self.selected(way)
            factors, pairs = incidence.factors, pairs_of(incidence, way.layer)
            graph = factor_graph(pairs, factors, present_in(incidence, way.layer))
            usual = Selection(layer=way.layer)
            grouping = grouping_of(graph, factors, None if way == usual else self.picture(usual).grouping)
            self._pictures[way] = Picture(grouping, layout_of(graph, grouping), matrix_order(grouping, pairs), graph)
        return self._pictures[way]

    def structure(self, selection: Selection) -> Structure:
        """Groups, bridges and backbone of the reviews selected."""
        return self._structures.of(selection, lambda: self._structure(selection))

    def _structure(self, selection: Selection) -> Structure:
        picture, incidence = self.picture(selection), self.selected(selection)
        agency_of = {factor.code: self.about[factor.code].agency for factor in incidence.factors}
        return structure_of(incidence, selection.layer, picture.grouping, picture.consensus, agency_of)

    def matrix(self, selection: Selection) -> Matrix:
        """The matrix of the reviews selected, in the order of all reviews."""
        return self._matrices.of(selection, lambda: self._drawn_matrix(selection))

    def _drawn_matrix(self, selection: Selection) -> Matrix:
        picture, incidence, layer = self.picture(selection), self.selected(selection), selection.layer
        pairs, stability = pairs_of(incidence, layer), stability_of(incidence, layer)
        return drawn_matrix(picture.grouping, picture.order, pairs, present_in(incidence, layer), stability)

    def map(self, selection: Selection) -> FactorMap:
        """The map of the reviews selected, at the places that all reviews gave."""
        return self._maps.of(selection, lambda: self._drawn_map(selection))

    def _drawn_map(self, selection: Selection) -> FactorMap:
        incidence, layer = self.selected(selection), selection.layer
        pairs, stability = pairs_of(incidence, layer), stability_of(incidence, layer)
        return drawn_map(self.picture(selection).layout, pairs, present_in(incidence, layer), stability)


def present_in(incidence: Incidence, layer: Layer) -> dict[str, int]:
    """The number of reviews with each factor, by its code."""
    totals = totals_of(incidence, layer)
    return {factor.code: total.present for factor, total in zip(incidence.factors, totals, strict=True)}
