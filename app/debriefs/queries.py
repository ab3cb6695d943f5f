"""What can be read of debriefs. Everything starts from a review that the viewer got through the dependencies."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from app.core.errors import NotFound
from app.debriefs.models import DebriefInvitation, DebriefNote, DebriefSession, ParkedIdea
from app.reviews.models import KeyEpisode, Review
from app.reviews.removing import part_found
from app.systemic_factors.models import FactorLink

Contribution = DebriefNote | ParkedIdea
"""What someone gave in a debrief, and may correct or withdraw."""


def debriefs_of(session: Session, review: Review, *, removed: bool = False) -> Sequence[DebriefSession]:
    """The debriefs of a review, oldest first; with `removed` those that were removed instead."""
    is_there = col(DebriefSession.removed_at).is_(None)
    query = select(DebriefSession).where(DebriefSession.review_id == review.id, ~is_there if removed else is_there)
    return session.exec(query.order_by(col(DebriefSession.held_on), col(DebriefSession.id))).all()


def debrief_of(session: Session, review: Review, code: str, *, removed: bool = False) -> DebriefSession:
    """One debrief of the review by its code, or NotFound. `removed` also finds one that was removed."""
    query = select(DebriefSession).where(DebriefSession.review_id == review.id, DebriefSession.code == code)
    return part_found(session, query, removed=removed)


def invitations_of(session: Session, review: Review) -> Sequence[DebriefInvitation]:
    """The invitations of a review without removed ones, oldest first."""
    query = select(DebriefInvitation).where(
        DebriefInvitation.review_id == review.id, col(DebriefInvitation.removed_at).is_(None)
    )
    return session.exec(query.order_by(col(DebriefInvitation.invited_on), col(DebriefInvitation.id))).all()


def invitation_of(session: Session, review: Review, code: str, *, removed: bool = False) -> DebriefInvitation:
    """One invitation of the review by its code, or NotFound. `removed` also finds one that was removed."""
    query = select(DebriefInvitation).where(DebriefInvitation.review_id == review.id, DebriefInvitation.code == code)
    return part_found(session, query, removed=removed)


def notes_in(session: Session, debrief: DebriefSession) -> Sequence[DebriefNote]:
    """The notes of a debrief in the order they were written, withdrawn ones too."""
    query = select(DebriefNote).where(DebriefNote.session_id == debrief.id)
    return session.exec(query.order_by(col(DebriefNote.id))).all()


def ideas_in(session: Session, debrief: DebriefSession) -> Sequence[ParkedIdea]:
    """The parked ideas of a debrief without removed ones, withdrawn ones too."""
    query = select(ParkedIdea).where(ParkedIdea.session_id == debrief.id, col(ParkedIdea.removed_at).is_(None))
    return session.exec(query.order_by(col(ParkedIdea.id))).all()


def contribution_in(session: Session, debrief: DebriefSession, code: str, *, removed: bool = False) -> Contribution:
    """A note or an idea of the debrief by its code, or NotFound. `removed` also finds an idea that was removed."""
    notes = select(DebriefNote).where(DebriefNote.session_id == debrief.id, DebriefNote.code == code)
    ideas = select(ParkedIdea).where(ParkedIdea.session_id == debrief.id, ParkedIdea.code == code)
    found = session.exec(notes).first() or session.exec(ideas).first()
    if found is None or (isinstance(found, ParkedIdea) and found.removed_at and not removed):
        raise NotFound
    return found


def notes_counted(session: Session, review: Review) -> dict[int, int]:
    """How many notes each debrief of the review holds, by the debrief's id, without withdrawn ones."""
    query = (
        select(DebriefNote.session_id, func.count())
        .join(DebriefSession, col(DebriefSession.id) == DebriefNote.session_id)
        .where(DebriefSession.review_id == review.id, DebriefNote.status != "withdrawn")
        .group_by(col(DebriefNote.session_id))
    )
    return dict(session.exec(query).all())


def links_resting_on(session: Session, contribution: Contribution) -> int:
    """How many factor links name this note as what they rest on."""
    if isinstance(contribution, ParkedIdea):
        return 0
    query = (
        select(func.count())
        .select_from(FactorLink)
        .join(KeyEpisode, col(KeyEpisode.id) == FactorLink.episode_id)
        .where(
            FactorLink.note_id == contribution.id,
            col(FactorLink.removed_at).is_(None),
            col(KeyEpisode.removed_at).is_(None),
        )
    )
    return session.exec(query).one()
