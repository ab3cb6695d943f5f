"""The map of factors as plain shapes with their sizes and colors, ready for a template."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from markupsafe import Markup, escape

from app.core.translation import gettext as _
from app.patterns.connections.bends import Around, Standing
from app.patterns.connections.layout import Layout, Point, half_label, radius
from app.patterns.connections.pairs import Pair
from app.patterns.connections.stability import Key, Stability
from app.patterns.counting.records import Factor

GROUP_COLORS = ("#33379a", "#667817", "#6d1a3c", "#3470d4", "#b05876")
GROUP_TINTS = ("#ecebf7", "#f0f3e0", "#f7e8ed", "#e4edfb", "#f8eaef")
OTHER_COLOR, OTHER_TINT = "#4d5b66", "#eeefee"
"""From the sixth group on all are gray, because more colors cannot be told apart; the letter can."""
BETWEEN_GROUPS = "#5b6873"
SELECTED, WHITE = "#14202b", "#ffffff"
WEAKEST_DRAWN = 0.08
"""Lines that could be chance are drawn from this phi on."""

THIN = 0.45
"""Of its width, for a link that is not firm."""


@dataclass(frozen=True, slots=True)
class Circle:
    factor: Factor
    x: float
    y: float
    radius: float
    label_y: float
    reviews: int
    letter: str | None
    color: str
    ground: str
    """The color behind the label, which keeps lines away from its letters."""


@dataclass(frozen=True, slots=True)
class Line:
    pair: Pair
    start: Point
    end: Point
    towards: Point | None
    """Where a line bends to, around a circle in its way; None for a straight line."""
    width: float
    color: str
    opacity: float
    is_within_group: bool
    is_firm: bool
    """False for a link that rests on one review, or that too few resamples show: it is drawn thinner, with a ring."""

    @property
    def middle(self) -> Point:
        towards = self.towards or Point((self.start.x + self.end.x) / 2, (self.start.y + self.end.y) / 2)
        x, y = ((a + 2 * c + b) / 4 for a, b, c in zip(self.start, self.end, towards, strict=True))
        return Point(round(x, 1), round(y, 1))

    @property
    def shape(self) -> str:
        """As SVG, without its looks."""
        if self.towards is None:
            return f'<line x1="{self.start.x}" y1="{self.start.y}" x2="{self.end.x}" y2="{self.end.y}"'
        (x1, y1), (x, y), (x2, y2) = self.start, self.towards, self.end
        return f'<path d="M{x1} {y1}Q{x} {y} {x2} {y2}" fill="none"'


@dataclass(frozen=True, slots=True)
class Outline:
    letter: str
    name: str
    path: str
    color: str
    tint: str
    title: Point
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactorMap:
    width: float
    height: float
    circles: tuple[Circle, ...]
    lines: tuple[Line, ...]
    """The strongest last, so that it lies on top."""
    outlines: tuple[Outline, ...]
    other_title: Point | None

    def edges(
        self, is_shown: Callable[[Pair], bool], selected: Pair | None, address: Callable[[Pair], str] | None = None
    ) -> Markup:
        """The lines as SVG. With addresses they are links, and those that are not shown wait for the slider.

        There are hundreds of lines, and a template takes several times as long to write them.
        """
        lines = []
        for line in self.lines:
            is_drawn = is_shown(line.pair) or line.pair == selected
            if is_drawn or address:
                lines.append(_edge(line, address, is_drawn=is_drawn, is_selected=line.pair == selected))
        return Markup("".join(lines))  # noqa: S704  What people wrote, the labels and the address, is escaped in `_edge`.


def drawn_map(
    layout: Layout,
    pairs: Iterable[Pair],
    present: Mapping[str, int],
    stability: Mapping[Key, Stability],
    letters: Mapping[str, str] | None = None,
) -> FactorMap:
    """The map of any selection of reviews, at the places that all reviews gave.

    `present` is the number of selected reviews with each factor. Lines for links, and thin ones for pairs whose
    phi is 0.08 or more but could be chance. `letters` are the groups of factors where no group is drawn.
    """
    letter_of = letters or {factor.code: group.letter for group in layout.grouping.groups for factor in group.factors}
    factors = [*(f for group in layout.grouping.groups for f in group.factors), *layout.grouping.other]
    outlines = [
        Outline(
            hull.letter, hull.name, _path(hull.outline), *colors_of(hull.letter), hull.title, _labels(group.factors)
        )
        for hull, group in zip(layout.hulls, layout.grouping.groups, strict=True)
    ]
    drawn = [pair for pair in pairs if pair.is_link or pair.is_explained_by_depth or (pair.phi or 0.0) >= WEAKEST_DRAWN]
    drawn.sort(key=lambda pair: (pair.phi or 0.0, pair.first.code, pair.second.code))
    circles = tuple(
        _circle(factor, layout, present, letter_of.get(factor.code), bare=letters is not None) for factor in factors
    )
    around = Around([_standing(circle) for circle in circles], layout.width, layout.height)
    return FactorMap(
        width=layout.width,
        height=layout.height,
        circles=circles,
        lines=tuple(_line(pair, layout, letter_of, around, is_firm=is_firm(pair, stability)) for pair in drawn),
        outlines=tuple(outlines),
        other_title=layout.other_title,
    )


def colors_of(letter: str) -> tuple[str, str]:
    """Of lines and circles, and of the ground behind them."""
    at = ascii_uppercase.index(letter) if len(letter) == 1 else len(GROUP_COLORS)
    return (GROUP_COLORS[at], GROUP_TINTS[at]) if at < len(GROUP_COLORS) else (OTHER_COLOR, OTHER_TINT)


def _labels(factors: Iterable[Factor]) -> tuple[str, ...]:
    return tuple(factor.label for factor in factors)


def _path(outline: Iterable[Point]) -> str:
    return "M" + "L".join(f"{point.x:.0f},{point.y:.0f}" for point in outline) + "Z"


def _circle(factor: Factor, layout: Layout, present: Mapping[str, int], letter: str | None, *, bare: bool) -> Circle:
    place, r = layout.places[factor.code], round(radius(present[factor.code]), 1)
    color, tint = colors_of(letter) if letter else (OTHER_COLOR, WHITE)
    ground = WHITE if bare else tint
    return Circle(factor, place.x, place.y, r, round(place.y + r + 15, 1), present[factor.code], letter, color, ground)


def _standing(circle: Circle) -> Standing:
    """What lines go around. A label's letters stand on its `label_y`, so their middle lies above it."""
    label_middle = circle.label_y - 4
    return Standing(circle.factor.code, circle.x, circle.y, circle.radius, label_middle, half_label(circle.factor))


