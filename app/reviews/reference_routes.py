"""The page of an incident's numbers in other systems, which fewer people may see than the incident."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from app.audit import trail
from app.core.database import Transaction
from app.core.forms import Submission, blank, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import ReferenceReader, ThePage, tell
from app.reviews import actions, queries
from app.reviews.forms import ReferenceForm
from app.reviews.models import Incident
from app.reviews.values import VALUES

routes = router("/incidents/{incident_code}/references")


def _incident_with_references(session: Transaction, viewer: ReferenceReader, incident_code: str) -> Incident:
    return queries.readable_incident(session, viewer, incident_code)


IncidentWithReferences = Annotated[Incident, Depends(_incident_with_references)]


@routes.get("")
def see_references(
    incident: IncidentWithReferences, session: Transaction, viewer: ReferenceReader, page: ThePage
) -> Response:
    trail.record(session, "read references", incident, by=viewer)
    return _references(page, session, incident, blank())


@routes.post("")
def add_reference(
    incident: IncidentWithReferences,
    request: Request,
    session: Transaction,
    viewer: ReferenceReader,
    page: ThePage,
    submission: Annotated[Submission[ReferenceForm], Depends(submitted(ReferenceForm))],
) -> Response:
    form = submission.form
    if form and queries.has_reference(session, incident, form.system, form.reference):
        submission.refuse("reference", _("This number is already here."))
    if form is None or submission.form is None:
        trail.record(session, "read references", incident, by=viewer)
        return _references(page, session, incident, submission, status_code=422)
    actions.add_reference(session, incident, form.system, form.reference, by=viewer)
    tell(session, request, _("Number added."))
    return RedirectResponse(f"/incidents/{incident.code}/references", 303)


@routes.post("/{reference_code}/remove")
def remove_reference(
    incident: IncidentWithReferences,
    reference_code: str,
    request: Request,
    session: Transaction,
    viewer: ReferenceReader,
) -> Response:
    actions.remove_reference(session, incident, reference_code, by=viewer)
    tell(session, request, _("Number removed."))
    return RedirectResponse(f"/incidents/{incident.code}/references", 303)


def _references(
    page: Page, session: Session, incident: Incident, submission: Submission[Any], *, status_code: int = 200
) -> Response:
    return page(
        "incidents/references.html",
        incident=incident,
        references=queries.references_of(session, incident),
        submission=submission,
        values=VALUES,
        status_code=status_code,
    )
