"""Loads what patterns are counted from: the rated reviews within sight of a viewer, as plain records."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from app.core.dates import quarter
from app.identity.models import OrgUnit, OrgUnitKind
from app.identity.viewers import Viewer
from app.patterns.drawings import matrix_order
from app.patterns.graph import Grouping, factor_graph, grouping_of
from app.patterns.incidence import Incidence
from app.patterns.layout import Layout, layout_of
from app.patterns.models import current_version
from app.patterns.pairs import pairs_of
from app.patterns.records import SEVERAL, Dimension, EpisodeLink, Factor, Layer, Rating, ReviewRecord
from app.patterns.shares import totals_of
from app.reviews.models import Incident, KeyEpisode, Review, Stage
from app.reviews.queries import readable_reviews, within_sight_of
from app.systemic_factors.counting import counted_sheets
from app.systemic_factors.domains import short_domain_name
from app.systemic_factors.models import Direction, FactorLink, FactorRating, Round, TaxonomyPack
from app.systemic_factors.models import Factor as FactorRow

# Rows are read past the models: a snapshot holds codes only, and ten thousand objects would cost seconds.
UNIT, INCIDENT, REVIEW, EPISODE, PACK, FACTOR, LINK, RATING = (
    SQLModel.metadata.tables[str(model.__tablename__)]
    for model in (OrgUnit, Incident, Review, KeyEpisode, TaxonomyPack, FactorRow, FactorLink, FactorRating)
)
AT_ONCE = 10_000
"""Codes in one question to the database, which allows only so many values."""
KEPT = 12
"""Snapshots kept in a process, one per agency (or chief) and list of factors."""


@dataclass(frozen=True, slots=True)
class About:
    """What the list says about one factor."""

    definition: str
    fits: tuple[str, ...]
    does_not_fit: tuple[str, ...]
    domain: str
    """The code of the domain."""


@dataclass(frozen=True, slots=True)
class PackChoice:
    """A list of factors that rated reviews within sight use."""

    id: int
    code: str
    name: str
    version: str
    reviews: int


@dataclass(frozen=True)
class Picture:
    """How the map and the matrix stand in one layer. Made from every review, so that no filter moves anything."""

    grouping: Grouping
    layout: Layout
    order: tuple[Factor, ...]


@dataclass(frozen=True)
class Snapshot:
    """The rated reviews of one list of factors, as they were when the token was read."""

    pack: PackChoice
    incidence: Incidence
    about: Mapping[str, About]
    units: Mapping[str, str]
    """The names of divisions and offices by their codes."""
    unrated: int
    """Reviews within sight that use this list and have no rating that counts yet; they are in no number."""
    _pictures: dict[Layer, Picture] = field(default_factory=dict, repr=False)

    def factor(self, code: str) -> Factor | None:
        return next((factor for factor in self.incidence.factors if factor.code == code), None)

    def picture(self, layer: Layer) -> Picture:
        if layer not in self._pictures:
            factors = self.incidence.factors
            pairs = pairs_of(self.incidence, layer)
            present = present_in(self.incidence, layer)
            graph = factor_graph(pairs, factors, present)
            grouping = grouping_of(graph, factors)
            self._pictures[layer] = Picture(grouping, layout_of(graph, grouping), matrix_order(grouping, pairs))
        return self._pictures[layer]


def present_in(incidence: Incidence, layer: Layer) -> dict[str, int]:
    """The number of reviews with each factor, by its code."""
    totals = totals_of(incidence, layer)
    return {factor.code: total.present for factor, total in zip(incidence.factors, totals, strict=True)}


_kept: OrderedDict[tuple[object, ...], Any] = OrderedDict()
_lock = Lock()


def _scope(viewer: Viewer) -> tuple[object, ...]:
    """Viewers with the same scope see the same reviews: the whole agency, or what one person may read."""
    if viewer.reads_whole_agency:
        return ("agency", viewer.agency_id)
    return ("person", viewer.id, viewer.record_division_id)


def packs(session: Session, viewer: Viewer) -> Sequence[PackChoice]:
    """The lists of factors with rated reviews within sight; the newest of the most used first."""
    counted = _counted_sheets(viewer).subquery()
    query = (
        sa.select(PACK.c.id, PACK.c.code, PACK.c.name, PACK.c.version, sa.func.count())
        .join(REVIEW, REVIEW.c.pack_id == PACK.c.id)
        .join(counted, counted.c.review_id == REVIEW.c.id)
        .group_by(PACK.c.id, PACK.c.code, PACK.c.name, PACK.c.version)
        .order_by(sa.func.count().desc(), PACK.c.id.desc())
    )
    return [PackChoice(*row) for row in session.execute(query)]


def snapshot(session: Session, viewer: Viewer, pack_code: str = "") -> tuple[Snapshot | None, Sequence[PackChoice]]:
    """The rated reviews within sight of the viewer, and the lists of factors to choose from.

    None when no list of that code has rated reviews within sight. Kept in the process until what is counted changes.
    """
    token = current_version(session)
    choices = _keep((token, *_scope(viewer), "packs"), lambda: tuple(packs(session, viewer)))
    wanted = next((choice for choice in choices if pack_code in ("", choice.code)), None)
    if wanted is None:
        return None, choices
    made: Snapshot = _keep((token, *_scope(viewer), wanted.id), lambda: _load(session, viewer, wanted))
    return made, choices


def _keep(key: tuple[object, ...], make: Any) -> Any:
    if not key[0]:
        return make()
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = make()
    with _lock:
        _kept[key] = made
        while len(_kept) > 2 * KEPT:
            _kept.popitem(last=False)
    return made


def _counted_sheets(viewer: Viewer) -> sa.Select[Any, int, Round]:
    """The sheets that count, of the reviews within sight; a review that was withdrawn has none."""
    return counted_sheets(within_sight_of(viewer), col(Review.stage) != Stage.WITHDRAWN)


def _load(session: Session, viewer: Viewer, pack: PackChoice) -> Snapshot:
    factors = session.execute(
        sa.select(
            FACTOR.c.id,
            FACTOR.c.key,
            FACTOR.c.name,
            FACTOR.c.domain,
            FACTOR.c.definition,
            FACTOR.c.fits,
            FACTOR.c.does_not_fit,
            FACTOR.c.retired_at,
        )
        .where(FACTOR.c.pack_id == pack.id)
        .order_by(FACTOR.c.position, FACTOR.c.id)
    ).all()
    keys = {row.id: row.key for row in factors}
    units = _units(session, viewer)
    counted = _counted_sheets(viewer).subquery()
    rows = session.execute(
        sa.select(
            REVIEW.c.id,
            REVIEW.c.code,
            REVIEW.c.office_id,
            REVIEW.c.opened_on,
            counted.c.sheet_id,
            counted.c.round,
            INCIDENT.c.incident_type,
            INCIDENT.c.maltreatment_types,
            INCIDENT.c.child_age_band,
            INCIDENT.c.occurred_on,
        )
        .join(counted, counted.c.review_id == REVIEW.c.id)
        .join(INCIDENT, INCIDENT.c.id == REVIEW.c.incident_id)
        .where(REVIEW.c.pack_id == pack.id)
    ).all()
    answers = _answers(session, counted, pack, keys)
    areas, links = _episodes(session, counted, pack, keys)
    records = [
        ReviewRecord(
            code=row.code,
            attributes=_attributes(row, units),
            answers=_asked(row.round, keys, answers.get(row.id, {})),
            episode_links=tuple(links.get(row.id, ())),
            episode_areas=frozenset(areas.get(row.id, ())),
        )
        for row in rows
    ]
    used = {key for answered in answers.values() for key in answered}
    return Snapshot(
        pack=pack,
        incidence=Incidence.of(
            records,
            [
                Factor(row.key, row.name, short_domain_name(row.domain))
                for row in factors
                if row.retired_at is None or row.key in used
            ],
        ),
        about={row.key: About(row.definition, tuple(row.fits), tuple(row.does_not_fit), row.domain) for row in factors},
        units={unit.code: unit.name for unit in units.values()},
        unrated=_unrated(session, viewer, pack, len(records)),
    )


def _units(session: Session, viewer: Viewer) -> dict[int, Any]:
    query = sa.select(UNIT.c.id, UNIT.c.code, UNIT.c.name, UNIT.c.kind, UNIT.c.parent_id)
    return {row.id: row for row in session.execute(query.where(UNIT.c.agency_id == viewer.agency_id))}


def _attributes(row: Any, units: Mapping[int, Any]) -> dict[Dimension, str]:
    office = units.get(row.office_id)
    division = units.get(office.parent_id) if office else None
    return {
        Dimension.DIVISION: division.code if division else "",
        Dimension.OFFICE: office.code if office and office.kind == OrgUnitKind.OFFICE else "",
        Dimension.INCIDENT_TYPE: row.incident_type,
        Dimension.MALTREATMENT_TYPE: SEVERAL.join(row.maltreatment_types),
        Dimension.AGE_BAND: row.child_age_band,
        Dimension.QUARTER: quarter(row.opened_on),
        Dimension.OCCURRED_QUARTER: quarter(row.occurred_on) if row.occurred_on else "",
    }


def _asked(which: Round, keys: Mapping[int, str], answered: Mapping[str, Rating]) -> Mapping[str, Rating]:
    """On a rater's sheet every factor of the list was asked; an imported row asks only what its columns name."""
    return answered if which is Round.IMPORTED else {key: answered.get(key, Rating(None)) for key in keys.values()}