def is_firm(pair: Pair, stability: Mapping[Key, Stability]) -> bool:
    found = stability.get((pair.first.code, pair.second.code))
    return found is None or found.is_firm


def _line(pair: Pair, layout: Layout, letter_of: Mapping[str, str], around: Around, *, is_firm: bool) -> Line:
    letter = letter_of.get(pair.first.code)
    is_within = letter is not None and letter == letter_of.get(pair.second.code)
    start, end = layout.places[pair.first.code], layout.places[pair.second.code]
    strength = 1.2 + 22 * ((pair.phi or 0.0) - WEAKEST_DRAWN)
    width = max(1.0, round(strength if is_firm else strength * THIN, 1))
    return Line(
        pair=pair,
        start=start,
        end=end,
        towards=around.way(pair.first.code, pair.second.code, width),
        width=width,
        color=colors_of(letter)[0] if is_within and letter else BETWEEN_GROUPS,
        opacity=0.62 if is_within else 0.38,
        is_within_group=is_within,
        is_firm=is_firm,
    )


def _edge(line: Line, address: Callable[[Pair], str] | None, *, is_drawn: bool, is_selected: bool) -> str:
    pair = line.pair
    color = SELECTED if is_selected else line.color
    width, opacity = (line.width + 1, 1) if is_selected else (line.width, line.opacity)
    dashes = (
        ' stroke-dasharray="9 5"' if pair.is_explained_by_depth else "" if pair.is_link else ' stroke-dasharray="2 5"'
    )
    ring = ""
    if pair.is_link and not line.is_firm:
        place = f'cx="{line.middle.x}" cy="{line.middle.y}"'
        ring = f'<circle {place} r="4" fill="#ffffff" stroke="{color}" stroke-width="1.5"/>'
    stroke = f'stroke="{color}" stroke-opacity="{opacity}" stroke-width="{width}"{dashes}'
    is_certain = int(pair.is_link or pair.is_explained_by_depth)
    known = f'data-a="{escape(pair.first.code)}" data-b="{escape(pair.second.code)}"'
    strength = f'data-strength="{round(pair.phi or 0.0, 4)}" data-certain="{is_certain}"'
    link = f' href="{escape(address(pair))}#panel" tabindex="-1"' if address else ""
    hidden = "" if is_drawn else ' display="none"'
    name = "a" if address else "g"
    inner = f"<title>{escape(_told(line))}</title>{line.shape} {stroke}/>{ring}"
    return f'<{name} class="edge" {known} {strength}{link}{hidden}>{inner}</{name}>\n'


def _told(line: Line) -> str:
    pair = line.pair
    words = _("%(first)s with %(second)s") % {"first": pair.first.label, "second": pair.second.label}
    if pair.is_explained_by_depth:
        return f"{words}, {_('explained by depth of review')}"
    return words if line.is_firm else f"{words}, {_('not firm')}"
