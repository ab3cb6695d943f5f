"""The list of a review's debriefs, and why there are none."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.audit.reading import read_one
from app.core.database import Transaction
from app.core.errors import insist
from app.core.forms import Submission, blank, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.debriefs import actions, rules
from app.debriefs.forms import WhyNoneForm
from app.debriefs.models import DebriefInvitation, DebriefSession
from app.debriefs.queries import debriefs_of, invitations_of, notes_counted
from app.debriefs.showing import present_in_words
from app.identity.dependencies import ReviewReader, ThePage
from app.language.rules import words_we_use
from app.reviews.dependencies import Desk, ReadableReview, TheDesk
from app.reviews.queries import team_role
from app.reviews.rules import obstacle_to_writing
from app.reviews.values import VALUES

routes = router("/reviews/{review_code}/debriefs")
Sent = Annotated[Submission[WhyNoneForm], Depends(submitted(WhyNoneForm))]


@routes.get("")
def see(review: ReadableReview, viewer: ReviewReader, session: Transaction, page: ThePage) -> HTMLResponse:
    debriefs = debriefs_of(session, review)
    invitations = invitations_of(session, review)
    why_none = ""
    if review.no_debriefs_because:
        told = read_one(session, review, by=viewer, within=review.code, part="why there are no debriefs")
        why_none = told.no_debriefs_because
    return page(
        "debriefs/list.html",
        review=review,
        debriefs=debriefs,
        removed=debriefs_of(session, review, removed=True),
        notes_counted=notes_counted(session, review),
        invitations=invitations,
        why_none=why_none,
        sentence=_sentence(debriefs, invitations),
        on_the_team=obstacle_to_writing(team_role(session, viewer, review)) is None,
        obstacle_to_inviting=rules.obstacle_to_inviting(review.stage),
        obstacle_to_logging=rules.obstacle_to_logging(review.stage),
        present_in_words=present_in_words,
        values=VALUES,
    )


@routes.get("/why-none")
def ask_why_none(desk: TheDesk) -> HTMLResponse:
    insist(rules.obstacle_to_inviting(desk.review.stage))
    told = desk.told(desk.review, "why there are no debriefs")
    stored = blank(because=told.no_debriefs_because, version=desk.review.version)
    return _why_none_form(desk, desk.drafts.resumed(stored))


@routes.post("/why-none")
def say_why_none(desk: TheDesk, submission: Sent) -> Any:
    insist(rules.obstacle_to_inviting(desk.review.stage))
    if submission.form is None:
        return _why_none_form(desk, submission, status_code=422)
    actions.say_why_none(
        desk.session, desk.review, submission.form.because, base=submission.form.version, by=desk.viewer
    )
    desk.drafts.done()
    desk.tell(_("Reason saved."))
    return RedirectResponse(f"{desk.address}/debriefs", 303)


def _why_none_form(desk: Desk, submission: Submission[WhyNoneForm], status_code: int = 200) -> HTMLResponse:
    return desk.page(
        "debriefs/why_none.html",
        review=desk.review,
        submission=submission,
        address=f"{desk.address}/debriefs/why-none",
        words_we_use=words_we_use(),
        status_code=status_code,
    )


def _sentence(debriefs: Sequence[DebriefSession], invitations: Sequence[DebriefInvitation]) -> str:
    if not debriefs and not invitations:
        return _("Nobody has been invited yet.")
    finished = sum(debrief.finished_at is not None for debrief in debriefs)
    accepted = sum(invitation.response == "accepted" for invitation in invitations)
    return _("%(held)s logged, %(finished)s finished. %(invited)s, %(accepted)s accepted.") % {
        "held": ngettext("%(num)d debrief", "%(num)d debriefs", len(debriefs)) % {"num": len(debriefs)},
        "finished": finished,
        "invited": ngettext("%(num)d invitation", "%(num)d invitations", len(invitations)) % {"num": len(invitations)},
        "accepted": accepted,
    }
