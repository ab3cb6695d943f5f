"""Control charts: limits as published, every rule as a truth table, and how often chance alone gives a signal."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from app.patterns.trends import charts
from app.patterns.trends.charts import Chart, Observation, chance_of_signal, control_chart
from app.patterns.trends.limits import Kind, Limits, on_its_scale
from app.patterns.trends.rules import Rule, rules_met

START = date(2020, 1, 1)

# Montgomery, Introduction to Statistical Quality Control: juice cans that leak, in samples of 50 (p chart).
JUICE = (12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6)
# The same book: errors in 50 shipments a week (u chart), and the viscosity of primer paint (individuals).
SHIPMENTS = (2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4)
VISCOSITY = (33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12, 33.84)
# The same book: hours between failures of a valve, for a t chart.
VALVE = (286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96)


def series(counts: Sequence[float], base: float = 1.0) -> list[Observation]:
    return [Observation(START + timedelta(days=at), count, base) for at, count in enumerate(counts)]


def by_number(chart: Chart) -> dict[int, Rule]:
    """The unusual points, counted from 1."""
    return {at: point.rule for at, point in enumerate(chart.points, start=1) if point.rule}


class TestLimitsAsPublished:
    def test_p_chart_of_leaking_cans(self) -> None:
        chart = control_chart(Kind.P, series(JUICE, 50))
        assert chart.points[0].center == pytest.approx(0.2313, abs=5e-5)
        assert chart.points[0].upper == pytest.approx(0.4102, abs=5e-5)
        assert chart.points[0].lower == pytest.approx(0.0524, abs=5e-5)
        outside = [at for at, rule in by_number(chart).items() if rule is Rule.OUTSIDE]
        assert outside == [15, 23]

    def test_u_chart_of_shipments(self) -> None:
        chart = control_chart(Kind.U, series(SHIPMENTS, 50))
        assert chart.points[0].center == pytest.approx(0.0740, abs=5e-5)
        assert chart.points[0].upper == pytest.approx(0.1894, abs=5e-5)
        assert chart.points[0].lower == 0.0
        assert by_number(chart) == {}

    def test_xmr_chart_of_viscosity(self) -> None:
        chart = control_chart(Kind.XMR, series(VISCOSITY))
        assert chart.points[0].center == pytest.approx(33.52, abs=0.005)
        assert chart.points[0].upper == pytest.approx(34.80, abs=0.005)
        assert chart.points[0].lower == pytest.approx(32.24, abs=0.006)
        assert by_number(chart) == {}

    def test_t_chart_of_valve_failures(self) -> None:
        # To the power of 0.2778 their mean is 5.389 and their mean moving range 2.361: 5.389 + 2.66 × 2.361 = 11.669.
        chart = control_chart(Kind.T, series(VALVE))
        point = chart.points[0]
        assert point.center ** (1 / 3.6) == pytest.approx(5.389, abs=5e-4)
        assert point.upper ** (1 / 3.6) == pytest.approx(11.669, abs=2e-3)
        assert point.lower == 0.0
        assert Rule.OUTSIDE not in by_number(chart).values()

    def test_g_chart_by_hand(self) -> None:
        # Mean 12: upper limit 12 + 3 √(12 × 13) = 49.47; half of all gaps are shorter than 0.693 × 12.
        chart = control_chart(Kind.G, series((3, 21, 9, 4, 15, 20)))
        assert chart.points[0].center == pytest.approx(8.316)
        assert chart.points[0].upper == pytest.approx(49.47, abs=5e-3)
        assert chart.points[0].lower == 0.0

    def test_each_point_of_a_p_chart_has_limits_of_its_own_base(self) -> None:
        small, large = (
            control_chart(Kind.P, [Observation(START, 5, base), *series((25, 25, 25, 25, 25), 50)]).points[0]
            for base in (10, 40)
        )
        assert small.upper - small.center > large.upper - large.center

    @pytest.mark.parametrize(
        ("kind", "counts", "bases", "center", "lower", "upper"),
        [
            # 20 of 100 is 0.2; 3 √(0.16 / n) is 0.3795 of 10, 0.2683 of 20 and 0.1897 of 40.
            (Kind.P, (2, 6, 3, 4, 5), (10, 20, 10, 20, 40), 0.2,
             (0, 0, 0, 0, 0.0103), (0.5795, 0.4683, 0.5795, 0.4683, 0.3897)),
            # 20 in 5 thousand open cases are 4 a thousand; 3 √(4 / n) is 8.4853 of 0.5, 6 of 1 and 2.1213 of 8.
            (Kind.U, (3, 5, 2, 22, 16), (0.5, 1, 0.5, 8, 2), 4.0,
             (0, 0, 0, 1.8787, 0), (12.4853, 10, 12.4853, 6.1213, 8.2426)),
            # Moving ranges 2, 3, 2, 2: 2.66 × 2.25 = 5.985.
            (Kind.XMR, (14, 16, 13, 15, 17), (1,) * 5, 15.0, (9.015,) * 5, (20.985,) * 5),
            # Mean 3: 3 + 3 √12 = 13.3923, and 0.693 × 3.
            (Kind.G, (2, 4, 0, 6, 3), (1,) * 5, 2.079, (0,) * 5, (13.3923,) * 5),
            # To the power of 1 / 3.6 they are 1, 2, 3, 2, 2: mean 2, moving ranges 1, 1, 1, 0, and 2 ± 2.66 × 0.75.
            (Kind.T, (1, 2**3.6, 3**3.6, 2**3.6, 2**3.6), (1,) * 5, 2**3.6, (0.005**3.6,) * 5, (3.995**3.6,) * 5),
        ],
    )  # fmt: skip
    def test_of_five_points_by_hand(
        self, kind: Kind, counts: Sequence[float], bases: Sequence[float], center: float,
        lower: Sequence[float], upper: Sequence[float],
    ) -> None:  # fmt: skip
        days = [START + timedelta(days=at) for at in range(5)]
        points = control_chart(kind, [*map(Observation, days, counts, bases)]).points
        assert {round(point.center, 6) for point in points} == {round(center, 6)}
        assert [point.lower for point in points] == pytest.approx(lower, abs=5e-5)
        assert [point.upper for point in points] == pytest.approx(upper, abs=5e-5)

    def test_one_huge_moving_range_does_not_widen_an_xmr_chart(self) -> None:
        # Ranges 2 × 14 and 98 twice: their mean is 14; 98 is over 3.267 × 14 and left out, so the mean range is 2.
        counts = [10, 12, 10, 12, 10, 12, 10, 12, 110, 12, 10, 12, 10, 12, 10, 12, 10]
        chart = control_chart(Kind.XMR, series(counts))
        center = sum(counts) / len(counts)
        assert chart.points[0].upper == pytest.approx(center + 2.66 * 2)
        assert by_number(chart)[9] is Rule.OUTSIDE


def met(*values: float) -> list[int]:
    """The rule of each point around 0, with limits at 3 and near lines at 2."""
    limits = Limits(*(np.full(len(values), line, dtype=np.float64) for line in (-3, -2, 0, 2, 3)))
    return rules_met(np.array(values, dtype=np.float64), limits).tolist()


class TestTheFourRules:
    def test_outside_means_beyond_a_limit_and_not_on_it(self) -> None:
        assert met(0, 3.1, 3.0, -3.0, -3.1, 0) == [0, 1, 0, 0, 1, 0]

    def test_a_trend_is_seven_points_each_higher_than_the_one_before(self) -> None:
        assert met(-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 1) == [2, 2, 2, 2, 2, 2, 2, 0]

    def test_a_trend_may_fall(self) -> None:
        assert met(1.5, 1, 0.5, 0, -0.5, -1, -1.5) == [2] * 7

    def test_six_points_or_a_pause_make_no_trend(self) -> None:
        assert met(-1.5, -1, -0.5, 0, 0.5, 1) == [0] * 6
        assert met(-1.5, -1, -0.5, -0.5, 0.5, 1, 1.5) == [0] * 7

    def test_two_of_three_near_one_limit_on_one_side(self) -> None:
        assert met(0, 2.5, 1, 2.5, 0, -1) == [0, 3, 0, 3, 0, 0]
        assert met(-2.5, -2.5, -1, 1) == [3, 3, 0, 0]

    def test_two_of_three_is_not_met_when_the_third_lies_elsewhere(self) -> None:
        assert met(2.5, -1, 2.5, 0) == [0] * 4
        assert met(2.5, 0, 2.5) == [0] * 3
        assert met(2.5, 1, 1, 2.5) == [0] * 4

    def test_a_point_outside_does_not_count_as_near(self) -> None:
        assert met(3.5, 2.5, 1, 0) == [1, 0, 0, 0]

    def test_a_run_is_seven_points_on_one_side(self) -> None:
        assert met(1, 0.5, 1, 0.5, 1, 0.5, 1, -1) == [4] * 7 + [0]
        assert met(-1, -0.5, -1, -0.5, -1, -0.5, -1) == [4] * 7

    def test_six_points_or_one_on_the_center_make_no_run(self) -> None:
        assert met(1, 0.5, 1, 0.5, 1, 0.5, -1) == [0] * 7
        assert met(1, 0.5, 1, 0, 1, 0.5, 1, 1) == [0] * 8

    def test_the_first_rule_that_holds_is_named(self) -> None:
        assert met(0.1, 0.5, 1, 1.5, 2.1, 2.5, 3.5) == [2, 2, 2, 2, 2, 2, 1]
        assert met(1, 0.5, 2.5, 2.4, 1, 0.5, 1) == [4, 4, 3, 3, 4, 4, 4]

    def test_all_equal_values_are_never_unusual(self) -> None:
        # Gaps that are all equal are unusual: on a g chart half of them should be shorter than 0.693 of their mean.
        for kind in set(Kind) - {Kind.G}:
            assert by_number(control_chart(kind, series([7] * 20, 7 if kind is Kind.P else 1))) == {}

    def test_equals_the_definition_spelled_out(self) -> None:
        dice = np.random.default_rng(1)
        seen = set()
        for _ in range(2000):
            values = np.round(dice.normal(dice.normal(0, 0.8), 1.3, int(dice.integers(1, 25))), 1)
            values[3:12] = np.sort(values[3:12]) if dice.random() < 0.1 else values[3:12]
            found = met(*values)
            assert found == spelled_out(values.tolist())
            seen |= set(found)
        assert seen == {0, 1, 2, 3, 4}


def spelled_out(values: list[float]) -> list[int]:
    """The rules once more, point by point and without arrays."""

    def stretches(at: int, size: int) -> list[list[float]]:
        return [values[a : a + size] for a in range(at - size + 1, at + 1) if a >= 0 and a + size <= len(values)]

    def near(value: float) -> bool:
        return 2 < abs(value) <= 3

    def rule(at: int) -> int:
        if abs(values[at]) > 3:
            return 1
        for part in stretches(at, 7):
            steps = list(pairwise(part))
            if all(a < b for a, b in steps) or all(a > b for a, b in steps):
                return 2
        if near(values[at]):
            for part in stretches(at, 3):
                if sum(map(near, part)) >= 2 and (min(part) > 0 or max(part) < 0):
                    return 3
        return 4 if any(min(part) > 0 or max(part) < 0 for part in stretches(at, 7)) else 0

    return [rule(at) for at in range(len(values))]


class TestAChart:
    def test_draws_no_limits_from_four_points(self) -> None:
        chart = control_chart(Kind.P, series((1, 2, 3, 4), 10))
        assert not chart.has_limits
        assert [point.value for point in chart.points] == [0.1, 0.2, 0.3, 0.4]

    def test_of_nothing_is_empty(self) -> None:
        chart = control_chart(Kind.P, [])
        assert chart.points == ()
        assert not chart.is_trial
        assert chance_of_signal(chart) == 0.0

    def test_leaves_out_a_period_without_reviews(self) -> None:
        empty = [Observation(START, 0, 0), *series((1, 2, 1, 2, 1), 10)]
        assert len(control_chart(Kind.P, empty).points) == 5

    @pytest.mark.parametrize(("points", "trial"), [(5, True), (11, True), (12, False)])
    def test_says_that_limits_from_fewer_than_twelve_points_are_trial_limits(self, points: int, trial: bool) -> None:
        assert control_chart(Kind.P, series([3, 4] * 10, 10)[:points]).is_trial is trial

    def test_limits_start_again_where_asked(self) -> None:
        counts = [9, 8, 10, 9, 9, 8, 2, 3, 2, 1, 2, 3]
        one = control_chart(Kind.P, series(counts, 12))
        two = control_chart(Kind.P, series(counts, 12), [START + timedelta(days=6)])
        assert len(one.unusual) > 0
        assert two.unusual == ()
        assert [len(stretch) for stretch in two.stretches] == [6, 6]
        assert two.points[0].center == pytest.approx(53 / 72)
        assert two.points[-1].center == pytest.approx(13 / 72)

    def test_a_run_does_not_cross_a_new_start(self) -> None:
        counts = [5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 5, 5, 5]
        assert Rule.RUN in by_number(control_chart(Kind.P, series(counts, 10))).values()
        assert by_number(control_chart(Kind.P, series(counts, 10), [START + timedelta(days=7)])) == {}

    def test_a_start_before_the_first_point_or_after_the_last_changes_nothing(self) -> None:
        plain = control_chart(Kind.P, series(JUICE, 50))
        days = [START, START - timedelta(days=9), START + timedelta(days=99)]
        assert control_chart(Kind.P, series(JUICE, 50), days) == plain

    def test_two_events_of_one_day_do_not_break_a_t_chart(self) -> None:
        assert control_chart(Kind.T, series((0, 3, 9, 4, 0, 12))).has_limits

    def test_limits_stay_within_what_a_value_can_be(self) -> None:
        for kind, most in ((Kind.P, 1.0), (Kind.U, None), (Kind.XMR, None), (Kind.G, None), (Kind.T, None)):
            chart = control_chart(kind, series((0, 5, 0, 5, 1, 4), 5))
            assert all(point.lower >= 0 for point in chart.points)
            assert most is None or all(point.upper <= most for point in chart.points)


class TestChance:
    def test_is_the_same_for_the_same_chart(self) -> None:
        chart = control_chart(Kind.P, series(JUICE, 50))
        assert chance_of_signal(chart) == chance_of_signal(chart)

    def test_grows_with_the_number_of_points(self) -> None:
        short, long = (control_chart(Kind.P, series([10, 11] * half, 30)) for half in (6, 30))
        assert 0 < chance_of_signal(short) < chance_of_signal(long) < 1


class TestWhatTheChanceTakesForGranted:
    """The page says by its number when more charts look unusual than it tells; here that is tried, on 24 points."""

    DRAWS, POINTS = 300, 24

    def share_with_a_signal(self, kind: Kind, counts: np.ndarray, base: float = 1.0) -> float:
        return float(np.mean([bool(control_chart(kind, series(row.tolist(), base)).unusual) for row in counts]))

    def test_holds_where_it_is_given(self) -> None:
        stable = np.random.default_rng(1).poisson(16, (self.DRAWS, self.POINTS))
        told = chance_of_signal(control_chart(Kind.XMR, series(stable[0].tolist())))
        assert self.share_with_a_signal(Kind.XMR, stable) == pytest.approx(told, abs=0.09)

    def test_seasons_give_more_signals_on_an_xmr_chart(self) -> None:
        dice = np.random.default_rng(2)
        seasons = 16 * (1 + 0.5 * np.sin(np.arange(self.POINTS) * np.pi / 6))
        found = dice.poisson(seasons, (self.DRAWS, self.POINTS))
        told = chance_of_signal(control_chart(Kind.XMR, series(found[0].tolist())))
        assert self.share_with_a_signal(Kind.XMR, found) > told + 0.2

    def test_incidents_that_bring_others_give_more_on_a_u_chart(self) -> None:
        dice = np.random.default_rng(3)
        found = 3 * dice.poisson(4, (self.DRAWS, self.POINTS))
        told = chance_of_signal(control_chart(Kind.U, series(found[0].tolist())))
        assert self.share_with_a_signal(Kind.U, found) > told + 0.2

    def test_key_episodes_that_resemble_each_other_give_more_on_a_p_chart(self) -> None:
        dice = np.random.default_rng(4)
        found = 3 * dice.binomial(10, 0.3, (self.DRAWS, self.POINTS))
        told = chance_of_signal(control_chart(Kind.P, series(found[0].tolist(), 30)))
        assert self.share_with_a_signal(Kind.P, found, 30) > told + 0.2


@pytest.mark.assurance
class TestFalseSignals:
    """Stable numbers, with limits made from themselves. docs/control-charts.md tells these figures."""

    @pytest.mark.parametrize(
        ("kind", "counts", "base", "least", "most"),
        [
            (Kind.P, 0.25, 30, 0.025, 0.05),
            (Kind.P, 0.10, 30, 0.045, 0.07),
            (Kind.P, 0.05, 30, 0.07, 0.11),
            (Kind.U, 8.0, 1.0, 0.035, 0.06),
            (Kind.XMR, 16.0, 1.0, 0.065, 0.095),
            (Kind.G, 10.0, 1.0, 0.13, 0.18),
            (Kind.T, 20.0, 1.0, 0.045, 0.08),
        ],
    )
    def test_share_of_stable_charts_of_twelve_points_with_a_signal(
        self, kind: Kind, counts: float, base: float, least: float, most: float
    ) -> None:
        share = false_signals(kind, counts, base, points=12)
        print(f"{kind}: {share:.1%} of stable charts of 12 points show a signal")
        assert least <= share <= most


def false_signals(kind: Kind, mean: float, base: float, *, points: int, sets: int = 20_000) -> float:
    dice = np.random.default_rng(7)
    stretch = [charts.Point(START, mean * base, base, mean, None, None, None, None)] * points
    counts, bases = charts._drawn(kind, stretch, sets, dice)
    return float((rules_met(*on_its_scale(kind, counts, bases)) > 0).any(axis=-1).mean())
