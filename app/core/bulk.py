"""Many rows into one table at a time: what an import needs, where a statement per row would take far too long."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.engine import Dialect
from sqlmodel import Session, SQLModel

_MARKS = {"qmark": "?", "pyformat": "%s"}
"""How the driver of each database writes the place of a value."""


def insert_rows(
    session: Session,
    model: type[SQLModel],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    same: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows given as values in the order of `names`; `same` holds what is equal in all of them.

    Other columns take the defaults of the model. The values pass the types of their columns as in any insert (so
    narratives are kept as narratives are kept); what is saved is the work of a statement, which SQLAlchemy does anew
    for every row and which costs several times the insert itself.
    """
    if not rows:
        return
    table: Table = model.__table__  # type: ignore[attr-defined]
    connection = session.connection()
    dialect = connection.dialect
    given = dict(zip(names, zip(*rows, strict=True), strict=True))
    constant = {name: value for name, value in (_defaults(model) | dict(same or {})).items() if name not in given}
    stored = [_stored(table.columns[name], values, dialect) for name, values in given.items()]
    for name, value in constant.items():
        (kept,) = _stored(table.columns[name], (value,), dialect)
        stored.append(repeat(kept, len(rows)))
    connection.exec_driver_sql(_statement(table, (*given, *constant), dialect), list(zip(*stored, strict=True)))


def _stored(column: Column[Any], values: Sequence[Any], dialect: Dialect) -> Iterable[Any]:
    """The values as the driver takes them."""
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else map(process, values)


def _statement(table: Table, names: Sequence[str], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in names)
    places = ", ".join([_MARKS[dialect.paramstyle]] * len(names))
    # Made of names of our own models alone.
    return f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({places})"  # noqa: S608


def _defaults(model: type[SQLModel]) -> dict[str, Any]:
    """The defaults of a record, made once for all rows: what is to differ, such as a code, has to be given."""
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
        if name != "id" and not field.is_required()
    }
