"""Signing in, staying signed in, and forms that only our own pages can send."""

import re
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlmodel import Session, select

from app.audit.models import TrailEntry
from app.core import database
from app.core.database import reading, writing
from app.core.errors import Refused
from app.identity import actions
from app.identity.models import SignInAttempt
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


def _try_wrongly(session: Session, email: str) -> None:
    actions.sign_in(session, email=email, claimed=actions.claim(session, email), right=False)


class TestASignInThatDoesNotSucceed:
    def test_leaves_a_line_without_what_was_typed(self, session, cast, browse):
        _give_password(session, cast.facilitator)
        client = browse(None)
        _sign_in(client, cast.facilitator.person.email, "something else")
        _sign_in(client, "a password in the wrong field", "something else")
        lines = session.exec(select(TrailEntry).where(TrailEntry.did == "sign-in did not succeed")).all()
        assert [(line.who, line.code, line.agency_id) for line in lines] == [
            ("program", cast.facilitator.code, cast.agency.id),
            ("program", "", 0),
        ]
        kept = [
            value
            for row in [*lines, *session.exec(select(SignInAttempt)).all()]
            for value in map(str, row.model_dump().values())
        ]
        assert not [value for value in kept if "@" in value or "wrong field" in value]

    def test_is_forgotten_after_a_day(self, engine, cast):
        with time_machine.travel(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tick=False) as clock:
            with writing(engine) as session:
                _try_wrongly(session, "nobody@example.org")
            clock.shift(timedelta(hours=25))
            with writing(engine) as session:
                _try_wrongly(session, "somebody@example.org")
        with reading(engine) as look:
            assert len(look.exec(select(SignInAttempt)).all()) == 1

    def test_is_forgotten_with_the_next_one_that_does(self, session, cast, browse):
        _give_password(session, cast.facilitator)
        for password in ("something else", PASSWORD):
            _sign_in(browse(None), cast.facilitator.person.email, password)
        assert session.exec(select(SignInAttempt)).all() == []

    def test_is_counted_also_when_two_first_ones_arrive_together(self, engine, cast):
        def once_more() -> None:
            with writing(engine) as session:
                _try_wrongly(session, "nobody@example.org")

        with ThreadPoolExecutor() as another:
            with writing(engine) as session:
                _try_wrongly(session, "nobody@example.org")
                waiting = another.submit(once_more)
                wait([waiting], timeout=0.3)  # Both have seen that there is no attempt yet.
            waiting.result()
        with reading(engine) as look:
            assert look.exec(select(SignInAttempt.count)).one() == 2

    def test_makes_the_others_wait_that_were_checked_meanwhile(self, engine, session, cast):
        _give_password(session, cast.facilitator)
        email = cast.facilitator.person.email
        with reading(engine) as look:
            claimed = actions.claim(look, email)
        for _ in range(4):
            with writing(engine) as writer:
                actions.sign_in(writer, email=email, claimed=claimed, right=False)
        with pytest.raises(Refused), writing(engine) as writer:
            actions.sign_in(writer, email=email, claimed=claimed, right=True)


class TestCheckingAPassword:
    """It is slow by design, so nobody's writing waits for it."""

    @pytest.fixture
    def waited(self, monkeypatch):
        held = []
        for name in ("is_right", "hashed"):
            slow = getattr(actions, name)

            def watched(*given, slow=slow, **more):
                held.append(database._writers.locked())
                return slow(*given, **more)

            monkeypatch.setattr(actions, name, watched)
        return held

    def test_holds_up_nobody(self, session, cast, browse, waited):
        _give_password(session, cast.facilitator)
        _sign_in(browse(None), cast.facilitator.person.email, PASSWORD)
        changed = browse(cast.facilitator).submit("/account", {"present": PASSWORD, "new": "slow green tide tables"})
        assert "Your password is changed." in words(changed.text)
        browse(cast.administrator).submit(
            "/people/new",
            {"name": "Robin T", "email": "robin@example.org", "password": PASSWORD, "roles": ["reviewer"]},
        )
        assert waited == [False, False, False]


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
