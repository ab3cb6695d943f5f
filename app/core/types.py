"""Column types that every feature uses."""

from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

E = TypeVar("E", bound=StrEnum)


class stored_by_value(TypeDecorator[E]):
    """An enum kept as its value in a plain text column, so that a new member needs no migration."""

    impl = String(60)
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__()
        self.kind = kind
        self._values = {str(member.value): str(member.value) for member in kind}

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        # Looked up first, because an import stores a hundred thousand of them.
        return self._values.get(value) or self.kind(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> E | None:
        return None if value is None else self.kind(value)
