"""What gets reviewed, in a brief."""

from collections.abc import Sequence

from sqlmodel import Session

from app.core.dates import thousands
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.viewers import Viewer
from app.patterns.briefs.document import Table
from app.patterns.context.selection import Quarter
from app.patterns.pages.choices import quarter_words
from app.patterns.pages.contents.content import Content, Own, filter_words, waiting_words
from app.patterns.pages.dependencies import incidents_until, of_incidents
from app.patterns.pages.pictures import picture
from app.patterns.pages.saved import Opened
from app.patterns.pages.selection import share_told, small_shares_note, what_gets_reviewed
from app.patterns.trends.columns import ON_PAPER
from app.patterns.views.kept import Kept


def selection_content(session: Session, viewer: Viewer, one: Opened) -> tuple[Content, Own]:
    q = one.asked.question
    found = what_gets_reviewed(session, viewer, q.selection)
    number = ngettext("%(num)s incident", "%(num)s incidents", found.reported) % {"num": thousands(found.reported)}
    title = _("From report to debrief, by quarter")
    words = f"{_('Incidents reported, eligible, reviewed and debriefed, by quarter.')} {found.finding}"
    drawn = found.drawn(ON_PAPER)
    content = Content(
        finding=q.period_backward or found.finding,
        picture=picture(
            "columns", words, title=title, above=[_("Counted from %(base)s") % {"base": number}],
            size=(drawn.width, drawn.height), drawn=drawn,
        )
        if found.quarters
        else None,
        tables=[_quarters_table(found.quarters)],
        not_said=[
            _(
                "Look here before reading a trend: when other incidents are chosen for review, shares of factors move "
                "although the work has not changed."
            ),
            _("The latest quarters are still filling: some of their incidents will be reviewed and debriefed later."),
        ],
        method=[
            _(
                "The unit is an incident. It counts in the quarter in which the agency learned of it. Eligible: triage "
                "chose a review, a brief note or counting for it, or it was reviewed without a written decision. "
                "Reviewed: it has a review that was not withdrawn. Debriefed: that review has a debrief."
            ),
            _(
                "Days to the first debrief are counted from the day the agency learned of the incident; half and "
                "middle half are quartiles, interpolated between the two nearest days. Nothing is tested."
            ),
            small_shares_note(),
        ],
    )  # fmt: skip
    return content, Own(
        kept=Kept(
            pack="",
            by="trends/selection",
            number=found.reported,
            lines={one.code: (quarter_words(one.code), one.reviewed, one.reported) for one in found.quarters},
            cells=(),
            links=(),
        ),
        what=_("incidents"),
        line=_("Reviewed, of reported in"),
        facts=[
            (_("Counted from"), _without(number, found.without_a_day)),
            (_("Days to the first debrief"), waiting_words(found.waiting)),
            (_("Filters"), filter_words(of_incidents(one.asked)["chips"])),
        ],
        data_on=found.newest,
        data=incidents_until(found.newest),
    )


def _without(number: str, without_a_day: int) -> str:
    if not without_a_day:
        return number
    return f"{number}; {_('%(num)s more without a date are left out') % {'num': without_a_day}}"


def _quarters_table(quarters: Sequence[Quarter]) -> Table:
    return Table(
        caption=_("Incidents by quarter, the latest first"),
        names=(
            _("Quarter"), _("Reported"), _("Not decided yet"), _("Eligible"), _("Reviewed"), _("Reviewed of reported"),
            _("Debriefed"),
        ),
        rows=[
            [
                quarter_words(one.code),
                str(one.reported),
                str(one.undecided),
                str(one.eligible),
                str(one.reviewed),
                share_told(one.reviewed, one.reported),
                str(one.debriefed),
            ]
            for one in reversed(quarters)
        ],
        numbers=frozenset(range(1, 7)),
        order=_("the latest first"),
    )  # fmt: skip
