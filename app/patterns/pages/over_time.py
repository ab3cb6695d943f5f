"""Factors and incidents over time as a person asked for them: what the pages, their files and the command tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from app.core.clock import today
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.viewers import Viewer
from app.patterns.context.models import SystemChange
from app.patterns.pages import methods
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.dependencies import Asked, drawing_of, head_of, incidents_until, of_incidents
from app.patterns.trends import queries as trend_queries
from app.patterns.trends import sentences
from app.patterns.trends.charts import Chart
from app.patterns.trends.drawings import drawn_chart
from app.patterns.trends.series import Trend, factor_trends, incident_chart, rate_chart

INCIDENTS_TITLE = "Incidents over time"


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


def over_time_of(session: Session, viewer: Viewer, asked: Asked) -> OverTime:
    """Raises NotKnown where limits should start again at a change that there is not."""
    changes = trend_queries.changes(session, viewer)
    days = {change.code: change.changed_on for change in changes}
    wanted = asked.question.sent.get("rebase", ())
    if any(code not in days for code in wanted):
        raise NotKnown(_("There is no such change in the system."))
    return OverTime(asked, changes, [days[code] for code in wanted])


def trends_of(session: Session, viewer: Viewer, over_time: OverTime) -> tuple[Trend, ...]:
    """Every factor over time."""
    asked = over_time.asked
    return factor_trends(
        asked.incidence,
        asked.question.layer,
        days=trend_queries.days_of_reviews(session, viewer),
        today=today(),
        starts=over_time.starts,
    )


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


def incidents_of(session: Session, viewer: Viewer, over_time: OverTime) -> Incidents:
    """Over the incidents that the filters leave."""
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


def trend_picture(session: Session, viewer: Viewer, over_time: OverTime, trend: Trend) -> str:
    """The control chart of a factor as a file of its own."""
    title = trend_title(trend)
    return _picture(trend.chart, over_time, factors_head(session, viewer, over_time, title), title)


def trend_title(trend: Trend) -> str:
    """What the chart of a factor is called."""
    return f"{trend.factor.label} over time"


def incidents_picture(viewer: Viewer, over_time: OverTime, found: Incidents) -> str:
    """The control chart of the number of incidents as a file of its own."""
    return _picture(found.counts, over_time, incidents_head(viewer, over_time, found), INCIDENTS_TITLE)


def _picture(chart: Chart, over_time: OverTime, head: Sequence[tuple[str, str]], title: str) -> str:
    return drawing_of(
        "trend",
        head=head,
        title=title,
        told=[sentences.chart_finding(chart), *methods.charts_method([chart], over_time.asked.incidence.unit)],
        drawn=drawn_chart(chart, over_time.changes),
        chart=chart,
    )


def factors_head(session: Session, viewer: Viewer, over_time: OverTime, title: str) -> list[tuple[str, str]]:
    """The first lines of a file of factors over time."""
    return [*over_time.asked.head(session, viewer, title), *_of_charts(over_time)]


def incidents_head(viewer: Viewer, over_time: OverTime, found: Incidents) -> list[tuple[str, str]]:
    """The first lines of a file of incidents: these are counted, and only what is asked of them narrows them."""
    followed = of_incidents(over_time.asked)["chips"]
    counted = ngettext("%(num)s incident within your sight", "%(num)s incidents within your sight", found.number)
    about = [
        ("Counted from", counted % {"num": f"{found.number:,}"}),
        ("Without a day, and not counted", str(found.without_a_day)),
        ("Filters", "; ".join(words for words, _address in followed) or "none"),
        ("Data", incidents_until(found.newest)),
    ]
    return head_of(viewer, INCIDENTS_TITLE, [*about, *_of_charts(over_time)])


def _of_charts(over_time: OverTime) -> list[tuple[str, str]]:
    """What stands in the head of every file of charts."""
    changes = "; ".join(f"{change.changed_on.isoformat()} {change.words}" for change in over_time.changes)
    starts = ", ".join(start.isoformat() for start in sorted(over_time.starts))
    return [("Limits start again", starts or "nowhere"), ("Changes in the system", changes or "none written down")]
