"""The home page, and the help pages that everyone may read."""

from fastapi import Response
from fastapi.responses import HTMLResponse

from app.core.clock import now
from app.core.database import Look
from app.core.dates import long_day
from app.core.errors import NotFound
from app.core.routing import open_to_everyone, router
from app.core.translation import gettext as _
from app.home import queries
from app.identity.access import SENTENCES
from app.identity.dependencies import ThePage, User
from app.language.rules import words_we_use
from app.reviews.rules import STAGE_NAMES
from app.reviews.values import VALUES

routes = router()

HELP_PAGES = ("contacts", "privacy", "accessibility", "words", "listening", "keyboard", "method")


def greeting(hour: int) -> str:
    """Good morning, afternoon or evening, by the hour of the day."""
    return _("Good morning") if hour < 12 else _("Good afternoon") if hour < 18 else _("Good evening")


@routes.get("/")
def home(look: Look, viewer: User, page: ThePage) -> Response:
    local = now().astimezone()
    return page(
        "home/home.html",
        greeting=greeting(local.hour),
        today=long_day(local.date()),
        steps=queries.next_steps(look, viewer),
        number_of_mine=len(queries.my_open_reviews(look, viewer)),
        findings=queries.findings(look, viewer),
        waiting=queries.waiting(look, viewer),
        debriefs=queries.recent_debriefs(look, viewer),
        stage_names=STAGE_NAMES,
        mode_words=lambda mode: VALUES.words("debrief_mode", mode),
        permissions=[SENTENCES[permission] for permission in sorted(viewer.permissions)],
    )


@routes.get("/help", dependencies=[open_to_everyone("Help holds no data.")])
def help_contents(page: ThePage) -> HTMLResponse:
    return page("help/contacts.html")


@routes.get("/help/{name}", dependencies=[open_to_everyone("Help holds no data.")])
def help_page(page: ThePage, name: str) -> HTMLResponse:
    if name not in HELP_PAGES:
        raise NotFound
    return page(f"help/{name}.html", words_we_use=words_we_use)
