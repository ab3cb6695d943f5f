"""The pages of patterns: the heatmap, the connections between factors, one factor, and the reviews behind them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.audit import trail
from app.audit.reading import Told, read_all
from app.core.database import Look, Transaction
from app.core.errors import NotFound
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns import asking, files, queries
from app.patterns.asking import NotKnown, Question
from app.patterns.dependencies import Asked, asked_of, drawing_of, file_of, not_known, quarter_words
from app.patterns.drawings import LIFT_CLASSES, drawn_map, drawn_matrix
from app.patterns.pairs import Pair, pairs_of, strongest_first
from app.patterns.panels import CellPanel, PairPanel, cell_panel, pair_panel, some
from app.patterns.queries import Snapshot
from app.patterns.records import Dimension
from app.patterns.sentences import PLURALS, connections_finding, heatmap_finding, strongest_link
from app.patterns.shares import SMALLEST_BASE, Heatmap, RowOrder, heatmap
from app.reviews.models import KeyEpisode, Review
from app.reviews.values import VALUES
from app.systemic_factors.models import FactorLink

routes = router("/patterns")

HEATMAP = "/patterns/heatmap"
CONNECTIONS = "/patterns/connections"
VIEWS = {"map": "Map", "matrix": "Matrix", "list": "List"}
MAP_UP_TO = 20
"""With more factors than this, the matrix is shown first."""
LEAST = 0.13
"""The phi from which the map draws links, unless asked otherwise."""
FEW_PAIRS = 15
"""Listed under a drawing; the list itself shows all that the filters leave."""
PER_PAGE = 20
PAIR_ORDERS: dict[str, Callable[[Pair], Any]] = {
    "first": lambda pair: pair.first.label.casefold(),
    "second": lambda pair: pair.second.label.casefold(),
    "together": lambda pair: -pair.together,
    "expected": lambda pair: -(pair.expected or 0.0),
    "lift": lambda pair: -(pair.lift or 0.0),
    "phi": lambda pair: -(pair.phi or 0.0),
}


@routes.get("")
def start(viewer: PatternReader) -> Response:
    return RedirectResponse(HEATMAP, 303)


# ---------------------------------------------------------------- the heatmap


@routes.get("/heatmap")
def see_heatmap(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, look, viewer, page)
    if isinstance(asked, Response):
        return asked
    q = asked.question
    table = _table(asked)
    panel: CellPanel | None = None
    reviews: Sequence[Review] = ()
    if chosen := q.one("cell"):
        factor, _dot, group = chosen.partition(".")
        panel = cell_panel(asked.incidence, table, factor, group)
        if panel is None and (asked.snapshot.factor(factor) is None or not group):
            return not_known(page, request.url.path, _("There is no such cell."))
        reviews = some(queries.reviews_of(look, viewer, panel.codes)) if panel else ()
    return page(
        "patterns/heatmap.html",
        fragment="results",
        **asked.context,
        heat=table,
        finding=q.period_backward or heatmap_finding(table),
        compared_by=asking.COMPARED_BY,
        row_orders=asking.ROW_ORDERS,
        column_orders=asking.COLUMN_ORDERS,
        others=PLURALS[q.by],
        smallest=SMALLEST_BASE,
        panel=panel,
        panel_reviews=[(review, quarter_words(review.opened_on)) for review in reviews],
    )


@routes.get("/heatmap.csv")
def heatmap_file(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, session, viewer, page)
    if isinstance(asked, Response):
        return asked
    trail.record(session, "download heatmap.csv", by=viewer)
    by = asking.COMPARED_BY[asked.question.by].lower()
    head = asked.head(viewer, f"Factor heatmap by {by}")
    return file_of(files.csv_text(head, files.HEATMAP_NAMES, files.heatmap_rows(_table(asked))), f"heatmap-{by}.csv")


@routes.get("/heatmap.svg")
def heatmap_drawing(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, session, viewer, page)
    if isinstance(asked, Response):
        return asked
    trail.record(session, "download heatmap.svg", by=viewer)
    by = asking.COMPARED_BY[asked.question.by].lower()
    title = f"Factor heatmap by {by}"
    drawing = drawing_of("heatmap", head=asked.head(viewer, title), title=title, heat=_table(asked), **asked.context)
    return file_of(drawing, f"heatmap-{by}.svg")


def _table(asked: Asked) -> Heatmap:
    q = asked.question
    labels = asking.labels_of(asked.snapshot, q.by)
    return heatmap(asked.incidence, q.by, q.layer, rows=q.rows, columns=q.columns, labels=labels)


# ---------------------------------------------------------------- the connections


@dataclass(frozen=True)
class Shown:
    """Which pairs of a page are shown: those of at least this phi, and perhaps only those unlikely to be chance."""

    pairs: tuple[Pair, ...]
    least: float
    only_certain: bool

    def on_map(self, pair: Pair) -> bool:
        return (pair.phi or 0.0) >= self.least and (pair.is_link or not self.only_certain)

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
        number_on_map=sum(shown.on_map(pair) for pair in shown.pairs),
        reading_of=files.reading_of,
        finding=q.period_backward or _connections_finding(asked, shown.pairs),
        selected=chosen,
        panel=panel,
        panel_reviews=_reviews_with_quarter(look, viewer, panel.codes if panel else ()),
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
    present = queries.present_in(asked.incidence, layer)
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


def _reviews_with_quarter(session: Session, viewer: Viewer, codes: Sequence[str]) -> list[tuple[Review, str]]:
    reviews = some(queries.reviews_of(session, viewer, codes))
    return [(review, quarter_words(review.opened_on)) for review in reviews]


# ---------------------------------------------------------------- one factor, and the reviews behind a number


@routes.get("/factors/{code}")
def see_factor(code: str, request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, look, viewer, page)
    if isinstance(asked, Response):
        return asked
    factor = asked.snapshot.factor(code)
    if factor is None:
        raise NotFound
    q = asked.question
    labels = asking.labels_of(asked.snapshot, Dimension.DIVISION)
    table = heatmap(asked.incidence, Dimension.DIVISION, q.layer, rows=RowOrder.NAME, labels=labels)
    row = next(row for row in table.rows if row.factor == factor)
    columns = {column.group: column for column in table.columns}
    by_division = sorted(((columns[cell.group], cell) for cell in row.cells), key=lambda item: item[0].label.casefold())
    pairs = strongest_first(pairs_of(asked.incidence, q.layer))
    links = [pair for pair in pairs if pair.is_unlikely_chance and factor in (pair.first, pair.second)]
    codes = asked.incidence.codes_present(code, q.layer)
    return page(
        "patterns/factor.html",
        **asked.context,
        factor=factor,
        about=asked.snapshot.about[code],
        row=row,
        by_division=by_division,
        links=links,
        reading_of=files.reading_of,
        factor_reviews=_reviews_with_quarter(look, viewer, codes),
    )


@dataclass(frozen=True)
class ReviewWithEvidence:
    """One review behind a number, with the sentences of evidence that its key episodes hold."""

    review: Review
    quarter: str
    division: str
    evidence: Sequence[tuple[Told, KeyEpisode, str]]
    """A factor link with its text opened, its episode, and the factor's name."""


