"""What is left of a review: its report, and its history."""

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse

from app.audit import trail
from app.core.database import Transaction
from app.core.routing import router
from app.core.settings import settings
from app.core.stretches import page_number
from app.identity.dependencies import (
    ReviewReader,
    ThePage,
)
from app.identity.viewers import Viewer
from app.reviews import history, queries, report, rules
from app.reviews.dependencies import ReadableReview
from app.reviews.values import VALUES

routes = router("/reviews")


@routes.get("/{review_code}/report")
def see_report(review: ReadableReview, session: Transaction, viewer: ReviewReader, page: ThePage) -> Response:
    assembled = report.assemble(session, review, made_up=_made_up(viewer), by=viewer)
    on_the_team = queries.team_role(session, viewer, review) is not None
    return page(
        "reviews/report.html",
        review=review,
        report=assembled,
        checked=report.language_check(assembled) if on_the_team else [],
        values=VALUES,
        when=report.when,
        date_in_words=rules.date_in_words,
    )


@routes.get("/{review_code}/report.txt")
def download_report(review: ReadableReview, session: Transaction, viewer: ReviewReader) -> Response:
    assembled = report.assemble(session, review, made_up=_made_up(viewer), by=viewer)
    trail.record(session, "download report", review, by=viewer)
    name = f'attachment; filename="{review.code}.txt"'
    return PlainTextResponse(report.as_text(assembled), headers={"Content-Disposition": name})


def _made_up(viewer: Viewer) -> bool:
    return settings().demo or viewer.agency.made_up


@routes.get("/{review_code}/history")
def see_history(
    request: Request, review: ReadableReview, session: Transaction, viewer: ReviewReader, page: ThePage
) -> Response:
    at = {name: page_number(request, name) for name in ("texts", "done", "opened")}
    return page(
        "reviews/history.html",
        review=review,
        changes=history.changes(session, review, at["texts"], by=viewer),
        done=history.done(session, review, at["done"], by=viewer),
        opened=history.opened(session, review, at["opened"], by=viewer),
        at=at,
    )
