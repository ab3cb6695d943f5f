"""Who is on the team of a review, and the statement that they were not involved."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.core.database import Transaction
from app.core.errors import Forbidden, NotFound
from app.core.forms import Submission, blank, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.access import Permission
from app.identity.dependencies import (
    ReviewOpener,
    ReviewReader,
    ThePage,
    tell,
)
from app.identity.models import Person
from app.identity.queries import people_who_may_lead, people_who_may_review
from app.identity.viewers import Viewer
from app.reviews import actions, queries, rules
from app.reviews.dependencies import ReadableReview
from app.reviews.forms import MemberForm
from app.reviews.models import Review

routes = router("/reviews")


@routes.post("/{review_code}/not-involved")
def state_not_involved(
    review: ReadableReview, request: Request, session: Transaction, viewer: ReviewReader
) -> Response:
    if queries.team_role(session, viewer, review) is None:
        raise Forbidden(_("Only members of the team make this statement, each for themself."))
    actions.state_not_involved(session, review, by=viewer)
    tell(session, request, _("Your statement is recorded."))
    return RedirectResponse(f"/reviews/{review.code}", 303)


@routes.get("/{review_code}/team")
def see_team(review: ReadableReview, session: Transaction, viewer: ReviewOpener, page: ThePage) -> Response:
    _insist_on_choosing(session, review, viewer)
    return _team(page, session, viewer, review, blank())


@routes.post("/{review_code}/team")
def join_team(
    review: ReadableReview,
    request: Request,
    session: Transaction,
    viewer: ReviewOpener,
    page: ThePage,
    submission: Annotated[Submission[MemberForm], Depends(submitted(MemberForm))],
) -> Response:
    _insist_on_choosing(session, review, viewer)
    form = submission.form
    person = _candidate(session, viewer, form.person) if form else None
    if form and person is None:
        submission.refuse("person", _("Choose one of the people."))
    may_lead = person is not None and person.id in {lead.id for lead in people_who_may_lead(session, viewer)}
    if form and person and (obstacle := rules.obstacle_to_role(form.role, may_lead=may_lead)):
        submission.refuse("person", obstacle)
    if form is None or person is None or submission.form is None:
        return _team(page, session, viewer, review, submission, status_code=422)
    actions.join_team(session, review, person, form.role, by=viewer)
    tell(session, request, _("Team saved."))
    return RedirectResponse(f"/reviews/{review.code}/team", 303)


@routes.post("/{review_code}/team/{person_code}/leave")
def leave_team(
    review: ReadableReview, person_code: str, request: Request, session: Transaction, viewer: ReviewOpener
) -> Response:
    _insist_on_choosing(session, review, viewer)
    person = next((person for _, person in queries.team_of(session, review) if person.code == person_code), None)
    if person is None:
        raise NotFound
    actions.leave_team(session, review, person, by=viewer)
    tell(session, request, _("This person is no longer on the team."))
    own = person.id == viewer.id and not viewer.reads_whole_agency
    return RedirectResponse("/reviews" if own else f"/reviews/{review.code}/team", 303)


def _insist_on_choosing(session: Session, review: Review, viewer: Viewer) -> None:
    role = queries.team_role(session, viewer, review)
    if obstacle := rules.obstacle_to_choosing_team(role, triages=viewer.may(Permission.TRIAGE)):
        raise Forbidden(obstacle)


def _candidate(session: Session, viewer: Viewer, code: str) -> Person | None:
    return next((person for person in people_who_may_review(session, viewer) if person.code == code), None)


def _team(
    page: Page,
    session: Session,
    viewer: Viewer,
    review: Review,
    submission: Submission[Any],
    *,
    status_code: int = 200,
) -> Response:
    return page(
        "reviews/team.html",
        review=review,
        team=queries.team_of(session, review),
        team_roles=rules.TEAM_ROLES,
        people=[(person.code, person.name) for person in people_who_may_review(session, viewer)],
        submission=submission,
        status_code=status_code,
    )
