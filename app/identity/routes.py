"""Sign in, stay signed in, sign out; one's account; and the people of an agency."""

import secrets
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import EmailStr, Field
from sqlmodel import col, select

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.errors import Refused, insist
from app.core.forms import TOKEN, Form, Submission, blank, check_token, submitted
from app.core.pages import hidden_token
from app.core.routing import open_to_everyone, router
from app.core.settings import settings
from app.core.translation import gettext as _
from app.identity import actions, people, queries, rules
from app.identity.access import GRANTS, ROLE_NAMES, SENTENCES
from app.identity.dependencies import MaybeViewer, PeopleManager, ThePage, User, cookie_name, tell
from app.identity.models import Agency, OrgUnit, Person, Role, RoleHeld
from app.identity.viewers import Viewer

routes = router()
VISIT = "visit"
"""The cookie of someone not signed in yet; the sign-in form repeats it, which another site cannot."""


class SignInForm(Form):
    email: str = Field(min_length=3, max_length=254)
    password: str = Field(min_length=1, max_length=200)
    next: str = ""


def _within_this_site(address: str) -> str:
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"


def _sign_in_page(page: ThePage, look: Look, submission: Submission[SignInForm], status_code: int = 200) -> Response:
    visit = secrets.token_urlsafe(24)
    whom = _whom_to_sign_in_as(look) if settings().demo else []
    answer = page(
        "identity/sign_in.html",
        submission=submission,
        token_field=hidden_token(visit),
        whom=whom,
        status_code=status_code,
    )
    secure = settings().https
    answer.set_cookie(_visit_cookie(), visit, httponly=True, samesite="lax", secure=secure, max_age=3600)
    return answer


def _visit_cookie() -> str:
    return f"__Host-{VISIT}" if settings().https else VISIT


def _whom_to_sign_in_as(look: Look) -> list[tuple[Person, list[Role], str]]:
    """In the made-up county: everyone, with roles and division."""
    made_up = select(Person).join(Agency).where(col(Agency.made_up).is_(True)).order_by(col(Person.id))
    held: dict[int, list[Role]] = {}
    for row in look.exec(select(RoleHeld)).all():
        held.setdefault(row.person_id, []).append(row.role)
    names = {unit.id: unit.name for unit in look.exec(select(OrgUnit)).all()}
    return [(person, held.get(person.id or 0, []), names.get(person.division_id, "")) for person in look.exec(made_up)]


@routes.get("/sign-in", dependencies=[open_to_everyone("Signing in comes before having a role.")])
def sign_in_page(page: ThePage, viewer: MaybeViewer, look: Look, next: str = "/") -> Response:
    if viewer:
        return RedirectResponse(_within_this_site(next), 303)
    return _sign_in_page(page, look, blank(next=next))


async def _came_from_our_page(request: Request) -> None:
    sent = str((await request.form()).get(TOKEN, ""))
    check_token(sent, request.cookies.get(_visit_cookie(), ""))


@routes.post(
    "/sign-in",
    dependencies=[open_to_everyone("Signing in comes before having a role."), Depends(_came_from_our_page)],
)
def sign_in(
    session: Transaction,
    page: ThePage,
    _viewer: MaybeViewer,
    submission: Annotated[Submission[SignInForm], Depends(submitted(SignInForm))],
) -> Response:
    token = None
    if submission.form:
        try:
            token = actions.sign_in(session, email=submission.form.email, password=submission.form.password)
        except Refused as refusal:
            submission.refuse("", refusal.sentence)
        else:
            if token is None:
                submission.refuse("password", _("This e-mail address and password do not belong together."))
    if token is None:
        submission.typed.pop("password", None)
        return _sign_in_page(page, session, submission, 422)
    answer = RedirectResponse(_within_this_site(str(submission.value("next", "/")) or "/"), 303)
    answer.set_cookie(cookie_name(), token, httponly=True, samesite="lax", secure=settings().https, path="/")
    answer.delete_cookie(_visit_cookie(), httponly=True, samesite="lax", secure=settings().https)
    return answer


@routes.post("/sign-out")
def sign_out(request: Request, session: Transaction, viewer: User) -> Response:
    actions.sign_out(session, request.cookies.get(cookie_name(), ""), by=viewer)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(cookie_name(), httponly=True, samesite="lax", secure=settings().https)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@routes.post("/session")
def stay_signed_in(_viewer: User) -> Response:
    """Asked by the sign-out warning; looking up the session already renewed it."""
    return Response(status_code=204)


class PersonForm(Form):
    name: str = Field(min_length=2, max_length=80)
    roles: list[Role] = Field(min_length=1)
    division: str = ""
    reads_division_records: bool = False


class NewPersonForm(PersonForm):
    email: EmailStr
    password: str = Field(min_length=1, max_length=200)


class PasswordForm(Form):
    present: str = Field(min_length=1, max_length=200)
    new: str = Field(min_length=1, max_length=200)


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


@routes.post("/people/new")
def add_person(
    request: Request,
    session: Transaction,
    manager: PeopleManager,
    page: ThePage,
    submission: Annotated[Submission[NewPersonForm], Depends(submitted(NewPersonForm))],
) -> Response:
    form = submission.form
    if form:
        if people.address_is_taken(session, form.email):
            submission.refuse("email", _("Someone already signs in with this address."))
        if obstacle := rules.obstacle_to_password(form.password, name=form.name, email=form.email):
            submission.refuse("password", obstacle)
    if form is None or submission.form is None:
        submission.typed.pop("password", None)
        return _person_page(page, session, manager, submission, None, 422)
    person = people.add(
        session, name=form.name, email=form.email, password=form.password, roles=set(form.roles), by=manager
    )
    _apply(session, person, form, manager)
    tell(session, request, _("%(name)s can sign in now.") % {"name": person.name})
    return RedirectResponse("/people", 303)


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


@routes.get("/account")
def account(viewer: User, page: ThePage) -> Response:
    return page("people/account.html", submission=blank(), role_names=ROLE_NAMES, least_password=rules.LEAST_PASSWORD)


@routes.post("/account")
def change_password(
    request: Request,
    session: Transaction,
    viewer: User,
    page: ThePage,
    submission: Annotated[Submission[PasswordForm], Depends(submitted(PasswordForm))],
) -> Response:
    person = session.get_one(Person, viewer.id)
    form = submission.form
    if form:
        if not actions.hasher().verify(form.present, person.password_hash):
            submission.refuse("present", _("This is not your present password."))
        if obstacle := rules.obstacle_to_password(form.new, name=person.name, email=person.email):
            submission.refuse("new", obstacle)
    if form is None or submission.form is None:
        submission.typed.clear()
        return page(
            "people/account.html",
            submission=submission,
            role_names=ROLE_NAMES,
            least_password=rules.LEAST_PASSWORD,
            status_code=422,
        )
    actions.set_password(session, person, form.new)
    session.add(person)
    trail.record(session, "change password", person, by=viewer)
    actions.end_sessions(session, person, except_for=request.cookies.get(cookie_name(), ""))
    tell(session, request, _("Your password is changed."))
    return RedirectResponse("/account", 303)
