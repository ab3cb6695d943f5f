"""The rating pages of a review: one's own sheet, what counts, and the consensus of two raters."""

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
from app.core.translation import ngettext
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
from app.writing.dependencies import Drafts, TheDrafts

routes = router("/reviews/{review_code}/ratings")


# ------------------------------------------------------------------------------------------------- one rater's sheet


@routes.get("")
def ratings(
    review: ReadableReview, viewer: ReviewReader, session: Transaction, page: ThePage, drafts: TheDrafts
) -> HTMLResponse:
    """One's own sheet while it can be changed; else what may be seen of the ratings."""
    own = queries.own_sheet(queries.sheets_of(session, review), viewer)
    if own and not own.sent_at and _may_rate(session, viewer, review):
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
    return _back(review)


@routes.post("/take-over/{sheet_code}")
def take_over(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, sheet_code: str
) -> RedirectResponse:
    sheets.take_over(session, review, queries.sheet_of(session, review, sheet_code), by=viewer)
    tell(session, request, _("This rating sheet is yours now."))
    return _back(review)


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
        return _back(review)
    if form.then == "send":
        if missing := sheets.still_missing(session, review, sheet):
            return _sheet_page(session, viewer, page, review, sheet, missing=missing, status_code=422)
        sheets.send(session, review, sheet, by=viewer)
        takeable = not (review.second_rating and len(_sent(session, review)) > 1)
        tell(session, request, _("Rating sheet sent."), undo=f"{_address(review)}/reopen" if takeable else "")
        return _back(review)
    tell(session, request, _saved(_("Ratings saved."), session, review, sheet))
    return _back(review)


def _saved(done: str, session: Session, review: Review, sheet: RatingSheet) -> str:
    """What was done, and how many ratings of 2 or 3 still need their sentence."""
    missing = sheets.still_missing(session, review, sheet).values()
    count = sum(sentence != _(rules.UNRATED) for sentence in missing)
    if not count:
        return done
    return f"{done} " + ngettext(
        "%(number)s rating still needs a sentence.", "%(number)s ratings still need a sentence.", count
    ) % {"number": count}


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
    undo = f"{_address(review)}/rest/{stamp}/take-back"
    tell(session, request, _("What is not linked is answered: not evident."), undo=undo)


