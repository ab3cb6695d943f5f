"""Which sets of columns hold together in many rows of a table of yes and no: frequent closed sets.

A set is closed when every further column would lose a row. Of all sets that stand in the same rows only the largest is
closed, so a list of closed sets tells each thing once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Flags: TypeAlias = npt.NDArray[np.bool_]
Planes: TypeAlias = npt.NDArray[np.uint64]

WORD_BYTES = 8


class TooMany(Exception):
    """There are more sets than were asked for; a higher count of rows gives fewer."""


@dataclass(frozen=True, slots=True)
class ClosedSet:
    columns: tuple[int, ...]
    rows: int
    """In which every one of the columns is true."""


def closed_sets(table: Flags, *, least: int, at_most: int) -> tuple[ClosedSet, ...]:
    """Every closed set of one or more columns that holds in `least` rows or more, each once.

    The search is LCM (Uno, Asai, Uchida and Arimura 2004) on columns packed into bits: a closed set is grown by one
    column, closed again, and kept when the closing added no column before the one it was grown by, which makes every
    closed set have one way to be found. Raises TooMany beyond `at_most` sets, and ValueError when `least` is under 1.
    """
    if least < 1:
        raise ValueError(least)
    found: list[ClosedSet] = []
    for one in _grown(packed(table), len(table), least):
        if len(found) == at_most:
            raise TooMany
        found.append(one)
    return tuple(found)


def packed(table: Flags) -> Planes:
    """Each column as a row of bits, eight bytes at a time; the bits past the end are 0."""
    bits = np.packbits(table.T, axis=1)
    padded = np.zeros((bits.shape[0], -(-bits.shape[1] // WORD_BYTES) * WORD_BYTES), dtype=np.uint8)
    padded[:, : bits.shape[1]] = bits
    return padded.view(np.uint64)


def _grown(planes: Planes, n_rows: int, least: int) -> Iterator[ClosedSet]:
    no_column = np.zeros(len(planes), dtype=np.bool_)
    everywhere = np.full(planes.shape[1], ~np.uint64(0))
    waiting = [(everywhere, n_rows, no_column, -1)] if n_rows >= least else []
    while waiting:
        rows, number, inside_before, grown_by = waiting.pop()
        there = planes & rows
        counts = np.bitwise_count(there).sum(axis=1, dtype=np.int64)
        is_inside = counts == number
        if (is_inside & ~inside_before)[: max(grown_by, 0)].any():
            continue
        if is_inside.any():
            yield ClosedSet(tuple(np.flatnonzero(is_inside).tolist()), number)
        further = np.flatnonzero(~is_inside & (counts >= least))
        waiting += [(there[at], int(counts[at]), is_inside, int(at)) for at in further if at > grown_by]
