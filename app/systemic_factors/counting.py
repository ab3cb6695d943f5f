"""Which rating sheet of a review counts: the one rule, for the stages of a review and for every pattern.

| Sheets of the review                                    | What counts            |
|---------------------------------------------------------|------------------------|
| a consensus, sent                                       | the consensus          |
| a consensus, not yet sent                               | nothing                |
| two raters, or one where a second one is to follow      | nothing                |
| one rater, sent                                         | the rater's sheet      |
| one rater, not sent, or nobody; and imported tags       | the imported tags      |
| anything else                                           | nothing                |

Neither of two raters' own sheets ever counts, so that what is counted shows neither of them what the other answered.
"""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app.core.types import stored_by_value
from app.reviews.models import Review
from app.systemic_factors.models import RatingSheet, Round


def _is(which: Round) -> sa.ColumnElement[bool]:
    return col(RatingSheet.round) == which


def _round(which: Round) -> sa.BindParameter[Round]:
    return sa.literal(which, stored_by_value(Round))


IS_SENT = col(RatingSheet.sent_at).is_not(None)
NEWEST = sa.func.max(col(RatingSheet.id))
BY_REVIEW: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        col(Review.id).label("review_id"),
        col(Review.pack_id),
        col(Review.second_rating),
        sa.func.count().filter(_is(Round.CONSENSUS)).label("consensus"),
        sa.func.count().filter(_is(Round.INDEPENDENT)).label("raters"),
        NEWEST.filter(_is(Round.CONSENSUS), IS_SENT).label("agreed"),
        NEWEST.filter(_is(Round.INDEPENDENT), IS_SENT).label("own"),
        NEWEST.filter(_is(Round.IMPORTED)).label("imported"),
    )
    .outerjoin(RatingSheet, col(RatingSheet.review_id) == col(Review.id))
    .group_by(col(Review.id))
)
"""The sheets of each review. Put together once: this takes longer than to read one review's."""


def counted_sheets(*within: sa.ColumnElement[bool]) -> sa.Select[int, int, Any, Any]:
    """Each review with the sheet of it that counts, as rows (review_id, pack_id, sheet_id, round).

    While nothing counts, `sheet_id` is None and `round` tells nothing.

    `within` says of which reviews, as conditions on `Review`; the caller's door is one of them.
    """
    of = BY_REVIEW.where(*within).subquery().c
    sheet = sa.case(
        (of.consensus > 0, of.agreed),
        (sa.or_(of.raters > 1, of.second_rating), sa.null()),
        else_=sa.func.coalesce(of.own, of.imported),
    )
    which = sa.case(
        (of.consensus > 0, _round(Round.CONSENSUS)),
        (of.own.is_not(None), _round(Round.INDEPENDENT)),
        else_=_round(Round.IMPORTED),
    )
    return sa.select(of.review_id, of.pack_id, sheet.label("sheet_id"), which.label("round"))
