"""The small cast, both databases, and clients signed in as somebody.

Every test that uses `engine` (or anything built on it) runs on SQLite and on PostgreSQL. PostgreSQL is the server that
THROUGHLINE_TEST_POSTGRES names; without it those runs are skipped, which CI does not allow.
"""

import os
import re
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import settings
from sqlalchemy import Engine, make_url
from sqlmodel import Session, col, select

from app.core.clock import now
from app.core.database import open_engine, writing
from app.identity import actions
from app.identity.dependencies import cookie_name
from app.identity.models import SignIn
from app.identity.queries import digest
from app.identity.viewers import Viewer
from app.main import create_app
from app.models import metadata
from tests.cast import Cast, KeptCast, a_cast

ROOT = Path(__file__).resolve().parents[1]
# How many examples a property is tried on; a test that needs another number says so. `make assurance` takes many.
settings.register_profile("daily", max_examples=30, deadline=None)
settings.register_profile("assurance", max_examples=3000, deadline=None)
settings.load_profile("daily")

POSTGRES = os.environ.get("THROUGHLINE_TEST_POSTGRES", "")
FIRST_ID = 101
"""Of new rows on PostgreSQL, so that they come after those of the cast, which bring their ids along."""


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves this machine."""
    really_connect = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"A test tried to reach {address}.")
        really_connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def held_clock() -> Iterator[None]:
    """The time stands still: pages say when they were asked for, and a minute may end between two of them."""
    with time_machine.travel(now(), tick=False):
        yield


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to a revision by the migrations."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    command.upgrade(config, revision)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated database, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    engine = open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A database of its own for this test process."""
    if not POSTGRES:
        pytest.skip("THROUGHLINE_TEST_POSTGRES names no server")
    name = f"throughline_{uuid.uuid4().hex[:12]}"
    server = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    url = make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    migrate(url)
    yield url
    with server.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server.dispose()


@pytest.fixture(scope="session")
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        made = open_engine(f"sqlite:///{path}")
        yield made
        made.dispose()
        return
    made = request.getfixturevalue("postgres_engine")
    # A tenth of the time of TRUNCATE, which makes new files for every table.
    with made.begin() as connection:
        connection.exec_driver_sql(
            "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables))
        )
        connection.exec_driver_sql(f"SELECT setval(oid::regclass, {FIRST_ID}, false) FROM pg_class WHERE relkind = 'S'")
    yield made


on_one_database = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For tests of what no database decides."""


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session of the test's own. Commit before a client looks."""
    with Session(engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def cast_kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> KeptCast:
    """The cast as it is stored, made once: making it anew for each test took a third of all the time."""
    path = tmp_path_factory.mktemp("cast") / "cast.db"
    shutil.copy(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    with Session(engine, expire_on_commit=False) as session:
        kept = KeptCast.of(session, a_cast(session))
    engine.dispose()
    return kept


@pytest.fixture
def cast(session: Session, cast_kept: KeptCast) -> Cast:
    """Everyone, stored and committed."""
    return cast_kept.stored_in(session)


class Browser(TestClient):
    """A client without script: follows redirects, and puts the hidden token into every form it sends."""

    form_token = ""

    def submit(self, address: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.post(address, data={"form_token": self.form_token, **(data or {})}, **more)


@pytest.fixture(scope="session")
def app_made_once() -> FastAPI:
    """The site of this test process. A new one takes half a second until all its routes have been built."""
    return create_app(open_engine("sqlite:///never-opened.db"))


@pytest.fixture
def app(app_made_once: FastAPI, engine: Engine) -> FastAPI:
    """The site on the database of the test."""
    app_made_once.state.engine = engine
    return app_made_once


@pytest.fixture
def browse(app: FastAPI, engine: Engine) -> Iterator[Callable[[Viewer | None], Browser]]:
    """`browse(cast.facilitator)` is a client signed in as the facilitator; `browse(None)` is nobody."""
    opened: list[Browser] = []

    def as_whom(viewer: Viewer | None) -> Browser:
        client = Browser(app, base_url="http://testserver")
        if viewer:
            with writing(engine) as session:
                token = actions.start_session(session, viewer.person)
                held = session.exec(select(SignIn).where(col(SignIn.token_hash) == digest(token))).one()
                client.form_token = held.form_token
            client.cookies.set(cookie_name(), token)
        opened.append(client)
        return client

    yield as_whom
    for client in opened:
        client.close()


def words(html: str) -> str:
    """The words of a page on one line, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()
