"""Migrations go up and down on both databases, and never lose a row that nobody asked to lose."""

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, make_url
from sqlmodel import Session

from app.core.database import open_engine
from app.importing.marks import Marks
from app.models import metadata
from app.systemic_factors.models import Answer
from tests import factories
from tests.cast import Cast
from tests.conftest import POSTGRES, ROOT

SECOND = '''"""change a parent table

Revision: 0002
Before: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "throwaway"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("review") as batch:
        batch.add_column(sa.Column("weather", sa.String(20), nullable=False, server_default="unknown"))
        batch.alter_column("title", type_=sa.String(200), existing_type=sa.String(120), existing_nullable=False)
    {more}


def downgrade() -> None:
    with op.batch_alter_table("review") as batch:
        batch.alter_column("title", type_=sa.String(120), existing_type=sa.String(200), existing_nullable=False)
        batch.drop_column("weather")
'''
DELETES_A_PARENT = """op.execute("DELETE FROM review WHERE title = 'Review 1'")"""
CHILDREN = ("timeline_event", "key_episode", "factor_link", "rating_sheet", "factor_rating", "team_member", "finding",
            "debrief_session", "debrief_note", "map_condition", "map_influence")  # fmt: skip


@pytest.fixture
def own(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database that this test may migrate up and down. (`engine` only chooses the kind.)"""
    if engine.dialect.name == "sqlite":
        made = open_engine(f"sqlite:///{tmp_path / 'own.db'}")
        yield made
        made.dispose()
        return
    name = f"throughline_{uuid.uuid4().hex[:12]}"
    server = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    made = open_engine(make_url(POSTGRES).set(database=name).render_as_string(hide_password=False))
    yield made
    made.dispose()
    with server.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    server.dispose()


def configured(engine: Engine, folder: Path = ROOT / "migrations") -> Config:
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = engine.url.render_as_string(hide_password=False)
    config.set_main_option("script_location", str(folder))
    return config


def tables(engine: Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names())


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def populate(session: Session, cast: Cast) -> None:
    for number in range(3):
        review = factories.a_review(
            session, cast.pack, cast.harbor_north, lead=cast.facilitator, title=f"Review {number}"
        )
        factories.an_event(session, review)
        factories.a_link(session, factories.an_episode(session, review), cast.factors["workload"])
        factories.an_influence(
            session, *(factories.a_condition(session, review, level=level) for level in ("department", "work"))
        )
        sheet = factories.a_sheet(session, review, rater=cast.facilitator)
        factories.rate(session, sheet, cast.factors["workload"], Answer.STRONG)
        factories.a_note(session, factories.a_debrief(session, review))
        factories.a_finding(session, review)
    session.commit()


def with_a_second_revision(tmp_path: Path, engine: Engine, *, more: str = "pass") -> Config:
    """The migrations of the program, and one more that changes a table which others point to."""
    folder = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    config = configured(engine, folder)
    head = command_head(config)
    (folder / "versions" / "throwaway.py").write_text(SECOND.format(head=head, more=more))
    return config


def command_head(config: Config) -> str:
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head
    return head


class TestUpAndDown:
    def test_the_migrations_make_exactly_the_tables_of_the_models(self, own: Engine) -> None:
        command.upgrade(configured(own), "head")
        command.check(configured(own))
        assert tables(own) == {*metadata.tables, "alembic_version"}

    def test_down_to_the_beginning_leaves_nothing(self, own: Engine) -> None:
        command.upgrade(configured(own), "head")
        command.downgrade(configured(own), "base")
        assert tables(own) == {"alembic_version"}
        with own.connect() as connection:
            assert connection.execute(sa.text("SELECT * FROM alembic_version")).all() == []

    def test_down_and_up_again_is_the_same(self, own: Engine) -> None:
        command.upgrade(configured(own), "head")
        before = {name: sa.inspect(own).get_columns(name) for name in tables(own)}
        command.downgrade(configured(own), "base")
        command.upgrade(configured(own), "head")
        assert str({name: sa.inspect(own).get_columns(name) for name in sorted(before)}) == str(
            {name: before[name] for name in sorted(before)}
        )


class TestChangingATableThatOthersPointTo:
    """On SQLite the table is copied and the old one dropped, which with foreign keys on deletes what points to it."""

    @pytest.fixture
    def populated(self, engine: Engine, session: Session, cast: Cast) -> Iterator[Engine]:
        populate(session, cast)
        session.close()
        yield engine
        with engine.begin() as connection:  # PostgreSQL's database is shared with the tests that follow.
            columns = [column["name"] for column in sa.inspect(connection).get_columns("review")]
            if "weather" in columns:
                connection.execute(sa.text("ALTER TABLE review DROP COLUMN weather"))
            head = command_head(configured(engine))
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :head"), {"head": head})

    def test_the_children_are_there_before_and_after(self, populated: Engine, tmp_path: Path) -> None:
        before = counts(populated)
        assert all(before[name] for name in CHILDREN)
        config = with_a_second_revision(tmp_path, populated)
        command.upgrade(config, "head")
        assert counts(populated) == before
        with populated.connect() as connection:
            assert (
                connection.scalar(sa.text("SELECT count(*) FROM review WHERE weather = 'unknown'")) == before["review"]
            )
        command.downgrade(config, "-1")
        assert counts(populated) == before

    @pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
    def test_without_our_care_the_children_would_be_refused_or_gone(self, populated: Engine, tmp_path: Path) -> None:
        before = counts(populated)
        config = with_a_second_revision(tmp_path, populated)
        careful = tmp_path / "migrations" / "env.py"
        careful.write_text(careful.read_text().replace("foreign_keys=OFF", "foreign_keys=ON"))
        try:
            command.upgrade(config, "head")
        except sa.exc.IntegrityError:
            return
        assert counts(populated) != before

    def test_a_change_that_would_leave_children_behind_is_not_kept(self, populated: Engine, tmp_path: Path) -> None:
        before = counts(populated)
        config = with_a_second_revision(
            tmp_path, populated, more="op.execute(\"DELETE FROM review WHERE title = 'Review 1'\")"
        )
        with pytest.raises((RuntimeError, sa.exc.IntegrityError)):
            command.upgrade(config, "head")
        assert counts(populated) == before
        assert "weather" not in [column["name"] for column in sa.inspect(populated).get_columns("review")]

    def test_foreign_keys_are_on_again_afterwards(self, populated: Engine, tmp_path: Path) -> None:
        command.upgrade(with_a_second_revision(tmp_path, populated), "head")
        with pytest.raises(sa.exc.IntegrityError), populated.begin() as connection:
            connection.execute(sa.text("DELETE FROM review"))


class TestEarlierRaters:
    """Whose sheet it was before it was taken over is told by the trail."""

    def test_are_found_for_the_sheets_there_are(self, own: Engine) -> None:
        command.upgrade(configured(own), "0002")
        with own.begin() as connection:
            _a_sheet_taken_over(connection)
        command.upgrade(configured(own), "0003")
        with own.connect() as connection:
            held = connection.scalars(
                sa.select(sa.column("earlier_rater_ids", sa.JSON)).select_from(sa.table("rating_sheet"))
            )
            assert held.all() == [[1]]
        command.downgrade(configured(own), "0002")
        assert "earlier_rater_ids" not in {column["name"] for column in sa.inspect(own).get_columns("rating_sheet")}


class TestCodesOfRatings:
    """The history of a rating's text is found under its new name, and under the old one after going back."""

    def test_name_the_ratings_and_their_texts(self, own: Engine) -> None:
        command.upgrade(configured(own), "0003")
        with own.begin() as connection:
            _a_sheet_taken_over(connection, earlier_rater_ids=[])
            _put(connection, "factor", {"id": 7, "pack_id": 1, "key": "tools"})
            _put(connection, "factor_rating", {"id": 5, "sheet_id": 1, "factor_id": 7, "rated_at": THEN})
            _put(connection, "text_version", {"id": 1, "kind": "FactorRating", "code": "1.7", "at": THEN})
        command.upgrade(configured(own), "0004")
        with own.connect() as connection:
            code = connection.scalar(sa.text("SELECT code FROM factor_rating"))
            assert code.startswith("A-")
            assert connection.scalar(sa.text("SELECT code FROM text_version")) == code
        command.downgrade(configured(own), "0003")
        with own.connect() as connection:
            assert connection.scalar(sa.text("SELECT code FROM text_version")) == "1.7"


THEN = datetime(2026, 11, 1, tzinfo=UTC)


def _a_sheet_taken_over(connection: sa.Connection, **more: Any) -> None:
    """Person 1 began the sheet S1, person 2 took it over."""
    _put(connection, "agency", {"id": 1, "code": "A", "name": "Juniper County", "short_name": "Juniper"})
    _put(connection, "person", {"id": 1, "code": "P1", "agency_id": 1, "email": "one@example.org"})
    _put(connection, "person", {"id": 2, "code": "P2", "agency_id": 1, "email": "two@example.org"})
    _put(connection, "org_unit", {"id": 1, "code": "O", "agency_id": 1, "kind": "office", "name": "Harbor North"})
    _put(connection, "taxonomy_pack", {"id": 1, "code": "T", "agency_id": 1, "version": "1", "loaded_at": THEN})
    _put(connection, "incident", {"id": 1, "code": "I", "agency_id": 1, "office_id": 1, "opened_at": THEN})
    owned = {"agency_id": 1, "office_id": 1, "incident_id": 1, "pack_id": 1}
    _put(connection, "review", {"id": 1, "code": "R", **owned, "stage": "in_analysis", "opened_on": THEN.date()})
    sheet = {"id": 1, "code": "S1", "review_id": 1, "round": "independent", "rater_id": 2, "started_at": THEN}
    _put(connection, "rating_sheet", {**sheet, **more})
    _put(connection, "trail_entry", {"id": 1, "who": "P1", "did": "begin rating sheet", "code": "S1", "at": THEN})
    _put(connection, "trail_entry", {"id": 2, "who": "P2", "did": "take over rating sheet", "code": "S1", "at": THEN})


def _put(connection: sa.Connection, name: str, row: dict[str, Any]) -> None:
    """Store a row in a table as it is at this revision, with something in every other required column."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
    filled = {column.name: _something(column) for column in table.columns if not column.nullable}
    connection.execute(table.insert().values({**filled, **row}))


def _something(column: sa.Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, sa.JSON):
        return []
    if isinstance(kind, sa.Boolean):
        return False
    return 0 if isinstance(kind, (sa.Integer, sa.Float)) else ""


class TestMarksOfImportedRows:
    """Marks take the place of the numbers of files, and nothing that was said about a waiting file stays."""

    def test_rows_are_known_again_and_their_numbers_are_gone(self, own: Engine) -> None:
        command.upgrade(configured(own), "0006")
        with own.begin() as connection:
            _a_sheet_taken_over(connection)
            connection.execute(sa.text("UPDATE review SET import_key = 'A-17'"))
            for key, status in ((1, "done"), (2, "waiting")):
                batch = {"id": key, "code": f"B{key}", "agency_id": 1, "status": status, "created_at": THEN}
                _put(connection, "import_batch", {**batch, "counts": {"new": 1}})
                row = {"id": key, "batch_id": key, "fingerprint": "f" * 64, "said": "“Jane” in “type”"}
                _put(connection, "imported_row", row)
        command.upgrade(configured(own), "0007")
        with own.connect() as connection:
            marks = Marks(str(connection.scalar(sa.text("SELECT secret FROM import_secret WHERE agency_id = 1"))))
            assert connection.scalar(sa.text("SELECT import_key FROM review")) == marks.of_id("A-17")
            rows = connection.execute(sa.text("SELECT batch_id, fingerprint FROM imported_row")).all()
            assert rows == [(1, marks.of_id("f" * 64))]
            counts = sa.text("SELECT counts FROM import_batch WHERE status = 'waiting'")
            assert connection.scalar(counts) in ("{}", {})
        command.downgrade(configured(own), "0006")
        assert "import_secret" not in tables(own)
