"""What the box remembers, and where: four tables in a SQLite file of its own, without row numbers and without times."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event

from app.reflections import durable

SCHEMA = 2
"""Kept in the file; a program that finds another number refuses to use it."""

metadata = sa.MetaData()
WITHOUT_ROW_NUMBERS: Any = {"sqlite_with_rowid": False}

recipient = sa.Table(
    "recipient",
    metadata,
    sa.Column("public_key", sa.LargeBinary, primary_key=True),
    sa.Column("recovery", sa.Boolean, nullable=False),
    **WITHOUT_ROW_NUMBERS,
)
"""The keys that every reflection is sealed to: the active responders', and one for recovery that is kept offline."""

spool = sa.Table(
    "spool",
    metadata,
    sa.Column("k", sa.LargeBinary, primary_key=True),
    sa.Column("lookup", sa.LargeBinary, nullable=False),
    sa.Column("turn", sa.String(1), nullable=False),
    sa.Column("region", sa.String(1), nullable=False),
    sa.Column("reply_key", sa.LargeBinary, nullable=False),
    sa.Column("box", sa.LargeBinary, nullable=False),
    **WITHOUT_ROW_NUMBERS,
)
"""Sent and not yet released. `turn` counts the messages under one receipt, `region` is a digit, 0 for none."""

reflection = sa.Table(
    "reflection",
    metadata,
    sa.Column("k", sa.LargeBinary, primary_key=True),
    sa.Column("lookup", sa.LargeBinary, nullable=False, index=True),
    sa.Column("turn", sa.String(1), nullable=False),
    sa.Column("region", sa.String(1), nullable=False),
    sa.Column("week", sa.String(8), nullable=False),
    sa.Column("reply_key", sa.LargeBinary, nullable=False),
    sa.Column("answer", sa.LargeBinary),
    sa.Column("box", sa.LargeBinary),
    **WITHOUT_ROW_NUMBERS,
)
"""Released. `week` is the ISO week of the release, `answer` is sealed to the sender's key, and `box` is empty once the
text was handed over to the desk."""

rhythm = sa.Table(
    "rhythm",
    metadata,
    sa.Column("last_run_on", sa.String(10), primary_key=True),
    sa.Column("day", sa.Integer, nullable=False),
    **WITHOUT_ROW_NUMBERS,
)
"""One row: the day of the last daily job, and which of the fourteen it was. Nothing that waits moves it."""

KEPT_IN_A_POWER_CUT = ("synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON")
"""Every commit waits until the disk has it; the latter two make macOS wait for the disk itself, as Linux does."""

ANSWERED = "CREATE INDEX IF NOT EXISTS answered ON reflection (lookup, turn) WHERE answer IS NOT NULL"
"""Only what was answered is in it, so looking for a receipt without an answer takes as long as for none."""


def open_box(path: Path) -> Engine:
    """The database of the box, made when it is not there."""
    durable.make_folder(path.parent)
    path.touch(mode=0o600)
    durable.settle(path.parent)
    engine = sa.create_engine(f"sqlite:///{path}", hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    with writing(engine) as connection:
        found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if found not in (0, SCHEMA):
            raise RuntimeError(f"{path} has schema {found}, not {SCHEMA}")
        metadata.create_all(connection)
        connection.exec_driver_sql(ANSWERED)
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA}")
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", *KEPT_IN_A_POWER_CUT, "secure_delete=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds the file's one write lock from the beginning."""
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        connection.commit()


def put(engine: Engine, **fields: Any) -> None:
    """Keep a sealed reflection; when this returns it is on the disk."""
    with writing(engine) as connection:
        connection.execute(spool.insert().values(k=secrets.token_bytes(16), **fields))
    settle(engine)


def settle(engine: Engine) -> None:
    """Empty the log beside the file: it holds what came in, in the order in which it came."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()


def public_keys(engine: Engine) -> tuple[list[bytes], int]:
    """Every key to seal to, and how many of them are responders'."""
    with engine.connect() as connection:
        rows = connection.execute(sa.select(recipient.c.public_key, recipient.c.recovery)).all()
    return [row.public_key for row in rows], sum(not row.recovery for row in rows)


def waiting(engine: Engine) -> int:
    """How many messages are not yet released."""
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(spool)) or 0


def turns(engine: Engine, lookup: bytes) -> int:
    """How many messages were sent under this receipt."""
    with engine.connect() as connection:
        return sum(
            connection.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.lookup == lookup)) or 0
            for table in (spool, reflection)
        )


def answers(engine: Engine, lookup: bytes) -> list[bytes]:
    """The sealed answer to every answered message under a receipt. Unknown and unanswered look the same."""
    found = "SELECT answer FROM reflection INDEXED BY answered WHERE lookup = ? AND answer IS NOT NULL ORDER BY turn"
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(found, (lookup,)).scalars())
