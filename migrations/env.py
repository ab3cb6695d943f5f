"""Runs migrations on SQLite and PostgreSQL.

On SQLite a table is changed by copying it (batch mode). With foreign keys on, dropping the old table silently deletes
its children, so they are off while migrating and checked afterwards.
"""

from typing import Any

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.types import TypeDecorator

from app.core.database import open_engine
from app.core.settings import settings
from app.models import metadata


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Migrations name plain database types, so that they read the same when our classes have moved."""
    if kind == "type" and isinstance(item, TypeDecorator):
        inner = item.impl
        return f"sa.{inner!r}" if not isinstance(inner, type) else f"sa.{inner.__name__}()"
    return False


def migrate() -> None:
    url = context.config.attributes.get("url") or settings().database_url
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            _migrate_on(connection)
    finally:
        engine.dispose()


def _migrate_on(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("COMMIT")  # Foreign keys can only be switched outside a transaction.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_item,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if sqlite:
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            raise RuntimeError(f"{len(broken)} rows point to rows that are gone; nothing was kept.")
    connection.commit()
    if sqlite:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


migrate()
