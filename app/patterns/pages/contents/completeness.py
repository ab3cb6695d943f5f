"""How complete the answers are, in a brief."""

from collections.abc import Sequence

from sqlmodel import Session

from app.core.dates import percent, thousands
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.viewers import Viewer
from app.patterns.briefs.document import Table, data_words
from app.patterns.context.completeness import Answers, Field
from app.patterns.counting.records import Factor
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.pages import choices
from app.patterns.pages.completeness import Completeness, completeness_of, not_narrowing, told
from app.patterns.pages.contents.content import Content, Own, filter_words
from app.patterns.pages.dependencies import Asked, following
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Opened
from app.patterns.trends.columns import ON_PAPER
from app.patterns.views.kept import Kept
from app.patterns.views.queries import data_day

FIELDS_TOLD = 5
"""Of incidents, on paper; those least answered."""


def completeness_content(session: Session, viewer: Viewer, one: Opened) -> tuple[Content, Own]:
    asked = one.asked
    found = completeness_of(session, viewer, asked)
    number = ngettext("%(num)s rated review", "%(num)s rated reviews", found.reviews) % {
        "num": thousands(found.reviews)
    }
    drawn, title = found.drawn(ON_PAPER), _("Share of answers without enough information, by quarter")
    content = Content(
        finding=asked.question.period_backward or found.finding,
        picture=picture(
            "columns", f"{title}. {found.finding}", title=title,
            above=[_("Counted from %(base)s, by the quarter in which the review was opened") % {"base": number}],
            size=(drawn.width, drawn.height), drawn=drawn,
        )
        if drawn.bars
        else None,
        tables=[_factors_table(found.factors), _fields_table(found.incidents)],
        not_said=[
            _("A share of a factor is of the reviews that answered it, so a factor with much missing rests on fewer."),
            _("Not enough information is an answer of its own: it can say that a review could not ask, or did not."),
        ],
        method=[
            _(
                "The unit is an answer: one factor in one rated review that was asked about it. It says something "
                "where the rating that counts (the consensus, else the single rater's) does; the others could not be "
                "given for lack of information, or are missing. Of fewer than %(least)s reviews no share is shown."
            )
            % {"least": SMALLEST_BASE},
            _(
                "Fields are of all incidents, reviewed or not. Unknown and not collected are answers of their own; an "
                "empty field is counted with what was not collected. Of fewer than %(least)s incidents nothing is told."
            )
            % {"least": SMALLEST_BASE},
        ],
    )  # fmt: skip
    data_on = data_day(session, viewer, asked.snapshot.pack.id)
    return content, Own(
        kept=_kept(asked, found),
        what=_("reviews"),
        line=_("Factor, field or step"),
        facts=_facts(asked, found, number),
        data_on=data_on,
        data=data_words(data_on),
    )


def _facts(asked: Asked, found: Completeness, number: str) -> list[tuple[str, str]]:
    pack, apart = asked.snapshot.pack, not_narrowing(asked)["incidents"]
    incidents = _("%(number)s for their fields") % {"number": thousands(found.number_of_incidents)}
    if apart:
        incidents = f"{incidents}; {_('not narrowed by: %(filters)s') % {'filters': apart}}"
    return [
        (_("Counted from"), number),
        (_("Incidents"), incidents),
        (_("Filters"), filter_words(following(asked, choices.ASKED_OF_ANSWERS)["chips"])),
        (_("List of factors"), _("%(name)s, version %(version)s") % {"name": pack.name, "version": pack.version}),
    ]


def _kept(asked: Asked, found: Completeness) -> Kept:
    factors = {factor.code: (factor.label, one.answered, one.asked) for factor, one in found.factors}
    fields = {f"field {one.name}": (one.name, one.answered, one.of) for one in found.incidents}
    steps = {f"step {one.name}": (one.name, one.answered, one.of) for one in found.steps}
    return Kept(
        pack=asked.snapshot.pack.code,
        by="trends/quality",
        number=found.reviews,
        lines={**factors, **fields, **steps},
        cells=(),
        links=(),
    )


def _factors_table(factors: Sequence[tuple[Factor, Answers]]) -> Table:
    return Table(
        caption=_("Answers by factor, where information is most often missing first"),
        names=(_("Factor"), _("Asked"), _("Answered"), _("Not enough information"), _("Not rated")),
        rows=[
            [
                factor.label,
                thousands(one.asked),
                *(_share(number, one.asked) for number in (one.answered, one.not_enough_information, one.not_rated)),
            ]
            for factor, one in factors
        ],
        numbers=frozenset({1, 2, 3, 4}),
        order=_("where information is most often missing first"),
    )


def _fields_table(fields: Sequence[Field]) -> Table:
    least = sorted(fields, key=lambda one: (one.answered / one.of, one.name))
    return Table(
        caption=_("Fields of incidents, those least answered first"),
        names=(_("Field"), _("Answered"), _("Unknown"), _("Not collected")),
        rows=[
            [one.name, *(_share(number, one.of) for number in (one.answered, one.unknown, one.empty))] for one in least
        ],
        numbers=frozenset({1, 2, 3}),
        order=_("those least answered first"),
    ).first(FIELDS_TOLD)


def _share(number: int, of: int) -> str:
    return percent(number / of) if told(of) else "–"
