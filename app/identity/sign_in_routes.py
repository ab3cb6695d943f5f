"""Sign in, stay signed in, sign out."""

import secrets
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlmodel import col, select

from app.core.database import PASSWORD_CHECKS, Look, Transaction, reading
from app.core.errors import Refused
from app.core.forms import TOKEN, Form, Submission, blank, check_token, submitted
from app.core.pages import hidden_token
from app.core.routing import open_to_everyone, router
from app.core.settings import settings
from app.core.translation import gettext as _
from app.identity import actions
from app.identity.access import ROLE_NAMES
from app.identity.actions import Claim
from app.identity.dependencies import MaybeViewer, ThePage, User, cookie_name
from app.identity.models import Agency, OrgUnit, Person, Role, RoleHeld

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
        role_names=ROLE_NAMES,
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


SentSignIn = Annotated[Submission[SignInForm], Depends(submitted(SignInForm))]


def _check_password(request: Request, submission: SentSignIn) -> tuple[Claim, bool] | None:
    """Look the address up and check the password, before the request's own transaction opens and others wait for it.

    None where there is nothing to check; the form then says why.
    """
    form = submission.form
    if form is None:
        return None
    try:
        with reading(request.app.state.engine) as look:
            claimed = actions.claim(look, form.email)
    except Refused as refusal:
        submission.refuse("", refusal.sentence)
        return None
    return claimed, actions.is_right(claimed, form.password)


@routes.post(
    "/sign-in",
    dependencies=[open_to_everyone("Signing in comes before having a role."), Depends(_came_from_our_page)],
)
def sign_in(
    page: ThePage,
    submission: SentSignIn,
    checked: Annotated[tuple[Claim, bool] | None, Depends(_check_password, max_concurrency=PASSWORD_CHECKS)],
    session: Transaction,
) -> Response:
    token = _let_in(session, submission, checked)
    if token is None:
        submission.typed.pop("password", None)
        return _sign_in_page(page, session, submission, 422)
    answer = RedirectResponse(_within_this_site(str(submission.value("next", "/")) or "/"), 303)
    answer.set_cookie(cookie_name(), token, httponly=True, samesite="lax", secure=settings().https, path="/")
    answer.delete_cookie(_visit_cookie(), httponly=True, samesite="lax", secure=settings().https)
    return answer


def _let_in(session: Transaction, submission: SentSignIn, checked: tuple[Claim, bool] | None) -> str | None:
    """The token of a new session; None where the form has to say why there is none."""
    if submission.form is None or checked is None:
        return None
    claimed, right = checked
    try:
        token = actions.sign_in(session, email=submission.form.email, claimed=claimed, right=right)
    except Refused as refusal:
        submission.refuse("", refusal.sentence)
        return None
    if token is None:
        submission.refuse("password", _("This e-mail address and password do not belong together."))
    return token


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
