"""Orders in which things that behave alike stand together (seriation)."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]


def similar_order(profiles: Numbers) -> list[int]:
    """Row numbers, alike rows together: optimal leaf ordering (Bar-Joseph 2001) on correlation distance.

    A row that does not vary has no correlation; it counts as unlike any other. The order could be read from either
    end; the end with the smaller row number comes first, so that no order says which rows have larger values.
    """
    rows = len(profiles)
    if rows < 3 or profiles.shape[1] < 2:
        return list(range(rows))
    # Imported here because scipy's clustering takes a noticeable time to load.
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    distances = correlation_distances(profiles)
    tree = _best_ends(linkage(distances, "average"), squareform(distances, checks=False))
    first, last = np.unravel_index(int(np.argmin(tree.cost)), tree.cost.shape)
    order = tree.order(int(first), int(last))
    return order if order[0] < order[-1] else order[::-1]


@dataclass(frozen=True, eq=False)
class _Branch:
    """A branch of the tree with the least sum of distances between neighbors, for each two rows as its ends."""

    rows: list[int]
    cost: Numbers
    """By the places of the first and the last row; infinite where the branch cannot end in these."""
    left: "_Branch | None" = None
    right: "_Branch | None" = None
    meet: Numbers | None = None
    """The distances from the rows of the left part to those of the right."""

    def order(self, first: int, last: int) -> list[int]:
        if self.left is None or self.right is None:
            return self.rows
        size = len(self.left.rows)
        if first >= size:
            return self.order(last, first)[::-1]
        joined = self.left.cost[first][:, np.newaxis] + self.meet + self.right.cost[:, last - size]
        end, begin = np.unravel_index(int(np.argmin(joined)), joined.shape)
        return self.left.order(first, int(end)) + self.right.order(int(begin), last - size)


def _best_ends(merged: Numbers, distances: Numbers) -> _Branch:
    """The whole tree, from scipy's list of which two branches were merged.

    Scipy's own optimal_leaf_ordering computes these sums and then picks ends that do not have the least
    (https://github.com/scipy/scipy/issues/11227); when that is mended, it can take the place of this.
    """
    branches = [_Branch([row], np.zeros((1, 1))) for row in range(len(distances))]
    for left, right in merged[:, :2].astype(np.intp).tolist():
        branches.append(_joined(branches[left], branches[right], distances))
    return branches[-1]


def _joined(left: _Branch, right: _Branch, distances: Numbers) -> _Branch:
    meet = distances[left.rows][:, right.rows]
    to_right = (left.cost[:, :, np.newaxis] + meet).min(axis=1)
    across = (to_right[:, :, np.newaxis] + right.cost).min(axis=1)
    size = len(left.rows) + len(right.rows)
    cost = np.full((size, size), np.inf)
    cost[: len(left.rows), len(left.rows) :] = across
    cost[len(left.rows) :, : len(left.rows)] = across.T
    return _Branch(left.rows + right.rows, cost, left, right, meet)


def correlation_distances(profiles: Numbers) -> Numbers:
    """1 - the correlation of each two rows, as scipy's condensed list; 1 where it is not defined."""
    centered = profiles - profiles.mean(axis=1, keepdims=True)
    lengths = np.sqrt((centered**2).sum(axis=1))
    varies = lengths > 1e-12
    unit = np.where(varies[:, np.newaxis], centered / np.where(varies, lengths, 1.0)[:, np.newaxis], 0.0)
    i, j = np.triu_indices(len(profiles), k=1)
    distances: Numbers = np.clip(1.0 - (unit[i] * unit[j]).sum(axis=1), 0.0, 2.0)
    return distances
