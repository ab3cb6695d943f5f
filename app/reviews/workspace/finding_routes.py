"""Findings and learning points: reading, adding, changing, moving and removing them."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.audit.reading import read_all
from app.core.database import Transaction
from app.core.forms import Submission, blank, filled, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.dependencies import ReviewReader, ThePage
from app.reviews import findings
from app.reviews.dependencies import Desk, OpenDesk, ReadableReview, TheDesk
from app.reviews.models import Finding
from app.reviews.removing import bring_back, take_out
from app.reviews.values import VALUES
from app.reviews.workspace import showing
from app.reviews.workspace.forms import FindingForm, MoveForm

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
def ask_for_finding(desk: OpenDesk) -> HTMLResponse:
    return _form(desk, desk.drafts.resumed(blank(reach="this_case")))


@routes.post("/new")
def add_finding(desk: OpenDesk, submission: Sent) -> Any:
    if submission.form is None:
        return _form(desk, submission, status_code=422)
    finding = findings.add_finding(
        desk.session, desk.review, submission.form.model_dump(exclude={"version"}), by=desk.viewer
    )
    desk.drafts.done(change=_address(desk, finding))
    desk.tell(_("Finding added."), undo=f"{_address(desk, finding)}/remove")
    return _back(desk, finding)


@routes.get("/{finding_code}")
def ask_for_changes(desk: OpenDesk, finding_code: str) -> HTMLResponse:
    finding = findings.finding_of(desk.session, desk.review, finding_code)
    told = desk.told(finding, "finding")
    return _form(desk, desk.drafts.resumed(filled(told, *FindingForm.model_fields)), finding)


@routes.post("/{finding_code}")
def change_finding(desk: OpenDesk, finding_code: str, submission: Sent) -> Any:
    finding = findings.finding_of(desk.session, desk.review, finding_code)
    if submission.form is None:
        return _form(desk, submission, finding, status_code=422)
    columns = submission.form.model_dump(exclude={"version"})
    findings.change_finding(desk.session, desk.review, finding, columns, base=submission.form.version, by=desk.viewer)
    desk.drafts.done()
    desk.tell(_("Finding saved."))
    return _back(desk, finding)


@routes.post("/{finding_code}/move")
def move_finding(desk: TheDesk, finding_code: str, submission: SentMove) -> RedirectResponse:
    finding = findings.finding_of(desk.session, desk.review, finding_code)
    if submission.form:
        findings.move_finding(
            desk.session, desk.review, finding, -1 if submission.form.to == "up" else 1, by=desk.viewer
        )
    return _back(desk, finding)


@routes.post("/{finding_code}/remove")
def remove_finding(desk: TheDesk, finding_code: str) -> RedirectResponse:
    finding = findings.finding_of(desk.session, desk.review, finding_code)
    take_out(desk.session, desk.review, finding, "finding", by=desk.viewer)
    desk.tell(_("Finding removed."), undo=f"{_address(desk, finding)}/restore")
    return RedirectResponse(f"{desk.address}/findings", 303)


@routes.post("/{finding_code}/restore")
def restore_finding(desk: TheDesk, finding_code: str) -> RedirectResponse:
    finding = findings.finding_of(desk.session, desk.review, finding_code, removed=True)
    bring_back(desk.session, desk.review, finding, "finding", by=desk.viewer)
    desk.tell(_("Finding brought back."))
    return _back(desk, finding)


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
    desk: Desk, submission: Submission[FindingForm], finding: Finding | None = None, status_code: int = 200
) -> HTMLResponse:
    return desk.page(
        "reviews/workspace/finding_form.html",
        review=desk.review,
        submission=submission,
        finding=finding,
        values=VALUES,
        address=_address(desk, finding) if finding else f"{desk.address}/findings/new",
        status_code=status_code,
    )


def _address(desk: Desk, finding: Finding) -> str:
    return f"{desk.address}/findings/{finding.code}"


def _back(desk: Desk, finding: Finding) -> RedirectResponse:
    return RedirectResponse(f"{desk.address}/findings#{finding.code}", 303)
