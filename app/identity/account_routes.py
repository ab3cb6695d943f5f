"""One's own account: what one may do here, and one's password."""

from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from app.core.database import PASSWORD_CHECKS, Transaction, reading
from app.core.errors import Refused
from app.core.forms import Form, Submission, blank, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity import actions, people, rules
from app.identity.access import ROLE_NAMES
from app.identity.dependencies import ThePage, User, cookie_name, tell
from app.identity.models import Person

routes = router()


class PasswordForm(Form):
    present: str = Field(min_length=1, max_length=200)
    new: str = Field(min_length=1, max_length=200)


@routes.get("/account")
def account(viewer: User, page: ThePage) -> Response:
    return page("people/account.html", submission=blank(), role_names=ROLE_NAMES, least_password=rules.LEAST_PASSWORD)


NewPassword = Annotated[Submission[PasswordForm], Depends(submitted(PasswordForm))]


def _hash_new_password(request: Request, viewer: User, submission: NewPassword) -> str:
    """The hash of the new password; empty where one of the two will not do, which the form then says."""
    form = submission.form
    if form is None:
        return ""
    with reading(request.app.state.engine) as look:
        person = look.get_one(Person, viewer.id)
    if not actions.hasher().verify(form.present, person.password_hash):
        submission.refuse("present", _("This is not your present password."))
    try:
        return actions.hashed(form.new, name=person.name, email=person.email)
    except Refused as refusal:
        submission.refuse("new", refusal.sentence)
        return ""


@routes.post("/account")
def change_password(
    request: Request,
    viewer: User,
    page: ThePage,
    submission: NewPassword,
    password_hash: Annotated[str, Depends(_hash_new_password, max_concurrency=PASSWORD_CHECKS)],
    session: Transaction,
) -> Response:
    if submission.form is None:
        submission.typed.clear()
        return page(
            "people/account.html",
            submission=submission,
            role_names=ROLE_NAMES,
            least_password=rules.LEAST_PASSWORD,
            status_code=422,
        )
    person = session.get_one(Person, viewer.id)
    people.change_password(session, person, password_hash, stays=request.cookies.get(cookie_name(), ""), by=viewer)
    tell(session, request, _("Your password is changed."))
    return RedirectResponse("/account", 303)
