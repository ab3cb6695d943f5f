"""What is remembered of a row after the decision: nothing that stood in its cells."""

from sqlmodel import select

from app.importing import actions
from app.importing.models import ImportBatch, ImportedRow
from tests.conftest import words
from tests.importing.conftest import FILE, HEADER, MAPPING


class TestWhileTheFileWaits:
    def test_no_word_of_a_cell_is_kept_and_the_page_shows_it_from_the_file(self, session, cast, browse, uploaded):
        row = "A8,Jane Doe,Other,,,,Jane Roe;\n"
        page = uploaded(browse(cast.risk_manager), FILE + row)
        assert "In the file: “Jane Doe”, “Jane Roe”" in words(page.text)
        session.rollback()
        said = session.exec(select(ImportedRow.said).where(ImportedRow.row == 5)).one()
        assert said == (
            "“when”: This is not a date we can read. Write it as 2026-11-22, or leave it empty. "
            "A word in “influences” is no factor of the mapping. Say there which factor it stands for."
        )


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
        session.add(ImportedRow(batch_id=batch.id, row=2, outcome="needs_mending", said="A sentence."))
        session.flush()
        actions.set_aside(session, batch, by=cast.risk_manager)
        session.commit()
        assert session.exec(select(ImportedRow)).all() == []
        assert batch.made == {}
