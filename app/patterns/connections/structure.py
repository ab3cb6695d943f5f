"""What the graph of factors is like as a whole, gathered for its page and its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from app.patterns.connections.backbone import Key, backbone
from app.patterns.connections.bridging import Between, Bridging, between_kinds, bridging
from app.patterns.connections.consensus import Consensus
from app.patterns.connections.graph import (
    Centrality,
    FactorGraph,
    Group,
    Grouping,
    add_edges,
    centralities,
    factor_graph,
)
from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.connections.stability import stability_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Factor, Layer
from app.patterns.heatmap.shares import totals_of


@dataclass(frozen=True)
class FactorPlace:
    """One factor in the graph."""

    factor: Factor
    group: Group | None
    stays: int | None
    """Of 100 groupings of all reviews, those that keep it with most of its group; None without a group."""
    centrality: Centrality
    domains: Bridging
    agencies: Bridging
    agency: str
    """The code of the kind of agency at which the factor shows."""


@dataclass(frozen=True)
class Structure:
    graph: FactorGraph
    grouping: Grouping
    consensus: Consensus
    places: tuple[FactorPlace, ...]
    """The strongest factor first."""
    between_domains: tuple[Between, ...]
    between_agencies: tuple[Between, ...]
    backbone: frozenset[Key]


def graph_of(incidence: Incidence, layer: Layer) -> FactorGraph:
    """The links of these reviews, with how firm each is. Made anew each time: whoever asks may write on it."""
    present = {
        factor.code: total.present for factor, total in zip(incidence.factors, totals_of(incidence, layer), strict=True)
    }
    graph = factor_graph(pairs_of(incidence, layer), incidence.factors, present)
    _judge(graph, incidence, layer)
    return graph


def explained_by_depth(incidence: Incidence, layer: Layer) -> FactorGraph:
    """The pairs that the map draws dashed, as the links are told; never counted with them."""
    graph: FactorGraph = nx.Graph()
    add_edges(graph, (pair for pair in pairs_of(incidence, layer) if pair.is_explained_by_depth))
    _judge(graph, incidence, layer)
    return graph


def _judge(graph: FactorGraph, incidence: Incidence, layer: Layer) -> None:
    """Writes on each edge out of what it was counted, how it was judged, and how firm it is."""
    for pair in pairs_of(incidence, layer):
        if graph.has_edge(pair.first.code, pair.second.code):
            graph.edges[pair.first.code, pair.second.code].update(_judged(pair))
    for key, found in stability_of(incidence, layer).items():
        if graph.has_edge(*key):
            graph.edges[key].update(seen_again=found.held, rests_on_one_review=found.rests_on_one)


def _judged(pair: Pair) -> dict[str, float]:
    """Without what is not defined."""
    low, high = pair.lift_interval or (None, None)
    values = {
        "explained_by_depth": pair.is_explained_by_depth,
        "base": pair.base,
        "with_the_first": pair.first_present,
        "with_the_second": pair.second_present,
        "lift_low": low and round(low, 6),
        "lift_high": high and round(high, 6),
        "p": pair.p,
        "adjusted_p": pair.adjusted_p,
        "expected_given_depth": pair.depth_expected,
        "p_given_depth": pair.depth_p,
    }
    return {name: value for name, value in values.items() if value is not None}


def structure_of(
    incidence: Incidence, layer: Layer, grouping: Grouping, consensus: Consensus, agency_of: Mapping[str, str]
) -> Structure:
    """The structure of the links of these reviews; groups and their consensus come from all reviews.

    `agency_of` names the kind of agency of each factor by its code.
    """
    graph = graph_of(incidence, layer)
    domain_of = {factor.code: factor.domain for factor in incidence.factors}
    domains, agencies = bridging(graph, domain_of), bridging(graph, agency_of)
    group_of = {factor.code: group for group in grouping.groups for factor in group.factors}
    places = tuple(
        FactorPlace(
            factor=one.factor,
            group=group_of.get(one.factor.code),
            stays=consensus.factors.get(one.factor.code),
            centrality=one,
            domains=domains[one.factor.code],
            agencies=agencies[one.factor.code],
            agency=agency_of[one.factor.code],
        )
        for one in centralities(graph, incidence.factors)
    )
    return Structure(
        graph=graph,
        grouping=grouping,
        consensus=consensus,
        places=places,
        between_domains=between_kinds(graph, incidence.factors, domain_of),
        between_agencies=between_kinds(graph, incidence.factors, agency_of),
        backbone=backbone(graph),
    )


def described(structure: Structure, explained: FactorGraph, about: Mapping[str, Any]) -> FactorGraph:
    """The graph with everything known of its factors and links as plain values, none of them None, for files.

    The pairs that depth explains, which the map draws as well, are added as edges that say so; what is told of the
    factors stays counted from the links alone. `about` describes the whole, and becomes attributes of the graph.
    """
    graph: FactorGraph = structure.graph.copy()
    graph.add_edges_from(explained.edges(data=True))
    graph.graph.update(about)
    for place in structure.places:
        graph.nodes[place.factor.code].update(_known(place))
    for a, b in graph.edges:
        link = graph.edges[a, b]
        link["in_backbone"] = (min(a, b), max(a, b)) in structure.backbone
        # The name by which Gephi, igraph and others know how strong a link is.
        link["weight"] = link["phi"]
    return graph


def _known(place: FactorPlace) -> dict[str, Any]:
    values = {
        "group": place.group.letter if place.group else None,
        "group_name": place.group.name if place.group else None,
        "stays_with_group": place.stays,
        "strength": place.centrality.strength,
        "betweenness": place.centrality.betweenness,
        "agency": place.agency,
        "spread_over_domains": place.domains.participation,
        "spread_over_agencies": place.agencies.participation,
    }
    return {name: value for name, value in values.items() if value is not None}