@routes.post("/rest/{stamp}/take-back")
def take_back_rest(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, stamp: int
) -> RedirectResponse:
    at = datetime.fromtimestamp(stamp // 1_000_000, UTC).replace(microsecond=stamp % 1_000_000)
    sheets.take_back_rest(session, review, _own(session, viewer, review), at, by=viewer)
    tell(session, request, _("Taken back. Those factors have no answer now."))
    return _back(review)


@routes.post("/reopen")
def reopen(review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request) -> RedirectResponse:
    sheets.reopen(session, review, _own(session, viewer, review), by=viewer)
    tell(session, request, _("Your sheet is open again. Send it when it is done."))
    return _back(review)


# ------------------------------------------------------------------------------------------------------- consensus


@routes.get("/consensus")
def consensus(
    review: ReadableReview, viewer: ReviewReader, session: Transaction, page: ThePage, drafts: TheDrafts
) -> HTMLResponse:
    """Both sheets side by side, once both are sent; and the consensus sheet."""
    return _consensus_page(session, viewer, page, review, drafts=drafts)


@routes.post("/consensus/begin")
def begin_consensus(review: WritableReview, viewer: ReviewWorker, session: Transaction) -> RedirectResponse:
    sheets.begin_consensus(session, review, by=viewer)
    return _back(review, "/consensus")


@routes.post("/consensus")
def save_consensus(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    request: Request,
    drafts: TheDrafts,
    typed: Typed,
) -> Any:
    insist(rules.obstacle_to_consensus(team_role(session, viewer, review), sent=len(_sent(session, review))))
    sheet = _begun_consensus(session, review)
    factors = queries.factors_asked(session, review, queries.ratings_on(session, sheet))
    submission = read_sheet(typed, factors)
    if submission.form is None:
        return _consensus_page(session, viewer, page, review, submission=submission, status_code=422)
    sheets.save(session, review, sheet, submission.form.rows, version=submission.form.version, by=viewer)
    drafts.done()
    if submission.form.then != "send":
        tell(session, request, _saved(_("Consensus saved."), session, review, sheet))
        return _back(review, "/consensus")
    if missing := sheets.still_missing(session, review, sheet):
        return _consensus_page(session, viewer, page, review, missing=missing, status_code=422)
    sheets.send(session, review, sheet, by=viewer)
    tell(session, request, _("Consensus sent. It counts from now on."), undo=f"{_address(review)}/consensus/reopen")
    return _back(review)


@routes.post("/consensus/reopen")
def reopen_consensus(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request
) -> RedirectResponse:
    sheets.reopen(session, review, _begun_consensus(session, review), by=viewer)
    tell(session, request, _("The consensus is open again. Nothing counts until it is sent."))
    return _back(review, "/consensus")


# ----------------------------------------------------------------------------------------------------------- pages


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
    stored.problems = _problems(session, review, missing or {})
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
        address=_address(review),
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
    may = _may_rate(session, viewer, review)
    told = showing.opened(session, review, [shown], by=viewer)[0] if shown else None
    factors = queries.factors_asked(session, review, told.told if told else {})
    left = [sheet for sheet, role_now in zip(independent, roles, strict=True) if role_now is None]
    open_to = may and own is None
    return page(
        "ratings/overview.html",
        review=review,
        pack=session.get_one(TaxonomyPack, review.pack_id),
        own=own,
        shown=told,
        counts=shown is not None and shown is counted,
        groups=showing.grouped(showing.RowShown(factor) for factor in factors if told and factor.id in told.told),
        begun=[(_name(session, sheet), sheet.sent_at is not None) for sheet in independent],
        blind=rules.is_blind(second_rating=review.second_rating, sent=len(_sent(session, review))),
        may_begin=open_to
        and not rules.obstacle_to_beginning(role, roles, has_own=False, second_rating=review.second_rating),
        may_take_over=left[0] if open_to and left and (left[0].sent_at is None or not review.second_rating) else None,
        may_reopen=may
        and own is not None
        and not rules.obstacle_to_reopening(
            sent=own.sent_at is not None,
            second_rating=review.second_rating,
            all_sent=len(_sent(session, review)),
            consensus=queries.consensus_of(held) is not None,
        ),
        comparable=len(_sent(session, review)) > 1,
        consensus=queries.consensus_of(held),
        stage_obstacle=rules.obstacle_to_rating(review.stage),
        address=_address(review),
    )


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
    may = _may_rate(session, viewer, review)
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
    stored.problems = _problems(session, review, missing or {})
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
        address=f"{_address(review)}/consensus",
        status_code=status_code,
    )


def _may_rate(session: Session, viewer: Viewer, review: Review) -> bool:
    return (
        viewer.may("work_on_reviews")
        and team_role(session, viewer, review) in rules.RATERS
        and rules.obstacle_to_rating(review.stage) is None
    )


def _own(session: Session, viewer: Viewer, review: Review) -> RatingSheet:
    own = queries.own_sheet(queries.sheets_of(session, review), viewer)
    if own is None:
        insist(_("You have no rating sheet for this review. Begin one first."))
        raise NotFound
    return own


def _begun_consensus(session: Session, review: Review) -> RatingSheet:
    sheet = queries.consensus_of(queries.sheets_of(session, review))
    if sheet is None:
        insist(_("The consensus is not begun."))
        raise NotFound
    return sheet


def _sent(session: Session, review: Review) -> list[RatingSheet]:
    return queries.independent(sheet for sheet in queries.sheets_of(session, review) if sheet.sent_at)


def _problems(session: Session, review: Review, missing: dict[str, str]) -> list[tuple[str, str]]:
    """What keeps a sheet from being sent: the factors without a rating in one sentence, every other one in its own."""
    names = {factor.key: factor.name for factor in queries.factors_of(session, review)}
    unrated = [key for key, sentence in missing.items() if sentence == _(rules.UNRATED)]
    found = [
        (f"why_{key}", f"{names[key]}: {sentence[0].lower()}{sentence[1:]}")
        for key, sentence in missing.items()
        if key not in unrated
    ]
    if unrated:
        said = ngettext(
            "%(number)s factor has no rating: %(names)s.", "%(number)s factors have no rating: %(names)s.", len(unrated)
        )
        listed = {"number": len(unrated), "names": ", ".join(names[key] for key in unrated)}
        found.append((f"rate_{unrated[0]}", said % listed))
    return found


def _name(session: Session, sheet: RatingSheet) -> str:
    person = session.get(Person, sheet.rater_id) if sheet.rater_id else None
    return person.name if person else _("Rater")


def _address(review: Review) -> str:
    return f"/reviews/{review.code}/ratings"


def _back(review: Review, part: str = "") -> RedirectResponse:
    return RedirectResponse(f"{_address(review)}{part}", 303)
