"""`throughline import`: exit codes, sentences, the report, and that a dry run writes nothing."""

import csv

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from app.cli import main
from app.core import database
from app.core.settings import settings
from app.reviews.models import Review
from tests.core.test_statistics import rows_known
from tests.importing.conftest import BAD_ROW, FILE, MAPPING


@pytest.fixture
def run(engine, session, cast, tmp_path, monkeypatch):
    """`run("--dry-run")` imports a.csv by mapping.yaml for the cast's agency."""
    monkeypatch.setenv("THROUGHLINE_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    settings.cache_clear()
    (tmp_path / "a.csv").write_text(FILE, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    chosen = ["--mapping", str(tmp_path / "mapping.yaml"), "--agency", cast.agency.code]

    def invoke(*options, given=chosen):
        return CliRunner().invoke(main, ["import", str(tmp_path / "a.csv"), *given, *options])

    yield invoke
    monkeypatch.undo()
    settings.cache_clear()


def reviews_in(session):
    session.rollback()
    return len(session.exec(select(Review)).all())


class TestTheCommand:
    def test_imports_and_says_how_many(self, run, session):
        done = run()
        assert (done.exit_code, "3 reviews imported." in done.output) == (0, True)
        assert reviews_in(session) == 3

    def test_lets_the_database_count_what_came_in(self, run, engine, monkeypatch):
        monkeypatch.setattr(database, "FEWEST_ROWS_COUNTED", 1)
        run()
        assert rows_known(engine, "review") == 3

    def test_with_dry_run_reports_every_row_and_writes_nothing(self, run, session, tmp_path):
        done = run("--dry-run", "--report", str(tmp_path / "rows.csv"))
        assert done.exit_code == 0
        rows = list(csv.reader((tmp_path / "rows.csv").read_text(encoding="utf-8-sig").splitlines()))
        assert [row[1:3] for row in rows] == [["row", "outcome"], ["2", "New"], ["3", "New"], ["4", "New"]]
        assert reviews_in(session) == 0

    def test_with_a_row_to_mend_ends_with_1_and_keeps_nothing(self, run, session, tmp_path):
        (tmp_path / "a.csv").write_text(FILE + BAD_ROW, encoding="utf-8")
        refused = run()
        assert (refused.exit_code, "1 row needs mending" in refused.output) == (1, True)
        assert reviews_in(session) == 0
        assert run("--exclude-bad").exit_code == 0
        assert reviews_in(session) == 3

    def test_without_a_mapping_is_not_understood(self, run):
        assert run(given=[]).exit_code == 2

    def test_asks_for_the_agency_where_there_are_several(self, run, tmp_path):
        refused = run(given=["--mapping", str(tmp_path / "mapping.yaml")])
        assert (refused.exit_code, "Say with --agency" in refused.output) == (1, True)

    def test_guesses_a_mapping_once(self, run, tmp_path):
        guess = ["--guess", str(tmp_path / "guessed.yaml")]
        assert run(given=guess).exit_code == 0
        assert "column: influences" in (tmp_path / "guessed.yaml").read_text(encoding="utf-8")
        assert run(given=guess).exit_code == 1