def _answers(
    session: Session, counted: sa.Subquery, pack: PackChoice, keys: Mapping[int, str]
) -> dict[int, dict[str, Rating]]:
    query = (
        sa.select(counted.c.review_id, counted.c.round, RATING.c.factor_id, RATING.c.answer, RATING.c.direction)
        .join(RATING, RATING.c.sheet_id == counted.c.sheet_id)
        .join(REVIEW, sa.and_(REVIEW.c.id == counted.c.review_id, REVIEW.c.pack_id == pack.id))
    )
    found: dict[int, dict[str, Rating]] = {}
    for review, which, factor, answer, direction in session.execute(query):
        if (key := keys.get(factor)) is not None:
            found.setdefault(review, {})[key] = Rating(answer, direction, single_rater=which == Round.INDEPENDENT)
    return found


def _episodes(
    session: Session, counted: sa.Subquery, pack: PackChoice, keys: Mapping[int, str]
) -> tuple[dict[int, set[str]], dict[int, list[EpisodeLink]]]:
    query = (
        sa.select(EPISODE.c.review_id, EPISODE.c.service_area, LINK.c.factor_id, LINK.c.direction)
        .join(counted, counted.c.review_id == EPISODE.c.review_id)
        .join(REVIEW, sa.and_(REVIEW.c.id == counted.c.review_id, REVIEW.c.pack_id == pack.id))
        .join(
            LINK,
            sa.and_(LINK.c.episode_id == EPISODE.c.id, LINK.c.removed_at.is_(None)),
            isouter=True,
        )
        .where(EPISODE.c.removed_at.is_(None))
    )
    areas: dict[int, set[str]] = {}
    links: dict[int, list[EpisodeLink]] = {}
    for review, area, factor, direction in session.execute(query):
        areas.setdefault(review, set()).add(area)
        if (key := keys.get(factor)) is not None:
            links.setdefault(review, []).append(EpisodeLink(area, key, direction))
    return areas, links


