"""The groups of the graph are Louvain's: the same twice, and as good as networkx's own measure says."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from app.patterns.connections.consensus import groupings
from app.patterns.connections.graph import SEED, FactorGraph, grouping_of
from tests.patterns.tables import QUICKLY, factors_named


@st.composite
def factor_graphs(draw: st.DrawFn) -> FactorGraph:
    """Any links among any factors, also none."""
    factors = factors_named(draw(st.integers(0, 9)))
    graph: FactorGraph = nx.Graph()
    graph.add_nodes_from((factor.code, {"reviews": 5}) for factor in factors)
    for at, one in enumerate(factors):
        for other in factors[at + 1 :]:
            if draw(st.booleans()):
                graph.add_edge(one.code, other.code, phi=draw(st.integers(1, 10)) / 10)
    return graph


def modularity(graph: FactorGraph, communities: list[set[str]]) -> float:
    """By hand: the weight inside each group, less what its strengths would give by chance (Newman 2004)."""
    total = sum(told["phi"] for _, _, told in graph.edges(data=True))
    inside = [sum(told["phi"] for a, b, told in graph.edges(data=True) if {a, b} <= one) for one in communities]
    strength = [sum(degree for _, degree in graph.degree(one, weight="phi")) for one in communities]
    return sum(i / total - (s / (2 * total)) ** 2 for i, s in zip(inside, strength, strict=True))


class TestLouvain:
    @QUICKLY
    @given(factor_graphs())
    def test_finds_the_same_groups_twice_and_no_worse_ones_than_single_factors_or_all_in_one(
        self, graph: FactorGraph
    ) -> None:
        factors = factors_named(len(graph))
        grouping = grouping_of(graph, factors)
        assert grouping_of(graph.copy(), factors) == grouping
        assert groupings(graph) == groupings(graph)
        if graph.size():
            found = [{factor.code for factor in group.factors} for group in grouping.groups]
            found += [{factor.code} for factor in grouping.other]
            theirs = nx.community.modularity(graph, found, weight="phi")
            assert abs(modularity(graph, found) - theirs) < 1e-9
            for instead in ([set(graph)], [{code} for code in graph]):
                assert theirs >= nx.community.modularity(graph, instead, weight="phi") - 1e-9

    @QUICKLY
    @given(factor_graphs())
    def test_is_the_partition_that_networkx_finds_with_this_seed(self, graph: FactorGraph) -> None:
        if not len(graph):
            return
        codes, numbered = list(graph), nx.convert_node_labels_to_integers(graph)
        theirs = nx.community.louvain_communities(numbered, weight="phi", seed=SEED)
        groups = grouping_of(graph, factors_named(len(graph))).groups
        ours = {frozenset(factor.code for factor in group.factors) for group in groups}
        assert ours == {frozenset(codes[at] for at in one) for one in theirs if len(one) > 1}
