"""Lists of incidents and reviews; filters, order and page stand in the address, so that a list can be kept and sent."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from sqlalchemy import column, func, table
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.audit import trail
from app.audit.reading import Told, containing, read_all
from app.core.forms import cleaned
from app.core.narrative import narrative_names
from app.core.translation import gettext as _
from app.identity.models import OrgUnit
from app.identity.viewers import Viewer
from app.reviews import queries
from app.reviews.models import (
    EpisodeKind,
    Finding,
    Incident,
    KeyEpisode,
    Review,
    Stage,
    TeamMember,
    TimelineEvent,
    TriageDecision,
)
from app.reviews.values import VALUES
from app.systemic_factors.models import FactorLink

PER_PAGE = 25
UNDECIDED = "undecided"
"""The filter for incidents that triage has not decided about."""
Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list was asked for. `sort` is a column, with a minus where the last comes first."""

    path: str
    filters: Mapping[str, str]
    sort: str
    page: int = 1

    def address(self, **changes: str) -> str:
        """This list with other filters or order, from its first page; an empty filter is none."""
        chosen = {**self.filters, "sort": self.sort, **changes}
        query = urlencode({name: value for name, value in chosen.items() if value})
        return f"{self.path}?{query}" if query else self.path

    def page_address(self) -> str:
        """The address of a page of this list, up to the number."""
        start = self.address()
        return f"{start}{'&' if '?' in start else '?'}page="

    def sorted_by(self, column: str) -> str:
        """The address that sorts by a column, or turns the order round."""
        return self.address(sort=f"-{column}" if self.sort == column else column)

    def direction(self, column: str) -> str | None:
        """How the list is sorted by a column, in the words of `aria-sort`."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort)


def asked(path: str, sent: Mapping[str, str], names: Iterable[str], sorts: Iterable[str], first: str) -> Asked:
    """Read an address. What it asks for and we do not know is left out."""
    filters = {name: words for name in names if (words := cleaned(sent.get(name, "")).strip()[:200])}
    sort = sent.get("sort", first)
    page = sent.get("page", "1")
    known = sort.removeprefix("-") in set(sorts)
    return Asked(path, filters, sort if known else first, int(page) if page.isdecimal() and len(page) < 6 else 1)


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """One page of a list."""

    rows: Sequence[Row]
    total: int
    page: int
    pages: int


def found(session: Session, query: SelectOfScalar[Row], asked: Asked, order: Mapping[str, Any]) -> Found[Row]:
    """The page of a query's rows that was asked for; a page beyond the end is the last one."""
    total = session.exec(select(func.count()).select_from(query.subquery())).one()
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, asked.page), pages)
    by = order[asked.sort.removeprefix("-")]
    columns = by if isinstance(by, tuple) else (by,)
    ordered = query.order_by(*(column.desc() if asked.sort.startswith("-") else column.asc() for column in columns))
    return Found(session.exec(ordered.offset((page - 1) * PER_PAGE).limit(PER_PAGE)).all(), total, page, pages)


def _in_units(query: SelectOfScalar[Any], office_id: Any, filters: Mapping[str, str]) -> SelectOfScalar[Any]:
    if code := filters.get("office"):
        query = query.where(office_id.in_(select(OrgUnit.id).where(OrgUnit.code == code)))
    if code := filters.get("division"):
        division = select(OrgUnit.id).where(OrgUnit.code == code).scalar_subquery()
        query = query.where(office_id.in_(select(OrgUnit.id).where(OrgUnit.parent_id == division)))
    return query


def _in_year(query: SelectOfScalar[Any], day: Any, year: str) -> SelectOfScalar[Any]:
    if not (year.isdecimal() and len(year) == 4 and year != "0000"):
        return query
    return query.where(day >= date(int(year), 1, 1), day <= date(int(year), 12, 31))


