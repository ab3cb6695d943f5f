"""What a control chart says, in one plain and neutral sentence computed from its points."""

from collections.abc import Iterable, Sequence
from datetime import date

from app.core.dates import day
from app.core.translation import N_, Words, ngettext
from app.core.translation import gettext as _
from app.patterns.counting.records import Unit
from app.patterns.counting.words import many
from app.patterns.trends.charts import DRAWS, FEWEST, Chart, Point
from app.patterns.trends.limits import Kind
from app.patterns.trends.rules import Rule
from app.patterns.trends.series import Trend

RULES: Words[Rule] = Words(
    {
        Rule.OUTSIDE: N_("outside the limits"),
        Rule.TREND: N_("part of seven in a row that rise or fall"),
        Rule.NEAR_A_LIMIT: N_("one of two in three close to a limit"),
        Rule.RUN: N_("part of seven or more in a row on one side of the center"),
    }
)

CHART_NAMES: Words[Kind] = Words(
    {
        Kind.P: N_("p-chart, 3 standard deviations"),
        Kind.U: N_("u-chart, 3 standard deviations"),
        Kind.XMR: N_("XmR chart, 2.66 average moving ranges"),
        Kind.G: N_("g-chart, 3 standard deviations, none below"),
        Kind.T: N_("t-chart, 2.66 average moving ranges of the transformed days"),
    }
)
"""The kind of a chart, as the field calls it, and how wide its limits are; `charts.py` names the sources."""
GAPS = (Kind.G, Kind.T)
"""On these a higher point is a longer gap: what is counted became rarer."""
MOST_NAMED = 8
"""Factors named in a sentence; of more, the number is told."""
ASSUMED: Words[Kind] = Words(
    {
        Kind.P: N_(
            "That is for shares that are stable: in every quarter each of the %(counted)s has the factor with the same "
            "chance, whatever the others hold (binomial counts)."
        ),
        Kind.G: N_(
            "For rare factors that is for gaps that are stable: each of the %(counted)s has the factor with the same "
            "chance, whatever came before (geometric gaps)."
        ),
        Kind.XMR: N_(
            "That is for months that are stable: incidents come at one steady rate and apart from each other (Poisson "
            "counts). Where they follow the seasons or come in waves, more charts look unusual though nothing changed."
        ),
        Kind.U: N_(
            "That is for months that are stable: incidents come at one steady rate for each open case and apart from "
            "each other (Poisson counts). Where one incident brings others, more charts look unusual though nothing "
            "changed."
        ),
        Kind.T: N_(
            "That is for incidents that come at one steady rate, whatever came before (exponential days between). "
            "Where they follow the seasons or come in waves, more charts look unusual though nothing changed."
        ),
    }
)
"""What the number of charts that would look unusual by chance takes for granted, by kind of chart."""


def period_words(kind: Kind, on: date, *, by_month: bool = False) -> str:
    """Q3 2026; May 2026 for months; the day itself for events."""
    if kind in GAPS:
        return day(on)
    return _month_words(on) if by_month or kind is not Kind.P else f"Q{(on.month + 2) // 3} {on.year}"


def _month_words(on: date) -> str:
    words, _comma, year = day(on).partition(", ")
    return f"{words.split()[0]} {year}"


def value_words(chart: Chart, value: float) -> str:
    """A value of the chart with its unit, short enough for an axis."""
    match chart.kind:
        case Kind.P:
            return f"{100 * value:.0f}%"
        case Kind.U:
            return f"{value:.2f}"
        case _:
            return f"{value:.0f}" if value >= 9.95 or value == int(value) else f"{value:.1f}"


