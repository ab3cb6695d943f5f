"""Over thousands of random tables, empty, full, one-review and one-factor ones too: every number equals another's."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from networkx.algorithms import bipartite
from scipy import stats

from app.patterns.connections.pairs import Pair, pairs_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Layer
from app.patterns.heatmap.table import heatmap
from tests.patterns.tables import Table, random_tables

MANY = settings(max_examples=3_000, deadline=None)
pytestmark = pytest.mark.assurance


def equal(ours: float | None, theirs: float | None) -> None:
    assert ours == (None if theirs is None or np.isnan(theirs) else pytest.approx(theirs, abs=1e-9))


def is_as_elsewhere(pair: Pair, first: np.ndarray, second: np.ndarray) -> None:
    """`first` and `second` say whether the two are present, in the reviews that answered both."""
    assert (pair.base, pair.first_present, pair.second_present) == (len(first), first.sum(), second.sum())
    either = (first | second).sum()
    equal(pair.jaccard, (first & second).sum() / either if either else None)
    varies = len(first) > 0 and first.std() > 0 and second.std() > 0
    equal(pair.phi, float(stats.pearsonr(first, second).statistic) if varies else None)
    table = [[(first & second).sum(), (first & ~second).sum()], [(~first & second).sum(), (~first & ~second).sum()]]
    equal(pair.p, float(stats.fisher_exact(table).pvalue) if len(first) else None)
    expected = first.mean() * second.mean() * len(first) if len(first) else 0.0
    equal(pair.lift, table[0][0] / expected if expected else None)


@MANY
@given(random_tables())
def test_pairs_are_those_of_scipy(table: Table) -> None:
    incidence = Incidence.of(*table)
    for layer in Layer:
        answered, present = incidence.answered_and_present(layer)
        pairs = pairs_of(incidence, layer)
        for pair, (i, j) in zip(pairs, combinations(range(len(incidence.factors)), 2), strict=True):
            both = answered[:, i] & answered[:, j]
            is_as_elsewhere(pair, present[both, i], present[both, j])
        tested = [pair for pair in pairs if pair.is_tested]
        if tested:
            theirs = stats.false_discovery_control([pair.p for pair in tested])
            assert [pair.adjusted_p for pair in tested] == pytest.approx(theirs)


@MANY
@given(random_tables())
def test_what_is_together_is_networkx_s_projection(table: Table) -> None:
    incidence = Incidence.of(*table)
    _, present = incidence.answered_and_present(Layer.HINDERED)
    graph: nx.Graph = nx.Graph()
    factors = [factor.code for factor in incidence.factors]
    graph.add_nodes_from([*factors, "a review without a factor"])
    graph.add_edges_from((f"review {row}", factors[column]) for row, column in np.argwhere(present))
    projected = bipartite.weighted_projected_graph(graph, factors)
    weights = {frozenset((a, b)): told["weight"] for a, b, told in projected.edges(data=True)}
    found = {
        frozenset((pair.first.code, pair.second.code)): pair.together for pair in pairs_of(incidence, Layer.HINDERED)
    }
    assert {pair: number for pair, number in found.items() if number} == weights


@MANY
@given(random_tables())
def test_shares_are_those_of_counting_review_by_review(table: Table) -> None:
    reviews, _ = table
    incidence = Incidence.of(*table)
    answered, present = incidence.answered_and_present(Layer.HINDERED)
    group_of = {review.code: review.attributes[Dimension.DIVISION] for review in reviews}
    groups = np.array([group_of[code] for code in incidence.codes.tolist()])
    at = {factor.code: column for column, factor in enumerate(incidence.factors)}
    for row in heatmap(incidence, Dimension.DIVISION, Layer.HINDERED).rows:
        for cell in row.cells:
            here, column = groups == cell.group, at[row.factor.code]
            assert cell.share.present == present[here, column].sum()
            assert cell.share.answered == answered[here, column].sum()
            if cell.share.interval:
                theirs = stats.binomtest(cell.share.present, cell.share.answered).proportion_ci(method="wilson")
                assert cell.share.interval == pytest.approx((theirs.low, theirs.high), abs=1e-9)
