"""A made-up agency of any size: its file to import, and the agency with that file imported."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

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
from app.patterns.models import counted_rows_changed
from app.systemic_factors.models import Answer, Direction, Round
from app.systemic_factors.packs import default_pack

TABLES = SQLModel.metadata.tables
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


def empty_agency(database: Path | str) -> Engine:
    """A migrated database with one agency and nothing in it: a file of SQLite, or what a URL names."""
    url = f"sqlite:///{database}" if isinstance(database, Path) else database
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    command.upgrade(config, "head")
    engine = open_engine(url)
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


COPIED = {
    "incident": {},
    "review": {"incident_id": "incident"},
    "rating_sheet": {"review_id": "review"},
    "factor_rating": {"sheet_id": "rating_sheet"},
}
"""The tables that are counted, with the columns that name a row of another one."""


def multiply(engine: Engine, times: int) -> None:
    """Make of each review so many, in the database itself: importing 100,000 would take minutes."""
    with writing(engine) as session:
        connection = session.connection()
        most = {name: connection.scalar(sa.select(sa.func.max(TABLES[name].c.id))) for name in COPIED}
        for name, references in COPIED.items():
            steps = {"id": most[name], **{column: most[other] for column, other in references.items()}}
            for copy in range(1, times):
                connection.execute(_copied(TABLES[name], steps, copy))
        counted_rows_changed(session)


def _copied(table: sa.Table, steps: dict[str, int], copy: int) -> sa.Insert:
    def value(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        if column.name in steps:
            return column + copy * steps[column.name]
        if column.name in ("code", "import_key", "key"):
            return sa.type_coerce(column, sa.String) + f".{copy}"
        return column

    names = [column.name for column in table.columns]
    rows = sa.select(*(value(column) for column in table.columns)).where(table.c.id <= steps["id"])
    return sa.insert(table).from_select(names, rows)


def list_of_many_factors(engine: Engine, factors: int) -> None:
    """Make the list so long with copies of its factors and of their answers."""
    factor, rating = TABLES["factor"], TABLES["factor_rating"]
    with writing(engine) as session:
        connection = session.connection()
        known, most = (connection.scalar(sa.select(sa.func.max(table.c.id))) for table in (factor, rating))
        connection.execute(_copied(factor, {"id": known}, 1))
        connection.execute(_copied(rating, {"id": most, "factor_id": known}, 1))
        connection.execute(sa.delete(rating).where(rating.c.factor_id > factors))
        connection.execute(sa.delete(factor).where(factor.c.id > factors))
        counted_rows_changed(session)


def only_tags(engine: Engine) -> None:
    """Keep only what is present, as in an agency that imported tags: about six for each review with 45 factors."""
    rating = TABLES["factor_rating"]
    with writing(engine) as session:
        session.connection().execute(sa.delete(rating).where(rating.c.answer == Answer.NOT_EVIDENT))
        counted_rows_changed(session)


def whole_sheets(engine: Engine) -> None:
    """Make of the imported rows sheets that a team rated: every factor answered, what is present with a strength."""
    sheet, rating = TABLES["rating_sheet"], TABLES["factor_rating"]
    number = rating.c.id
    strength = sa.case((number % 4 == 0, Answer.BACKGROUND), (number % 4 == 1, Answer.STRONG), else_=Answer.INFLUENCED)
    direction = sa.case((number % 5 == 0, Direction.HELPED), else_=Direction.HINDERED)
    with writing(engine) as session:
        connection = session.connection()
        connection.execute(sa.update(sheet).values(round=Round.CONSENSUS, sent_at=sheet.c.started_at))
        connection.execute(sa.update(rating).values(code="A" + sa.cast(number, sa.String)))
        is_present = rating.c.answer == Answer.PRESENT
        connection.execute(sa.update(rating).where(is_present).values(answer=strength, direction=direction))
        counted_rows_changed(session)


def large_agency(
    database: Path | str, folder: Path, reviews: int, *, factors: int = len(FACTORS), sheets: bool = False
) -> Engine:
    """An agency with so many reviews, a thousand imported ones and their copies.

    With more factors than the usual list, they have only tags, or `sheets` in which every factor is answered.
    """
    engine = empty_agency(database)
    import_file(engine, write_file(folder / "thousand.csv", 1_000))
    if factors > len(FACTORS):
        list_of_many_factors(engine, factors)
        (whole_sheets if sheets else only_tags)(engine)
    multiply(engine, reviews // 1_000)
    return engine
