"""What the database knows of its tables, on both databases: gathered after migrations, imports and the demo county."""

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from app.cli import main
from app.core import database
from app.core.database import gather_statistics
from app.core.settings import settings
from tests.conftest import on_one_database
from tests.factories import a_review


def rows_known(engine, table):
    """How many rows the database takes the table to have; None where it never looked."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            asked = sa.text("SELECT nullif(reltuples, -1) FROM pg_class WHERE oid = CAST(:name AS regclass)")
            found = connection.execute(asked, {"name": table}).scalar()
            return int(found) if found else None
        if not sa.inspect(connection).dialect.has_table(connection, "sqlite_stat1"):
            return None
        asked = sa.text("SELECT stat FROM sqlite_stat1 WHERE tbl = :name ORDER BY idx")
        found = connection.execute(asked, {"name": table}).scalars().first()
        return int(found.split()[0]) if found else None


def some_reviews(session, cast):
    for _number in range(7):
        a_review(session, cast.pack, cast.harbor_north, lead=cast.facilitator)
    session.commit()


@pytest.fixture
def of_few_rows(monkeypatch):
    """Statistics of small tables are kept too."""
    monkeypatch.setattr(database, "FEWEST_ROWS_COUNTED", 1)


@pytest.mark.usefixtures("of_few_rows")
class TestStatistics:
    def test_are_there_once_they_were_gathered(self, engine, session, cast):
        some_reviews(session, cast)
        assert rows_known(engine, "review") != 7
        gather_statistics(engine)
        assert rows_known(engine, "review") == 7

    def test_are_gathered_with_the_migrations_also_where_nothing_is_to_migrate(
        self, engine, session, cast, monkeypatch
    ):
        monkeypatch.setenv("THROUGHLINE_DATABASE_URL", engine.url.render_as_string(hide_password=False))
        settings.cache_clear()
        some_reviews(session, cast)
        try:
            done = CliRunner().invoke(main, ["migrate"])
        finally:
            monkeypatch.undo()
            settings.cache_clear()
        assert done.exit_code == 0
        assert rows_known(engine, "review") == 7


@on_one_database
def test_a_small_table_is_found_by_its_indexes_as_before(engine, session, cast):
    some_reviews(session, cast)
    gather_statistics(engine)
    assert rows_known(engine, "review") is None
    with engine.connect() as connection:
        asked = "EXPLAIN QUERY PLAN SELECT * FROM sign_in WHERE token_hash = 'x'"
        assert "USING INDEX" in str(connection.exec_driver_sql(asked).all())
