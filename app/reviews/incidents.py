"""The pages of incidents: the list, one incident, logging and completing it, and triage."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session, col

from app.audit.reading import read_all, read_one
from app.core.database import Look, Transaction
from app.core.dates import local_day
from app.core.errors import insist
from app.core.forms import Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.settings import settings
from app.core.translation import gettext as _
from app.identity.dependencies import IncidentOpener, IncidentReader, ThePage, Triager, tell
from app.identity.models import OrgUnit
from app.identity.queries import divisions, offices, people
from app.identity.viewers import Viewer
from app.reviews import actions, lists, queries, rules
from app.reviews.filtering import Choice, chips
from app.reviews.forms import IncidentForm, TriageForm
from app.reviews.models import Incident
from app.reviews.values import VALUES
from app.writing.dependencies import TheDrafts

routes = router("/incidents")
FORM_NAMES = tuple(name for name in IncidentForm.model_fields if name != "office")


def _incident(session: Transaction, viewer: IncidentReader, incident_code: str) -> Incident:
    return queries.readable_incident(session, viewer, incident_code)


ReadableIncident = Annotated[Incident, Depends(_incident)]


@routes.get("")
def see_incidents(request: Request, look: Look, viewer: IncidentReader, page: ThePage) -> Response:
    asked = lists.asked("/incidents", request.query_params, lists.INCIDENT_FILTERS, lists.INCIDENT_ORDER, "-logged")
    found = lists.incidents(look, viewer, asked)
    units = {unit.id: unit for unit in (*offices(look, viewer), *divisions(look, viewer))}
    years = lists.years(look, col(Incident.occurred_on), queries.readable_incidents(viewer))
    choices = [
        Choice("type", _("Type"), VALUES.choices("incident_type")),
        Choice("division", _("Division"), [(unit.code, unit.name) for unit in divisions(look, viewer)]),
        Choice("office", _("Office"), [(unit.code, unit.name) for unit in offices(look, viewer)]),
        Choice("decision", _("Triage"), [(lists.UNDECIDED, _("Not decided yet")), *VALUES.choices("triage_decision")]),
        Choice("year", _("Year"), _same(years)),
    ]
    return page(
        "incidents/list.html",
        fragment="results",
        asked=asked,
        found=found,
        choices=choices,
        chips=chips(asked, choices),
        units=units,
        decisions=lists.latest_decisions(look, found.rows),
        reviews=lists.reviews_by_incident(look, viewer, found.rows),
        values=VALUES,
        date_in_words=rules.date_in_words,
    )


def _same(words: Sequence[str]) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


@routes.get("/near-fatality")
def ask_near_fatality(_viewer: IncidentOpener, page: ThePage, incident_type: str = "") -> Response:
    """The part of the form that is asked only of a near fatality."""
    asked = incident_type == "near_fatality"
    return page("incidents/_near_fatality.html", submission=blank(), asked=asked, values=VALUES)


@routes.get("/new")
def ask_for_incident(session: Transaction, viewer: IncidentOpener, page: ThePage, drafts: TheDrafts) -> Response:
    return _form(page, session, viewer, drafts.resumed(blank(date_precision="day")))


@routes.post("/new")
def log_incident(
    request: Request,
    session: Transaction,
    viewer: IncidentOpener,
    page: ThePage,
    drafts: TheDrafts,
    submission: Annotated[Submission[IncidentForm], Depends(submitted(IncidentForm))],
) -> Response:
    office = _check(session, viewer, submission)
    if submission.form is None or office is None:
        return _form(page, session, viewer, submission, status_code=422)
    incident = actions.log_incident(session, _fields(submission.form, office), by=viewer)
    drafts.done(change=f"/incidents/{incident.code}/edit")
    tell(session, request, _("Incident logged."))
    return RedirectResponse(f"/incidents/{incident.code}", 303)


@routes.get("/{incident_code}")
def see_incident(incident: ReadableIncident, session: Transaction, viewer: IncidentReader, page: ThePage) -> Response:
    decisions = queries.decisions_about(session, incident)
    told = read_all(session, [incident, *decisions], by=viewer, within=incident.code, part="incident")
    office, division = queries.office_and_division(session, incident.office_id)
    has_review = queries.has_review(session, incident)
    suggested_on = rules.after_business_days(local_day(incident.opened_at), settings().triage_business_days)
    return page(
        "incidents/incident.html",
        incident=told[0],
        decisions=told[1:],
        names={person.id: person.name for person in people(session, viewer)},
        office=office,
        division=division,
        review=queries.review_of(session, viewer, incident),
        has_review=has_review,
        obstacle_to_changing=actions.obstacle_to_changing_incident(session, incident),
        obstacle=rules.obstacle_to_opening(decisions[0].decision if decisions else None, has_review=has_review),
        suggested_on=suggested_on,
        values=VALUES,
        words_of=words_of,
        date_in_words=rules.date_in_words,
    )


def words_of(name: str, codes: Sequence[str], none: str = "") -> str:
    """The words of several answers, or of none: mostly that nobody has answered yet."""
    return ", ".join(VALUES.words(name, code) for code in codes) or none or _("Not collected")


@routes.get("/{incident_code}/edit")
def ask_for_changes(
    incident: ReadableIncident, session: Transaction, viewer: IncidentOpener, page: ThePage, drafts: TheDrafts
) -> Response:
    insist(actions.obstacle_to_changing_incident(session, incident))
    told = read_one(session, incident, by=viewer, part="incident")
    submission = filled(told, *FORM_NAMES)
    submission.typed["office"] = [session.get_one(OrgUnit, incident.office_id).code]
    return _form(page, session, viewer, drafts.resumed(submission), incident=incident)


@routes.post("/{incident_code}/edit")
def change_incident(
    incident: ReadableIncident,
    request: Request,
    session: Transaction,
    viewer: IncidentOpener,
    page: ThePage,
    drafts: TheDrafts,
    submission: Annotated[Submission[IncidentForm], Depends(submitted(IncidentForm))],
) -> Response:
    insist(actions.obstacle_to_changing_incident(session, incident))
    office = _check(session, viewer, submission)
    if submission.form is None or office is None:
        return _form(page, session, viewer, submission, incident=incident, status_code=422)
    form = submission.form
    actions.change_incident(session, incident, _fields(form, office), base=form.version, by=viewer)
    drafts.done()
    tell(session, request, _("Incident saved."))
    return RedirectResponse(f"/incidents/{incident.code}", 303)


def _form(
    page: Page,
    session: Session,
    viewer: Viewer,
    submission: Submission[Any],
    *,
    incident: Incident | None = None,
    status_code: int = 200,
) -> Response:
    return page(
        "incidents/form.html",
        submission=submission,
        incident=incident,
        offices=[(office.code, office.name) for office in offices(session, viewer)],
        values=VALUES,
        asked=submission.value("incident_type") == "near_fatality",
        address=f"/incidents/{incident.code}/edit" if incident else "/incidents/new",
        status_code=status_code,
    )


def _check(session: Session, viewer: Viewer, submission: Submission[IncidentForm]) -> OrgUnit | None:
    """Refuse an office that is not the agency's; answers with the office."""
    form = submission.form
    if form is None:
        return None
    office = next((unit for unit in offices(session, viewer) if unit.code == form.office), None)
    if office is None:
        submission.refuse("office", _("Choose one of the offices."))
    return office


