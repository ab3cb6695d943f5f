"""The reviews behind a number, with the sentences of evidence that their key episodes hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from fastapi import Request, Response
from sqlmodel import Session

from app.audit.reading import Told, read_all
from app.core.database import Transaction
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.identity.viewers import Viewer
from app.patterns import asking, evidence
from app.patterns.asking import NotKnown
from app.patterns.combination_words import joined
from app.patterns.dependencies import HEATMAP, Asked, asked_of, quarter_words
from app.patterns.records import Dimension
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
    asked = asked_of(request, session, viewer, page)
    if isinstance(asked, Response):
        return asked
    q = asked.question
    try:
        subject, factors, codes = _behind(asked)
    except NotKnown as unknown:
        return page("patterns/not_known.html", told=str(unknown), start=HEATMAP, status_code=404)
    pages = max(1, ceil(len(codes) / PER_PAGE))
    number = min(max(1, int(q.one("page")) if q.one("page").isdecimal() else 1), pages)
    here = evidence.reviews_of(session, viewer, codes[(number - 1) * PER_PAGE : number * PER_PAGE])
    area = q.one("group") if q.by is Dimension.SERVICE_AREA and q.one("group") else q.selection.service_area
    return page(
        "patterns/reviews.html",
        **asked.context,
        subject=subject,
        values=VALUES,
        rows=_with_evidence(session, viewer, asked, here, factors, area),
        total=len(codes),
        number=number,
        pages=pages,
    )


def _behind(asked: Asked) -> tuple[str, list[str], Sequence[str]]:
    """What a list of reviews is about, its factors, and the codes of the reviews."""
    q, snapshot = asked.question, asked.snapshot
    if named := q.one("pair"):
        factors = [snapshot.factor(code) for code in named.split(".")]
        known = [factor for factor in factors if factor]
        if len(known) < 2 or len(set(known)) != len(factors):
            raise NotKnown(_("There is no such pair of factors."))
        keys = [factor.code for factor in known]
        subject = f"{known[0].label} with {known[1].label}" if len(known) == 2 else joined(known)
        return subject, keys, asked.incidence.codes_with_all(keys, q.layer)
    factor, group = snapshot.factor(q.one("factor")), q.one("group")
    if factor is None:
        raise NotKnown(_("Choose a cell of the heatmap or a pair of factors first."))
    if not group:
        return factor.label, [factor.code], asked.incidence.codes_present(factor.code, q.layer)
    if group not in asking.labels_of(snapshot, q.by):
        raise NotKnown(_("There is no such cell."))
    words = asking.label_of(snapshot, q.by, group)
    return f"{factor.label} in {words}", [factor.code], asked.incidence.codes_in(factor.code, q.by, group, q.layer)


def _with_evidence(
    session: Session, viewer: Viewer, asked: Asked, reviews: Sequence[Review], factors: list[str], area: str | None
) -> list[ReviewWithEvidence]:
    found = evidence.evidence_in(session, reviews, factors, asked.question.layer, area)
    divisions = evidence.divisions_of(session, reviews)
    return [
        ReviewWithEvidence(
            review=review,
            quarter=quarter_words(review.opened_on),
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
