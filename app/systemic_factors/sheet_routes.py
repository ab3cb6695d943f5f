"""The rating sheet of one rater: beginning, answering and sending it, and what may be seen of the ratings."""

from datetime import UTC, datetime
from random import SystemRandom
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
from app.identity.models import Person
from app.identity.viewers import Viewer
from app.reviews.dependencies import ReadableReview, WritableReview
from app.reviews.models import Review
from app.reviews.queries import team_role
from app.reviews.values import VALUES
from app.systemic_factors import queries, rules, sheets, showing
from app.systemic_factors.forms import SheetForm, read_sheet, shown_sheet
from app.systemic_factors.models import Factor, RatingSheet, TaxonomyPack
from app.systemic_factors.rating_pages import address_of, back, may_rate, problems, saved, sent_sheets
from app.writing.dependencies import Drafts, TheDrafts

routes = router("/reviews/{review_code}/ratings")


@routes.get("")
def ratings(
    review: ReadableReview, viewer: ReviewReader, session: Transaction, page: ThePage, drafts: TheDrafts
) -> HTMLResponse:
    """One's own sheet while it can be changed; else what may be seen of the ratings."""
    own = queries.own_sheet(queries.sheets_of(session, review), viewer)
    if own and not own.sent_at and may_rate(session, viewer, review):
        return _sheet_page(session, viewer, page, review, own, drafts=drafts)
    return _overview(session, viewer, page, review)


@routes.post("/begin")
def begin(review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request) -> RedirectResponse:
    sheets.begin(session, review, drawn=SystemRandom().random(), by=viewer)
    if review.second_rating:
        tell(
            session,
            request,
            _("A second person rates this review too; you see each other's ratings once both are sent."),
        )
    return back(review)


@routes.post("/take-over/{sheet_code}")
def take_over(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, sheet_code: str
) -> RedirectResponse:
    sheets.take_over(session, review, queries.sheet_of(session, review, sheet_code), by=viewer)
    tell(session, request, _("This rating sheet is yours now."))
    return back(review)


@routes.post("")
def save(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    request: Request,
    drafts: TheDrafts,
    typed: Typed,
) -> Any:
    """Keep the whole sheet; then, where asked, answer what is not linked, or send it."""
    insist(rules.obstacle_to_rating(review.stage))
    sheet = _own(session, viewer, review)
    factors = queries.factors_asked(session, review, queries.ratings_on(session, sheet))
    submission = read_sheet(typed, factors)
    if submission.form is None:
        return _sheet_page(session, viewer, page, review, sheet, submission=submission, status_code=422)
    form = submission.form
    sheets.save(session, review, sheet, form.rows, version=form.version, by=viewer)
    drafts.done()
    if form.then == "rest":
        _answer_rest(session, viewer, review, sheet, factors, request)
        return back(review)
    if form.then == "send":
        if missing := sheets.still_missing(session, review, sheet):
            return _sheet_page(session, viewer, page, review, sheet, missing=missing, status_code=422)
        sheets.send(session, review, sheet, by=viewer)
        takeable = not (review.second_rating and len(sent_sheets(session, review)) > 1)
        tell(session, request, _("Rating sheet sent."), undo=f"{address_of(review)}/reopen" if takeable else "")
        return back(review)
    tell(session, request, saved(_("Ratings saved."), session, review, sheet))
    return back(review)


def _answer_rest(
    session: Session, viewer: Viewer, review: Review, sheet: RatingSheet, factors: list[Factor], request: Request
) -> None:
    linked = set(showing.suggestions(session, review, by=viewer))
    rest = [factor for factor in factors if factor.id not in linked]
    at = sheets.answer_rest(session, review, sheet, rest, by=viewer)
    if at is None:
        tell(session, request, _("Ratings saved. Everything that is not linked was answered already."), kind="info")
        return
    stamp = round(at.timestamp() * 1_000_000)
    undo = f"{address_of(review)}/rest/{stamp}/take-back"
    tell(session, request, _("What is not linked is answered: not evident."), undo=undo)