def point_words(chart: Chart, point: Point) -> str:
    """One point as a sentence for its title and for screen readers."""
    when = period_words(chart.kind, point.on)
    match chart.kind:
        case Kind.P:
            told = _("%(when)s: %(share)s, %(count)s of %(base)s %(counted)s.") % {
                "counted": many(chart.unit),
                "when": when,
                "share": value_words(chart, point.value),
                "count": int(point.count),
                "base": int(point.base),
            }
        case Kind.G:
            told = _("%(when)s: after %(count)s %(counted)s without it.") % {
                "when": when,
                "count": int(point.count),
                "counted": many(chart.unit),
            }
        case Kind.T:
            told = _("%(when)s: %(count)s days after the one before.") % {"when": when, "count": int(point.count)}
        case Kind.U:
            told = ngettext(
                "%(when)s: %(rate)s per 1,000 open cases, %(count)s incident.",
                "%(when)s: %(rate)s per 1,000 open cases, %(count)s incidents.",
                int(point.count),
            ) % {
                "when": when,
                "rate": value_words(chart, point.value),
                "count": int(point.count),
            }
        case Kind.XMR:
            told = _("%(when)s: %(count)s.") % {"when": when, "count": int(point.count)}
    return told if point.rule is None else _("%(told)s Unusual: %(rule)s.") % {"told": told, "rule": RULES[point.rule]}


def standing(chart: Chart) -> str:
    """The state of a chart in a few words, by its latest unusual point."""
    if not chart.has_limits:
        return _("Too few points to tell")
    if not chart.unusual:
        return _("No sign of change beyond usual variation")
    high = {point.is_high for point in chart.unusual}
    if chart.kind in GAPS and len(high) == 2:
        return _("Unusual: rarer at times, more frequent at others")
    if chart.kind in GAPS:
        return _("Unusual: rarer for a time") if high == {True} else _("Unusual: more frequent for a time")
    if len(high) == 2:
        return _("Unusual: higher at times, lower at others")
    return _("Unusual: higher for a time") if high == {True} else _("Unusual: lower for a time")


def sign(chart: Chart) -> str | None:
    """The icon beside the words of `standing`: where unusual points lie, which says nothing of good or bad."""
    if not chart.has_limits:
        return None
    high = {point.is_high for point in chart.unusual}
    return "steady" if not high else "up-and-down" if len(high) == 2 else "up" if high == {True} else "down"


def chart_finding(chart: Chart) -> str:
    """What stands out in one chart, or that nothing does, or what would be needed to tell."""
    if not chart.has_limits and len(chart.stretches) < 2:
        return _too_few(chart, len(chart.points))
    if not chart.has_limits:
        return " ".join(_without_limits(chart))
    told = [_told(chart, part) for part in _parts(chart)] or [_nothing_unusual(chart)]
    return " ".join([*told, *_without_limits(chart)])


def _nothing_unusual(chart: Chart) -> str:
    judged = sum(point.center is not None for point in chart.points)
    return ngettext(
        "No sign of change beyond usual variation in %(num)s point.",
        "No sign of change beyond usual variation in %(num)s points.",
        judged,
    ) % {"num": judged}


def _without_limits(chart: Chart) -> list[str]:
    """Where limits start again, there may be points too few to judge; that is said, and not left to the picture."""
    left = sum(point.center is None for point in chart.points)
    told = ngettext(
        "%(num)s point has no limits: between two starts of the limits there must be at least %(fewest)s.",
        "%(num)s points have no limits: between two starts of the limits there must be at least %(fewest)s.",
        left,
    ) % {"num": left, "fewest": FEWEST}
    return [told] if left else []


def _parts(chart: Chart) -> list[list[Point]]:
    """The unusual points, those together that stand next to each other on one side of the center."""
    parts: list[list[Point]] = []
    before: Point | None = None
    for point in chart.points:
        if point.rule is not None:
            goes_on = before is not None and before.rule is not None and before.is_high is point.is_high
            parts[-1:] = [[*parts[-1], point]] if goes_on else [*parts[-1:], [point]]
        before = point
    return parts


def _told(chart: Chart, part: Sequence[Point]) -> str:
    first, last = (period_words(chart.kind, point.on) for point in (part[0], part[-1]))
    facts = {"first": first, "last": last, "number": len(part)}
    if chart.kind in GAPS and len(part) == 1:
        high = _("Unusually long gap, so rarer: %(first)s.")
        low = _("Unusually short gap, so more frequent: %(first)s.")
    elif chart.kind in GAPS:
        high = _("Unusually long gaps, so rarer: %(first)s to %(last)s, points: %(number)s.")
        low = _("Unusually short gaps, so more frequent: %(first)s to %(last)s, points: %(number)s.")
    elif len(part) == 1:
        high, low = _("Unusual and above the center: %(first)s."), _("Unusual and below the center: %(first)s.")
    else:
        high = _("Unusual and above the center: %(first)s to %(last)s, %(number)s points.")
        low = _("Unusual and below the center: %(first)s to %(last)s, %(number)s points.")
    return (high if part[0].is_high else low) % facts


