"""Which factors appear in the same reviews: the map, the matrix, the list, and their files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.patterns import files
from app.patterns.asking import NotKnown, Question
from app.patterns.dependencies import CONNECTIONS, Asked, asked_of, drawing_of, file_of, not_known, reviews_with_quarter
from app.patterns.drawings import LIFT_CLASSES, drawn_map, drawn_matrix
from app.patterns.pairs import Pair, pairs_of, strongest_first
from app.patterns.panels import PairPanel, pair_panel
from app.patterns.sentences import connections_finding, strongest_link
from app.patterns.snapshot import present_in

routes = router("/patterns")

VIEWS = {"map": "Map", "matrix": "Matrix", "list": "List"}
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

    @property
    def listed(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in strongest_first(self.pairs) if self.in_list(pair))

    @property
    def most(self) -> float:
        """Where the slider ends."""
        strongest = max((pair.phi or 0.0 for pair in self.pairs), default=0.0)
        return max(0.32, ceil(100 * strongest) / 100)


@routes.get("/connections")
def choose_view(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, look, viewer, page)
    if isinstance(asked, Response):
        return asked
    view = "map" if len(asked.snapshot.incidence.factors) <= MAP_UP_TO else "matrix"
    return RedirectResponse(asked.question.address(f"{CONNECTIONS}/{view}"), 303)


@routes.get("/connections/pairs.csv")
def pairs_file(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    """Every pair, whatever the page shows of them."""
    asked = asked_of(request, session, viewer, page)
    if isinstance(asked, Response):
        return asked
    trail.record(session, "download connections/pairs.csv", by=viewer)
    pairs = strongest_first(pairs_of(asked.incidence, asked.question.layer))
    head = asked.head(viewer, "Pairs of factors")
    return file_of(files.csv_text(head, files.PAIR_NAMES, files.pair_rows(pairs)), "pairs.csv")


@routes.get("/connections/{name}.svg")
def connections_drawing(
    name: Literal["map", "matrix"], request: Request, session: Transaction, viewer: PatternReader, page: ThePage
) -> Response:
    asked = asked_of(request, session, viewer, page)
    if isinstance(asked, Response):
        return asked
    try:
        shown = _shown(asked.question, pairs_of(asked.incidence, asked.question.layer))
    except NotKnown as unknown:
        return not_known(page, request.url.path, str(unknown))
    trail.record(session, f"download connections/{name}.svg", by=viewer)
    title = "Factors that appear in the same reviews"
    head = asked.head(viewer, title)
    return file_of(
        drawing_of(name, head=head, title=title, shown=shown, **asked.context, **_drawings(asked, shown)),
        f"factor-{name}.svg",
    )


@routes.get("/connections/{view}")
def see_connections(
    view: Literal["map", "matrix", "list"], request: Request, look: Look, viewer: PatternReader, page: ThePage
) -> Response:
    asked = asked_of(request, look, viewer, page)
    if isinstance(asked, Response):
        return asked
    q = asked.question
    try:
        shown = _shown(q, pairs_of(asked.incidence, q.layer))
        chosen = _chosen_pair(q, shown)
    except NotKnown as unknown:
        return not_known(page, request.url.path, str(unknown))
    panel = _pair_panel(asked, chosen)
    return page(
        "patterns/connections.html",
        fragment="results",
        **asked.context,
        **_drawings(asked, shown),
        view=view,
        views=[(words, q.address(f"{CONNECTIONS}/{name}"), name == view) for name, words in VIEWS.items()],
        shown=shown,
        listed=_sorted(q, shown.listed) if view == "list" else shown.listed[:FEW_PAIRS],
        number_listed=len(shown.listed),
        tested=sum(pair.is_tested for pair in shown.pairs),
        depth_is_judged=any(pair.depth_p is not None for pair in shown.pairs),
        number_on_map=sum(shown.on_map(pair) for pair in shown.pairs),
        reading_of=files.reading_of,
        finding=q.period_backward or _connections_finding(asked, shown.pairs),
        selected=chosen,
        panel=panel,
        panel_reviews=reviews_with_quarter(look, viewer, panel.codes if panel else ()),
    )


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
    return next((pair for pair in strongest_first(shown.pairs) if pair.is_link), None)


def _drawings(asked: Asked, shown: Shown) -> dict[str, Any]:
    layer = asked.question.layer
    picture = asked.snapshot.picture(layer)
    present = present_in(asked.incidence, layer)
    return {
        "drawn": drawn_map(picture.layout, shown.pairs, present),
        "matrix": drawn_matrix(picture.grouping, picture.order, shown.pairs, present),
        "grouping": picture.grouping,
        "lift_classes": LIFT_CLASSES,
    }


def _connections_finding(asked: Asked, pairs: tuple[Pair, ...]) -> str:
    # The groups come from all reviews; under a filter, only what the filter leaves is told.
    links = [pair for pair in strongest_first(pairs) if pair.is_link]
    if asked.question.is_filtered and links:
        return strongest_link(links[0])
    return connections_finding(asked.snapshot.picture(asked.question.layer).grouping, pairs, asked.incidence.n_reviews)


def _sorted(q: Question, pairs: Sequence[Pair]) -> Sequence[Pair]:
    order = PAIR_ORDERS.get(q.one("sort"))
    return sorted(pairs, key=order) if order else pairs


def _pair_panel(asked: Asked, pair: Pair | None) -> PairPanel | None:
    if pair is None:
        return None
    return pair_panel(asked.incidence, asked.snapshot.units, pair, asked.question.layer)
