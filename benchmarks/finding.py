"""What is found after the counting: chance, combinations, and reviews that are alike, each beside its peer."""

import sqlite3
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np
from scipy import stats

from app.patterns.combinations.closed_sets import ClosedSet, closed_sets
from app.patterns.counting.chance import fisher_two_sided
from app.patterns.counting.records import Layer
from app.patterns.likeness.ranking import most_alike
from app.patterns.likeness.shared_factors import reviews_like
from benchmarks.made_up import MadeUp, incidence_of, made_up
from benchmarks.measure import Row, compare

MOST_TOGETHER = 4
ALIKE = """
SELECT b.review, count(*) AS shared FROM tag a JOIN tag b ON a.factor = b.factor
WHERE a.review = 7 AND b.review <> 7 GROUP BY b.review ORDER BY shared DESC LIMIT 20
"""


MOST_IN_APRIORI = 100_000
"""At a million reviews it takes minutes, and more memory than there may be."""


def compare_finding(reviews: int) -> list[Row]:
    made = made_up(reviews)
    together = [_combinations(made)] if reviews <= MOST_IN_APRIORI else []
    return [_chance(made), *together, *_alike(made)]


def _chance(made: MadeUp) -> Row:
    counts = incidence_of(made).pair_counts(Layer.HINDERED)
    i, j = np.triu_indices(made.present.shape[1], k=1)
    both, first, second, base = counts.together[i, j], counts.present[i, j], counts.present[j, i], counts.base[i, j]
    tables = np.stack([both, first - both, second - both, base - first - second + both], axis=1).reshape(-1, 2, 2)

    def theirs() -> list[float]:
        return [stats.fisher_exact(table).pvalue for table in tables]

    assert np.allclose(fisher_two_sided(both, first, second, base), theirs(), rtol=1e-6, atol=1e-12)
    name = f"Fisher's exact test of {len(i)} pairs in {len(made.present):,} reviews"
    return compare(name, lambda: fisher_two_sided(both, first, second, base), "scipy: one by one", theirs, rounds=3)


def _combinations(made: MadeUp) -> Row:
    import pandas as pd
    from mlxtend.frequent_patterns import apriori

    reviews = len(made.present)
    least = reviews // 100
    frame = pd.DataFrame(made.present)

    def ours() -> tuple[ClosedSet, ...]:
        return closed_sets(made.present, least=least, at_most=1_000_000)

    def theirs() -> Any:
        return apriori(frame, min_support=least / reviews, max_len=MOST_TOGETHER)

    told = theirs()
    numbers = (told["support"] * reviews).round().astype(int)
    assert _frequent_sets(ours()) == dict(zip(told["itemsets"], numbers, strict=True))
    name = f"G8: combinations of one to four in 1% of {reviews:,} reviews"
    return compare(name, ours, "mlxtend: apriori", theirs, rounds=3)


def _frequent_sets(found: Iterable[ClosedSet]) -> dict[frozenset[int], int]:
    """Every set of one to four: it stands in as many rows as the closed set around it that stands in most."""
    rows: dict[frozenset[int], int] = {}
    for one in found:
        for size in range(1, MOST_TOGETHER + 1):
            for columns in map(frozenset, combinations(one.columns, size)):
                rows[columns] = max(rows.get(columns, 0), one.rows)
    return rows


def _alike(made: MadeUp) -> list[Row]:
    """The ranking, which is what the join finds; and the whole, which also says what is shared and how rare it is."""
    incidence = incidence_of(made)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE tag (review INTEGER, factor INTEGER, PRIMARY KEY (review, factor)) WITHOUT ROWID")
    connection.executemany("INSERT INTO tag VALUES (?, ?)", made.pairs.tolist())
    connection.execute("CREATE INDEX of_factor ON tag (factor, review)")
    code, peer = str(incidence.codes[7]), "SQLite: join of shared factors"

    def theirs() -> list[Any]:
        return connection.execute(ALIKE).fetchall()

    def ranked() -> Any:
        return most_alike(incidence.rarity, 7, at_most=20)

    def explained() -> Any:
        return reviews_like(incidence, code, at_most=20)

    of = f"of {len(made.present):,}"
    return [
        compare(f"G9: the twenty reviews most like one, {of}", ranked, peer, theirs, rounds=21),
        compare(f"the same with what they share, {of}", explained, peer, theirs, rounds=7),
    ]
