"""What is remembered of a row after the decision: nothing that stood in its cells."""

import pytest
from sqlmodel import select

from app.importing import actions
from app.importing.keeping import kept_sentences
from app.importing.models import ImportBatch, ImportedRow
from tests.importing.conftest import FILE, HEADER, MAPPING

COLUMNS = ("when", "type", "event type")


class TestASentence:
    @pytest.mark.parametrize(
        ("sentence", "kept"),
        [
            ("The row is empty and is left out.", "The row is empty and is left out."),
            ("“when” is empty. Give the row an id.", "“when” is empty. Give the row an id."),
            ("“Jane Doe” in “type” counts as Other.", "A word in “type” counts as Other."),
            ("“Jane Doe” in “event type” counts as Other.", "A word in “event type” counts as Other."),
            ("“Jane” in “when” Doe” in “type” counts as Other.", "A word in “type” counts as Other."),
            ("“when”: “Jane Doe” is not a date we can read.", "The date in “when” could not be used."),
            ("“when”: “3/4/24” can be March 4 or April 3.", "The date in “when” could not be used."),
            ("The id “Jane” stands also in row 2, with other values.", "A cell could not be used as it is."),
        ],
    )
    def test_loses_what_it_quotes_from_a_cell(self, sentence, kept):
        assert kept_sentences([sentence], COLUMNS) == [kept]

    def test_stands_once(self):
        assert kept_sentences(["“a” in “type” is new.", "“b” in “type” is new."], COLUMNS) == [
            "A word in “type” is new."
        ]


class TestAfterTheImport:
    def test_no_word_of_a_cell_is_kept(self, session, take_in):
        rows = "A8,Jane Doe,Jane Doe,,,,Jane Doe;\nA9,2024-01-01,Jane Doe,,,,Jane Doe;\n"
        mapping = MAPPING.replace("{column: type}", "{column: type, otherwise: other}") + "unknown_values: ignore\n"
        batch = take_in(FILE + rows, mapping, exclude_bad=True)
        assert batch.counts == {"new": 4, "excluded": 1}
        said = session.exec(select(ImportedRow.said).where(ImportedRow.row == 6)).one()
        assert said.startswith("A word in “type” counts as Other. A word in “influences” is no factor")
        assert not [one for one in session.exec(select(ImportedRow.said)) if "Jane" in one]


class TestAfterSettingAside:
    def test_no_row_and_no_name_is_kept(self, session, cast):
        batch = ImportBatch(agency_id=cast.agency.id, file_name="a.csv", file=HEADER.encode(), made={"offices": ["x"]})
        session.add(batch)
        session.flush()
        session.add(ImportedRow(batch_id=batch.id, row=2, outcome="needs_mending", said="“Jane Doe” in “type”"))
        session.flush()
        actions.set_aside(session, batch, by=cast.risk_manager)
        session.commit()
        assert session.exec(select(ImportedRow)).all() == []
        assert batch.made == {}
