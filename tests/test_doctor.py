"""Each thing that can be wrong with an installation is made wrong for real, and is said."""

import io
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import Engine, text
from sqlmodel import Session
from typer.testing import CliRunner

from app import doctor
from app.audit import trail
from app.cli import main
from app.core.clock import now
from app.core.database import open_engine
from app.core.settings import Settings, settings
from app.doctor import Remark, examine, show
from app.identity.models import Agency, Role, RoleHeld
from tests.cast import Cast, a_pack
from tests.conftest import migrate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A migrated database file in a folder of its own, readable by its owner only."""
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "throughline.db"
    migrate(f"sqlite:///{file}")
    file.chmod(0o600)
    return file


def said(state: str, remarks: list[Remark] | object) -> str:
    return " ".join(remark.sentence for remark in remarks if remark.state == state)  # type: ignore[attr-defined]


def of(path: Path | str, **more: object) -> list[Remark]:
    return examine(Settings(database_url=f"sqlite:///{path}", **more))  # type: ignore[arg-type]


def of_engine(engine: Engine, **more: object) -> list[Remark]:
    return examine(Settings(database_url=engine.url.render_as_string(hide_password=False), **more))  # type: ignore[arg-type]


class TestAGoodInstallation:
    def test_nothing_is_wrong(self, engine: Engine, cast: Cast, session: Session) -> None:
        session.add(RoleHeld(person_id=cast.outsider.id, role=Role.ADMINISTRATOR))
        a_pack(session, session.get_one(Agency, cast.outsider.agency_id))
        session.commit()
        if engine.dialect.name == "sqlite":
            for file in Path(str(engine.url.database)).parent.glob("test.db*"):
                file.chmod(0o600)
        remarks = of_engine(engine, https=True)
        assert said("wrong", remarks) == ""
        assert said("ok", remarks).count("up to date") == 1


class TestFilesAndFolders:
    def test_no_database(self, tmp_path: Path) -> None:
        assert "Run `throughline migrate`" in said("wrong", of(tmp_path / "none.db"))
        assert not (tmp_path / "none.db").exists()

    def test_no_folder(self, tmp_path: Path) -> None:
        assert "does not exist" in said("wrong", of(tmp_path / "nowhere" / "none.db"))

    def test_a_folder_that_cannot_be_written(self) -> None:
        assert "cannot be written" in said("wrong", doctor.about_folder(Path("/proc/self")))

    def test_a_file_that_everyone_can_read(self, path: Path) -> None:
        assert "Every account" not in said("wrong", of(path))
        path.chmod(0o644)
        assert f"can read {path}. Run `chmod 600`" in said("wrong", of(path))

    def test_little_space(self, tmp_path: Path) -> None:
        free = shutil.disk_usage(tmp_path).free
        assert "Make room soon" in said("look", doctor.about_disk(tmp_path, least=2 * free, needed=1))
        assert "before a save is refused" in said("wrong", doctor.about_disk(tmp_path, least=2 * free, needed=2 * free))

    def test_no_static_files(self, tmp_path: Path, path: Path) -> None:
        remarks = examine(Settings(database_url=f"sqlite:///{path}"), static=tmp_path)
        assert "app.css, app.js not found" in said("wrong", remarks)

    def test_a_damaged_file(self, path: Path) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        with path.open("r+b") as file:
            file.seek(-4096, 2)
            file.write(b"\xff" * 4096)
        assert "restore the last backup" in said("wrong", of(path))

    def test_a_row_that_points_nowhere(self, path: Path) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("INSERT INTO role_held VALUES (77, 'reviewer')")
        connection.close()
        assert "1 rows point to rows that are gone" in said("wrong", of(path))


class TestTheFolderOfTheBox:
    def test_without_one_nothing_is_wrong(self, path: Path) -> None:
        assert "THROUGHLINE_EXCHANGE is not set" in said("ok", of(path))

    def test_one_that_is_missing_or_cannot_be_written(self, path: Path, tmp_path: Path) -> None:
        assert "no answer leaves" in said("wrong", of(path, exchange=tmp_path / "nowhere"))
        assert "cannot be written" in said("wrong", doctor.about_exchange(Path("/proc/self")))

    def test_one_that_everyone_can_use(self, path: Path, tmp_path: Path) -> None:
        folder = tmp_path / "exchange"
        folder.mkdir()
        folder.chmod(0o777)
        assert f"can put a key of its own into {folder}" in said("wrong", of(path, exchange=folder))
        folder.chmod(0o2770)
        assert f"can pass through {folder}" in said("ok", of(path, exchange=folder))


class TestTheDatabase:
    def test_one_that_does_not_answer(self) -> None:
        nobody_listens = Settings(database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
        assert "cannot be read" in said("wrong", examine(nobody_listens))

    def test_one_that_is_not_migrated(self, tmp_path: Path) -> None:
        sqlite3.connect(tmp_path / "empty.db").close()
        (tmp_path / "empty.db").touch()
        assert "Run `throughline migrate`" in said("wrong", of(tmp_path / "empty.db"))

    def test_sqlite_without_its_settings(self, path: Path) -> None:
        engine = open_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN")
            found = said("wrong", doctor.about_sqlite(connection))
        engine.dispose()
        assert "synchronous is 1, not 2; foreign_keys is 0, not 1" in found

    def test_postgresql_that_does_not_wait_for_the_disk(self, postgres_engine: Engine) -> None:
        with postgres_engine.connect() as connection:
            assert said("wrong", doctor.about_postgresql(connection)) == ""
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            assert "synchronous_commit is off" in said("wrong", doctor.about_postgresql(connection))


class TestSettings:
    def test_python_that_is_too_old(self) -> None:
        assert "Install Python 3.11" in said("wrong", doctor.about_python((3, 10)))

    def test_http(self, path: Path) -> None:
        assert "THROUGHLINE_HTTPS is off" in said("look", of(path, https=False))
        assert "THROUGHLINE_HTTPS" not in said("look", of(path, https=True))

    def test_the_demonstration_before_an_agency_that_is_not_made_up(
        self, engine: Engine, cast: Cast, session: Session
    ) -> None:
        assert "sign-in page names whom" in said("look", of_engine(engine, demo=True))
        cast.agency.made_up = False
        session.add(cast.agency)
        session.commit()
        assert "Juniper is not made up" in said("wrong", of_engine(engine, demo=True))
        assert "not made up" not in said("wrong", of_engine(engine, demo=False))

    def test_a_clock_that_runs_behind_the_trail(self, engine: Engine, cast: Cast, session: Session) -> None:
        trail.record(session, "look ahead", by=cast.analyst)
        session.flush()
        session.execute(text("UPDATE trail_entry SET at = :at"), {"at": str(now() + timedelta(days=2))})
        session.commit()
        assert "The clock says" in said("wrong", of_engine(engine))


class TestPeopleAndFactors:
    def test_an_agency_without_an_administrator(self, engine: Engine, cast: Cast) -> None:
        found = said("wrong", of_engine(engine))
        assert "Willow has no administrator" in found
        assert "Juniper has no administrator" not in found

    def test_an_agency_without_factors(self, engine: Engine, cast: Cast) -> None:
        assert "Willow has no list of systemic factors" in said("wrong", of_engine(engine))

    def test_no_agency(self, engine: Engine) -> None:
        assert "no agency yet" in said("wrong", of_engine(engine))


class TestTheCommand:
    def test_it_says_every_line_and_ends_with_1_when_something_is_wrong(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("THROUGHLINE_DATABASE_URL", f"sqlite:///{path}")
        settings.cache_clear()
        try:
            result = CliRunner().invoke(main, ["doctor"])
        finally:
            settings.cache_clear()
        assert result.exit_code == 1
        assert "no agency yet" in result.output

    def test_serving_does_not_begin_on_tables_of_another_version(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        empty = tmp_path / "empty.db"
        empty.touch()
        monkeypatch.setenv("THROUGHLINE_DATABASE_URL", f"sqlite:///{empty}")
        settings.cache_clear()
        try:
            result = CliRunner().invoke(main, ["serve"])
        finally:
            settings.cache_clear()
        assert result.exit_code == 1
        assert "Run `throughline migrate`." in result.output

    def test_good_news_ends_in_words(self) -> None:
        told = io.StringIO()
        show([Remark("ok", "All [well].")], Console(file=told))
        assert told.getvalue() == "ok    All [well].\nNothing is wrong.\n"
