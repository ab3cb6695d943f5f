"""Factors and incidents over time in a brief."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session

from app.core.clock import today
from app.core.dates import quarter
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.viewers import Viewer
from app.patterns.briefs.document import Table
from app.patterns.briefs.pictures import Picture
from app.patterns.context.models import SystemChange
from app.patterns.pages import methods
from app.patterns.pages.choices import quarter_words
from app.patterns.pages.contents.content import Content, Own, counted_how, counted_words, filter_words
from app.patterns.pages.dependencies import Asked, incidents_until, of_incidents
from app.patterns.pages.legends import chart_words
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Counted, Opened
from app.patterns.trends import queries as trend_queries
from app.patterns.trends import sentences as trend_sentences
from app.patterns.trends.charts import Chart, chance_of_signal
from app.patterns.trends.drawings import drawn_chart
from app.patterns.trends.series import Trend, incident_chart, unusual_by_chance
from app.patterns.views.kept import Kept


def trends_content(session: Session, viewer: Viewer, one: Opened, found: Counted) -> Content:
    judged = [trend for trend in found.trends if trend.chart.has_limits]
    code = one.asked.question.one("factor")
    chosen = next((trend for trend in found.trends if trend.factor.code == code), None) or max(
        found.trends, key=lambda trend: (len(trend.chart.unusual), trend.present), default=None
    )
    by_chance = unusual_by_chance(trend.chart for trend in judged)
    return Content(
        finding=one.asked.question.period_backward or trend_sentences.trends_finding(found.trends, by_chance),
        picture=_trend_picture(session, viewer, one.asked, chosen) if chosen and chosen.chart.points else None,
        tables=[_trends_table(sorted(found.trends, key=lambda trend: (not trend.is_unusual, trend.factor.label)))],
        not_said=[
            _("An unusual point is a place to ask questions. A rise can mean that we look more closely."),
            _("Other changes in the same months could also explain what you see."),
        ],
        method=[
            counted_how(one.asked),
            *methods.charts_method([trend.chart for trend in found.trends], one.asked.incidence.unit),
            *_by_chance(judged, by_chance),
        ],
    )


def _by_chance(judged: Sequence[Trend], by_chance: float) -> list[str]:
    """How many charts would look unusual though nothing changed, and what that takes for granted."""
    assumed = trend_sentences.assumed_words(trend.chart for trend in judged)
    return [f"{trend_sentences.chance_words(by_chance, len(judged))} {assumed}"] if judged else []


def _trend_picture(session: Session, viewer: Viewer, asked: Asked, trend: Trend) -> Picture:
    drawn = drawn_chart(trend.chart, trend_queries.changes(session, viewer))
    words = f"{trend.factor.label}. {trend_sentences.chart_finding(trend.chart)}"
    above = [counted_words(asked), chart_words(trend.chart)]
    return picture(
        "trend", words, title=trend.factor.label, above=above, size=(drawn.width, drawn.height), drawn=drawn,
        chart=trend.chart,
    )  # fmt: skip


def _trends_table(trends: Sequence[Trend]) -> Table:
    return Table(
        caption=_("Factors over time, those with unusual points first"),
        names=(_("Factor"), _("Present"), _("Reading")),
        rows=[
            [trend.factor.label, f"{trend.present} of {trend.answered}", trend_sentences.chart_finding(trend.chart)]
            for trend in trends
        ],
        numbers=frozenset({1}),
        order=_("those with unusual points first"),
    )


def incidents_content(session: Session, viewer: Viewer, one: Opened) -> tuple[Content, Own]:
    q = one.asked.question
    changes = trend_queries.changes(session, viewer)
    starts = [change.changed_on for change in changes if change.code in q.sent.get("rebase", ())]
    days, _without = trend_queries.incident_days(session, viewer, q.selection)
    chart = incident_chart(days, today=today(), starts=starts)
    number = ngettext("%(num)s incident", "%(num)s incidents", len(days)) % {"num": f"{len(days):,}"}
    told = trend_sentences.chart_finding(chart)
    content = Content(
        finding=q.period_backward or told,
        picture=_incidents_picture(chart, changes, number, told) if chart.points else None,
        tables=[_points_table(chart)],
        not_said=[
            _("An unusual point is a place to ask questions, also about what gets reported."),
            _("More open cases bring more incidents; the page also shows the rate where open cases are known."),
        ],
        method=[*methods.charts_method([chart], one.asked.incidence.unit), *_chance_of(chart)],
    )
    by_quarter = Counter(quarter(one.reported_on) for one in days)
    newest = max((one.reported_on for one in days), default=None)
    return content, Own(
        kept=Kept(
            pack="",
            by="trends/incidents",
            number=len(days),
            lines={code: (quarter_words(code), here, len(days)) for code, here in sorted(by_quarter.items())},
            cells=(),
            links=(),
        ),
        what=_("incidents"),
        line=_("Quarter"),
        facts=[(_("Counted from"), number), (_("Filters"), filter_words(of_incidents(one.asked)["chips"]))],
        data_on=newest,
        data=incidents_until(newest),
    )


def _chance_of(chart: Chart) -> list[str]:
    if not chart.has_limits:
        return []
    by_chance = trend_sentences.chance_words(chance_of_signal(chart), 1)
    return [f"{by_chance} {trend_sentences.assumed_words([chart])}"]


def _incidents_picture(chart: Chart, changes: Sequence[SystemChange], number: str, told: str) -> Picture:
    drawn = drawn_chart(chart, changes)
    above = [_("Counted from %(base)s") % {"base": number}, chart_words(chart)]
    return picture(
        "trend", told, title=_("Incidents over time"), above=above, size=(drawn.width, drawn.height), drawn=drawn,
        chart=chart,
    )  # fmt: skip


def _points_table(chart: Chart) -> Table:
    return Table(
        caption=_("Incidents over time, the latest first"),
        names=(_("Period"), _("Value"), _("Center"), _("Reading")),
        rows=[
            [
                trend_sentences.period_words(chart.kind, point.on),
                trend_sentences.value_words(chart, point.value),
                "–" if point.center is None else trend_sentences.value_words(chart, point.center),
                trend_sentences.RULES[point.rule] if point.rule else "–",
            ]
            for point in reversed(chart.points)
        ],
        numbers=frozenset({1, 2}),
        order=_("the latest first"),
    )
