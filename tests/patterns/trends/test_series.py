"""Series over time from plain records: quarters that ended, gaps of rare factors, incidents and rates."""

from datetime import date, timedelta

import numpy as np
import pytest

from app.core.dates import first_day_of
from app.patterns.context.models import SystemChange
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension, Factor, Layer, Rating, ReviewRecord, Unit
from app.patterns.trends.charts import Observation, control_chart
from app.patterns.trends.drawings import drawn_chart
from app.patterns.trends.limits import Kind
from app.patterns.trends.sentences import (
    assumed_words,
    chance_words,
    chart_finding,
    not_drawn_words,
    point_words,
    sign,
    standing,
    trends_finding,
)
from app.patterns.trends.series import IncidentDay, factor_trends, incident_chart, rate_chart, start_of
from app.systemic_factors.models import Answer

TODAY = date(2026, 11, 22)
FACTORS = [Factor("teamwork", "Teamwork", "Team"), Factor("rare", "A rare one", "Team")]


def reviews(present_by_quarter: dict[str, tuple[int, int]]) -> tuple[Incidence, dict[str, date]]:
    """So many reviews with teamwork, of so many, by quarter; the rare factor in the first of every second quarter."""
    records, days = [], {}
    for number, (code, (present, base)) in enumerate(present_by_quarter.items()):
        for at in range(base):
            name = f"{code}-{at:02}"
            teamwork = Answer.INFLUENCED if at < present else Answer.NOT_EVIDENT
            rare = Answer.STRONG if at == 0 and number % 2 == 0 else Answer.NOT_EVIDENT
            answers = {"teamwork": Rating(teamwork), "rare": Rating(rare)}
            records.append(ReviewRecord(name, {Dimension.QUARTER: code}, answers))
            days[name] = first_day_of(code) + timedelta(days=at)
    return Incidence.of(records, FACTORS), days


def quarters(number: int) -> list[str]:
    return [f"{2023 + at // 4}-Q{at % 4 + 1}" for at in range(number)]


class TestAFactor:
    def test_is_counted_by_the_quarters_that_have_ended(self) -> None:
        incidence, days = reviews({"2026-Q2": (3, 10), "2026-Q3": (4, 10), "2026-Q4": (5, 10)})
        trend = factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)[0]
        assert [(point.on, point.count, point.base) for point in trend.chart.points] == [
            (date(2026, 4, 1), 3, 10),
            (date(2026, 7, 1), 4, 10),
        ]
        assert trend.left_out == 10

    def test_that_is_rare_is_told_by_the_reviews_between(self) -> None:
        incidence, days = reviews(dict.fromkeys(quarters(14), (4, 10)))
        common, rare = factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)
        assert common.chart.kind is Kind.P
        assert rare.chart.kind is Kind.G
        # Seven reviews have it, every twentieth: nineteen lie between one and the next.
        assert [point.count for point in rare.chart.points] == [19] * 6

    def test_in_no_review_has_no_signal(self) -> None:
        incidence, days = reviews(dict.fromkeys(quarters(14), (0, 10)))
        trend = factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)[0]
        assert trend.present == 0
        assert not trend.is_unusual

    def test_that_drops_after_a_change_is_unusual_until_limits_start_again(self) -> None:
        incidence, days = reviews({code: (9 if at < 7 else 2, 20) for at, code in enumerate(quarters(14))})
        through = factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)[0]
        again = factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY, starts=[date(2024, 11, 20)])[0]
        assert through.is_unusual
        assert not again.is_unusual
        assert [len(stretch) for stretch in again.chart.stretches] == [7, 7]

    def test_of_no_reviews_at_all(self) -> None:
        incidence, days = reviews({})
        assert all(not trend.chart.points for trend in factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY))


def incidents(*days: date, office: str = "A") -> list[IncidentDay]:
    return [IncidentDay(day, "near_fatality", office, "D") for day in days]


