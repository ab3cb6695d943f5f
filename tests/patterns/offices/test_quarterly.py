"""The quarter of an office beside its own past."""

import pytest

from app.core.dates import earlier_quarter
from app.patterns.offices.quarterly import is_quarter


class TestQuarters:
    def test_go_back_across_years(self) -> None:
        assert [earlier_quarter("2026-Q2", by) for by in (0, 1, 2, 6)] == ["2026-Q2", "2026-Q1", "2025-Q4", "2024-Q4"]

    def test_go_on_across_years(self) -> None:
        assert earlier_quarter("2026-Q4", -1) == "2027-Q1"

    @pytest.mark.parametrize("code", ["2026-Q5", "2026", "26-Q1", "2026-Q1 ", "2026-Q١", ""])
    def test_are_known_by_their_form(self, code: str) -> None:
        assert not is_quarter(code)
        assert is_quarter("2026-Q1")
