"""Combinations as a picture: a row of dots for each, and bars for seen and expected (Lex et al. 2014, UpSet)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.patterns.combinations.combination import Combination
from app.patterns.counting.records import Factor

COLUMN, ROW = 34, 30
LONGEST_BAR = 220
NUMBERS_WIDTH = 290
"""Beside the longest bar: the count, the count expected, and that given depth."""
PER_LETTER = 5.6
"""How far up one letter of a turned head reaches."""


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    is_part: bool


@dataclass(frozen=True, slots=True)
class UpSetRow:
    combination: Combination
    y: float
    dots: tuple[Dot, ...]
    first: float
    last: float
    """Between the first and the last dot that is part of the combination runs a line."""
    bar: float
    expected_at: float
    depth_at: float | None
    """Where the count expected given depth of review is marked; None where that is not judged."""


@dataclass(frozen=True, slots=True)
class UpSetHead:
    factor: Factor
    x: float
    is_shaded: bool
    """Every other column, so that the eye keeps to it."""


@dataclass(frozen=True, slots=True)
class UpSet:
    width: float
    height: float
    top: float
    bars_at: float
    heads: tuple[UpSetHead, ...]
    rows: tuple[UpSetRow, ...]


def drawn_upset(combinations: Sequence[Combination], *, longest_bar: float = LONGEST_BAR) -> UpSet:
    """The combinations from top to bottom as given; the factors that are part of most of them come first."""
    parts = Counter(factor for one in combinations for factor in one.factors)
    factors = sorted(parts, key=lambda factor: (-parts[factor], factor.label))
    longest = max((len(factor.label) for factor in factors), default=0)
    top = round(longest * PER_LETTER + 28)
    x = {factor: COLUMN * at + COLUMN / 2 for at, factor in enumerate(factors)}
    bars_at = COLUMN * len(factors) + 18
    most = max(
        (max(one.together, one.expected, one.depth.expected if one.depth else 0) for one in combinations), default=1
    )
    scale = longest_bar / max(most, 1)
    return UpSet(
        width=round(max(bars_at + longest_bar + NUMBERS_WIDTH, COLUMN * len(factors) + longest * 4.6)),
        height=top + ROW * len(combinations) + 6,
        top=top,
        bars_at=bars_at,
        heads=tuple(UpSetHead(factor, x[factor], at % 2 == 0) for at, factor in enumerate(factors)),
        rows=tuple(_row(one, top + ROW * at + ROW / 2, x, scale) for at, one in enumerate(combinations)),
    )


def _row(one: Combination, y: float, x: dict[Factor, float], scale: float) -> UpSetRow:
    parts = [x[factor] for factor in one.factors]
    return UpSetRow(
        combination=one,
        y=y,
        dots=tuple(Dot(at, factor in one.factors) for factor, at in x.items()),
        first=min(parts),
        last=max(parts),
        bar=round(one.together * scale, 1),
        expected_at=round(one.expected * scale, 1),
        depth_at=round(one.depth.expected * scale, 1) if one.depth else None,
    )
