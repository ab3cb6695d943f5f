"""The reviews behind a number and their evidence; each is read through the door, as a list of reviews is."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from app.identity.models import OrgUnit
from app.identity.viewers import Viewer
from app.patterns.counting.records import Layer
from app.reviews.models import EpisodeKind, KeyEpisode, Review
from app.reviews.queries import readable_reviews
from app.systemic_factors.models import Direction, Factor, FactorLink

UNIT = SQLModel.metadata.tables[str(OrgUnit.__tablename__)]


def reviews_of(session: Session, viewer: Viewer, codes: Sequence[str]) -> list[Review]:
    """The readable reviews of these codes, in the order of the codes. Ask for those that are shown, not for all."""
    if not codes:
        return []
    # By their ids: SQLite would look for the codes among all reviews of the agency.
    of_these = col(Review.id).in_(select(Review.id).where(col(Review.code).in_(codes)))
    found = session.exec(readable_reviews(viewer).where(of_these))
    by_code = {review.code: review for review in found}
    return [by_code[code] for code in codes if code in by_code]


def divisions_of(session: Session, reviews: Iterable[Review]) -> dict[int, str]:
    """The names of the divisions of these reviews, by the id of the office."""
    division = UNIT.alias()
    query = sa.select(UNIT.c.id, division.c.name).join(division, division.c.id == UNIT.c.parent_id)
    rows = session.execute(query.where(UNIT.c.id.in_({review.office_id for review in reviews})))
    return {row.id: row.name for row in rows}


def evidence_in(
    session: Session,
    reviews: Sequence[Review],
    factors: Iterable[str],
    layer: Layer,
    *,
    areas: Sequence[str] = (),
    kinds: Sequence[EpisodeKind] = (),
) -> dict[int, list[tuple[FactorLink, KeyEpisode, str]]]:
    """Factor links that tell of these factors in this layer, with their episode and the factor's code, by review id.

    Where areas or kinds are given, only of key episodes of one of them.
    """
    directions = [direction for direction in Direction if layer.holds(direction)]
    query = (
        select(FactorLink, KeyEpisode, Factor.key)
        .join(KeyEpisode, col(KeyEpisode.id) == FactorLink.episode_id)
        .join(Factor, col(Factor.id) == FactorLink.factor_id)
        .where(
            col(KeyEpisode.review_id).in_([review.id for review in reviews]),
            col(Factor.key).in_(list(factors)),
            col(FactorLink.direction).in_(directions),
            col(FactorLink.removed_at).is_(None),
            col(KeyEpisode.removed_at).is_(None),
        )
        .order_by(col(KeyEpisode.position), col(FactorLink.id))
    )
    if areas:
        query = query.where(col(KeyEpisode.service_area).in_(areas))
    if kinds:
        query = query.where(col(KeyEpisode.kind).in_(kinds))
    found: dict[int, list[tuple[FactorLink, KeyEpisode, str]]] = {}
    for link, episode, key in session.exec(query):
        found.setdefault(episode.review_id, []).append((link, episode, key))
    return found
