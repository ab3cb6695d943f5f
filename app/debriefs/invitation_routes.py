"""Inviting by role, and the answers: accepted, declined, withdrew. No names."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.core.clock import today
from app.core.errors import insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.debriefs import actions, rules
from app.debriefs.consent import consent
from app.debriefs.forms import InvitationForm
from app.debriefs.models import DebriefInvitation
from app.debriefs.queries import invitation_of
from app.reviews.dependencies import Desk, TheDesk
from app.reviews.removing import bring_back, take_out
from app.reviews.values import VALUES

routes = router("/reviews/{review_code}/debriefs/invitations")
Sent = Annotated[Submission[InvitationForm], Depends(submitted(InvitationForm))]


@routes.get("/new")
def ask_for_invitation(desk: TheDesk) -> HTMLResponse:
    insist(rules.obstacle_to_inviting(desk.review.stage))
    return _form(desk, blank(invited_on=today(), mode="unknown", response="no_response"))


@routes.post("/new")
def invite(desk: TheDesk, submission: Sent) -> Any:
    insist(rules.obstacle_to_inviting(desk.review.stage))
    form = _checked(submission)
    if form is None:
        return _form(desk, submission, status_code=422)
    invitation = actions.invite(desk.session, desk.review, form.model_dump(exclude={"version"}), by=desk.viewer)
    desk.tell(_("Invitation added."), undo=f"{_address(desk, invitation)}/remove")
    return _back(desk)


@routes.get("/{invitation_code}")
def ask_for_changes(desk: TheDesk, invitation_code: str) -> HTMLResponse:
    insist(rules.obstacle_to_inviting(desk.review.stage))
    invitation = invitation_of(desk.session, desk.review, invitation_code)
    return _form(desk, filled(invitation, *InvitationForm.model_fields), invitation)


@routes.post("/{invitation_code}")
def change_invitation(desk: TheDesk, invitation_code: str, submission: Sent) -> Any:
    insist(rules.obstacle_to_inviting(desk.review.stage))
    invitation = invitation_of(desk.session, desk.review, invitation_code)
    form = _checked(submission)
    if form is None:
        return _form(desk, submission, invitation, status_code=422)
    changes = form.model_dump(exclude={"version"})
    actions.change_invitation(desk.session, desk.review, invitation, changes, base=form.version, by=desk.viewer)
    desk.tell(_("Invitation saved."))
    return _back(desk)


@routes.post("/{invitation_code}/remove")
def remove_invitation(desk: TheDesk, invitation_code: str) -> RedirectResponse:
    invitation = invitation_of(desk.session, desk.review, invitation_code)
    take_out(desk.session, desk.review, invitation, "invitation", by=desk.viewer, rule=rules.obstacle_to_inviting)
    desk.tell(_("Invitation removed."), undo=f"{_address(desk, invitation)}/restore")
    return _back(desk)


@routes.post("/{invitation_code}/restore")
def restore_invitation(desk: TheDesk, invitation_code: str) -> RedirectResponse:
    invitation = invitation_of(desk.session, desk.review, invitation_code, removed=True)
    bring_back(desk.session, desk.review, invitation, "invitation", by=desk.viewer, rule=rules.obstacle_to_inviting)
    desk.tell(_("Invitation brought back."))
    return _back(desk)


def _checked(submission: Submission[InvitationForm]) -> InvitationForm | None:
    form = submission.form
    if form and (obstacle := rules.obstacle_to_date(form.invited_on, today=today())):
        submission.refuse("invited_on", obstacle)
    return submission.form


def _form(
    desk: Desk,
    submission: Submission[InvitationForm],
    invitation: DebriefInvitation | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    return desk.page(
        "debriefs/invitation_form.html",
        review=desk.review,
        submission=submission,
        invitation=invitation,
        address=_address(desk, invitation) if invitation else f"{desk.address}/debriefs/invitations/new",
        consent=consent(),
        values=VALUES,
        status_code=status_code,
    )


def _address(desk: Desk, invitation: DebriefInvitation) -> str:
    return f"{desk.address}/debriefs/invitations/{invitation.code}"


def _back(desk: Desk) -> RedirectResponse:
    return RedirectResponse(f"{desk.address}/debriefs#invitations", 303)
