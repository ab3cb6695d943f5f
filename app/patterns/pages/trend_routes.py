"""The pages of trends: each factor over time, and incidents over time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fastapi import Request, Response
from sqlmodel import Session

from app.audit import trail
from app.core.clock import today
from app.core.database import Look, Transaction
from app.core.downloads import file_of, picture_file
from app.core.routing import router
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns.context.models import SystemChange
from app.patterns.pages import files, methods
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.dependencies import Asked, asked_of, drawing_of, head_of, incidents_until, of_incidents
from app.patterns.pages.trend_tables import CHART_NAMES, TREND_NAMES, chart_rows, trend_rows
from app.patterns.trends import queries as trend_queries
from app.patterns.trends import sentences
from app.patterns.trends.charts import Chart, chance_of_signal
from app.patterns.trends.drawings import DrawnChart, drawn_chart
from app.patterns.trends.series import Trend, factor_trends, incident_chart, rate_chart, unusual_by_chance

routes = router("/patterns/trends")

TRENDS = "/patterns/trends"
LARGE = 1080
"""Pixels: so wide a chart fills its card with letters that are not larger than those around it."""


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


def _over_time(request: Request, session: Session, viewer: Viewer) -> OverTime:
    asked = asked_of(request, session, viewer)
    changes = trend_queries.changes(session, viewer)
    days = {change.code: change.changed_on for change in changes}
    wanted = asked.question.sent.get("rebase", ())
    if any(code not in days for code in wanted):
        raise NotKnown(_("There is no such change in the system."))
    return OverTime(asked, changes, [days[code] for code in wanted])


# ---------------------------------------------------------------- factors


@routes.get("")
def see_trends(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    over_time = _over_time(request, look, viewer)
    q = over_time.asked.question
    trends = _trends(look, viewer, over_time)
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
            raise NotKnown(_("There is no such factor."), TRENDS)
        return found
    return max(trends, key=lambda trend: (len(trend.chart.unusual), trend.present), default=None)


@routes.get("/factors.csv")
def trends_file(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    """Every factor, whatever the page shows large."""
    over_time = _over_time(request, session, viewer)
    trail.record(session, "download trends/factors.csv", by=viewer)
    trends = _trends(session, viewer, over_time)
    head = _head(session, over_time, viewer, "Factors over time")
    return file_of(files.csv_text(head, TREND_NAMES, trend_rows(trends)), "factors-over-time.csv")


@routes.get("/factors/{code}.{kind}")
def trend_drawing(
    code: str, kind: Literal["svg", "png"], request: Request, session: Transaction, viewer: PatternReader
) -> Response:
    over_time = _over_time(request, session, viewer)
    chosen = _chosen(_trends(session, viewer, over_time), code)
    assert chosen is not None  # noqa: S101  (a named factor is found or refused)
    trail.record(session, f"download trends/factors/{code}.{kind}", by=viewer)
    title = f"{chosen.factor.label} over time"
    head = _head(session, over_time, viewer, title)
    return _as_drawing(chosen.chart, over_time, head, title, kind)


def _as_drawing(chart: Chart, over_time: OverTime, head: Sequence[tuple[str, str]], title: str, kind: str) -> Response:
    unit = over_time.asked.incidence.unit
    text = drawing_of(
        "trend",
        head=head,
        title=title,
        told=[sentences.chart_finding(chart), *methods.charts_method([chart], unit)],
        drawn=drawn_chart(chart, over_time.changes),
        chart=chart,
    )
    return picture_file(text, f"{title.lower()}.{kind}")


def _head(session: Session, over_time: OverTime, viewer: Viewer, title: str) -> list[tuple[str, str]]:
    return [*over_time.asked.head(session, viewer, title), *_of_charts(over_time)]


def _of_charts(over_time: OverTime) -> list[tuple[str, str]]:
    """What stands in the head of every file of charts."""
    changes = "; ".join(f"{change.changed_on.isoformat()} {change.words}" for change in over_time.changes)
    starts = ", ".join(start.isoformat() for start in sorted(over_time.starts))
    return [("Limits start again", starts or "nowhere"), ("Changes in the system", changes or "none written down")]


# ---------------------------------------------------------------- incidents


@dataclass(frozen=True)
class Incidents:
    """The charts of incidents and what they were counted from."""

    number: int
    without_a_day: int
    newest: date | None
    """The day of the newest incident."""
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
        newest=max((one.reported_on for one in days), default=None),
        counts=incident_chart(days, today=today(), starts=over_time.starts),
        rates=rate_chart(days, cases, today=today(), starts=over_time.starts),
        exposure_known=bool(cases),
    )


@routes.get("/incidents")
def see_incidents_over_time(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    over_time = _over_time(request, look, viewer)
    found = _incidents(look, viewer, over_time)
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
    found = _incidents(session, viewer, over_time)
    rows: Iterable[list[files.Value]] = (
        [name, *row] for name, chart in (("Number", found.counts), ("Rate", found.rates)) for row in chart_rows(chart)
    )
    head = _incidents_head(found, over_time, viewer, "Incidents over time")
    return file_of(files.csv_text(head, ("Series", *CHART_NAMES), rows), "incidents-over-time.csv")


@routes.get("/incidents.{kind}")
def incidents_drawing(
    kind: Literal["svg", "png"], request: Request, session: Transaction, viewer: PatternReader
) -> Response:
    over_time = _over_time(request, session, viewer)
    trail.record(session, f"download trends/incidents.{kind}", by=viewer)
    found = _incidents(session, viewer, over_time)
    title = "Incidents over time"
    return _as_drawing(found.counts, over_time, _incidents_head(found, over_time, viewer, title), title, kind)


def _incidents_head(found: Incidents, over_time: OverTime, viewer: Viewer, title: str) -> list[tuple[str, str]]:
    """The first lines of a file of incidents: these are counted, and only what is asked of them narrows them."""
    followed = of_incidents(over_time.asked)["chips"]
    counted = ngettext("%(num)s incident within your sight", "%(num)s incidents within your sight", found.number)
    about = [
        ("Counted from", counted % {"num": f"{found.number:,}"}),
        ("Without a day, and not counted", str(found.without_a_day)),
        ("Filters", "; ".join(words for words, _address in followed) or "none"),
        ("Data", incidents_until(found.newest)),
    ]
    return head_of(viewer, title, [*about, *_of_charts(over_time)])
