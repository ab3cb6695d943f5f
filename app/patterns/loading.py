"""Reads rated reviews from the database straight into arrays, without an object for each review."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from app.core.dates import quarter
from app.identity.models import OrgUnit, OrgUnitKind
from app.identity.viewers import Viewer
from app.patterns.columns import Column, Flags
from app.patterns.incidence import ANSWER_NUMBERS, DIRECTION_NUMBERS, NOT_ASKED, NOT_RATED, Incidence, Links, links_of
from app.patterns.records import SEVERAL, Dimension, Factor
from app.patterns.snapshot import About
from app.reviews.models import Incident, KeyEpisode, Review, Stage
from app.reviews.queries import within_sight_of
from app.systemic_factors.counting import counted_sheets
from app.systemic_factors.domains import short_domain_name
from app.systemic_factors.models import Factor as FactorRow
from app.systemic_factors.models import FactorLink, FactorRating, RatingSheet, Round

UNIT, INCIDENT, REVIEW, EPISODE, FACTOR, LINK, SHEET, RATING = (
    SQLModel.metadata.tables[str(model.__tablename__)]
    for model in (OrgUnit, Incident, Review, KeyEpisode, FactorRow, FactorLink, RatingSheet, FactorRating)
)
CODES = 32
"""Room for an answer and a direction, as one number."""


@dataclass(frozen=True)
class Loaded:
    """Reviews of one list of factors."""

    ids: dict[int, str]
    """The public code of each review, by its id."""
    incidence: Incidence


@dataclass(frozen=True)
class FactorList:
    """The factors of one list, as a table of reviews needs them."""

    factors: tuple[Factor, ...]
    """Without retired ones that no counted sheet answers."""
    ids: tuple[int, ...]
    """Of these factors, in their order."""
    about: dict[str, About]
    has_retired: bool
    """Some factor is retired, so that one more review can bring a column back."""


def counted_within_sight(viewer: Viewer, only: Collection[int] | None = None) -> sa.Select[Any, int, Round]:
    """The sheets that count, of the reviews within sight; a review that was withdrawn has none."""
    conditions = [within_sight_of(viewer), col(Review.stage) != Stage.WITHDRAWN]
    if only is not None:
        conditions.append(col(Review.id).in_(only))
    return counted_sheets(*conditions)


def units_of(session: Session, viewer: Viewer) -> dict[int, Any]:
    """Divisions and offices of the agency by their ids."""
    query = sa.select(UNIT.c.id, UNIT.c.code, UNIT.c.name, UNIT.c.kind, UNIT.c.parent_id)
    return {row.id: row for row in session.execute(query.where(UNIT.c.agency_id == viewer.agency_id))}


def factors_of(session: Session, viewer: Viewer, pack_id: int) -> FactorList:
    """The factors of a list that make the columns."""
    wanted = ("id", "key", "name", "domain", "definition", "fits", "does_not_fit", "retired_at")
    query = sa.select(*(FACTOR.c[name] for name in wanted)).where(FACTOR.c.pack_id == pack_id)
    rows = session.execute(query.order_by(FACTOR.c.position, FACTOR.c.id)).all()
    retired = {row.id for row in rows if row.retired_at is not None}
    used = _answered_among(session, viewer, retired) if retired else set()
    kept = [row for row in rows if row.id not in retired - used]
    return FactorList(
        factors=tuple(Factor(row.key, row.name, short_domain_name(row.domain)) for row in kept),
        ids=tuple(row.id for row in kept),
        about={row.key: About(row.definition, tuple(row.fits), tuple(row.does_not_fit), row.domain) for row in rows},
        has_retired=bool(retired),
    )


def _answered_among(session: Session, viewer: Viewer, factors: set[int]) -> set[int]:
    counted = counted_within_sight(viewer).subquery()
    query = sa.select(RATING.c.factor_id).distinct().join(counted, counted.c.sheet_id == RATING.c.sheet_id)
    return set(session.execute(query.where(RATING.c.factor_id.in_(factors))).scalars())


def load(
    session: Session,
    viewer: Viewer,
    pack_id: int,
    factors: FactorList,
    units: dict[int, Any],
    only: Collection[int] | None = None,
) -> Loaded:
    """The rated reviews within sight that use one list; `only` those of these ids, where given."""
    counted = counted_within_sight(viewer, only).subquery()
    query = (
        sa.select(
            REVIEW.c.id,
            REVIEW.c.code,
            REVIEW.c.office_id,
            REVIEW.c.opened_on,
            REVIEW.c.method,
            REVIEW.c.level,
            counted.c.sheet_id,
            sa.type_coerce(counted.c.round, sa.String),
            INCIDENT.c.incident_type,
            sa.cast(INCIDENT.c.maltreatment_types, sa.Text),
            INCIDENT.c.child_age_band,
            INCIDENT.c.occurred_on,
        )
        .join(counted, counted.c.review_id == REVIEW.c.id)
        .join(INCIDENT, INCIDENT.c.id == REVIEW.c.incident_id)
        .where(REVIEW.c.pack_id == pack_id)
    )
    rows = sorted(
        session.connection().execute(query).all(), key=lambda row: row.code
    )  # Databases sort texts in their own ways.
    columns = list(zip(*rows, strict=True)) if rows else [()] * 12
    ids, codes, offices, opened, methods, levels, sheets, rounds, kinds, maltreatment, ages, occurred = columns
    row_of = _Rows(ids)
    answers, directions = _answers(session, viewer, pack_id, factors.ids, _Rows(sheets), rounds, only)
    areas, episodes, links = _episodes(session, viewer, pack_id, factors.ids, row_of, only)
    single = np.fromiter((which == Round.INDEPENDENT for which in rounds), dtype=np.bool_, count=len(ids))
    return Loaded(
        dict(zip(ids, codes, strict=True)),
        Incidence(
            factors=factors.factors,
            codes=np.array(codes, dtype=np.str_),
            opened=np.fromiter((day.toordinal() for day in opened), dtype=np.int32, count=len(ids)),
            answers=answers,
            directions=directions,
            single_raters=single[:, np.newaxis] & (answers >= 0),
            attributes={
                **_places(offices, units),
                Dimension.INCIDENT_TYPE: Column.of(kinds),
                Dimension.MALTREATMENT_TYPE: _translated(maltreatment, lambda told: SEVERAL.join(json.loads(told))),
                Dimension.AGE_BAND: Column.of(ages),
                Dimension.QUARTER: _translated(opened, quarter),
                Dimension.OCCURRED_QUARTER: _translated(occurred, lambda day: quarter(day) if day else ""),
                Dimension.METHOD: Column.of(methods),
                Dimension.LEVEL: Column.of(levels),
            },
            areas=areas,
            episodes=episodes,
            links=links,
        ),
    )


class _Rows:
    """Where each id stands among these."""

    def __init__(self, ids: Sequence[int]) -> None:
        found = np.array(ids, dtype=np.int64)
        self.number = len(found)
        self._order = np.argsort(found, kind="stable")
        self._sorted = found[self._order]

    def of(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The place of each, or -1."""
        if not self.number:
            return np.full(len(ids), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._sorted, ids), self.number - 1)
        return np.where(self._sorted[at] == ids, self._order[at], -1)


