"""The reviews behind a number, with the sentences of evidence that their key episodes hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from fastapi import Request, Response
from sqlmodel import Session

from app.audit.reading import Told, read_all
from app.core.database import Transaction
from app.core.dates import quarter
from app.core.routing import router
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns import evidence
from app.patterns.counting.records import Dimension
from app.patterns.pages import choices
from app.patterns.pages.behind import behind
from app.patterns.pages.dependencies import Asked, asked_of
from app.patterns.snapshot import Snapshot
from app.reviews.models import KeyEpisode, Review
from app.reviews.values import VALUES
from app.systemic_factors.models import FactorLink

routes = router("/patterns")

PER_PAGE = 20


@dataclass(frozen=True)
class ReviewWithEvidence:
    """One review behind a number, with the sentences of evidence that its key episodes hold."""

    review: Review
    quarter: str
    division: str
    evidence: Sequence[tuple[Told, KeyEpisode, str]]
    """A factor link with its text opened, its episode, and the factor's name."""


@routes.get("/reviews")
def see_reviews(request: Request, session: Transaction, viewer: PatternReader, page: ThePage) -> Response:
    """The reviews of a cell, a pair or a combination, with evidence; reading it leaves a line in the trail of each."""
    asked = asked_of(request, session, viewer)
    q = asked.question
    found = behind(asked)
    pages = max(1, ceil(len(found.codes) / PER_PAGE))
    number = min(max(1, int(q.one("page")) if q.one("page").isdecimal() else 1), pages)
    here = evidence.reviews_of(session, viewer, found.codes[(number - 1) * PER_PAGE : number * PER_PAGE])
    is_area = q.by is Dimension.SERVICE_AREA and q.one("group")
    areas = (q.one("group"),) if is_area else q.selection.service_area
    return page(
        "patterns/reviews.html",
        **asked.context,
        subject=found.subject,
        values=VALUES,
        rows=_with_evidence(session, viewer, asked, here, found.factors, areas),
        total=len(found.codes),
        number=number,
        pages=pages,
    )


def _with_evidence(
    session: Session,
    viewer: Viewer,
    asked: Asked,
    reviews: Sequence[Review],
    factors: Sequence[str],
    areas: Sequence[str],
) -> list[ReviewWithEvidence]:
    selection = asked.question.selection
    found = evidence.evidence_in(session, reviews, factors, selection.layer, areas=areas, kinds=selection.episode_kind)
    divisions = evidence.divisions_of(session, reviews)
    return [
        ReviewWithEvidence(
            review=review,
            quarter=choices.quarter_words(quarter(review.opened_on)),
            division=divisions.get(review.office_id, ""),
            evidence=_opened(session, viewer, asked.snapshot, review, found.get(review.id or 0, [])),
        )
        for review in reviews
    ]


def _opened(
    session: Session,
    viewer: Viewer,
    snapshot: Snapshot,
    review: Review,
    links: Sequence[tuple[FactorLink, KeyEpisode, str]],
) -> list[tuple[Told, KeyEpisode, str]]:
    told = read_all(session, [link for link, _, _ in links], by=viewer, within=review.code, part="evidence of factors")
    names = {factor.code: factor.label for factor in snapshot.incidence.factors}
    return [(text, episode, names.get(key, key)) for text, (_, episode, key) in zip(told, links, strict=True)]
