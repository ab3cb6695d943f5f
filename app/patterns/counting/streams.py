"""Streams rows of a query into arrays, a part at a time, so that a large table never stands in memory as objects."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session

from app.patterns.counting.columns import Column, Counts

GAPS = 8
"""Ids with fewer missing between them are looked up in a table of all up to the highest, others are searched for."""
END = -1
"""Stands after the numbers of one owner, which are never negative."""
AT_ONCE = 1_000
"""Rows held as objects at a time: few enough to stay in the processor's own memory."""


class Places:
    """Where each id, a number from 0 on, stands among these."""

    def __init__(self, ids: npt.ArrayLike) -> None:
        self._ids = np.asarray(ids, dtype=np.int64)
        self.number = len(self._ids)
        self._is_dense = int(self._ids.max(initial=0)) < GAPS * self.number

    def of(self, ids: Counts) -> Counts:
        """The place of each, or -1."""
        if self._is_dense:
            return self._by_id.take(ids, mode="clip")
        if not self.number:
            return np.full(len(ids), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._ids, ids, sorter=self._order), self.number - 1)
        places = self._order[at]
        return np.where(self._ids[places] == ids, places, -1)

    @cached_property
    def _by_id(self) -> Counts:
        """The place of every id up to the highest; no other has one."""
        places = np.full(int(self._ids.max()) + 2, -1, dtype=np.int64)
        places[self._ids] = np.arange(self.number)
        return places

    @cached_property
    def _order(self) -> npt.NDArray[np.intp]:
        return np.argsort(self._ids, kind="stable")


class Numbered:
    """A column of values that comes in parts, kept as the numbers in which they were first met."""

    def __init__(self) -> None:
        self._number: defaultdict[Any, int] = defaultdict(count().__next__)
        self._parts = [np.zeros(0, dtype=np.int32)]

    def add(self, values: Sequence[Any]) -> None:
        self._parts.append(np.fromiter(map(self._number.__getitem__, values), dtype=np.int32, count=len(values)))

    def told(self, words: Callable[[Any], Any], kind: type[np.generic]) -> npt.NDArray[Any]:
        """What is told of each value, worked out once for each that occurs."""
        told = np.array([words(value) for value in self._number], dtype=kind)
        return told[np.concatenate(self._parts)]

    def column(self, words: Callable[[Any], str] = str) -> Column:
        """The words that stand for the values."""
        told = [words(value) for value in self._number]
        names = tuple(sorted(set(told)))
        number = {name: at for at, name in enumerate(names)}
        numbers = np.array([number[name] for name in told], dtype=np.int32)
        return Column(names, numbers[np.concatenate(self._parts)])


def streamed(session: Session, query: sa.Select[*tuple[Any, ...]]) -> Iterator[list[Sequence[Any]]]:
    """The columns of a query, part after part; at most so many rows are held as objects.

    They are the driver's own rows, so a query asks only for numbers and texts: to make SQLAlchemy's rows of them takes
    as long as reading them. The strategy knows which rows were read ahead.
    """
    connection = session.connection()
    # SQLite hands its rows over one by one in any case.
    options = {"stream_results": connection.dialect.name != "sqlite"}
    result = connection.execute(query, execution_options=options)
    while rows := result.cursor_strategy.fetchmany(result, result.cursor, AT_ONCE):
        yield list(zip(*rows, strict=True))
    result.close()


def whole_numbers(session: Session, query: sa.Select[*tuple[Any, ...]]) -> Counts:
    """The columns of a query that asks for whole numbers."""
    none = np.zeros((len(query.selected_columns), 0), dtype=np.int64)
    return np.concatenate([none, *(np.array(part, dtype=np.int64) for part in streamed(session, query))], axis=1)


def gathered(
    session: Session,
    owner: sa.ColumnElement[int],
    owners: Places,
    number: sa.ColumnElement[int],
    *conditions: sa.ColumnElement[bool],
) -> Iterator[tuple[Counts, Counts]]:
    """Whole numbers, with the place of the owner that each belongs to or -1, part after part.

    The database writes the numbers of one owner into one text: a row for each number takes twice as long, nearly all of
    it to hand the rows over.
    """
    text = sa.func.aggregate_strings(sa.cast(number, sa.String), ",")
    for ids, texts in streamed(session, sa.select(owner, text).where(*conditions).group_by(owner)):
        told = np.fromstring(f",{END},".join((*texts, "")), dtype=np.int64, sep=",")
        ends = np.flatnonzero(told == END)
        several = np.diff(ends, prepend=-1) - 1
        yield np.repeat(owners.of(np.array(ids, dtype=np.int64)), several), np.delete(told, ends)


def numbered(column: sa.ColumnElement[Any], numbers: Mapping[Any, int], other: int | None = None) -> sa.Case[Any]:
    """The number of each value of a column; that of all other values, where given."""
    return sa.case({value: number for value, number in numbers.items() if value is not None}, value=column, else_=other)
