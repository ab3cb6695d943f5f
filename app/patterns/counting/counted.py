"""Which rating sheets count, of the reviews that a viewer may read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from app.identity.viewers import Viewer
from app.patterns.counting.columns import Counts, Flags
from app.patterns.counting.streams import numbered, whole_numbers
from app.reviews.models import Review, Stage
from app.reviews.queries import within_sight_of
from app.systemic_factors.counting import counted_sheets
from app.systemic_factors.models import Round

REVIEW = SQLModel.metadata.tables[str(Review.__tablename__)]
ROUND_NUMBERS = {which: at for at, which in enumerate(Round)}


def counted_within_sight(viewer: Viewer, only: Collection[int] | None = None) -> sa.Select[Any, int, Round]:
    """The sheets that count, of the reviews within sight; a review that was withdrawn has none."""
    conditions = [within_sight_of(viewer), col(Review.stage) != Stage.WITHDRAWN]
    if only is not None:
        conditions.append(col(Review.id).in_(only))
    return counted_sheets(*conditions)


@dataclass(frozen=True, eq=False)
class Counted:
    """The sheets that count: one entry for each review that has one."""

    reviews: Counts
    packs: Counts
    sheets: Counts
    rounds: Counts
    """As in ROUND_NUMBERS."""

    @classmethod
    def within_sight(cls, session: Session, viewer: Viewer, only: Collection[int] | None = None) -> Self:
        """Of the reviews within sight of the viewer; `only` of those of these ids, where given."""
        counted = counted_within_sight(viewer, only).subquery()
        which = numbered(counted.c.round, ROUND_NUMBERS)
        query = sa.select(REVIEW.c.id, REVIEW.c.pack_id, counted.c.sheet_id, which)
        return cls(*whole_numbers(session, query.join(counted, counted.c.review_id == REVIEW.c.id)))

    def of(self, reviews: Iterable[int]) -> Flags:
        """The entries of these reviews."""
        return np.isin(self.reviews, list(reviews))

    def same_as(self, others: Self) -> bool:
        """Whether both hold the same entries, in whatever order."""
        return np.array_equal(self._sorted(), others._sorted())

    def _sorted(self) -> Counts:
        told = np.stack((self.reviews, self.packs, self.sheets, self.rounds))
        return told[:, np.argsort(self.reviews)]

    def where(self, entries: Flags | Counts) -> Self:
        return type(self)(self.reviews[entries], self.packs[entries], self.sheets[entries], self.rounds[entries])

    def beside(self, others: Self) -> Self:
        """These, and then the others."""
        parts = ("reviews", "packs", "sheets", "rounds")
        return type(self)(*(np.concatenate((getattr(self, part), getattr(others, part))) for part in parts))


def in_use(session: Session, viewer: Viewer, only: Collection[int] | None = None) -> Counts:
    """The reviews within sight that were not withdrawn, rated or not: their ids, and below those of their lists."""
    query = sa.select(REVIEW.c.id, REVIEW.c.pack_id).where(within_sight_of(viewer), REVIEW.c.stage != Stage.WITHDRAWN)
    return whole_numbers(session, query if only is None else query.where(REVIEW.c.id.in_(only)))
