"""Signing in, staying signed in, and forms that only our own pages can send."""

import re
from datetime import UTC, datetime

import time_machine
from sqlmodel import select

from app.audit.models import TrailEntry
from app.identity import actions
from tests.conftest import words

PASSWORD = "every river knows the rain"


def _give_password(session, viewer):
    person = session.merge(viewer.person)
    person.password_hash = actions.hasher().hash(PASSWORD)
    session.add(person)
    session.commit()


def _sign_in(client, email, password, next_address="/healthz"):
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/sign-in").text).group(1)
    return client.post(
        "/sign-in",
        data={"form_token": token, "email": email, "password": password, "next": next_address},
        follow_redirects=False,
    )


class TestSigningIn:
    def test_the_right_password_opens_a_session_and_leaves_a_line(self, session, cast, browse):
        _give_password(session, cast.facilitator)
        client = browse(None)
        assert _sign_in(client, cast.facilitator.person.email, PASSWORD).status_code == 303
        assert client.get("/sign-in", follow_redirects=False).status_code == 303
        assert "sign in" in [row.did for row in session.exec(select(TrailEntry))]

    def test_a_wrong_password_says_the_same_as_an_unknown_address(self, session, cast, browse):
        _give_password(session, cast.facilitator)
        client = browse(None)
        known = words(_sign_in(client, cast.facilitator.person.email, "something else").text)
        unknown = words(_sign_in(client, "nobody@example.org", "something else").text)
        assert "do not belong together" in known
        assert known.replace(cast.facilitator.person.email, "") == unknown.replace("nobody@example.org", "")

    def test_after_several_wrong_passwords_even_the_right_one_waits(self, session, cast, browse):
        _give_password(session, cast.facilitator)
        client = browse(None)
        for _ in range(5):
            _sign_in(client, cast.facilitator.person.email, "something else")
        assert "Wait a few minutes" in words(_sign_in(client, cast.facilitator.person.email, PASSWORD).text)

    def test_it_never_leads_to_another_site(self, session, cast, browse):
        _give_password(session, cast.facilitator)
        for elsewhere in ("//example.org", "https://example.org", "/\\example.org"):
            answer = _sign_in(browse(None), cast.facilitator.person.email, PASSWORD, elsewhere)
            assert answer.headers["location"] == "/"


class TestASession:
    def test_ends_after_half_an_hour_without_use(self, cast, browse):
        with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as clock:
            client = browse(cast.facilitator)
            clock.shift(29 * 60)
            assert client.post("/session", headers={"X-Form-Token": client.form_token}).status_code == 204
            clock.shift(29 * 60)
            assert client.post("/session", headers={"X-Form-Token": client.form_token}).status_code == 204
            clock.shift(31 * 60)
            assert client.post("/session", headers={"X-Form-Token": client.form_token}).status_code == 401

    def test_ends_when_signing_out(self, cast, browse):
        client = browse(cast.facilitator)
        client.submit("/sign-out")
        assert client.post("/session").status_code == 401


class TestAForm:
    def test_without_the_hidden_token_is_refused(self, cast, browse):
        client = browse(cast.facilitator)
        assert client.post("/sign-out").status_code == 403
        assert client.post("/sign-out", data={"form_token": "guess"}).status_code == 403

    def test_from_another_site_is_refused_even_with_the_token(self, cast, browse):
        client = browse(cast.facilitator)
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://example.org"}, {"origin": "null"}):
            assert client.submit("/sign-out", headers=headers).status_code == 403
