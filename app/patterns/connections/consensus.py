"""How often the groups come out the same: Louvain begins at random, so it is asked many times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from app.patterns.connections.graph import FactorGraph, Group, Grouping
from app.patterns.counting.records import Factor

SEEDS = range(100)


@dataclass(frozen=True, slots=True)
class Consensus:
    """Out of 100 groupings."""

    groups: Mapping[str, int]
    """By the letter of the group: the groupings that keep all its factors together."""
    factors: Mapping[str, int]
    """By the code of the factor: the groupings that keep it with more than half of the others of its group. Factors
    without a group are not here."""


def groupings(graph: FactorGraph) -> list[dict[str, int]]:
    """For each seed, the community of every factor; Louvain on phi, as the groups themselves (Blondel et al. 2008)."""
    numbered = nx.convert_node_labels_to_integers(graph, label_attribute="code")
    found = []
    for seed in SEEDS:
        communities = nx.community.louvain_communities(numbered, weight="phi", seed=seed) if len(numbered) else []
        found.append({numbered.nodes[node]["code"]: at for at, nodes in enumerate(communities) for node in nodes})
    return found


def consensus_of(graph: FactorGraph, grouping: Grouping) -> Consensus:
    """How often the groups shown, and each factor of them, come out of groupings from 100 seeds."""
    found = groupings(graph)
    return Consensus(
        groups={group.letter: _whole(group, found) for group in grouping.groups},
        factors={
            factor.code: sum(_mostly(factor, group, one) for one in found)
            for group in grouping.groups
            for factor in group.factors
        },
    )


def _whole(group: Group, found: Sequence[Mapping[str, int]]) -> int:
    return sum(len({one[factor.code] for factor in group.factors}) == 1 for one in found)


def _mostly(factor: Factor, group: Group, one: Mapping[str, int]) -> bool:
    others = [other for other in group.factors if other != factor]
    together = sum(one[other.code] == one[factor.code] for other in others)
    return 2 * together > len(others)
