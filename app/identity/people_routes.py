"""The people of an agency: who they are, what they may do, and when their access ends."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import EmailStr, Field

from app.core.database import PASSWORD_CHECKS, Transaction
from app.core.errors import Refused, insist
from app.core.forms import Form, Submission, blank, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity import actions, people, queries, rules
from app.identity.access import GRANTS, ROLE_NAMES, SENTENCES
from app.identity.dependencies import PeopleManager, ThePage, tell
from app.identity.models import OrgUnit, Person, Role
from app.identity.viewers import Viewer

routes = router()


class PersonForm(Form):
    name: str = Field(min_length=2, max_length=80)
    roles: list[Role] = Field(min_length=1)
    division: str = ""
    reads_division_records: bool = False


class NewPersonForm(PersonForm):
    email: EmailStr
    password: str = Field(min_length=1, max_length=200)


def _person_page(
    page: ThePage, session: Transaction, viewer: Viewer, submission: Submission[Any], person: Person | None, status: int
) -> Response:
    return page(
        "people/person.html",
        submission=submission,
        person=person,
        division_choices=[(unit.code, unit.name) for unit in queries.divisions(session, viewer)],
        role_choices=[(role.value, name) for role, name in ROLE_NAMES.items()],
        role_names=ROLE_NAMES,
        sentences=SENTENCES,
        grants=GRANTS,
        least_password=rules.LEAST_PASSWORD,
        status_code=status,
    )


def _division(session: Transaction, viewer: Viewer, code: str) -> int | None:
    return next((unit.id for unit in queries.divisions(session, viewer) if unit.code == code), None)


@routes.get("/people")
def people_list(session: Transaction, manager: PeopleManager, page: ThePage) -> Response:
    return page("people/list.html", people=people.listed(session, manager), role_names=ROLE_NAMES)


@routes.get("/people/new")
def new_person(session: Transaction, manager: PeopleManager, page: ThePage) -> Response:
    return _person_page(page, session, manager, blank(), None, 200)


NewPerson = Annotated[Submission[NewPersonForm], Depends(submitted(NewPersonForm))]


def _hash_first_password(_manager: PeopleManager, submission: NewPerson) -> str:
    """The hash of the typed password; empty where it will not do, which the form then says."""
    form = submission.form
    if form is None:
        return ""
    try:
        return actions.hashed(form.password, name=form.name, email=form.email)
    except Refused as refusal:
        submission.refuse("password", refusal.sentence)
        return ""


@routes.post("/people/new")
def add_person(
    request: Request,
    manager: PeopleManager,
    page: ThePage,
    submission: NewPerson,
    password_hash: Annotated[str, Depends(_hash_first_password, max_concurrency=PASSWORD_CHECKS)],
    session: Transaction,
) -> Response:
    form = submission.form
    if form and people.address_is_taken(session, form.email):
        submission.refuse("email", _("Someone already signs in with this address."))
    _hold_against_rules(submission)
    if form is None or submission.form is None:
        submission.typed.pop("password", None)
        return _person_page(page, session, manager, submission, None, 422)
    person = people.add(
        session, name=form.name, email=form.email, password_hash=password_hash, roles=set(form.roles), by=manager
    )
    _apply(session, person, form, manager)
    tell(session, request, _("%(name)s can sign in now.") % {"name": person.name})
    return RedirectResponse("/people", 303)


def _hold_against_rules(submission: Submission[Any]) -> None:
    obstacle = rules.obstacle_to_roles(submission.form.roles) if submission.form else None
    if obstacle:
        submission.refuse("roles", obstacle)


def _apply(session: Transaction, person: Person, form: PersonForm, manager: Viewer) -> None:
    people.change(
        session,
        person,
        name=form.name,
        roles=set(form.roles),
        division_id=_division(session, manager, form.division),
        reads_division_records=form.reads_division_records,
        by=manager,
    )


@routes.get("/people/{code}")
def one_person(session: Transaction, manager: PeopleManager, page: ThePage, code: str) -> Response:
    person = people.of_own_agency(session, manager, code)
    division = session.get(OrgUnit, person.division_id) if person.division_id else None
    submission = blank(
        name=person.name,
        roles=sorted(people.roles_of(session, person)),
        division=division.code if division else "",
        reads_division_records=person.reads_division_records,
    )
    return _person_page(page, session, manager, submission, person, 200)


@routes.post("/people/{code}")
def change_person(
    request: Request,
    session: Transaction,
    manager: PeopleManager,
    page: ThePage,
    code: str,
    submission: Annotated[Submission[PersonForm], Depends(submitted(PersonForm))],
) -> Response:
    person = people.of_own_agency(session, manager, code)
    form = submission.form
    if form and person.id == manager.id and Role.ADMINISTRATOR not in form.roles:
        submission.refuse("roles", _("You cannot take this role from yourself. Another administrator can."))
    _hold_against_rules(submission)
    if form is None or submission.form is None:
        return _person_page(page, session, manager, submission, person, 422)
    _apply(session, person, form, manager)
    tell(session, request, _("Saved. %(name)s signs in again to go on.") % {"name": person.name})
    return RedirectResponse("/people", 303)


@routes.post("/people/{code}/end-access")
def end_access(request: Request, session: Transaction, manager: PeopleManager, code: str) -> Response:
    person = people.of_own_agency(session, manager, code)
    insist(_("You cannot end your own access. Another administrator can.") if person.id == manager.id else None)
    people.end_access(session, person, by=manager)
    tell(
        session,
        request,
        _("%(name)s can no longer sign in.") % {"name": person.name},
        undo=f"/people/{code}/restore-access",
    )
    return RedirectResponse("/people", 303)


@routes.post("/people/{code}/restore-access")
def restore_access(request: Request, session: Transaction, manager: PeopleManager, code: str) -> Response:
    person = people.of_own_agency(session, manager, code)
    people.restore_access(session, person, by=manager)
    tell(session, request, _("%(name)s can sign in again.") % {"name": person.name})
    return RedirectResponse("/people", 303)
