"""The value lists of incidents, reviews and debriefs, and field types that accept only their codes."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from app.core.values import read_lists

VALUES = read_lists(Path(__file__).with_name("values.yaml"))


def one_of(name: str) -> Any:
    """A form field type: one code of a list."""

    def check(code: str) -> str:
        if obstacle := VALUES.obstacle(name, code):
            raise ValueError(obstacle)
        return code

    return Annotated[str, AfterValidator(check)]
