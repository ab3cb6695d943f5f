"""Consensus, bridging and backbone, on literal links and against other ways to find them."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree

from app.patterns.connections.backbone import backbone
from app.patterns.connections.bridging import between_kinds, bridging
from app.patterns.connections.consensus import consensus_of
from app.patterns.connections.graph import FactorGraph, centralities, factor_graph, grouping_of
from app.patterns.connections.pairs import pairs_of
from app.patterns.connections.sentences import structure_finding
from app.patterns.connections.structure import structure_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Layer
from tests.patterns.tables import QUICKLY, factors_named, in_blocks, present_of


def a_graph(links: dict[tuple[int, int], float], factors: int) -> FactorGraph:
    graph: FactorGraph = nx.Graph()
    graph.add_nodes_from((f"f{at}", {"reviews": 10}) for at in range(factors))
    for (a, b), phi in links.items():
        graph.add_edge(f"f{a}", f"f{b}", phi=phi, distance=1 / phi)
    return graph


def numbered(graph: FactorGraph) -> FactorGraph:
    return nx.relabel_nodes(graph, lambda code: int(code[1:]))


@st.composite
def random_links(draw: st.DrawFn) -> FactorGraph:
    """Up to eight factors; the strengths differ, so that there is one answer."""
    size = draw(st.integers(0, 8))
    every = [(a, b) for a in range(size) for b in range(a + 1, size)]
    chosen = draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    order = draw(st.permutations(range(len(chosen))))
    return a_graph({link: 0.1 + 0.02 * at for link, at in zip(chosen, order, strict=True)}, size)


class TestConsensus:
    TWO = {(0, 1): 0.5, (0, 2): 0.5, (1, 2): 0.5, (3, 4): 0.5, (4, 5): 0.5, (3, 5): 0.5}

    def test_groups_that_are_apart_always_come_out(self) -> None:
        graph = a_graph(self.TWO, 7)
        found = consensus_of(graph, grouping_of(graph, factors_named(7)))
        assert found.groups == {"A": 100, "B": 100}
        assert found.factors == {f"f{at}": 100 for at in range(6)}

    def test_groups_that_could_be_cut_elsewhere_come_out_less_often(self) -> None:
        # In a ring of ten equal links no place to cut is better than the next.
        graph = a_graph({(min(at, (at + 1) % 10), max(at, (at + 1) % 10)): 0.4 for at in range(10)}, 10)
        grouping = grouping_of(graph, factors_named(10))
        found = consensus_of(graph, grouping)
        for group in grouping.groups:
            codes = {factor.code for factor in group.factors}
            whole = sum(
                any(codes <= {f"f{at}" for at in part} for part in parts)
                for seed in range(100)
                for parts in [nx.community.louvain_communities(numbered(graph), weight="phi", seed=seed)]
            )
            assert found.groups[group.letter] == whole < 100
            assert all(whole <= found.factors[code] for code in codes)

    @pytest.mark.parametrize("factors", [0, 1])
    def test_without_links_there_is_nothing_to_ask(self, factors: int) -> None:
        graph = a_graph({}, factors)
        found = consensus_of(graph, grouping_of(graph, factors_named(factors)))
        assert (found.groups, found.factors) == ({}, {})


class TestBridging:
    KINDS = {"f0": "Team", "f1": "Team", "f2": "Court", "f3": "Health", "f4": "Team"}

    def test_counted_by_hand(self) -> None:
        graph = a_graph({(0, 1): 0.2, (0, 2): 0.1, (0, 3): 0.1, (1, 4): 0.3}, 5)
        found = bridging(graph, self.KINDS)
        assert (found["f0"].links, found["f0"].across, found["f0"].reaches) == (3, 2, ("Court", "Health"))
        assert found["f0"].participation == pytest.approx(1 - 0.5**2 - 0.25**2 - 0.25**2)
        assert (found["f4"].across, found["f4"].participation) == (0, 0.0)

    def test_a_factor_without_a_link_has_no_share(self) -> None:
        assert bridging(a_graph({}, 1), self.KINDS)["f0"].participation is None

    @QUICKLY
    @given(random_links())
    def test_is_the_chance_that_two_draws_of_strength_are_of_different_kinds(self, graph: FactorGraph) -> None:
        kinds = {code: "abc"[int(code[1:]) % 3] for code in graph}
        for code, found in bridging(graph, kinds).items():
            links = [(kinds[other], graph.edges[code, other]["phi"]) for other in graph.adj[code]]
            total = sum(phi for _, phi in links) ** 2
            different = sum(p * q for k, p in links for m, q in links if k != m)
            assert found.participation == (pytest.approx(different / total, abs=2e-6) if links else None)

    @QUICKLY
    @given(random_links())
    def test_every_link_lies_between_two_kinds_once(self, graph: FactorGraph) -> None:
        factors = factors_named(len(graph), "Team Practice")
        found = between_kinds(graph, factors, {factor.code: factor.domain for factor in factors})
        assert sum(one.links for one in found) == graph.number_of_edges()
        assert sum(one.possible for one in found) == len(graph) * (len(graph) - 1) // 2
        assert sum(one.strength for one in found) == pytest.approx(graph.size(weight="phi"))
        mixed = [one for one in found if one.first != one.second]
        for one in mixed:
            # Networkx's own count of links by the kinds at their ends.
            nx.set_node_attributes(graph, {factor.code: factor.domain for factor in factors}, "domain")
            theirs = nx.attribute_mixing_dict(graph, "domain")
            assert theirs.get(one.first, {}).get(one.second, 0) == one.links


class TestBackbone:
    @QUICKLY
    @given(random_links())
    def test_is_the_spanning_forest_that_scipy_finds(self, graph: FactorGraph) -> None:
        codes = sorted(graph)
        lengths = np.zeros((len(codes), len(codes)))
        for a, b, link in graph.edges(data=True):
            lengths[codes.index(a), codes.index(b)] = 10 - link["phi"]
        theirs = minimum_spanning_tree(csr_array(lengths)).nonzero() if len(codes) else ([], [])
        assert backbone(graph) == {tuple(sorted((codes[a], codes[b]))) for a, b in zip(*theirs, strict=True)}

    def test_of_equal_links_takes_the_first_by_code(self) -> None:
        assert backbone(a_graph({(1, 2): 0.3, (0, 2): 0.3, (0, 1): 0.3}, 3)) == {("f0", "f1"), ("f0", "f2")}


class TestBetweenness:
    @QUICKLY
    @given(random_links())
    def test_is_the_share_of_shortest_ways_that_pass(self, graph: FactorGraph) -> None:
        factors = factors_named(len(graph))
        others = max((len(graph) - 1) * (len(graph) - 2) / 2, 1)
        passing = dict.fromkeys(graph, 0.0)
        for at, one in enumerate(factors):
            for other in factors[at + 1 :]:
                if nx.has_path(graph, one.code, other.code):
                    ways = list(nx.all_shortest_paths(graph, one.code, other.code, weight="distance"))
                    for way in ways:
                        for code in way[1:-1]:
                            passing[code] += 1 / len(ways) / others
        for found in centralities(graph, factors):
            assert found.betweenness == pytest.approx(passing[found.factor.code], abs=1e-5)


class TestTheFinding:
    @pytest.mark.parametrize(
        ("sizes", "told"),
        [
            ([2, 2, 1], "Links only join factors two by two, so that betweenness and spread are 0 for all."),
            ([3, 3], "No factor lies on the shortest path between two others."),
        ],
    )
    def test_says_when_nothing_lies_between_anything(self, sizes: list[int], told: str) -> None:
        incidence = Incidence.of(*in_blocks(sizes))
        pairs = pairs_of(incidence, Layer.HINDERED)
        graph = factor_graph(pairs, incidence.factors, present_of(incidence))
        grouping = grouping_of(graph, incidence.factors)
        agency_of = {factor.code: "own" for factor in incidence.factors}
        structure = structure_of(incidence, Layer.HINDERED, grouping, consensus_of(graph, grouping), agency_of)
        assert not any(place.centrality.betweenness for place in structure.places)
        assert structure_finding(structure, pairs, incidence.n_reviews).endswith(told)
