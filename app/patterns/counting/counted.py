"""Which rating sheets count, of the reviews that a viewer may read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from app.identity.viewers import Viewer
from app.patterns.counting.columns import Counts, Flags, Places
from app.patterns.counting.streams import numbered, whole_numbers
from app.reviews.models import Review, Stage
from app.reviews.queries import within_sight_of
from app.systemic_factors.counting import counted_sheets
from app.systemic_factors.models import Round

REVIEW = SQLModel.metadata.tables[str(Review.__tablename__)]
NO_SHEET = 0
"""No sheet has this id."""
ROUND_NUMBERS = {which: at for at, which in enumerate(Round)}


def counted_within_sight(viewer: Viewer, only: Collection[int] | None = None) -> sa.Select[int, int, Any, Any]:
    """The reviews within sight that were not withdrawn, with the sheet of each that counts."""
    conditions = [within_sight_of(viewer), col(Review.stage) != Stage.WITHDRAWN]
    if only is not None:
        conditions.append(col(Review.id).in_(only))
    return counted_sheets(*conditions)


@dataclass(frozen=True, eq=False)
class Counted:
    """The sheets that count: one entry for each review in use."""

    reviews: Counts
    packs: Counts
    sheets: Counts
    """NO_SHEET of a review that waits to be rated."""
    rounds: Counts
    """As in ROUND_NUMBERS, where there is a sheet."""

    @classmethod
    def within_sight(cls, session: Session, viewer: Viewer, only: Collection[int] | None = None) -> Self:
        """Of the reviews within sight of the viewer; `only` of those of these ids, where given."""
        of = counted_within_sight(viewer, only).subquery().c
        sheet, which = sa.func.coalesce(of.sheet_id, NO_SHEET), numbered(of.round, ROUND_NUMBERS)
        return cls(*whole_numbers(session, sa.select(of.review_id, of.pack_id, sheet, which)))

    @property
    def rated(self) -> Flags:
        """The entries with a sheet."""
        return np.asarray(self.sheets != NO_SHEET)

    def of(self, reviews: Iterable[int]) -> Places:
        """Where the entries of these reviews stand."""
        return np.flatnonzero(np.isin(self.reviews, list(reviews)))

    def same_as(self, others: Self) -> bool:
        """Whether both hold the same entries, in whatever order."""
        return np.array_equal(self._sorted(), others._sorted())

    def _sorted(self) -> Counts:
        told = np.stack((self.reviews, self.packs, self.sheets, self.rounds))
        return told[:, np.argsort(self.reviews)]

    def where(self, entries: Flags | Places) -> Self:
        return type(self)(self.reviews[entries], self.packs[entries], self.sheets[entries], self.rounds[entries])

    def beside(self, others: Self) -> Self:
        """These, and then the others."""
        parts = ("reviews", "packs", "sheets", "rounds")
        return type(self)(*(np.concatenate((getattr(self, part), getattr(others, part))) for part in parts))