class TestIncidents:
    def test_are_counted_by_month_and_an_empty_month_between_counts_as_none(self) -> None:
        days = [date(2026, 1, 5)] * 6 + [date(2026, 3, 9)] * 5 + [TODAY]
        chart = incident_chart(incidents(*days), today=TODAY)
        assert chart.kind is Kind.XMR
        assert [(point.on.month, point.count) for point in chart.points] == [(1, 6), (2, 0), (3, 5)]

    def test_that_are_rare_are_told_by_the_days_between(self) -> None:
        days = [date(2025, 1, 1) + timedelta(days=40 * at) for at in range(7)]
        chart = incident_chart(incidents(*days), today=TODAY)
        assert chart.kind is Kind.T
        assert [point.count for point in chart.points] == [40] * 6

    def test_rates_count_only_offices_and_months_with_a_number(self) -> None:
        found = [*incidents(date(2026, 1, 5), date(2026, 1, 9), date(2026, 2, 1)), *incidents(TODAY, office="B")]
        found += incidents(date(2026, 1, 7), office="B")
        cases = {("A", date(2026, 1, 1)): 500, ("A", date(2026, 2, 1)): 400, ("B", date(2026, 2, 1)): 100}
        chart = rate_chart(found, cases, today=TODAY)
        assert chart.kind is Kind.U
        assert [(point.count, point.base, point.value) for point in chart.points] == [(2, 0.5, 4.0), (1, 0.5, 2.0)]

    def test_there_are_none(self) -> None:
        assert incident_chart([], today=TODAY).points == ()
        assert rate_chart([], {}, today=TODAY).points == ()


class TestTheSentence:
    def test_says_what_would_be_needed(self) -> None:
        incidence, days = reviews({"2026-Q2": (3, 10)})
        trends = factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)
        assert "at least 5 quarters" in trends_finding(trends, 0.0)
        assert "so far: 1" in chart_finding(trends[0].chart)

    def test_names_the_unusual_periods_and_never_why(self) -> None:
        incidence, days = reviews({code: (9 if at < 7 else 1, 20) for at, code in enumerate(quarters(14))})
        told = chart_finding(factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)[0].chart)
        assert "Unusual and above the center: Q1 2023 to Q3 2024, 7 points." in told
        assert "Unusual and below the center: Q4 2024 to Q2 2026, 7 points." in told

    def test_of_one_factor_and_of_one_incident_is_in_the_singular(self) -> None:
        incidence, days = reviews(dict.fromkeys(quarters(14), (9, 20)))
        one = factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)[:1]
        assert "Of 1 factor, none moved more than its usual variation." in trends_finding(one, 0.0)
        chart = control_chart(Kind.U, [Observation(date(2026, 1, 1), 1, 0.5), Observation(date(2026, 2, 1), 2, 0.5)])
        assert [point_words(chart, point) for point in chart.points] == [
            "Jan 2026: 2.00 per 1,000 open cases, 1 incident.",
            "Feb 2026: 4.00 per 1,000 open cases, 2 incidents.",
        ]

    def test_has_a_sign_that_says_where_and_not_how_good(self) -> None:
        shares = {"up": (5, 25), "down": (25, 5), "steady": (15, 15)}
        for expected, (first, then) in shares.items():
            incidence, days = reviews({code: (then if at == 6 else first, 30) for at, code in enumerate(quarters(13))})
            assert sign(factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)[0].chart) == expected
        incidence, days = reviews({code: (9 if at < 7 else 1, 20) for at, code in enumerate(quarters(14))})
        assert sign(factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)[0].chart) == "up-and-down"
        incidence, days = reviews({"2026-Q2": (3, 10)})
        assert sign(factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)[0].chart) is None

    def test_reads_a_longer_gap_as_rarer(self) -> None:
        gaps = [5, 14, 2, 13, 4, 15, 3, 90]
        points = [Observation(date(2025, 1 + at, 1), gap, 1) for at, gap in enumerate(gaps)]
        chart = control_chart(Kind.G, points)
        assert standing(chart) == "Unusual: rarer for a time"
        assert sign(chart) == "up"
        assert "so rarer: Aug 1, 2025." in chart_finding(chart)

    def test_counts_only_the_points_it_has_judged(self) -> None:
        incidence, days = reviews(dict.fromkeys(quarters(14), (8, 20)))
        trend = factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY, starts=[date(2025, 7, 4)])[0]
        told = chart_finding(trend.chart)
        assert "No sign of change beyond usual variation in 10 points." in told
        assert "4 points have no limits" in told

    def test_never_says_that_chance_gives_nothing(self) -> None:
        assert "one in a hundred" in chance_words(0.0, 1)
        assert "2%" in chance_words(0.02, 1)

    @pytest.mark.parametrize(
        ("kind", "assumed"),
        [
            (Kind.P, "binomial"),
            (Kind.G, "geometric"),
            (Kind.XMR, "Poisson"),
            (Kind.U, "Poisson"),
            (Kind.T, "exponential"),
        ],
    )
    def test_says_what_the_chance_takes_for_granted(self, kind: Kind, assumed: str) -> None:
        chart = control_chart(kind, [Observation(date(2025, at, 1), 3, 9) for at in range(1, 8)])
        told = assumed_words([chart])
        assert assumed in told
        assert "200 seeded draws" in told
        assert "of one review" not in told
        assert "%(" not in told

    def test_says_it_once_for_each_kind_and_of_key_episodes_more(self) -> None:
        points = [Observation(date(2025, at, 1), 3, 9) for at in range(1, 8)]
        charts = [control_chart(kind, points, unit=Unit.EPISODE) for kind in (Kind.P, Kind.G, Kind.P)]
        told = assumed_words(charts)
        assert told.count("binomial") == told.count("geometric") == 1
        assert "each of the key episodes" in told
        assert "Key episodes of one review resemble each other" in told
        assert assumed_words([control_chart(Kind.P, points[:4])]) == ""

    def test_says_how_many_factors_are_not_drawn_and_which(self) -> None:
        incidence, days = reviews(dict.fromkeys(quarters(4), (3, 10)))
        trends = factor_trends(incidence, Layer.HINDERED, days=days, today=TODAY)
        assert not_drawn_words(trends) == (
            "2 factors have no small chart, because they have fewer than 5 points: Teamwork, A rare one."
        )
        assert not_drawn_words(trends * 10).endswith("A rare one and 12 more.")
        assert not_drawn_words([]) == ""


