"""Counting pairs of factors beside other ways that give the same counts, with and without a filter."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import numpy as np
from networkx.algorithms import bipartite
from scipy import sparse

from app.patterns.counting.columns import Counts
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Layer, Selection
from benchmarks.made_up import FACTORS, SELECTED, MadeUp, incidence_of, made_up
from benchmarks.measure import Row, compare

JOIN = """
SELECT a.factor, b.factor, count(*) FROM tag a JOIN tag b ON a.review = b.review AND a.factor < b.factor
WHERE {filter} GROUP BY a.factor, b.factor
"""
IN_SQL = "a.review IN (SELECT id FROM review WHERE division = 3 AND quarter >= 12)"
Ways = Iterator[tuple[str, Callable[[], Any], int]]
"""The name of a way, the way, and how many rounds it is timed."""


def compare_counting(reviews: int) -> list[Row]:
    """Everything is loaded beforehand; all ways have to give the same counts before they are timed."""
    made = made_up(reviews)
    incidence = incidence_of(made)
    return [
        *_rows(f"co-occurrence of 45 factors in {reviews:,} reviews", incidence, Selection(), _ways(made)),
        *_rows(f"the same in one of 24 of {reviews:,} reviews", incidence, SELECTED, _ways_filtered(made)),
    ]


def compare_growth(reviews: int) -> list[Row]:
    """Ten times the reviews, and twice the factors, beside the smaller table."""
    small, large = (_counted(incidence_of(made_up(number)), Selection()) for number in (reviews // 10, reviews))
    few = _counted(incidence_of(made_up(reviews, factors=22)), Selection())
    return [
        compare(f"co-occurrence in {reviews:,} reviews", large, f"in {reviews // 10:,} reviews", small, rounds=15),
        compare(f"co-occurrence of 45 factors in {reviews:,} reviews", large, "of 22 factors", few, rounds=15),
    ]


def _rows(name: str, incidence: Incidence, selection: Selection, ways: Ways) -> Iterator[Row]:
    ours = _counted(incidence, selection)
    upper = np.triu(ours(), k=1)
    for peer, work, rounds in ways:
        assert np.array_equal(np.triu(work(), k=1), upper), peer
        yield compare(name, ours, peer, work, rounds=rounds)


def _counted(incidence: Incidence, selection: Selection) -> Callable[[], Counts]:
    """From the filter to the counts; the bits of the whole table are kept, those of a selection are made."""
    return lambda: incidence.where(selection).pair_counts(Layer.HINDERED).together


def _ways(made: MadeUp) -> Ways:
    reviews = len(made.present)
    planes = _planes(made.present)
    yield "numpy: bit-packed, one pass", lambda: _bits(planes), 7
    table = sparse.csr_array(made.present.astype(np.int32))
    yield "scipy: sparse product", lambda: (table.T @ table).toarray(), 5
    if reviews <= 100_000:
        yield "pandas: merge and crosstab", _pandas(made, made.pairs), 1
        yield "SQLite: self-join with an index", _self_join(made, "1"), 1
        yield "networkx: weighted projection", _projection(made.pairs), 1


def _ways_filtered(made: MadeUp) -> Ways:
    reviews = len(made.present)
    planes, chosen = _planes(made.present), made.selected
    mask = _planes(chosen[:, np.newaxis])[0]
    yield "numpy: bit-packed, under a mask", lambda: _bits(planes & mask), 7
    table = sparse.csr_array(made.present.astype(np.int32))
    yield "scipy: sparse product of the rows", lambda: (table[chosen].T @ table[chosen]).toarray(), 5
    if reviews <= 100_000:
        pairs = made.pairs[chosen[made.pairs[:, 0]]]
        yield "pandas: merge and crosstab", _pandas(made, pairs), 1
        yield "SQLite: self-join with an index", _self_join(made, IN_SQL), 1
        yield "networkx: weighted projection", _projection(pairs), 1


def _planes(flags: Any) -> Any:
    words = -(-len(flags) // 64)
    packed = np.packbits(flags.T, axis=1)
    padded = np.pad(packed, ((0, 0), (0, words * 8 - packed.shape[1])))
    return np.ascontiguousarray(padded).view(np.uint64)


def _bits(planes: Any) -> Counts:
    """The yardstick: each two planes once, and nothing else."""
    counts = np.zeros((len(planes), len(planes)), dtype=np.int64)
    for at in range(len(planes)):
        counts[at, at:] = np.bitwise_count(planes[at] & planes[at:]).sum(axis=1, dtype=np.int64)
    return counts


def _pandas(made: MadeUp, pairs: Counts) -> Callable[[], Any]:
    import pandas as pd

    tags = pd.DataFrame({"review": pairs[:, 0], "factor": pairs[:, 1]})
    numbers = range(made.present.shape[1])

    def work() -> Any:
        both = tags.merge(tags, on="review")
        counted = pd.crosstab(both["factor_x"], both["factor_y"]).reindex(index=numbers, columns=numbers, fill_value=0)
        return counted.to_numpy()

    return work


def _projection(pairs: Counts) -> Callable[[], Any]:
    names = [factor.code for factor in FACTORS]
    graph: Any = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from((int(review), names[factor]) for review, factor in pairs)

    def work() -> Any:
        projected = bipartite.weighted_projected_graph(graph, names)
        return nx.to_numpy_array(projected, nodelist=names)

    return work


def _self_join(made: MadeUp, condition: str) -> Callable[[], Counts]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE review (id INTEGER PRIMARY KEY, division INTEGER, quarter INTEGER)")
    about = zip(range(len(made.present)), made.divisions.tolist(), made.quarters.tolist(), strict=True)
    connection.executemany("INSERT INTO review VALUES (?, ?, ?)", about)
    connection.execute("CREATE TABLE tag (review INTEGER, factor INTEGER, PRIMARY KEY (review, factor)) WITHOUT ROWID")
    connection.executemany("INSERT INTO tag VALUES (?, ?)", made.pairs.tolist())

    def work() -> Counts:
        counts = np.zeros((made.present.shape[1],) * 2, dtype=np.int64)
        for first, second, number in connection.execute(JOIN.format(filter=condition)):
            counts[first, second] = number
        return counts

    return work
