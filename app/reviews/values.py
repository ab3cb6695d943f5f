"""The value lists of incidents, reviews and debriefs, and what makes a form field accept only their codes."""

from pathlib import Path

from pydantic import AfterValidator

from app.core.values import read_lists

VALUES = read_lists(Path(__file__).with_name("values.yaml"))


def listed(name: str) -> AfterValidator:
    """Accepts only the codes of one value list, for a field such as `Annotated[str, listed("role")]`."""

    def check(code: str) -> str:
        if obstacle := VALUES.obstacle(name, code):
            raise ValueError(obstacle)
        return code

    return AfterValidator(check)
