"""The tables of the graph as a whole: names of columns, and rows."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from app.patterns.connections.bridging import Between
from app.patterns.connections.pairs import Pair, strongest_first
from app.patterns.connections.structure import Structure
from app.patterns.pages.files import Value
from app.reviews.values import VALUES

Table: TypeAlias = tuple[Sequence[str], list[list[Value]]]

TITLES = {
    "groups": "Groups of factors",
    "factors": "Factors in the graph",
    "domains-and-agencies": "Links between domains and between agencies",
    "backbone": "Backbone of the links",
}


def tables(structure: Structure, pairs: Sequence[Pair]) -> dict[str, Table]:
    """Every table of the graph, by the name of its file."""
    return {
        "groups": groups(structure),
        "factors": factors(structure),
        "domains-and-agencies": domains_and_agencies(structure.between_domains, worded(structure.between_agencies)),
        "backbone": backbone(backbone_pairs(structure, pairs)),
    }


def backbone_pairs(structure: Structure, pairs: Sequence[Pair]) -> list[Pair]:
    """The strongest first."""
    found = [pair for pair in pairs if tuple(sorted((pair.first.code, pair.second.code))) in structure.backbone]
    return list(strongest_first(tuple(found)))


def agency_words(code: str) -> str:
    """The name of a kind of agency."""
    return VALUES.words("agency_interface", code)


def worded(found: Iterable[Between]) -> list[Between]:
    """Links between kinds of agencies, with their names for their codes."""
    return [
        Between(agency_words(one.first), agency_words(one.second), one.links, one.possible, one.strength)
        for one in found
    ]


def groups(structure: Structure) -> Table:
    names = ("Group", "Name", "Factors", "Factor codes", "Kept whole in (of 100 groupings)")
    rows: list[list[Value]] = [
        [
            group.letter,
            group.name,
            "; ".join(factor.label for factor in group.factors),
            "; ".join(factor.code for factor in group.factors),
            structure.consensus.groups[group.letter],
        ]
        for group in structure.grouping.groups
    ]
    return names, rows


def factors(structure: Structure) -> Table:
    names = (
        "Factor code", "Factor", "Domain", "Agency", "Group", "Stays with its group in (of 100 groupings)", "Links",
        "Strength (sum of phi)", "Betweenness", "Links to other domains", "Spread over domains",
        "Links to other agencies", "Spread over agencies",
    )  # fmt: skip
    rows: list[list[Value]] = [
        [
            place.factor.code,
            place.factor.label,
            place.factor.domain,
            agency_words(place.agency),
            place.group.letter if place.group else "",
            place.stays,
            place.domains.links,
            round(place.centrality.strength, 3),
            round(place.centrality.betweenness, 3),
            place.domains.across,
            place.domains.participation,
            place.agencies.across,
            place.agencies.participation,
        ]
        for place in structure.places
    ]
    return names, rows


def domains_and_agencies(domains: Iterable[Between], agencies: Iterable[Between]) -> Table:
    names = ("Kind", "First", "Second", "Links", "Possible links", "Strength (sum of phi)")
    rows: list[list[Value]] = [
        [kind, one.first, one.second, one.links, one.possible, round(one.strength, 3)]
        for kind, found in (("Domain", domains), ("Agency", agencies))
        for one in found
    ]
    return names, rows


def backbone(pairs: Iterable[Pair]) -> Table:
    names = (
        "First factor code",
        "First factor",
        "Second factor code",
        "Second factor",
        "Together",
        "Association (phi)",
    )
    rows: list[list[Value]] = [
        [p.first.code, p.first.label, p.second.code, p.second.label, p.together, round(p.phi or 0.0, 3)] for p in pairs
    ]
    return names, rows
