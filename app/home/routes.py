"""The home page, and the help pages that everyone may read."""

from fastapi import Response
from fastapi.responses import HTMLResponse

from app.core.clock import today
from app.core.database import Look
from app.core.dates import long_day
from app.core.errors import NotFound
from app.core.routing import open_to_everyone, router
from app.core.translation import N_, Words
from app.home import queries
from app.identity.access import SENTENCES
from app.identity.dependencies import ThePage, User
from app.identity.models import Role
from app.language.rules import words_we_use
from app.reviews.rules import STAGE_NAMES
from app.reviews.values import VALUES

routes = router()

HELP_PAGES = ("contacts", "privacy", "accessibility", "words", "listening", "keyboard", "method")


NOT_YET: Words[Role] = Words(
    {
        Role.COUNSEL: N_(
            "Legal holds, the disclosure log and the marking of privileged texts are your part of Throughline, and are "
            "not built yet. Nothing is disclosed by this version: exports are made by the agency's own operator, and "
            "leave a line in the trail. Counsel cannot open reviews here."
        ),
        Role.DIVISION_CHIEF: N_(
            "Published numbers, lessons and the recommendations of your division will be here; they are not built yet. "
            "Reviews and live patterns open to you when the agency makes you a record reader of your division. An "
            "administrator sets it under People."
        ),
    }
)
"""What a role that may not read reviews will find here one day, so that an almost empty page explains itself."""


@routes.get("/")
def home(look: Look, viewer: User, page: ThePage) -> Response:
    return page(
        "home/home.html",
        today=long_day(today()),
        steps=queries.next_steps(look, viewer),
        number_of_mine=len(queries.my_open_reviews(look, viewer)),
        findings=queries.findings(look, viewer),
        waiting=queries.waiting(look, viewer),
        at_the_desk=queries.at_the_desk(look, viewer),
        debriefs=queries.recent_debriefs(look, viewer),
        stage_names=STAGE_NAMES,
        mode_words=lambda mode: VALUES.words("debrief_mode", mode),
        not_yet=[NOT_YET[role] for role in sorted(viewer.roles) if role in NOT_YET],
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
