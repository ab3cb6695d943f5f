"""The influence graph: what shaped what in the system maps of many reviews, as a directed graph over factors.

It is built from the arrows that review teams drew, each with its evidence, and stands beside the graph of factors that
appear together. The two are never mixed: an arrow here is what people told, a line there is a count.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise
from typing import TypeAlias

import networkx as nx

from app.system_maps.models import Level

InfluenceGraph: TypeAlias = "nx.DiGraph[str]"

EVENT = "the event"
"""The one node that is not a factor: what happened in the end."""
LISTED_PATHS = 10
LONGEST_PATH = 8
"""Steps of a path; longer ones explain nothing to anybody."""


@dataclass(frozen=True, slots=True)
class MapRecord:
    """The map of one review: for each condition its level and factor (None without), and the arrows between them."""

    review: str
    conditions: Mapping[int, tuple[Level, str | None]]
    arrows: tuple[tuple[int, int, bool], ...]
    """(condition, the condition it shaped, whether it helped)"""
    opened_on: date | None = None
    """The day the review was opened."""


@dataclass(frozen=True, slots=True)
class Influence:
    """One factor shaped another, or the event, in one review."""

    review: str
    factor: str
    acts_on: str
    helped: bool


@dataclass(frozen=True, slots=True)
class Path:
    """A way from a factor to the event: its steps with the reviews that tell of each, and those that tell of all."""

    nodes: tuple[str, ...]
    reviews: tuple[int, ...]
    whole: int


def influences_in(record: MapRecord) -> set[Influence]:
    """What the map says of factors. A condition without a factor is passed through, in the direction of the first step.

    An influence of a factor upon itself says nothing about the system and is left out.
    """
    following: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for start, end, helped in record.arrows:
        following[start].append((end, helped))
    return {
        Influence(record.review, factor, acts_on, helped)
        for key, (level, factor) in record.conditions.items()
        if factor is not None and level is not Level.EVENT
        for end, helped in following[key]
        for acts_on in _reached(end, record, following)
        if acts_on != factor
    }


def _reached(start: int, record: MapRecord, following: Mapping[int, Sequence[tuple[int, bool]]]) -> set[str]:
    """The factors, or the event, that lie next behind this condition."""
    found: set[str] = set()
    seen, waiting = {start}, [start]
    while waiting:
        key = waiting.pop()
        level, factor = record.conditions[key]
        if level is Level.EVENT or factor is not None:
            found.add(EVENT if level is Level.EVENT else factor or "")
            continue
        fresh = {end for end, _helped in following.get(key, ())} - seen
        seen |= fresh
        waiting += fresh
    return found


def influence_graph(influences: Iterable[Influence]) -> InfluenceGraph:
    """Weigh each edge by the number of reviews that told of it (`weight`); `reviews` are their codes, in order."""
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in influences:
        told[one.factor, one.acts_on].add(one.review)
    graph: InfluenceGraph = nx.DiGraph()
    graph.add_edges_from(
        (*edge, {"weight": len(reviews), "reviews": tuple(sorted(reviews))}) for edge, reviews in sorted(told.items())
    )
    return graph


def circles(graph: InfluenceGraph) -> list[tuple[str, ...]]:
    """The strongly connected parts with more than one factor: each leads to each other. The largest first."""
    parts = [tuple(sorted(part)) for part in nx.strongly_connected_components(graph) if len(part) > 1]
    return sorted(parts, key=lambda part: (-len(part), part))


def common_paths(graph: InfluenceGraph, starts: Iterable[str]) -> list[Path]:
    """The most told ways from each of these factors to the event: those that most reviews tell of step by step.

    A step costs 1 / its reviews, so a short way that many told of comes first (networkx: `shortest_simple_paths`).
    Listed are at most ten; those that single reviews tell from end to end before those that are pieced together.
    """
    if EVENT not in graph:
        return []
    costly: InfluenceGraph = nx.DiGraph()
    costly.add_edges_from((one, other, {"cost": 1 / told["weight"]}) for one, other, told in graph.edges(data=True))
    found = []
    for start in sorted(set(starts)):
        if start in graph and nx.has_path(graph, start, EVENT):
            ways = nx.shortest_simple_paths(costly, start, EVENT, weight="cost")
            found += [_path(graph, way) for way in islice(ways, LISTED_PATHS) if len(way) <= LONGEST_PATH + 1]
    return sorted(found, key=lambda path: (-path.whole, -min(path.reviews), len(path.nodes), path.nodes))[:LISTED_PATHS]


def _path(graph: InfluenceGraph, nodes: Sequence[str]) -> Path:
    told = [set(graph.edges[step]["reviews"]) for step in pairwise(nodes)]
    return Path(tuple(nodes), tuple(map(len, told)), len(set.intersection(*told)))


def usual_levels(records: Iterable[MapRecord]) -> dict[str, Level]:
    """The level on which most maps put each factor, the higher one where two are as frequent."""
    seen: dict[str, Counter[Level]] = defaultdict(Counter)
    for record in records:
        for level, factor in record.conditions.values():
            if factor is not None:
                seen[factor][level] += 1
    order = list(Level)
    return {
        factor: min(levels, key=lambda level: (-levels[level], order.index(level))) for factor, levels in seen.items()
    }
