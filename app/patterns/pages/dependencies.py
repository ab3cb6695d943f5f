"""What every page of patterns begins with: the snapshot, the question read from the address, and how files leave."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.core.clock import now
from app.core.dates import clock, day, quarter, thousands
from app.core.pages import Instead, Page
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.viewers import Viewer
from app.patterns import evidence, queries
from app.patterns.briefs.document import data_words
from app.patterns.connections.pairs import Pair
from app.patterns.connections.sentences import stability_in_words
from app.patterns.connections.stability import Key, Stability, stability_of
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import USUAL_THRESHOLD, Factor, PackChoice, Unit
from app.patterns.counting.words import many
from app.patterns.pages import asking, choices, pictures
from app.patterns.pages.asking import NotKnown, Question
from app.patterns.pages.choices import Filter
from app.patterns.snapshot import Snapshot
from app.patterns.views.queries import data_day
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
        self.packs = packs
        self.question = question
        self.incidence = snapshot.selected(question.selection)

    @cached_property
    def filters(self) -> list[Filter]:
        """Every filter, with what can be chosen."""
        return choices.filters(self.question.sent, self.snapshot)

    @cached_property
    def chips(self) -> list[tuple[str, str]]:
        """The filters in use, as (words, address without it)."""
        return asking.chips(self.question, self.filters)

    @cached_property
    def context(self) -> dict[str, Any]:
        """What the template of every page of patterns is told."""
        return {
            "snapshot": self.snapshot,
            "packs": self.packs,
            "q": self.question,
            "filters": self.filters,
            "chips": self.chips,
            "layers": choices.LAYERS,
            "reviews_chosen": self.incidence.n_reviews,
            "counted": counted_of(self.incidence),
            "domains": _domains(self.snapshot),
            "as_of": as_of(),
        }

    @property
    def stability(self) -> Mapping[Key, Stability]:
        """How firm each link of the reviews asked for is; found when a page shows it."""
        return stability_of(self.incidence, self.question.layer)

    def firmness_of(self, pair: Pair) -> str:
        """How firm a link is, in words."""
        return stability_in_words(self.stability.get((pair.first.code, pair.second.code)), pair.unit)

    def factor(self, code: str) -> Factor | None:
        """A factor that is counted here: of the list, and of a domain chosen."""
        return next((factor for factor in self.incidence.factors if factor.code == code), None)

    @property
    def counted_from(self) -> str:
        """The number of rows and what they are, such as "13 rated reviews"."""
        number = self.incidence.n_reviews
        if self.incidence.unit is Unit.EPISODE:
            return ngettext("%(num)s key episode", "%(num)s key episodes", number) % {"num": thousands(number)}
        return ngettext("%(num)s rated review", "%(num)s rated reviews", number) % {"num": thousands(number)}

    def head(self, session: Session, viewer: Viewer, title: str) -> list[tuple[str, str]]:
        """The first lines of a file: what it is, of whom, with which filters, and until when its data go."""
        pack = self.snapshot.pack
        about = [
            ("Counted from", self.counted_from),
            ("Counted are factors that", choices.LAYERS[self.question.layer].lower()),
            ("Unit", choices.UNITS[self.question.selection.unit].lower()),
            ("Filters", "; ".join(words for words, _ in self.chips) or "none"),
            ("List of factors", f"{pack.name}, version {pack.version}"),
        ]
        return head_of(viewer, title, [*about, ("Data", data_words(data_day(session, viewer, pack.id)))])


def following(asked: Asked, names: Collection[str]) -> dict[str, Any]:
    """What a page shows that follows only the filters of these names, and the names of those it does not follow.

    The others stay in the address, so that they are there again on the next page of reviews.
    """
    followed = [one for one in asked.filters if one.name in names]
    others = [one for one in asked.filters if one.chosen and one not in followed]
    return {
        "filters": followed,
        "chips": asking.chips(asked.question, followed),
        "not_followed": [one.label for one in others],
        "kept": ("rebase", "layer", "pack", *(one.name for one in others)),
    }


def of_incidents(asked: Asked) -> dict[str, Any]:
    """What a page of incidents shows in place of the filters of reviews."""
    return following(asked, choices.ASKED_OF_INCIDENTS)


def incidents_until(newest: date | None) -> str:
    """Until when incidents go that are counted, in words."""
    return _("incidents until %(day)s") % {"day": day(newest)} if newest else _("no incident yet")


def head_of(viewer: Viewer, title: str, about: Iterable[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """The first lines of a file: what it is and of whom, and what `about` says it counts.

    When it was written is not among them, so that the same data give the same bytes on any day.
    """
    made_up = ("Made up", _("Every review, office and number in this file is invented."))
    return [
        (title, viewer.agency.name),
        *([made_up] if viewer.agency.made_up else []),
        ("Confidential learning record", _("Exact numbers, for people who may read the reviews.")),
        *about,
    ]


@dataclass(frozen=True)
class Counted:
    """What the numbers of a page count, in words."""

    many: str
    unit: Unit
    without_strength: int
    """Answers that count at every threshold, where another than the usual one is asked for."""

    def __str__(self) -> str:
        return self.many


def counted_of(incidence: Incidence) -> Counted:
    """The words for what is counted."""
    is_episode = incidence.unit is Unit.EPISODE
    unusual = incidence.threshold != USUAL_THRESHOLD and not is_episode
    return Counted(
        many=many(incidence.unit),
        unit=incidence.unit,
        without_strength=incidence.without_strength if unusual else 0,
    )


def as_of() -> str:
    """The sentence that says when the numbers were asked for: they always hold now."""
    at = now()
    return _("As of %(day)s, %(time)s.") % {"day": day(at), "time": clock(at)}


def _domains(snapshot: Snapshot) -> dict[str, tuple[str, str]]:
    """Name and color of each factor's domain, by the factor's code."""
    return {
        factor.code: (factor.domain, DOMAIN_COLORS.get(snapshot.about[factor.code].domain, "#4d5b66"))
        for factor in snapshot.incidence.factors
    }


def asked_of(request: Request, session: Session, viewer: Viewer) -> Asked:
    """The page's beginning. Raises NotKnown, or Instead with a page that says why there is none."""
    snapshot, packs = queries.snapshot(session, viewer, request.query_params.get("pack", ""))
    path = request.url.path
    if snapshot is None and packs:
        raise NotKnown(_("There is no such list of factors to choose."))
    if snapshot is None:
        raise Instead(request.state.page("patterns/empty.html"))
    if "" in request.query_params.values() and not request.headers.get("HX-Request"):
        raise Instead(RedirectResponse(asking.without_empty(path, request.query_params.multi_items()), 303))
    return Asked(snapshot, packs, asking.read(path, request.query_params.multi_items(), snapshot))


