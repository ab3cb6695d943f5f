"""Combinations of factors in a brief."""

from sqlmodel import Session

from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns.briefs.document import Table
from app.patterns.combinations.closed_sets import TooMany
from app.patterns.combinations.found import combinations_in
from app.patterns.combinations.upset import drawn_upset
from app.patterns.combinations.words import combinations_finding, joined, reading_of
from app.patterns.counting.words import number_of
from app.patterns.heatmap.shares import totals_of
from app.patterns.pages import methods
from app.patterns.pages.contents.content import Content, counted_how, counted_words, not_a_reason
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Counted, Opened, least_together

ROWS_DRAWN = 18
"""Combinations drawn on paper."""


def combinations_content(_session: Session, _viewer: Viewer, one: Opened, _found: Counted) -> Content:
    asked, layer = one.asked, one.asked.question.layer
    names = (
        _("Factors"), _("Together"), _("Expected"), _("Times expected"), _("Expected given depth"), _("Reading"),
    )  # fmt: skip
    caption = _("Combinations of factors, the clearest first")
    try:
        all_found = combinations_in(asked.incidence, layer, least=least_together(asked))
    except TooMany as many:
        told = _("Too many combinations appear in %(least)s or more.") % {
            "least": number_of(many.least, asked.incidence.unit)
        }
        return Content(told, None, [], not_a_reason(), [counted_how(asked)])
    chosen = all_found.combinations if asked.question.one("show") == "all" else all_found.beyond_parts
    upset = drawn_upset(chosen[:ROWS_DRAWN])
    words = _("The clearest %(number)s combinations of factors, each with the number of %(counted)s.") % {
        "number": len(chosen[:ROWS_DRAWN]),
        "counted": asked.context["counted"],
    }
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
        picture=picture(
            "combinations",
            words,
            title=caption,
            above=[counted_words(asked)],
            size=(upset.width, upset.height),
            upset=upset,
            joined=joined,
        )
        if chosen
        else None,
        tables=[Table(caption, names, rows, frozenset({1, 2, 3, 4}))],
        not_said=not_a_reason(),
        method=[counted_how(asked), *methods.combinations_method(all_found, asked.incidence.unit)],
    )
