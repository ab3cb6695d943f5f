"""All statistics of a page, as JSON, beside the same counts alone."""

import json
from dataclasses import fields, replace
from functools import partial
from typing import Any

import numpy as np

from app.patterns.connections.graph import factor_graph, node_link
from app.patterns.connections.pairs import pairs_of
from app.patterns.counting.chance import adjusted, fisher_two_sided
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Layer
from app.patterns.heatmap.shares import Share
from app.patterns.heatmap.table import heatmap
from app.patterns.snapshot import present_in
from benchmarks.made_up import incidence_of, made_up
from benchmarks.measure import Row, compare

LAYER = Layer.HINDERED
COUNTS = "the same counts alone"


def compare_statistics(most: int, with_depth: int) -> list[Row]:
    """From the table to the text, beside the counts; whether depth explains a pair takes longer than all else."""
    return [_pairs_and_heatmap(most), _with_depth(with_depth)]


def _pairs_and_heatmap(reviews: int) -> Row:
    incidence = incidence_of(made_up(reviews))
    i, j = np.triu_indices(len(incidence.factors), k=1)

    def ours() -> str:
        table = replace(incidence)
        counts = table.pair_counts(LAYER)
        both, first, second, base = (
            found[i, j] for found in (counts.together, counts.present, counts.present.T, counts.base)
        )
        p = fisher_two_sided(both, first, second, base)
        lift = both * base / np.maximum(first * second, 1)
        pairs = [found.tolist() for found in (both, first, second, base, lift, p, adjusted(p))]
        return json.dumps([pairs, heatmap(table, Dimension.DIVISION, LAYER)], default=_told)

    name = f"G4: pairs with Fisher's test and heatmap of {reviews:,} reviews, as JSON"
    return compare(name, ours, COUNTS, partial(_counted, incidence), rounds=3)


def _with_depth(reviews: int) -> Row:
    incidence = incidence_of(made_up(reviews))

    def ours() -> str:
        table = replace(incidence)
        pairs = pairs_of(table, LAYER)
        graph = factor_graph(pairs, table.factors, present_in(table, LAYER))
        return json.dumps([pairs, node_link(graph)], default=_told)

    name = f"pairs with all tests, depth of review too, and graph of {reviews:,} reviews, as JSON"
    return compare(name, ours, COUNTS, partial(_counted, incidence), rounds=1)


def _told(one: Any) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in fields(one)}


def _counted(incidence: Incidence) -> Any:
    """All that is told, of a table that no page has seen, so that nothing of it is kept."""
    table = replace(incidence)
    tallies = (table.tally(LAYER), table.tally_by(Dimension.DIVISION, LAYER).tally)
    return table.pair_counts(LAYER), [getattr(tally, name) for tally in tallies for name in Share.__dataclass_fields__]
