"""What a drawing of a map is made of, before and after everything has its place. All lengths are in px of it."""

from dataclasses import dataclass

from app.system_maps.rules import Tone


@dataclass(frozen=True, slots=True)
class Sizes:
    """How wide things are."""

    left: float = 196.0
    """Where the boxes begin; the names of the levels stand before it."""
    narrowest: float = 1040.0
    """Of a whole drawing."""
    box: float = 190.0
    event_box: float = 300.0
    gap: float = 24.0
    """Between boxes, and at the right edge."""
    above: float = 20.0
    below: float = 24.0
    """Between the boxes and the edges of their band, where lines bend."""
    inward: float = 0.85
    """Boxes and lanes stand so much nearer to the middle than what they are joined to, and a drawing stays narrow."""


ON_SCREEN, ON_PAPER = (
    Sizes(),
    Sizes(left=130.0, narrowest=820.0, box=128.0, event_box=220.0, gap=16.0, above=14.0, below=18.0, inward=0.5),
)

Key = str
Node = tuple[str, int]
"""A box by its key and 0, or the lane of an arrow by its number and the row it passes."""


@dataclass(frozen=True, slots=True)
class Box:
    """Something on a level; `row` counts from the top."""

    key: Key
    row: int
    text: str
    tone: Tone
    is_wide: bool = False
    """Alone on its level and as wide as all others together, so that many arrows reach it straight."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one box to another; `title` says it in words."""

    start: Key
    end: Key
    helped: bool
    title: str
    width: float = 1.6


@dataclass(frozen=True, slots=True)
class BoxDrawn:
    box: Box
    x: float
    y: float
    width: float
    height: float
    lines: tuple[tuple[str, float], ...]
    """Each line of text with the place of its baseline."""


@dataclass(frozen=True, slots=True)
class ArrowDrawn:
    arrow: Arrow
    path: str


@dataclass(frozen=True, slots=True)
class Band:
    y: float
    height: float
    name: tuple[str, ...]
    hint: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    bands: tuple[Band, ...]
    boxes: tuple[BoxDrawn, ...]
    arrows: tuple[ArrowDrawn, ...]