def asked_where_rated(request: Request, session: Session, viewer: Viewer) -> Asked | None:
    """The beginning of a page that has something to say before any review is rated: None while there is no filter."""
    snapshot, _packs = queries.snapshot(session, viewer)
    return asked_of(request, session, viewer) if snapshot else None


def not_known(request: Request, unknown: Exception) -> Response:
    """The page in place of one that an address asks for in vain."""
    assert isinstance(unknown, NotKnown)  # noqa: S101
    page: Page = request.state.page
    path = re.sub(r"(/graph)?\.(csv|svg|png|json|graphml|gexf)$", "", request.url.path)
    start = unknown.start or path
    return page("patterns/not_known.html", told=str(unknown), start=start, words=unknown.words, status_code=404)


def drawing_of(name: str, **context: Any) -> str:
    """A drawing as a file of its own."""
    return pictures.drawing_of(name, **context)


def reviews_with_quarter(
    session: Session, viewer: Viewer, codes: Sequence[str], most: int | None = MOST_REVIEWS
) -> list[tuple[Review, str]]:
    """The first few of the reviews of these codes, or all of them, each with its quarter in words."""
    reviews = evidence.reviews_of(session, viewer, codes[:most])
    return [(review, choices.quarter_words(quarter(review.opened_on))) for review in reviews]


def titles_of(reviews: Sequence[tuple[Review, str]]) -> tuple[tuple[str, str], ...]:
    """Code and title of each, which is what a page says of them that is not counted."""
    return tuple((review.code, review.title) for review, _quarter in reviews)
