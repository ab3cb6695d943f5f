"""Counts, in the database, which fields of incidents are answered and which steps reviews hold."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from app.core.translation import N_
from app.core.translation import gettext as _
from app.debriefs.models import DebriefSession
from app.identity.viewers import Viewer
from app.patterns.context.chosen import incidents_chosen, reviews_chosen
from app.patterns.context.completeness import Field
from app.patterns.counting.records import EVERYTHING, Selection
from app.reviews.models import EpisodeKind, Incident, KeyEpisode, Review, Stage, TimelineEvent
from app.reviews.queries import incidents_counted_for, within_sight_of
from app.systemic_factors.models import FactorLink

INCIDENT, REVIEW, EPISODE, EVENT, DEBRIEF, LINK = (
    SQLModel.metadata.tables[str(model.__tablename__)]
    for model in (Incident, Review, KeyEpisode, TimelineEvent, DebriefSession, FactorLink)
)
DAYS = {"occurred_on": N_("Day of the incident"), "learned_on": N_("Day the agency learned of it")}
CHOSEN = {
    "source": N_("How it became known"),
    "service_area": N_("Service area"),
    "child_age_band": N_("Age of the child"),
    "child_sex": N_("Sex of the child"),
    "icwa_status": N_("Indian Child Welfare Act status"),
    "living_situation": N_("Living situation"),
    "prior_involvement": N_("Prior involvement"),
    "determination": N_("Determination"),
    "manner_of_death": N_("Manner of death"),
    "cause_category": N_("Cause of death or injury"),
}
SEVERAL = {
    "child_race_ethnicity": N_("Race and ethnicity of the child"),
    "maltreatment_types": N_("Maltreatment types"),
}
UNKNOWN, NOT_COLLECTED = "unknown", "not_collected"


def fields_of_incidents(session: Session, viewer: Viewer, selection: Selection = EVERYTHING) -> list[Field]:
    """Every field that patterns can compare or filter by, over the incidents that this viewer may count and the
    selection asks for."""
    names = {**DAYS, **CHOSEN, **SEVERAL}
    states = {name: _state(name) for name in names}
    columns = [
        sa.func.coalesce(sa.func.sum(sa.case((state == which, 1), else_=0)), 0)
        for state in states.values()
        for which in ("answered", UNKNOWN, "empty")
    ]
    query = sa.select(*columns).where(incidents_counted_for(viewer), incidents_chosen(selection))
    counted = [int(number) for number in session.execute(query).one()]
    return [Field(_(words), *counted[3 * at : 3 * at + 3]) for at, words in enumerate(names.values())]


def _state(name: str) -> sa.ColumnElement[str]:
    column = INCIDENT.c[name]
    if name in DAYS:
        return sa.case((column.is_(None), "empty"), else_="answered")
    text: Any = sa.cast(column, sa.Text) if name in SEVERAL else column
    unknown = [UNKNOWN, f'["{UNKNOWN}"]']
    empty = ["", NOT_COLLECTED, "[]", "null", f'["{NOT_COLLECTED}"]']
    return sa.case((text.in_(unknown), UNKNOWN), (sa.or_(text.is_(None), text.in_(empty)), "empty"), else_="answered")


def steps_of_reviews(session: Session, viewer: Viewer, selection: Selection = EVERYTHING) -> list[Field]:
    """What reviews hold, over the reviews within sight that were not withdrawn and that the selection asks for."""
    there = {
        N_("Timeline"): sa.exists().where(EVENT.c.review_id == REVIEW.c.id, EVENT.c.removed_at.is_(None)),
        N_("Improvement opportunity"): _episode(EpisodeKind.IMPROVEMENT_OPPORTUNITY),
        N_("Successful practice"): _episode(EpisodeKind.SUCCESSFUL_PRACTICE),
        N_("Factor linked in a key episode"): sa.exists().where(
            EPISODE.c.review_id == REVIEW.c.id,
            EPISODE.c.removed_at.is_(None),
            LINK.c.episode_id == EPISODE.c.id,
            LINK.c.removed_at.is_(None),
        ),
        N_("Debrief"): sa.exists().where(DEBRIEF.c.review_id == REVIEW.c.id, DEBRIEF.c.removed_at.is_(None)),
    }
    columns = [sa.func.coalesce(sa.func.sum(sa.case((has, 1), else_=0)), 0) for has in there.values()]
    query = sa.select(sa.func.count(REVIEW.c.id), *columns).where(
        within_sight_of(viewer), REVIEW.c.stage != Stage.WITHDRAWN, reviews_chosen(selection)
    )
    reviews, *counted = (int(number) for number in session.execute(query).one())
    return [Field(_(words), number, 0, reviews - number) for words, number in zip(there, counted, strict=True)]


def _episode(kind: EpisodeKind) -> sa.Exists:
    return sa.exists().where(EPISODE.c.review_id == REVIEW.c.id, EPISODE.c.kind == kind, EPISODE.c.removed_at.is_(None))
