"""What gets reviewed of the incidents that became known: what the page, its file and a brief of it tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from app.core.dates import percent, thousands
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.viewers import Viewer
from app.patterns.context.selection import Path, Quarter, Waiting, by_quarter, days_to_debrief
from app.patterns.counting.records import Selection
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.pages.choices import quarter_words
from app.patterns.trends import queries as trend_queries
from app.patterns.trends.columns import WIDTH, Columns, Group, Series, drawn_columns


@dataclass(frozen=True)
class WhatGetsReviewed:
    """How far the incidents chosen went."""

    quarters: Sequence[Quarter]
    """By the quarter in which an incident became known, the earliest first."""
    without_a_day: int
    newest: date | None
    """The day the newest of them became known."""
    waiting: Waiting | None

    @property
    def reported(self) -> int:
        return sum(one.reported for one in self.quarters)

    @property
    def reviewed(self) -> int:
        return sum(one.reviewed for one in self.quarters)

    @property
    def finding(self) -> str:
        """How many were reviewed, and how much that differs by quarter, where there are enough for a share."""
        if not self.reported:
            return _("No incident is counted here.")
        told = {"reported": thousands(self.reported), "reviewed": thousands(self.reviewed)}
        if self.reported < SMALLEST_BASE:
            return (
                ngettext(
                    "%(reported)s incident, of which %(reviewed)s reviewed.",
                    "%(reported)s incidents, of which %(reviewed)s reviewed.",
                    self.reported,
                )
                % told
            )
        words = _("Of %(reported)s incidents, %(reviewed)s were reviewed (%(share)s).")
        finding = words % {**told, "share": share_told(self.reviewed, self.reported)}
        shares = [one.reviewed / one.reported for one in self.quarters if one.reported >= SMALLEST_BASE]
        if not shares:
            return finding
        by_quarter = _("By quarter it was between %(least)s and %(most)s.")
        return f"{finding} {by_quarter % {'least': percent(min(shares)), 'most': percent(max(shares))}}"

    def drawn(self, size: tuple[int, int] = (WIDTH, 280)) -> Columns:
        """Four numbers for each quarter."""
        series = (
            Series(_("Reported"), "#c9cfd3"),
            Series(_("Eligible"), "#8acdbe"),
            Series(_("Reviewed"), "#2d789f"),
            Series(_("Debriefed"), "#29295a"),
        )
        groups = [
            Group(quarter_words(one.code), (one.reported, one.eligible, one.reviewed, one.debriefed))
            for one in self.quarters
        ]
        return drawn_columns(groups, series, size=size)


def share_told(part: int, of: int) -> str:
    """A share in percent, or a dash where it is of so few that a single one would move it by a fifth or more.

    The numbers themselves are exact for whoever may read the reviews.
    """
    return percent(part / of) if of >= SMALLEST_BASE else "–"


def small_shares_note() -> str:
    """Why a share is a dash."""
    return _("–: a share of fewer than %(least)s is not shown, because one of them would move it much.") % {
        "least": SMALLEST_BASE
    }


def few_days(waiting: Waiting) -> str:
    """The days themselves, where they are too few for half and middle half; whoever sees them may read the reviews."""
    words = ngettext(
        "%(days)s days, of %(num)s debriefed review; too few for half and middle half",
        "%(days)s days, of %(num)s debriefed reviews; too few for half and middle half",
        waiting.number,
    )
    return words % {"days": ", ".join(map(str, waiting.days)), "num": waiting.number}


def what_gets_reviewed(session: Session, viewer: Viewer, selection: Selection) -> WhatGetsReviewed:
    """Of the incidents that this viewer may count and the selection asks for."""
    paths: list[Path] = trend_queries.paths_of_incidents(session, viewer, selection)
    return WhatGetsReviewed(
        quarters=by_quarter(paths),
        without_a_day=sum(path.reported_on is None for path in paths),
        newest=max((path.reported_on for path in paths if path.reported_on), default=None),
        waiting=days_to_debrief(paths),
    )
