"""What someone wrote is there again: after a killed browser, a killed server, a conflict, a removal and a refusal."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest
from playwright.sync_api import Error, expect

from app.core.database import writing
from app.identity import actions
from app.identity.dependencies import cookie_name
from app.reviews.models import Stage
from tests.browser.conftest import CHROMIUM, PHONE, WIDE, accessible, follow, free_port
from tests.factories import a_finding, a_member, a_review, an_episode, an_event, an_incident, an_invitation

TEXT = "Two units worked from two folders. Nobody saw both."


@pytest.fixture
def review(session, cast):
    made = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    a_member(session, made, cast.reviewer)
    an_event(session, made)
    session.commit()
    return made


def signed_in(browser, engine, viewer, address):
    """A page of a browser that the test may kill, or on a server that it may kill."""
    with writing(engine) as session:
        token = actions.start_session(session, viewer.person)
    context = browser.new_context(base_url=address)
    context.add_cookies([{"name": cookie_name(), "value": token, "url": address}])
    return context.new_page()


def draft_saved(page):
    expect(page.locator("#draft-status")).to_contain_text("Draft saved")


class TestADraft:
    def test_survives_a_killed_browser(self, chromium, engine, site, cast, visit, review):
        address = f"/reviews/{review.code}/timeline/events/new"
        doomed = chromium.browser_type.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = signed_in(doomed, engine, cast.facilitator, site)
        page.goto(address)
        page.get_by_label("What happened").fill("A second folder is opened.")
        page.get_by_label("More about it").fill(TEXT)
        page.get_by_label("Source").select_option("debrief")
        page.get_by_role("radio", name="Medium").check()
        page.get_by_label("Learned later").check()
        # The last of the changes is what has to be in the draft.
        with page.expect_response(lambda answer: "learned_later" in (answer.request.post_data or "")) as kept:
            page.get_by_label("Date", exact=True).fill("2026-03-04")
        assert kept.value.ok
        draft_saved(page)
        # All of the browser goes at once; there is no farewell in which it could save.
        with suppress(Error):
            doomed.new_browser_cdp_session().send("Browser.crash")
        assert not doomed.is_connected()

        again = visit(cast.facilitator, address)
        expect(again.get_by_label("What happened")).to_have_value("A second folder is opened.")
        expect(again.get_by_label("More about it")).to_have_value(TEXT)
        expect(again.get_by_label("Source")).to_have_value("debrief")
        expect(again.get_by_role("radio", name="Medium")).to_be_checked()
        expect(again.get_by_label("Learned later")).to_be_checked()
        expect(again.get_by_text("This is your draft")).to_be_visible()

    def test_is_seen_by_its_writer_only(self, cast, visit, review):
        address = f"/reviews/{review.code}/family"
        page = visit(cast.facilitator, address)
        page.get_by_label("The family's perspective").fill(TEXT)
        draft_saved(page)
        expect(visit(cast.reviewer, address).get_by_label("The family's perspective")).to_have_value("")

    def test_can_be_dropped_to_start_over(self, cast, visit, review):
        address = f"/reviews/{review.code}/family"
        page = visit(cast.facilitator, address)
        page.get_by_label("The family's perspective").fill(TEXT)
        draft_saved(page)
        page.goto(address)
        follow(page, page.get_by_role("button", name="Start over"))
        page.goto(address)
        expect(page.get_by_label("The family's perspective")).to_have_value("")

    def test_that_was_saved_says_so_where_the_browser_comes_back_to(self, session, cast, visit, review):
        for _ in range(20):
            a_finding(session, review)
        session.commit()
        page = visit(cast.facilitator, f"/reviews/{review.code}/findings/new")
        page.get_by_role("radio", name="Open question").check()
        page.get_by_label("Statement").fill("The worker failed to call.")
        page.get_by_role("button", name="Save finding").click()
        expect(page.get_by_text("The worker failed to call.")).to_be_in_viewport()
        expect(page.get_by_text("Finding added.")).to_be_in_viewport()
        accessible(page)
        page.get_by_role("link", name="Look at words in what you saved").click()
        expect(page.get_by_role("heading", name="1 place in what you saved")).to_be_in_viewport()

    def test_is_gone_once_the_form_is_saved(self, cast, visit, review):
        address = f"/reviews/{review.code}/findings/new"
        page = visit(cast.facilitator, address)
        page.get_by_role("radio", name="Open question").check()
        page.get_by_label("Statement").fill(TEXT)
        draft_saved(page)
        page.get_by_role("button", name="Save finding").click()
        expect(page.locator("#main")).to_contain_text(TEXT)
        page.goto(address)
        expect(page.get_by_label("Statement")).to_have_value("")

    def test_is_saved_with_a_slow_press_though_the_language_check_has_remarks(self, cast, visit, review):
        page = visit(cast.facilitator, f"/reviews/{review.code}/findings/new")
        page.get_by_role("radio", name="Open question").check()
        page.get_by_label("Statement").fill("The worker failed to call.")
        save = page.get_by_role("button", name="Save finding")
        save.hover()
        # To press the button ends the writing. Remarks that came now would move the button from under the finger.
        page.clock.install()
        page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
        page.mouse.down()
        page.wait_for_timeout(1000)
        page.mouse.up()
        expect(page.get_by_text("Finding added.")).to_be_visible()

    def test_that_is_on_its_way_neither_holds_up_the_form_nor_outlives_it(self, cast, visit, review):
        address = f"/reviews/{review.code}/findings/new"
        page = visit(cast.facilitator, address)
        asked = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

        held = []
        page.route("**/drafts", lambda route: held.append(route))
        with page.expect_request("**/drafts"):
            page.get_by_role("radio", name="Open question").check()
            page.get_by_label("Statement").fill(TEXT)
        page.get_by_role("button", name="Save finding").click()
        held[0].continue_()
        expect(page.locator("#main")).to_contain_text(TEXT)
        page.goto(address)
        expect(page.get_by_label("Statement")).to_have_value("")
        assert not asked


class Server:
    """The site in a process of its own, which can be killed."""

    def __init__(self, engine):
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.command = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory", "--port", str(self.port)]
        self.environment = {**os.environ, "THROUGHLINE_DATABASE_URL": str(engine.url)}

    def start(self):
        self.process = subprocess.Popen([*self.command, "--log-level", "warning"], env=self.environment)
        for _ in range(300):
            try:
                with urlopen(f"{self.address}/healthz", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("The server does not answer.")

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(engine):
    if not CHROMIUM:
        pytest.skip("THROUGHLINE_TEST_CHROMIUM names no browser")
    made = Server(engine)
    made.start()
    yield made
    made.kill()


class TestAKilledServer:
    def test_takes_nothing_with_it_that_was_called_saved(self, engine, chromium, cast, review, server):
        page = signed_in(chromium, engine, cast.facilitator, server.address)
        address = f"/reviews/{review.code}/family"
        page.goto(address)
        page.get_by_label("The family's perspective").fill(TEXT)
        draft_saved(page)
        server.kill()

        # While it is away, the page says that it is not saved, and keeps the text.
        page.get_by_label("The family's perspective").press("End")
        page.keyboard.type(" More to come.")
        expect(page.locator("#draft-status")).to_contain_text("Not saved since")
        server.start()
        page.reload()
        expect(page.get_by_label("The family's perspective")).to_have_value(TEXT)
        page.get_by_role("button", name="Save perspective").click()
        expect(page.locator("#family")).to_contain_text(TEXT)
        page.context.close()

    def test_is_told_of_what_was_typed_while_it_was_away(self, engine, chromium, cast, review, server):
        page = signed_in(chromium, engine, cast.facilitator, server.address)
        page.goto(f"/reviews/{review.code}/family")
        server.kill()
        page.get_by_label("The family's perspective").fill(TEXT)
        expect(page.locator("#draft-status")).to_contain_text("Not saved")
        server.start()
        # It tries again by itself.
        expect(page.locator("#draft-status")).to_contain_text("Draft saved", timeout=60_000)
        page.context.close()


class TestTwoPeople:
    @pytest.mark.parametrize(("choice", "kept"), [("both, mine first", [0, 1]), ("mine", [0]), ("theirs", [1])])
    def test_who_change_the_same_text_see_both_and_choose(self, session, cast, visit, review, choice, kept):
        finding = a_finding(session, review)
        session.commit()
        address = f"/reviews/{review.code}/findings/{finding.code}"
        texts = ("A meeting helps before the file moves.", "A phone call helps before the file moves.")
        first, second = visit(cast.facilitator, address), visit(cast.reviewer, address, script=False)
        first.get_by_label("Statement").fill(texts[1])
        follow(first, first.get_by_role("button", name="Save finding"))
        expect(first.locator("#main")).to_contain_text(texts[1])

        second.get_by_label("Statement").fill(texts[0])
        second.get_by_label("How far it reaches").select_option("agency_wide")
        second.get_by_role("button", name="Save finding").click()
        expect(second.get_by_role("heading", level=1)).to_have_text("Someone else changed this while you were writing")
        for name, own in (("Your text", "meeting"), ("Their text, already saved", "phone call")):
            told = second.get_by_role("region", name=name)
            expect(told.locator("mark")).to_have_text(f"Only in this text: {own} end of what is only in this text.")
            expect(told).to_contain_text("helps before the file moves.")
        second.get_by_role("radio", name=f"Keep {choice}", exact=True).check()
        second.get_by_role("button", name="Save what I chose").click()
        for place, text in enumerate(texts):
            expect(second.get_by_text(text)).to_have_count(1 if place in kept else 0)
        # What only one of them changed is merged.
        expect(second.locator("#main")).to_contain_text("Agency-wide")

    @pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
    def test_can_go_back_to_the_review_from_both_texts(self, session, cast, visit, review, size):
        finding = a_finding(session, review)
        session.commit()
        address = f"/reviews/{review.code}/findings/{finding.code}"
        first, second = visit(cast.facilitator, address), visit(cast.reviewer, address, size=size)
        for page, text in (
            (first, "A meeting helps before the file moves."),
            (second, "A call helps before it moves."),
        ):
            page.get_by_label("Statement").fill(text)
            page.get_by_role("button", name="Save finding").click()
            page.wait_for_load_state()
        expect(second.get_by_role("heading", level=1)).to_have_text("Someone else changed this while you were writing")
        accessible(second)
        expect(
            second.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name=review.code)
        ).to_be_visible()
        second.get_by_role("link", name="Back to the review without saving mine").click()
        expect(second.get_by_role("heading", level=1)).to_have_text(review.title)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
class TestUndo:
    def test_brings_back_what_was_removed(self, session, cast, visit, review, script):
        episode = an_episode(session, review)
        finding = a_finding(session, review)
        session.commit()
        page = visit(cast.facilitator, f"/reviews/{review.code}/episodes/{episode.code}", script=script)
        page.get_by_role("button", name="Remove opportunity").click()
        page.get_by_role("heading", level=1, name=review.title).wait_for()
        expect(page.get_by_role("link", name=episode.title)).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("link", name=episode.title).first).to_be_visible()

        page.goto(f"/reviews/{review.code}/findings/{finding.code}")
        page.get_by_role("button", name="Remove finding").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("A shared moment helps before the file moves.")).to_be_visible()


@pytest.mark.parametrize(("size", "script"), [(WIDE, True), (PHONE, False)], ids=["wide", "phone without script"])
class TestARefusedForm:
    def test_keeps_what_was_typed_into_an_incident(self, cast, visit, size, script):
        page = visit(cast.risk_manager, "/incidents/new", size=size, script=script)
        page.get_by_label("Type of incident").select_option("near_fatality")
        page.get_by_role("checkbox", name="physician").first.check()
        page.get_by_label("What happened, in a few sentences").fill(f"{TEXT}\n\n“Quoted” <b>& more</b>")
        page.get_by_label("Date of the incident").fill("2026-03-02")
        page.get_by_role("group", name="How exactly is this date known?").get_by_role("radio", name="Month").check()
        page.get_by_label("Who told Risk Management").select_option("partner")
        for summary in ("More about the child", "Alleged maltreatment, and what runs at the same time"):
            page.get_by_text(summary, exact=True).click()
        races = page.get_by_role("group", name="Race and ethnicity").get_by_role("checkbox")
        races.nth(0).check()
        races.nth(2).check()
        page.get_by_label("Sex", exact=True).select_option("female")
        page.get_by_role("group", name="Alleged maltreatment").get_by_role("checkbox").nth(1).check()
        page.get_by_role("button", name="Log incident").click()

        expect(page.locator("#problems")).to_be_visible()
        expect(page.locator("#problems")).to_contain_text("Home office: Fill in this field.")
        expect(page.get_by_label("Type of incident")).to_have_value("near_fatality")
        expect(page.get_by_role("checkbox", name="physician").first).to_be_checked()
        expect(page.get_by_label("What happened, in a few sentences")).to_have_value(
            f"{TEXT}\n\n“Quoted” <b>& more</b>"
        )
        expect(page.get_by_label("Date of the incident")).to_have_value("2026-03-02")
        expect(page.get_by_role("radio", name="Month")).to_be_checked()
        expect(page.get_by_label("Who told Risk Management")).to_have_value("partner")
        assert [box.is_checked() for box in races.all()[:4]] == [True, False, True, False]
        expect(page.get_by_label("Sex", exact=True)).to_have_value("female")
        expect(page.get_by_role("group", name="Alleged maltreatment").get_by_role("checkbox").nth(1)).to_be_checked()
        # From the summary of problems one gets to the field.
        page.locator("#problems").get_by_role("link").first.click()
        assert page.evaluate("document.activeElement.id || location.hash").lstrip("#") == "field-office"

    def test_keeps_what_was_typed_into_a_debrief(self, session, cast, visit, size, script):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.LISTENING)
        an_invitation(session, review)
        session.commit()
        page = visit(cast.facilitator, f"/reviews/{review.code}/debriefs/new", size=size, script=script)
        page.get_by_label("How you met").select_option("video")
        page.get_by_label("Length in minutes").fill("45")
        page.get_by_label("Supervising children's social worker", exact=True).fill("2")
        page.get_by_label("this is about learning").check()
        page.get_by_role("button", name="Continue to “What the work looked like”").click()
        expect(page.locator("#problems")).to_be_visible()
        expect(page.get_by_label("How you met")).to_have_value("video")
        expect(page.get_by_label("Length in minutes")).to_have_value("45")
        expect(page.get_by_label("Supervising children's social worker", exact=True)).to_have_value("2")
        expect(page.get_by_label("this is about learning")).to_be_checked()
        expect(page.get_by_label("taking part is voluntary")).not_to_be_checked()

    def test_keeps_what_was_chosen_in_triage(self, session, cast, visit, size, script):
        incident = an_incident(session, cast.harbor_north)
        session.commit()
        page = visit(cast.risk_manager, f"/incidents/{incident.code}/triage", size=size, script=script)
        boxes = page.get_by_role("group", name="Which criteria are met?").get_by_role("checkbox")
        boxes.nth(1).check()
        page.get_by_role("radio", name="Rapid review").check()
        page.get_by_label("Look at it again on").fill("2020-01-01")
        page.get_by_role("button", name="Record decision").click()
        expect(page.locator("#problems")).to_be_visible()
        assert [box.is_checked() for box in boxes.all()[:3]] == [False, True, False]
        expect(page.get_by_role("radio", name="Rapid review")).to_be_checked()
        expect(page.get_by_label("Look at it again on")).to_have_value("2020-01-01")


class TestTheLanguageCheckAfterASave:
    @pytest.mark.parametrize("script", [False, True])
    def test_says_which_words_and_lets_one_be_set_aside(self, cast, visit, review, script):
        page = visit(cast.facilitator, f"/reviews/{review.code}/findings/new", size=PHONE, script=script)
        page.get_by_role("radio", name="Learning point").check()
        page.get_by_label("Statement").fill("The worker failed to call, and they should have known.")
        page.get_by_role("button", name="Save finding").click()
        said = page.get_by_role("region", name="2 places in what you saved could be put otherwise")
        expect(said.locator("strong", has_text="“failed to”")).to_be_visible()
        if script:
            accessible(page)
        said.locator("summary", has_text="“failed to”").click()
        said.get_by_label("Why these words are right here").first.fill("It is a quotation.")
        said.get_by_role("button", name="Keep the words").first.click()
        expect(page.get_by_text("Kept, with your reason.")).to_be_visible()
        one = page.get_by_role("region", name="1 place in what you saved could be put otherwise")
        one.get_by_role("link", name="Change the text").click()
        expect(page.get_by_label("Statement")).to_have_value("The worker failed to call, and they should have known.")
