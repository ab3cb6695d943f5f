"""Writes many rows of a table at once, and tells the first versions of their narratives."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select
from sqlmodel import Session, SQLModel

from app.core.narrative import narrative_names

Row = dict[str, Any]


def insert_rows(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, each completed with the model's defaults; the database makes the ids."""
    if not rows:
        return
    optional = [(name, field) for name, field in model.model_fields.items() if name != "id" and not field.is_required()]
    complete = [
        {name: field.get_default(call_default_factory=True) for name, field in optional if name not in row} | dict(row)
        for row in rows
    ]
    session.execute(insert(_table(model)), complete)


def insert_coded(session: Session, model: type[SQLModel], rows: Mapping[str, Row]) -> dict[str, int]:
    """Insert rows that have a public code; answers the id of each by the key it has here."""
    insert_rows(session, model, list(rows.values()))
    columns = _table(model).c
    ids: dict[str, int] = {code: made for code, made in session.execute(select(columns.code, columns.id))}  # noqa: C416
    return {key: ids[row["code"]] for key, row in rows.items()}


def versions_of(
    model: type[SQLModel], row: Mapping[str, Any], *, within: str, by_id: int, at: datetime
) -> list[dict[str, Any]]:
    """The versions with which the history of a row's narratives begins, as rows of `TextVersion`."""
    return [
        {
            "within": within,
            "kind": model.__name__,
            "code": row["code"],
            "field": name,
            "text": row[name],
            "version": 1,
            "by_id": by_id,
            "at": at,
        }
        for name in narrative_names(model)
        if row.get(name)
    ]


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table
