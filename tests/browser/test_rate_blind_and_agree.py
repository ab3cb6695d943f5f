"""Two people rate a review without seeing each other's ratings, then agree."""

import pytest
from sqlmodel import select

from app.identity.models import Agency
from app.reviews.models import Review, TeamRole
from app.systemic_factors.models import Answer
from app.systemic_factors.queries import counted_answers
from tests.browser.conftest import PHONE, SMALL, WIDE, accessible, follow
from tests.factories import a_link, a_member, a_review, an_episode


@pytest.fixture
def review(session, cast):
    session.get_one(Agency, cast.agency.id).second_rater_share = 1
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    a_member(session, made, cast.reviewer, TeamRole.SCORER)
    a_link(session, an_episode(session, made), cast.factors["tools"])
    session.commit()
    return made


def rate(page, factor, words):
    page.get_by_role("group", name=f"Rating for {factor}").get_by_role("radio", name=words).check()


def begin(page, tools, reason):
    """Begin a sheet, answer the linked factor and the rest in one step."""
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("Suggested because it is linked in improvement opportunity 1").wait_for()
    rate(page, "Equipment and technology", tools)
    page.locator("#field-why_tools").fill(reason)
    page.get_by_role("button", name="Answer what is not linked: not evident").click()
    page.get_by_text("What is not linked is answered: not evident.").wait_for()


class TestRatingBlindAndAgreeing:
    @pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
    def test_two_people_rate_apart_and_then_agree(self, session, cast, visit, review, script):
        address = f"/reviews/{review.code}/ratings"
        first = visit(cast.facilitator, address, script=script)
        begin(first, "3, Strong influence", "Two folders for one file.")
        first.get_by_role("button", name="Save and send").click()
        first.get_by_text("Rating sheet sent.").wait_for()

        second = visit(cast.reviewer, address, script=script)
        assert "Two folders for one file." not in second.content()
        begin(second, "2, Influenced the work", "The field tablet showed the older address.")
        rate(second, "Fatigue", "1, In the background")
        second.get_by_role("button", name="Save and send").click()
        second.get_by_text("Rating sheet sent.").wait_for()

        follow(second, second.get_by_role("link", name="Compare and agree"))
        assert "Two folders for one file." in second.content()
        second.get_by_role("button", name="Begin the consensus").click()
        second.get_by_text("Two raters agree on 3 of 5 factors.").wait_for()
        rate(second, "Equipment and technology", "3, Strong influence")
        rate(second, "Fatigue", "1, In the background")
        second.get_by_role("button", name="Save and send").click()
        problems = second.locator("#problems")
        problems.get_by_role("link", name="Equipment and technology: write why.").click()
        second.keyboard.type("Both saw that one file stood in two places.")
        second.get_by_role("button", name="Save and send").click()
        second.get_by_text("Consensus sent. It counts from now on.").wait_for()
        session.rollback()
        stored = session.exec(select(Review).where(Review.code == review.code)).one()
        assert counted_answers(session, stored)[cast.factors["tools"].id] is Answer.STRONG

    def test_a_draft_comes_back_after_the_browser_was_closed(self, cast, visit, review):
        address = f"/reviews/{review.code}/ratings"
        page = visit(cast.facilitator, address)
        page.get_by_role("button", name="Begin").click()
        rate(page, "Equipment and technology", "2, Influenced the work")
        with page.expect_response(lambda answer: "Not+saved+by+hand" in (answer.request.post_data or "")) as kept:
            page.locator("#field-why_tools").fill("Not saved by hand.")
        assert kept.value.ok
        page.context.close()
        again = visit(cast.facilitator, address)
        assert again.locator("#field-why_tools").input_value() == "Not saved by hand."
        group = again.get_by_role("group", name="Rating for Equipment and technology")
        assert group.get_by_role("radio", name="2, Influenced the work").is_checked()


@pytest.mark.parametrize("size", [WIDE, PHONE, SMALL], ids=["wide", "phone", "small"])
class TestEveryPage:
    def test_of_ratings_is_accessible(self, cast, visit, review, size):
        address = f"/reviews/{review.code}/ratings"
        first, second = visit(cast.facilitator, address, size=size), visit(cast.reviewer, address, size=size)
        accessible(first)
        for page in (first, second):
            page.get_by_role("button", name="Begin").click()
            page.get_by_role("button", name="Save and send").click()
            page.locator("#problems").wait_for()
            accessible(page)
            rate(page, "Equipment and technology", "1, In the background")
            page.get_by_role("button", name="Answer what is not linked: not evident").click()
            page.get_by_role("button", name="Save and send").click()
            page.get_by_text("Rating sheet sent.").wait_for()
            accessible(page)
        second.goto(f"{address}/consensus")
        accessible(second)
        follow(second, second.get_by_role("button", name="Begin the consensus"))
        accessible(second)
        follow(second, second.get_by_role("button", name="Save and send"))
        accessible(second)
        second.goto(f"{address}/consensus")
        accessible(second)
        accessible(visit(cast.analyst, "/factors/agreement", size=size))

    def test_of_factors_is_accessible(self, cast, visit, size):
        page = visit(cast.administrator, "/factors", size=size)
        accessible(page)
        follow(page, page.get_by_role("link", name="Teamwork and handoffs"))
        accessible(page)
        page.goto("/factors/new")
        accessible(page)
        page.get_by_label("Or paste the list").fill("code: juniper")
        page.get_by_role("button", name="Check").click()
        page.locator("#problems").wait_for()
        accessible(page)
