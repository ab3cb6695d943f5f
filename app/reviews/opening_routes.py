"""Opening the review of an incident that triage selected."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.core.database import Transaction
from app.core.errors import insist
from app.core.forms import Submission, blank, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.access import Permission
from app.identity.dependencies import (
    ReviewOpener,
    ThePage,
    tell,
)
from app.identity.queries import people_who_may_lead, people_who_may_review
from app.identity.viewers import Viewer
from app.reviews import actions, queries, rules
from app.reviews.forms import OpeningForm
from app.reviews.models import Incident
from app.reviews.values import VALUES
from app.writing.dependencies import TheDrafts

routes = router("/reviews")


@routes.get("/new/{incident_code}")
def ask_for_opening(
    incident_code: str, session: Transaction, viewer: ReviewOpener, page: ThePage, drafts: TheDrafts
) -> Response:
    chosen = queries.readable_incident(session, viewer, incident_code)
    decisions = queries.decisions_about(session, chosen)
    insist(_obstacle_to_opening(session, chosen))
    start = blank(
        level=actions.level_after(decisions[0].decision),
        method="safe_systems",
        lead=viewer.code if viewer.may(Permission.LEAD_REVIEWS) else None,
    )
    return _opening(page, session, viewer, chosen, drafts.resumed(start))


@routes.post("/new/{incident_code}")
def open_review(
    incident_code: str,
    request: Request,
    session: Transaction,
    viewer: ReviewOpener,
    page: ThePage,
    drafts: TheDrafts,
    submission: Annotated[Submission[OpeningForm], Depends(submitted(OpeningForm))],
) -> Response:
    chosen = queries.readable_incident(session, viewer, incident_code)
    insist(_obstacle_to_opening(session, chosen))
    form = submission.form
    candidates = {person.code: person for person in people_who_may_review(session, viewer)}
    leads = {person.code for person in people_who_may_lead(session, viewer)}
    if form and form.lead not in leads:
        submission.refuse("lead", _("Choose one of the facilitators."))
    if form and not set(form.members) <= set(candidates):
        submission.refuse("members", _("Choose people from the list."))
    if form is None or submission.form is None:
        return _opening(page, session, viewer, chosen, submission, status_code=422)
    review = actions.open_review(
        session,
        chosen,
        **form.model_dump(include={"title", "method", "level", "purpose"}),
        lead=candidates[form.lead],
        others=[candidates[code] for code in form.members],
        by=viewer,
    )
    drafts.done(change=f"/reviews/{review.code}/about")
    tell(session, request, _("Review opened."))
    readable = queries.team_role(session, viewer, review) or viewer.reads_whole_agency
    return RedirectResponse(f"/reviews/{review.code}" if readable else f"/incidents/{chosen.code}", 303)


def _obstacle_to_opening(session: Session, incident: Incident) -> str | None:
    decisions = queries.decisions_about(session, incident)
    return rules.obstacle_to_opening(
        decisions[0].decision if decisions else None, has_review=queries.has_review(session, incident)
    )


def _opening(
    page: Page,
    session: Session,
    viewer: Viewer,
    incident: Incident,
    submission: Submission[Any],
    *,
    status_code: int = 200,
) -> Response:
    office, division = queries.office_and_division(session, incident.office_id)
    pack = queries.newest_pack(session, viewer)
    return page(
        "reviews/new.html",
        submission=submission,
        incident=incident,
        office=office,
        division=division,
        pack=pack,
        leads=[(person.code, person.name) for person in people_who_may_lead(session, viewer)],
        people=[(person.code, person.name) for person in people_who_may_review(session, viewer)],
        values=VALUES,
        date_in_words=rules.date_in_words,
        status_code=status_code,
    )