def _too_few(chart: Chart, points: int) -> str:
    if chart.kind is Kind.P:
        return _(
            "Limits need at least %(fewest)s quarters that have ended and have rated reviews; so far: %(points)s."
        ) % {"fewest": FEWEST, "points": points}
    if chart.kind in (Kind.XMR, Kind.U):
        return _("Limits need at least %(fewest)s months that have ended; so far: %(points)s.") % {
            "fewest": FEWEST,
            "points": points,
        }
    return _(
        "Too rare to show by quarter, so the gaps between them are counted. Limits need at least %(fewest)s gaps; so "
        "far: %(points)s."
    ) % {"fewest": FEWEST, "points": points}


def trends_finding(trends: Sequence[Trend], by_chance: float) -> str:
    """How many factors moved more than usual, beside how many would look so by chance."""
    judged = [trend for trend in trends if trend.chart.has_limits]
    if not judged:
        most = max((len(stretch) for trend in trends for stretch in trend.chart.stretches), default=0)
        return _(
            "There is not enough to tell usual from unusual yet: limits need at least %(fewest)s quarters that have "
            "ended; the longest series here has %(most)s."
        ) % {"fewest": FEWEST, "most": most}
    moved = sum(trend.is_unusual for trend in judged)
    told = ngettext(
        "Of %(judged)s factor, %(moved)s moved more than its usual variation.",
        "Of %(judged)s factors, %(moved)s moved more than their usual variation.",
        len(judged),
    ) % {"judged": len(judged), "moved": moved or _("none")}
    return f"{told} {chance_words(by_chance, len(judged))}"


def not_drawn_words(too_few: Sequence[Trend]) -> str:
    """How many factors have no small chart, and which; empty where every factor has one."""
    if not too_few:
        return ""
    named = ", ".join(trend.factor.label for trend in too_few[:MOST_NAMED])
    if len(too_few) > MOST_NAMED:
        named = _("%(named)s and %(more)s more") % {"named": named, "more": len(too_few) - MOST_NAMED}
    return ngettext(
        "%(num)s factor has no small chart, because it has fewer than %(fewest)s points: %(factors)s.",
        "%(num)s factors have no small chart, because they have fewer than %(fewest)s points: %(factors)s.",
        len(too_few),
    ) % {"num": len(too_few), "fewest": FEWEST, "factors": named}


def chance_words(by_chance: float, charts: int) -> str:
    """How many charts would look unusual although nothing changed."""
    if charts == 1 and by_chance < 0.01:
        return _("If nothing had changed, fewer than one in a hundred of such charts would look unusual.")
    if charts == 1:
        return _("If nothing had changed, %(share)s of such charts would still show something unusual by chance.") % {
            "share": f"{100 * by_chance:.0f}%"
        }
    if by_chance < 0.5:
        return _("If nothing had changed, chance alone would rarely make even one look unusual.")
    return _("If nothing had changed, chance alone would make about %(number)s look unusual.") % {
        "number": f"{by_chance:.0f}"
    }


def assumed_words(charts: Iterable[Chart]) -> str:
    """What `chance_words` takes for granted of these charts, with how it was computed; empty where none has limits."""
    judged = [chart for chart in charts if chart.has_limits]
    if not judged:
        return ""
    kinds = {chart.kind for chart in judged}
    told = [words % {"counted": many(judged[0].unit)} for kind in Kind if kind in kinds for words in [ASSUMED[kind]]]
    if judged[0].unit is Unit.EPISODE:
        told.append(_("Key episodes of one review resemble each other, so more than that look unusual by chance."))
    return " ".join([*told, _("Computed from %(draws)s seeded draws of each chart.") % {"draws": DRAWS}])
