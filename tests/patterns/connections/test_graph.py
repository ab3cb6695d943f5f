"""The factor graph on a handful of literal links: edges, centrality and groups."""

import json
from typing import ClassVar

import networkx as nx
import pytest
from hypothesis import given

from app.patterns.connections.graph import centralities, factor_graph, grouping_of, node_link
from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor, Layer
from tests.patterns.tables import QUICKLY, Table, factors_named, in_blocks, present_of, random_tables


def a_link(first: Factor, second: Factor, together: int = 30) -> Pair:
    return Pair(first, second, 100, 40, 40, together, p=0.001, adjusted_p=0.01)


class TestFactorGraph:
    FACTORS = factors_named(4)
    PRESENT: ClassVar = {"f0": 40, "f1": 40, "f2": 40, "f3": 7}

    def test_only_links_become_edges(self) -> None:
        f0, f1, f2, _ = self.FACTORS
        could_be_chance = Pair(f0, f2, 100, 40, 40, 20, p=0.1, adjusted_p=0.2)
        apart = Pair(f1, f2, 100, 40, 40, 2, p=0.0001, adjusted_p=0.001)
        graph = factor_graph([a_link(f0, f1), could_be_chance, apart], self.FACTORS, self.PRESENT)
        assert {frozenset(edge) for edge in graph.edges} == {frozenset({"f0", "f1"})}
        assert graph.nodes["f3"]["reviews"] == 7
        assert graph.edges["f0", "f1"]["phi"] == pytest.approx((30 * 100 - 1600) / 2400)
        assert graph.edges["f0", "f1"]["distance"] == pytest.approx(2400 / 1400)

    def test_the_factor_in_the_middle_holds_the_others_together(self) -> None:
        f0, f1, f2, f3 = self.FACTORS
        links = [a_link(f0, f1), a_link(f0, f2), a_link(f0, f3, together=25)]
        first, *others = centralities(factor_graph(links, self.FACTORS, self.PRESENT), self.FACTORS)
        assert (first.factor, first.betweenness) == (f0, 1.0)
        assert first.strength == pytest.approx(1400 / 2400 * 2 + 900 / 2400, abs=1e-6)
        assert {other.betweenness for other in others} == {0.0}

    def test_a_stronger_way_round_is_shorter_than_a_weak_link(self) -> None:
        f0, f1, f2, _ = self.FACTORS
        links = [a_link(f0, f1, 38), a_link(f1, f2, 38), a_link(f0, f2, 20)]
        first = centralities(factor_graph(links, self.FACTORS, self.PRESENT), self.FACTORS)[0]
        assert first.factor == f1
        assert first.betweenness == pytest.approx(1 / 3, abs=1e-6)

    def test_the_node_link_form_gives_the_same_graph_back(self) -> None:
        graph = factor_graph([a_link(*self.FACTORS[:2])], self.FACTORS, self.PRESENT)
        again = nx.node_link_graph(json.loads(json.dumps(node_link(graph))), edges="edges")
        assert nx.utils.graphs_equal(graph, again)


class TestGrouping:
    def test_blocks_become_groups_and_the_rest_is_other(self) -> None:
        incidence = Incidence.of(*in_blocks([4, 3, 1]))
        grouping = grouping_of(
            factor_graph(pairs_of(incidence, Layer.HINDERED), incidence.factors, present_of(incidence)),
            incidence.factors,
        )
        assert [{factor.code for factor in group.factors} for group in grouping.groups] == [
            {"f0", "f1", "f2", "f3"},
            {"f4", "f5", "f6"},
        ]
        assert [group.letter for group in grouping.groups] == ["A", "B"]
        assert [factor.code for factor in grouping.other] == ["f7"]

    def test_the_other_factors_hold_no_linked_pair(self) -> None:
        factors = factors_named(15)
        links = [a_link(factors[at], factors[at + 1]) for at in range(0, 14, 2)]
        present = {factor.code: 100 - at for at, factor in enumerate(factors)}
        grouping = grouping_of(factor_graph(links, factors, present), factors)
        assert "".join(group.letter for group in grouping.groups) == "ABCDEFG"
        assert grouping.other == factors[14:]

    def test_a_group_keeps_its_letter_in_another_way_of_counting(self) -> None:
        factors = factors_named(9)
        links = [a_link(factors[at], factors[at + 1]) for at in (0, 2, 4)]
        present = {factor.code: 100 - at for at, factor in enumerate(factors)}
        like = grouping_of(factor_graph(links, factors, present), factors)
        links = [a_link(factors[at], factors[at + 1]) for at in (2, 4, 7)]
        changed = {factor.code: 10 * at for at, factor in enumerate(factors)}
        grouping = grouping_of(factor_graph(links, factors, changed), factors, like)
        first = {factor.code for factor in grouping.groups[0].factors}
        assert [(group.letter, {f.code for f in group.factors}) for group in grouping.groups] == [
            ("A", first),
            ("C", {"f4", "f5"}),
            ("B", {"f2", "f3"}),
        ]
        assert first == {"f7", "f8"}

    def test_a_group_is_named_after_its_domain_or_its_most_frequent_factor(self) -> None:
        labels = ["Handoffs", "Speaking", "Coaching", "Supervision", "IT", "Policies"]
        domains = ["Team", "Team", "Team", "Team", "Tools", "Rules"]
        factors = tuple(Factor(f"f{at}", *names) for at, names in enumerate(zip(labels, domains, strict=True)))
        links = [a_link(factors[at], factors[at + 1]) for at in (0, 2, 4)]
        present = {factor.code: 60 - 10 * at for at, factor in enumerate(factors)}
        names = [group.name for group in grouping_of(factor_graph(links, factors, present), factors).groups]
        assert names == ["Team", "Around coaching", "Around IT"]

    @QUICKLY
    @given(random_tables())
    def test_every_factor_is_in_one_group_or_in_other(self, table: Table) -> None:
        incidence = Incidence.of(*table)
        graph = factor_graph(pairs_of(incidence, Layer.HINDERED), incidence.factors, present_of(incidence))
        grouping = grouping_of(graph, incidence.factors)
        grouped = [factor for group in grouping.groups for factor in group.factors]
        assert {*grouped, *grouping.other} == {*incidence.factors}
        assert len(grouped) + len(grouping.other) == len(incidence.factors)
        assert all(graph.degree(factor.code) == 0 for factor in grouping.other)
