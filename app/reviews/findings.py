"""Findings and learning points of a review, in an order that the team chooses."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, func, select

from app.audit import trail
from app.core.errors import insist
from app.core.narrative import narrative_names
from app.identity.viewers import Viewer
from app.reviews.models import Finding, Review
from app.reviews.queries import held_stage
from app.reviews.removing import part_found
from app.reviews.rules import obstacle_to_changing
from app.writing import texts


def findings_of(session: Session, review: Review) -> list[Finding]:
    """The findings of a review without removed ones, in their order."""
    query = select(Finding).where(Finding.review_id == review.id, col(Finding.removed_at).is_(None))
    return list(session.exec(query.order_by(col(Finding.position), col(Finding.id))))


def finding_of(session: Session, review: Review, code: str, *, removed: bool = False) -> Finding:
    """One finding of the review by its code, or NotFound. `removed` also finds one that was removed."""
    query = select(Finding).where(Finding.review_id == review.id, Finding.code == code)
    return part_found(session, query, removed=removed)


def add_finding(session: Session, review: Review, values: Mapping[str, Any], *, by: Viewer) -> Finding:
    """Add a finding after the others; `values` are its columns."""
    insist(obstacle_to_changing(held_stage(session, review)))
    last = session.exec(select(func.max(Finding.position)).where(Finding.review_id == review.id)).one()
    finding = Finding(**{**values, "review_id": review.id, "position": (last or 0) + 1})
    session.add(finding)
    session.flush()
    texts.remember(session, finding, narrative_names(Finding), within=review.code, by=by)
    trail.record(session, "add finding", finding, by=by, within=review.code)
    return finding


def change_finding(
    session: Session, review: Review, finding: Finding, values: Mapping[str, Any], *, base: int, by: Viewer
) -> None:
    """Change a finding from version `base`; raises `ChangedMeanwhile` where someone else changed the same text."""
    insist(obstacle_to_changing(held_stage(session, review)))
    texts.save(session, finding, values, base=base, within=review.code, by=by, did="change finding")


def move_finding(session: Session, review: Review, finding: Finding, places: int, *, by: Viewer) -> None:
    """Move a finding up (-1) or down (1) among the others; at the end of the list it stays where it is."""
    insist(obstacle_to_changing(held_stage(session, review)))
    order = findings_of(session, review)
    here = order.index(finding)
    there = min(max(here + places, 0), len(order) - 1)
    if there == here:
        return
    order.insert(there, order.pop(here))
    # Numbered anew, because imported findings may all stand at the same position.
    for position, each in enumerate(order, start=1):
        each.position = position
        session.add(each)
    trail.record(session, f"move finding {'up' if places < 0 else 'down'}", finding, by=by, within=review.code)
