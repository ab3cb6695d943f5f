"""Logging that a debrief was held: its details, who took part by role, and what was explained."""

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
from app.debriefs.forms import PRESENT, DetailsForm, SessionForm
from app.debriefs.models import DebriefSession
from app.debriefs.pages import address_of, debrief_page
from app.debriefs.queries import debrief_of, notes_in
from app.debriefs.showing import choices_of
from app.reviews.dependencies import Desk, TheDesk, TheReadingDesk
from app.reviews.removing import bring_back, take_out
from app.reviews.values import VALUES

routes = router("/reviews/{review_code}/debriefs")
Sent = Annotated[Submission[DetailsForm], Depends(submitted(SessionForm))]

COMMON = (
    "emergency_response_csw",
    "continuing_services_csw",
    "dependency_investigator",
    "scsw",
    "human_services_aide",
    "clerical",
)
"""The roles that stand first on the form; the others are one step away."""


@routes.get("/new")
def ask_for_details(desk: TheDesk) -> HTMLResponse:
    insist(rules.obstacle_to_logging(desk.review.stage))
    return _form(desk, blank(held_on=today(), kind="one_to_one"))


@routes.post("/new")
def log_debrief(desk: TheDesk, submission: Sent) -> Any:
    insist(rules.obstacle_to_logging(desk.review.stage))
    form = _checked(submission)
    if form is None:
        return _form(desk, submission, status_code=422)
    debrief = actions.log_debrief(desk.session, desk.review, form.columns(), by=desk.viewer)
    desk.tell(_("Debrief logged. Now write down what was said."))
    return RedirectResponse(f"{desk.address}/debriefs/{debrief.code}/parts/work", 303)


@routes.get("/consent-texts")
def show_consent_texts(desk: TheDesk) -> HTMLResponse:
    """The texts for the roles that are counted so far, for the form to show beside it."""
    counted = [(name.removeprefix(PRESENT), count) for name, count in desk.request.query_params.items()]
    return desk.page(
        "debriefs/_consent_texts.html",
        review=desk.review,
        consent=consent(),
        texts=consent().texts_for(role for role, count in counted if count.strip("0 ")),
    )


@routes.get("/{debrief_code}")
def see(desk: TheReadingDesk, debrief_code: str) -> HTMLResponse:
    return debrief_page(desk, "debriefs/debrief.html", debrief_of(desk.session, desk.review, debrief_code))


@routes.get("/{debrief_code}/session")
def ask_for_changes(desk: TheDesk, debrief_code: str) -> HTMLResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    insist(rules.obstacle_to_adding(desk.review.stage, debrief.finished_at))
    own = ("held_on", "kind", "mode", "duration_minutes", "explained", "support_offered", "version")
    submission = filled(debrief, *own)
    counts = blank(**{f"{PRESENT}{role}": count for role, count in debrief.roles_present.items()})
    submission.typed |= {**counts.typed, "consent_confirmed": ["yes"]}
    return _form(desk, submission, debrief)


@routes.post("/{debrief_code}/session")
def change_details(desk: TheDesk, debrief_code: str, submission: Sent) -> Any:
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    insist(rules.obstacle_to_adding(desk.review.stage, debrief.finished_at))
    form = _checked(submission)
    if form:
        form = _with_those_who_spoke(desk, debrief, submission)
    if form is None:
        return _form(desk, submission, debrief, status_code=422)
    actions.change_debrief(desk.session, desk.review, debrief, form.columns(), base=form.version, by=desk.viewer)
    desk.tell(_("Session details saved."))
    return RedirectResponse(f"{desk.address}/debriefs/{debrief.code}", 303)


@routes.post("/{debrief_code}/remove")
def remove_debrief(desk: TheDesk, debrief_code: str) -> RedirectResponse:
    """Take a debrief that was logged by mistake out of the review, with all that was written down in it."""
    debrief = debrief_of(desk.session, desk.review, debrief_code)
    take_out(desk.session, desk.review, debrief, "debrief", by=desk.viewer, rule=rules.obstacle_to_logging)
    desk.tell(_("Debrief removed."), undo=f"{address_of(desk, debrief)}/restore")
    return RedirectResponse(f"{desk.address}/debriefs", 303)


@routes.post("/{debrief_code}/restore")
def restore_debrief(desk: TheDesk, debrief_code: str) -> RedirectResponse:
    debrief = debrief_of(desk.session, desk.review, debrief_code, removed=True)
    bring_back(desk.session, desk.review, debrief, "debrief", by=desk.viewer, rule=rules.obstacle_to_logging)
    desk.tell(_("Debrief brought back."))
    return RedirectResponse(address_of(desk, debrief), 303)


def _checked(submission: Submission[DetailsForm]) -> DetailsForm | None:
    """The form, where nothing stands in its way."""
    form = submission.form
    if form is None:
        return None
    for name, obstacle in (
        ("held_on", rules.obstacle_to_date(form.held_on, today=today())),
        ("roles_present", rules.obstacle_to_people(form.kind, form.roles_present())),
        ("explained", rules.obstacle_to_starting(form.explained)),
        ("consent_confirmed", rules.obstacle_to_consent(confirmed=form.consent_confirmed)),
    ):
        if obstacle:
            submission.refuse(name, obstacle)
    return submission.form


def _with_those_who_spoke(
    desk: Desk, debrief: DebriefSession, submission: Submission[DetailsForm]
) -> DetailsForm | None:
    """The form, where everyone whose notes are written down still took part."""
    assert submission.form is not None  # noqa: S101  (checked before)
    present = submission.form.roles_present()
    missing = sorted({note.speaker_role for note in notes_in(desk.session, debrief)} - set(present))
    if missing:
        words = VALUES.words("role", missing[0])
        submission.refuse("roles_present", _("Notes of this role are written down: %(role)s.") % {"role": words})
    return submission.form


def _form(
    desk: Desk, submission: Submission[DetailsForm], debrief: DebriefSession | None = None, status_code: int = 200
) -> HTMLResponse:
    counted = [role for role, _words in VALUES.choices("role") if submission.value(f"{PRESENT}{role}").strip("0 ")]
    said = consent()
    return desk.page(
        "debriefs/session_form.html",
        review=desk.review,
        submission=submission,
        debrief=debrief,
        address=f"{desk.address}/debriefs/{debrief.code}/session" if debrief else f"{desk.address}/debriefs/new",
        role_groups=_role_groups(),
        counted=counted,
        consent=said,
        texts=said.texts_for(counted, debrief.consent_version if debrief else ""),
        parts=rules.PARTS,
        values=VALUES,
        status_code=status_code,
    )


def _role_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The roles as the form shows them: the common ones, then the others by kind of people."""
    audiences = consent().audiences
    others = [role for role in audiences["staff"].roles if role not in COMMON]
    family = [role for name in ("parent", "caregiver", "youth", "parent_partner") for role in audiences[name].roles]
    groups = [
        ("", COMMON),
        (_("Other roles in the agency"), others),
        (_("Partner agencies"), audiences["partner"].roles),
    ]
    return [(words, choices_of(roles, "role")) for words, roles in [*groups, (_("Family and caregivers"), family)]]
