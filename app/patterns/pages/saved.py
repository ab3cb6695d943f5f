"""An address of patterns that was kept: what can be asked of it today, and what it counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlmodel import Session

from app.core.forms import cleaned
from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.patterns import queries
from app.patterns.combinations.closed_sets import TooMany
from app.patterns.combinations.found import combinations_in
from app.patterns.connections.pairs import Pair, pairs_of, strongest_first
from app.patterns.heatmap.table import Heatmap, heatmap
from app.patterns.pages import asking, choices
from app.patterns.pages.asking import NotKnown, least_together
from app.patterns.pages.dependencies import HEATMAP, Asked
from app.patterns.pages.over_time import OverTime, trends_of
from app.patterns.snapshot import Snapshot
from app.patterns.trends import queries as trend_queries
from app.patterns.trends.series import Trend
from app.patterns.views.kept import Kept, counted_now
from app.patterns.views.models import LONGEST_ADDRESS

PAGES = Words(
    {
        "heatmap": N_("Factor heatmap"),
        "connections": N_("Factor connections"),
        "combinations": N_("Combinations of factors"),
        "trends": N_("Trends"),
        "factors": N_("One factor"),
        "reviews": N_("Reviews behind a number"),
        "influences": N_("Influences in maps"),
        "connections/difference": N_("Difference between two sets of reviews"),
        "trends/incidents": N_("Incidents over time"),
        "trends/selection": N_("What gets reviewed"),
        "trends/quality": N_("How complete the answers are"),
    }
)
"""The pages that can be saved, by their path below /patterns or the first part of it."""
NOT_SAVED = re.compile(r"/trends/(changes|open-cases)$|\.[a-z]+$")
NAMES_A_FACTOR = ("pair", "combination", "factor", "cell")


def savable(address: str) -> str | None:
    """The address as it is kept, or None where it is not a page of patterns that can be saved."""
    parts = urlsplit(cleaned(address).strip())
    if parts.scheme or parts.netloc or not re.fullmatch(r"/patterns(/[\w.~-]+)+", parts.path, re.ASCII):
        return None
    if kind_of(parts.path) not in PAGES or NOT_SAVED.search(parts.path):
        return None
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "page"])
    kept = f"{parts.path}?{query}" if query else parts.path
    return kept if len(kept) <= LONGEST_ADDRESS else None


def kind_of(path: str) -> str:
    return path.split("/")[2]


def page_of(address: str) -> str:
    """The name of the page at an address that can be saved."""
    path = urlsplit(address).path
    whole = path.removeprefix("/patterns/")
    return PAGES[whole if whole in PAGES else kind_of(path)]


@dataclass(frozen=True)
class Opened:
    """A kept address as it can be answered today."""

    asked: Asked
    kind: str
    left_out: Sequence[str]
    """Sentences about what the address asks for that is no longer there."""

    @property
    def what(self) -> str:
        """What is counted: reviews, or key episodes."""
        return str(self.asked.context["counted"])

    @property
    def address(self) -> str:
        """Of the page as it can be shown today."""
        return self.asked.question.address()


def reopened(session: Session, viewer: Viewer, address: str) -> Opened | None:
    """The reviews and filters of a kept address, without what is no longer known; None where nothing is rated yet."""
    parts = urlsplit(address)
    sent = parse_qsl(parts.query)
    left_out: list[str] = []
    snapshot, packs = queries.snapshot(session, viewer, dict(sent).get("pack", ""))
    if snapshot is None and packs:
        left_out.append(_("There is no such list of factors to choose."))
        sent = [(name, value) for name, value in sent if name != "pack"]
        snapshot, packs = queries.snapshot(session, viewer)
    if snapshot is None:
        return None
    path = _path(parts.path, snapshot, left_out)
    known = [(name, value) for name, value in sent if _is_known(path, name, value, snapshot, left_out)]
    try:
        question = asking.read(path, known, snapshot)
    except NotKnown as unknown:
        # Each value is known, and together they ask for nothing that can be answered.
        left_out.append(str(unknown))
        question = asking.read(path, (), snapshot)
    return Opened(Asked(snapshot, packs, question), kind_of(path), left_out)


def _path(path: str, snapshot: Snapshot, left_out: list[str]) -> str:
    if kind_of(path) == "factors" and not snapshot.factor(path.rsplit("/", 1)[1]):
        left_out.append(_no_such_factor(path.rsplit("/", 1)[1], snapshot))
        return HEATMAP
    return path


def _is_known(path: str, name: str, value: str, snapshot: Snapshot, left_out: list[str]) -> bool:
    try:
        least_together(asking.read(path, [(name, value)], snapshot))
    except NotKnown as unknown:
        left_out.append(str(unknown))
        return False
    codes = value.split(".")[: 1 if name in ("cell", "factor") else None] if name in NAMES_A_FACTOR else []
    gone = [code for code in codes if not snapshot.factor(code)]
    left_out += [_no_such_factor(code, snapshot) for code in gone]
    return not gone


def _no_such_factor(code: str, snapshot: Snapshot) -> str:
    name = snapshot.about[code].name if code in snapshot.about else code
    return _("The factor “%(name)s” is no longer on the list.") % {"name": name}


@dataclass(frozen=True)
class Counted:
    """Everything that a saved view keeps and a brief shows, counted once."""

    heat: Heatmap
    pairs: Sequence[Pair]
    """The strongest first."""
    trends: Sequence[Trend]
    """Only on a page of trends."""
    kept: Kept


def counted(session: Session, viewer: Viewer, one: Opened) -> Counted:
    asked, q = one.asked, one.asked.question
    labels = choices.labels_of(asked.snapshot, q.by)
    heat = heatmap(asked.incidence, q.by, q.layer, rows=q.rows, columns=q.columns, labels=labels)
    pairs = strongest_first(pairs_of(asked.incidence, q.layer))
    trends = _trends(session, viewer, asked) if one.kind == "trends" else ()
    kept = counted_now(
        asked.snapshot.pack.code,
        asked.incidence,
        q.layer,
        heat,
        pairs,
        combinations=_combinations(asked) if one.kind == "combinations" else (),
        signals=[trend.factor.code for trend in trends if trend.is_unusual],
    )
    return Counted(heat, pairs, trends, kept)


def _trends(session: Session, viewer: Viewer, asked: Asked) -> Sequence[Trend]:
    # A change that was taken back since is left out, where the page itself would refuse it.
    changes = trend_queries.changes(session, viewer)
    wanted = asked.question.sent.get("rebase", ())
    starts = [change.changed_on for change in changes if change.code in wanted]
    return trends_of(session, viewer, OverTime(asked, changes, starts))


def _combinations(asked: Asked) -> list[str]:
    try:
        found = combinations_in(asked.incidence, asked.question.layer, least=least_together(asked.question))
    except TooMany:
        return []
    return [one.key for one in found.more_than_parts]
