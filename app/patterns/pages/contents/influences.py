"""Influences in system maps, in a brief."""

from functools import partial

from sqlmodel import Session

from app.core.dates import quarter
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns import evidence
from app.patterns.briefs.document import Table
from app.patterns.briefs.pictures import Picture, in_turn, rows_in_turn
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.pages import choices
from app.patterns.pages.contents.content import Content, Own, filter_words
from app.patterns.pages.dependencies import following
from app.patterns.pages.influences import SHOWN, Influences, data_of_maps, influences_of, show_of, what_an_arrow_is
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Opened
from app.patterns.views.kept import Kept
from app.system_maps.shapes import ON_PAPER, Drawing

ARROWS_ON_PAPER = (24, 21, 18, 16, 14, 12, 10, 8, 6, 4)
"""Tried in turn, until the drawing is narrow enough for letters that can be read on paper."""
WIDEST = 928
"""Letters of 13 px are then 7 points high."""


def influences_content(session: Session, viewer: Viewer, one: Opened) -> tuple[Content, Own]:
    asked, wanted = one.asked, one.asked.question.one("show")
    found = influences_of(session, viewer, asked, show_of(wanted if wanted in SHOWN else ""))
    content = Content(
        finding=asked.question.period_backward or found.finding,
        picture=influences_picture(found) if found.graph else None,
        tables=[_maps_table(session, viewer, found) if found.is_withheld else _influences_table(found)],
        not_said=[
            what_an_arrow_is(),
            _("Few reviews have a map, and each team chose what to draw. An arrow that is missing says nothing."),
        ],
        method=[
            _(
                "The unit is a review with a system map that has an influence. An influence is counted once for each "
                "review whose map leads from one factor to another or to the event, by an arrow or through conditions "
                "without a factor, in the direction of its first arrow. A factor stands on the level where most maps "
                "put it."
            ),
            _(
                "Nothing is tested. Where filters leave fewer than %(least)s maps, influences are not counted "
                "together, because a number of one or two would point at one review."
            )
            % {"least": SMALLEST_BASE},
        ],
    )
    return content, Own(
        kept=Kept(
            pack="",
            by="influences",
            number=found.maps,
            lines={
                f"{start}~{end}": (f"{found.names[start]} → {found.names[end]}", reviews, found.maps)
                for start, end, reviews in found.edges
            },
            cells=(),
            links=(),
        ),
        what=_("system maps"),
        line=_("Influence"),
        facts=[
            (_("Counted from"), found.counted_from),
            (_("Which influences"), SHOWN[found.show]),
            (_("Filters"), filter_words(following(asked, choices.ASKED_OF_REVIEWS)["chips"])),
        ],
        data_on=found.newest,
        data=data_of_maps(found),
    )


def influences_picture(found: Influences) -> Picture:
    """As many of the arrows told of most as can be read on paper."""
    return in_turn([partial(_picture, found, most, drawn) for most, drawn in _narrow_enough(found)])


def _picture(found: Influences, most: int, drawn: Drawing) -> Picture:
    above = [_("Counted from %(base)s") % {"base": found.counted_from}, found.left_out_of_drawing(most)]
    title = _("Influences in system maps: %(which)s") % {"which": SHOWN[found.show]}
    return picture(
        "influences", f"{title}. {found.finding}", title=title, above=filter(None, above),
        size=(drawn.width, drawn.height), drawn=drawn, helped=found.show == "helped",
    )  # fmt: skip


def _narrow_enough(found: Influences) -> list[tuple[int, Drawing]]:
    """How many arrows may be drawn, and the drawings."""
    tried = [(most, found.drawing(most, ON_PAPER)) for most in rows_in_turn(ARROWS_ON_PAPER, len(found.edges))]
    return [one for one in tried if one[1].width <= WIDEST] or tried[-1:]


def _influences_table(found: Influences) -> Table:
    of = _("%(reviews)s of %(maps)s")
    return Table(
        caption=_("Influences, the most common first"),
        names=(_("Factor"), _("What it shaped"), _("Reviews, of maps")),
        rows=[
            [found.names[start], found.names[end], of % {"reviews": reviews, "maps": found.maps}]
            for start, end, reviews in found.edges
        ],
        numbers=frozenset({2}),
        order=_("the most common first"),
    )


def _maps_table(session: Session, viewer: Viewer, found: Influences) -> Table:
    reviews = evidence.reviews_of(session, viewer, [record.review for record in found.records])
    return Table(
        caption=_("Maps of these reviews"),
        names=(_("Review"), _("Code"), _("Opened in")),
        rows=[[one.title, one.code, choices.quarter_words(quarter(one.opened_on))] for one in reviews],
    )
