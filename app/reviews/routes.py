"""The pages of a review as a whole: list and search, opening, overview, stages, team, and what it says about itself."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from sqlmodel import Session, col

from app.audit import trail
from app.audit.reading import read_all, read_one
from app.core.database import Look, Transaction
from app.core.errors import Forbidden, NotFound, insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.settings import settings
from app.core.translation import N_, Words
from app.core.translation import gettext as _
from app.identity.access import Permission
from app.identity.dependencies import (
    ReviewLeader,
    ReviewOpener,
    ReviewReader,
    ReviewWorker,
    ThePage,
    tell,
)
from app.identity.models import Person, Role
from app.identity.queries import divisions, offices, people_who_may_review, roles_by_person
from app.identity.viewers import Viewer
from app.reviews import actions, history, lists, overview, queries, report, rules
from app.reviews.dependencies import LedReview, ReadableReview, WritableReview
from app.reviews.filtering import Choice, chips
from app.reviews.forms import AboutForm, MemberForm, OpeningForm, StageForm
from app.reviews.models import Incident, Review, Stage, TeamRole
from app.reviews.values import VALUES
from app.writing.dependencies import TheDrafts

routes = router("/reviews")
TEAM_ROLES = Words(
    {
        TeamRole.LEAD: N_("Lead facilitator"),
        TeamRole.CO_FACILITATOR: N_("Co-facilitator"),
        TeamRole.REVIEWER: N_("Reviewer"),
        TeamRole.SCORER: N_("Scorer"),
        TeamRole.SCRIBE: N_("Scribe"),
        TeamRole.ADVISER: N_("Adviser"),
    }
)


@routes.get("")
def see_reviews(request: Request, look: Look, viewer: ReviewReader, page: ThePage) -> Response:
    return _list(request, look, viewer, page, inside=False)


@routes.get("/search")
def search_inside(request: Request, session: Transaction, viewer: ReviewReader, page: ThePage) -> Response:
    """The same list, where the words are sought inside the narratives."""
    return _list(request, session, viewer, page, inside=True)


def _list(request: Request, session: Session, viewer: Viewer, page: Page, *, inside: bool) -> Response:
    path = "/reviews/search" if inside else "/reviews"
    asked = lists.asked(path, request.query_params, lists.REVIEW_FILTERS, lists.REVIEW_ORDER, "-opened")
    found = lists.reviews(session, viewer, asked, inside=inside)
    progress = queries.progress_of_all(session, found.rows)
    opened_on = lists.years(session, col(Review.opened_on), queries.readable_reviews(viewer))
    choices = [
        Choice("stage", _("Stage"), [(stage.value, name) for stage, name in rules.STAGE_NAMES.items()]),
        Choice("division", _("Division"), [(unit.code, unit.name) for unit in divisions(session, viewer)]),
        Choice("office", _("Office"), [(unit.code, unit.name) for unit in offices(session, viewer)]),
        Choice("type", _("Incident"), VALUES.choices("incident_type")),
        Choice("year", _("Opened in"), [(year, year) for year in opened_on]),
    ]
    words = asked.filters.get("words", "")
    own_words = {
        "mine": _("My reviews"),
        "words": (_("Words inside: %(words)s") if inside else _("Title or code: %(words)s")) % {"words": words},
    }
    return page(
        "reviews/search.html" if inside else "reviews/list.html",
        fragment="results",
        asked=asked,
        found=found,
        choices=choices,
        chips=chips(asked, choices, **own_words),
        units={unit.id: unit for unit in (*offices(session, viewer), *divisions(session, viewer))},
        next_steps={row.id: rules.next_step(row.stage, progress[row.id or 0]) for row in found.rows},
        inside=inside,
        hits=lists.hits(session, found.rows, words, by=viewer) if inside and words else {},
    )


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
    leads = {person.code for person in _who_may_lead(session, viewer)}
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


def _who_may_lead(session: Session, viewer: Viewer) -> list[Person]:
    roles = roles_by_person(session, viewer)
    candidates = people_who_may_review(session, viewer)
    return [person for person in candidates if Role.FACILITATOR in roles.get(person.id or 0, [])]


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
        leads=[(person.code, person.name) for person in _who_may_lead(session, viewer)],
        people=[(person.code, person.name) for person in people_who_may_review(session, viewer)],
        values=VALUES,
        date_in_words=rules.date_in_words,
        status_code=status_code,
    )


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
        team_roles=TEAM_ROLES,
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
    may_lead = person is not None and person.id in {lead.id for lead in _who_may_lead(session, viewer)}
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
        team_roles=TEAM_ROLES,
        people=[(person.code, person.name) for person in people_who_may_review(session, viewer)],
        submission=submission,
        status_code=status_code,
    )


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


@routes.get("/{review_code}/report")
def see_report(review: ReadableReview, session: Transaction, viewer: ReviewReader, page: ThePage) -> Response:
    assembled = report.assemble(session, review, made_up=_made_up(viewer), by=viewer)
    on_the_team = queries.team_role(session, viewer, review) is not None
    return page(
        "reviews/report.html",
        review=review,
        report=assembled,
        checked=report.language_check(assembled) if on_the_team else [],
        values=VALUES,
        when=report.when,
        date_in_words=rules.date_in_words,
    )


@routes.get("/{review_code}/report.txt")
def download_report(review: ReadableReview, session: Transaction, viewer: ReviewReader) -> Response:
    assembled = report.assemble(session, review, made_up=_made_up(viewer), by=viewer)
    trail.record(session, "download report", review, by=viewer)
    name = f'attachment; filename="{review.code}.txt"'
    return PlainTextResponse(report.as_text(assembled), headers={"Content-Disposition": name})


def _made_up(viewer: Viewer) -> bool:
    return settings().demo or viewer.agency.made_up


@routes.get("/{review_code}/history")
def see_history(
    request: Request, review: ReadableReview, session: Transaction, viewer: ReviewReader, page: ThePage
) -> Response:
    at = {name: _page_number(request, name) for name in ("texts", "done", "opened")}
    return page(
        "reviews/history.html",
        review=review,
        changes=history.changes(session, review, at["texts"], by=viewer),
        done=history.done(session, review, at["done"], by=viewer),
        opened=history.opened(session, review, at["opened"], by=viewer),
        at=at,
    )


def _page_number(request: Request, name: str) -> int:
    sent = request.query_params.get(name, "")
    return max(1, int(sent)) if sent.isdecimal() and len(sent) < 6 else 1
