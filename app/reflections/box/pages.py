"""Pages of the box: rendered in the language of the address, and padded so that their size tells nothing."""

from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from app.core.translation import gettext, ngettext, speaking
from app.reflections.box.settings import BoxSettings
from app.reflections.box.words import LANGUAGES, NAMES

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "static" / "reflections"
SIZE = 16 * 1024
"""Every page is a multiple of so many bytes: all of ours are one."""


@lru_cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "reflections" / "box"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return made


def page(
    settings: BoxSettings, language: str, template: str, *, path: str = "", status: int = 200, **context: Any
) -> HTMLResponse:
    """A page in a language. `path` is where the link to the other language leads, after the language."""
    other = "es" if language == "en" else "en"
    around = {"settings": settings, "language": language, "other": other, "other_name": NAMES[other], "path": path}
    html = environment().get_template(template).render(around | context).encode()
    return HTMLResponse(html + b" " * (-len(html) % SIZE), status)


def speaking_in(language: str) -> Any:
    """Everything said within is in this language."""
    return speaking(LANGUAGES[language] or NullTranslations())
