"""Which factors bridge: between domains of the list, and between the agency and its partners."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

from app.patterns.connections.graph import FactorGraph
from app.patterns.counting.records import Factor


@dataclass(frozen=True, slots=True)
class Bridging:
    """How the links of one factor are spread over kinds of factors."""

    links: int
    across: int
    """Links to factors of another kind than its own."""
    participation: float | None
    """From 0, all of its strength with one kind, toward 1, spread evenly over many; None without a link."""
    reaches: tuple[str, ...]
    """The other kinds it is linked with, A to Z."""


def bridging(graph: FactorGraph, kind_of: Mapping[str, str]) -> dict[str, Bridging]:
    """By the code of each factor; `kind_of` says of which kind each is, such as its domain.

    Participation is 1 less the sum over kinds of the squared share of a factor's strength, the sum of phi over its
    links (Guimerà and Amaral 2005).
    """
    return {code: _of(graph, code, kind_of) for code in graph}


def _of(graph: FactorGraph, code: str, kind_of: Mapping[str, str]) -> Bridging:
    strengths: dict[str, float] = {}
    for other, link in sorted(graph.adj[code].items()):
        strengths[kind_of[other]] = strengths.get(kind_of[other], 0.0) + link["phi"]
    strength = sum(strengths.values())
    spread = 1 - sum((part / strength) ** 2 for part in strengths.values()) if strengths else None
    return Bridging(
        links=graph.degree(code),
        across=sum(kind_of[other] != kind_of[code] for other in graph.adj[code]),
        participation=None if spread is None else round(max(spread, 0.0), 6),
        reaches=tuple(sorted(strengths.keys() - {kind_of[code]})),
    )


@dataclass(frozen=True, slots=True)
class Between:
    """Two kinds of factors, and the links between them."""

    first: str
    second: str
    """Later in the alphabet than the first, or the same: links within one kind."""
    links: int
    possible: int
    strength: float


def between_kinds(graph: FactorGraph, factors: Sequence[Factor], kind_of: Mapping[str, str]) -> tuple[Between, ...]:
    """Every two kinds that occur, and each with itself; those with the most strength first."""
    members = dict.fromkeys(sorted({kind_of[factor.code] for factor in factors}), 0)
    for factor in factors:
        members[kind_of[factor.code]] += 1
    found = []
    for a, b in combinations_with_replacement(members, 2):
        phis = [link["phi"] for one, other, link in graph.edges(data=True) if {kind_of[one], kind_of[other]} == {a, b}]
        possible = members[a] * (members[a] - 1) // 2 if a == b else members[a] * members[b]
        found.append(Between(a, b, len(phis), possible, round(sum(phis), 6)))
    return tuple(sorted(found, key=lambda one: (-one.strength, one.first, one.second)))
