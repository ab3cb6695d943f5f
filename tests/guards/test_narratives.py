"""No story leaves the database unsealed, and nothing that could hold one is kept in a plain column."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment
from sqlalchemy import JSON, Text, exc, text
from sqlmodel import AutoString, select

from app.audit import reading
from app.audit.models import TrailEntry
from app.core.narrative import Narrative, Sealed
from app.models import metadata
from app.reviews.models import Review
from tests.factories import a_review

APP = Path(__file__).resolve().parents[2] / "app"

OPENERS = {"core/narrative.py", "audit/reading.py"}
"""The files that may touch what is inside a seal."""
WITHOUT_A_LINE = {
    "audit/reading.py",
    "writing/texts.py",
    "writing/drafts.py",
    "writing/remarks.py",
    "debriefs/actions.py",
    "exporting/command.py",
}
"""The files that may open a text without leaving a line: reading itself, versions compared while saving, what a writer
themself typed, a withdrawn contribution whose traces are looked for in order to be wiped, and the operator's own
export, which leaves one line for everything."""

PLAIN = {
    "agency.name",
    "agency.department",
    "org_unit.name",
    "person.name",
    "person.email",
    "person.password_hash",
    "trail_entry.did",
    "review.title",
    "taxonomy_pack.name",
    "taxonomy_pack.source",
    "factor.name",
    "factor.definition",
    "saved_mapping.name",
    "saved_mapping.text",
    "import_batch.file_name",
    "import_batch.mapping",
    "imported_row.said",
    "debrief_session.consent_version",
    "imported_row.file",
    "draft.key",
    "dismissed_remark.form_key",
    "review.import_key",
    "saved_view.address",
    "pattern_note.about",
}
"""Plain text columns longer than a code or a listed value, each looked at by a person: labels, addresses and data."""


def _sources():
    files = sorted(APP.rglob("*.py"))
    assert len(files) > 40
    return [(str(file.relative_to(APP)), file.read_text(encoding="utf-8")) for file in files]


class TestColumns:
    def test_that_could_hold_a_story_are_narratives(self):
        long = {
            f"{table.name}.{column.name}"
            for table in metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, (AutoString, Text))
            and not isinstance(column.type, Narrative)
            and (getattr(column.type, "length", None) or 10_000) > 64
        }
        assert long - PLAIN == set()
        assert PLAIN - long == set(), "The list names columns that are gone."

    def test_there_are_many_narratives(self):
        found = [c for table in metadata.sorted_tables for c in table.columns if isinstance(c.type, Narrative)]
        assert len(found) > 25

    def test_lists_in_json_hold_codes_only(self):
        lists = {f"{t.name}.{c.name}" for t in metadata.sorted_tables for c in t.columns if isinstance(c.type, JSON)}
        assert lists == {
            "debrief_session.explained",
            "debrief_session.roles_present",
            "factor.does_not_fit",
            "factor.fits",
            "import_batch.counts",
            "import_batch.excluded",
            "import_batch.made",
            "incident.child_race_ethnicity",
            "incident.concurrent_processes",
            "incident.maltreatment_types",
            "incident.near_fatality_basis",
            "rating_sheet.earlier_rater_ids",
            "saved_view.numbers",
            "sign_in.notices",
            "triage_decision.criteria",
        }


class TestTheSeal:
    def test_is_touched_only_where_it_is_made_and_opened(self):
        touching = {
            name
            for name, source in _sources()
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Attribute) and node.attr == "_text"
        }
        assert touching == OPENERS

    def test_is_opened_without_a_line_only_by_the_few(self):
        openers = {
            name
            for name, source in _sources()
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call)
            and (getattr(node.func, "id", "") == "opened" or ast.unparse(node.func) == "reading.opened")
        }
        assert openers <= WITHOUT_A_LINE
        assert len(openers) > 1

    def test_no_raw_query_reads_a_narrative(self):
        holding = {
            table.name
            for table in metadata.sorted_tables
            if any(isinstance(column.type, Narrative) for column in table.columns)
        }
        raw, looked_at = [], 0
        for name, source in _sources():
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "text":
                    looked_at += 1
                    named = set(re.findall(r"\w+", " ".join(ast.unparse(argument) for argument in node.args)))
                    raw += [f"{name}: {table}" for table in named & holding]
        assert looked_at > 2
        assert raw == []

    def test_does_not_print(self):
        sealed = Sealed("a secret story")
        assert "secret" not in f"{sealed} {sealed!r}"
        with pytest.raises(TypeError):
            Environment(autoescape=True).from_string("{{ story }}").render(story=sealed)

    def test_comes_out_of_the_database_closed(self, session, cast):
        review = a_review(session, cast.pack, cast.harbor_north, summary="a secret story")
        session.commit()
        session.expire_all()
        found = session.exec(select(Review).where(Review.id == review.id)).one()
        assert isinstance(found.summary, Sealed)


class TestReading:
    def test_leaves_one_line_without_the_text(self, session, cast):
        review = a_review(session, cast.pack, cast.harbor_north, summary="a secret story")
        session.commit()
        session.expire_all()
        told = reading.read_one(session, review, by=cast.risk_manager, part="summary")
        assert told.summary == "a secret story"
        (line,) = session.exec(select(TrailEntry)).all()
        assert (line.did, line.who, line.within) == ("read summary", cast.risk_manager.code, review.code)

    def test_fails_when_the_trail_cannot_be_written(self, session, cast, browse):
        review = a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator, summary="a secret story")
        session.commit()
        session.execute(text("ALTER TABLE trail_entry RENAME TO trail_gone"))
        session.commit()
        try:
            with pytest.raises(exc.DBAPIError):
                reading.read_one(session, review, by=cast.risk_manager)
            session.rollback()
            client = browse(cast.facilitator)
            client._transport.raise_server_exceptions = False
            answer = client.get(f"/reviews/{review.code}")
            assert answer.status_code in (500, 503)
            assert "secret story" not in answer.text
        finally:
            session.rollback()
            session.execute(text("ALTER TABLE trail_gone RENAME TO trail_entry"))
            session.commit()
