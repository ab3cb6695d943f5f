"""The page of reviews whose findings mean something similar to those of one review."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from sqlmodel import Session, col, select

from app.audit.reading import Told, read_across, read_all
from app.core.database import Transaction, reading, writing
from app.core.dates import quarter
from app.core.routing import router
from app.identity.dependencies import ReviewReader, ThePage
from app.identity.viewers import Viewer
from app.patterns import evidence
from app.patterns.likeness.meaning import Known, Match, Stated, alike, is_installed
from app.patterns.pages.choices import quarter_words
from app.reviews.dependencies import ReadableReview
from app.reviews.models import Finding, Review, Stage
from app.reviews.queries import readable_review, readable_reviews
from app.reviews.values import VALUES

routes = router("/patterns")

LISTED = 5
AT_ONCE = 60
"""Statements put into numbers in one request, which takes two or three seconds; the page then goes on by itself."""
KNOWN = Known()


@dataclass(frozen=True)
class Alike:
    """One review that tells of something similar, with the two statements."""

    review: Review
    quarter: str
    division: str
    own: Told
    other: Told


def _statements(session: Session, viewer: Viewer, review: Review) -> tuple[list[Stated], dict[str, list[Stated]]]:
    """Code and version of what was found in this review, and in the others within sight by their codes."""
    query = (
        readable_reviews(viewer)
        .join(Finding, col(Finding.review_id) == col(Review.id))
        .where(Review.stage != Stage.WITHDRAWN, col(Finding.removed_at).is_(None))
        .with_only_columns(col(Review.code), col(Finding.code), col(Finding.version))
        .order_by(col(Review.code), col(Finding.position))
    )
    found: dict[str, list[Stated]] = {}
    for code, finding, version in session.execute(query):
        found.setdefault(code, []).append((finding, version))
    return found.pop(review.code, []), found


def _next(own: Iterable[Stated], others: Mapping[str, Iterable[Stated]]) -> list[Stated]:
    """The statements to put into numbers now, those of the review itself first."""
    return [stated for group in (own, *others.values()) for stated in group if KNOWN.lacks(stated)][:AT_ONCE]


def _learn_some(request: Request, review_code: str, viewer: ReviewReader) -> None:
    """Put some more statements into numbers, before the request's own transaction opens and others wait for it."""
    if not is_installed():
        return
    engine = request.app.state.engine
    with reading(engine) as look:
        review = readable_review(look, viewer, review_code)
        wanted = _next(*_statements(look, viewer, review))
    if not wanted:
        return
    with writing(engine) as session:
        among = readable_reviews(viewer).with_only_columns(col(Review.id))
        codes = [code for code, _ in wanted]
        found = session.exec(select(Finding).where(col(Finding.code).in_(codes), col(Finding.review_id).in_(among)))
        did = "compare findings by meaning"
        texts = read_across(session, found.all(), by=viewer, did=did, within=review_code)
        told = {(text.code, text.version): text.statement for text in texts}
    KNOWN.learn(told)


SomeLearned = Depends(_learn_some, max_concurrency=1)


@routes.get("/similar/{review_code}/meaning")
def see_meaning(
    _learned: Annotated[None, SomeLearned],
    review: ReadableReview,
    session: Transaction,
    viewer: ReviewReader,
    page: ThePage,
) -> Response:
    """Only reviews within the viewer's sight are compared; each statement shown leaves its line in the trail."""
    own, others = _statements(session, viewer, review)
    compared = sum(not any(map(KNOWN.lacks, statements)) for statements in others.values())
    matches = alike(own, others, KNOWN)[:LISTED]
    return page(
        "patterns/meaning.html",
        fragment="closest",
        review=review,
        is_installed=is_installed(),
        has_findings=bool(own),
        rows=_shown(session, viewer, review, matches),
        compared=compared,
        others=len(others),
        values=VALUES,
    )


def _shown(session: Session, viewer: Viewer, review: Review, matches: Sequence[Match]) -> list[Alike]:
    found = {other.code: other for other in evidence.reviews_of(session, viewer, [match.review for match in matches])}
    divisions = evidence.divisions_of(session, found.values())
    wanted = [stated[0] for match in matches for stated in (match.own, match.other)]
    query = select(Finding).where(
        col(Finding.code).in_(wanted), col(Finding.review_id).in_([review.id, *(other.id for other in found.values())])
    )
    findings = {finding.code: finding for finding in session.exec(query)}
    own = {
        told.code: told
        for told in read_all(
            session,
            [findings[code] for code in dict.fromkeys(match.own[0] for match in matches)],
            by=viewer,
            within=review.code,
        )
    }
    return [
        Alike(
            review=found[match.review],
            quarter=quarter_words(quarter(found[match.review].opened_on)),
            division=divisions.get(found[match.review].office_id, ""),
            own=own[match.own[0]],
            other=read_all(session, [findings[match.other[0]]], by=viewer, within=match.review)[0],
        )
        for match in matches
    ]
