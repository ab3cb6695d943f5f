"""Pages that are written once for everyone who may read the same reviews, and kept until what is counted changes.

Kept is what stands within the frame of the site. The frame, with the name of whoever looks and the hidden tokens of
their session, is kept apart. The blocks are written without it, so a template that asks who is looking fails at once.
"""

from collections.abc import Callable, Hashable
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from markupsafe import escape

from app.core.pages import Page, blocks_of
from app.core.translation import language
from app.patterns.pages.dependencies import Asked, as_of
from app.patterns.snapshot import Written

SMALL = ("title", "subnav", "heading")
THE_MAIN, THE_TIME = "\0the main part\0", "\0the time\0"
"""The first stands in the frame where the main part comes, the second in the main part where each request tells its own
time. Nobody can send a NUL."""


def written(
    request: Request, page: Page, asked: Asked, template: str, told: Callable[[], dict[str, Any]], *beside: Hashable
) -> Response:
    """A page of patterns, or only its results when htmx asked for them.

    `told` is what the template needs beside what every page of patterns tells. It follows from the snapshot and the
    question, and from what is given as `beside`.
    """
    if request.headers.get("HX-Request"):
        return page(template, fragment="results", **asked.context, **told())
    q = asked.question
    known = (template, q.path, tuple(q.sent.items()), tuple(asked.packs), language(), *beside)
    kept = asked.snapshot.pages.of(known, lambda: _write(template, asked, told()))
    around = page("patterns/written.html", written={**kept.small, "main": THE_MAIN}).body
    main = escape(as_of()).encode().join(kept.main)
    return HTMLResponse(bytes(around).replace(THE_MAIN.encode(), main))


def _write(template: str, asked: Asked, told: dict[str, Any]) -> Written:
    blocks = blocks_of(template, (*SMALL, "main"), **(asked.context | told | {"as_of": THE_TIME}))
    main = blocks.pop("main").encode()
    return Written(blocks, tuple(main.split(THE_TIME.encode())))
