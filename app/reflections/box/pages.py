"""Pages of the box: rendered in the language of the address, and padded so that their size tells nothing."""

import re
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from app.core.translation import gettext, ngettext, speaking
from app.reflections.box.settings import BoxSettings
from app.reflections.box.words import LANGUAGES, NAMES

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "static" / "reflections"
SIZE = 16 * 1024
"""Every page is a multiple of so many bytes: all of ours are one, but for a stack of paper forms."""


class Place(NamedTuple):
    """Where somebody reads, which the address alone says: the language, and whether many share the device."""

    language: str
    kiosk: bool = False

    @property
    def home(self) -> str:
        """The address of the first page, such as `/en` or `/kiosk/es`."""
        return self.where(self.language)

    @property
    def other(self) -> str:
        """The other language."""
        return "es" if self.language == "en" else "en"

    def where(self, language: str) -> str:
        return f"{'/kiosk' if self.kiosk else ''}/{language}"


@lru_cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "reflections" / "box"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.filters["dialed"] = lambda number: re.sub(r"[^\d+]", "", number)
    made.filters["unbroken"] = lambda number: number.replace(" ", "\N{NO-BREAK SPACE}")
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return made


def page(
    settings: BoxSettings, place: Place, template: str, *, path: str = "", status: int = 200, **context: Any
) -> HTMLResponse:
    """A page at a place. `path` is where the link to the other language leads, after the language."""
    around = {"settings": settings, "place": place, "home": place.home, "language": place.language, "path": path}
    around |= {"other_name": NAMES[place.other]}
    html = environment().get_template(template).render(around | context).encode()
    return HTMLResponse(html + b" " * (-len(html) % SIZE), status)


def speaking_in(language: str) -> Any:
    """Everything said within is in this language."""
    return speaking(LANGUAGES[language] or NullTranslations())
