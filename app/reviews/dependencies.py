"""What routes of several features need: the review in the address, as this person may use it.

A stranger to a review gets 404; a colleague who may read it but is not on its team gets 403 when they try to write.
"""

from typing import Annotated

from fastapi import Depends

from app.core.database import Transaction
from app.core.errors import Forbidden
from app.identity.dependencies import ReviewLeader, ReviewReader, ReviewWorker
from app.reviews import queries, rules
from app.reviews.models import Review


def _readable(session: Transaction, viewer: ReviewReader, review_code: str) -> Review:
    return queries.readable_review(session, viewer, review_code)


def _writable(session: Transaction, viewer: ReviewWorker, review_code: str) -> Review:
    review = queries.readable_review(session, viewer, review_code)
    if obstacle := rules.obstacle_to_writing(queries.team_role(session, viewer, review)):
        raise Forbidden(obstacle)
    return review


def _led(session: Transaction, viewer: ReviewLeader, review_code: str) -> Review:
    review = queries.readable_review(session, viewer, review_code)
    if obstacle := rules.obstacle_to_leading(queries.team_role(session, viewer, review)):
        raise Forbidden(obstacle)
    return review


ReadableReview = Annotated[Review, Depends(_readable)]
"""The review `{review_code}` that this person may read. Uses a writing transaction: reading leaves a line."""
WritableReview = Annotated[Review, Depends(_writable)]
"""The review `{review_code}` whose team this person is on."""
LedReview = Annotated[Review, Depends(_led)]
"""The review `{review_code}` that this person leads."""
