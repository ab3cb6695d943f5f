"""The home page of each role, and help that everyone can read."""

from datetime import date

import pytest

from app.home import queries
from app.home.routes import HELP_PAGES
from app.reflections.desk.models import Danger, Status
from app.reviews.models import Stage
from tests.conftest import words
from tests.factories import a_debrief, a_reflection, a_review
from tests.patterns.county import a_small_county


class TestHome:
    def test_shows_a_facilitator_the_next_step_of_each_open_review(self, session, cast, browse):
        a_review(
            session,
            cast.pack,
            cast.harbor_north,
            lead=cast.facilitator,
            stage=Stage.LISTENING,
            title="Handoff at night",
        )
        a_review(
            session, cast.pack, cast.harbor_north, lead=cast.facilitator, stage=Stage.CONCLUDED, title="Ended long ago"
        )
        a_review(session, cast.pack, cast.harbor_north, lead=cast.second_facilitator, title="Somebody else's")
        session.commit()
        shown = words(browse(cast.facilitator).get("/").text)
        assert "Handoff at night" in shown
        assert "Invite those who were involved, or say why no one could be heard." in shown
        assert "Ended long ago" not in shown
        assert "Somebody else's" not in shown

    def test_lists_the_latest_debriefs_of_ones_own_reviews(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
        a_debrief(session, review)
        session.commit()
        assert "Latest debriefs" in words(browse(cast.facilitator).get("/").text)
        assert "Latest debriefs" not in words(browse(cast.second_facilitator).get("/").text)

    def test_tells_someone_without_records_what_they_can_do(self, cast, browse):
        assert "What you can do here" in words(browse(cast.chief).get("/").text)

    def test_tells_a_responder_what_waits_at_the_desk(self, session, cast, browse):
        assert "Nothing waits for you at the desk." in words(browse(cast.responder).get("/").text)
        read = {"read_on": date(2026, 11, 2)}
        decided = {**read, "danger": Danger.NONE}
        for more in ({}, {}, read, decided, {**decided, "status": Status.READ, "drafted_by": cast.responder.code}):
            a_reflection(session, cast.agency, **more)
        session.commit()
        shown = words(browse(cast.responder).get("/").text)
        assert "2 are not read yet 1 waits for the decision about urgent danger 2 were read and have no answer" in shown
        assert "second reader" not in shown
        assert "1 waits for you as the second reader" in words(browse(cast.second_responder).get("/").text)
        assert "not read yet" not in words(browse(cast.facilitator).get("/").text)

    def test_sends_a_stranger_to_sign_in(self, browse, cast):
        answer = browse(None).get("/", follow_redirects=False)
        assert answer.headers["location"] == "/sign-in?next=/"


class TestHelp:
    @pytest.mark.parametrize("name", HELP_PAGES)
    def test_is_open_to_everyone(self, browse, cast, name):
        assert browse(None).get(f"/help/{name}").status_code == 200

    def test_an_unknown_page_is_not_found(self, browse, cast):
        assert browse(None).get("/help/nothing").status_code == 404

    def test_explains_the_words_of_patterns_where_a_page_leads_to(self, browse):
        html = browse(None).get("/help/method").text
        assert 'id="trends"' in html
        for term in ("Times expected (lift)", "Association (phi)", "Explained by depth of review", "Usual variation"):
            assert f"<dt>{term}</dt><dd>" in html


class TestARoleWithoutRecords:
    def test_is_told_what_is_not_here_yet(self, cast, browse):
        for viewer, told in ((cast.counsel, "the disclosure log"), (cast.chief, "record reader of your division")):
            shown = words(browse(viewer).get("/").text)
            assert "What is not here yet" in shown
            assert told in shown
        assert "What is not here yet" not in words(browse(cast.record_chief).get("/").text)

    def test_is_told_why_a_page_is_not_for_them(self, cast, browse):
        refused = browse(cast.chief).get("/patterns/heatmap")
        assert refused.status_code == 403
        assert "when the agency makes them a record reader" in words(refused.text)
        refused = browse(cast.counsel).get("/people")
        assert "This page is for these roles: Administrator. Yours: Counsel." in words(refused.text)

    def test_names_chiefs_where_some_may_read(self, cast, browse):
        told = words(browse(cast.facilitator).get("/patterns/heatmap").text)
        roles = "Risk Management, CQI analyst, Division chief who reads records"
        assert f"This page is for these roles: {roles}. Yours: Facilitator." in told


class TestAnUnknownAddress:
    def test_keeps_the_menu_of_whoever_is_signed_in(self, cast, browse):
        answer = browse(cast.facilitator).get("/nothing/here")
        assert answer.status_code == 404
        assert "Your account, Dana F" in words(answer.text)

    def test_tells_nobody_else_anything(self, cast, browse):
        answer = browse(None).get("/nothing/here")
        assert answer.status_code == 404
        assert "Your account" not in answer.text


class TestWhatKeepsComingBack:
    def test_is_counted_once_until_a_review_changes(self, session, cast, browse, monkeypatch):
        county = a_small_county(session, cast)
        counted = []
        heatmap = queries.heatmap
        monkeypatch.setattr(queries, "heatmap", lambda *given, **more: counted.append(1) or heatmap(*given, **more))
        client = browse(cast.analyst)
        shown = [words(client.get("/").text) for _ in range(2)]
        assert "What keeps coming back" in shown[0]
        assert shown[0] == shown[1]
        assert len(counted) == 1
        county["F1"].stage = Stage.WITHDRAWN
        session.add(county["F1"])
        session.commit()
        client.get("/")
        assert len(counted) == 2
