"""Which factors appear in the same reviews: the map, the matrix, the list, and their files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any, Literal

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.downloads import file_of, picture_file
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.patterns.connections.matrix import LIFT_CLASSES
from app.patterns.connections.pairs import Pair, pairs_of, strongest_first, too_few_to_tell
from app.patterns.connections.sentences import connections_finding, strongest_link
from app.patterns.pages import files, methods
from app.patterns.pages.asking import SECOND_SIDE, NotKnown, Question
from app.patterns.pages.dependencies import CONNECTIONS, Asked, asked_of, drawing_of, reviews_with_quarter, titles_of
from app.patterns.pages.written import written

routes = router("/patterns")

VIEWS = {"map": "Map", "matrix": "Matrix", "list": "List", "groups": "Groups and bridges", "difference": "Difference"}
MAP_UP_TO = 20
"""With more factors than this, the matrix is shown first."""
LEAST = 0.13
"""The phi from which the map draws links, unless asked otherwise."""
FEW_PAIRS = 15
"""Listed under a drawing; the list itself shows all that the filters leave."""
PAIR_ORDERS: dict[str, Callable[[Pair], Any]] = {
    "first": lambda pair: pair.first.label.casefold(),
    "second": lambda pair: pair.second.label.casefold(),
    "together": lambda pair: -pair.together,
    "expected": lambda pair: -(pair.expected or 0.0),
    "lift": lambda pair: -(pair.lift or 0.0),
    "phi": lambda pair: -(pair.phi or 0.0),
}


@dataclass(frozen=True)
class Shown:
    """Which pairs of a page are shown: those of at least this phi, and perhaps only those unlikely to be chance."""

    pairs: tuple[Pair, ...]
    least: float
    only_certain: bool

    def on_map(self, pair: Pair) -> bool:
        is_certain = pair.is_link or pair.is_explained_by_depth
        return (pair.phi or 0.0) >= self.least and (is_certain or not self.only_certain)

    def in_list(self, pair: Pair) -> bool:
        """The list also holds pairs that appear together less often than expected."""
        return abs(pair.phi or 0.0) >= self.least and (pair.is_unlikely_chance or not self.only_certain)

    @cached_property
    def strongest_first(self) -> tuple[Pair, ...]:
        return strongest_first(self.pairs)

    @cached_property
    def listed(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.strongest_first if self.in_list(pair))

    @property
    def most(self) -> float:
        """Where the slider ends."""
        strongest = max((pair.phi or 0.0 for pair in self.pairs), default=0.0)
        return max(0.32, ceil(100 * strongest) / 100)


@routes.get("/connections")
def choose_view(request: Request, look: Look, viewer: PatternReader) -> Response:
    asked = asked_of(request, look, viewer)
    # Phones say "Mobi", whatever made them (MDN, "Browser detection using the user agent").
    is_phone = "Mobi" in request.headers.get("User-Agent", "")
    drawing = "map" if len(asked.incidence.factors) <= MAP_UP_TO else "matrix"
    view = "list" if is_phone else drawing
    return RedirectResponse(asked.question.address(f"{CONNECTIONS}/{view}"), 303)


@routes.get("/connections/pairs.csv")
def pairs_file(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    """Every pair, whatever the page shows of them."""
    asked = asked_of(request, session, viewer)
    trail.record(session, "download connections/pairs.csv", by=viewer)
    pairs = strongest_first(pairs_of(asked.incidence, asked.question.layer))
    head = asked.head(session, viewer, "Pairs of factors")
    names = files.named(files.PAIR_NAMES, asked.incidence.unit)
    return file_of(files.csv_text(head, names, files.pair_rows(pairs, asked.stability)), "pairs.csv")


@routes.get("/connections/{name}.{kind}")
def connections_drawing(
    name: Literal["map", "matrix"],
    kind: Literal["svg", "png"],
    request: Request,
    session: Transaction,
    viewer: PatternReader,
) -> Response:
    asked = asked_of(request, session, viewer)
    shown = _shown(asked.question, pairs_of(asked.incidence, asked.question.layer))
    trail.record(session, f"download connections/{name}.{kind}", by=viewer)
    title = f"Factors that appear in the same {asked.context['counted']}"
    head = asked.head(session, viewer, title)
    told = methods.pairs_told(_connections_finding(asked, shown), asked.question.selection, shown.pairs)
    shapes = _drawings(asked, shown, name)
    drawing = drawing_of(name, head=head, title=title, told=told, shown=shown, **asked.context, **shapes)
    return picture_file(drawing, f"factor-{name}.{kind}")


@routes.get("/connections/{view}")
def see_connections(
    view: Literal["map", "matrix", "list"], request: Request, look: Look, viewer: PatternReader, page: ThePage
) -> Response:
    asked = asked_of(request, look, viewer)
    q = asked.question
    shown = _shown(q, pairs_of(asked.incidence, q.layer))
    chosen = _chosen_pair(q, shown)
    panel = asked.snapshot.pair_panel(q.selection, chosen) if chosen else None
    reviews = reviews_with_quarter(look, viewer, panel.codes if panel else ())
    return written(
        request,
        page,
        asked,
        "patterns/connections.html",
        lambda: _told(asked, shown, view, chosen) | {"panel": panel, "panel_reviews": reviews},
        *titles_of(reviews),
    )


def _told(asked: Asked, shown: Shown, view: str, chosen: Pair | None) -> dict[str, Any]:
    q = asked.question
    return {
        **_drawings(asked, shown, view),
        "view": view,
        "views": views_of(q, view),
        "shown": shown,
        "pair_at": _address_of_pair(q),
        "listed": _sorted(q, shown.listed) if view == "list" else shown.listed[:FEW_PAIRS],
        "number_listed": len(shown.listed),
        "too_few": too_few_to_tell(shown.pairs, asked.incidence.n_reviews),
        "tested": sum(pair.is_tested for pair in shown.pairs),
        "depth_is_judged": any(pair.depth_p is not None for pair in shown.pairs),
        "number_on_map": sum(shown.on_map(pair) for pair in shown.pairs),
        "reading_of": files.reading_of,
        "firmness_of": asked.firmness_of,
        "finding": q.period_backward or _connections_finding(asked, shown),
        "selected": chosen,
    }


def views_of(q: Question, current: str) -> list[tuple[str, str, bool]]:
    """Words, address, and whether it is the one shown, of every way to look at the connections."""
    apart = dict.fromkeys(SECOND_SIDE, "")
    return [(_(words), q.address(f"{CONNECTIONS}/{name}", **apart), name == current) for name, words in VIEWS.items()]


def _address_of_pair(q: Question) -> Callable[[Pair], str]:
    """A function, as there are hundreds of pairs in a drawing."""
    address = q.address_of_each("pair")
    return lambda pair: address(f"{pair.first.code}.{pair.second.code}")


def _shown(q: Question, pairs: tuple[Pair, ...]) -> Shown:
    least = q.one("least") or str(LEAST)
    try:
        number = float(least)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise NotKnown(_("“%(least)s” is not a number from 0 to 1.") % {"least": least})
    if (certain := q.one("certain") or "yes") not in ("yes", "no"):
        raise NotKnown(_("There is no “%(certain)s” to choose under “Certainty”.") % {"certain": certain})
    return Shown(pairs, number, certain == "yes")


def _chosen_pair(q: Question, shown: Shown) -> Pair | None:
    """The pair the address names; else the strongest link."""
    if named := q.one("pair"):
        wanted = set(named.split("."))
        found = [pair for pair in shown.pairs if {pair.first.code, pair.second.code} == wanted]
        if not found:
            raise NotKnown(_("There is no such pair of factors."))
        return found[0]
    return next((pair for pair in shown.strongest_first if pair.is_link), None)


def _drawings(asked: Asked, shown: Shown, view: str) -> dict[str, Any]:
    selection = asked.question.selection
    # Only the one that is looked at: each has hundreds of shapes.
    return {
        "drawn": asked.snapshot.map(selection) if view == "map" else None,
        "matrix": asked.snapshot.matrix(selection) if view == "matrix" else None,
        "grouping": asked.snapshot.picture(selection).grouping,
        "lift_classes": LIFT_CLASSES,
    }


def _connections_finding(asked: Asked, shown: Shown) -> str:
    # The groups come from all reviews; under a filter, only what the filter leaves is told.
    links = [pair for pair in shown.strongest_first if pair.is_link]
    if asked.question.is_filtered and links:
        return strongest_link(links[0])
    return connections_finding(
        asked.snapshot.picture(asked.question.selection).grouping, shown.pairs, asked.incidence.n_reviews
    )


def _sorted(q: Question, pairs: Sequence[Pair]) -> Sequence[Pair]:
    order = PAIR_ORDERS.get(q.one("sort"))
    return sorted(pairs, key=order) if order else pairs
