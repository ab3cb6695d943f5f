"""Reads rated reviews from the database straight into arrays, without an object for each review."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from app.core.dates import quarter
from app.identity.models import OrgUnit, OrgUnitKind
from app.identity.viewers import Viewer
from app.patterns.counting.columns import Codes, Column, Counts
from app.patterns.counting.counted import REVIEW, ROUND_NUMBERS, Counted
from app.patterns.counting.episodes import (
    INTERFACE_NUMBERS,
    KIND_NUMBERS,
    Episodes,
    Links,
    episodes_of,
    links_of,
)
from app.patterns.counting.factor_lists import FactorList
from app.patterns.counting.incidence import Incidence
from app.patterns.counting.kinds import ANSWER_NUMBERS, DIRECTION_NUMBERS, NOT_ASKED, NOT_RATED
from app.patterns.counting.records import SEVERAL, Dimension
from app.patterns.counting.streams import Numbered, Places, gathered, numbered, streamed
from app.reviews.models import Incident, KeyEpisode
from app.reviews.queries import within_sight_of
from app.systemic_factors.models import FactorLink, FactorRating, RatingSheet, Round
from app.systemic_factors.packs import AgencyInterface

UNIT, INCIDENT, EPISODE, LINK, SHEET, RATING = (
    SQLModel.metadata.tables[str(model.__tablename__)]
    for model in (OrgUnit, Incident, KeyEpisode, FactorLink, RatingSheet, FactorRating)
)
CODES = 32
"""Room for an answer and a direction, as one number."""
INTERFACES = len(INTERFACE_NUMBERS)
LINK_CODES = len(DIRECTION_NUMBERS) * INTERFACES
"""Room for the direction of a link and with whom the work met, as one number."""
RATED = (
    RATING.c.factor_id * CODES
    + 4 * numbered(RATING.c.answer, ANSWER_NUMBERS)
    + numbered(RATING.c.direction, DIRECTION_NUMBERS)
)
"""A factor with its answer and direction, as one number."""
KIND = numbered(EPISODE.c.kind, KIND_NUMBERS)
LINKED = (
    LINK.c.factor_id * LINK_CODES
    + INTERFACES * numbered(LINK.c.direction, DIRECTION_NUMBERS)
    + numbered(LINK.c.agency_interface, INTERFACE_NUMBERS, INTERFACE_NUMBERS[AgencyInterface.OTHER])
)
"""A factor with the direction of its link and with whom the work met, as one number."""

# What is read of reviews and key episodes. Put together once: after a change it takes as long as to read one of them.
REVIEWS = sa.select(
    REVIEW.c.id,
    REVIEW.c.code,
    sa.cast(REVIEW.c.opened_on, sa.Text),
    REVIEW.c.office_id,
    REVIEW.c.method,
    REVIEW.c.level,
    INCIDENT.c.incident_type,
    sa.cast(INCIDENT.c.maltreatment_types, sa.Text),
    INCIDENT.c.child_age_band,
    sa.cast(INCIDENT.c.occurred_on, sa.Text),
).join(INCIDENT, INCIDENT.c.id == REVIEW.c.incident_id)
EPISODES = (
    sa.select(EPISODE.c.review_id, EPISODE.c.id, KIND, EPISODE.c.service_area)
    .where(EPISODE.c.removed_at.is_(None))
    .order_by(EPISODE.c.id)
)


@dataclass(frozen=True)
class Loaded:
    """Reviews of one list of factors."""

    ids: Counts
    """Of the reviews, in the order of the table."""
    incidence: Incidence


def units_of(session: Session, viewer: Viewer) -> dict[int, Any]:
    """Divisions and offices of the agency by their ids."""
    query = sa.select(UNIT.c.id, UNIT.c.code, UNIT.c.name, UNIT.c.kind, UNIT.c.parent_id)
    return {row.id: row for row in session.execute(query.where(UNIT.c.agency_id == viewer.agency_id))}


@dataclass(frozen=True)
class _Asked:
    """Which reviews are read: those of one list within sight; `only` those of these ids, where given."""

    viewer: Viewer
    pack_id: int
    factor_ids: tuple[int, ...]
    only: Collection[int] | None

    @cached_property
    def conditions(self) -> tuple[sa.ColumnElement[bool], ...]:
        """On the table of reviews."""
        these = (within_sight_of(self.viewer), REVIEW.c.pack_id == self.pack_id)
        return these if self.only is None else (*these, REVIEW.c.id.in_(self.only))

    @cached_property
    def reviews(self) -> sa.Select[int]:
        """Their ids: every other query takes only what belongs to these."""
        return sa.select(REVIEW.c.id).where(*self.conditions)


@dataclass(frozen=True, eq=False)
class _Reviews:
    """What is known of the reviews themselves, in the order of their codes."""

    ids: Counts
    codes: npt.NDArray[np.str_]
    opened: npt.NDArray[np.int32]
    attributes: dict[Dimension, Column]


def load(
    session: Session,
    viewer: Viewer,
    pack_id: int,
    factors: FactorList,
    units: dict[int, Any],
    counted: Counted,
    only: Collection[int] | None = None,
) -> Loaded:
    """The reviews of these sheets that use one list; `only` those of these ids, where given."""
    asked = _Asked(viewer, pack_id, factors.ids, only)
    counted = counted.where(counted.rated & (counted.packs == pack_id))
    reviews = _reviews(session, asked, Places(counted.reviews), units)
    counted = counted.where(Places(counted.reviews).of(reviews.ids))
    answers, directions = _answers(session, asked, counted)
    areas, episodes, links = _episodes(session, asked, Places(reviews.ids))
    single = counted.rounds == ROUND_NUMBERS[Round.INDEPENDENT]
    return Loaded(
        reviews.ids,
        Incidence(
            factors=factors.factors,
            codes=reviews.codes,
            opened=reviews.opened,
            answers=answers,
            directions=directions,
            single_raters=single[:, np.newaxis] & (answers >= 0),
            attributes=reviews.attributes,
            areas=areas,
            episodes=episodes,
            links=links,
        ),
    )


def _reviews(session: Session, asked: _Asked, counted: Places, units: dict[int, Any]) -> _Reviews:
    ids, codes, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.str_)], tuple(Numbered() for _ in range(8))
    for part in streamed(session, REVIEWS.where(*asked.conditions)):
        ids.append(np.array(part[0], dtype=np.int64))
        codes.append(np.array(part[1], dtype=np.str_))
        for values, column in zip(part[2:], columns, strict=True):
            column.add(values)
    all_ids, all_codes = np.concatenate(ids), np.concatenate(codes)
    # Databases sort texts in their own ways.
    order = np.argsort(all_codes, kind="stable")
    order = order[counted.of(all_ids[order]) >= 0]
    opened = columns[0].told(lambda day: date.fromisoformat(day).toordinal(), np.int32)
    attributes = _attributes(*columns, units=units)
    return _Reviews(
        ids=all_ids[order],
        codes=all_codes[order],
        opened=opened[order],
        attributes={dimension: column.rows(order) for dimension, column in attributes.items()},
    )


def _attributes(
    opened: Numbered,
    office: Numbered,
    method: Numbered,
    level: Numbered,
    kind: Numbered,
    maltreatment: Numbered,
    age: Numbered,
    occurred: Numbered,
    *,
    units: dict[int, Any],
) -> dict[Dimension, Column]:
    return {
        **_places(office, units),
        Dimension.INCIDENT_TYPE: kind.column(),
        Dimension.MALTREATMENT_TYPE: maltreatment.column(lambda told: SEVERAL.join(json.loads(told))),
        Dimension.AGE_BAND: age.column(),
        Dimension.QUARTER: opened.column(_quarter),
        Dimension.OCCURRED_QUARTER: occurred.column(_quarter),
        Dimension.METHOD: method.column(),
        Dimension.LEVEL: level.column(),
    }


def _quarter(day: str | None) -> str:
    return quarter(date.fromisoformat(day)) if day else ""


def _places(office: Numbered, units: dict[int, Any]) -> dict[Dimension, Column]:
    """The division and the office of each review."""

    def division(office_id: int) -> str:
        office = units.get(office_id)
        above = units.get(office.parent_id) if office else None
        return above.code if above else ""

    def name(office_id: int) -> str:
        unit = units.get(office_id)
        return unit.code if unit and unit.kind == OrgUnitKind.OFFICE else ""

    return {Dimension.DIVISION: office.column(division), Dimension.OFFICE: office.column(name)}


def _answers(session: Session, asked: _Asked, counted: Counted) -> tuple[Codes, Codes]:
    """Answers and directions, review by factor.

    On a rater's sheet every factor of the list was asked; an imported row asks only what its columns name.
    """
    untold = np.where(counted.rounds == ROUND_NUMBERS[Round.IMPORTED], np.int8(NOT_ASKED), np.int8(NOT_RATED))
    answers = np.repeat(untold[:, np.newaxis], len(asked.factor_ids), axis=1)
    directions = np.zeros_like(answers)
    sheets, factors = Places(counted.sheets), Places(asked.factor_ids)
    of_these = RATING.c.sheet_id.in_(asked.reviews.join(SHEET).with_only_columns(SHEET.c.id))
    for rows, found in gathered(session, RATING.c.sheet_id, sheets, RATED, of_these):
        columns = factors.of(found // CODES)
        # What is on a sheet that does not count, or about a factor of another list, has no place.
        known = (rows >= 0) & (columns >= 0)
        rows, columns, codes = rows[known], columns[known], (found % CODES)[known]
        answers[rows, columns], directions[rows, columns] = np.divmod(codes, 4)
    return answers, directions


def _episodes(session: Session, asked: _Asked, reviews: Places) -> tuple[tuple[str, ...], Episodes, Links]:
    """The service areas, the key episodes, and the factors linked there."""
    areas, parts = Numbered(), [np.zeros((3, 0), dtype=np.int64)]
    for *numbers, area in streamed(session, EPISODES.where(EPISODE.c.review_id.in_(asked.reviews))):
        parts.append(np.array(numbers, dtype=np.int64))
        areas.add(area)
    of_review, ids, kinds = np.concatenate(parts, axis=1)
    rows, column = reviews.of(of_review), areas.column()
    counted = rows >= 0
    episodes = episodes_of(rows[counted], column.numbers[counted], kinds[counted])
    return column.names, episodes, _links(session, asked, Places(ids[counted]))


def _links(session: Session, asked: _Asked, episodes: Places) -> Links:
    """The factors linked in these key episodes."""
    if not episodes.number:
        return links_of(*np.zeros((4, 0), dtype=np.int64))
    of_these = LINK.c.episode_id.in_(sa.select(EPISODE.c.id).where(EPISODE.c.review_id.in_(asked.reviews)))
    factors = Places(asked.factor_ids)
    parts = [np.zeros((4, 0), dtype=np.int64)]
    for at, found in gathered(session, LINK.c.episode_id, episodes, LINKED, of_these, LINK.c.removed_at.is_(None)):
        linked = np.stack((at, factors.of(found // LINK_CODES), *np.divmod(found % LINK_CODES, INTERFACES)))
        parts.append(linked[:, (linked[0] >= 0) & (linked[1] >= 0)])
    return links_of(*np.concatenate(parts, axis=1))
