"""The page of combinations: which three and more factors appear in the same reviews, and its files."""

from dataclasses import dataclass
from math import ceil
from typing import Literal

from fastapi import Request, Response

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.downloads import file_of, picture_file
from app.core.routing import router
from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.patterns.combinations.closed_sets import TooMany
from app.patterns.combinations.combination import Combination
from app.patterns.combinations.found import MOST_LISTED, Found, combinations_in
from app.patterns.combinations.upset import drawn_upset
from app.patterns.combinations.words import combination_finding, combinations_finding, joined, reading_of
from app.patterns.connections.sentences import chance_in_words
from app.patterns.counting.words import number_of
from app.patterns.heatmap.shares import totals_of
from app.patterns.pages import files, methods
from app.patterns.pages.asking import NotKnown, least_together
from app.patterns.pages.dependencies import Asked, asked_of, drawing_of, reviews_with_quarter

routes = router("/patterns")

DRAWN = 20
LISTED = 50
SHOWN = Words({"more": N_("The clearest"), "all": N_("All")})


@dataclass(frozen=True)
class Shown:
    """What a page or a file tells of what was found."""

    found: Found
    chosen: tuple[Combination, ...]
    show: str
    finding: str


@routes.get("/combinations")
def see_combinations(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_of(request, look, viewer)
    q = asked.question
    shown = _shown(asked)
    selected = _selected(asked, shown)
    pages = max(1, ceil(len(shown.chosen) / LISTED))
    number = min(max(1, int(q.one("page")) if q.one("page").isdecimal() else 1), pages)
    codes = asked.incidence.codes_with([factor.code for factor in selected.factors], q.layer) if selected else ()
    return page(
        "patterns/combinations.html",
        fragment="results",
        **asked.context,
        found=shown.found,
        finding=q.period_backward or shown.finding,
        listed=shown.chosen[(number - 1) * LISTED : number * LISTED],
        number_listed=len(shown.chosen),
        number=number,
        pages=pages,
        show=shown.show,
        shown_words=SHOWN,
        upset=drawn_upset(shown.chosen[:DRAWN]),
        selected=selected,
        selected_finding=combination_finding(selected) if selected else "",
        panel_reviews=reviews_with_quarter(look, viewer, codes),
        joined=joined,
        reading_of=reading_of,
        chance_in_words=chance_in_words,
    )


@routes.get("/combinations.csv")
def combinations_file(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    """Every combination found, whatever the page shows of them."""
    asked = asked_of(request, session, viewer)
    shown = _shown(asked)
    trail.record(session, "download combinations.csv", by=viewer)
    head = [*asked.head(session, viewer, "Combinations of factors"), _at_least(asked, shown)]
    names = files.named(files.COMBINATION_NAMES, asked.incidence.unit)
    return file_of(files.csv_text(head, names, files.combination_rows(shown.found)), "combinations.csv")


@routes.get("/combinations.{kind}")
def combinations_drawing(
    kind: Literal["svg", "png"], request: Request, session: Transaction, viewer: PatternReader
) -> Response:
    asked = asked_of(request, session, viewer)
    shown = _shown(asked)
    trail.record(session, f"download combinations.{kind}", by=viewer)
    title = _("Combinations of factors")
    head = [*asked.head(session, viewer, title), _at_least(asked, shown)]
    upset = drawn_upset(shown.chosen[:DRAWN])
    told = methods.combinations_told(shown.finding, asked.question.selection, shown.found)
    shape = {"upset": upset, "joined": joined}
    drawing = drawing_of("combinations", head=head, title=title, told=told, **shape, **asked.context)
    return picture_file(drawing, f"combinations.{kind}")


def _at_least(asked: Asked, shown: Shown) -> tuple[str, str]:
    return "Together in at least", number_of(shown.found.least, asked.incidence.unit)


def _shown(asked: Asked) -> Shown:
    q, reviews = asked.question, asked.incidence.n_reviews
    show = q.one("show") or "more"
    if show not in SHOWN:
        raise NotKnown(_("There is no “%(value)s” to choose under “Combinations”.") % {"value": show})
    try:
        found = combinations_in(asked.incidence, q.layer, least=least_together(q))
    except TooMany as many:
        raise NotKnown(
            _("More than %(most)s combinations appear in %(least)s or more. Choose a higher number.")
            % {"most": f"{MOST_LISTED:,}", "least": number_of(many.least, asked.incidence.unit)}
        ) from None
    finding = combinations_finding(found, totals_of(asked.incidence, q.layer), reviews, asked.incidence.unit)
    return Shown(found, found.beyond_parts if show == "more" else found.combinations, show, finding)


def _selected(asked: Asked, shown: Shown) -> Combination | None:
    """The combination the address names; else the first of those shown."""
    named = asked.question.one("combination")
    if not named:
        return next(iter(shown.chosen), None)
    if not all(asked.snapshot.factor(code) for code in named.split(".")):
        raise NotKnown(_("There is no such combination of factors."))
    # Under another filter the combination may no longer be among those found; the page then shows none.
    return shown.found.combination(named)
