"""What gets reviewed: each number of what, and days to the first debrief."""

from datetime import date, timedelta

import numpy as np

from app.patterns.context.selection import Path, by_quarter, days_to_debrief

KNOWN = date(2026, 2, 10)


def after(days: int) -> Path:
    return Path(KNOWN, "full_review", True, KNOWN + timedelta(days=days))


class TestByQuarter:
    def test_counts_each_step(self) -> None:
        paths = [
            Path(KNOWN, None, False, None),
            Path(KNOWN, "not_selected", False, None),
            Path(KNOWN, "aggregate_only", False, None),
            Path(KNOWN, "full_review", True, None),
            Path(KNOWN, None, True, date(2026, 3, 1)),
            Path(date(2026, 4, 1), "rapid_review", False, None),
            Path(None, "rapid_review", True, None),
        ]
        first, second = by_quarter(paths)
        assert (first.code, first.reported, first.undecided, first.eligible, first.reviewed, first.debriefed) == (
            "2026-Q1", 5, 1, 3, 2, 1,
        )  # fmt: skip
        assert (second.code, second.reported, second.eligible, second.reviewed) == ("2026-Q2", 1, 1, 0)

    def test_of_nothing_is_nothing(self) -> None:
        assert by_quarter([]) == ()


class TestDaysToDebrief:
    def test_are_quartiles_as_numpy_counts_them(self) -> None:
        dice = np.random.default_rng(3)
        for size in range(1, 40):
            days = dice.integers(0, 90, size)
            told = days_to_debrief(after(int(one)) for one in days)
            assert (told.lower, told.median, told.upper) == tuple(np.quantile(days, (0.25, 0.5, 0.75)))

    def test_leave_out_what_has_no_days(self) -> None:
        assert days_to_debrief([Path(KNOWN, None, True, None), Path(None, None, True, KNOWN), after(-1)]) is None
        assert days_to_debrief([Path(KNOWN, None, False, KNOWN)]) is None
