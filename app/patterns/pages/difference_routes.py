"""Two periods, or any two sets of reviews, side by side: what differs, by how much, and how sure that is."""

from dataclasses import replace
from typing import Literal
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.downloads import file_of, picture_file
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns.counting.records import Dimension
from app.patterns.counting.words import number_of
from app.patterns.pages import choices, difference_tables, files, methods
from app.patterns.pages.asking import SECOND_SIDE, Question
from app.patterns.pages.connection_routes import views_of
from app.patterns.pages.dependencies import CONNECTIONS, Asked, asked_of, drawing_of
from app.patterns.pages.sides import LISTED, Sides, sides_of

routes = router("/patterns/connections")


@routes.get("/difference")
def see_difference(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, look, viewer)
    usual = _usual_halves(asked)
    if usual and not _is_chosen(request):
        return RedirectResponse(asked.question.address(f"{CONNECTIONS}/difference", **usual), 303)
    sides = sides_of(asked)
    return page(
        "patterns/difference.html",
        **asked.context,
        sides=sides,
        number_of=number_of,
        forests=sides.forests,
        pairs=sides.found.pairs[:LISTED],
        query=urlencode(request.query_params.multi_items()),
        views=views_of(_without(usual, asked.question), "difference"),
        finding=sides.finding,
    )


@routes.get("/difference/{name}.csv")
def difference_file(
    name: Literal["factors", "pairs"], request: Request, session: Transaction, viewer: PatternReader
) -> Response:
    asked = asked_of(request, session, viewer)
    sides = sides_of(asked)
    trail.record(session, f"download connections/difference/{name}.csv", by=viewer)
    names, rows = difference_tables.TABLES[name](sides.found)
    return file_of(files.csv_text(_head(session, asked, viewer, sides), names, rows), f"difference-{name}.csv")


@routes.get("/difference/{name}.{kind}")
def difference_drawing(
    name: Literal["factors", "pairs"],
    kind: Literal["svg", "png"],
    request: Request,
    session: Transaction,
    viewer: PatternReader,
) -> Response:
    asked = asked_of(request, session, viewer)
    sides = sides_of(asked)
    trail.record(session, f"download connections/difference/{name}.{kind}", by=viewer)
    head = _head(session, asked, viewer, sides)
    drawing = drawing_of("forest", head=head, title=head[0][0], told=_told(asked, sides), forest=sides.forests[name])
    return picture_file(drawing, f"difference-{name}.{kind}")


def _told(asked: Asked, sides: Sides) -> list[str]:
    how = [methods.counted_method(asked.question.selection), methods.differences_method()]
    return [sides.finding, *how, _("A difference in what was reviewed can look like a difference in the work.")]


def _is_chosen(request: Request) -> bool:
    return any(name in choices.FILTERS or name in SECOND_SIDE for name in request.query_params)


def _usual_halves(asked: Asked) -> dict[str, str]:
    """The later half of the quarters beside the earlier one, as an address names them; empty with one quarter."""
    quarters = asked.snapshot.incidence.groups(Dimension.QUARTER)
    if len(quarters) < 2:
        return {}
    middle = len(quarters) // 2
    return {
        "from": quarters[middle],
        "to": quarters[-1],
        "other_from": quarters[0],
        "other_to": quarters[middle - 1],
    }


def _without(usual: dict[str, str], question: Question) -> Question:
    """What goes along to the other views: halves that nobody chose would leave out reviews there."""
    if any(question.one(name) != value for name, value in usual.items()):
        return question
    return replace(question, sent={name: values for name, values in question.sent.items() if name not in usual})


def _head(session: Session, asked: Asked, viewer: Viewer, sides: Sides) -> list[tuple[str, str]]:
    head = asked.head(session, viewer, _("Difference between two sets of reviews"))
    kept = [(name, words) for name, words in head if name not in ("Counted from", "Filters")]
    first = f"{sides.first_words} ({sides.first.n_reviews})"
    second = f"{sides.second_words} ({sides.second.n_reviews})"
    domains = next(one.chosen_words for one in asked.filters if one.name == "domain")
    of_both = [("Factors of the domain", domains)] if domains else []
    return [*kept, *of_both, ("First side", first), ("Second side", second)]
