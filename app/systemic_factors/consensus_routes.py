"""The consensus of two raters: both sheets side by side, and the sheet they agree on."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from app.core.database import Transaction
from app.core.errors import NotFound, insist
from app.core.forms import Submission, Typed
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import ReviewReader, ReviewWorker, ThePage, tell
from app.identity.viewers import Viewer
from app.reviews.dependencies import ReadableReview, WritableReview
from app.reviews.models import Review
from app.reviews.queries import team_role
from app.reviews.values import VALUES
from app.systemic_factors import queries, rules, sheets, showing
from app.systemic_factors.forms import SheetForm, read_sheet, shown_sheet
from app.systemic_factors.models import RatingSheet, TaxonomyPack
from app.systemic_factors.rating_pages import address_of, back, may_rate, problems, saved, sent_sheets
from app.writing.dependencies import Drafts, TheDrafts

routes = router("/reviews/{review_code}/ratings/consensus")


@routes.get("")
def consensus(
    review: ReadableReview, viewer: ReviewReader, session: Transaction, page: ThePage, drafts: TheDrafts
) -> HTMLResponse:
    """Both sheets side by side, once both are sent; and the consensus sheet."""
    return _consensus_page(session, viewer, page, review, drafts=drafts)


@routes.post("/begin")
def begin_consensus(review: WritableReview, viewer: ReviewWorker, session: Transaction) -> RedirectResponse:
    sheets.begin_consensus(session, review, by=viewer)
    return back(review, "/consensus")


@routes.post("")
def save_consensus(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    request: Request,
    drafts: TheDrafts,
    typed: Typed,
) -> Any:
    insist(rules.obstacle_to_consensus(team_role(session, viewer, review), sent=len(sent_sheets(session, review))))
    sheet = _begun_consensus(session, review)
    factors = queries.factors_asked(session, review, queries.ratings_on(session, sheet))
    submission = read_sheet(typed, factors)
    if submission.form is None:
        return _consensus_page(session, viewer, page, review, submission=submission, status_code=422)
    sheets.save(session, review, sheet, submission.form.rows, version=submission.form.version, by=viewer)
    drafts.done()
    if submission.form.then != "send":
        tell(session, request, saved(_("Consensus saved."), session, review, sheet))
        return back(review, "/consensus")
    if missing := sheets.still_missing(session, review, sheet):
        return _consensus_page(session, viewer, page, review, missing=missing, status_code=422)
    sheets.send(session, review, sheet, by=viewer)
    tell(
        session,
        request,
        _("Consensus sent. It counts from now on."),
        undo=f"{address_of(review)}/consensus/reopen",
    )
    return back(review)


@routes.post("/reopen")
def reopen_consensus(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request
) -> RedirectResponse:
    sheets.reopen(session, review, _begun_consensus(session, review), by=viewer)
    tell(session, request, _("The consensus is open again. Nothing counts until it is sent."))
    return back(review, "/consensus")


def _consensus_page(
    session: Session,
    viewer: Viewer,
    page: Page,
    review: Review,
    *,
    drafts: Drafts | None = None,
    submission: Submission[SheetForm] | None = None,
    missing: dict[str, str] | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    seen = queries.visible_sheets(session, viewer, review)
    both = queries.independent(sheet for sheet in seen if sheet.sent_at)[:2]
    if len(both) < 2:
        insist(_("Both raters first send their sheets. Until then, neither sees the other's."))
    sheet = queries.consensus_of(queries.sheets_of(session, review))
    may = may_rate(session, viewer, review)
    changing = sheet is not None and sheet.sent_at is None and may
    told = showing.opened(session, review, [*both, *([sheet] if sheet and (sheet.sent_at or may) else [])], by=viewer)
    agreed = told[2] if len(told) > 2 else None
    answered = agreed.told if agreed else {}
    factors = queries.factors_asked(session, review, answered)
    rows = showing.side_by_side(factors, told[:2], set(answered), missing or {})
    stored = shown_sheet(
        factors,
        {key: one.record for key, one in answered.items()},
        {key: one.rationale for key, one in answered.items()},
        {},
    )
    stored.problems = problems(session, review, missing or {})
    submission = submission or (drafts.resumed(stored) if drafts and changing else stored)
    return page(
        "ratings/consensus.html",
        review=review,
        pack=session.get_one(TaxonomyPack, review.pack_id),
        submission=submission,
        raters=[one.who for one in told[:2]],
        different=[row for row in rows if not row.same],
        same=[row for row in rows if row.same],
        agreed=agreed,
        sheet=sheet,
        changing=changing,
        may_begin=sheet is None and may,
        may_reopen=sheet is not None and sheet.sent_at is not None and may,
        answered=len(answered),
        total=len(factors),
        directions=showing.direction_choices(),
        confidences=VALUES.choices("confidence"),
        address=f"{address_of(review)}/consensus",
        status_code=status_code,
    )


def _begun_consensus(session: Session, review: Review) -> RatingSheet:
    sheet = queries.consensus_of(queries.sheets_of(session, review))
    if sheet is None:
        insist(_("The consensus is not begun."))
        raise NotFound
    return sheet
