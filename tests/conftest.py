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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from sqlalchemy import Engine, make_url
from sqlmodel import Session, col, select

from app.core.database import open_engine, writing
from app.identity import actions
from app.identity.dependencies import cookie_name
from app.identity.models import Agency, OrgUnit, OrgUnitKind, Person, Role, RoleHeld, SignIn
from app.identity.queries import digest, viewer_of
from app.identity.viewers import Viewer
from app.main import create_app
from app.models import metadata
from app.systemic_factors.models import Factor, TaxonomyPack

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = os.environ.get("THROUGHLINE_TEST_POSTGRES", "")


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leaves this machine."""
    really_connect = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"A test tried to reach {address}.")
        really_connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


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
        connection.exec_driver_sql("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
    yield made


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session of the test's own. Commit before a client looks."""
    with Session(engine, expire_on_commit=False) as opened:
        yield opened


@dataclass
class Cast:
    """An agency with two divisions and three offices, its list of factors, and one person for each role."""

    agency: Agency
    harbor: OrgUnit
    foothills: OrgUnit
    harbor_north: OrgUnit
    harbor_south: OrgUnit
    foothills_east: OrgUnit
    pack: TaxonomyPack
    factors: dict[str, Factor]
    facilitator: Viewer
    second_facilitator: Viewer
    reviewer: Viewer
    risk_manager: Viewer
    analyst: Viewer
    chief: Viewer
    record_chief: Viewer
    """Chief of Harbor, made a record reader of it."""
    counsel: Viewer
    administrator: Viewer
    outsider: Viewer
    """Risk manager of another agency."""


def a_person(session: Session, agency: Agency, name: str, *roles: Role, **more: Any) -> Viewer:
    person = Person(
        agency_id=agency.id,  # type: ignore[arg-type]
        name=name,
        email=f"{name.lower().replace(' ', '.')}.{agency.id}@example.org",
        password_hash="!",
        **more,
    )
    session.add(person)
    session.flush()
    session.add_all(RoleHeld(person_id=person.id, role=role) for role in roles)  # type: ignore[arg-type]
    session.commit()
    with Session(session.get_bind()) as another:
        viewer = viewer_of(another, person.id)  # type: ignore[arg-type]
    assert viewer
    return viewer


FACTORS = {
    "teamwork": ("Teamwork and handoffs", "team"),
    "workload": ("Demand and resources", "organization_environment"),
    "tools": ("Equipment and technology", "organization_environment"),
    "coordination": ("Interagency coordination", "cross_agency"),
    "fatigue": ("Fatigue", "professional"),
}


def a_pack(session: Session, agency: Agency) -> tuple[TaxonomyPack, dict[str, Factor]]:
    pack = TaxonomyPack(agency_id=agency.id, key="test", version="1", name="Test factors")  # type: ignore[arg-type]
    session.add(pack)
    session.flush()
    factors = {
        key: Factor(pack_id=pack.id, key=key, name=name, domain=domain, position=position)  # type: ignore[arg-type]
        for position, (key, (name, domain)) in enumerate(FACTORS.items())
    }
    session.add_all(factors.values())
    session.commit()
    return pack, factors


@pytest.fixture
def cast(session: Session) -> Cast:
    """Everyone, stored and committed."""
    agency = Agency(name="Juniper County", short_name="Juniper", made_up=True)
    elsewhere = Agency(name="Willow County", short_name="Willow", made_up=True)
    session.add_all([agency, elsewhere])
    session.flush()
    units: dict[str, OrgUnit] = {}
    for name, parent in [
        ("Harbor", None),
        ("Foothills", None),
        ("Harbor North", "Harbor"),
        ("Harbor South", "Harbor"),
        ("Foothills East", "Foothills"),
    ]:
        kind = OrgUnitKind.OFFICE if parent else OrgUnitKind.DIVISION
        unit = OrgUnit(agency_id=agency.id, kind=kind, name=name, parent_id=units[parent].id if parent else None)  # type: ignore[arg-type]
        session.add(unit)
        session.flush()
        units[name] = unit
    pack, factors = a_pack(session, agency)
    made = Cast(
        agency=agency,
        harbor=units["Harbor"],
        foothills=units["Foothills"],
        harbor_north=units["Harbor North"],
        harbor_south=units["Harbor South"],
        foothills_east=units["Foothills East"],
        pack=pack,
        factors=factors,
        facilitator=a_person(session, agency, "Dana F", Role.FACILITATOR),
        second_facilitator=a_person(session, agency, "Lee G", Role.FACILITATOR),
        reviewer=a_person(session, agency, "Ren H", Role.REVIEWER),
        risk_manager=a_person(session, agency, "Sam R", Role.RISK_MANAGEMENT),
        analyst=a_person(session, agency, "Kim Q", Role.CQI_ANALYST),
        chief=a_person(session, agency, "Ari C", Role.DIVISION_CHIEF, division_id=units["Foothills"].id),
        record_chief=a_person(
            session,
            agency,
            "Noa D",
            Role.DIVISION_CHIEF,
            division_id=units["Harbor"].id,
            reads_division_records=True,
        ),
        counsel=a_person(session, agency, "Jo L", Role.COUNSEL),
        administrator=a_person(session, agency, "Pat A", Role.ADMINISTRATOR),
        outsider=a_person(session, elsewhere, "Max O", Role.RISK_MANAGEMENT),
    )
    return made


class Browser(TestClient):
    """A client without script: follows redirects, and puts the hidden token into every form it sends."""

    form_token = ""

    def submit(self, address: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.post(address, data={"form_token": self.form_token, **(data or {})}, **more)


@pytest.fixture
def browse(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Viewer | None], Browser]]:
    """`browse(cast.facilitator)` is a client signed in as the facilitator; `browse(None)` is nobody."""
    app = create_app(engine)
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
