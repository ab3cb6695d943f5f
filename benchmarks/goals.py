"""All that a page of patterns counts, every pair and two heatmaps, beside scipy, DuckDB and PostgreSQL."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import duckdb
import numpy as np
import psycopg
from scipy import sparse
from sqlalchemy import make_url

from app.patterns.counting.columns import Counts, planes_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Layer, Selection
from benchmarks.kernel import Kernel, kernel
from benchmarks.made_up import (
    DIVISION_NAMES,
    DIVISIONS,
    QUARTER_NAMES,
    QUARTERS,
    SELECTED,
    MadeUp,
    incidence_of,
    made_up,
)
from benchmarks.measure import Row, compare

POSTGRES = "THROUGHLINE_TEST_POSTGRES"
MOST_IN_POSTGRES = 100_000
SUMS = """
SELECT a.factor, b.factor, count(*) FROM tag a JOIN tag b ON a.review = b.review WHERE {tags} GROUP BY 1, 2;
SELECT a.factor, r.division, count(*) FROM tag a JOIN review r ON a.review = r.id WHERE {one} GROUP BY 1, 2;
SELECT a.factor, r.quarter, count(*) FROM tag a JOIN review r ON a.review = r.id WHERE {one} GROUP BY 1, 2
"""
CHOSEN_IN_SQL = "a.review IN (SELECT id FROM review WHERE division = 3 AND quarter >= 12)"
Counted = tuple[Counts, Counts, Counts]
"""Factor by factor, by division and by quarter."""


@dataclass(frozen=True)
class Filter:
    """One way of filtering: for us, for arrays, and for SQL."""

    goal: str
    name: str
    selection: Selection
    in_sql: str
    of_pairs: str = ""
    """Asked of the second factor as well."""


FILTERS = (
    Filter("G1", "counts and heatmaps of {reviews:,} reviews", Selection(), "1 = 1"),
    Filter(
        "G1", "the same, rated 3, in {reviews:,} reviews", Selection(threshold=3), "a.rating = 3", " AND b.rating = 3"
    ),
    Filter("G2", "the same in one of 24 of {reviews:,} reviews", SELECTED, CHOSEN_IN_SQL),
)


def compare_goals(reviews: int) -> list[Row]:
    """Everything is loaded beforehand; all ways have to give the same counts before they are timed."""
    made = made_up(reviews)
    incidence = incidence_of(made)
    return [row for which in FILTERS for row in _rows(which, made, incidence)]


def _rows(which: Filter, made: MadeUp, incidence: Incidence) -> Iterator[Row]:
    reviews = len(made.present)

    def ours() -> Counted:
        return _ours(incidence.where(which.selection))

    name = which.name.format(reviews=reviews)
    yield _row(f"{which.goal}: {name}", ours, "scipy: sparse products, built beforehand", _scipy(which, made), rounds=5)
    if which.goal == "G1" and (floor := kernel()):
        yield _row(f"G1: {name}", ours, "C: bits, compiled for this processor", _in_c(floor, which, made), rounds=5)
    yield _row(f"G3: {name}", ours, "DuckDB: self-join of a table in memory", _duckdb(which, made), rounds=3)
    if not os.environ.get(POSTGRES):
        print(f"{POSTGRES} names no server: not measured beside PostgreSQL.")
    elif reviews <= MOST_IN_POSTGRES:
        with psycopg.connect(make_url(os.environ[POSTGRES]).set(drivername="postgresql").render_as_string(False)) as to:
            theirs = _postgres(which, made, to)
            yield _row(
                f"G3: {name}, by the clock", ours, "PostgreSQL: self-join", theirs, rounds=3, clock=time.perf_counter
            )


def _row(name: str, ours: Callable[[], Counted], peer: str, theirs: Callable[[], Counted], **how: Any) -> Row:
    assert all(np.array_equal(one, other) for one, other in zip(ours(), theirs(), strict=True)), (name, peer)
    return compare(name, ours, peer, theirs, **how)


def _ours(incidence: Incidence) -> Counted:
    divisions, quarters = (incidence.tally_by(by, Layer.HINDERED) for by in (Dimension.DIVISION, Dimension.QUARTER))
    # A heatmap has only the groups that occur; the others are empty columns here.
    by_division, by_quarter = (np.zeros((len(incidence.factors), of), dtype=np.int64) for of in (DIVISIONS, QUARTERS))
    by_division[:, [DIVISION_NAMES.index(name) for name in divisions.groups]] = divisions.tally.present
    by_quarter[:, [QUARTER_NAMES.index(name) for name in quarters.groups]] = quarters.tally.present
    return incidence.pair_counts(Layer.HINDERED).together, by_division, by_quarter


def _scipy(which: Filter, made: MadeUp) -> Callable[[], Counted]:
    flags = made.is_strong if which.selection.threshold == 3 else made.present
    some = made.selected if which.selection == SELECTED else None
    tags = sparse.csr_array(flags.astype(np.int32))
    groups = [_one_hot(numbers, of) for numbers, of in _groups(made)]

    def work() -> Counted:
        table, *by = (tags, *groups) if some is None else (tags[some], *(one[some] for one in groups))
        return (table.T @ table).toarray(), *((table.T @ one).toarray() for one in by)

    return work


def _one_hot(numbers: Counts, groups: int) -> Any:
    ones = np.ones(len(numbers), dtype=np.int32)
    return sparse.csr_array((ones, (np.arange(len(numbers)), numbers)), shape=(len(numbers), groups))


def _in_c(floor: Kernel, which: Filter, made: MadeUp) -> Callable[[], Counted]:
    tags = planes_of(made.is_strong if which.selection.threshold == 3 else made.present)
    groups = [planes_of(numbers[:, np.newaxis] == np.arange(of)) for numbers, of in _groups(made)]

    def work() -> Counted:
        together, by_division, by_quarter = (floor(tags, planes) for planes in (tags, *groups))
        return together, by_division, by_quarter

    return work


def _groups(made: MadeUp) -> tuple[tuple[Counts, int], tuple[Counts, int]]:
    """The number of the division and of the quarter of each review, and how many of them there are."""
    return (made.divisions, DIVISIONS), (made.quarters, QUARTERS)


def _tags(made: MadeUp) -> tuple[Counts, Counts]:
    """Review, factor and rating of each tag; and number, division and quarter of each review."""
    ratings = np.where(made.is_strong[tuple(made.pairs.T)], 3, 2)
    return np.column_stack((made.pairs, ratings)), np.column_stack(
        (np.arange(len(made.present)), made.divisions, made.quarters)
    )


def _asked(which: Filter) -> list[str]:
    told = SUMS.format(tags=which.in_sql + which.of_pairs, one=which.in_sql)
    return [query.strip() for query in told.split(";")]


def _filled(fetch: Callable[[str], Any], which: Filter, made: MadeUp) -> Counted:
    factors = made.present.shape[1]
    pairs, divisions, quarters = (
        _table(np.array(fetch(query), dtype=np.int64).reshape(-1, 3), (factors, of))
        for query, of in zip(_asked(which), (factors, DIVISIONS, QUARTERS), strict=True)
    )
    return pairs, divisions, quarters


def _table(rows: Counts, shape: tuple[int, int]) -> Counts:
    counts = np.zeros(shape, dtype=np.int64)
    counts[rows[:, 0], rows[:, 1]] = rows[:, 2]
    return counts


def _duckdb(which: Filter, made: MadeUp) -> Callable[[], Counted]:
    connection = duckdb.connect(":memory:")
    tags, reviews = _tags(made)
    for name, columns, rows in (
        ("tag", ("review", "factor", "rating"), tags),
        ("review", ("id", "division", "quarter"), reviews),
    ):
        connection.register("given", dict(zip(columns, np.ascontiguousarray(rows.T, dtype=np.int32), strict=True)))
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
    return partial(_filled, lambda query: connection.execute(query).fetchall(), which, made)


def _postgres(which: Filter, made: MadeUp, connection: psycopg.Connection[Any]) -> Callable[[], Counted]:
    """Tables that are gone with the connection."""
    tags, reviews = _tags(made)
    connection.execute("CREATE TEMP TABLE review (id int PRIMARY KEY, division int, quarter int)")
    connection.execute("CREATE TEMP TABLE tag (review int, factor int, rating int, PRIMARY KEY (review, factor))")
    for name, rows in (("review", reviews), ("tag", tags)):
        with connection.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:
            copy.write("".join(f"{a}\t{b}\t{c}\n" for a, b, c in rows.tolist()))
        connection.execute(f"ANALYZE {name}")
    return partial(_filled, lambda query: connection.execute(query).fetchall(), which, made)
