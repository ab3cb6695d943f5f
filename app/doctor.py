"""Says in words what is right and what is wrong with an installation, and what to do about it."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from rich.console import Console
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, func, select

from app.audit.models import TrailEntry
from app.core.clock import now
from app.core.database import open_engine
from app.core.pages import ROOT, STATIC
from app.core.settings import Settings
from app.core.translation import gettext as _
from app.identity.models import Agency, Person, Role, RoleHeld
from app.patterns.briefs.pdf import PANGO_IS_MISSING, can_make_pdf
from app.systemic_factors.models import TaxonomyPack

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRESQL = 15
LEAST_FREE_BYTES = 1024**3
NEEDED_FREE_BYTES = 100 * 1024**2
OLDEST_CLOCK = datetime(2026, 11, 1, tzinfo=UTC)
"""No installation of this program runs before it was written."""
NEEDED_STATIC = ("app.css", "app.js")

State = Literal["ok", "look", "wrong"]


@dataclass(frozen=True)
class Remark:
    """One line: `ok`, `look` (may be meant so) or `wrong` (mend it before people work with it)."""

    state: State
    sentence: str


def ok(sentence: str) -> Remark:
    return Remark("ok", sentence)


def look(sentence: str) -> Remark:
    return Remark("look", sentence)


def wrong(sentence: str) -> Remark:
    return Remark("wrong", sentence)


def examine(settings: Settings, *, static: Path = STATIC) -> list[Remark]:
    """Everything that can be said of the installation with these settings."""
    remarks = [*about_python(sys.version_info[:2]), *about_static_files(static), *about_https(settings), *about_pdf()]
    return [*remarks, *about_exchange(settings.exchange), *_about_files(settings), *_about_database(settings)]


def show(remarks: list[Remark], console: Console) -> None:
    """Print the remarks, and what they come to."""
    colors = {"ok": "green", "look": "yellow", "wrong": "red"}
    for remark in remarks:
        console.print(f"[{colors[remark.state]}]{remark.state:<6}[/]", end="")
        console.print(remark.sentence, markup=False, highlight=False, soft_wrap=True)
    count = sum(remark.state == "wrong" for remark in remarks)
    console.print("Nothing is wrong." if not count else f"{count} to mend.")


def about_python(version: tuple[int, ...]) -> Iterator[Remark]:
    """The version that runs the program."""
    name = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        yield wrong(f"Python {name} runs this. Install Python 3.11 or newer.")
    else:
        yield ok(f"Python {name}.")


def about_static_files(static: Path) -> Iterator[Remark]:
    """The stylesheet and the script that every page asks for."""
    missing = [name for name in NEEDED_STATIC if not (static / name).is_file()]
    if missing:
        yield wrong(f"{', '.join(missing)} not found in {static}. Install the program again.")
    else:
        yield ok("The stylesheet and the script are there.")


def about_https(settings: Settings) -> Iterator[Remark]:
    """Whether cookies are sent over https only."""
    if settings.https:
        yield ok("Cookies are sent over https only. Behind a proxy, it has to speak https and pass on the host.")
    else:
        yield look("THROUGHLINE_HTTPS is off, so sessions also work over http. Set it to true wherever others connect.")


def about_pdf() -> Iterator[Remark]:
    """Whether briefs can be made as PDF, which takes a library of the system."""
    if can_make_pdf():
        yield ok("PDF files can be made.")
    else:
        yield look(_(PANGO_IS_MISSING))


def about_exchange(folder: Path | None) -> Iterator[Remark]:
    """The folder through which reflections and their answers go; None where there is no box."""
    if folder is None:
        yield ok("THROUGHLINE_EXCHANGE is not set, so no reflections are taken in.")
    elif not folder.is_dir():
        yield wrong(
            f"The folder {folder} of THROUGHLINE_EXCHANGE does not exist, so no reflection arrives and no answer "
            "leaves. Make it, for the group of the two accounts."
        )
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield wrong(f"The folder {folder} of THROUGHLINE_EXCHANGE cannot be written. Give it to the group of the two.")
    elif folder.stat().st_mode & stat.S_IWOTH:
        yield wrong(f"Every account of this machine can put a key of its own into {folder}. Run `chmod 2770` on it.")
    else:
        yield ok(f"Reflections and answers can pass through {folder}.")


def _about_files(settings: Settings) -> Iterator[Remark]:
    path = settings.sqlite_path
    if path:
        yield from about_folder(path.parent)
        yield from about_disk(path.parent)
        yield from about_permissions(path)


def about_folder(folder: Path) -> Iterator[Remark]:
    """SQLite writes beside its file, so the folder has to be writable too."""
    if not folder.is_dir():
        yield wrong(
            f"The folder {folder} does not exist. Run `throughline migrate`, or correct THROUGHLINE_DATABASE_URL."
        )
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield wrong(f"The folder {folder} cannot be written. Give it to the account that runs the program.")
    else:
        yield ok(f"The folder {folder} can be written.")


def about_disk(folder: Path, least: int = LEAST_FREE_BYTES, needed: int = NEEDED_FREE_BYTES) -> Iterator[Remark]:
    """Free space, in bytes."""
    if not folder.is_dir():
        return
    free = shutil.disk_usage(folder).free
    words = f"{free / 1024**2:,.0f} MiB are free in {folder}."
    if free < needed:
        yield wrong(f"Only {words} Make room before a save is refused.")
    elif free < least:
        yield look(f"Only {words} Make room soon.")
    else:
        yield ok(words)


def about_permissions(path: Path) -> Iterator[Remark]:
    """Who else on this machine can read the database."""
    files = [file for file in (path, path.with_name(f"{path.name}-wal")) if file.exists()]
    open_to_all = [file for file in files if file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH)]
    if open_to_all:
        yield wrong(f"Every account of this machine can read {open_to_all[0]}. Run `chmod 600` on it.")
    elif files:
        yield ok("Other accounts of this machine cannot read the database file.")


def _about_database(settings: Settings) -> Iterator[Remark]:
    path = settings.sqlite_path
    if path and not path.is_file():
        # Connecting would make an empty file.
        yield wrong(f"There is no database at {path}. Run `throughline migrate`.")
        return
    engine = open_engine(settings.database_url, pool_size=1)
    try:
        with engine.connect() as connection:
            yield from _about_connection(connection, engine, settings)
    except SQLAlchemyError as problem:
        yield _unreadable(str(getattr(problem, "orig", problem)).splitlines()[0])
    finally:
        engine.dispose()


def _unreadable(said: str) -> Remark:
    if "malformed" in said or "not a database" in said:
        return wrong(f"The database file is damaged ({said}). Stop the program and restore the last backup.")
    return wrong(f"The database cannot be read: {said}. Check THROUGHLINE_DATABASE_URL and that the server runs.")


def _about_connection(connection: Connection, engine: Engine, settings: Settings) -> Iterator[Remark]:
    yield ok(f"The database answers ({engine.dialect.name}).")
    yield from (about_sqlite if engine.dialect.name == "sqlite" else about_postgresql)(connection)
    migrated = list(about_revision(connection))
    yield from migrated
    if migrated[0].state == "ok":
        yield from about_clock(connection)
        for about in (about_administrators, about_packs) if _agencies(connection) else (about_no_agency,):
            yield from about(connection)
        yield from about_demo(connection, settings)


def about_sqlite(connection: Connection) -> Iterator[Remark]:
    """The settings under which an acknowledged save survives a power cut, and whether the file is whole."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in wanted}
    other = [f"{name} is {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]]
    if other:
        yield wrong(f"SQLite's settings are not ours: {'; '.join(other)}. Put the file on a local disk.")
    else:
        yield ok("SQLite keeps what it acknowledged: WAL, synchronous FULL, foreign keys on.")
    said = str(connection.scalar(text("PRAGMA integrity_check")))
    if said != "ok":
        yield wrong(
            f"The database file is damaged ({said.splitlines()[0]}). Stop the program and restore the last backup."
        )
    elif broken := connection.execute(text("PRAGMA foreign_key_check")).all():
        yield wrong(f"{len(broken)} rows point to rows that are gone. Restore the last backup.")
    else:
        yield ok("The database file is whole.")


def about_postgresql(connection: Connection) -> Iterator[Remark]:
    """The server's version, and whether a commit waits for the disk."""
    version = int((connection.dialect.server_version_info or (0,))[0])
    if version < OLDEST_POSTGRESQL:
        yield look(f"PostgreSQL {version} is older than what the tests run on ({OLDEST_POSTGRESQL}). Update it.")
    else:
        yield ok(f"PostgreSQL {version}.")
    for name in ("synchronous_commit", "fsync"):
        if connection.scalar(text(f"SHOW {name}")) == "off":
            yield wrong(f"{name} is off, so a power cut loses acknowledged saves. Set it to on.")
            return
    yield ok("PostgreSQL keeps what it acknowledged.")


def about_revision(connection: Connection) -> Iterator[Remark]:
    """Whether the migrations have run; always one remark."""
    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    current = MigrationContext.configure(connection).get_current_revision()
    if current != head:
        yield wrong(f"The database is at {current or 'no revision'}, the program at {head}. Run `throughline migrate`.")
    else:
        yield ok(f"The database is up to date (revision {head}).")


def about_clock(connection: Connection) -> Iterator[Remark]:
    """Whether the time can be right: not before this program was written, nor before the last line in the trail."""
    last = connection.scalar(select(func.max(TrailEntry.at)))
    earliest = max(OLDEST_CLOCK, last.replace(tzinfo=last.tzinfo or UTC) if last else OLDEST_CLOCK)
    if now() < earliest:
        yield wrong(
            f"The clock says {now():%Y-%m-%d %H:%M} UTC, which is earlier than {earliest:%Y-%m-%d %H:%M}. Set it."
        )
    else:
        yield ok(f"The clock says {now():%Y-%m-%d %H:%M} UTC.")


def _agencies(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(Agency)) or 0


def about_no_agency(_connection: Connection) -> Iterator[Remark]:
    """There is nobody to work for."""
    yield wrong("There is no agency yet. Run `throughline setup`.")


def about_administrators(connection: Connection) -> Iterator[Remark]:
    """Every agency needs somebody who can add people."""
    helped = (
        select(Person.agency_id)
        .join(RoleHeld, col(RoleHeld.person_id) == Person.id)
        .where(RoleHeld.role == Role.ADMINISTRATOR, col(Person.active).is_(True))
    )
    without = connection.scalars(select(Agency.short_name).where(col(Agency.id).not_in(helped))).all()
    for name in without:
        yield wrong(f"{name} has no administrator, so nobody there can add people. Give someone the role.")
    if not without:
        yield ok("Every agency has an administrator.")


def about_packs(connection: Connection) -> Iterator[Remark]:
    """A review cannot be opened without a list of systemic factors."""
    used = select(TaxonomyPack.agency_id).where(col(TaxonomyPack.retired_at).is_(None))
    without = connection.scalars(select(Agency.short_name).where(col(Agency.id).not_in(used))).all()
    for name in without:
        yield wrong(f"{name} has no list of systemic factors in use. An administrator loads one under Factors.")
    if not without:
        yield ok("Every agency has a list of systemic factors.")


def about_demo(connection: Connection, settings: Settings) -> Iterator[Remark]:
    """The demonstration names passwords on the sign-in page; it must never stand before real reviews."""
    names = connection.scalars(select(Agency.short_name).where(col(Agency.made_up).is_(False))).all()
    if settings.demo and names:
        yield wrong(f"THROUGHLINE_DEMO is on, and {names[0]} is not made up. Set it to false.")
    elif settings.demo:
        yield look("THROUGHLINE_DEMO is on: the sign-in page names whom to sign in as.")
