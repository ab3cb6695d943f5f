"""The backbone of the graph: the fewest links that hold together what the links hold together, and the strongest."""

from typing import TypeAlias

import networkx as nx

from app.patterns.connections.graph import FactorGraph

Key: TypeAlias = tuple[str, str]


def backbone(graph: FactorGraph) -> frozenset[Key]:
    """The links of the maximum spanning forest on phi (Kruskal 1956; for correlations, Mantegna 1999).

    By the codes of their factors, A to Z. Whatever links connect stays connected, there is no circle, and no other
    such choice of links has a larger sum of phi. Of equally strong links the one earlier by code is taken.
    """
    ordered: FactorGraph = nx.Graph()
    ordered.add_weighted_edges_from(sorted((*_key(a, b), link["phi"]) for a, b, link in graph.edges(data=True)))
    return frozenset(_key(a, b) for a, b in nx.maximum_spanning_edges(ordered, data=False))


def _key(a: str, b: str) -> Key:
    return (a, b) if a < b else (b, a)
