"""From an incident to a concluded review, with nothing but what a person has: the address, a password and the pages."""

import re

import pytest
from playwright.sync_api import expect

from app.identity import actions
from tests.browser.conftest import PHONE, WIDE, accessible, follow

PASSWORD = "slow green tide tables"


@pytest.fixture
def people(session, cast):
    """Risk Management and the facilitator, who can sign in; nobody rates a second time."""
    cast.agency.second_rater_share = 0
    held = actions.hasher().hash(PASSWORD)
    people = [session.merge(viewer.person) for viewer in (cast.risk_manager, cast.facilitator)]
    for person in people:
        person.password_hash = held
    session.add_all([cast.agency, *people])
    session.commit()
    return people


def sign_in(page, person):
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.name)


def go(page, place, navigation="Main"):
    """Follow a link of a navigation, which a phone with script first has to open."""
    menu = page.get_by_role("button", name="Menu", exact=True)
    if navigation == "Main" and menu.is_visible():
        menu.click()
    follow(page, page.get_by_role("navigation", name=navigation).get_by_role("link", name=place, exact=True))


def sign_out(page):
    menu = page.get_by_role("button", name="Menu", exact=True)
    if menu.is_visible():
        menu.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("heading", level=1, name="Sign in to Throughline").wait_for()


def said(page, sentence):
    expect(page.locator("#messages")).to_contain_text(sentence)


def enter(page, stage, now):
    go(page, "Overview", "This review")
    page.get_by_role("button", name=stage, exact=True).click()
    said(page, f"This review is now: {now}.")


def log_and_open(page, lead, script):
    """Risk Management logs an incident, decides in triage and opens the review."""
    go(page, "Incidents")
    page.get_by_role("link", name="Log an incident").first.click()
    page.get_by_label("Type of incident").select_option("serious_injury")
    page.get_by_label("What happened, in a few sentences").fill("A child fell from a window of the second floor.")
    page.get_by_label("Date of the incident").fill("2026-03-02")
    page.get_by_label("Home office").select_option(label="Harbor North")
    page.get_by_role("button", name="Log incident").click()
    said(page, "Incident logged.")

    page.get_by_role("link", name="Decide in triage").click()
    page.get_by_role("radio", name=re.compile("^Full review")).check()
    page.get_by_label("Why this decision?").fill("Two units held the work in one week.")
    page.get_by_role("button", name="Record decision").click()
    said(page, "Triage decision recorded.")

    page.get_by_role("link", name="Open the review").click()
    page.get_by_label("Lead facilitator").wait_for()
    if script:
        accessible(page)
    page.get_by_label("Title").fill("Handoff between two units")
    page.get_by_label("Purpose").fill("Learn how a case is handed over in a busy week.")
    page.get_by_label("Lead facilitator").select_option(label=lead.name)
    page.get_by_role("button", name="Open review").click()
    said(page, "Review opened.")


def listen(page):
    """The facilitator invites someone and logs a short debrief."""
    go(page, "Debriefs", "This review")
    page.get_by_role("link", name="Add invitation").first.click()
    page.get_by_label("Role invited").select_option("emergency_response_csw")
    page.get_by_label("Date of the invitation").fill("2026-04-01")
    page.get_by_role("radio", name="Accepted").check()
    page.get_by_role("button", name="Save invitation").click()
    enter(page, "Go to listening", "listening")

    go(page, "Debriefs", "This review")
    page.get_by_role("link", name="Log a debrief").first.click()
    page.get_by_label("Date of the debrief").fill("2026-04-10")
    page.get_by_label("How you met").select_option("in_person")
    page.get_by_label("Emergency response children's social worker", exact=True).fill("1")
    for words in ("taking part is voluntary", "this is about learning", "how notes are protected"):
        page.get_by_label(words).check()
    page.get_by_label("I went through the text for those present").check()
    page.get_by_role("button", name="Continue to “What the work looked like”").click()
    page.get_by_label("What they noticed").check()
    page.get_by_label("What was going on around them at the time?").fill("The file came on a Friday evening.")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("#so-far")).to_contain_text("The file came on a Friday evening.")


