"""Pages: one template a page; a part that changes on its own is a block of that page, sent alone when htmx asks."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from jinja2_fragments import render_block
from markupsafe import Markup, escape

from app.core import dates
from app.core.clock import now
from app.core.forms import TOKEN
from app.core.settings import settings
from app.core.translation import gettext, language, ngettext

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"


@lru_cache
def environment() -> Environment:
    """The one template environment; components are everywhere by the name of their file."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.globals.update(_=_one, gettext=_one, ngettext=_one_or_many)
    made.filters.update(day=dates.day, long_day=dates.long_day, clock=dates.clock, percent=dates.percent)
    made.filters.update(thousands=dates.thousands, period=dates.period)
    made.globals.update(static=static_address, hotline=settings().hotline)
    for component in sorted((TEMPLATES / "components").glob("*.html")):
        made.globals[component.stem] = _Component(made, f"components/{component.name}")
    return made


def _one(message: str, **values: Any) -> Markup:
    """`_` of a template. Jinja's own copies everything the template knows for each call within a loop."""
    told = Markup(gettext(message))  # noqa: S704  (our own words)
    return told % values if values or "%" in told else told


def _one_or_many(one: str, many: str, number: int, **values: Any) -> Markup:
    """`ngettext` of a template; the words name the number `num`."""
    return Markup(ngettext(one, many, number)) % {"num": number, **values}  # noqa: S704  (our own words)


class _Component:
    """The macros of one component file, loaded when first used."""

    def __init__(self, made: Environment, name: str) -> None:
        self._made, self._name = made, name
        self._module: Any = None

    def __getattr__(self, macro: str) -> Any:
        if self._module is None:
            self._module = self._made.get_template(self._name).module
        return getattr(self._module, macro)


@lru_cache
def static_address(name: str) -> str:
    """The address of a static file, with a fingerprint so that it can be kept for a year."""
    fingerprint = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={fingerprint}"


def hidden_token(token: str) -> Markup:
    """The hidden field that stands in every form."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN, escape(token))


def blocks_of(template: str, names: Iterable[str], **context: Any) -> dict[str, Markup]:
    """Blocks of a page, each by itself, without its frame and without anything about who is looking."""
    # They are what the template made of them: already escaped.
    return {name: Markup(render_block(environment(), template, name, **context)) for name in names}  # noqa: S704


FRAMES_KEPT = 300
"""Some seven kilobytes each: those of the last pages, for everyone who is at work."""


@dataclass(frozen=True)
class Frame:
    """All that surrounds a page: where it is, and what is told of the person signed in, if someone is."""

    path: str
    form_token: str = ""
    name: str = ""
    initials: str = ""
    permissions: frozenset[str] = frozenset()
    agency: str = ""
    department: str = ""
    site_notice: str = ""
    session_seconds: int = 0


@lru_cache(maxsize=FRAMES_KEPT)
def _written(frame: Frame, _language: object) -> Mapping[str, Markup]:
    """The parts of the frame, written once. What its template is told is what it is kept by, so it is never old."""
    told = vars(frame) | {"token_field": hidden_token(frame.form_token)}
    return blocks_of("frame.html", ("head", "bar", "notice", "foot"), **told)


Page = Callable[..., HTMLResponse]


class Instead(Exception):
    """Something else is shown than what was asked for, such as a page that says that there is nothing yet."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def page_for(request: Request, frame: Frame, **about_viewer: Any) -> Page:
    """A function that renders a template for whoever is looking, or only its block when htmx asked for a part."""

    def page(template: str, *, fragment: str | None = None, status_code: int = 200, **context: Any) -> HTMLResponse:
        everything = {"request": request, "now": now(), **about_viewer, **context}
        if fragment and request.headers.get("HX-Request"):
            body = render_block(environment(), template, fragment, **everything)
        else:
            body = environment().get_template(template).render(everything, frame=_written(frame, language()))
        return HTMLResponse(body, status_code)

    return page
