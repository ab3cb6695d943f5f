"""Counting pairs of factors beside two other ways that give the same counts."""

import sqlite3
from collections.abc import Callable

import networkx as nx
import numpy as np
from networkx.algorithms import bipartite

from app.patterns.columns import Flags
from app.patterns.incidence import Incidence
from app.patterns.records import Factor, Layer, Rating, ReviewRecord
from app.systemic_factors.models import Answer
from benchmarks.county import FACTORS
from benchmarks.measure import Row, compare

JOIN = """
SELECT a.factor, b.factor, count(*) FROM tag a JOIN tag b ON a.review = b.review AND a.factor < b.factor
GROUP BY a.factor, b.factor
"""


def compare_counting(reviews: int) -> list[Row]:
    """All pairs among 29 factors, each present in about a seventh of the reviews; everything is loaded beforehand."""
    there = np.random.default_rng(1).random((reviews, len(FACTORS))) < 4 / len(FACTORS)
    incidence = _incidence(there)
    projection, join = _projection(there), _self_join(there)
    together = incidence.pair_counts(Layer.HINDERED).together
    assert int(np.triu(together, k=1).sum()) == projection() == join()
    name = f"co-occurrence of {len(FACTORS)} factors in {reviews:,} reviews"

    def ours() -> None:
        incidence.pair_counts(Layer.HINDERED)

    return [
        compare(name, ours, "networkx: weighted projection", projection, rounds=3),
        compare(name, ours, "SQLite: self-join with an index", join, rounds=3),
    ]


def _incidence(there: Flags) -> Incidence:
    yes, no = Rating(Answer.INFLUENCED), Rating(Answer.NOT_EVIDENT)
    records = [
        ReviewRecord(f"R-{at}", answers={code: yes if has else no for code, has in zip(FACTORS, row, strict=True)})
        for at, row in enumerate(there)
    ]
    return Incidence.of(records, [Factor(code, code, "team") for code in FACTORS])


def _projection(there: Flags) -> Callable[[], int]:
    graph: nx.Graph[object] = nx.Graph()
    graph.add_nodes_from(FACTORS)
    graph.add_edges_from((int(row), FACTORS[column]) for row, column in np.argwhere(there))

    def work() -> int:
        projected = bipartite.weighted_projected_graph(graph, FACTORS)
        return int(projected.size(weight="weight"))

    return work


def _self_join(there: Flags) -> Callable[[], int]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE tag (review INTEGER, factor INTEGER, PRIMARY KEY (review, factor)) WITHOUT ROWID")
    connection.executemany("INSERT INTO tag VALUES (?, ?)", np.argwhere(there).tolist())
    return lambda: sum(number for _, _, number in connection.execute(JOIN))
