"""What can be read of a system map. Everything starts from a review that the viewer got through the dependencies."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from app.core.errors import NotFound
from app.reviews.episodes import episodes_of
from app.reviews.models import Review
from app.system_maps.models import MapCondition, MapInfluence
from app.systemic_factors.models import Direction, FactorLink
from app.systemic_factors.queries import links_of


def conditions_of(session: Session, review: Review) -> list[MapCondition]:
    """The conditions on a review's map in the order they were added, without removed ones.

    One that is called by its key episode leaves the map while the episode is removed.
    """
    query = select(MapCondition).where(MapCondition.review_id == review.id, col(MapCondition.removed_at).is_(None))
    episodes = {episode.id for episode in episodes_of(session, review)}
    return [
        row
        for row in session.exec(query.order_by(col(MapCondition.id)))
        if row.label or row.factor_id or row.episode_id in episodes
    ]


def condition_of(session: Session, review: Review, code: str, *, removed: bool = False) -> MapCondition:
    """One condition of the review's map by its code, or NotFound. `removed` also finds one that was removed."""
    query = select(MapCondition).where(MapCondition.review_id == review.id, MapCondition.code == code)
    found = session.exec(query).first()
    if found is None or (found.removed_at and not removed):
        raise NotFound
    return found


def influences_of(session: Session, conditions: Iterable[MapCondition]) -> list[MapInfluence]:
    """The influences between these conditions in the order they were added, without removed ones."""
    ids = [condition.id for condition in conditions]
    query = select(MapInfluence).where(
        col(MapInfluence.condition_id).in_(ids),
        col(MapInfluence.shaped_id).in_(ids),
        col(MapInfluence.removed_at).is_(None),
    )
    return list(session.exec(query.order_by(col(MapInfluence.id))))


def influence_of(session: Session, review: Review, code: str, *, removed: bool = False) -> MapInfluence:
    """One influence of the review's map by its code, or NotFound. `removed` also finds one that was removed."""
    query = (
        select(MapInfluence)
        .join(MapCondition, col(MapCondition.id) == col(MapInfluence.condition_id))
        .where(MapCondition.review_id == review.id, MapInfluence.code == code)
    )
    found = session.exec(query).first()
    if found is None or (found.removed_at and not removed):
        raise NotFound
    return found


def links_to_offer(session: Session, review: Review) -> list[FactorLink]:
    """The factor links of the key episodes that the map does not say yet."""
    conditions = conditions_of(session, review)
    factors = {row.id: row.factor_id for row in conditions}
    episodes = {row.id: row.episode_id for row in conditions}
    said = {
        (factors[row.condition_id], episodes[row.shaped_id], row.direction)
        for row in influences_of(session, conditions)
    }
    # A condition that is both the factor and the episode needs no influence upon itself.
    said |= {(row.factor_id, row.episode_id, way) for row in conditions for way in ways(Direction.BOTH)}
    return [
        link
        for link in links_of(session, episodes_of(session, review))
        if any((link.factor_id, link.episode_id, way) not in said for way in ways(link.direction))
    ]


def ways(direction: Direction) -> tuple[Direction, ...]:
    """The influences that a link's direction stands for: one, or two where it is both."""
    return (Direction.HINDERED, Direction.HELPED) if direction is Direction.BOTH else (direction,)
