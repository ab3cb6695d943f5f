"""A list of the reviews behind a number, in a brief: which they are, and when they were opened beside all others."""

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from sqlmodel import Session

from app.core.dates import quarter, thousands
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.viewers import Viewer
from app.patterns import evidence
from app.patterns.briefs.document import MOST_ROWS, Table, data_words
from app.patterns.briefs.pictures import Picture
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.records import Dimension
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.behind import Behind, behind
from app.patterns.pages.choices import quarter_words
from app.patterns.pages.contents.content import (
    Content,
    Own,
    counted_how,
    counted_words,
    filter_words,
    layer_words,
)
from app.patterns.pages.dependencies import Asked
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Opened
from app.patterns.trends.columns import ON_PAPER, Group, Series, drawn_columns
from app.patterns.views.kept import Kept
from app.patterns.views.queries import data_day


def reviews_content(session: Session, viewer: Viewer, one: Opened) -> tuple[Content, Own]:
    asked = one.asked
    found, finding = _behind(asked)
    number = len(found.codes)
    pack, data_on = asked.snapshot.pack, data_day(session, viewer, asked.snapshot.pack.id)
    among = asked.snapshot.selected(asked.question.selection.of_answers)
    content = Content(
        finding=asked.question.period_backward or finding,
        picture=_picture(asked, found, among) if found.codes else None,
        tables=[_table(session, viewer, found.codes)],
        not_said=[
            _("Reviews are listed to be read, not compared: what they share may be one part of many in each."),
            _("What a review says of it stays there. Opening the page shows it, with a line in the review’s trail."),
        ],
        method=[
            counted_how(asked),
            _("Listed is every review in which all factors named are present, the one opened last first."),
        ],
    )
    return content, Own(
        kept=Kept(
            pack=pack.code,
            by="reviews",
            number=among.n_reviews,
            lines={".".join(found.factors): (found.subject, number, among.n_reviews)} if found.subject else {},
            cells=(),
            links=(),
        ),
        what=_("reviews"),
        line=_("Reviews with"),
        facts=[
            (_("Reviews with"), found.subject or "–"),
            (_("Counted from"), asked.counted_from),
            (_("Counted are factors that"), layer_words(asked)),
            (_("Filters"), filter_words(asked.chips)),
            (_("List of factors"), _("%(name)s, version %(version)s") % {"name": pack.name, "version": pack.version}),
        ],
        data_on=data_on,
        data=data_words(data_on),
    )


def _behind(asked: Asked) -> tuple[Behind, str]:
    """The reviews, and the sentence about them; none where what the address names is no longer there."""
    try:
        found = behind(asked)
    except NotKnown as unknown:
        return Behind("", (), ()), str(unknown)
    number = len(found.codes)
    words = ngettext(
        "%(num)s review has %(subject)s, counted from %(base)s.",
        "%(num)s reviews have %(subject)s, counted from %(base)s.",
        number,
    )
    told = {"num": thousands(number), "subject": f"“{found.subject}”", "base": asked.counted_from}
    return found, words % told


def _picture(asked: Asked, found: Behind, among: Incidence) -> Picture:
    listed, everything = _by_quarter(among, set(found.codes)), _by_quarter(among)
    groups = [Group(quarter_words(code), (everything[code], listed[code])) for code in sorted(everything)]
    series = (Series(_("All reviews counted"), "#c9cfd3"), Series(_("Listed here"), "#0f5468"))
    drawn = drawn_columns(groups, series, size=ON_PAPER)
    told = _("%(present)s of %(answered)s")
    numbers = "; ".join(
        f"{quarter_words(code)}: {told % {'present': listed[code], 'answered': number}}"
        for code, number in sorted(everything.items())
    )
    title = _("Reviews with %(subject)s, by the quarter in which they were opened") % {"subject": found.subject}
    return picture(
        "columns", f"{title}. {numbers}.", title=title, above=[counted_words(asked)], size=(drawn.width, drawn.height),
        drawn=drawn,
    )  # fmt: skip


def _by_quarter(incidence: Incidence, codes: Collection[str] | None = None) -> Counter[str]:
    column = incidence.values(Dimension.QUARTER)
    if codes is not None:
        column = column.rows(np.isin(incidence.codes, list(codes)))
    return Counter(column.counts())


def _table(session: Session, viewer: Viewer, codes: Sequence[str]) -> Table:
    reviews = evidence.reviews_of(session, viewer, codes[:MOST_ROWS])
    divisions = evidence.divisions_of(session, reviews)
    return Table(
        caption=_("The reviews, the one opened last first"),
        names=(_("Review"), _("Code"), _("Division"), _("Opened in")),
        rows=[
            [one.title, one.code, divisions.get(one.office_id, "–"), quarter_words(quarter(one.opened_on))]
            for one in reviews
        ],
        of=len(codes),
        addresses=[f"/reviews/{one.code}" for one in reviews],
        order=_("those opened last first"),
    )
