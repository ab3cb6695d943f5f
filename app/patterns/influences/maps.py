"""Loads the system maps of the reviews within sight of a viewer, as plain records without any text."""

from collections import defaultdict
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from app.identity.viewers import Viewer
from app.patterns.context.chosen import reviews_chosen
from app.patterns.counting.records import EVERYTHING, Selection
from app.patterns.influences.graph import MapRecord
from app.reviews.models import KeyEpisode, Review, Stage
from app.reviews.queries import within_sight_of
from app.system_maps.models import Level, MapCondition, MapInfluence
from app.systemic_factors.models import Direction, Factor, TaxonomyPack
from app.systemic_factors.queries import factor_names

REVIEW, CONDITION, INFLUENCE, EPISODE, FACTOR, PACK = (
    SQLModel.metadata.tables[str(model.__tablename__)]
    for model in (Review, MapCondition, MapInfluence, KeyEpisode, Factor, TaxonomyPack)
)


def map_records(session: Session, viewer: Viewer, selection: Selection = EVERYTHING) -> list[MapRecord]:
    """The maps with at least one influence, of the reviews that the selection asks for, by the reviews' codes.

    Withdrawn reviews have none.

    A factor is named by its list and its own key, `list:factor`, so that versions of one list count together.
    """
    # What leaves the map with a removed episode is decided as in `app.system_maps.queries.conditions_of`.
    on_the_map = sa.or_(CONDITION.c.label != "", CONDITION.c.factor_id.is_not(None), EPISODE.c.removed_at.is_(None))
    conditions = (
        sa.select(
            CONDITION.c.id,
            REVIEW.c.code,
            REVIEW.c.opened_on,
            CONDITION.c.level,
            PACK.c.key,
            FACTOR.c.key.label("factor"),
        )
        .join(REVIEW, REVIEW.c.id == CONDITION.c.review_id)
        .join(EPISODE, EPISODE.c.id == CONDITION.c.episode_id, isouter=True)
        .join(FACTOR, FACTOR.c.id == CONDITION.c.factor_id, isouter=True)
        .join(PACK, PACK.c.id == FACTOR.c.pack_id, isouter=True)
        .where(
            within_sight_of(viewer),
            reviews_chosen(selection),
            REVIEW.c.stage != Stage.WITHDRAWN,
            CONDITION.c.removed_at.is_(None),
            on_the_map,
        )
    )
    of_review: dict[int, str] = {}
    opened: dict[str, date] = {}
    found: dict[str, dict[int, tuple[Level, str | None]]] = defaultdict(dict)
    for key, review, opened_on, level, pack, factor in session.execute(conditions):
        of_review[key], opened[review] = review, opened_on
        found[review][key] = (Level(level), f"{pack}:{factor}" if factor else None)
    arrows: dict[str, list[tuple[int, int, bool]]] = defaultdict(list)
    query = sa.select(INFLUENCE.c.condition_id, INFLUENCE.c.shaped_id, INFLUENCE.c.direction).where(
        INFLUENCE.c.condition_id.in_(conditions.with_only_columns(CONDITION.c.id)), INFLUENCE.c.removed_at.is_(None)
    )
    for start, end, direction in session.execute(query):
        if start in of_review and end in of_review:
            arrows[of_review[start]].append((start, end, direction == Direction.HELPED))
    return [
        MapRecord(review, found[review], tuple(sorted(arrows[review])), opened[review]) for review in sorted(arrows)
    ]


def names_of_factors(session: Session, viewer: Viewer) -> dict[str, str]:
    """What each factor is called, by `list:factor`."""
    return {f"{pack}:{key}": name for (pack, key), name in factor_names(session, viewer.agency_id).items()}


def reviews_in_sight(session: Session, viewer: Viewer, selection: Selection = EVERYTHING) -> int:
    """How many reviews the viewer may read and the selection asks for, without withdrawn ones."""
    query = sa.select(sa.func.count()).select_from(REVIEW)
    wanted = query.where(within_sight_of(viewer), REVIEW.c.stage != Stage.WITHDRAWN, reviews_chosen(selection))
    return int(session.execute(wanted).scalar_one())
