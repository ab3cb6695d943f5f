"""Writes everything that one agency holds, so that nobody is locked in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import Connection, Engine, Table, func, inspect, select, text
from sqlmodel import Session
from sqlmodel import select as select_rows

from app.audit import trail
from app.audit.reading import opened
from app.core.database import writing
from app.core.errors import Refused
from app.core.narrative import Sealed
from app.exporting.belonging import LEFT_OUT_COLUMNS, exported_tables, of_agency
from app.exporting.formats import FORMATS
from app.exporting.places import Open, place
from app.exporting.readme import readme
from app.identity.models import Agency
from app.reviews.values import VALUES

AT_A_TIME = 1000
"""Rows held in memory."""


@dataclass(frozen=True)
class Program:
    """The program itself, acting for an agency at somebody's command."""

    agency_id: int
    code: str = "program"


def export(engine: Engine, target: Path, console: Console, *, agency_code: str | None = None) -> dict[str, int]:
    """Write everything of one agency to a folder, or to one file when the name ends in `.zip`.

    Answers the number of rows per table. The line in the trail is written before anything is read.
    """
    if not inspect(engine).has_table("agency"):
        raise Refused("There are no tables yet. Run `throughline migrate` first.")
    try:
        with place(target) as opened_in:
            agency = _start(engine, agency_code)
            with _one_moment(engine) as connection, _progress(console) as progress:
                rows = _write_all(connection, agency, opened_in, progress)
    except OSError as problem:
        raise Refused(f"Nothing was exported: {problem.strerror or problem}. Choose another place.") from problem
    console.print(f"Exported {sum(rows.values()):,} rows of {agency.name} to {target}.", markup=False, soft_wrap=True)
    return rows


def _start(engine: Engine, code: str | None) -> Agency:
    with writing(engine) as session:
        agency = _agency(session, code)
        trail.record(session, "export everything", agency, by=Program(agency.id or 0))
        session.expunge(agency)
    return agency


def _agency(session: Session, code: str | None) -> Agency:
    agencies = list(session.exec(select_rows(Agency).order_by(Agency.name)))
    found = [agency for agency in agencies if code in (None, agency.code)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{agency.code} ({agency.short_name})" for agency in agencies) or "none"
    raise Refused(f"Name the agency with --agency and its code. There are: {known}.")


def _one_moment(engine: Engine) -> Connection:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    return engine.connect()


def _write_all(connection: Connection, agency: Agency, opened_in: Open, progress: Progress) -> dict[str, int]:
    mark = ".made-up" if agency.made_up else ""
    rows: dict[str, int] = {}
    for table in exported_tables():
        number = _count(connection, table, agency.id or 0)
        bar = progress.add_task(table.name, total=len(FORMATS) * number)
        for ending, lines in FORMATS.items():
            with opened_in(f"{table.name}{mark}.{ending}") as file:
                for line in lines(_names(table), _rows(connection, table, agency.id or 0)):
                    file.write(line)
                    progress.advance(bar)
        rows[table.name] = number
    revision = connection.scalar(text("SELECT version_num FROM alembic_version")) or "unknown"
    with opened_in(f"value-lists{mark}.json") as file:
        file.write(VALUES.model_dump_json(indent=2).encode())
    with opened_in(f"README{mark}.md") as file:
        file.write(readme(agency, rows, revision=revision, mark=mark).encode())
    return rows


def _count(connection: Connection, table: Table, agency_id: int) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(of_agency(table, agency_id))) or 0


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns if f"{table.name}.{column.name}" not in LEFT_OUT_COLUMNS]


def _rows(connection: Connection, table: Table, agency_id: int) -> Iterator[list[Any]]:
    columns = [table.c[name] for name in _names(table)]
    query = select(*columns).where(of_agency(table, agency_id)).order_by(*table.primary_key.columns)
    for row in connection.execute(query.execution_options(yield_per=AT_A_TIME)):
        yield [opened(value) if isinstance(value, Sealed) else value for value in row]


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