def _answers(
    session: Session,
    viewer: Viewer,
    pack_id: int,
    factor_ids: Sequence[int],
    sheets: _Rows,
    rounds: Sequence[str],
    only: Collection[int] | None,
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """Answers and directions, review by factor.

    On a rater's sheet every factor of the list was asked; an imported row asks only what its columns name.
    """
    untold = np.fromiter(
        (NOT_ASKED if which == Round.IMPORTED else NOT_RATED for which in rounds), np.int8, count=len(rounds)
    )
    answers = np.repeat(untold[:, np.newaxis], len(factor_ids), axis=1)
    directions = np.zeros_like(answers)
    if not factor_ids or not sheets.number:
        return answers, directions
    # One whole number a row: reading three values a row takes about three times as long.
    low, high = min(factor_ids), max(factor_ids)
    width = (high - low + 1) * CODES
    told = sa.case(
        *((RATING.c.answer == answer, 4 * number) for answer, number in ANSWER_NUMBERS.items() if answer is not None)
    ) + sa.case(*((RATING.c.direction == direction, number) for direction, number in DIRECTION_NUMBERS.items()))
    packed = sa.cast(RATING.c.sheet_id, sa.BigInteger) * width + (RATING.c.factor_id - low) * CODES + told
    query = (
        sa.select(packed)
        .join(SHEET, SHEET.c.id == RATING.c.sheet_id)
        .join(REVIEW, REVIEW.c.id == SHEET.c.review_id)
        .where(within_sight_of(viewer), REVIEW.c.pack_id == pack_id, RATING.c.factor_id.between(low, high))
    )
    if only is not None:
        query = query.where(REVIEW.c.id.in_(only))
    found = np.fromiter(session.connection().execute(query).scalars(), dtype=np.int64)
    rows, columns = sheets.of(found // width), _Rows(factor_ids).of(found % width // CODES + low)
    # What is on a sheet that does not count, or about a factor of another list, has no place.
    placed = (rows >= 0) & (columns >= 0)
    rows, columns, codes = rows[placed], columns[placed], found[placed] % CODES
    answers[rows, columns] = codes // 4
    directions[rows, columns] = codes % 4
    return answers, directions


def _episodes(
    session: Session,
    viewer: Viewer,
    pack_id: int,
    factor_ids: Sequence[int],
    reviews: _Rows,
    only: Collection[int] | None,
) -> tuple[tuple[str, ...], Flags, Links]:
    """The service areas, the reviews with an episode in each, and the factors linked there."""
    direction = sa.case(*((LINK.c.direction == told, number) for told, number in DIRECTION_NUMBERS.items()))
    query = (
        sa.select(
            EPISODE.c.review_id,
            EPISODE.c.service_area,
            sa.func.coalesce(LINK.c.factor_id, 0),
            sa.func.coalesce(direction, 0),
        )
        .join(REVIEW, REVIEW.c.id == EPISODE.c.review_id)
        .join(LINK, sa.and_(LINK.c.episode_id == EPISODE.c.id, LINK.c.removed_at.is_(None)), isouter=True)
        .where(within_sight_of(viewer), REVIEW.c.pack_id == pack_id, EPISODE.c.removed_at.is_(None))
    )
    if only is not None:
        query = query.where(REVIEW.c.id.in_(only))
    found = session.connection().execute(query).all()
    areas = Column.of([row[1] for row in found])
    numbers = np.fromiter(chain.from_iterable((row[0], row[2], row[3]) for row in found), dtype=np.int64).reshape(-1, 3)
    rows, columns = reviews.of(numbers[:, 0]), _Rows(factor_ids).of(numbers[:, 1])
    is_counted = rows >= 0
    episodes = np.zeros((reviews.number, len(areas.names)), dtype=np.bool_)
    episodes[rows[is_counted], areas.numbers[is_counted]] = True
    linked = is_counted & (columns >= 0)
    links = links_of(rows[linked], areas.numbers[linked], columns[linked], numbers[linked, 2])
    return areas.names, episodes, links


def _places(offices: Sequence[int], units: dict[int, Any]) -> dict[Dimension, Column]:
    """The division and the office of each review."""

    def division(office_id: int) -> str:
        office = units.get(office_id)
        above = units.get(office.parent_id) if office else None
        return above.code if above else ""

    def office(office_id: int) -> str:
        unit = units.get(office_id)
        return unit.code if unit and unit.kind == OrgUnitKind.OFFICE else ""

    return {Dimension.DIVISION: _translated(offices, division), Dimension.OFFICE: _translated(offices, office)}


def _translated(values: Sequence[Any], words: Callable[[Any], str]) -> Column:
    """A column of words that stand for values, each translated once."""
    told = {value: words(value) for value in set(values)}
    return Column.of([told[value] for value in values])