INCIDENT_FILTERS = ("type", "division", "office", "decision", "year")
INCIDENT_ORDER: dict[str, Any] = {
    "logged": (col(Incident.opened_at), col(Incident.id)),
    "when": (col(Incident.occurred_on), col(Incident.id)),
    "type": (col(Incident.incident_type), col(Incident.id)),
}


def incidents(session: Session, viewer: Viewer, asked: Asked) -> Found[Incident]:
    """The incidents within sight that the filters leave."""
    chosen = asked.filters
    query = _in_units(queries.readable_incidents(viewer), col(Incident.office_id), chosen)
    query = _in_year(query, col(Incident.occurred_on), chosen.get("year", ""))
    if kind := chosen.get("type"):
        query = query.where(Incident.incident_type == kind)
    if decision := chosen.get("decision"):
        latest = select(func.max(TriageDecision.id)).group_by(col(TriageDecision.incident_id))
        decided = select(TriageDecision.incident_id).where(col(TriageDecision.id).in_(latest))
        if decision == UNDECIDED:
            query = query.where(col(Incident.id).not_in(select(TriageDecision.incident_id)))
        else:
            query = query.where(col(Incident.id).in_(decided.where(TriageDecision.decision == decision)))
    return found(session, query, asked, INCIDENT_ORDER)


def latest_decisions(session: Session, incidents: Sequence[Incident]) -> dict[int, str]:
    """The decision that counts, by incident id."""
    ids = [incident.id for incident in incidents]
    query = select(TriageDecision).where(col(TriageDecision.incident_id).in_(ids)).order_by(col(TriageDecision.id))
    return {row.incident_id: row.decision for row in session.exec(query)}


def reviews_by_incident(session: Session, viewer: Viewer, incidents: Sequence[Incident]) -> dict[int, Review]:
    """The readable reviews of these incidents, by incident id."""
    ids = [incident.id for incident in incidents]
    # By their ids: SQLite would look for the incidents among all reviews of the agency.
    of_these = col(Review.id).in_(select(Review.id).where(col(Review.incident_id).in_(ids)))
    query = queries.readable_reviews(viewer).where(of_these)
    return {review.incident_id: review for review in session.exec(query)}


REVIEW_FILTERS = ("words", "stage", "division", "office", "type", "year", "mine", "import")
IMPORTS = table("import_batch", column("id"), column("code"))
"""Importing builds on reviews, so its models are not known here; of an import its number and public code are enough."""
REVIEW_ORDER: dict[str, Any] = {
    "opened": (col(Review.opened_on), col(Review.id)),
    "title": (func.lower(Review.title), col(Review.id)),
    "stage": (col(Review.stage), col(Review.id)),
}


def reviews(session: Session, viewer: Viewer, asked: Asked, *, inside: bool = False) -> Found[Review]:
    """The readable reviews that the filters leave. The words are sought in title and code, or `inside` the narratives;
    that search leaves one line in the trail."""
    query = _filtered_reviews(viewer, asked.filters)
    if words := asked.filters.get("words"):
        if inside:
            query = query.where(col(Review.id).in_(_with_words_inside(session, query, words)))
            trail.record(session, "search in narratives", by=viewer)
        else:
            for word in words.split():
                query = query.where(
                    col(Review.title).icontains(word, autoescape=True)
                    | col(Review.code).icontains(word, autoescape=True)
                )
    return found(session, query, asked, REVIEW_ORDER)


def _filtered_reviews(viewer: Viewer, chosen: Mapping[str, str]) -> SelectOfScalar[Review]:
    query = _in_units(queries.readable_reviews(viewer), col(Review.office_id), chosen)
    query = _in_year(query, col(Review.opened_on), chosen.get("year", ""))
    if chosen.get("stage") in set(Stage):
        query = query.where(Review.stage == Stage(chosen["stage"]))
    if kind := chosen.get("type"):
        query = query.where(col(Review.incident_id).in_(select(Incident.id).where(Incident.incident_type == kind)))
    if batch := chosen.get("import"):
        query = query.where(col(Review.import_batch_id).in_(select(IMPORTS.c.id).where(IMPORTS.c.code == batch)))
    if chosen.get("mine"):
        mine = select(TeamMember.review_id).where(TeamMember.person_id == viewer.id, col(TeamMember.left_at).is_(None))
        query = query.where(col(Review.id).in_(mine))
    return query


