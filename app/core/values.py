"""Lists of values that people choose from, read once from a YAML file."""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel

from app.core.translation import gettext as _


class ValueLists(BaseModel):
    """Versioned lists: for each list, the codes that are stored and the words that are shown."""

    version: str
    lists: dict[str, dict[str, str]]
    retired: dict[str, dict[str, str]] = {}

    def choices(self, name: str) -> list[tuple[str, str]]:
        """The values offered, as (code, words), in the order of the file."""
        return [(code, _(words)) for code, words in self.lists[name].items()]

    def words(self, name: str, code: str) -> str:
        """The words of one value, also of a retired one; a code of another list stands for itself."""
        words = self.lists[name].get(code) or self.retired.get(name, {}).get(code)
        return _(words) if words else code.replace("_", " ")

    def obstacle(self, name: str, code: str) -> str | None:
        """A sentence when a code is not one of the values offered."""
        return None if code in self.lists[name] else _("Choose one of the answers.")


@lru_cache
def read_lists(path: Path) -> ValueLists:
    """The lists of one file."""
    return ValueLists.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
