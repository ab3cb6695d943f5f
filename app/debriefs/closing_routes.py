"""Ending a debrief: reading everything back, asking about care and follow-up, and finishing."""

from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.core.errors import insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.debriefs import actions, rules
from app.debriefs.forms import CareForm, ReadBackForm
from app.debriefs.pages import address_of, debrief_page
from app.debriefs.queries import debrief_of
from app.reviews.dependencies import TheDesk

routes = router("/reviews/{review_code}/debriefs/{debrief_code}")
SentCare = Annotated[Submission[CareForm], Depends(submitted(CareForm))]
SentReadBack = Annotated[Submission[ReadBackForm], Depends(submitted(ReadBackForm))]


@routes.get("/read-back")
def read_back(desk: TheDesk, debrief_code: str) -> HTMLResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    return debrief_page(desk, "debriefs/read_back.html", debrief, submission=blank())


@routes.post("/read-back")
def finish_reading_back(desk: TheDesk, debrief_code: str, submission: SentReadBack) -> Any:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    if submission.form is None:
        template = "debriefs/read_back.html"
        return debrief_page(desk, template, debrief, submission=submission, status_code=422)
    actions.finish_reading_back(desk.session, desk.review, debrief, base=submission.form.version, by=desk.viewer)
    desk.tell(_("Everything was read back."))
    return RedirectResponse(f"{address_of(desk, debrief)}/parts/care", 303)


@routes.get("/parts/care")
def ask_for_care(desk: TheDesk, debrief_code: str) -> HTMLResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    insist(rules.obstacle_to_adding(desk.review.stage, debrief.finished_at))
    submission = desk.drafts.resumed(filled(debrief, *CareForm.model_fields))
    return debrief_page(desk, "debriefs/care.html", debrief, submission=submission)


@routes.post("/parts/care")
def record_care(desk: TheDesk, debrief_code: str, submission: SentCare) -> Any:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    insist(rules.obstacle_to_adding(desk.review.stage, debrief.finished_at))
    form = _checked_care(submission, sum(debrief.roles_present.values()))
    if form is None:
        template = "debriefs/care.html"
        return debrief_page(desk, template, debrief, submission=submission, status_code=422)
    answers = form.model_dump(exclude={"version"})
    actions.record_care(desk.session, desk.review, debrief, answers, base=form.version, by=desk.viewer)
    desk.drafts.done()
    desk.tell(_("Care and follow-up saved."))
    return RedirectResponse(address_of(desk, debrief), 303)


@routes.post("/finish")
def finish(desk: TheDesk, debrief_code: str) -> RedirectResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    actions.finish(desk.session, desk.review, debrief, by=desk.viewer)
    desk.tell(_("Debrief finished."), undo=f"{address_of(desk, debrief)}/take-up-again")
    return RedirectResponse(address_of(desk, debrief), 303)


@routes.post("/take-up-again")
def take_up_again(desk: TheDesk, debrief_code: str) -> RedirectResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    actions.take_up_again(desk.session, desk.review, debrief, by=desk.viewer)
    desk.tell(_("You can add to this debrief again."))
    return RedirectResponse(address_of(desk, debrief), 303)


def _checked_care(submission: Submission[CareForm], people: int) -> CareForm | None:
    form = submission.form
    if form is None:
        return None
    for name in ("support_requested", "learned_something", "would_attend_again"):
        if obstacle := rules.obstacle_to_exit_count(getattr(form, name), people=people):
            submission.refuse(name, obstacle)
    return submission.form
