"""Orders in which things that behave alike stand together (seriation)."""

import numpy as np
import numpy.typing as npt


def similar_order(profiles: npt.NDArray[np.float64]) -> list[int]:
    """Row numbers, alike rows together: optimal leaf ordering (Bar-Joseph 2001) on correlation distance.

    A row that does not vary has no correlation; it counts as unlike any other. The order could be read from either
    end; the end with the smaller row number comes first, so that no order says which rows have larger values.
    """
    rows = len(profiles)
    if rows < 3 or profiles.shape[1] < 2:
        return list(range(rows))
    # Imported here because scipy's clustering takes a noticeable time to load.
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering

    distances = correlation_distances(profiles)
    tree = optimal_leaf_ordering(linkage(distances, "average"), distances)
    order = [int(row) for row in leaves_list(tree)]
    return order if order[0] < order[-1] else order[::-1]


def correlation_distances(profiles: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """1 - the correlation of each two rows, as scipy's condensed list; 1 where it is not defined."""
    centered = profiles - profiles.mean(axis=1, keepdims=True)
    lengths = np.sqrt((centered**2).sum(axis=1))
    varies = lengths > 1e-12
    unit = np.where(varies[:, np.newaxis], centered / np.where(varies, lengths, 1.0)[:, np.newaxis], 0.0)
    i, j = np.triu_indices(len(profiles), k=1)
    distances: npt.NDArray[np.float64] = np.clip(1.0 - (unit[i] * unit[j]).sum(axis=1), 0.0, 2.0)
    return distances
