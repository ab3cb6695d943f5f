"""Signing in by hand, and the pages that everyone sees."""

import pytest

from app.home.routes import HELP_PAGES
from app.identity import actions
from tests.browser.conftest import PHONE, SMALL, WIDE, accessible


class TestSigningIn:
    def test_works_with_the_keyboard_alone_and_without_script(self, session, cast, visit):
        person = session.merge(cast.facilitator.person)
        person.password_hash = actions.hasher().hash("slow green tide tables")
        session.add(person)
        session.commit()
        page = visit(None, "/", script=False)
        page.get_by_label("E-mail address").focus()
        page.keyboard.type(person.email)
        page.keyboard.press("Tab")
        page.keyboard.type("slow green tide tables")
        page.keyboard.press("Enter")
        page.get_by_role("heading", level=1).filter(has_text=person.name).wait_for()


@pytest.mark.parametrize("size", [WIDE, PHONE, SMALL], ids=["wide", "phone", "small"])
class TestEveryonesPages:
    def test_are_accessible(self, cast, visit, size):
        page = visit(None, "/sign-in", size=size)
        accessible(page)
        for name in HELP_PAGES:
            page.goto(f"/help/{name}")
            accessible(page)

    def test_of_each_role_are_accessible(self, cast, visit, size):
        for viewer in (cast.facilitator, cast.risk_manager, cast.chief):
            accessible(visit(viewer, "/", size=size))
        page = visit(cast.administrator, "/people", size=size)
        accessible(page)
        page.goto("/people/new")
        accessible(page)
        page.goto("/account")
        accessible(page)
