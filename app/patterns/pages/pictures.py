"""A drawing with what lets it be read alone: a title, what was counted, a legend, and what it does not say."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from app.core.pages import environment
from app.patterns.briefs.pictures import Picture
from app.patterns.pages.heat_drawing import HeatDrawing
from app.patterns.pages.legends import Mark, marks_of

MARGIN = 20
LINE = 18
LETTER = 0.56
"""How wide a letter is on average, in its size; a little more than it is, so that no line is cut."""
NARROWEST = 640
"""A drawing narrower than this leaves too little room for lines of words."""
SMALL, TITLE = 13, 20
DARK, GRAY = "#14202b", "#4d5b66"
BETWEEN_MARKS = 18
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
HALO = re.compile(r' paint-order="stroke" stroke="#[0-9a-f]{6}" stroke-width="\d+" stroke-linejoin="round"')
"""Around labels of the map; what sets the PDF would paint it over the letters."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words."""

    y: float
    words: str
    size: int
    weight: int
    color: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry of the legend, and where it stands."""

    mark: Mark
    x: float
    y: float


@dataclass(frozen=True)
class Frame:
    """Where everything around a drawing stands."""

    width: int
    height: int
    top: float
    """Where the drawing begins."""
    lines: tuple[Line, ...]
    marks: tuple[Placed, ...]


def framed(
    width: float, height: float, *, title: str, above: Iterable[str], marks: Sequence[Mark], below: Iterable[str] = ()
) -> Frame:
    """The frame of a drawing of this size: title and words above it, the legend and further words below it."""
    whole = round(max(width, NARROWEST)) + 2 * MARGIN
    lines = list(_lines([title], whole, MARGIN + TITLE - 4, TITLE, 700, DARK))
    y = lines[-1].y + 8 if lines else MARGIN
    told = list(_lines(above, whole, y + LINE, SMALL, 400, GRAY))
    top = (told[-1].y if told else y) + 14
    placed = list(_placed(marks, whole, top + height + 14))
    under = (placed[-1].y if placed else top + height) + 28
    last = list(_lines(below, whole, under + LINE, SMALL, 400, DARK))
    bottom = last[-1].y if last else under
    return Frame(whole, round(bottom + MARGIN), top, (*lines, *told, *last), tuple(placed))


def _lines(texts: Iterable[str], width: float, y: float, size: int, weight: int, color: str) -> Iterator[Line]:
    """The texts one below the other, each as many lines as it takes. The first stands at `y`."""
    letters = int((width - 2 * MARGIN) / (LETTER * size))
    step = round(size * 1.4)
    words = [line for text in texts for line in wrap(text, letters)]
    for at, line in enumerate(words):
        yield Line(y + step * at, line, size, weight, color)


def _placed(marks: Sequence[Mark], width: float, y: float) -> Iterator[Placed]:
    """Side by side, and below each other where a line is full."""
    x = float(MARGIN)
    for mark in marks:
        room = mark.width + 8 + LETTER * SMALL * len(mark.words)
        if x > MARGIN and x + room > width - MARGIN:
            x, y = float(MARGIN), y + 24
        yield Placed(mark, round(x, 1), y)
        x += room + BETWEEN_MARKS


def size_of(drawing: str, context: dict[str, Any]) -> tuple[float, float]:
    """Width and height of one of our drawings, from what it is drawn of."""
    of = {"matrix": "matrix", "forest": "forest", "combinations": "upset", "heatmap": "plan"}
    one = context[of.get(drawing, "drawn")]
    return one.width, one.height


def drawing_of(
    drawing: str, *, head: Sequence[tuple[str, str]], title: str, told: Sequence[str] = (), **context: Any
) -> str:
    """A drawing as a file of its own: `head` says what was counted, `told` what is seen and how it was judged."""
    if drawing == "heatmap":
        context["plan"] = HeatDrawing.of(context["heat"], context["heat"].rows, cell=64.0, row=34.0)
    width, height = size_of(drawing, context)
    frame = framed(
        width, height, title=f"{title}, {head[0][1]}", above=[f"{name}: {words}" for name, words in head[1:]],
        marks=marks_of(drawing, context), below=told,
    )  # fmt: skip
    words = " ".join([*told, *(f"{name}: {words.rstrip('.')}." for name, words in head)])
    return XML + _drawn(drawing, frame, title=title, words=words, **context)


def picture(
    drawing: str, words: str, *, title: str, above: Iterable[str], size: tuple[float, float], **context: Any
) -> Picture:
    """A drawing for a brief, from the macros that the pages use. `words` stand in for it."""
    frame = framed(*size, title=title, above=above, marks=marks_of(drawing, context))
    return Picture(HALO.sub("", _drawn(drawing, frame, title=title, words="", **context)), words)


def _drawn(drawing: str, frame: Frame, **context: Any) -> str:
    template = environment().get_template("patterns/picture.svg")
    return template.render(drawing=drawing, frame=frame, margin=MARGIN, **context).strip()