def _fields(form: IncidentForm, office: OrgUnit) -> dict[str, Any]:
    return {**form.model_dump(exclude={"office", "version"}), "office_id": office.id}


@routes.get("/{incident_code}/triage")
def ask_for_decision(
    incident: ReadableIncident, viewer: Triager, session: Transaction, page: ThePage, drafts: TheDrafts
) -> Response:
    return _triage(page, session, viewer, incident, drafts.resumed(blank()))


@routes.post("/{incident_code}/triage")
def decide(
    incident: ReadableIncident,
    request: Request,
    session: Transaction,
    viewer: Triager,
    page: ThePage,
    drafts: TheDrafts,
    submission: Annotated[Submission[TriageForm], Depends(submitted(TriageForm))],
) -> Response:
    form = submission.form
    if form and (
        obstacle := rules.obstacle_to_deciding(form.decision, has_review=queries.has_review(session, incident))
    ):
        submission.refuse("decision", obstacle)
    if form is None or submission.form is None:
        return _triage(page, session, viewer, incident, submission, status_code=422)
    actions.decide(session, incident, **form.model_dump(), by=viewer)
    drafts.done(change="")
    tell(session, request, _("Triage decision recorded."))
    return RedirectResponse(f"/incidents/{incident.code}#triage", 303)


def _triage(
    page: Page,
    session: Session,
    viewer: Viewer,
    incident: Incident,
    submission: Submission[Any],
    *,
    status_code: int = 200,
) -> Response:
    told = read_one(session, incident, by=viewer, part="incident")
    office, division = queries.office_and_division(session, incident.office_id)
    return page(
        "incidents/triage.html",
        incident=told,
        office=office,
        division=division,
        submission=submission,
        values=VALUES,
        date_in_words=rules.date_in_words,
        status_code=status_code,
    )
