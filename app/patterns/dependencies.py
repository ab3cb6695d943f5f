"""What every page of patterns begins with: the snapshot, the question read from the address, and how files leave."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.core.clock import now
from app.core.dates import clock, day, quarter
from app.core.pages import Page, environment
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns import asking, evidence, queries
from app.patterns.asking import NotKnown, Question
from app.patterns.snapshot import PackChoice, Snapshot
from app.reviews.models import Review

HEATMAP = "/patterns/heatmap"
CONNECTIONS = "/patterns/connections"
MOST_REVIEWS = 5
"""Listed beside a heatmap or a map; a page of their own lists all."""
DOMAIN_COLORS = {
    "family_community": "#6d1a3c",
    "professional": "#3470d4",
    "team": "#b05876",
    "organization_environment": "#33379a",
    "cross_agency": "#667817",
}


class Asked:
    """What every page of patterns begins with: the snapshot, the question, and the reviews it selects."""

    def __init__(self, snapshot: Snapshot, packs: Sequence[PackChoice], question: Question) -> None:
        self.snapshot = snapshot
        self.question = question
        self.incidence = snapshot.incidence.where(question.selection)
        self.filters = asking.filters(question, snapshot)
        self.chips = asking.chips(question, self.filters)
        self.context: dict[str, Any] = {
            "snapshot": snapshot,
            "packs": packs,
            "q": question,
            "filters": self.filters,
            "chips": self.chips,
            "layers": asking.LAYERS,
            "reviews_chosen": self.incidence.n_reviews,
            "domains": _domains(snapshot),
        }

    def head(self, viewer: Viewer, title: str) -> list[tuple[str, str]]:
        """The first lines of a file: what it is, of whom, with which filters, and when."""
        instant = now()
        lines = [(title, viewer.agency.name)]
        if viewer.agency.made_up:
            lines.append(("Made up", _("Every review, office and number in this file is invented.")))
        pack = self.snapshot.pack
        return [
            *lines,
            ("Confidential learning record", _("Exact numbers, for people who may read the reviews.")),
            ("Counted from", f"{self.incidence.n_reviews} rated reviews"),
            ("Counted are factors that", asking.LAYERS[self.question.layer].lower()),
            ("Filters", "; ".join(words for words, _ in self.chips) or "none"),
            ("List of factors", f"{pack.name}, version {pack.version}"),
            ("As of", f"{day(instant.astimezone().date())}, {clock(instant)}"),
        ]


def _domains(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    """Name and color of each factor's domain, by the factor's code."""
    return {
        factor.code: (factor.domain, DOMAIN_COLORS.get(snapshot.about[factor.code].domain, "#4d5b66"))
        for factor in snapshot.incidence.factors
    }


def asked_of(request: Request, session: Session, viewer: Viewer, page: Page) -> Asked | Response:
    """The page's beginning, or the page that says why there is none."""
    snapshot, packs = queries.snapshot(session, viewer, request.query_params.get("pack", ""))
    path = request.url.path
    if snapshot is None and packs:
        return not_known(page, path, _("There is no such list of factors to choose."))
    if snapshot is None:
        return page("patterns/empty.html")
    if "" in request.query_params.values() and not request.headers.get("HX-Request"):
        return RedirectResponse(asking.without_empty(path, request.query_params.multi_items()), 303)
    try:
        return Asked(snapshot, packs, asking.read(path, request.query_params.multi_items(), snapshot))
    except NotKnown as unknown:
        return not_known(page, path, str(unknown))


def not_known(page: Page, path: str, told: str) -> Response:
    start = path.removesuffix(".csv").removesuffix(".svg")
    return page("patterns/not_known.html", told=told, start=start, status_code=404)


def quarter_words(value: date) -> str:
    """Q3 2026."""
    year, _dash, number = quarter(value).partition("-")
    return f"{number} {year}"


def file_of(text: str, name: str) -> Response:
    kind = "text/csv" if name.endswith(".csv") else "image/svg+xml"
    headers = {"Content-Disposition": f'attachment; filename="{name.replace(" ", "-")}"'}
    return Response(text.encode(), media_type=f"{kind}; charset=utf-8", headers=headers)


def drawing_of(name: str, **context: Any) -> str:
    """A drawing as a file of its own."""
    return environment().get_template("patterns/drawing_file.svg").render(drawing=name, **context)


def reviews_with_quarter(session: Session, viewer: Viewer, codes: Sequence[str]) -> list[tuple[Review, str]]:
    """The first few of the reviews of these codes, each with its quarter in words."""
    reviews = evidence.reviews_of(session, viewer, codes[:MOST_REVIEWS])
    return [(review, quarter_words(review.opened_on)) for review in reviews]
