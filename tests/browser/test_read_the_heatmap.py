"""Reading the heatmap and opening the evidence, as an analyst does it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, SMALL, WIDE, accessible
from tests.patterns.county import EVIDENCE, a_small_county


class TestReadingTheHeatmap:
    @pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
    def test_leads_from_a_cell_to_its_evidence(self, session, cast, visit, script):
        a_small_county(session, cast)
        page = visit(cast.analyst, "/patterns/heatmap", script=script)
        page.get_by_role("link", name=re.compile("^57 percent, 4 of 7 reviews")).click()
        panel = page.get_by_role("complementary", name="Teamwork and handoffs")
        panel.wait_for()
        assert "4 of 7" in panel.inner_text()
        assert "cell=teamwork" in page.url
        panel.get_by_role("link", name="All 4 reviews with their evidence").click()
        page.get_by_role("heading", level=1, name="Teamwork and handoffs in Harbor").wait_for()
        assert page.get_by_text(EVIDENCE).is_visible()

    def test_tells_the_count_of_a_cell_once_and_where_it_stands(self, session, cast, visit):
        a_small_county(session, cast)
        cell = visit(cast.analyst, "/patterns/heatmap").get_by_role("link", name=re.compile("^57 percent, 4 of 7"))
        expect(cell).to_have_accessible_description("Teamwork and handoffs, Harbor")

    def test_moves_the_focus_to_the_panel(self, session, cast, visit):
        a_small_county(session, cast)
        page = visit(cast.analyst, "/patterns/heatmap")
        page.get_by_role("link", name=re.compile("^57 percent, 4 of 7 reviews")).press("Enter")
        page.locator("#panel-heading:focus").wait_for()


class TestTheMap:
    def test_is_one_stop_of_the_tab_key_and_walked_with_arrows(self, session, cast, visit):
        a_small_county(session, cast)
        page = visit(cast.analyst, "/patterns/connections/map")
        assert page.locator("svg [tabindex='0']").count() == 1
        page.locator("svg [tabindex='0']").focus()
        page.keyboard.press("ArrowRight")
        moved = page.evaluate("document.activeElement.dataset.key")
        page.keyboard.press("Enter")
        assert page.locator(f"[data-key='{moved}']").get_attribute("aria-pressed") == "true"
        page.keyboard.press("Escape")
        assert page.locator(f"[data-key='{moved}']").get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize("size", [WIDE, PHONE, SMALL], ids=["wide", "phone", "small"])
def test_the_pages_of_patterns_are_accessible(session, cast, visit, size):
    a_small_county(session, cast)
    page = visit(cast.analyst, f"/patterns/heatmap?cell=teamwork.{cast.harbor.code}", size=size)
    accessible(page)
    for address in (
        "/patterns/heatmap?by=quarter&division=" + cast.harbor.code,
        "/patterns/connections/map",
        "/patterns/connections/matrix?pair=teamwork.workload",
        "/patterns/connections/list?least=0&certain=no",
        "/patterns/factors/teamwork",
        "/patterns/reviews?pair=teamwork.workload",
        "/patterns/heatmap?division=nowhere",
    ):
        page.goto(address)
        accessible(page)


def test_reviews_of_a_division_with_a_long_name_fit_a_small_screen(session, cast, visit):
    a_small_county(session, cast)
    cast.harbor.name = "Hotline and intake"
    session.add(cast.harbor)
    session.commit()
    page = visit(cast.analyst, "/patterns/reviews?pair=teamwork.workload", size=SMALL)
    assert "Hotline and intake" in page.locator(".evidence-list").inner_text()
    accessible(page)
