"""Which sets of columns hold together in many rows of a table of yes and no: frequent closed sets.

A set is closed when every further column would lose a row. Of all sets that stand in the same rows only the largest is
closed, so a list of closed sets tells each thing once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from app.patterns.counting.columns import Flags, Places, Planes, bits_in, bits_shared_within, planes_of


class TooMany(Exception):
    """There are more sets than were asked for in `least` rows or more; a higher count of rows gives fewer."""

    def __init__(self, least: int) -> None:
        super().__init__(least)
        self.least = least


@dataclass(frozen=True, slots=True)
class ClosedSet:
    columns: tuple[int, ...]
    rows: int
    """In which every one of the columns is true."""


def closed_sets(table: Flags, *, least: int, at_most: int, size: int = 1) -> tuple[ClosedSet, ...]:
    """Every closed set of `size` columns or more that holds in `least` rows or more, each once.

    The search is LCM (Uno, Asai, Uchida and Arimura 2004) on columns packed into bits: a closed set is grown by one
    column, closed again, and kept when the closing added no column before the one it was grown by, which makes every
    closed set have one way to be found. Raises TooMany beyond `at_most` sets, and ValueError when `least` is under 1.
    """
    if least < 1:
        raise ValueError(least)
    large = (one for one in _closed_sets(table, least) if len(one.columns) >= size)
    found = tuple(islice(large, at_most + 1))
    if len(found) > at_most:
        raise TooMany(least)
    return found


def _closed_sets(table: Flags, least: int) -> Iterator[ClosedSet]:
    rows, planes = len(table), planes_of(table)
    if rows < least:
        return
    numbers = bits_in(planes)
    everywhere = tuple(np.flatnonzero(numbers == rows).tolist())
    if everywhere:
        yield ClosedSet(everywhere, rows)
    further = np.flatnonzero((numbers >= least) & (numbers < rows))
    yield from _grown(everywhere, further, planes[further], -1, least)


def _grown(held: tuple[int, ...], columns: Places, planes: Planes, after: int, least: int) -> Iterator[ClosedSet]:
    """The closed sets that grow out of the one `held`, by a column that comes `after` the one it was grown by.

    `columns` are all others that stand in enough of its rows, and `planes` in which of them. What every two of them
    have in common is counted at once, so that a set from which nothing grows costs no search of its own.
    """
    together = bits_shared_within(planes)
    numbers = together.diagonal()
    is_inside = together == numbers[:, np.newaxis]
    is_further = (together >= least) & ~is_inside
    is_new = ~np.tril(is_inside, k=-1).any(axis=1) & (columns > after)
    grows = np.triu(is_further).any(axis=1)
    for at in np.flatnonzero(is_new).tolist():
        closed = (*held, *columns[is_inside[at]].tolist())
        yield ClosedSet(tuple(sorted(closed)), int(numbers[at]))
        if grows[at]:
            further = is_further[at]
            yield from _grown(closed, columns[further], planes[further] & planes[at], int(columns[at]), least)