class TestAChange:
    CHANGE = date(2025, 4, 20)

    @pytest.mark.parametrize(
        ("kind", "start"),
        [
            (Kind.P, date(2025, 4, 1)),
            (Kind.XMR, date(2025, 4, 1)),
            (Kind.U, date(2025, 4, 1)),
            (Kind.G, CHANGE),
            (Kind.T, CHANGE),
        ],
    )
    def test_begins_with_its_period_or_with_the_first_event_after_it(self, kind: Kind, start: date) -> None:
        assert start_of(kind, self.CHANGE) == start

    @pytest.mark.parametrize(
        ("kind", "days", "before"),
        [
            (Kind.P, [date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1)], 1),
            (Kind.P, [date(2025, 1, 1), date(2025, 7, 1), date(2025, 10, 1)], 1),
            (Kind.P, [date(2024, 7, 1), date(2024, 10, 1), date(2025, 1, 1)], 3),
            (Kind.XMR, [date(2025, month, 1) for month in (3, 4, 5)], 1),
            (Kind.T, [date(2025, month, 10) for month in (3, 4, 5)], 2),
        ],
    )
    def test_stands_before_the_first_point_after_it(self, kind: Kind, days: list[date], before: int) -> None:
        chart = control_chart(kind, [Observation(day, 3, 9) for day in days])
        drawn = drawn_chart(chart, [SystemChange(agency_id=1, changed_on=self.CHANGE, words="Second desk")])
        assert sum(dot.x < drawn.flags[0].x for dot in drawn.dots) == before

    def test_before_all_points_is_not_drawn(self) -> None:
        chart = control_chart(Kind.P, [Observation(date(2025, 7, 1), 3, 9)])
        assert drawn_chart(chart, [SystemChange(agency_id=1, changed_on=self.CHANGE, words="Second desk")]).flags == ()


class TestTheDrawing:
    @pytest.mark.parametrize("kind", list(Kind))
    @pytest.mark.parametrize("points", [0, 1, 4, 5, 36])
    def test_keeps_everything_inside_its_frame(self, kind: Kind, points: int) -> None:
        dice = np.random.default_rng(points)
        days = [date(2023, 1, 1) + timedelta(days=31 * at) for at in range(points)]
        series = [Observation(day, int(dice.integers(0, 9)), 9 if kind is Kind.P else 1) for day in days]
        drawn = drawn_chart(control_chart(kind, series))
        assert len(drawn.dots) == points
        for dot in drawn.dots:
            assert 0 <= dot.x <= drawn.width
            assert 0 <= dot.y <= drawn.floor
        assert all(0 <= tick.at <= drawn.height for tick in drawn.values)

    def test_is_the_same_for_the_same_chart(self) -> None:
        chart = control_chart(Kind.P, [Observation(date(2023, month, 1), 2, 9) for month in range(1, 9)])
        assert drawn_chart(chart) == drawn_chart(chart)
