"""The order of similar rows is the best that its tree allows: no other order of its branches has closer neighbors."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage, to_tree
from scipy.spatial.distance import squareform

from app.patterns.counting.similarity import correlation_distances, similar_order
from tests.patterns.tables import QUICKLY


def orders(branch: object) -> list[list[int]]:
    """Every order that turning branches of the tree can give."""
    if branch.is_leaf():
        return [[branch.id]]
    both = list(product(orders(branch.left), orders(branch.right)))
    return [[*one, *other] for one, other in both] + [[*other, *one] for one, other in both]


class TestSimilarOrder:
    @QUICKLY
    @given(
        st.integers(3, 7).flatmap(
            lambda rows: st.lists(st.lists(st.integers(0, 20), min_size=4, max_size=4), min_size=rows, max_size=rows)
        )
    )
    def test_has_the_closest_neighbors_of_all_orders_of_its_tree(self, rows: list[list[int]]) -> None:
        profiles = np.array(rows, dtype=np.float64)
        condensed = correlation_distances(profiles)
        distances = squareform(condensed, checks=False)

        def cost(order: list[int]) -> float:
            return sum(float(distances[a, b]) for a, b in pairwise(order))

        allowed = orders(to_tree(linkage(condensed, "average")))
        ours = similar_order(profiles)
        assert ours in allowed
        assert cost(ours) == pytest.approx(min(cost(order) for order in allowed), abs=1e-9)
