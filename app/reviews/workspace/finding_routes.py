"""Findings and learning points: reading, adding, changing, moving and removing them."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.audit.reading import read_all, read_one
from app.core.database import Transaction
from app.core.errors import insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.dependencies import ReviewReader, ReviewWorker, ThePage, tell
from app.reviews import findings
from app.reviews.dependencies import ReadableReview, WritableReview
from app.reviews.models import Finding, Review
from app.reviews.rules import obstacle_to_changing
from app.reviews.values import VALUES
from app.reviews.workspace import showing
from app.reviews.workspace.forms import FindingForm, MoveForm
from app.writing.dependencies import TheDrafts

routes = router("/reviews/{review_code}/findings")
Sent = Annotated[Submission[FindingForm], Depends(submitted(FindingForm))]
SentMove = Annotated[Submission[MoveForm], Depends(submitted(MoveForm))]


@routes.get("")
def see(review: ReadableReview, viewer: ReviewReader, session: Transaction, page: ThePage) -> HTMLResponse:
    found = findings.findings_of(session, review)
    return page(
        "reviews/workspace/findings.html",
        review=review,
        findings=read_all(session, found, by=viewer, within=review.code, part="findings"),
        sentence=_sentence(found),
        writable=showing.may_write(session, viewer, review),
        values=VALUES,
        **showing.head_of(session, review),
    )


@routes.get("/new")
def ask_for_finding(review: WritableReview, _viewer: ReviewWorker, page: ThePage, drafts: TheDrafts) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    return _form(page, review, drafts.resumed(blank(reach="this_case")))


@routes.post("/new")
def add_finding(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    submission: Sent,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    if submission.form is None:
        return _form(page, review, submission, status_code=422)
    finding = findings.add_finding(session, review, submission.form.model_dump(exclude={"version"}), by=viewer)
    drafts.done(change=_address(review, finding))
    tell(session, request, _("Finding added."), undo=f"{_address(review, finding)}/remove")
    return _back(review, finding)


@routes.get("/{finding_code}")
def ask_for_changes(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    finding_code: str,
) -> HTMLResponse:
    insist(obstacle_to_changing(review.stage))
    finding = findings.finding_of(session, review, finding_code)
    told = read_one(session, finding, by=viewer, within=review.code, part="finding")
    return _form(page, review, drafts.resumed(filled(told, *FindingForm.model_fields)), finding)


@routes.post("/{finding_code}")
def change_finding(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    drafts: TheDrafts,
    request: Request,
    finding_code: str,
    submission: Sent,
) -> Any:
    insist(obstacle_to_changing(review.stage))
    finding = findings.finding_of(session, review, finding_code)
    if submission.form is None:
        return _form(page, review, submission, finding, status_code=422)
    columns = submission.form.model_dump(exclude={"version"})
    findings.change_finding(session, review, finding, columns, base=submission.form.version, by=viewer)
    drafts.done()
    tell(session, request, _("Finding saved."))
    return _back(review, finding)


@routes.post("/{finding_code}/move")
def move_finding(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, finding_code: str, submission: SentMove
) -> RedirectResponse:
    finding = findings.finding_of(session, review, finding_code)
    if submission.form:
        findings.move_finding(session, review, finding, -1 if submission.form.to == "up" else 1, by=viewer)
    return _back(review, finding)


@routes.post("/{finding_code}/remove")
def remove_finding(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, finding_code: str
) -> RedirectResponse:
    finding = findings.finding_of(session, review, finding_code)
    findings.remove_finding(session, review, finding, by=viewer)
    tell(session, request, _("Finding removed."), undo=f"{_address(review, finding)}/restore")
    return RedirectResponse(f"/reviews/{review.code}/findings", 303)


@routes.post("/{finding_code}/restore")
def restore_finding(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, finding_code: str
) -> RedirectResponse:
    finding = findings.finding_of(session, review, finding_code, removed=True)
    findings.restore_finding(session, review, finding, by=viewer)
    tell(session, request, _("Finding brought back."))
    return _back(review, finding)


def _sentence(found: list[Finding]) -> str:
    if not found:
        return _("Nothing is written here yet.")
    points = sum(finding.kind == "learning_point" for finding in found)
    others = len(found) - points
    return _("%(findings)s and %(points)s.") % {
        "findings": ngettext("%(num)d finding", "%(num)d findings", others) % {"num": others},
        "points": ngettext("%(num)d learning point", "%(num)d learning points", points) % {"num": points},
    }


def _form(
    page: Page,
    review: Review,
    submission: Submission[FindingForm],
    finding: Finding | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    return page(
        "reviews/workspace/finding_form.html",
        review=review,
        submission=submission,
        finding=finding,
        values=VALUES,
        address=_address(review, finding) if finding else f"/reviews/{review.code}/findings/new",
        status_code=status_code,
    )


def _address(review: Review, finding: Finding) -> str:
    return f"/reviews/{review.code}/findings/{finding.code}"


def _back(review: Review, finding: Finding) -> RedirectResponse:
    return RedirectResponse(f"/reviews/{review.code}/findings#{finding.code}", 303)
