"""The page of reviews that are like one review, and the part of it that the review's own page shows."""

from fastapi import Response

from app.core.database import Transaction
from app.core.dates import quarter
from app.core.routing import router
from app.core.translation import N_, Words, ngettext
from app.core.translation import gettext as _
from app.identity.dependencies import ReviewReader, ThePage
from app.patterns import evidence, queries
from app.patterns.counting.records import Layer
from app.patterns.likeness.ranking import FEWEST_SHARED
from app.patterns.likeness.shared_factors import LikeOne, reviews_like
from app.patterns.pages.choices import quarter_words
from app.reviews.dependencies import ReadableReview

routes = router("/patterns")

LISTED = 20
CLOSEST = 3
"""Shown on the page of the review itself."""
DIRECTIONS = Words({Layer.HINDERED: N_("made the work harder"), Layer.HELPED: N_("helped the work")})


@routes.get("/similar/{review_code}")
def see_similar(review: ReadableReview, session: Transaction, viewer: ReviewReader, page: ThePage) -> Response:
    """Only reviews within the viewer's sight are compared and counted, whatever else there is."""
    pack = next((choice for choice in queries.packs(session, viewer) if choice.id == review.pack_id), None)
    snapshot = queries.snapshot(session, viewer, pack.code)[0] if pack else None
    like = reviews_like(snapshot.incidence, review.code, at_most=LISTED) if snapshot else None
    alike = {one.code: one for one in like.alike} if like else {}
    found = {other.code: other for other in evidence.reviews_of(session, viewer, list(alike))}
    divisions = evidence.divisions_of(session, found.values())
    rows = [
        (one, found[code], divisions.get(found[code].office_id, ""), quarter_words(quarter(found[code].opened_on)))
        for code, one in alike.items()
        if code in found
    ]
    return page(
        "patterns/similar.html",
        fragment="closest",
        review=review,
        like=like,
        finding=_finding(like),
        closest=rows[:CLOSEST],
        further=rows[CLOSEST:],
        snapshot=snapshot,
        directions=DIRECTIONS,
    )


def _finding(like: LikeOne | None) -> str:
    if like is None:
        return _("This review is not compared yet. It is once its rating is sent, or agreed on where two people rate.")
    if not like.alike:
        return _("No review shares %(fewest)s or more factors with this one.") % {"fewest": FEWEST_SHARED}
    first = like.alike[0]
    told = ngettext(
        "Of %(reviews)s review that you may read, the one most like this one shares %(shared)s factors.",
        "Of %(reviews)s reviews that you may read, the one most like this one shares %(shared)s factors.",
        like.reviews,
    )
    return told % {"reviews": like.reviews, "shared": len(first.shared)}
