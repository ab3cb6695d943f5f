"""Which content belongs to which page, and the numbers that a saved view of it keeps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from sqlmodel import Session

from app.identity.viewers import Viewer
from app.patterns.pages.contents.combinations import combinations_content
from app.patterns.pages.contents.completeness import completeness_content
from app.patterns.pages.contents.connections import connections_content, groups_content
from app.patterns.pages.contents.content import Content, Own
from app.patterns.pages.contents.difference import difference_content
from app.patterns.pages.contents.factor import factor_content
from app.patterns.pages.contents.heatmap import heatmap_content
from app.patterns.pages.contents.influences import influences_content
from app.patterns.pages.contents.reviews import reviews_content
from app.patterns.pages.contents.selection import selection_content
from app.patterns.pages.contents.trends import incidents_content, trends_content
from app.patterns.pages.saved import Counted, Opened, counted
from app.patterns.views.kept import Kept
from app.patterns.views.queries import data_day

OfFactors: TypeAlias = Callable[[Session, Viewer, Opened, Counted], Content]
OF_FACTORS: Mapping[str, OfFactors] = {
    "connections": connections_content,
    "connections/groups": groups_content,
    "combinations": combinations_content,
    "trends": trends_content,
    "factors": factor_content,
}
"""By the path below /patterns, or the first part of it; every other page of factors is a heatmap."""
COUNTED_APART: Mapping[str, Callable[[Session, Viewer, Opened], tuple[Content, Own]]] = {
    "connections/difference": difference_content,
    "trends/incidents": incidents_content,
    "trends/selection": selection_content,
    "trends/quality": completeness_content,
    "influences": influences_content,
    "reviews": reviews_content,
}
"""Pages that count something else than factors in rated reviews, by their path below /patterns."""


@dataclass(frozen=True)
class Told:
    """What a page tells today."""

    content: Content
    kept: Kept
    own: Own | None
    """None where factors in rated reviews are counted."""


def told_today(session: Session, viewer: Viewer, one: Opened) -> Told:
    """The content of the page, counted today."""
    if make := COUNTED_APART.get(_path(one)):
        content, own = make(session, viewer, one)
        return Told(content, own.kept, own)
    found = counted(session, viewer, one)
    of_factors = OF_FACTORS.get(_path(one), OF_FACTORS.get(one.kind, heatmap_content))
    return Told(of_factors(session, viewer, one, found), found.kept, None)


def to_keep(session: Session, viewer: Viewer, one: Opened) -> tuple[Kept, date | None]:
    """The numbers that a view saved now keeps, and the day of their data."""
    if make := COUNTED_APART.get(_path(one)):
        _content, own = make(session, viewer, one)
        return own.kept, own.data_on
    return counted(session, viewer, one).kept, data_day(session, viewer, one.asked.snapshot.pack.id)


def _path(one: Opened) -> str:
    return one.asked.question.path.removeprefix("/patterns/")
