"""What a quarter of an office says, on screen and on paper: its finding, facts, columns and tables."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from sqlmodel import Session

from app.core.clock import today
from app.core.dates import earlier_quarter, quarter
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.models import OrgUnit
from app.identity.viewers import Viewer
from app.patterns.briefs.document import Brief, Table, data_words
from app.patterns.briefs.pictures import Picture
from app.patterns.counting.records import Dimension, Selection, Unit
from app.patterns.counting.words import number_of
from app.patterns.heatmap.shares import SMALLEST_BASE, Share
from app.patterns.offices.quarterly import (
    DRAWN_QUARTERS,
    PAST_QUARTERS,
    FactorLine,
    factor_lines,
    incidents_by_quarter,
    reviews_by_quarter,
)
from app.patterns.offices.queries import concluded_in
from app.patterns.pages.choices import quarter_words
from app.patterns.pages.contents.content import range_words, share_words
from app.patterns.pages.pictures import picture
from app.patterns.snapshot import Snapshot
from app.patterns.trends import queries as trend_queries
from app.patterns.trends.columns import ON_PAPER, Group, Series, drawn_columns
from app.patterns.views.queries import data_day
from app.reviews.models import Review


def brief_of_quarter(session: Session, viewer: Viewer, snapshot: Snapshot, office: OrgUnit, chosen: str) -> Brief:
    """The quarter `chosen`, such as 2026-Q3, beside the office's own past; of the reviews this viewer may read."""
    reviews = reviews_by_quarter(snapshot.incidence, office.code)
    days, _without = trend_queries.incident_days(session, viewer, Selection(office=(office.code,)))
    incidents = incidents_by_quarter(one.reported_on for one in days)
    lines = factor_lines(snapshot.incidence, office.code, chosen)
    factors = _factors_table(lines, _reviews_behind(snapshot, office, chosen))
    concluded = concluded_in(session, viewer, office, chosen, earlier_quarter(chosen, -1))
    before = sum(reviews[earlier_quarter(chosen, by)] for by in range(1, PAST_QUARTERS + 1))
    pack, past = snapshot.pack, _("the %(number)s quarters before, %(reviews)s rated reviews")
    data_on = data_day(session, viewer, pack.id)
    return Brief(
        code=f"{office.code}-{chosen}",
        title=f"{office.name}, {quarter_words(chosen)}",
        agency=viewer.agency.name,
        made_up=viewer.agency.made_up,
        finding=_finding(office, chosen, reviews[chosen], before) + _not_ended(chosen),
        facts=[
            (_("Incidents that became known"), str(incidents[chosen])),
            (_("Reviews opened and rated"), str(reviews[chosen])),
            (_("Reviews concluded"), str(len(concluded))),
            (_("Own past"), past % {"number": PAST_QUARTERS, "reviews": before}),
            (_("List of factors"), _("%(name)s, version %(version)s") % {"name": pack.name, "version": pack.version}),
            (_("Data"), data_words(data_on)),
        ],
        changes=(),
        changes_heading="",
        picture=_columns(chosen, incidents, reviews),
        tables=[table for table in (factors, _concluded_table(concluded)) if table.rows],
        not_said=[
            _("Offices differ in size and in what they review. An office is compared with its own past only."),
            _("A quarter holds few reviews. One more or one fewer changes much, and most differences are chance."),
            _("Reviews are chosen, not drawn at random. The numbers say nothing about any person."),
        ],
        method=[
            _(
                "The unit is a review. Reviews count in the quarter in which they were opened; incidents in the "
                "quarter in which they became known. A factor is present where the rating that counts (the consensus, "
                "else the single rater's) is 2 or 3, or where it was imported as present; what hindered and what "
                "helped are counted apart, of the reviews in which the factor was asked and answered. None is tested."
            ),
            _shares_words(lines),
        ],
        data_on=data_on,
    )  # fmt: skip


