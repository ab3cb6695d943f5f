"""How a table of reviews is kept: values as small numbers, flags as bits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

Flags: TypeAlias = npt.NDArray[np.bool_]
Counts: TypeAlias = npt.NDArray[np.int64]
Planes: TypeAlias = npt.NDArray[np.uint64]


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
        is_wanted = np.isin(np.array(self.names, dtype=np.str_), list(wanted))
        return is_wanted[self.numbers] if self.names else np.zeros(0, dtype=np.bool_)

    def occurring(self) -> tuple[str, ...]:
        """The names of at least one review, A to Z, without the empty one."""
        counted = np.bincount(self.numbers, minlength=len(self.names))
        return tuple(name for name, number in zip(self.names, counted.tolist(), strict=True) if name and number)

    def counts(self) -> dict[str, int]:
        """The number of reviews with each value that occurs."""
        counted = np.bincount(self.numbers, minlength=len(self.names)).tolist()
        return {name: number for name, number in zip(self.names, counted, strict=True) if number}

    def rows(self, rows: npt.NDArray[np.generic]) -> Self:
        return type(self)(self.names, self.numbers[rows])

    def beside(self, other: Self) -> Self:
        """These reviews, and then the other's."""
        names = tuple(sorted({*self.names, *other.names}))
        number = {name: at for at, name in enumerate(names)}
        numbers = [
            np.array([number[name] for name in one.names] or [0], dtype=np.int32)[one.numbers] for one in (self, other)
        ]
        return type(self)(names, np.concatenate(numbers))


def planes_of(flags: Flags) -> Planes:
    """A row of bits for each column of the flags, 64 reviews to a word; what is over at the end is 0."""
    rows, columns = flags.shape
    words = -(-rows // 64)
    padded = np.zeros((columns, words * 8), dtype=np.uint8)
    packed = np.packbits(flags.T, axis=1)
    padded[:, : packed.shape[1]] = packed
    return padded.view(np.uint64)


def shared_bits(first: Planes, second: Planes) -> Counts:
    """For each plane of the first and each of the second, the number of reviews with both."""
    counts = np.empty((len(first), len(second)), dtype=np.int64)
    for at, plane in enumerate(first):
        counts[at] = np.bitwise_count(plane & second).sum(axis=1, dtype=np.int64)
    return counts
