"""Loads what patterns are counted from: the rated reviews within sight of a viewer, as plain records."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from app.core.dates import quarter
from app.identity.models import OrgUnit, OrgUnitKind
from app.identity.viewers import Viewer
from app.patterns.incidence import Incidence
from app.patterns.models import current_version
from app.patterns.records import SEVERAL, Dimension, EpisodeLink, Factor, Rating, ReviewRecord
from app.patterns.snapshot import About, PackChoice, Snapshot
from app.reviews.models import Incident, KeyEpisode, Review, Stage
from app.reviews.queries import within_sight_of
from app.systemic_factors.counting import counted_sheets
from app.systemic_factors.domains import short_domain_name
from app.systemic_factors.models import Factor as FactorRow
from app.systemic_factors.models import FactorLink, FactorRating, Round, TaxonomyPack

# Rows are read past the models: a snapshot holds codes only, and ten thousand objects would cost seconds.
UNIT, INCIDENT, REVIEW, EPISODE, PACK, FACTOR, LINK, RATING = (
    SQLModel.metadata.tables[str(model.__tablename__)]
    for model in (OrgUnit, Incident, Review, KeyEpisode, TaxonomyPack, FactorRow, FactorLink, FactorRating)
)
KEPT = 12
"""Snapshots kept in a process, one per agency (or chief) and list of factors."""


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
