"""How a table of reviews is kept: values as small numbers, flags as bits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

Flags: TypeAlias = npt.NDArray[np.bool_]
Counts: TypeAlias = npt.NDArray[np.int64]
Planes: TypeAlias = npt.NDArray[np.uint64]
Sets: TypeAlias = npt.NDArray[np.uint8]
Codes: TypeAlias = npt.NDArray[np.int8]
"""Small numbers that stand for answers, directions and the like."""
Places: TypeAlias = npt.NDArray[np.intp]
"""Numbers of rows, in order."""

FEW_ROWS = 2**13
"""Rows that are packed in one step. In eight it takes as long for so many, and three times as long for a hundred."""
EACH_BIT = (1 << np.arange(8, dtype=np.uint8))[:, np.newaxis, np.newaxis]


@dataclass(frozen=True, eq=False)
class Column:
    """One value for each review, kept as the number of its name; the names stand A to Z."""

    names: tuple[str, ...]
    numbers: npt.NDArray[np.int32]

    @classmethod
    def of(cls, values: Sequence[str]) -> Self:
        names = tuple(sorted(set(values)))
        number = {name: at for at, name in enumerate(names)}
        return cls(names, np.fromiter((number[value] for value in values), dtype=np.int32, count=len(values)))

    def flags_of(self, wanted: Iterable[str]) -> Flags:
        """The reviews with one of these values."""
        among = set(wanted)
        at = [number for number, name in enumerate(self.names) if name in among]
        if not at:
            return np.zeros(len(self.numbers), dtype=np.bool_)
        # One value, or neighbors, as the quarters of a period are: comparing is faster than looking each one up.
        if len(at) == 1:
            return np.asarray(self.numbers == at[0])
        if at[-1] - at[0] == len(at) - 1:
            return np.asarray((self.numbers >= at[0]) & (self.numbers <= at[-1]))
        is_wanted = np.zeros(len(self.names), dtype=np.bool_)
        is_wanted[at] = True
        return is_wanted.take(self.numbers)

    def occurring(self) -> tuple[str, ...]:
        """The names of at least one review, A to Z, without the empty one."""
        return tuple(self.names[at] for at in self._occurring)

    def counts(self) -> dict[str, int]:
        """The number of reviews with each value that occurs."""
        counted = np.bincount(self.numbers, minlength=len(self.names)).tolist()
        return {name: number for name, number in zip(self.names, counted, strict=True) if number}

    def told(self) -> list[str]:
        """The value of each review."""
        return [self.names[number] for number in self.numbers.tolist()]

    def rows(self, rows: npt.NDArray[np.generic]) -> Self:
        return type(self)(self.names, self.numbers[rows])

    def at(self, places: Places) -> Self:
        """The values of the rows in these places."""
        return type(self)(self.names, self.numbers.take(places))

    def with_values(self, places: Places, other: Self) -> Self:
        """These reviews with the other's values in these places: this column itself where they are there already."""
        if self.at(places).told() == other.told():
            return self
        both = self.beside(other)
        numbers = both.numbers[: len(self.numbers)]
        numbers[places] = both.numbers[len(self.numbers) :]
        return type(self)(both.names, numbers)

    @cached_property
    def planes(self) -> Planes:
        """For each name that occurs, the reviews with it, in bits as in `planes_told`."""
        wanted = np.array(self._occurring, dtype=np.int32)
        if len(self.numbers) <= FEW_ROWS:
            return planes_of(self.numbers[:, np.newaxis] == wanted)
        # Of many rows a line is written for each name, and nothing is turned: a fifth of the time of `planes_told`.
        stretch = _stretch(len(self.numbers))
        packed = np.zeros((len(wanted), stretch), dtype=np.uint8)
        for bit in range(8):
            some = self.numbers[bit * stretch : (bit + 1) * stretch]
            packed[:, : len(some)] |= (some == wanted[:, np.newaxis]).view(np.uint8) * np.uint8(1 << bit)
        return packed.view(np.uint64)

    @cached_property
    def _occurring(self) -> list[int]:
        """The numbers of the names that occur, without the empty one."""
        counted = np.bincount(self.numbers, minlength=len(self.names))
        return [at for at, name in enumerate(self.names) if name and counted[at]]

    def beside(self, other: Self) -> Self:
        """These reviews, and then the other's."""
        names = tuple(sorted({*self.names, *other.names}))
        number = {name: at for at, name in enumerate(names)}
        numbers = [
            np.array([number[name] for name in one.names] or [0], dtype=np.int32)[one.numbers] for one in (self, other)
        ]
        return type(self)(names, np.concatenate(numbers))


def planes_of(flags: Flags) -> Planes:
    """The flags, packed: see `planes_told`."""
    return planes_told(flags.shape, lambda some: flags[some])


