"""Which addresses can be kept as a view."""

import pytest

from app.patterns.pages.saved import savable


class TestAnAddress:
    @pytest.mark.parametrize(
        "address",
        ["/patterns/heatmap", "/patterns/heatmap?by=office&with=a&with=b", "/patterns/trends/incidents",
         "/patterns/connections/matrix?least=0.2", "/patterns/factors/teamwork?layer=helped",
         "/patterns/trends/selection?office=a", "/patterns/trends/quality"],
    )  # fmt: skip
    def test_of_a_page_of_patterns_is_kept_as_it_is(self, address: str) -> None:
        assert savable(address) == address

    def test_is_kept_without_empty_filters_and_the_page_of_a_list(self) -> None:
        assert savable("/patterns/heatmap?division=&page=3&by=office") == "/patterns/heatmap?by=office"

    @pytest.mark.parametrize(
        "address",
        ["", "/", "/reviews", "/patterns", "/patterns/views", "/patterns/heatmap.csv", "/patterns/trends/changes",
         "https://example.org/patterns/heatmap", "//example.org/patterns/heatmap", "/patterns/../reviews",
         "/patterns/heatmap\n", "/patterns/heatmap/ü", "/patterns/heatmap?x=" + "y" * 1000],
    )  # fmt: skip
    def test_of_anything_else_is_refused(self, address: str) -> None:
        assert savable(address) in (None, "/patterns/heatmap")
