"""The database: one engine, one transaction a request, on SQLite and on PostgreSQL.

Reading requests open a plain transaction; requests that write, and those that open a narrative (reading one leaves a
line in the trail), open a writing one. On SQLite a writing transaction begins immediately: a deferred one that reads
and then writes loses updates or is refused. Writers in this process queue at one lock, which is fairer than SQLite's
own waiting.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Engine, create_engine, event, text
from sqlmodel import Session, SQLModel

from app.core.protection import SAFE
from app.core.settings import settings

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

_writers = threading.Lock()


SIGN_IN_LOOKUPS = 8
"""How many requests may look up who is signed in at the same time."""
PASSWORD_CHECKS = 2
"""How many passwords may be checked or hashed at the same time; each takes 64 MiB and a processor."""


def open_engine(url: str, *, pool_size: int = 10) -> Engine:
    """An engine for `sqlite:///...` or `postgresql+psycopg://...`, set up so that an acknowledged write is kept.

    The pool holds a connection for everyone who may hold one at a time (writers, readers, sign-in look-ups, password
    checks), so that nobody waits for a connection while holding a thread.
    """
    most = 2 * pool_size + SIGN_IN_LOOKUPS + PASSWORD_CHECKS
    is_server = not url.startswith("sqlite")  # One may have ended a connection while it waited in the pool.
    engine = create_engine(url, pool_size=most, max_overflow=0, pool_pre_ping=is_server, hide_parameters=True)
    if is_server:
        return engine
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # We begin transactions ourselves, see _begin_sqlite.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for looking only; nothing it changes is kept."""
    with Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that commits when the block ends well and rolls back otherwise."""
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:
        _writers.acquire()
    try:
        with Session(engine.execution_options(writing=True)) as session:
            yield session
            session.commit()
    finally:
        if sqlite:
            _writers.release()


FEWEST_ROWS_COUNTED = 1000
"""On SQLite, of a table whose statistics are kept."""


def gather_statistics(engine: Engine) -> None:
    """Let the database count what its tables hold, by which it chooses how to find things.

    For the moment after much has come in at once: SQLite never does it by itself, PostgreSQL some time later. SQLite's
    `PRAGMA optimize` is no help: it looks at what its own connection asked for before, and only at about a thousand
    entries, from which SQLite chose slower ways to read all answers.
    """
    with writing(engine) as session:
        connection = session.connection()
        if engine.dialect.name != "sqlite":
            connection.exec_driver_sql("ANALYZE")
            return
        connection.exec_driver_sql("ANALYZE")
        # A small table would be read from end to end also when it has grown, such as that of who is signed in.
        few = text("DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < :fewest")
        connection.execute(few, {"fewest": FEWEST_ROWS_COUNTED})
        connection.exec_driver_sql("ANALYZE sqlite_schema")  # Takes the statistics as they are now.


async def _form_arrived(request: Request) -> None:
    """Wait for the whole form before anything is held: one that is stuck on its way must keep nobody from saving."""
    if request.method not in SAFE:
        await request.form()  # The request keeps it for whoever reads it next.


FormArrived = Annotated[None, Depends(_form_arrived)]


def _transaction(request: Request, _form: FormArrived) -> Iterator[Session]:
    with writing(request.app.state.engine) as session:
        yield session


def _look(request: Request, _form: FormArrived) -> Iterator[Session]:
    with reading(request.app.state.engine) as session:
        yield session


# The session ends before the answer leaves (scope="function"), so whoever follows the redirect sees the row. The limit
# keeps waiting requests from holding the threads that finished ones need in order to end.
Transaction = Annotated[Session, Depends(_transaction, scope="function", max_concurrency=settings().pool_size)]
Look = Annotated[Session, Depends(_look, scope="function", max_concurrency=settings().pool_size)]