def _shares_words(lines: Sequence[FactorLine]) -> str:
    """What stands in brackets, where anything does."""
    before = [share for line in lines for share in (line.hindered_before, line.helped_before)]
    if all(share.percent is None for share in before):
        words = _("Of fewer than %(smallest)s reviews with an answer no share is shown, so only counts stand here.")
    else:
        words = _(
            "In brackets stand the share and its 95%% Wilson interval; of fewer than %(smallest)s reviews with an "
            "answer no share is shown."
        )
    return words % {"smallest": SMALLEST_BASE}


def _finding(office: OrgUnit, chosen: str, now: int, before: int) -> str:
    told = ngettext(
        "In %(quarter)s, %(num)s rated review of %(office)s was opened; the four quarters before had %(before)s.",
        "In %(quarter)s, %(num)s rated reviews of %(office)s were opened; the four quarters before had %(before)s.",
        now,
    ) % {"quarter": quarter_words(chosen), "num": now, "office": office.name, "before": before}
    if not now:
        words = _("In %(quarter)s, no rated review of %(office)s was opened; the four quarters before had %(before)s.")
        return words % {"quarter": quarter_words(chosen), "office": office.name, "before": before}
    if now >= SMALLEST_BASE:
        return told
    return f"{told} {_('That is too few to compare shares, so counts are shown.')}"


def _not_ended(chosen: str) -> str:
    """What a quarter that still goes on needs said beside quarters that are full."""
    return f" {_('The quarter has not ended yet, so more may come.')}" if chosen >= quarter(today()) else ""


def _columns(chosen: str, incidents: Mapping[str, int], reviews: Mapping[str, int]) -> Picture:
    codes = [earlier_quarter(chosen, by) for by in range(DRAWN_QUARTERS - 1, -1, -1)]
    groups = [Group(quarter_words(code), (incidents.get(code, 0), reviews.get(code, 0))) for code in codes]
    told = "; ".join(
        f"{quarter_words(code)}: {_numbers_words(incidents.get(code, 0), reviews.get(code, 0))}" for code in codes
    )
    words = _("Incidents that became known, and reviews opened and rated, by quarter. %(numbers)s.") % {"numbers": told}
    title = _("Incidents that became known, and reviews opened and rated, by quarter")
    series = (
        Series(_("Incidents that became known"), "#c9cfd3"),
        Series(_("Reviews opened and rated"), "#0f5468"),
    )
    drawn = drawn_columns(groups, series, size=ON_PAPER)
    return picture("columns", words, title=title, above=(), size=(drawn.width, drawn.height), drawn=drawn)


def _numbers_words(incidents: int, reviews: int) -> str:
    number = ngettext("%(num)s incident", "%(num)s incidents", incidents) % {"num": incidents}
    return f"{number}, {number_of(reviews, Unit.REVIEW)}"


def _reviews_behind(snapshot: Snapshot, office: OrgUnit, chosen: str) -> str:
    """The filters, as the end of an address, that leave the office's reviews of the quarter and its past."""
    first = earlier_quarter(chosen, PAST_QUARTERS)
    with_reviews = [code for code in snapshot.incidence.groups(Dimension.QUARTER) if first <= code <= chosen]
    period = {"from": min(with_reviews), "to": max(with_reviews)} if with_reviews else {}
    return urlencode({"office": office.code, **period})


def _factors_table(lines: Sequence[FactorLine], reviews_behind: str) -> Table:
    rows = [
        [
            line.factor.label,
            share_words(line.hindered),
            _past(line.hindered_before),
            share_words(line.helped),
            _past(line.helped_before),
        ]
        for line in lines
    ]
    return Table(
        caption=_("Factors of this quarter and the four before, those found most often in this quarter first"),
        names=(_("Factor"), _("Hindered"), _("Hindered before"), _("Helped"), _("Helped before")),
        rows=rows,
        addresses=[f"/patterns/factors/{line.factor.code}?{reviews_behind}" for line in lines],
    )


def _past(share: Share) -> str:
    if share.percent is None:
        return share_words(share)
    return f"{share_words(share)} ({share.percent}%; {range_words(share)})"


def _concluded_table(reviews: Sequence[Review]) -> Table:
    return Table(
        caption=_("Reviews concluded"),
        names=(_("Review"), _("Code")),
        rows=[(review.title, review.code) for review in reviews],
        addresses=[f"/reviews/{review.code}" for review in reviews],
    )
