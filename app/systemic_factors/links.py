"""Links from a key episode to systemic factors, each with its direction and a sentence of evidence."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from app.audit import trail
from app.core.errors import insist
from app.core.narrative import narrative_names
from app.debriefs.models import DebriefNote, DebriefSession
from app.identity.viewers import Viewer
from app.reviews.models import KeyEpisode, Review
from app.reviews.queries import held_stage
from app.reviews.removing import part_found
from app.reviews.rules import obstacle_to_changing
from app.systemic_factors.models import FactorLink
from app.writing import texts


def link_of(session: Session, episode: KeyEpisode, code: str, *, removed: bool = False) -> FactorLink:
    """One factor link of the episode by its code, or NotFound. `removed` also finds one that was removed."""
    query = select(FactorLink).where(FactorLink.episode_id == episode.id, FactorLink.code == code)
    return part_found(session, query, removed=removed)


def notes_of(session: Session, review: Review) -> list[tuple[DebriefNote, DebriefSession]]:
    """What was said in the review's debriefs, with the session, oldest first; without what was withdrawn or removed."""
    query = (
        select(DebriefNote, DebriefSession)
        .join(DebriefSession, col(DebriefNote.session_id) == col(DebriefSession.id))
        .where(
            DebriefSession.review_id == review.id,
            col(DebriefSession.removed_at).is_(None),
            DebriefNote.status != "withdrawn",
        )
        .order_by(col(DebriefSession.held_on), col(DebriefNote.id))
    )
    return list(session.exec(query))


def add_link(
    session: Session, review: Review, episode: KeyEpisode, values: Mapping[str, Any], *, by: Viewer
) -> FactorLink:
    """Link a factor to an episode; `values` are the link's columns."""
    insist(obstacle_to_changing(held_stage(session, review)))
    link = FactorLink(**{**values, "episode_id": episode.id})
    session.add(link)
    session.flush()
    texts.remember(session, link, narrative_names(FactorLink), within=review.code, by=by)
    trail.record(session, "link factor", link, by=by, within=review.code)
    return link


def change_link(
    session: Session, review: Review, link: FactorLink, values: Mapping[str, Any], *, base: int, by: Viewer
) -> None:
    """Change a link from version `base`; raises `ChangedMeanwhile` where someone else changed the same text."""
    insist(obstacle_to_changing(held_stage(session, review)))
    texts.save(session, link, values, base=base, within=review.code, by=by, did="change factor link")