def planes_told(shape: tuple[int, ...], told: Callable[[slice], Flags]) -> Planes:
    """A row of bits for each column, 64 reviews to a word; what is over at the end is 0. `told` gives the flags of some
    rows.

    In all of the planes one place stands for the same review, but not the first for the first: eight stretches of the
    table are laid over each other, a bit of every byte for each. So whole stretches are packed at once, and turning the
    table comes after it is an eighth of the size.
    """
    rows, columns = shape
    stretch = _stretch(rows)
    if rows <= FEW_ROWS:
        whole = np.zeros((8 * stretch, columns), dtype=np.uint8)
        whole[:rows] = told(slice(None))
        packed = np.bitwise_or.reduce(whole.reshape(8, stretch, columns) * EACH_BIT)
    else:
        packed = np.zeros((stretch, columns), dtype=np.uint8)
        for bit in range(8):
            some = told(slice(bit * stretch, (bit + 1) * stretch)).view(np.uint8)
            # Numpy multiplies bytes many at once, and shifts them one by one.
            packed[: len(some)] |= some * np.uint8(1 << bit)
    return np.ascontiguousarray(packed.T).view(np.uint64)


def with_rows(planes: Planes, rows: int, places: Places, flags: Flags) -> Planes:
    """The planes of so many rows, with these flags for the rows in these places."""
    changed = planes.copy()
    stretch = _stretch(rows)
    for place, there in zip(places.tolist(), flags, strict=True):
        bit, at = divmod(place, stretch)
        byte = changed.view(np.uint8)[:, at]
        byte &= np.uint8(255 - (1 << bit))
        byte |= there.view(np.uint8) << np.uint8(bit)
    return changed


def _stretch(rows: int) -> int:
    """An eighth of the rows, in whole words of the planes."""
    return -(-rows // 64) * 8


def sets_of(planes: Planes, rows: int) -> Sets:
    """For each row of the table, in which planes it is: a line for each eight of them, in which a bit is a plane."""
    lines, bits = -(-len(planes) // 8), planes.shape[1] * 64
    sets = np.zeros((lines, bits), dtype=np.uint8)
    for at, plane in enumerate(planes):
        sets[at // 8] += np.unpackbits(plane.view(np.uint8), bitorder="little") * np.uint8(1 << at % 8)
    # Eight stretches lie over each other: see `planes_told`.
    in_order = sets.reshape(lines, bits // 8, 8).transpose(0, 2, 1)
    return in_order.reshape(lines, bits)[:, :rows]


def flags_in(sets: Sets, planes: int) -> Flags:
    """For each row whose sets these are, and each of so many planes, whether it is in it."""
    return np.unpackbits(np.ascontiguousarray(sets.T), axis=1, count=planes, bitorder="little").view(np.bool_)


AT_ONCE = 2**16
"""Words compared in one step: enough to make the steps few, and few enough to stay in the processor's own memory."""
STRETCH = 1_016
"""Words of each plane compared in one step: few enough that 16 bits count them."""
FEW_WORDS = 2**4
"""Words of a plane that are compared one after the other, each for all planes at once: up to half of the time that it
takes to add up along so few."""


def shared_bits(first: Planes, second: Planes) -> Counts:
    """For each plane of the first and each of the second, the number of reviews with both."""
    counts = np.zeros((len(first), len(second)), dtype=np.int64)
    for some, others in zip(_stretches(first), _stretches(second), strict=True):
        counts += _shared_bits(some, others)
    return counts


def bits_shared_within(planes: Planes) -> Counts:
    """For each two of the planes, the number of reviews with both; each two are compared once."""
    counts = np.zeros((len(planes), len(planes)), dtype=np.int64)
    for some in _stretches(planes):
        step = max(AT_ONCE // max(some.size, 1), 1)
        for at in range(0, len(some), step):
            counts[at : at + step, at:] += _shared_bits(some[at : at + step], some[at:])
    # Below what was compared stands 0.
    return np.maximum(counts, counts.T)


def _stretches(planes: Planes) -> Iterator[Planes]:
    for at in range(0, planes.shape[1], STRETCH):
        yield np.ascontiguousarray(planes[:, at : at + STRETCH])


def _shared_bits(first: Planes, second: Planes) -> npt.NDArray[np.uint16]:
    """As `shared_bits`, of at most STRETCH words."""
    if first.shape[1] <= FEW_WORDS:
        words = np.ascontiguousarray(first.T)[:, :, np.newaxis] & np.ascontiguousarray(second.T)[:, np.newaxis]
        return np.asarray(np.bitwise_count(words).sum(axis=0, dtype=np.uint16))
    counts = np.empty((len(first), len(second)), dtype=np.uint16)
    step = max(AT_ONCE // max(second.size, 1), 1)
    for at in range(0, len(first), step):
        both = first[at : at + step, np.newaxis] & second
        counts[at : at + step] = np.bitwise_count(both).sum(axis=2, dtype=np.uint16)
    return counts


def bits_in(planes: Planes) -> Counts:
    """For each plane, the number of reviews with it."""
    counts: Counts = np.bitwise_count(planes).sum(axis=1, dtype=np.int64)
    return counts
