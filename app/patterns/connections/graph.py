"""The graph of factors: which are linked, which form groups, and which hold the groups together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from string import ascii_uppercase
from typing import Any, TypeAlias

import networkx as nx

from app.patterns.connections.pairs import Pair
from app.patterns.counting.records import Factor

FactorGraph: TypeAlias = "nx.Graph[Any]"

SEED = 20
"""Of everything random here, so that the same reviews always give the same picture."""


@dataclass(frozen=True, slots=True)
class Group:
    """Factors that tend to appear in the same reviews; the letter is what tells groups apart without color."""

    letter: str
    name: str
    factors: tuple[Factor, ...]
    """The most frequent first."""


@dataclass(frozen=True, slots=True)
class Grouping:
    groups: tuple[Group, ...]
    """The one with the most reviews first."""
    other: tuple[Factor, ...]
    """Factors without a link."""


@dataclass(frozen=True, slots=True)
class Centrality:
    factor: Factor
    strength: float
    """The sum of phi over the factor's links."""
    betweenness: float
    """The share, from 0 to 1, of shortest ways between two other factors that pass here; a link is 1/phi long."""


def factor_graph(pairs: Iterable[Pair], factors: Sequence[Factor], present: Mapping[str, int]) -> FactorGraph:
    """Factors as nodes, with the number of reviews in which each is present; an edge for each pair that is a link."""
    graph: FactorGraph = nx.Graph()
    for factor in factors:
        graph.add_node(factor.code, label=factor.label, domain=factor.domain, reviews=present[factor.code])
    add_edges(graph, (pair for pair in pairs if pair.is_link))
    return graph


def add_edges(graph: FactorGraph, pairs: Iterable[Pair]) -> None:
    """An edge for each of these pairs, in the order of their codes."""
    for pair in sorted(pairs, key=lambda pair: (pair.first.code, pair.second.code)):
        phi = round(pair.phi or 0.0, 9)
        graph.add_edge(
            pair.first.code,
            pair.second.code,
            phi=phi,
            distance=1 / phi,
            together=pair.together,
            expected=round(pair.expected or 0.0, 6),
            lift=round(pair.lift or 0.0, 6),
        )


def grouping_of(graph: FactorGraph, factors: Sequence[Factor], like: Grouping | None = None) -> Grouping:
    """Louvain communities on phi; those with two or more factors get a letter and a name.

    A group that is mostly one of `like` keeps its letter, so that another way of counting does not rename it.
    """
    # Whole numbers as nodes: the order of a set of texts changes from one process to the next.
    numbered = nx.convert_node_labels_to_integers(graph)
    communities = nx.community.louvain_communities(numbered, weight="phi", seed=SEED) if len(numbered) else []
    reviews = [graph.nodes[factor.code]["reviews"] for factor in factors]
    several = sorted(
        (sorted(members, key=lambda at: (-reviews[at], at)) for members in communities if len(members) > 1),
        key=lambda members: (-sum(reviews[at] for at in members), members[0]),
    )
    found = [tuple(factors[at] for at in members) for members in several]
    groups: list[Group] = []
    for letter, chosen in zip(_letters(found, like), found, strict=True):
        groups.append(Group(letter, _name(chosen, taken={group.name for group in groups}), chosen))
    grouped = {factor.code for group in groups for factor in group.factors}
    return Grouping(tuple(groups), tuple(factor for factor in factors if factor.code not in grouped))


def _letters(found: Sequence[tuple[Factor, ...]], like: Grouping | None) -> list[str]:
    kept: dict[int, str] = {}
    for group in like.groups if like else ():
        codes = {factor.code for factor in group.factors}
        for at, factors in enumerate(found):
            shared = sum(factor.code in codes for factor in factors)
            if 2 * shared > max(len(codes), len(factors)):
                kept[at] = group.letter
    free = (letter for letter in map(_letter, count()) if letter not in kept.values())
    return [kept[at] if at in kept else next(free) for at in range(len(found))]


def _letter(number: int) -> str:
    """A to Z, and then AA, AB and so on."""
    before, last = divmod(number, len(ascii_uppercase))
    return (_letter(before - 1) if before else "") + ascii_uppercase[last]


def _name(factors: Sequence[Factor], taken: set[str]) -> str:
    """The domain of more than half of the group, unless a larger group has it; else the most frequent factor."""
    domain, number = Counter(factor.domain for factor in factors).most_common(1)[0]
    if 2 * number > len(factors) and domain not in taken:
        return domain
    label = factors[0].label
    return f"Around {label if label[1:2].isupper() else label[:1].lower() + label[1:]}"


def centralities(graph: FactorGraph, factors: Sequence[Factor]) -> tuple[Centrality, ...]:
    """The strongest factor first."""
    between = nx.betweenness_centrality(graph, weight="distance")
    answers = [
        Centrality(
            factor,
            strength=round(float(graph.degree(factor.code, weight="phi")), 6),
            betweenness=round(float(between[factor.code]), 6),
        )
        for factor in factors
    ]
    return tuple(sorted(answers, key=lambda answer: (-answer.strength, -answer.betweenness, answer.factor.label)))


def node_link(graph: FactorGraph) -> dict[str, Any]:
    """The graph in networkx's node-link form, for JSON."""
    data: dict[str, Any] = nx.node_link_data(graph, edges="edges")
    return data
