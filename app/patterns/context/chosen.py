"""Filters as conditions on reviews and incidents, for what the database counts: here also reviews that nobody rated."""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.core.dates import earlier_quarter, first_day_of
from app.identity.models import OrgUnit
from app.patterns.counting.records import Selection
from app.reviews.models import Incident, KeyEpisode, Review
from app.systemic_factors.models import FactorLink
from app.systemic_factors.packs import AgencyInterface

REVIEW, INCIDENT, EPISODE, LINK, UNIT = (
    SQLModel.metadata.tables[str(model.__tablename__)] for model in (Review, Incident, KeyEpisode, FactorLink, OrgUnit)
)
REPORTED_ON = sa.func.coalesce(INCIDENT.c.learned_on, INCIDENT.c.notified_on, INCIDENT.c.occurred_on)
"""The day an incident became known to the agency; where nobody wrote it down, the day it happened."""
Condition = sa.ColumnElement[bool]


def reviews_chosen(selection: Selection) -> Condition:
    """Which rows of `Review` the filters choose, as `Incidence.where` does for those that are rated.

    Factors that are present or absent are asked of ratings, so this does not ask for them.
    """
    incidents = [*_of_type(selection), *_of_children(selection)]
    conditions = [
        *in_places(REVIEW.c.office_id, selection),
        *_any_of(REVIEW.c.method, selection.method),
        *_any_of(REVIEW.c.level, selection.level),
        *in_period(REVIEW.c.opened_on, selection),
        *([REVIEW.c.incident_id.in_(sa.select(INCIDENT.c.id).where(*incidents))] if incidents else []),
    ]
    episodes = [*_of_episodes(selection)]
    if episodes:
        conditions.append(
            sa.exists().where(EPISODE.c.review_id == REVIEW.c.id, EPISODE.c.removed_at.is_(None), *episodes)
        )
    return sa.and_(sa.true(), *conditions)


def incidents_chosen(selection: Selection) -> Condition:
    """Which rows of `Incident` the filters choose that an incident can answer; one without a day is in every period."""
    period = [*in_period(REPORTED_ON, selection)]
    return sa.and_(
        sa.true(),
        *in_places(INCIDENT.c.office_id, selection),
        *_of_type(selection),
        *([sa.or_(REPORTED_ON.is_(None), sa.and_(*period))] if period else []),
    )


def in_places(office: Any, selection: Selection) -> Iterable[Condition]:
    """An office of one of these codes, in a division of one of these codes."""
    if selection.office:
        yield office.in_(sa.select(UNIT.c.id).where(UNIT.c.code.in_(selection.office)))
    if selection.division:
        divisions = sa.select(UNIT.c.id).where(UNIT.c.code.in_(selection.division))
        yield office.in_(sa.select(UNIT.c.id).where(UNIT.c.parent_id.in_(divisions)))


def _any_of(column: Any, values: Collection[Any]) -> Iterable[Condition]:
    if values:
        yield column.in_(values)


def in_period(day: Any, selection: Selection) -> Iterable[Condition]:
    """From the first day of one quarter to the last day of another."""
    if selection.quarter_from:
        yield day >= first_day_of(selection.quarter_from)
    if selection.quarter_to:
        yield day < first_day_of(earlier_quarter(selection.quarter_to, -1))


def _of_type(selection: Selection) -> Iterable[Condition]:
    return _any_of(INCIDENT.c.incident_type, selection.incident_type)


def _of_children(selection: Selection) -> Iterable[Condition]:
    yield from _any_of(INCIDENT.c.child_age_band, selection.age_band)
    if selection.maltreatment_type:
        # A list of codes in JSON; a code in its quotes is in the text only where it is in the list.
        told = sa.cast(INCIDENT.c.maltreatment_types, sa.Text)
        yield sa.or_(*(told.contains(f'"{code}"', autoescape=True) for code in selection.maltreatment_type))


def _of_episodes(selection: Selection) -> Iterable[Condition]:
    """One and the same key episode answers to all three."""
    yield from _any_of(EPISODE.c.service_area, selection.service_area)
    yield from _any_of(EPISODE.c.kind, selection.episode_kind)
    if selection.interface:
        yield sa.exists().where(
            LINK.c.episode_id == EPISODE.c.id, LINK.c.removed_at.is_(None), _met_with(selection.interface)
        )


def _met_with(interfaces: Collection[AgencyInterface]) -> Condition:
    met: Condition = LINK.c.agency_interface.in_(interfaces)
    if AgencyInterface.OTHER not in interfaces:
        return met
    # A value that is not on the list counts as another agency, as it does in the table of reviews.
    return sa.or_(met, LINK.c.agency_interface.not_in(list(AgencyInterface)))
