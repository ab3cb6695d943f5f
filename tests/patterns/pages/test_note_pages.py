"""Notes on patterns: where they stand, who reads them, and that they are narratives like all others."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from app.audit.models import TrailEntry
from app.core.clock import now
from app.identity.models import Role
from app.patterns.counting.records import Layer
from app.patterns.notes.actions import write_note
from app.patterns.notes.models import PatternNote
from app.patterns.notes.subjects import Subject, subject_in, subject_of
from app.systemic_factors.models import Factor, TaxonomyPack
from tests.conftest import words
from tests.factories import kept
from tests.patterns.county import a_small_county

ABOUT = "/patterns/notes/about"
TEXT = "Two units kept lists of their own."


@pytest.fixture
def client(session, cast, browse):
    a_small_county(session, cast)
    return browse(cast.analyst)


class TestASubject:
    @pytest.mark.parametrize(
        "subject",
        [
            Subject(Layer.HINDERED, ("a",)),
            Subject(Layer.HELPED, ("a", "b", "c")),
            Subject(Layer.HINDERED, ("a",), "office", "X"),
        ],
    )  # fmt: skip
    def test_is_found_again_from_its_line(self, subject):
        assert subject_of(subject.about) == subject

    def test_is_the_same_in_another_order(self):
        one, other = (subject_in(Layer.HINDERED, "office", {"pair": pair}) for pair in ("a.b", "b.a"))
        assert one.about == other.about

    def test_is_none_where_nothing_is_chosen(self):
        assert subject_in(Layer.HINDERED, "office", {"cell": "a"}) is None


class TestANote:
    def test_is_named_by_factors_that_were_retired_since(self, client, session, cast):
        client.submit(f"{ABOUT}?pair=fatigue.tools", {"text": TEXT})
        for key in ("fatigue", "tools"):
            cast.factors[key].retired_at = now()
            session.add(cast.factors[key])
        session.commit()
        told = words(client.get("/patterns/notes").text)
        assert "Fatigue + Equipment and technology" in told
        assert "fatigue + tools" not in told
        about = client.get(f"{ABOUT}?combination=fatigue.tools")
        assert about.status_code == 200
        assert TEXT in about.text

    def test_on_factors_of_another_list_names_them(self, client, session, cast):
        pack = kept(session, TaxonomyPack(agency_id=cast.agency.id, key="other", version="1", name="Another list"))
        kept(session, Factor(pack_id=pack.id, key="weather", name="Weather on the road", domain="team"))
        session.commit()
        client.submit(f"{ABOUT}?factor=weather", {"text": TEXT})
        for page in (client.get("/patterns/notes"), client.get(f"{ABOUT}?factor=weather")):
            assert TEXT in page.text
            assert "Weather on the road" in words(page.text)

    def test_stands_beside_its_pattern_by_role(self, client, session, cast):
        client.submit(f"{ABOUT}?pair=workload.teamwork", {"text": TEXT})
        beside = client.get(f"{ABOUT}?pair=teamwork.workload", headers={"HX-Request": "true"})
        assert TEXT in beside.text
        assert "CQI analyst" in beside.text
        assert cast.analyst.name not in beside.text
        assert "<html" not in beside.text
        assert TEXT not in client.get(f"{ABOUT}?factor=teamwork").text
        panel = client.get("/patterns/connections/list?pair=teamwork.workload").text
        assert re.search(rf'hx-get="{ABOUT}\?[^"]*pair=teamwork.workload', panel)
        did = set(session.exec(select(TrailEntry.did)))
        assert {"write note on a pattern", "read notes on patterns"} <= did
        assert not any(TEXT in line for line in did)

    @pytest.mark.parametrize(
        ("path", "level"), [("factors/teamwork", 2), ("connections/list?pair=teamwork.workload", 3)]
    )
    def test_stands_under_a_heading_of_the_page_it_is_on(self, client, path, level):
        page = BeautifulSoup(client.get(f"/patterns/{path}").text, "html.parser")
        assert page.find(f"h{level}", string="Notes").find_next_sibling()["hx-get"].startswith(ABOUT)
        beside = client.get(f"{ABOUT}?factor=teamwork", headers={"HX-Request": "true"})
        assert not re.search(r"<h\d", beside.text)

    def test_of_an_analyst_who_is_also_administrator_is_told_as_the_analyst_s(self, session, cast):
        both = replace(cast.analyst, roles=frozenset({Role.ADMINISTRATOR, Role.CQI_ANALYST}))
        assert write_note(session, "hindered teamwork", TEXT, by=both).role == Role.CQI_ANALYST

    def test_is_no_report_of_abuse(self, client):
        assert "This is not a report of abuse or neglect." in words(client.get(f"{ABOUT}?factor=teamwork").text)

    def test_is_read_by_the_language_check(self, client):
        answer = client.submit(f"{ABOUT}?factor=teamwork", {"text": "The worker failed to call."})
        assert "could be put otherwise" in answer.text

    def test_is_removed_and_comes_back(self, client, session):
        client.submit(f"{ABOUT}?factor=teamwork", {"text": TEXT})
        code = session.exec(select(PatternNote.code)).one()
        client.submit(f"/patterns/notes/{code}/remove", {})
        assert TEXT not in client.get("/patterns/notes").text
        client.submit(f"/patterns/notes/{code}/put-back", {})
        assert TEXT in client.get("/patterns/notes").text

    def test_is_read_only_by_those_with_the_same_sight(self, client, session, cast, browse):
        client.submit(f"{ABOUT}?factor=teamwork", {"text": TEXT})
        code = session.exec(select(PatternNote.code)).one()
        assert TEXT in browse(cast.risk_manager).get("/patterns/notes").text
        assert browse(cast.risk_manager).submit(f"/patterns/notes/{code}/remove", {}).status_code == 403
        for viewer in (cast.record_chief, cast.outsider):
            assert TEXT not in browse(viewer).get("/patterns/notes").text
            assert browse(viewer).submit(f"/patterns/notes/{code}/remove", {}).status_code == 404
        assert browse(cast.facilitator).get("/patterns/notes").status_code == 403

    def test_asks_for_words_and_for_a_pattern_that_exists(self, client, cast):
        assert client.submit(f"{ABOUT}?factor=teamwork", {"text": " "}).status_code == 422
        for chosen in ("", "?factor=weather", "?pair=teamwork.weather", "?cell=teamwork.nowhere"):
            answer = client.get(ABOUT + chosen)
            assert answer.status_code == 404
            assert 'href="/patterns/heatmap' in answer.text
        assert "Harbor" in words(client.get(f"{ABOUT}?by=division&cell=teamwork.{cast.harbor.code}").text)
        assert re.search(r"<h1>Notes on Teamwork", client.get(f"{ABOUT}?factor=teamwork").text)


def written(client, session, text=TEXT, about="factor=teamwork"):
    """The code of a note that this client writes."""
    client.submit(f"{ABOUT}?{about}", {"text": text})
    return session.exec(select(PatternNote.code).order_by(PatternNote.id.desc())).first()


class TestChangingANote:
    def edit(self, client, code, text, version="1", **more):
        return client.submit(f"/patterns/notes/{code}/edit", {"text": text, "version": version, **more})

    def test_keeps_what_it_said_before(self, client, session):
        code = written(client, session)
        assert TEXT in client.get(f"/patterns/notes/{code}/edit").text
        assert "changed since" not in client.get("/patterns/notes").text
        answer = self.edit(client, code, "Two units kept one list.")
        assert "Note changed." in answer.text
        assert "Two units kept one list." in answer.text
        assert TEXT not in answer.text
        earlier = client.get(f"/patterns/notes/{code}/history").text
        assert "changed since" in client.get("/patterns/notes").text
        assert "lists of their own" in earlier
        assert "<ins>" in earlier
        session.rollback()
        did = set(session.exec(select(TrailEntry.did)))
        assert {"change note on a pattern: text", "read history of a note"} <= did

    def test_is_for_its_writer(self, client, session, cast, browse):
        code = written(client, session)
        manager = browse(cast.risk_manager)
        assert manager.get(f"/patterns/notes/{code}/edit").status_code == 403
        assert self.edit(manager, code, "Another.").status_code == 403
        assert manager.get(f"/patterns/notes/{code}/history").status_code == 200
        for viewer in (cast.record_chief, cast.outsider):
            assert browse(viewer).get(f"/patterns/notes/{code}/edit").status_code == 404
            assert self.edit(browse(viewer), code, "Another.").status_code == 404
            answer = browse(viewer).get(f"/patterns/notes/{code}/history")
            assert answer.status_code == 404
            assert 'href="/patterns/notes">See the notes</a>' in answer.text
        assert browse(cast.facilitator).get(f"/patterns/notes/{code}/edit").status_code == 403
        assert TEXT in client.get("/patterns/notes").text

    def test_asks_for_words(self, client, session):
        code = written(client, session)
        answer = self.edit(client, code, " ")
        assert answer.status_code == 422
        assert 'href="#field-text"' in answer.text

    def test_comes_back_as_it_was_left(self, client, session):
        code = written(client, session)
        address = f"/patterns/notes/{code}/edit"
        client.submit("/drafts", {"draft_key": address, "text": "Half a thought", "version": "1"})
        again = client.get(address).text
        assert "Half a thought" in again
        assert "This is your draft" in again
        self.edit(client, code, "A whole thought")
        assert "This is your draft" not in client.get(address).text

    def test_in_two_windows_shows_both_texts(self, client, session):
        code = written(client, session)
        self.edit(client, code, "From the first window.")
        answer = self.edit(client, code, "From the second window.")
        assert answer.status_code == 409
        assert "<h2>Text</h2>" in answer.text
        assert "From the first window." in answer.text
        assert "From the second window." in answer.text
        theirs = {"choice_text": "both", "theirs_text": "From the first window."}
        kept = self.edit(client, code, "From the second window.", version="2", **theirs)
        assert "From the second window.\n\nFrom the first window." in kept.text.replace("\r", "")

    def test_that_was_removed_is_not_possible(self, client, session):
        code = written(client, session)
        client.submit(f"/patterns/notes/{code}/remove", {})
        assert client.get(f"/patterns/notes/{code}/edit").status_code == 404
        assert self.edit(client, code, "Another.").status_code == 404
        assert client.get(f"/patterns/notes/{code}/history").status_code == 404


class TestManyNotes:
    def test_are_shown_page_by_page_the_newest_first(self, client, session, cast):
        for number in range(23):
            write_note(session, "factor hindered teamwork", f"Thought number {number}.", by=cast.analyst)
        session.commit()
        for address in ("/patterns/notes?", f"{ABOUT}?factor=teamwork&"):
            first, second = client.get(f"{address}page=1").text, client.get(f"{address}page=2").text
            assert "Thought number 22." in first
            assert "Thought number 3." in first
            assert "Thought number 2." not in first
            assert "Older" in words(first)
            assert "Thought number 2." in second
            assert "Thought number 3." not in second
            assert client.get(f"{address}page=none").text.count("Thought number") == first.count("Thought number")