@routes.post("/rest/{stamp}/take-back")
def take_back_rest(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, stamp: int
) -> RedirectResponse:
    at = datetime.fromtimestamp(stamp // 1_000_000, UTC).replace(microsecond=stamp % 1_000_000)
    sheets.take_back_rest(session, review, _own(session, viewer, review), at, by=viewer)
    tell(session, request, _("Taken back. Those factors have no answer now."))
    return back(review)


@routes.post("/reopen")
def reopen(review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request) -> RedirectResponse:
    sheets.reopen(session, review, _own(session, viewer, review), by=viewer)
    tell(session, request, _("Your sheet is open again. Send it when it is done."))
    return back(review)


def _sheet_page(
    session: Session,
    viewer: Viewer,
    page: Page,
    review: Review,
    sheet: RatingSheet,
    *,
    drafts: Drafts | None = None,
    submission: Submission[SheetForm] | None = None,
    missing: dict[str, str] | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    shown = showing.opened(session, review, [sheet], by=viewer)[0]
    suggested = showing.suggestions(session, review, by=viewer)
    factors = queries.factors_asked(session, review, shown.told)
    stored = shown_sheet(
        factors,
        {key: told.record for key, told in shown.told.items()},
        {key: told.rationale for key, told in shown.told.items()},
        {key: suggestion.direction for key, suggestion in suggested.items()},
    )
    stored.problems = problems(session, review, missing or {})
    submission = submission or (drafts.resumed(stored) if drafts else stored)
    rows = [
        showing.RowShown(
            factor,
            suggested.get(factor.id or 0),
            answered=factor.id in shown.told,
            missing=(missing or {}).get(factor.key, ""),
        )
        for factor in factors
    ]
    return page(
        "ratings/sheet.html",
        review=review,
        pack=session.get_one(TaxonomyPack, review.pack_id),
        submission=submission,
        groups=showing.grouped(rows),
        answered=len(shown.told),
        total=len(factors),
        directions=showing.direction_choices(),
        confidences=VALUES.choices("confidence"),
        address=address_of(review),
        status_code=status_code,
    )


def _overview(session: Session, viewer: Viewer, page: Page, review: Review) -> HTMLResponse:
    held = queries.sheets_of(session, review)
    own = queries.own_sheet(held, viewer)
    independent = queries.independent(held)
    counted = queries.counted_sheet(session, review)
    shown = counted or (own if own and own.sent_at else None)
    role = team_role(session, viewer, review)
    roles = queries.roles_of_raters(session, review, independent)
    may = may_rate(session, viewer, review)
    told = showing.opened(session, review, [shown], by=viewer)[0] if shown else None
    factors = queries.factors_asked(session, review, told.told if told else {})
    return page(
        "ratings/overview.html",
        review=review,
        pack=session.get_one(TaxonomyPack, review.pack_id),
        own=own,
        shown=told,
        counts=shown is not None and shown is counted,
        groups=showing.grouped(showing.RowShown(factor) for factor in factors if told and factor.id in told.told),
        begun=[(_name(session, sheet), sheet.sent_at is not None) for sheet in independent],
        blind=rules.is_blind(second_rating=review.second_rating, sent=len(sent_sheets(session, review))),
        may_begin=may
        and not rules.obstacle_to_beginning(
            role,
            roles,
            has_own=own is not None,
            knows_another=queries.knows_another(viewer, held),
            second_rating=review.second_rating,
        ),
        may_take_over=_sheet_to_take_over(session, viewer, review, held) if may else None,
        may_reopen=may
        and own is not None
        and not rules.obstacle_to_reopening(
            sent=own.sent_at is not None,
            second_rating=review.second_rating,
            all_sent=len(sent_sheets(session, review)),
            consensus=queries.consensus_of(held) is not None,
        ),
        comparable=len(sent_sheets(session, review)) > 1,
        consensus=queries.consensus_of(held),
        stage_obstacle=rules.obstacle_to_rating(review.stage),
        address=address_of(review),
    )


def _sheet_to_take_over(
    session: Session, viewer: Viewer, review: Review, held: list[RatingSheet]
) -> RatingSheet | None:
    """The sheet of someone who left the team, where the viewer may go on with it."""
    own = queries.independent(held)
    roles = queries.roles_of_raters(session, review, own)
    return next(
        (
            sheet
            for sheet, role in zip(own, roles, strict=True)
            if not rules.obstacle_to_taking_over(
                team_role(session, viewer, review),
                has_own=queries.own_sheet(held, viewer) is not None,
                rater_on_team=role is not None,
                sent=sheet.sent_at is not None,
                knows_another=queries.knows_another(viewer, held, than=sheet),
                second_rating=review.second_rating,
            )
        ),
        None,
    )


def _own(session: Session, viewer: Viewer, review: Review) -> RatingSheet:
    own = queries.own_sheet(queries.sheets_of(session, review), viewer)
    if own is None:
        insist(_("You have no rating sheet for this review. Begin one first."))
        raise NotFound
    return own


def _name(session: Session, sheet: RatingSheet) -> str:
    person = session.get(Person, sheet.rater_id) if sheet.rater_id else None
    return person.name if person else _("Rater")
