"""Which sets of columns hold together in many rows of a table of yes and no: frequent closed sets.

A set is closed when every further column would lose a row. Of all sets that stand in the same rows only the largest is
closed, so a list of closed sets tells each thing once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.patterns.counting.columns import Counts, Flags, Places, Planes, bits_in, bits_shared_within, planes_of, sets_of

ROWS_AT_ONCE = 2**13
"""Sets are grown together while their first columns hold in so many rows: few steps, and short bits in each."""
MANY_FURTHER = 10
"""Where fewer columns stand beside the first, all rows are searched, as so little is found: to take out its rows for it
would make a search for what stands in 5 % of 100,000 rows four times as long."""
WORDS_AT_ONCE = 2**21
"""Words of bits that one step makes at most: sixteen megabytes."""


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


@dataclass(frozen=True, slots=True)
class _Sets:
    """Some sets, each grown by one column; every array has a line for each."""

    held: Flags
    """The columns in the set."""
    planes: Planes
    """The rows in which the set holds, in bits."""
    last: Places
    """The column it was grown by."""
    further: Flags
    """The columns it may be grown by: those after the last that still stand in enough of its rows."""

    def at(self, lines: slice | Flags) -> "_Sets":
        return _Sets(self.held[lines], self.planes[lines], self.last[lines], self.further[lines])


def closed_sets(table: Flags, *, least: int, at_most: int, size: int = 1) -> tuple[ClosedSet, ...]:
    """Every closed set of `size` columns or more that holds in `least` rows or more, each once.

    The search is LCM (Uno, Asai, Uchida and Arimura 2004) on columns packed into bits: a closed set is grown by one
    column, closed again, and kept when the closing added no column before the one it was grown by, which makes every
    closed set have one way to be found. The rarest column comes first, so that most sets are grown in few rows, and
    many sets are grown in one step. Raises TooMany beyond `at_most` sets, and ValueError when `least` is under 1.
    """
    if least < 1:
        raise ValueError(least)
    found: list[ClosedSet] = []
    for held, rows in _closed_sets(table, least):
        is_large = held.sum(axis=1) >= size
        found += _told(held[is_large], rows[is_large])
        if len(found) > at_most:
            raise TooMany(least)
    return tuple(found)


def _told(held: Flags, rows: Counts) -> Iterator[ClosedSet]:
    columns = np.nonzero(held)[1].tolist()
    ends = np.cumsum(held.sum(axis=1)).tolist()
    for start, end, number in zip([0, *ends], ends, rows.tolist(), strict=False):
        yield ClosedSet(tuple(columns[start:end]), number)


def _closed_sets(table: Flags, least: int) -> Iterator[tuple[Flags, Counts]]:
    """Some sets after others: which columns are in each, and in how many rows it holds."""
    rows, planes = len(table), planes_of(table)
    if rows < least:
        return
    rarest_first = np.argsort(bits_in(planes), kind="stable")
    in_order = np.argsort(rarest_first)
    planes = planes[rarest_first]
    together = bits_shared_within(planes)
    numbers = together.diagonal()
    everywhere = numbers == rows
    if everywhere.any():
        yield everywhere[np.newaxis, in_order], np.array([rows])
    further = np.triu((together >= least) & ~everywhere, k=1)
    is_first = (numbers >= least) & ~everywhere
    grows_much = further.sum(axis=1) >= MANY_FURTHER

    def beginning_with(first: Places, columns: Planes) -> Iterator[tuple[Flags, Counts]]:
        """`columns` are the planes of rows in which all sets with one of these first columns hold."""
        if not len(first):
            return
        sets = _grown(everywhere, columns[first], first, further[first])
        for held, counted in _closed(sets, columns, least):
            yield held[:, in_order], counted

    yield from beginning_with(np.flatnonzero(is_first & ~grows_much), planes)
    for first in _in_parts(np.flatnonzero(is_first & grows_much), numbers):
        yield from beginning_with(first, _of_rows_with(first, table, planes, rarest_first))


def _in_parts(columns: Places, numbers: Counts) -> list[Places]:
    """The columns in their order, a few at a time: see ROWS_AT_ONCE."""
    parts = np.cumsum(numbers[columns]) // ROWS_AT_ONCE
    return np.split(columns, np.flatnonzero(np.diff(parts)) + 1)


def _of_rows_with(first: Places, table: Flags, planes: Planes, order: Places) -> Planes:
    """The planes in this order, of the rows that have any of the first columns: the others say nothing here."""
    with_any = np.bitwise_or.reduce(planes[first])[np.newaxis]
    # Numpy looks through flags several times as fast as through bytes.
    there = np.flatnonzero(sets_of(with_any, len(table))[0].view(np.bool_))
    return planes_of(table.take(there, axis=0))[order]


def _grown(held: Flags, planes: Planes, last: Places, further: Flags) -> _Sets:
    """Sets grown by these columns: `held` and `further` are what is known of them before, for all or for each."""
    columns = np.arange(held.shape[-1])
    is_last = columns == last[:, np.newaxis]
    return _Sets(held | is_last, planes, last, further & (columns > last[:, np.newaxis]))


def _closed(sets: _Sets, columns: Planes, least: int) -> Iterator[tuple[Flags, Counts]]:
    """These sets and all that grow out of them, closed; without those that are found in another way."""
    step = max(WORDS_AT_ONCE // columns.size, 1)
    waiting = [sets]
    while waiting:
        sets = waiting.pop()
        if len(sets.last) > step:
            waiting.append(sets.at(slice(step, None)))
        sets = sets.at(slice(step))
        sets = sets.at(~_has_one_before(sets, columns))
        line, column = np.nonzero(sets.further)
        both = sets.planes[line]
        both &= columns[column]
        rows, rows_of_both = bits_in(sets.planes), bits_in(both)
        is_inside = rows_of_both == rows[line]
        sets.held[line[is_inside], column[is_inside]] = True
        yield sets.held, rows
        grows = (rows_of_both >= least) & ~is_inside
        if grows.any():
            line, column = line[grows], column[grows]
            further = np.zeros_like(sets.further)
            further[line, column] = True
            waiting.append(_grown(sets.held[line], both[grows], column, further[line]))


def _has_one_before(sets: _Sets, columns: Planes) -> Flags:
    """Whether a column that comes before the last, and is not in the set, stands in all of its rows.

    Nearly every column lacks a row of the first few words, so only what is left is compared further.
    """
    before = np.arange(len(columns)) < sets.last[:, np.newaxis]
    line, column = np.nonzero(before & ~sets.held)
    start, end = 0, 1
    while start < columns.shape[1] and len(line):
        lacks = (sets.planes[line, start:end] & ~columns[column, start:end]).any(axis=1)
        line, column = line[~lacks], column[~lacks]
        start, end = end, end * 4
    has_one = np.zeros(len(sets.last), dtype=np.bool_)
    has_one[line] = True
    return has_one
