"""The pages of trends: each factor over time, and incidents over time."""

from collections.abc import Iterable, Sequence
from typing import Literal

from fastapi import Request, Response
from sqlmodel import Session

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.downloads import file_of, picture_file
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns.pages import files
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.dependencies import asked_of, of_incidents
from app.patterns.pages.over_time import (
    INCIDENTS_TITLE,
    OverTime,
    factors_head,
    incidents_head,
    incidents_of,
    incidents_picture,
    over_time_of,
    trend_picture,
    trend_title,
    trends_of,
)
from app.patterns.pages.trend_tables import CHART_NAMES, TREND_NAMES, chart_rows, trend_rows
from app.patterns.trends import sentences
from app.patterns.trends.charts import chance_of_signal
from app.patterns.trends.drawings import DrawnChart, drawn_chart
from app.patterns.trends.series import Trend, unusual_by_chance

routes = router("/patterns/trends")

TRENDS = "/patterns/trends"
LARGE = 1080
"""Pixels: so wide a chart fills its card with letters that are not larger than those around it."""


def _over_time(request: Request, session: Session, viewer: Viewer) -> OverTime:
    return over_time_of(session, viewer, asked_of(request, session, viewer))


# ---------------------------------------------------------------- factors


@routes.get("")
def see_trends(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    over_time = _over_time(request, look, viewer)
    q = over_time.asked.question
    trends = trends_of(look, viewer, over_time)
    chosen = _chosen(trends, q.one("factor"))
    judged = [trend for trend in trends if trend.chart.has_limits]
    too_few = [trend for trend in trends if not trend.chart.has_limits]
    return page(
        "patterns/trends.html",
        fragment="results",
        **over_time.context,
        finding=q.period_backward
        or sentences.trends_finding(trends, unusual_by_chance(trend.chart for trend in judged)),
        assumed=sentences.assumed_words(trend.chart for trend in judged),
        is_begun=any(trend.chart.points for trend in trends),
        chosen=chosen,
        drawn=drawn_chart(chosen.chart, over_time.changes, width=LARGE) if chosen else None,
        chance=chance_of_signal(chosen.chart) if chosen else 0.0,
        groups=[
            (_("Unusual variation"), [_small(trend, over_time) for trend in judged if trend.is_unusual]),
            (
                _("No sign of change beyond usual variation"),
                [_small(trend, over_time) for trend in judged if not trend.is_unusual],
            ),
        ],
        too_few=too_few,
        not_drawn=sentences.not_drawn_words(too_few),
    )


def _small(trend: Trend, over_time: OverTime) -> tuple[Trend, DrawnChart]:
    return trend, drawn_chart(trend.chart, over_time.changes, width=340, height=180)


def _chosen(trends: Sequence[Trend], code: str) -> Trend | None:
    """The factor the address names; else the one with the most unusual points."""
    if code:
        found = next((trend for trend in trends if trend.factor.code == code), None)
        if found is None:
            raise NotKnown(_("There is no such factor."), TRENDS)
        return found
    return max(trends, key=lambda trend: (len(trend.chart.unusual), trend.present), default=None)


@routes.get("/factors.csv")
def trends_file(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    """Every factor, whatever the page shows large."""
    over_time = _over_time(request, session, viewer)
    trail.record(session, "download trends/factors.csv", by=viewer)
    trends = trends_of(session, viewer, over_time)
    head = factors_head(session, viewer, over_time, "Factors over time")
    return file_of(files.csv_text(head, TREND_NAMES, trend_rows(trends)), "factors-over-time.csv")


@routes.get("/factors/{code}.{kind}")
def trend_drawing(
    code: str, kind: Literal["svg", "png"], request: Request, session: Transaction, viewer: PatternReader
) -> Response:
    over_time = _over_time(request, session, viewer)
    chosen = _chosen(trends_of(session, viewer, over_time), code)
    assert chosen is not None  # noqa: S101  (a named factor is found or refused)
    trail.record(session, f"download trends/factors/{code}.{kind}", by=viewer)
    drawing = trend_picture(session, viewer, over_time, chosen)
    return picture_file(drawing, f"{trend_title(chosen).lower()}.{kind}")


# ---------------------------------------------------------------- incidents


@routes.get("/incidents")
def see_incidents_over_time(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    over_time = _over_time(request, look, viewer)
    found = incidents_of(look, viewer, over_time)
    q = over_time.asked.question
    return page(
        "patterns/trends_incidents.html",
        fragment="results",
        **over_time.context | of_incidents(over_time.asked),
        found=found,
        finding=q.period_backward or sentences.chart_finding(found.counts),
        drawn=drawn_chart(found.counts, over_time.changes, width=LARGE),
        drawn_rates=drawn_chart(found.rates, over_time.changes, width=LARGE),
        chances=[chance_of_signal(chart) for chart in (found.counts, found.rates)],
    )


@routes.get("/incidents.csv")
def incidents_file(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    over_time = _over_time(request, session, viewer)
    trail.record(session, "download trends/incidents.csv", by=viewer)
    found = incidents_of(session, viewer, over_time)
    rows: Iterable[list[files.Value]] = (
        [name, *row] for name, chart in (("Number", found.counts), ("Rate", found.rates)) for row in chart_rows(chart)
    )
    head = incidents_head(viewer, over_time, found)
    return file_of(files.csv_text(head, ("Series", *CHART_NAMES), rows), "incidents-over-time.csv")


@routes.get("/incidents.{kind}")
def incidents_drawing(
    kind: Literal["svg", "png"], request: Request, session: Transaction, viewer: PatternReader
) -> Response:
    over_time = _over_time(request, session, viewer)
    trail.record(session, f"download trends/incidents.{kind}", by=viewer)
    found = incidents_of(session, viewer, over_time)
    drawing = incidents_picture(viewer, over_time, found)
    return picture_file(drawing, f"{INCIDENTS_TITLE.lower()}.{kind}")
