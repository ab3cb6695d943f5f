"""The map of factors on paper: what is linked, in a size whose letters can be read."""

import pytest

from app.patterns.connections.graph import factor_graph, grouping_of
from app.patterns.connections.layout import WIDTH
from app.patterns.connections.on_paper import HIGHEST, map_on_paper
from app.patterns.connections.pairs import pairs_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Layer
from tests.patterns.tables import in_blocks, present_of


def on_paper(sizes):
    table = Incidence.of(*in_blocks(sizes))
    pairs, present = pairs_of(table, Layer.HINDERED), present_of(table)
    links = sorted((pair for pair in pairs if pair.is_link), key=lambda pair: -(pair.phi or 0.0))
    graph = factor_graph(pairs, table.factors, present)
    drawn, number = map_on_paper(graph, grouping_of(graph, table.factors), links, present, {})
    return drawn, number, links


class TestAMapOnPaper:
    def test_leaves_out_factors_without_a_link(self):
        drawn, number, links = on_paper([3, 3, *[1] * 20])
        assert number == len(links)
        joined = {factor.code for pair in links for factor in (pair.first, pair.second)}
        assert {circle.factor.code for circle in drawn.circles} == joined
        assert len(joined) < 26

    @pytest.mark.parametrize("sizes", [[3, 3], [6] * 8, [12, 12, 12], [2] * 30])
    def test_is_never_too_large_for_letters_of_7_points_with_title_and_legend(self, sizes):
        drawn, number, links = on_paper(sizes)
        assert 0 < number <= len(links)
        assert (drawn.width <= WIDTH, drawn.height <= HIGHEST) == (True, True)

    def test_keeps_the_strongest_links_where_not_all_fit(self):
        drawn, number, links = on_paper([6] * 8)
        assert number < len(links)
        assert {line.pair for line in drawn.lines} == set(links[:number])
