"""Autosave, and the language check beside a text."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import Field

from app.core.database import Transaction
from app.core.dates import clock
from app.core.forms import Form, Submission, Typed, submitted
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import ThePage, User, leave_notice, tell
from app.language.rules import Kind, remarks_on
from app.writing import drafts, remarks
from app.writing.drafts import form_key

routes = router()

NOT_KEPT = {"draft_key", "checked_field"}


@routes.post("/drafts")
def keep_draft(session: Transaction, viewer: User, typed: Typed) -> Response:
    """Keep what is typed; the script asks a second after typing stops."""
    key = "".join(typed.get("draft_key", []))
    fields = {name: answers for name, answers in typed.items() if name not in NOT_KEPT}
    return JSONResponse({"saved_at": clock(drafts.keep(session, viewer, key, fields))})


@routes.post("/drafts/drop")
def drop_draft(request: Request, session: Transaction, viewer: User, typed: Typed) -> Response:
    """Start a form over."""
    key = "".join(typed.get("draft_key", []))
    found = drafts.kept(session, viewer, key)
    drafts.drop(session, viewer, key)
    if found:
        tell(session, request, _("Your draft is gone."), kind="info")
    return RedirectResponse(own_address(key), 303)


def own_address(address: str) -> str:
    """An address of this site, or the home page in place of any other."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"


def _form_at(request: Request) -> str:
    """The address of the form that asked, which is also the key of its draft."""
    return form_key(urlsplit(request.headers.get("HX-Current-URL", "")).path)


@routes.post("/language-check")
def language_check(request: Request, session: Transaction, viewer: User, page: ThePage, typed: Typed) -> Response:
    """Advice on the text of one field, as a fragment beside it. Never blocks and never grades the writer."""
    field = "".join(typed.get("checked_field", []))[:60]
    text = "".join(typed.get(field, []))
    key = _form_at(request)
    found = remarks.not_set_aside(session, viewer, key, remarks_on(text))
    return page(
        "writing/remarks.html",
        remarks=found,
        field_name=field,
        form_key=key,
        token=request.state.form_token,
        checked=bool(text.strip()),
    )


class SetAsideForm(Form):
    form_key: str
    kind: Kind
    words: str = Field(max_length=500)
    reason: str = Field(min_length=2, max_length=300)
    saved: str = ""
    """The versions that the remark is about, where it stands on the page after a save."""
    change: str = ""
    back: str = "/"


@routes.post("/language-check/set-aside")
def set_aside(
    request: Request,
    session: Transaction,
    viewer: User,
    page: ThePage,
    submission: Annotated[Submission[SetAsideForm], Depends(submitted(SetAsideForm))],
) -> Response:
    """Keep the words, with a reason; the remark does not come back in this form. What else was said stays on screen."""
    form = submission.form
    if form:
        remarks.set_aside(
            session,
            viewer,
            form_key=form_key(form.form_key),
            kind=form.kind.value,
            words=form.words,
            reason=form.reason,
        )
    if request.headers.get("HX-Request"):
        return page("writing/set_aside.html", kept=form is not None)
    if form:
        tell(session, request, _("Kept, with your reason."))
    else:
        tell(session, request, _("Write in a few words why they are right here."), kind="problem")
    leave_notice(session, request, {name: submission.value(name) for name in ("saved", "form_key", "change")})
    return RedirectResponse(own_address(submission.value("back")), 303)
