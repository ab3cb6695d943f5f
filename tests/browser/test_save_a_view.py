"""Saving what a page of patterns shows, coming back after a new review, and writing a note on a cell."""

from datetime import date

from app.systemic_factors.models import Round
from tests.browser.conftest import PHONE, accessible, follow
from tests.patterns.county import a_rated_review, a_small_county

NOTE = "Two units kept lists of their own."


class TestSavingAView:
    def test_leads_from_a_heatmap_to_what_has_changed_and_a_note(self, session, cast, visit):
        a_small_county(session, cast)
        page = visit(cast.analyst, "/patterns/heatmap?by=division")
        follow(page, page.get_by_role("link", name="Save view"))
        accessible(page)
        page.get_by_label("Title").fill("What we look at")
        page.get_by_role("button", name="Save view").click()
        page.get_by_role("heading", level=1, name="What we look at").wait_for()
        assert page.get_by_text("Nothing: every number is as it was, over 13 reviews.").is_visible()
        a_rated_review(session, cast, cast.harbor_north, "New", Round.INDEPENDENT, "3", "3", opened_on=date(2026, 9, 1))
        session.commit()
        page.reload()
        assert page.get_by_text("Counted from 14 reviews; it was 13.").is_visible()
        accessible(page)
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        accessible(page)

        page.goto(f"/patterns/heatmap?by=division&cell=teamwork.{cast.harbor.code}")
        page.get_by_role("link", name="Write a note on this pattern").click()
        page.get_by_label("Your note").fill(NOTE)
        follow(page, page.get_by_role("button", name="Keep note"))
        accessible(page)
        page.goto(f"/patterns/heatmap?by=division&cell=teamwork.{cast.harbor.code}")
        page.locator("#panel").get_by_text(NOTE).wait_for()
        accessible(page)

    def test_the_quarter_of_an_office_is_accessible(self, session, cast, visit):
        a_small_county(session, cast)
        page = visit(cast.analyst, f"/patterns/offices/{cast.harbor_north.code}?quarter=2026-Q3", size=PHONE)
        accessible(page)
