"""The pages of trends: each factor over time, and incidents over time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request, Response
from sqlmodel import Session

from app.audit import trail
from app.core.clock import today
from app.core.database import Look, Transaction
from app.core.pages import Page, environment
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns import files, trend_queries
from app.patterns import trend_sentences as sentences
from app.patterns.asking import NotKnown
from app.patterns.charts import Chart, Kind, chance_of_signal
from app.patterns.context import SystemChange
from app.patterns.dependencies import Asked, asked_of, file_of, not_known
from app.patterns.trend_drawings import drawn_chart
from app.patterns.trends import Trend, factor_trends, incident_chart, rate_chart, unusual_by_chance

routes = router("/patterns/trends")

TRENDS = "/patterns/trends"
INCIDENTS = "/patterns/trends/incidents"


@dataclass(frozen=True)
class OverTime:
    """What a page of trends begins with."""

    asked: Asked
    changes: Sequence[SystemChange]
    starts: Sequence[date]
    """From where limits start again."""

    @property
    def context(self) -> dict[str, Any]:
        return {
            **self.asked.context,
            "changes": self.changes,
            "rebased": set(self.asked.question.sent.get("rebase", ())),
            "say": sentences,
        }


def _over_time(request: Request, session: Session, viewer: Viewer, page: Page) -> OverTime | Response:
    asked = asked_of(request, session, viewer, page)
    if isinstance(asked, Response):
        return asked
    changes = trend_queries.changes(session, viewer)
    days = {change.code: change.changed_on for change in changes}
    wanted = asked.question.sent.get("rebase", ())
    if any(code not in days for code in wanted):
        return not_known(page, request.url.path, _("There is no such change in the system."))
    return OverTime(asked, changes, [days[code] for code in wanted])


# ---------------------------------------------------------------- factors


@routes.get("")
def see_trends(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    over_time = _over_time(request, look, viewer, page)
    if isinstance(over_time, Response):
        return over_time
    q = over_time.asked.question
    trends = _trends(look, viewer, over_time)
    try:
        chosen = _chosen(trends, q.one("factor"))
    except NotKnown as unknown:
        return not_known(page, request.url.path, str(unknown))
    judged = [trend for trend in trends if trend.chart.has_limits]
    return page(
        "patterns/trends.html",
        fragment="results",
        **over_time.context,
        finding=q.period_backward
        or sentences.trends_finding(trends, unusual_by_chance(trend.chart for trend in judged)),
        chosen=chosen,
        drawn=drawn_chart(chosen.chart, over_time.changes) if chosen else None,
        chance=chance_of_signal(chosen.chart) if chosen else 0.0,
        groups=[
            (
                _("Unusual variation"),
                [(trend, drawn_chart(trend.chart, width=340, height=180)) for trend in judged if trend.is_unusual],
            ),
            (
                _("No sign of change beyond usual variation"),
                [(trend, drawn_chart(trend.chart, width=340, height=180)) for trend in judged if not trend.is_unusual],
            ),
        ],
        too_few=[trend for trend in trends if not trend.chart.has_limits],
    )


def _trends(session: Session, viewer: Viewer, over_time: OverTime) -> tuple[Trend, ...]:
    asked = over_time.asked
    return factor_trends(
        asked.incidence,
        asked.question.layer,
        days=trend_queries.days_of_reviews(session, viewer),
        today=today(),
        starts=over_time.starts,
    )


def _chosen(trends: Sequence[Trend], code: str) -> Trend | None:
    """The factor the address names; else the one with the most unusual points."""
    if code:
        found = next((trend for trend in trends if trend.factor.code == code), None)
        if found is None:
            raise NotKnown(_("There is no such factor."))
        return found
    return max(trends, key=lambda trend: (len(trend.chart.unusual), trend.present), default=None)


CHART_NAMES = (
    "Period", "Begins", "Count", "Out of", "Value", "Center", "Lower limit", "Upper limit", "Unusual because", "Chart",
)  # fmt: skip


def _chart_rows(chart: Chart) -> Iterator[list[files.Value]]:
    for point in chart.points:
        yield [
            sentences.period_words(chart.kind, point.on),
            point.on.isoformat(),
            point.count,
            point.base if chart.kind in (Kind.P, Kind.U) else None,
            *(
                None if value is None else round(value, 4)
                for value in (point.value, point.center, point.lower, point.upper)
            ),
            sentences.RULES[point.rule] if point.rule else "",
            chart.kind.value,
        ]


@routes.get("/factors.csv")
def trends_file(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    """Every factor, whatever the page shows large."""
    over_time = _over_time(request, session, viewer, page)
    if isinstance(over_time, Response):
        return over_time
    trail.record(session, "download trends/factors.csv", by=viewer)
    trends = _trends(session, viewer, over_time)
    rows = ([trend.factor.code, trend.factor.label, *row] for trend in trends for row in _chart_rows(trend.chart))
    head = _head(over_time, viewer, "Factors over time")
    return file_of(files.csv_text(head, ("Factor code", "Factor", *CHART_NAMES), rows), "factors-over-time.csv")


@routes.get("/factors/{code}.svg")
def trend_drawing(code: str, request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    over_time = _over_time(request, session, viewer, page)
    if isinstance(over_time, Response):
        return over_time
    try:
        chosen = _chosen(_trends(session, viewer, over_time), code)
    except NotKnown as unknown:
        return not_known(page, TRENDS, str(unknown))
    assert chosen is not None  # noqa: S101  (a named factor is found or refused)
    trail.record(session, f"download trends/factors/{code}.svg", by=viewer)
    title = f"{chosen.factor.label} over time"
    return _as_drawing(chosen.chart, over_time, viewer, title)


def _as_drawing(chart: Chart, over_time: OverTime, viewer: Viewer, title: str) -> Response:
    text = (
        environment()
        .get_template("patterns/trend_file.svg")
        .render(
            drawn=drawn_chart(chart, over_time.changes),
            chart=chart,
            title=title,
            head=_head(over_time, viewer, title),
            finding=sentences.chart_finding(chart),
        )
    )
    return file_of(text, f"{title.lower()}.svg")


def _head(over_time: OverTime, viewer: Viewer, title: str) -> list[tuple[str, str]]:
    changes = "; ".join(f"{change.changed_on.isoformat()} {change.words}" for change in over_time.changes)
    starts = ", ".join(start.isoformat() for start in sorted(over_time.starts))
    return [
        *over_time.asked.head(viewer, title),
        ("Limits start again", starts or "nowhere"),
        ("Changes in the system", changes or "none written down"),
    ]


# ---------------------------------------------------------------- incidents


@dataclass(frozen=True)
class Incidents:
    """The charts of incidents and what they were counted from."""

    number: int
    without_a_day: int
    counts: Chart
    rates: Chart
    exposure_known: bool


def _incidents(session: Session, viewer: Viewer, over_time: OverTime) -> Incidents:
    selection = over_time.asked.question.selection
    days, without = trend_queries.incident_days(session, viewer, selection)
    cases = trend_queries.open_cases(session, viewer, selection)
    return Incidents(
        number=len(days),
        without_a_day=without,
        counts=incident_chart(days, today=today(), starts=over_time.starts),
        rates=rate_chart(days, cases, today=today(), starts=over_time.starts),
        exposure_known=bool(cases),
    )


@routes.get("/incidents")
def see_incidents_over_time(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    over_time = _over_time(request, look, viewer, page)
    if isinstance(over_time, Response):
        return over_time
    found = _incidents(look, viewer, over_time)
    q = over_time.asked.question
    return page(
        "patterns/trends_incidents.html",
        fragment="results",
        **over_time.context,
        found=found,
        finding=q.period_backward or sentences.chart_finding(found.counts),
        drawn=drawn_chart(found.counts, over_time.changes),
        drawn_rates=drawn_chart(found.rates, over_time.changes),
        chances=[chance_of_signal(chart) for chart in (found.counts, found.rates)],
        not_of_incidents=[one.label for one in over_time.asked.filters if one.chosen and one.name in REVIEWS_ONLY],
    )


REVIEWS_ONLY = ("area", "maltreatment", "age", "with", "without")
"""Filters that are asked of reviews; a chart of incidents does not follow them, and says so."""


@routes.get("/incidents.csv")
def incidents_file(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    over_time = _over_time(request, session, viewer, page)
    if isinstance(over_time, Response):
        return over_time
    trail.record(session, "download trends/incidents.csv", by=viewer)
    found = _incidents(session, viewer, over_time)
    rows: Iterable[list[files.Value]] = (
        [name, *row] for name, chart in (("Number", found.counts), ("Rate", found.rates)) for row in _chart_rows(chart)
    )
    head = _head(over_time, viewer, "Incidents over time")
    return file_of(files.csv_text(head, ("Series", *CHART_NAMES), rows), "incidents-over-time.csv")


@routes.get("/incidents.svg")
def incidents_drawing(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    over_time = _over_time(request, session, viewer, page)
    if isinstance(over_time, Response):
        return over_time
    trail.record(session, "download trends/incidents.svg", by=viewer)
    return _as_drawing(_incidents(session, viewer, over_time).counts, over_time, viewer, "Incidents over time")