def _unrated(session: Session, viewer: Viewer, pack: PackChoice, rated: int) -> int:
    query = sa.select(sa.func.count()).select_from(REVIEW)
    readable = query.where(within_sight_of(viewer), REVIEW.c.pack_id == pack.id, REVIEW.c.stage != Stage.WITHDRAWN)
    return int(session.execute(readable).scalar_one()) - rated


def reviews_of(session: Session, viewer: Viewer, codes: Sequence[str]) -> list[Review]:
    """The readable reviews of these codes, the latest first."""
    found: list[Review] = []
    for start in range(0, len(codes), AT_ONCE):
        query = readable_reviews(viewer).where(col(Review.code).in_(codes[start : start + AT_ONCE]))
        found.extend(session.exec(query))
    return sorted(sorted(found, key=lambda review: review.code), key=lambda review: review.opened_on, reverse=True)


def divisions_of(session: Session, reviews: Iterable[Review]) -> dict[int, str]:
    """The names of the divisions of these reviews, by the id of the office."""
    division = UNIT.alias()
    query = sa.select(UNIT.c.id, division.c.name).join(division, division.c.id == UNIT.c.parent_id)
    rows = session.execute(query.where(UNIT.c.id.in_({review.office_id for review in reviews})))
    return {row.id: row.name for row in rows}


def evidence_in(
    session: Session, reviews: Sequence[Review], factors: Iterable[str], layer: Layer, service_area: str | None = None
) -> dict[int, list[tuple[FactorLink, KeyEpisode, str]]]:
    """Factor links that tell of these factors in this layer, with their episode and the factor's code, by review id."""
    directions = [direction for direction in Direction if layer.holds(direction)]
    query = (
        select(FactorLink, KeyEpisode, FactorRow.key)
        .join(KeyEpisode, col(KeyEpisode.id) == FactorLink.episode_id)
        .join(FactorRow, col(FactorRow.id) == FactorLink.factor_id)
        .where(
            col(KeyEpisode.review_id).in_([review.id for review in reviews]),
            col(FactorRow.key).in_(list(factors)),
            col(FactorLink.direction).in_(directions),
            col(FactorLink.removed_at).is_(None),
            col(KeyEpisode.removed_at).is_(None),
        )
        .order_by(col(KeyEpisode.position), col(FactorLink.id))
    )
    if service_area is not None:
        query = query.where(KeyEpisode.service_area == service_area)
    found: dict[int, list[tuple[FactorLink, KeyEpisode, str]]] = {}
    for link, episode, key in session.exec(query):
        found.setdefault(episode.review_id, []).append((link, episode, key))
    return found