@routes.get("/reviews")
def see_reviews(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    """The reviews of one cell or one pair, with their evidence; reading it leaves a line in the trail of each."""
    asked = asked_of(request, session, viewer, page)
    if isinstance(asked, Response):
        return asked
    q = asked.question
    try:
        subject, factors, codes = _behind(asked)
    except NotKnown as unknown:
        return page("patterns/not_known.html", told=str(unknown), start=HEATMAP, status_code=404)
    reviews = queries.reviews_of(session, viewer, codes)
    pages = max(1, ceil(len(reviews) / PER_PAGE))
    number = min(max(1, int(q.one("page")) if q.one("page").isdecimal() else 1), pages)
    here = reviews[(number - 1) * PER_PAGE : number * PER_PAGE]
    area = q.one("group") if q.by is Dimension.SERVICE_AREA and q.one("group") else q.selection.service_area
    return page(
        "patterns/reviews.html",
        **asked.context,
        subject=subject,
        values=VALUES,
        rows=_with_evidence(session, viewer, asked, here, factors, area),
        total=len(reviews),
        number=number,
        pages=pages,
    )


def _behind(asked: Asked) -> tuple[str, list[str], Sequence[str]]:
    """What a list of reviews is about, its factors, and the codes of the reviews."""
    q, snapshot = asked.question, asked.snapshot
    if named := q.one("pair"):
        factors = [snapshot.factor(code) for code in named.split(".")]
        if len(factors) != 2 or None in factors or factors[0] == factors[1]:
            raise NotKnown(_("There is no such pair of factors."))
        first, second = (factor for factor in factors if factor)
        codes = asked.incidence.codes_with(first.code, second.code, q.layer)
        return f"{first.label} with {second.label}", [first.code, second.code], codes
    factor, group = snapshot.factor(q.one("factor")), q.one("group")
    if factor is None:
        raise NotKnown(_("Choose a cell of the heatmap or a pair of factors first."))
    if not group:
        return factor.label, [factor.code], asked.incidence.codes_present(factor.code, q.layer)
    if group not in asking.labels_of(snapshot, q.by):
        raise NotKnown(_("There is no such cell."))
    words = asking.label_of(snapshot, q.by, group)
    return f"{factor.label} in {words}", [factor.code], asked.incidence.codes_in(factor.code, q.by, group, q.layer)


def _with_evidence(
    session: Session, viewer: Viewer, asked: Asked, reviews: Sequence[Review], factors: list[str], area: str | None
) -> list[ReviewWithEvidence]:
    found = queries.evidence_in(session, reviews, factors, asked.question.layer, area)
    divisions = queries.divisions_of(session, reviews)
    return [
        ReviewWithEvidence(
            review=review,
            quarter=quarter_words(review.opened_on),
            division=divisions.get(review.office_id, ""),
            evidence=_opened(session, viewer, asked.snapshot, review, found.get(review.id or 0, [])),
        )
        for review in reviews
    ]


def _opened(
    session: Session,
    viewer: Viewer,
    snapshot: Snapshot,
    review: Review,
    links: Sequence[tuple[FactorLink, KeyEpisode, str]],
) -> list[tuple[Told, KeyEpisode, str]]:
    told = read_all(session, [link for link, _, _ in links], by=viewer, within=review.code, part="evidence of factors")
    names = {factor.code: factor.label for factor in snapshot.incidence.factors}
    return [(text, episode, names.get(key, key)) for text, (_, episode, key) in zip(told, links, strict=True)]
