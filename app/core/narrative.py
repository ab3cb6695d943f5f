"""Narratives: the one column type for every text that may hold a story.

A narrative comes out of the database sealed. Only `app.audit.reading` opens one, and it leaves a line in the trail, so
no page, export or search can show a story that nobody is known to have read. A later release encrypts inside this type.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """A narrative that has not been opened; printing it shows only whether something was written."""

    _text: str

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Sealed(...)" if self._text else "Sealed()"

    __str__ = __repr__

    def __html__(self) -> str:
        raise TypeError("A narrative is shown only after app.audit.reading has opened it.")


class Narrative(TypeDecorator[Any]):
    """A text column whose values are read sealed and written as plain text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return value._text if isinstance(value, Sealed) else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Sealed | None:
        return None if value is None else Sealed(value)


def narrative_names(model: type) -> list[str]:
    """The names of a table's narrative columns."""
    return [column.key for column in model.__table__.columns if isinstance(column.type, Narrative)]  # type: ignore[attr-defined]
