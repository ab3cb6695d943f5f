"""Taking a part out of a review and bringing it back: nothing is erased, so each step can be undone."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from app.audit import trail
from app.core.clock import now
from app.core.errors import NotFound, insist
from app.identity.viewers import Viewer
from app.reviews.models import Review, Stage
from app.reviews.queries import held_stage
from app.reviews.rules import obstacle_to_changing

Rule = Callable[[Stage], str | None]
Part = TypeVar("Part")


def part_found(session: Session, query: SelectOfScalar[Part], *, removed: bool = False) -> Part:
    """The one part that the query finds, or NotFound. `removed` also finds one that was taken out."""
    found = session.exec(query).first()
    if found is None or (getattr(found, "removed_at", None) and not removed):
        raise NotFound
    return found


def take_out(
    session: Session, review: Review, part: Any, name: str, *, by: Viewer, rule: Rule = obstacle_to_changing
) -> None:
    """Take a part out of its review; `name` is what the trail calls it, `rule` says in which stages that may be."""
    insist(rule(held_stage(session, review)))
    part.removed_at = now()
    session.add(part)
    trail.record(session, f"remove {name}", part, by=by, within=review.code)


def bring_back(
    session: Session, review: Review, part: Any, name: str, *, by: Viewer, rule: Rule = obstacle_to_changing
) -> None:
    """Bring a part back to where it stood."""
    insist(rule(held_stage(session, review)))
    part.removed_at = None
    session.add(part)
    trail.record(session, f"bring back {name}", part, by=by, within=review.code)
