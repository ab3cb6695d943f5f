"""Logging, writing down and reading back a debrief on a phone."""

from playwright.sync_api import expect
from sqlmodel import select

from app.debriefs.models import DebriefNote, DebriefSession
from app.reviews.models import Stage
from tests.browser.conftest import PHONE, SMALL, WIDE, accessible, follow
from tests.factories import a_debrief, a_note, a_review, an_invitation


def _a_listening_review(session, cast):
    review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.LISTENING)
    an_invitation(session, review)
    session.commit()
    return review


def _fill_in_details(page):
    page.get_by_label("Date of the debrief").fill("2026-04-10")
    page.get_by_label("How you met").select_option("phone")
    page.get_by_label("Supervising children's social worker", exact=True).fill("1")
    for words in ("taking part is voluntary", "this is about learning", "how notes are protected"):
        page.get_by_label(words).check()
    page.get_by_label("I went through the text for those present").check()


class TestOnAPhone:
    def test_a_debrief_is_logged_written_down_and_read_back(self, session, cast, visit):
        review = _a_listening_review(session, cast)
        page = visit(cast.facilitator, f"/reviews/{review.code}/debriefs", size=PHONE)
        accessible(page)
        follow(page, page.get_by_role("link", name="Log a debrief").first)
        accessible(page)
        _fill_in_details(page)
        # Only the text for those present is left.
        expect(page.get_by_text("What we say to: staff", exact=True)).to_be_visible()
        expect(page.get_by_text("What we say to: a young person")).to_have_count(0)
        follow(page, page.get_by_role("button", name="Continue to “What the work looked like”"))

        accessible(page)
        page.get_by_label("What they noticed").check()
        page.get_by_label("What was going on around them at the time?").fill("The summary was in another folder.")
        expect(page.locator("#draft-status")).to_contain_text("Draft saved")
        page.get_by_role("button", name="Add note").click()
        # Added without leaving the page: the note stands in the list and the form is empty again.
        expect(page.locator("#so-far")).to_contain_text("The summary was in another folder.")
        expect(page.get_by_label("What was going on around them at the time?")).to_have_value("")
        assert page.evaluate("document.activeElement.textContent").strip() == "Note added."
        accessible(page)

        page.get_by_role("button", name="Add note").click()
        expect(page.locator("#problems")).to_be_focused()

        page.get_by_text("Section 2 of 7").click()
        follow(page, page.get_by_role("link", name="Read back").first)
        accessible(page)
        expect(page.locator(".read-aloud")).to_have_text("The summary was in another folder.")
        follow(page, page.get_by_role("button", name="Everything was read back"))
        accessible(page)
        page.get_by_label("How many learned something").fill("1")
        page.get_by_role("button", name="Save and close").click()
        page.get_by_role("button", name="Finish debrief").click()
        expect(page.get_by_text("Debrief finished.")).to_be_visible()
        accessible(page)

        debrief = session.exec(select(DebriefSession)).one()
        assert debrief.finished_at
        assert debrief.learned_something == 1
        assert session.exec(select(DebriefNote)).one().category == "cue"

    def test_what_was_typed_survives_leaving_the_page(self, session, cast, visit):
        review = _a_listening_review(session, cast)
        debrief = a_debrief(session, review)
        session.commit()
        address = f"/reviews/{review.code}/debriefs/{debrief.code}/parts/helped"
        page = visit(cast.facilitator, address, size=PHONE)
        page.get_by_label("What went well, and what made it possible?").fill("A neighbor called early.")
        expect(page.locator("#draft-status")).to_contain_text("Draft saved")
        again = visit(cast.facilitator, address, size=PHONE)
        expect(again.get_by_label("What went well, and what made it possible?")).to_have_value(
            "A neighbor called early."
        )

    def test_it_works_without_script(self, session, cast, visit):
        review = _a_listening_review(session, cast)
        page = visit(cast.facilitator, f"/reviews/{review.code}/debriefs/new", size=PHONE, script=False)
        expect(page.get_by_text("What we say to: a young person")).to_be_visible()
        _fill_in_details(page)
        page.get_by_role("button", name="Continue to “What the work looked like”").click()
        page.get_by_label("What they knew").check()
        page.get_by_label("What was going on around them at the time?").fill("Two new referrals arrived.")
        page.get_by_role("button", name="Add note").click()
        expect(page.locator("#so-far")).to_contain_text("Two new referrals arrived.")


class TestEveryPage:
    def test_is_accessible_wide_and_small(self, session, cast, visit):
        review = _a_listening_review(session, cast)
        debrief = a_debrief(session, review, roles_present={"scsw": 2, "public_health_nurse": 1}, kind="group")
        note = a_note(session, debrief)
        invitation = an_invitation(session, review, role="youth", response="declined")
        session.commit()
        base = f"/reviews/{review.code}/debriefs"
        own = f"{base}/{debrief.code}"
        for size in (WIDE, SMALL):
            page = visit(cast.facilitator, base, size=size)
            for address in (
                base,
                f"{base}/new",
                f"{base}/why-none",
                f"{base}/invitations/new",
                f"{base}/invitations/{invitation.code}",
                own,
                f"{own}/session",
                f"{own}/parts/conditions",
                f"{own}/parts/ideas",
                f"{own}/parts/care",
                f"{own}/read-back",
                f"{own}/said/{note.code}?back=read-back",
                f"{own}/said/{note.code}/withdraw",
            ):
                page.goto(address)
                accessible(page)