def put_in_order(page):
    """An event, one episode of each kind, a factor with its evidence, and the family's perspective."""
    go(page, "Timeline and factors", "This review")
    page.get_by_role("link", name="Add event").first.click()
    page.get_by_label("What happened").fill("The case moves to ongoing services.")
    page.get_by_label("Date", exact=True).fill("2026-02-20")
    page.get_by_role("radio", name=re.compile("^Recorded")).check()
    page.get_by_label("Source").select_option("case_record")
    page.get_by_role("group", name="Certainty").get_by_role("radio").first.check()
    page.get_by_role("button", name="Save event").click()

    page.get_by_role("link", name="Add opportunity").click()
    page.get_by_label("Title").fill("The safety plan stayed with the first unit.")
    page.get_by_label("What happened").fill("The plan was not part of what was handed over.")
    page.get_by_label("The case moves to ongoing services.").check()
    page.get_by_role("button", name="Save opportunity").click()

    page.get_by_role("link", name="Link a factor").click()
    page.get_by_label("Factor", exact=True).select_option("teamwork")
    page.get_by_role("radio", name=re.compile("^Hindered")).check()
    page.get_by_label("Evidence").fill("Both units said that no meeting was planned.")
    page.get_by_label("Event on the timeline").select_option(index=1)
    page.get_by_label("Note from a debrief").select_option(index=1)
    page.get_by_role("button", name="Save link").click()
    expect(page.locator("#panel")).to_contain_text("Both units said that no meeting was planned.")

    page.get_by_role("link", name="Add practice").click()
    page.get_by_label("Title").fill("The neighbor was asked to help.")
    page.get_by_label("What happened").fill("A worker asked who else the family trusts.")
    page.get_by_label("What made it possible").fill("Time for a second visit.")
    page.get_by_role("button", name="Save practice").click()

    page.get_by_role("link", name="Add perspective").click()
    page.get_by_label("The family's perspective").fill("The mother did not know whom to call.")
    page.get_by_role("button", name="Save perspective").click()
    expect(page.locator("#family")).to_contain_text("The mother did not know whom to call.")


def rate(page):
    go(page, "Ratings", "This review")
    page.get_by_role("button", name="Begin").click()
    row = page.get_by_role("group", name="Rating for Teamwork and handoffs")
    row.get_by_role("radio", name="3, Strong influence").check()
    page.locator("#field-why_teamwork").fill("Nobody had the task of calling the other unit.")
    page.get_by_role("button", name="Answer what is not linked: not evident").click()
    page.get_by_role("button", name="Save and send").click()
    page.get_by_text("Rating sheet sent.").wait_for()


def find(page):
    go(page, "Findings", "This review")
    page.get_by_role("link", name="Add finding").first.click()
    page.get_by_role("radio", name=re.compile("^Learning point")).check()
    page.get_by_label("Statement").fill("A planned meeting carries what a file cannot.")
    page.get_by_role("button", name="Save finding").click()
    expect(page.locator("#main")).to_contain_text("A planned meeting carries what a file cannot.")


WRITTEN = (
    "Learn how a case is handed over in a busy week.",
    "The case moves to ongoing services.",
    "The safety plan stayed with the first unit.",
    "Both units said that no meeting was planned.",
    "The neighbor was asked to help.",
    "Time for a second visit.",
    "The mother did not know whom to call.",
    "A planned meeting carries what a file cannot.",
)


@pytest.mark.timeout(600)
class TestFromAnIncidentToTheConclusion:
    @pytest.mark.parametrize(
        ("size", "script"), [(WIDE, True), (PHONE, False)], ids=["wide with script", "phone without script"]
    )
    def test_two_people_need_nothing_but_the_pages(self, people, visit, size, script):
        risk_manager, facilitator = people
        page = visit(None, "/", size=size, script=script)
        sign_in(page, risk_manager)
        log_and_open(page, facilitator, script)
        sign_out(page)

        sign_in(page, facilitator)
        go(page, "Reviews")
        page.get_by_role("link", name="Handoff between two units").click()
        expect(page.get_by_role("button", name="Go to listening", exact=True)).to_be_disabled()
        page.get_by_role("button", name="I was not involved in this work").click()
        said(page, "Your statement is recorded.")
        listen(page)
        enter(page, "Go to in analysis", "in analysis")
        put_in_order(page)
        rate(page)
        enter(page, "Go to draft", "draft")
        find(page)
        enter(page, "Go to with division", "with division")
        enter(page, "Go to concluded", "concluded")

        go(page, "Report", "This review")
        for sentence in WRITTEN:
            expect(page.get_by_role("article")).to_contain_text(sentence)
        expect(page.get_by_role("region", name="How the factors were rated")).to_contain_text("Teamwork and handoffs")
        # What is concluded is read, not changed.
        go(page, "Timeline and factors", "This review")
        expect(page.get_by_role("link", name="Add event")).to_have_count(0)
