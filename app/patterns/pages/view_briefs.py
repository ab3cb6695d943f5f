"""A saved view as it stands today: its brief, and what has changed since it was saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten

from sqlmodel import Session

from app.core.dates import day
from app.core.translation import N_, Words, ngettext
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns.briefs.document import MOST_ROWS, Brief, data_words
from app.patterns.context.selection import by_quarter
from app.patterns.pages import choices
from app.patterns.pages.contents.content import filter_words
from app.patterns.pages.contents.of_page import Told, told_today
from app.patterns.pages.saved import Opened, page_of, reopened
from app.patterns.trends import queries as trend_queries
from app.patterns.views.kept import Difference, Kept, difference, kept_from
from app.patterns.views.models import SavedView
from app.patterns.views.queries import data_day

LONGEST_FINDING = 600
MOST_NAMED = 4
"""Of each kind of change, on paper."""
APPEARED = Words(
    {
        "cells": N_("Newly different by more than chance"),
        "links": N_("New links"),
        "combinations": N_("New combinations"),
        "signals": N_("Newly unusual over time"),
    }
)
LEFT = Words(
    {
        "cells": N_("No longer different by more than chance"),
        "links": N_("Links that are no longer there"),
        "combinations": N_("Combinations that are no longer there"),
        "signals": N_("No longer unusual over time"),
    }
)


@dataclass(frozen=True)
class ViewToday:
    """A saved view with the present data of whoever opens it."""

    view: SavedView
    page: str
    """The name of the page that is shown: of the one that was saved, unless that is gone."""
    one: Opened | None
    """None where no review within sight is rated."""
    brief: Brief | None
    changed: Difference | None
    """None where it cannot be compared; `why_not` says why."""
    why_not: str
    what: str = ""
    """What is counted, such as "reviews"."""
    line: str = ""
    """What each line is whose numbers are compared, such as "Factor"."""


def view_today(session: Session, viewer: Viewer, view: SavedView) -> ViewToday:
    """Opens a saved view with the present data. Numbers kept at saving are told only to whoever has the same sight."""
    one = reopened(session, viewer, view.address)
    then = kept_from(view.numbers) if view.sight == viewer.sight else None
    if one is None:
        return ViewToday(view, page_of(view.address), None, None, None, _("No review that you may read is rated yet."))
    page = page_of(one.address)
    told = told_today(session, viewer, one)
    content, own = told.content, told.own
    why_not = _why_not_compared(view, viewer, one, then, told)
    changed = difference(then, told.kept) if then and not why_not else None
    what, line = (own.what, own.line) if own else (one.what, _("Factor"))
    data_on = own.data_on if own else data_day(session, viewer, one.asked.snapshot.pack.id)
    brief = Brief(
        code=view.code,
        title=view.title,
        agency=viewer.agency.name,
        made_up=viewer.agency.made_up,
        finding=shorten(content.finding, LONGEST_FINDING, placeholder=" …"),
        facts=[
            (_("Page"), page),
            *(own.facts if own else _facts(one)),
            (_("Data"), own.data if own else data_words(data_on)),
            (_("Saved view"), _saved_words(view)),
        ],
        changes=change_words(changed, what) if changed else [why_not],
        changes_heading=_("What has changed since %(day)s") % {"day": day(view.saved_at)},
        picture=content.picture,
        tables=[table.first(MOST_ROWS) for table in content.tables if table.rows],
        not_said=[*content.not_said, *_not_said(session, viewer)],
        method=[*content.method, _fingerprint(told.kept)],
        data_on=data_on,
    )
    return ViewToday(view, page, one, brief, changed, why_not, what, line)


def _why_not_compared(view: SavedView, viewer: Viewer, one: Opened, then: Kept | None, told: Told) -> str:
    if view.sight != viewer.sight:
        return _(
            "What has changed cannot be shown here: the numbers kept at saving were counted from other reviews than "
            "those you may read. Save a view of your own to compare with later."
        )
    if then is None or (told.own and then.by != told.kept.by):
        return _("What has changed cannot be shown: the numbers were kept in a form that is no longer read.")
    if one.left_out:
        return _("What has changed cannot be shown, because part of what the view asks for is no longer there.")
    return ""


def change_words(changed: Difference, what: str) -> list[str]:
    """What differs, in sentences for paper; the page lists everything."""
    then, now = changed.then.number, changed.now.number
    if changed.is_nothing:
        return [_("Nothing: every number is as it was, over %(now)s %(what)s.") % {"now": now, "what": what}]
    told = [_("Counted from %(now)s %(what)s; it was %(then)s.") % {"now": now, "what": what, "then": then}]
    for words, found in ((APPEARED, changed.appeared), (LEFT, changed.left)):
        told += [f"{words[kind]}: {_named(items)}." for kind, items in found]
    if not changed.appeared and not changed.left:
        told.append(_("What stands out is the same."))
    return told


def _named(items: Sequence[str]) -> str:
    more = len(items) - MOST_NAMED
    rest = ngettext("%(num)s more", "%(num)s more", more) % {"num": more}
    return "; ".join([*items[:MOST_NAMED], rest] if more > 0 else items)


def _facts(one: Opened) -> list[tuple[str, str]]:
    asked, pack = one.asked, one.asked.snapshot.pack
    return [
        (_("Counted from"), asked.counted_from),
        (_("Counted are factors that"), choices.LAYERS[asked.question.layer].lower()),
        (_("Filters"), filter_words(asked.chips)),
        (_("List of factors"), _("%(name)s, version %(version)s") % {"name": pack.name, "version": pack.version}),
    ]


def _saved_words(view: SavedView) -> str:
    return _("%(code)s, saved %(day)s") % {"code": view.code, "day": day(view.saved_at)}


def _not_said(session: Session, viewer: Viewer) -> list[str]:
    quarters = by_quarter(trend_queries.paths_of_incidents(session, viewer))
    reported, reviewed = (sum(getattr(one, name) for one in quarters) for name in ("reported", "reviewed"))
    return [
        ngettext(
            "Reviews are chosen, not drawn at random: of %(reported)s incident that became known, %(reviewed)s was "
            "reviewed. A shift in what is reviewed looks like a shift in the work.",
            "Reviews are chosen, not drawn at random: of %(reported)s incidents that became known, %(reviewed)s were "
            "reviewed. A shift in what is reviewed looks like a shift in the work.",
            reported,
        )
        % {"reported": reported, "reviewed": reviewed},
        _("The numbers describe conditions of the work. They say nothing about any person."),
    ]


def _fingerprint(kept: Kept) -> str:
    words = _("Fingerprint of the numbers: %(print)s. The same fingerprint means the same numbers.")
    return words % {"print": kept.fingerprint}
