"""Combinations of factors in a brief."""

from collections.abc import Sequence
from functools import partial

from sqlmodel import Session

from app.core.dates import thousands
from app.core.translation import N_
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns.briefs.document import Table
from app.patterns.briefs.pictures import Picture, in_turn, rows_in_turn
from app.patterns.combinations.closed_sets import TooMany
from app.patterns.combinations.combination import Combination
from app.patterns.combinations.found import combinations_in
from app.patterns.combinations.upset import drawn_upset
from app.patterns.combinations.words import combinations_finding, joined, reading_of
from app.patterns.counting.words import number_of
from app.patterns.heatmap.shares import totals_of
from app.patterns.pages import methods
from app.patterns.pages.asking import least_together
from app.patterns.pages.contents.content import Content, counted_how, counted_words, not_a_reason
from app.patterns.pages.dependencies import Asked
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Counted, Opened

ROWS_DRAWN = (18, 15, 12, 9, 6, 3)
"""Combinations drawn on paper; the next number where the letters would be too small to read."""
LONGEST_BAR = 130
"""On paper, so that the letters beside it are larger."""
CAPTION = N_("Combinations of factors, the clearest first")


def combinations_content(_session: Session, _viewer: Viewer, one: Opened, _found: Counted) -> Content:
    asked, layer = one.asked, one.asked.question.layer
    names = (
        _("Factors"), _("Together"), _("Expected"), _("Times expected"), _("Expected given depth"), _("Reading"),
    )  # fmt: skip
    try:
        all_found = combinations_in(asked.incidence, layer, least=least_together(asked.question))
    except TooMany as many:
        told = _("Too many combinations appear in %(least)s or more.") % {
            "least": number_of(many.least, asked.incidence.unit)
        }
        return Content(told, None, [], not_a_reason(), [counted_how(asked)])
    chosen = all_found.combinations if asked.question.one("show") == "all" else all_found.beyond_parts
    rows = [
        [
            joined(c.factors),
            f"{c.together} of {c.base}",
            f"{c.expected:.1f}",
            f"{c.lift:.1f}",
            f"{c.depth.expected:.1f}" if c.depth else "–",
            reading_of(c),
        ]
        for c in chosen
    ]
    return Content(
        finding=combinations_finding(
            all_found, totals_of(asked.incidence, layer), asked.incidence.n_reviews, asked.incidence.unit
        ),
        picture=in_turn([partial(_picture, asked, chosen, rows) for rows in rows_in_turn(ROWS_DRAWN, len(chosen))])
        if chosen
        else None,
        tables=[Table(_(CAPTION), names, rows, frozenset({1, 2, 3, 4}))],
        not_said=not_a_reason(),
        method=[counted_how(asked), *methods.combinations_method(all_found, asked.incidence.unit)],
    )


def _picture(asked: Asked, chosen: Sequence[Combination], rows: int) -> Picture:
    """The first rows of them."""
    upset = drawn_upset(chosen[:rows], longest_bar=LONGEST_BAR)
    numbers = {"number": rows, "all": thousands(len(chosen)), "counted": asked.context["counted"]}
    words = _("The clearest %(number)s combinations of factors, each with the number of %(counted)s.") % numbers
    some = _("Drawn are the clearest %(number)s combinations, of %(all)s.") % numbers
    return picture(
        "combinations", words, title=_(CAPTION), above=[counted_words(asked), *([some] if rows < len(chosen) else [])],
        size=(upset.width, upset.height), upset=upset, joined=joined,
    )  # fmt: skip
