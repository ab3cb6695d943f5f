"""Key episodes of a review: improvement opportunities and successful practices, always as a pair."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, delete, func, select

from app.audit import trail
from app.core.errors import insist
from app.core.narrative import narrative_names
from app.core.translation import gettext as _
from app.identity.viewers import Viewer
from app.reviews.models import EpisodeEvent, EpisodeKind, KeyEpisode, Review, TimelineEvent
from app.reviews.queries import held_stage
from app.reviews.removing import part_found
from app.reviews.rules import obstacle_to_changing
from app.writing import texts

WHY_NONE = {
    EpisodeKind.IMPROVEMENT_OPPORTUNITY: "no_opportunities_because",
    EpisodeKind.SUCCESSFUL_PRACTICE: "no_practices_because",
}
"""The field of a review that says why it has no episode of a kind."""


def episodes_of(session: Session, review: Review) -> list[KeyEpisode]:
    """The episodes of a review without removed ones, in their order."""
    query = select(KeyEpisode).where(KeyEpisode.review_id == review.id, col(KeyEpisode.removed_at).is_(None))
    return list(session.exec(query.order_by(col(KeyEpisode.position), col(KeyEpisode.id))))


def episode_of(session: Session, review: Review, code: str, *, removed: bool = False) -> KeyEpisode:
    """One episode of the review by its code, or NotFound. `removed` also finds one that was removed."""
    query = select(KeyEpisode).where(KeyEpisode.review_id == review.id, KeyEpisode.code == code)
    return part_found(session, query, removed=removed)


def events_by_episode(session: Session, episodes: Iterable[KeyEpisode]) -> dict[int, set[int]]:
    """The ids of the events that each episode is about, by the episode's id."""
    found: dict[int, set[int]] = {episode.id: set() for episode in episodes if episode.id}
    for row in session.exec(select(EpisodeEvent).where(col(EpisodeEvent.episode_id).in_(found))):
        found[row.episode_id].add(row.event_id)
    return found


def obstacle_to_having_none(kind: EpisodeKind, episodes: Iterable[KeyEpisode]) -> str | None:
    """Why a review cannot say that it has no episode of a kind."""
    if any(episode.kind is kind for episode in episodes):
        return _("This review has %(kind)s entries. Remove them before saying why there is none.") % {
            "kind": kind.value.replace("_", " ")
        }
    return None


def add_episode(
    session: Session, review: Review, values: Mapping[str, Any], events: Sequence[TimelineEvent], *, by: Viewer
) -> KeyEpisode:
    """Add an episode after the others, about these events; `values` are its columns."""
    insist(obstacle_to_changing(held_stage(session, review)))
    last = session.exec(select(func.max(KeyEpisode.position)).where(KeyEpisode.review_id == review.id)).one()
    episode = KeyEpisode(**{**values, "review_id": review.id, "position": (last or 0) + 1})
    session.add(episode)
    session.flush()
    _link_events(session, episode, {event.id for event in events})
    texts.remember(session, episode, narrative_names(KeyEpisode), within=review.code, by=by)
    trail.record(session, f"add {episode.kind.value.replace('_', ' ')}", episode, by=by, within=review.code)
    return episode


def change_episode(
    session: Session,
    review: Review,
    episode: KeyEpisode,
    values: Mapping[str, Any],
    events: Sequence[TimelineEvent],
    *,
    base: int,
    by: Viewer,
) -> None:
    """Change an episode from version `base`, and which events it is about.

    Links to removed events stay, so that an event that is brought back is linked again. Raises `ChangedMeanwhile`
    where someone else changed the same text.
    """
    insist(obstacle_to_changing(held_stage(session, review)))
    texts.save(session, episode, values, base=base, within=review.code, by=by, did="change episode")
    linked = (
        select(EpisodeEvent.event_id)
        .join(TimelineEvent)
        .where(EpisodeEvent.episode_id == episode.id, col(TimelineEvent.removed_at).is_(None))
    )
    before, after = set(session.exec(linked)), {event.id for event in events}
    if before == after:
        return
    gone = col(EpisodeEvent.event_id).in_(before - after)
    session.exec(delete(EpisodeEvent).where(col(EpisodeEvent.episode_id) == episode.id, gone))
    _link_events(session, episode, after - before)
    trail.record(session, "change episode: events", episode, by=by, within=review.code)


def _link_events(session: Session, episode: KeyEpisode, event_ids: Iterable[int | None]) -> None:
    rows = [{"episode_id": episode.id, "event_id": event_id} for event_id in event_ids]
    if rows:
        session.execute(insert(EpisodeEvent), rows)


def say_why_none(session: Session, review: Review, kind: EpisodeKind, because: str, *, base: int, by: Viewer) -> None:
    """Say why the review has no episode of a kind; both kinds are considered before it is concluded."""
    insist(obstacle_to_changing(held_stage(session, review, to_change_it=True)))
    insist(obstacle_to_having_none(kind, episodes_of(session, review)))
    texts.save(session, review, {WHY_NONE[kind]: because}, base=base, within=review.code, by=by)


def tell_family_perspective(
    session: Session, review: Review, perspective: str, none_because: str, *, base: int, by: Viewer
) -> None:
    """Write down the family's perspective, or why there is none."""
    insist(obstacle_to_changing(held_stage(session, review, to_change_it=True)))
    changes = {"family_perspective": perspective, "no_family_perspective_because": none_because}
    texts.save(session, review, changes, base=base, within=review.code, by=by)