def _with_words_inside(session: Session, query: SelectOfScalar[Review], words: str) -> set[int]:
    """The ids of the reviews with one text, or one event, episode, evidence or finding, that holds all the words."""
    matching = {review.id or 0 for review in containing(session.exec(query), words)}
    parts = _parts_of(session, query.with_only_columns(col(Review.id)))
    return matching | {number for number, part in parts if any(containing([part], words))}


def _parts_of(session: Session, reviews: Any) -> Iterator[tuple[int, Any]]:
    """What stands in reviews beside their own texts, each with its review's id. `reviews`: ids, or a query of them."""
    for part in (TimelineEvent, KeyEpisode, Finding):
        kept = select(col(part.review_id), part).where(col(part.review_id).in_(reviews), col(part.removed_at).is_(None))
        yield from session.exec(kept.order_by(col(part.code)))
    evidence = (
        select(KeyEpisode.review_id, FactorLink)
        .join(FactorLink, col(FactorLink.episode_id) == KeyEpisode.id)
        .where(col(KeyEpisode.review_id).in_(reviews))
        .where(col(KeyEpisode.removed_at).is_(None), col(FactorLink.removed_at).is_(None))
    )
    yield from session.exec(evidence.order_by(FactorLink.code))


@dataclass(frozen=True, slots=True)
class Hit:
    """A text in which the words stand: what kind of text it is, and a few words around the first of them."""

    kind: str
    excerpt: str


def hits(session: Session, rows: Sequence[Review], words: str, *, by: Viewer) -> dict[int, list[Hit]]:
    """Where the words stand in these reviews, by review id; each review opened so gets its line in the trail."""
    matching: dict[int, list[Any]] = {review.id or 0: list(containing([review], words)) for review in rows}
    for number, part in _parts_of(session, list(matching)):
        matching[number] += containing([part], words)
    told = {
        review.id or 0: read_all(session, matching[review.id or 0], by=by, within=review.code, part="search results")
        for review in rows
    }
    return {
        number: [Hit(_kind(text), _excerpt(text, words.split())) for text in texts] for number, texts in told.items()
    }


def _kind(told: Told) -> str:
    if isinstance(told.record, TimelineEvent):
        return _("Timeline")
    if isinstance(told.record, Finding):
        return VALUES.words("finding_kind", told.kind)
    if isinstance(told.record, FactorLink):
        return _("Evidence for a factor")
    if isinstance(told.record, KeyEpisode):
        is_practice = told.kind is EpisodeKind.SUCCESSFUL_PRACTICE
        return _("Successful practice") if is_practice else _("Improvement opportunity")
    return _("About the review")


AROUND = 70
"""Characters of an excerpt on each side of the word that was found."""


def _excerpt(told: Told, words: Sequence[str]) -> str:
    """The words around the first place where one of the words stands, cut between words."""
    text = " ".join(" ".join(getattr(told, name) for name in narrative_names(type(told.record))).split())
    place = re.search("|".join(map(re.escape, words)), text, re.IGNORECASE)
    start, end = place.span() if place else (0, 0)
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    if start > AROUND:
        before = "… " + before.partition(" ")[2]
    if end + AROUND < len(text):
        after = after.rpartition(" ")[0] + " …"
    return before + text[start:end] + after


def years(session: Session, day: Any, query: SelectOfScalar[Any]) -> list[str]:
    """The years from the latest to the earliest date among the rows of a query."""
    # One by one, each is found at an end of an index; together, every row would be read.
    ends = (query.with_only_columns(end(day)).scalar_subquery() for end in (func.min, func.max))
    earliest, latest = session.exec(select(*ends)).one()
    return [str(year) for year in range(latest.year, earliest.year - 1, -1)] if earliest else []
