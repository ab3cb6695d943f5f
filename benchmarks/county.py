"""A made-up agency of any size: its file to import, and the agency with that file imported."""

import random
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine
from sqlmodel import Session

from app.core.database import open_engine, reading, writing
from app.core.pages import ROOT
from app.identity import actions as identity
from app.identity.models import Agency, Person, Role, RoleHeld
from app.identity.queries import sign_in_of
from app.importing import actions as importing
from app.importing.mapping import read_mapping
from app.importing.models import ImportBatch
from app.importing.prepared import prepare
from app.importing.reading import read_table
from app.importing.rules import complete
from app.systemic_factors.packs import default_pack

FACTORS = tuple(factor.code for factor in default_pack().factors)
HEADER = "id,when,type,office,division,told,influences\n"
MAPPING = f"""\
name: Benchmark
id: {{column: id}}
occurred_on: {{column: when, format: YYYY-MM-DD}}
office: {{column: office}}
division: {{column: division}}
incident_type: {{column: type, values: {{Near fatality: near_fatality, Fatality: fatality_other}}}}
summary: {{columns: [told]}}
factors:
  - {{column: influences, values: {{{", ".join(f"{code}: {code}" for code in FACTORS)}}}}}
"""


@dataclass(frozen=True)
class SignedIn:
    """A session of one person: what stands in the cookie, and in every form."""

    token: str
    form_token: str


def write_file(path: Path, rows: int, *, seed: int = 1) -> Path:
    """A CSV with `rows` reviews, each with about four factors; every sixteenth factor in turn is more frequent."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(rows):
            office, kind = chance.randrange(20), chance.choice(("Near fatality", "Fatality"))
            tags = ";".join(code for code in FACTORS if chance.random() < 4 / len(FACTORS))
            day = f"20{chance.randrange(16, 26)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            file.write(f"A{number},{day},{kind},Office {office},Division {office % 4},A made-up story.,{tags}\n")
    return path


def empty_agency(path: Path) -> Engine:
    """A migrated SQLite database with one agency and nothing in it."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = f"sqlite:///{path}"
    command.upgrade(config, "head")
    engine = open_engine(f"sqlite:///{path}")
    with writing(engine) as session:
        session.add(Agency(name="Benchmark County", short_name="Benchmark", made_up=True))
    return engine


def import_file(engine: Engine, path: Path) -> None:
    """Import the file as the command line does."""
    tables = [read_table(path, path.name)]
    mapping = complete(tables, read_mapping(MAPPING))
    with writing(engine) as session:
        marks = importing.marks_of(session, 1)
    with reading(engine) as session:
        planned = importing.look_ahead(session, 1, tables, mapping, marks=marks)
    prepared = prepare(planned, mapping)
    with writing(engine) as session:
        batch = ImportBatch(agency_id=1, file_name=path.name)
        session.add(batch)
        session.flush()
        importing.import_prepared(session, batch, prepared, by=None)


def sign_in(session: Session, role: Role) -> SignedIn:
    """A person of the agency with one role, signed in."""
    person = Person(agency_id=1, name=f"A {role}", email=f"{role}@example.org", password_hash="!")
    session.add(person)
    session.flush()
    session.add(RoleHeld(person_id=person.id or 0, role=role))
    token = identity.start_session(session, person)
    held = sign_in_of(session, token)
    assert held
    return SignedIn(token, held.form_token)
