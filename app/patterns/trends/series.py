"""Factors and incidents over time: turns counts into series, and series into control charts.

Nothing here touches the database. A period that has not ended is left out: its share would move with every new review.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from app.core.dates import first_day_of, quarter
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Factor, Layer, Unit
from app.patterns.trends.charts import DRAWS, Chart, Observation, chance_of_signal, control_chart
from app.patterns.trends.limits import Kind

RARE_BELOW = 2.0
"""With fewer than so many expected in a period, the gaps from one to the next say more than the periods do."""
CASES_AT_ONCE = 1000
"""Rates are told for so many open cases."""


@dataclass(frozen=True)
class Trend:
    """One factor over time."""

    factor: Factor
    chart: Chart
    present: int
    answered: int
    left_out: int
    """Answered reviews of a quarter that has not ended."""

    @property
    def is_unusual(self) -> bool:
        return bool(self.chart.unusual)


@dataclass(frozen=True, slots=True)
class IncidentDay:
    """An incident as charts see it: when it became known, where, and of what type."""

    reported_on: date
    incident_type: str
    office: str
    division: str


def first_day(value: date) -> date:
    """Of the quarter that a day lies in."""
    return date(value.year, 3 * ((value.month - 1) // 3) + 1, 1)


def month(value: date) -> date:
    return value.replace(day=1)


def start_of(kind: Kind, change: date) -> date:
    """From when points of a chart come after a change: the first day of its period, or itself where points are days."""
    match kind:
        case Kind.P:
            return first_day(change)
        case Kind.XMR | Kind.U:
            return month(change)
        case _:
            return change


def _chart(kind: Kind, series: Sequence[Observation], starts: Sequence[date], *, unit: Unit = Unit.REVIEW) -> Chart:
    return control_chart(kind, series, [start_of(kind, start) for start in starts], unit=unit)


def factor_trends(
    incidence: Incidence,
    layer: Layer,
    *,
    days: Mapping[str, date],
    today: date,
    starts: Sequence[date] = (),
) -> tuple[Trend, ...]:
    """A chart of every factor, in the order of the list.

    A p chart by quarter; where fewer than two reviews with the factor are expected in a quarter, a g chart of the
    reviews from one with it to the next. `days` gives the day a review was opened, by its code.
    """
    grouped = incidence.tally_by(Dimension.QUARTER, layer)
    ended = [(at, first_day_of(code)) for at, code in enumerate(grouped.groups) if code < quarter(today)]
    totals = incidence.tally(layer)
    found = []
    for row, factor in enumerate(incidence.factors):
        series = [
            Observation(day, int(grouped.tally.present[row, at]), int(grouped.tally.answered[row, at]))
            for at, day in ended
        ]
        present, answered = sum(point.count for point in series), sum(point.base for point in series)
        if present and present < RARE_BELOW * sum(point.base > 0 for point in series):
            gaps = _gaps(incidence, row, layer, days=days, until=first_day(today))
            chart = _chart(Kind.G, gaps, starts, unit=incidence.unit)
        else:
            chart = _chart(Kind.P, series, starts, unit=incidence.unit)
        left_out = int(totals.answered[row]) - int(answered)
        found.append(Trend(factor, chart, int(present), int(answered), left_out))
    return tuple(found)


def _gaps(
    incidence: Incidence, factor: int, layer: Layer, *, days: Mapping[str, date], until: date
) -> list[Observation]:
    """How many answered reviews lie between one with the factor, by its place in the list, and the next."""
    answered, present = (flags[:, factor].tolist() for flags in incidence.answered_and_present(layer))
    rows = zip(incidence.codes.tolist(), answered, present, strict=True)
    known = [(days[code], is_present) for code, is_answered, is_present in rows if is_answered and code in days]
    # Sorting keeps the order of codes within a day, and so the order of the key episodes of one review.
    in_order = sorted((one for one in known if one[0] < until), key=lambda one: one[0])
    gaps, passed, seen_one = [], 0, False
    for day, is_present in in_order:
        if not is_present:
            passed += 1
            continue
        if seen_one:
            gaps.append(Observation(day, passed))
        passed, seen_one = 0, True
    return gaps


def unusual_by_chance(charts: Iterable[Chart]) -> float:
    """How many of these charts would show any unusual point if nothing had changed."""
    return sum(chance_of_signal(chart, draws=DRAWS, seed=number) for number, chart in enumerate(charts))


# ---------------------------------------------------------------- incidents


def incident_chart(incidents: Iterable[IncidentDay], *, today: date, starts: Sequence[date] = ()) -> Chart:
    """Incidents by month as single values (XmR); where fewer than two a month are usual, days from one to the next (t).

    Months run from the first incident to the last one, without the month that has not ended; one between them without
    any counts as 0. Nothing tells whether later months are empty or only not entered yet.
    """
    days = sorted(incident.reported_on for incident in incidents if incident.reported_on < month(today))
    months = list(_months(month(days[0]), month(days[-1]))) if days else []
    if months and len(days) < RARE_BELOW * len(months):
        gaps = [Observation(later, (later - earlier).days) for earlier, later in pairwise(days)]
        return _chart(Kind.T, gaps, starts)
    counted = Counter(month(day) for day in days)
    return _chart(Kind.XMR, [Observation(at, counted[at]) for at in months], starts)


def rate_chart(
    incidents: Iterable[IncidentDay],
    open_cases: Mapping[tuple[str, date], int],
    *,
    today: date,
    starts: Sequence[date] = (),
) -> Chart:
    """Incidents per 1,000 open cases a month (u chart).

    `open_cases` gives the number by office and month. Counted are only the offices and months whose number is known, in
    the incidents as in the cases.
    """
    cases: Counter[date] = Counter()
    for (_office, at), number in open_cases.items():
        if at < month(today):
            cases[at] += number
    counted = Counter(
        month(incident.reported_on)
        for incident in incidents
        if (incident.office, month(incident.reported_on)) in open_cases
    )
    series = [Observation(at, counted[at], cases[at] / CASES_AT_ONCE) for at in sorted(cases)]
    return _chart(Kind.U, series, starts)


def _months(first: date, last: date) -> Iterable[date]:
    """Every month from the first to the last."""
    while first <= last:
        yield first
        first = month(first + timedelta(days=31))
