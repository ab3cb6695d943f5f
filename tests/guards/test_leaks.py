"""What every answer carries, and what no answer or log ever repeats."""

import logging
import re

import pytest
from sqlalchemy import text

from app.core.protection import HEADERS
from tests.factories import a_review

CANARY = "a heron stood on the third pier"


class TestEveryAnswer:
    @pytest.mark.parametrize("path", ["/sign-in", "/help", "/nowhere", "/static/app.css", "/healthz", "/reviews"])
    def test_carries_the_protecting_headers(self, cast, browse, path):
        answer = browse(cast.facilitator).get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert "unsafe" not in answer.headers["Content-Security-Policy"]

    def test_is_not_kept_by_the_browser_unless_it_is_a_fingerprinted_file(self, cast, browse):
        client = browse(cast.facilitator)
        assert client.get("/").headers["cache-control"] == "no-store"
        assert client.get("/static/app.css").headers["cache-control"] == "no-store"
        (address,) = re.findall(r'href="(/static/app.css\?v=[^"]+)"', client.get("/").text)
        assert "immutable" in client.get(address).headers["cache-control"]

    def test_sets_one_cookie_that_script_cannot_read(self, browse, cast):
        answer = browse(None).get("/sign-in")
        (cookie,) = answer.headers.get_list("set-cookie")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie


class TestNarrativeText:
    def test_is_in_no_log_and_no_answer_when_the_database_refuses(self, session, cast, browse, caplog):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        session.commit()
        client = browse(cast.facilitator)
        client._transport.raise_server_exceptions = False
        caplog.set_level(logging.DEBUG)
        session.execute(text("ALTER TABLE timeline_event RENAME TO timeline_gone"))
        session.commit()
        try:
            answer = client.submit(
                f"/reviews/{review.code}/timeline/events/new",
                {
                    "occurred_on": "2026-03-03",
                    "date_precision": "day",
                    "title": CANARY,
                    "kind": "recorded",
                    "source": "case_record",
                    "certainty": "high",
                    "service_area": "investigation",
                },
            )
        finally:
            session.rollback()
            session.execute(text("ALTER TABLE timeline_gone RENAME TO timeline_event"))
            session.commit()
        assert answer.status_code in (500, 503), answer.text[:2000]
        assert CANARY not in answer.text
        assert CANARY not in caplog.text

    def test_is_not_repeated_by_an_answer_about_an_address(self, cast, browse):
        client = browse(cast.facilitator)
        assert CANARY not in client.get(f"/reviews/{CANARY}").text
        assert CANARY not in client.get(f"/nowhere/{CANARY}").text


class TestTooMuch:
    def test_a_body_beyond_the_limit_is_refused_before_it_is_read(self, cast, browse):
        client = browse(cast.facilitator)
        answer = client.post(
            "/drafts", content=b"x", headers={"Content-Length": str(10**9), "X-Form-Token": client.form_token}
        )
        assert answer.status_code == 413
