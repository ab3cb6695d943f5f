"""What the signs of each drawing stand for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.translation import gettext as _
from app.patterns.connections.matrix import LIFT_CLASSES
from app.patterns.counting.words import many
from app.patterns.heatmap.measures import DIFFERENCE_COLORS, SHARE_COLORS, Measure
from app.patterns.heatmap.sentences import PLURALS
from app.patterns.trends.charts import Chart
from app.patterns.trends.limits import Kind
from app.patterns.trends.sentences import CHART_NAMES

WIDE = {
    "circles": 52,
    "widths": 56,
    "dots": 52,
    "dashes": 34,
    "dotted": 34,
    "ring": 36,
    "limits": 30,
    "band": 34,
    "interval": 34,
}
USUAL_WIDTH = 22


@dataclass(frozen=True, slots=True)
class Mark:
    """One entry of a legend: a sign that the template draws, perhaps in a color, and its words."""

    sign: str
    words: str
    fill: str = ""

    @property
    def width(self) -> int:
        return WIDE.get(self.sign, USUAL_WIDTH)


def marks_of(drawing: str, context: Mapping[str, Any]) -> Sequence[Mark]:
    """The legend of one of our drawings; `context` is what it is drawn of, with what is `counted`."""
    counted = str(context.get("counted", _("reviews")))
    match drawing:
        case "map":
            return _of_map(counted, only_links=context.get("only_links", False))
        case "matrix":
            return _of_matrix(counted, has_untested=context["matrix"].has_untested)
        case "combinations" if not context["upset"].rows:
            return ()
        case "combinations":
            return _of_combinations(is_depth_judged=any(row.combination.depth for row in context["upset"].rows))
        case "trend":
            return _of_chart(context["chart"], has_changes=bool(context["drawn"].flags))
        case "forest":
            return _of_forest()
        case "ranges":
            return [Mark("dot", _("Dot: the share")), Mark("band", _("Band: its likely range (95%%)") % {})]
        case "influences":
            return [
                Mark("box", _("Box: a factor, on the level where most maps put it"), "#ffffff"),
                Mark("widths", _("Arrow: what it shaped; thicker where more reviews tell of it")),
            ]
        case "columns":
            return [Mark("box", one.words, one.fill) for one in context["drawn"].series]
        case "heatmap":
            return _of_heat(context["heat"], context["measure"], counted)
        case _:
            return ()


def _of_map(counted: str, *, only_links: bool) -> list[Mark]:
    others = [
        Mark("dashes", _("Explained by depth of review")),
        Mark("dotted", _("Could be chance")),
    ]
    return [
        Mark("circles", _("Circle: number of %(counted)s") % {"counted": counted}),
        Mark("widths", _("Line: strength of association")),
        *([] if only_links else others),
        Mark("ring", _("Thin, with a ring: a link that is not firm: it rests on one review or on few")),
        Mark("color", _("Color, letter and shading: group, found in all reviews"), "#33379a"),
    ]


def _of_matrix(counted: str, *, has_untested: bool) -> list[Mark]:
    untested = Mark("pale", _("Small ring: not tested, because fewer than 1 is expected"))
    return [
        *_ramp([words for _color, words in LIFT_CLASSES], [color for color, _words in LIFT_CLASSES]),
        Mark("nothing", _("times the number expected by chance")),
        Mark("small", _("Small square: could be chance, or explained by depth of review"), "#ecd3a8"),
        *([untested] if has_untested else []),
        Mark("middle", _("Medium square: a link that is not firm: it rests on one review or on few"), "#b9d3dc"),
        Mark("box", _("Gray diagonal: %(counted)s with the factor") % {"counted": counted}, "#eceae4"),
    ]


def _of_combinations(*, is_depth_judged: bool) -> list[Mark]:
    by_depth = [
        Mark("open", _("Explained by depth of review, alone or with fewer factors; or could be chance, given depth")),
        Mark("depth", _("Dashed line: expected given depth of review")),
    ]
    return [
        Mark("dots", _("Dark dots: the factors of the combination")),
        Mark("box", _("More often than chance or fewer factors explain"), "#2d789f"),
        Mark("box", _("Could be chance, or explained by fewer factors"), "#9fb0b8"),
        Mark("line", _("Line: expected by chance")),
        *(by_depth if is_depth_judged else []),
    ]


def _of_chart(chart: Any, *, has_changes: bool) -> list[Mark]:
    limits = _("Limits of usual variation (%(chart)s)") % {"chart": CHART_NAMES[chart.kind]}
    trial = f" {_('(trial limits)')}" if chart.is_trial else ""
    return [
        Mark("usual", _("Within usual variation")),
        Mark("unusual", _("Unusual: a place to ask questions")),
        *([Mark("limits", f"{limits}{trial}")] if chart.has_limits else []),
        *([Mark("change", _("A change in the system"))] if has_changes else []),
    ]


def _of_forest() -> list[Mark]:
    return [
        Mark("firm", _("Filled: unlikely to be chance, adjusted for all that is compared")),
        Mark("unsure", _("Open: could be chance")),
        Mark("interval", _("Line: likely range (95%%), not adjusted") % {}),
    ]


def _of_heat(heat: Any, measure: Measure, counted: str) -> list[Mark]:
    others = PLURALS[heat.dimension]
    if measure is Measure.DIFFERENCE:
        steps, colors = [_("under −20"), "−20…−11", "−10…−1", "0…9", "10…19", _("20 +")], DIFFERENCE_COLORS
    else:
        steps, colors = [_("under 10%%") % {}, "10–19", "20–29", "30–39", "40–49", _("50%% +") % {}], SHARE_COLORS
    differs = _("Dot: differs from the other %(others)s, unlikely to be chance") % {"others": others}
    return [
        *_ramp(steps, colors),
        *([Mark("marked", differs, colors[4])] if heat.compared else []),
        Mark("box", _("–: too few %(counted)s to compare") % {"counted": counted}, "#eceeef"),
    ]


def heat_words(measure: Measure, counted: str, layer: str, others: str) -> str:
    """What stands in the cells of a heatmap."""
    told = {"counted": counted, "layer": layer, "others": others}
    if measure is Measure.DIFFERENCE:
        return (
            _("Share of %(counted)s in which the factor %(layer)s, less the share in the other %(others)s, in points")
            % told
        )
    if measure is Measure.COUNT:
        return _("Number of %(counted)s in which the factor %(layer)s; the color is the share") % told
    return _("Share of %(counted)s in which the factor %(layer)s, in percent") % told


def chart_words(chart: Chart) -> str:
    """What the points of a chart are."""
    shown: Mapping[Kind, str] = {
        Kind.P: _("Share of the %(counted)s of each quarter in which the factor is present"),
        Kind.G: _("How many %(counted)s without the factor lie before each one with it; a higher point is rarer"),
        Kind.XMR: _("Incidents by month"),
        Kind.T: _("Days from one incident to the next; a higher point is a longer time without one"),
        Kind.U: _("Incidents per 1,000 open cases, by month"),
    }
    return shown[chart.kind] % {"counted": many(chart.unit)}


def _ramp(words: Sequence[str], colors: Sequence[str]) -> list[Mark]:
    return [Mark("box", told, color) for told, color in zip(words, colors, strict=True)]
