"""Inviting by role, and the answers: accepted, declined, withdrew. No names."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from app.core.clock import today
from app.core.database import Transaction
from app.core.errors import insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.debriefs import actions, rules
from app.debriefs.consent import consent
from app.debriefs.forms import InvitationForm
from app.debriefs.models import DebriefInvitation
from app.debriefs.queries import invitation_of
from app.identity.dependencies import ReviewWorker, ThePage, tell
from app.reviews.dependencies import WritableReview
from app.reviews.models import Review
from app.reviews.values import VALUES

routes = router("/reviews/{review_code}/debriefs/invitations")
Sent = Annotated[Submission[InvitationForm], Depends(submitted(InvitationForm))]


@routes.get("/new")
def ask_for_invitation(review: WritableReview, _viewer: ReviewWorker, page: ThePage) -> HTMLResponse:
    insist(rules.obstacle_to_inviting(review.stage))
    return _form(page, review, blank(invited_on=today(), mode="unknown", response="no_response"))


@routes.post("/new")
def invite(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    request: Request,
    submission: Sent,
) -> Any:
    insist(rules.obstacle_to_inviting(review.stage))
    form = _checked(submission)
    if form is None:
        return _form(page, review, submission, status_code=422)
    invitation = actions.invite(session, review, form.model_dump(exclude={"version"}), by=viewer)
    tell(session, request, _("Invitation added."), undo=f"{_address(review, invitation)}/remove")
    return _back(review)


@routes.get("/{invitation_code}")
def ask_for_changes(
    review: WritableReview, _viewer: ReviewWorker, session: Transaction, page: ThePage, invitation_code: str
) -> HTMLResponse:
    insist(rules.obstacle_to_inviting(review.stage))
    invitation = invitation_of(session, review, invitation_code)
    return _form(page, review, filled(invitation, *InvitationForm.model_fields), invitation)


@routes.post("/{invitation_code}")
def change_invitation(
    review: WritableReview,
    viewer: ReviewWorker,
    session: Transaction,
    page: ThePage,
    request: Request,
    invitation_code: str,
    submission: Sent,
) -> Any:
    insist(rules.obstacle_to_inviting(review.stage))
    invitation = invitation_of(session, review, invitation_code)
    form = _checked(submission)
    if form is None:
        return _form(page, review, submission, invitation, status_code=422)
    changes = form.model_dump(exclude={"version"})
    actions.change_invitation(session, review, invitation, changes, base=form.version, by=viewer)
    tell(session, request, _("Invitation saved."))
    return _back(review)


@routes.post("/{invitation_code}/remove")
def remove_invitation(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, invitation_code: str
) -> RedirectResponse:
    invitation = invitation_of(session, review, invitation_code)
    actions.remove_invitation(session, review, invitation, by=viewer)
    tell(session, request, _("Invitation removed."), undo=f"{_address(review, invitation)}/restore")
    return _back(review)


@routes.post("/{invitation_code}/restore")
def restore_invitation(
    review: WritableReview, viewer: ReviewWorker, session: Transaction, request: Request, invitation_code: str
) -> RedirectResponse:
    invitation = invitation_of(session, review, invitation_code, removed=True)
    actions.restore_invitation(session, review, invitation, by=viewer)
    tell(session, request, _("Invitation brought back."))
    return _back(review)


def _checked(submission: Submission[InvitationForm]) -> InvitationForm | None:
    form = submission.form
    if form and (obstacle := rules.obstacle_to_date(form.invited_on, today=today())):
        submission.refuse("invited_on", obstacle)
    return submission.form


def _form(
    page: Page,
    review: Review,
    submission: Submission[InvitationForm],
    invitation: DebriefInvitation | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    return page(
        "debriefs/invitation_form.html",
        review=review,
        submission=submission,
        invitation=invitation,
        address=_address(review, invitation) if invitation else f"/reviews/{review.code}/debriefs/invitations/new",
        consent=consent(),
        values=VALUES,
        status_code=status_code,
    )


def _address(review: Review, invitation: DebriefInvitation) -> str:
    return f"/reviews/{review.code}/debriefs/invitations/{invitation.code}"


def _back(review: Review) -> RedirectResponse:
    return RedirectResponse(f"/reviews/{review.code}/debriefs#invitations", 303)
