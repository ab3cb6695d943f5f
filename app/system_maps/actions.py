"""What people do with a system map; each step leaves a line in the trail."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from app.audit import trail
from app.core.clock import now
from app.core.errors import insist
from app.core.narrative import narrative_names
from app.identity.viewers import Viewer
from app.reviews.models import Review
from app.reviews.queries import held_stage
from app.reviews.rules import obstacle_to_changing
from app.system_maps.models import Level, MapCondition, MapInfluence
from app.system_maps.queries import conditions_of, influences_of, ways
from app.system_maps.rules import first_level, obstacle_to_joining
from app.systemic_factors.models import Factor, FactorLink
from app.writing import texts


def add_condition(session: Session, review: Review, values: Mapping[str, Any], *, by: Viewer) -> MapCondition:
    """Put a condition on the map; `values` are its columns."""
    insist(obstacle_to_changing(held_stage(session, review)))
    condition = MapCondition(**{**values, "review_id": review.id})
    session.add(condition)
    session.flush()
    texts.remember(session, condition, narrative_names(MapCondition), within=review.code, by=by)
    trail.record(session, "add condition to the system map", condition, by=by, within=review.code)
    return condition


def change_condition(
    session: Session, review: Review, condition: MapCondition, values: Mapping[str, Any], *, base: int, by: Viewer
) -> None:
    """Change a condition from version `base`; raises `ChangedMeanwhile` where someone else changed the same text."""
    insist(obstacle_to_changing(held_stage(session, review)))
    texts.save(session, condition, values, base=base, within=review.code, by=by, did="change condition")


def remove_condition(session: Session, review: Review, condition: MapCondition, *, by: Viewer) -> None:
    """Take a condition off the map, with the influences that begin or end at it; it can be brought back."""
    insist(obstacle_to_changing(held_stage(session, review)))
    condition.removed_at = now()
    session.add(condition)
    trail.record(session, "remove condition from the system map", condition, by=by, within=review.code)


def restore_condition(session: Session, review: Review, condition: MapCondition, *, by: Viewer) -> None:
    """Bring a removed condition back, with its influences."""
    insist(obstacle_to_changing(held_stage(session, review)))
    condition.removed_at = None
    session.add(condition)
    trail.record(session, "bring back condition", condition, by=by, within=review.code)


def add_influence(session: Session, review: Review, values: Mapping[str, Any], *, by: Viewer) -> MapInfluence:
    """Join two conditions of the map; `values` are the influence's columns."""
    # Held alone, so that two people cannot add the same influence at the same moment.
    insist(obstacle_to_changing(held_stage(session, review, to_change_it=True)))
    influence = MapInfluence(**values)
    insist(_obstacle(session, review, influence))
    session.add(influence)
    session.flush()
    texts.remember(session, influence, narrative_names(MapInfluence), within=review.code, by=by)
    trail.record(session, "add influence", influence, by=by, within=review.code)
    return influence


def change_influence(
    session: Session, review: Review, influence: MapInfluence, values: Mapping[str, Any], *, base: int, by: Viewer
) -> None:
    """Change an influence from version `base`; raises `ChangedMeanwhile` where someone else changed the same text."""
    insist(obstacle_to_changing(held_stage(session, review, to_change_it=True)))
    texts.save(session, influence, values, base=base, within=review.code, by=by, did="change influence")
    insist(_obstacle(session, review, influence))


def remove_influence(session: Session, review: Review, influence: MapInfluence, *, by: Viewer) -> None:
    """Take an influence off the map; it can be brought back."""
    insist(obstacle_to_changing(held_stage(session, review)))
    influence.removed_at = now()
    session.add(influence)
    trail.record(session, "remove influence", influence, by=by, within=review.code)


def restore_influence(session: Session, review: Review, influence: MapInfluence, *, by: Viewer) -> None:
    """Bring a removed influence back; refused where the same one was added meanwhile."""
    insist(obstacle_to_changing(held_stage(session, review, to_change_it=True)))
    insist(_obstacle(session, review, influence))
    influence.removed_at = None
    session.add(influence)
    trail.record(session, "bring back influence", influence, by=by, within=review.code)


def _obstacle(session: Session, review: Review, influence: MapInfluence) -> str | None:
    """Why this influence cannot stand beside the others that are on the map now."""
    present = influences_of(session, conditions_of(session, review))
    others = [row for row in present if row.id != influence.id]
    return obstacle_to_joining(influence.condition_id, influence.shaped_id, influence.direction, others)


def begin_with(session: Session, review: Review, links: Iterable[FactorLink], *, by: Viewer) -> int:
    """Put what these factor links say on the map: the factor, the key episode, and the influence with its evidence.

    A factor or an episode that is on the map already is used again. Answers how many influences were added.
    """
    insist(obstacle_to_changing(held_stage(session, review, to_change_it=True)))
    links = list(links)
    query = select(Factor.id, Factor.domain).where(col(Factor.id).in_([link.factor_id for link in links]))
    domains = dict(session.exec(query).all())
    present = conditions_of(session, review)
    of_factor = {row.factor_id: row.id for row in reversed(present) if row.factor_id}
    of_episode = {row.episode_id: row.id for row in reversed(present) if row.episode_id}
    said = {(row.condition_id, row.shaped_id, row.direction) for row in influences_of(session, present)}
    added = 0
    for link in links:
        if link.factor_id not in of_factor:
            columns = {"level": first_level(domains[link.factor_id]), "factor_id": link.factor_id}
            of_factor[link.factor_id] = add_condition(session, review, columns, by=by).id
        if link.episode_id not in of_episode:
            columns = {"level": Level.WORK, "episode_id": link.episode_id}
            of_episode[link.episode_id] = add_condition(session, review, columns, by=by).id
        condition, shaped = of_factor[link.factor_id] or 0, of_episode[link.episode_id] or 0
        rests_on = {"event_id": link.event_id, "note_id": link.note_id, "episode_id": link.episode_id}
        for way in ways(link.direction):
            if condition == shaped or (condition, shaped, way) in said:
                continue
            # The sealed evidence is copied as it is; nobody reads it here.
            told = {"direction": way, "evidence": link.evidence, **rests_on}
            add_influence(session, review, {"condition_id": condition, "shaped_id": shaped, **told}, by=by)
            said.add((condition, shaped, way))
            added += 1
    return added
