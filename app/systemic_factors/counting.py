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

from app.reviews.models import Review
from app.systemic_factors.models import RatingSheet, Round


def _if(which: Round, value: Any) -> sa.Case[Any]:
    return sa.case((col(RatingSheet.round) == which, value))


BY_REVIEW = (
    sa.select(
        col(RatingSheet.review_id),
        sa.func.max(_if(Round.CONSENSUS, col(RatingSheet.id))).label("consensus"),
        sa.func.max(_if(Round.INDEPENDENT, col(RatingSheet.id))).label("own"),
        sa.func.max(_if(Round.IMPORTED, col(RatingSheet.id))).label("imported"),
        sa.func.count(_if(Round.INDEPENDENT, col(RatingSheet.id))).label("raters"),
        sa.func.count(_if(Round.INDEPENDENT, col(RatingSheet.sent_at))).label("sent"),
        sa.func.max(sa.case((col(Review.second_rating).is_(True), 1), else_=0)).label("second"),
    )
    .join(Review, col(Review.id) == col(RatingSheet.review_id))
    .group_by(col(RatingSheet.review_id))
)
"""The sheets of each review. Put together once: this takes longer than to read one review's."""
CAN_COUNT = sa.or_(col(RatingSheet.sent_at).is_not(None), col(RatingSheet.round) == Round.IMPORTED)


def counted_sheets(*within: sa.ColumnElement[bool]) -> sa.Select[Any, int, Round]:
    """The sheet that counts for each review that has one, as rows (sheet_id, review_id, round).

    `within` says of which reviews, as conditions on `Review`; the caller's door is one of them.
    """
    by_review = BY_REVIEW.where(*within).subquery()
    chosen = sa.case(
        (by_review.c.consensus.is_not(None), by_review.c.consensus),
        (sa.or_(by_review.c.raters > 1, by_review.c.second == 1), sa.null()),
        (by_review.c.sent == 1, by_review.c.own),
        else_=by_review.c.imported,
    )
    return (
        sa.select(col(RatingSheet.id).label("sheet_id"), col(RatingSheet.review_id), col(RatingSheet.round))
        .join(by_review, chosen == col(RatingSheet.id))
        .where(CAN_COUNT)
    )
