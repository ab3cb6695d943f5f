"""What routes of several features need: the review in the address, as this person may use it.

A stranger to a review gets 404; a colleague who may read it but is not on its team gets 403 when they try to write.
"""

from typing import Annotated, Any

from fastapi import Depends, Request

from app.audit.reading import Told, read_one
from app.core.database import Transaction
from app.core.errors import Forbidden, insist
from app.identity.dependencies import ReviewLeader, ReviewReader, ReviewWorker, ThePage, tell
from app.reviews import queries, rules
from app.reviews.models import Review
from app.writing.dependencies import TheDrafts


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


class ReadingDesk:
    """What every page of a review needs: who reads which review, and the page that answers."""

    def __init__(self, review: ReadableReview, viewer: ReviewReader, session: Transaction, page: ThePage) -> None:
        self.review, self.viewer, self.session, self.page = review, viewer, session, page
        self.address = f"/reviews/{review.code}"


class Desk(ReadingDesk):
    """What every form in a review needs: who writes in which review, with which drafts, and the page that answers."""

    def __init__(
        self,
        review: WritableReview,
        viewer: ReviewWorker,
        session: Transaction,
        page: ThePage,
        drafts: TheDrafts,
        request: Request,
    ) -> None:
        super().__init__(review, viewer, session, page)
        self.drafts, self.request = drafts, request

    def told(self, record: Any, part: str) -> Told:
        """A record of this review with its narratives opened, to fill a form."""
        return read_one(self.session, record, by=self.viewer, within=self.review.code, part=part)

    def tell(self, sentence: str, *, undo: str = "") -> None:
        """Leave a sentence for the next page; `undo` is the address whose form takes the step back."""
        tell(self.session, self.request, sentence, undo=undo)


def _open(desk: Annotated[Desk, Depends(Desk)]) -> Desk:
    insist(rules.obstacle_to_changing(desk.review.stage))
    return desk


TheReadingDesk = Annotated[ReadingDesk, Depends(ReadingDesk)]
"""The review `{review_code}` as someone reads in it."""
TheDesk = Annotated[Desk, Depends(Desk)]
"""The review `{review_code}` as someone on its team writes in it."""
OpenDesk = Annotated[Desk, Depends(_open)]
"""The same, where the review's stage allows changes; otherwise a refusal that says what stands in the way."""
