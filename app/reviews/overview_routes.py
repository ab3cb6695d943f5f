"""The overview of a review, its way through the stages, and what it says about itself."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.audit.reading import read_all, read_one
from app.core.database import Transaction
from app.core.errors import insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.access import Permission
from app.identity.dependencies import (
    ReviewLeader,
    ReviewReader,
    ReviewWorker,
    ThePage,
    tell,
)
from app.identity.viewers import Viewer
from app.reviews import actions, overview, queries, rules
from app.reviews.dependencies import LedReview, ReadableReview, WritableReview
from app.reviews.forms import AboutForm, StageForm
from app.reviews.models import Incident, Review, Stage
from app.reviews.values import VALUES
from app.writing.dependencies import TheDrafts

routes = router("/reviews")


@routes.get("/{review_code}")
def see_review(review: ReadableReview, session: Transaction, viewer: ReviewReader, page: ThePage) -> Response:
    return _overview(page, session, viewer, review, blank())


def _overview(
    page: Page,
    session: Session,
    viewer: Viewer,
    review: Review,
    submission: Submission[Any],
    *,
    refused: Stage | None = None,
    status_code: int = 200,
) -> Response:
    """The overview; `refused` is the stage whose form comes back with a problem."""
    incident = session.get_one(Incident, review.incident_id)
    told, incident_told = read_all(session, [review, incident], by=viewer, within=review.code, part="overview")
    office, division = queries.office_and_division(session, review.office_id)
    progress = queries.progress_of(session, review)
    role = queries.team_role(session, viewer, review)
    team = queries.team_of(session, review)
    return page(
        "reviews/overview.html",
        fragment="stage",
        review=told,
        incident=incident_told,
        office=office,
        division=division,
        tasks=overview.tasks(review, progress),
        next_step=rules.next_step(review.stage, progress),
        steps=overview.steps(review, progress),
        passed=overview.path(review, queries.stage_entries(session, review)),
        clocks=overview.clocks(review, progress),
        team=team,
        team_roles=rules.TEAM_ROLES,
        own=next((member for member, _ in team if member.person_id == viewer.id), None),
        leads=viewer.may(Permission.LEAD_REVIEWS) and rules.obstacle_to_leading(role) is None,
        writes=viewer.may(Permission.WORK_ON_REVIEWS)
        and rules.obstacle_to_writing(role) is None
        and rules.obstacle_to_changing(review.stage) is None,
        chooses_team=viewer.may(Permission.OPEN_REVIEWS)
        and rules.obstacle_to_choosing_team(role, triages=viewer.may(Permission.TRIAGE)) is None,
        submission=submission,
        refused=refused,
        values=VALUES,
        date_in_words=rules.date_in_words,
        status_code=status_code,
    )


@routes.post("/{review_code}/stage/{stage}")
def enter_stage(
    review: LedReview,
    stage: Stage,
    request: Request,
    session: Transaction,
    viewer: ReviewLeader,
    page: ThePage,
    drafts: TheDrafts,
    submission: Annotated[Submission[StageForm], Depends(submitted(StageForm))],
) -> Response:
    if submission.form and (obstacle := rules.obstacle_to_pausing(stage, submission.form.reason)):
        submission.refuse("reason", obstacle)
    if submission.form is None:
        return _overview(page, session, viewer, review, submission, refused=stage, status_code=422)
    actions.enter_stage(session, review, stage, reason=submission.form.reason, by=viewer)
    drafts.done(change="")
    tell(session, request, _("This review is now: %(stage)s.") % {"stage": rules.STAGE_NAMES[stage].lower()})
    return RedirectResponse(f"/reviews/{review.code}", 303)


@routes.get("/{review_code}/about")
def ask_about(
    review: WritableReview, session: Transaction, viewer: ReviewWorker, page: ThePage, drafts: TheDrafts
) -> Response:
    insist(rules.obstacle_to_changing(review.stage))
    told = read_one(session, review, by=viewer, part="overview")
    return page(
        "reviews/about.html",
        review=review,
        submission=drafts.resumed(filled(told, *AboutForm.model_fields)),
        values=VALUES,
    )


@routes.post("/{review_code}/about")
def change_review(
    review: WritableReview,
    request: Request,
    session: Transaction,
    viewer: ReviewWorker,
    page: ThePage,
    drafts: TheDrafts,
    submission: Annotated[Submission[AboutForm], Depends(submitted(AboutForm))],
) -> Response:
    if submission.form is None:
        return page("reviews/about.html", review=review, submission=submission, values=VALUES, status_code=422)
    fields = submission.form.model_dump(exclude={"version"})
    actions.change_review(session, review, fields, base=submission.form.version, by=viewer)
    drafts.done()
    tell(session, request, _("Saved."))
    return RedirectResponse(f"/reviews/{review.code}", 303)
