"""A drawing for a brief, and the room that its letters need on paper."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

SMALLEST_LETTERS = 7.0
"""In points. A drawing whose letters would be smaller gives way to one with less in it."""
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
LETTERS = re.compile(r'font-size="([\d.]+)"')


@dataclass(frozen=True)
class Picture:
    """A drawing, and the words that stand in for it."""

    svg: str
    words: str
    smaller: Callable[[], "Picture"] | None = None
    """Draws the same with less in it, for a page that has too little room for this one."""

    def fitting(self, width: float, height: float) -> "Picture | None":
        """The fullest of them that can be read in this room, given in points; None if none can."""
        return next((one for one in self._in_turn() if one.letters_in(width, height) >= SMALLEST_LETTERS), None)

    def letters_in(self, width: float, height: float) -> float:
        """How high the smallest letters are, in points, where the drawing fills this room."""
        wide, high = self.size
        return self._smallest * min(width / wide, height / high)

    @cached_property
    def size(self) -> tuple[float, float]:
        """Width and height, in units of the drawing."""
        found = SIZE.search(self.svg)
        if found is None:
            raise ValueError("the drawing does not say how large it is")
        return float(found[1]), float(found[2])

    @cached_property
    def _smallest(self) -> float:
        return min((float(size) for size in LETTERS.findall(self.svg)), default=SMALLEST_LETTERS)

    def _in_turn(self) -> Iterator["Picture"]:
        one: Picture | None = self
        while one:
            yield one
            one = one.smaller() if one.smaller else None


def in_turn(drawings: Sequence[Callable[[], Picture]]) -> Picture:
    """The first of these, the fullest; the next is drawn only where the one before it cannot be read."""
    fullest, *others = drawings
    return replace(fullest(), smaller=partial(in_turn, others)) if others else fullest()


def rows_in_turn(tried: Iterable[int], number: int) -> list[int]:
    """How many rows to draw, of this number, from the fullest drawing to the smallest."""
    return sorted({min(most, number) for most in tried}, reverse=True)
