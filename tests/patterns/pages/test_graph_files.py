"""The graph in files: networkx reads back what was written, and the same graph gives the same bytes."""

import io
import json

import networkx as nx
import pytest
from hypothesis import given

from app.patterns.connections.consensus import consensus_of
from app.patterns.connections.graph import FactorGraph, grouping_of
from app.patterns.connections.structure import described, explained_by_depth, graph_of, structure_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Layer
from app.patterns.pages.graph_files import WRITERS
from tests.patterns.connections.test_depth import independent_given_depth
from tests.patterns.tables import QUICKLY, Table, factors_named, in_blocks, random_tables, reviews_with

READERS = {
    "json": lambda written: nx.node_link_graph(json.loads(written), edges="edges"),
    "graphml": lambda written: nx.read_graphml(io.BytesIO(written)),
    "gexf": lambda written: nx.read_gexf(io.BytesIO(written)),
}


def whole_graph(table: Table) -> FactorGraph:
    incidence = Incidence.of(*table)
    graph = graph_of(incidence, Layer.HINDERED)
    grouping = grouping_of(graph, incidence.factors)
    consensus = consensus_of(graph, grouping)
    agencies = {factor.code: "internal" for factor in incidence.factors}
    structure = structure_of(incidence, Layer.HINDERED, grouping, consensus, agencies)
    return described(structure, explained_by_depth(incidence, Layer.HINDERED), {"title": "Factors & “links”"})


class TestEveryFormat:
    @pytest.mark.parametrize("kind", WRITERS)
    def test_is_read_back_as_the_same_graph(self, kind: str) -> None:
        graph = whole_graph(in_blocks([4, 3, 1]))
        again = READERS[kind](WRITERS[kind](graph))
        assert set(again) == set(graph)
        assert {frozenset(edge) for edge in again.edges} == {frozenset(edge) for edge in graph.edges}
        for a, b, link in graph.edges(data=True):
            assert {name: again.edges[a, b][name] for name in link} == link
        for code, factor in graph.nodes(data=True):
            assert {name: again.nodes[code][name] for name in factor} == factor
        assert graph.number_of_edges() == 9

    @pytest.mark.parametrize("kind", WRITERS)
    def test_gives_the_same_bytes_again(self, kind: str) -> None:
        table = in_blocks([3, 3])
        assert WRITERS[kind](whole_graph(table)) == WRITERS[kind](whole_graph(table))

    def test_holds_how_each_link_was_judged(self) -> None:
        graph = whole_graph(in_blocks([4, 3, 1]))
        judged = {"base", "with_the_first", "with_the_second", "expected", "lift", "p", "adjusted_p"}
        assert all(judged <= set(link) for _a, _b, link in graph.edges(data=True))
        assert all(link["weight"] == link["phi"] for _a, _b, link in graph.edges(data=True))
        assert all(0 < link["p"] <= link["adjusted_p"] <= 0.05 for _a, _b, link in graph.edges(data=True))

    @pytest.mark.parametrize("kind", WRITERS)
    def test_marks_pairs_that_depth_explains_and_counts_nothing_with_them(self, kind: str) -> None:
        tags = independent_given_depth(380, 16, seed=5, together=0.5)
        table = reviews_with(tags.astype(int).tolist()), factors_named(16)
        again = READERS[kind](WRITERS[kind](whole_graph(table)))
        explained = {frozenset((a, b)) for a, b, edge in again.edges(data=True) if edge["explained_by_depth"]}
        links = {frozenset(edge) for edge in again.edges} - explained
        assert len(explained) > 20
        assert links == {frozenset(("f14", "f15"))}
        for a, b, edge in again.edges(data=True):
            assert edge["adjusted_p"] <= 0.05
            assert (edge["p_given_depth"] <= 0.05) == (frozenset((a, b)) in links)
            assert edge["in_backbone"] == (frozenset((a, b)) in links)
        strength = {code: value for code, value in again.nodes(data="strength") if value}
        assert set(strength) == {"f14", "f15"}

    @pytest.mark.parametrize("kind", WRITERS)
    def test_says_what_it_is(self, kind: str) -> None:
        written = WRITERS[kind](whole_graph(in_blocks([3, 3]))).decode()
        assert "Factors &amp; “links”" in written or "Factors & “links”" in written

    @QUICKLY
    @given(random_tables())
    def test_holds_any_table(self, table: Table) -> None:
        graph = whole_graph(table)
        for kind, write in WRITERS.items():
            again = READERS[kind](write(graph))
            assert (len(again), again.number_of_edges()) == (len(graph), graph.number_of_edges())
