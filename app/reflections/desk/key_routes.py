"""A responder's own key: make it, unlock it, lock it, end it, and share earlier reflections with a colleague's."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from app.audit import trail
from app.core.database import PASSWORD_CHECKS, Transaction, reading
from app.core.errors import NotFound, Refused, insist
from app.core.forms import Form, Submission, blank, submitted
from app.core.routing import router
from app.core.settings import settings
from app.core.translation import gettext as _
from app.identity import actions as identity
from app.identity import rules as identity_rules
from app.identity.dependencies import ThePage, tell
from app.reflections.desk import keys, queries
from app.reflections.desk.dependencies import Responder, ThisSession
from app.reflections.desk.keyring import ring
from app.reflections.desk.passphrase import NewKey, make_key, open_key

routes = router("/reflections/key")


class NewKeyForm(Form):
    passphrase: str = Field(min_length=1, max_length=200)
    supervises_nobody: bool = False


class PassphraseForm(Form):
    passphrase: str = Field(min_length=1, max_length=200)
    next: str = ""


def _key_page(
    page: ThePage,
    session: Transaction,
    responder: Responder,
    held_by: str,
    submission: Submission[Any],
    status: int = 200,
) -> Response:
    own = queries.key_of(session, responder)
    others = [key for key in queries.active_keys(session) if key.holder != responder.code]
    return page(
        "reflections/desk/key.html",
        submission=submission,
        own=own,
        minutes=ring.minutes(held_by),
        unlocked_ago=queries.unlocked_minutes_ago(session, responder),
        unshared=keys.unshared(session, own) if own else 0,
        others=[(key, keys.unshared(session, key)) for key in others],
        names=queries.names_of(session, [key.holder for key in others]),
        connected=settings().exchange is not None,
        least_password=identity_rules.LEAST_PASSWORD,
        status_code=status,
    )


@routes.get("")
def own_key(
    session: Transaction, responder: Responder, page: ThePage, held_by: ThisSession, next: str = ""
) -> Response:
    return _key_page(page, session, responder, held_by, blank(next=next))


NewKeySent = Annotated[Submission[NewKeyForm], Depends(submitted(NewKeyForm))]


def _make(responder: Responder, submission: NewKeySent) -> NewKey | None:
    """The key pair under the typed passphrase; None where it will not do, which the form then says."""
    form = submission.form
    if form is None:
        return None
    if not form.supervises_nobody:
        submission.refuse("supervises_nobody", _("Only somebody who supervises no one who could write may hold a key."))
    if identity.is_password_of(responder.person, form.passphrase):
        submission.refuse("passphrase", _("Choose words that are not your password: this site checks that one."))
    person = responder.person
    obstacle = identity_rules.obstacle_to_password(form.passphrase, name=person.name, email=person.email)
    if obstacle:
        submission.refuse("passphrase", obstacle)
    return make_key(form.passphrase) if submission.form else None


@routes.post("/new")
def add_key(
    request: Request,
    responder: Responder,
    page: ThePage,
    held_by: ThisSession,
    submission: NewKeySent,
    new: Annotated[NewKey | None, Depends(_make, max_concurrency=PASSWORD_CHECKS)],
    session: Transaction,
) -> Response:
    if new is None:
        submission.typed.pop("passphrase", None)
        return _key_page(page, session, responder, held_by, submission, 422)
    keys.add_key(session, new, by=responder)
    tell(session, request, _("Your key is made. What is sent from now on is locked for it as well."))
    return RedirectResponse("/reflections/key", 303)


Passphrase = Annotated[Submission[PassphraseForm], Depends(submitted(PassphraseForm))]


def _open(request: Request, responder: Responder, submission: Passphrase) -> bytes | None:
    """The private key, or None where it does not open, which the form then says. No transaction is open meanwhile."""
    if submission.form is None:
        return None
    with reading(request.app.state.engine) as look:
        own = queries.key_of(look, responder)
    if own is None or own.salt is None or own.sealed_private_key is None:
        submission.refuse("", _("You have no key yet. Make one first."))
        return None
    private_key = open_key(submission.form.passphrase, own.salt, own.sealed_private_key)
    if private_key is None:
        submission.refuse("passphrase", _("This is not the passphrase of your key. Nobody can reset it."))
    return private_key


@routes.post("/unlock")
def unlock(
    responder: Responder,
    page: ThePage,
    held_by: ThisSession,
    submission: Passphrase,
    private_key: Annotated[bytes | None, Depends(_open, max_concurrency=PASSWORD_CHECKS)],
    session: Transaction,
) -> Response:
    own = queries.key_of(session, responder)
    trail.record(session, queries.UNLOCK if private_key else "passphrase did not match", own, by=responder)
    submission.typed.pop("passphrase", None)
    if private_key is None:
        return _key_page(page, session, responder, held_by, submission, 422)
    ring.unlock(held_by, private_key)
    return RedirectResponse(_at_the_desk(submission.form.next if submission.form else ""), 303)


def _at_the_desk(address: str) -> str:
    return address if address.startswith("/reflections/desk") else "/reflections/desk"


@routes.post("/lock")
def lock(request: Request, session: Transaction, responder: Responder, held_by: ThisSession) -> Response:
    ring.lock(held_by)
    trail.record(session, queries.LOCK, by=responder)
    tell(session, request, _("Locked. Your passphrase opens it again."))
    return RedirectResponse("/reflections/key", 303)


@routes.post("/end")
def end_key(request: Request, session: Transaction, responder: Responder, held_by: ThisSession) -> Response:
    own = queries.key_of(session, responder)
    if own is None:
        raise Refused(_("You have no key yet. Make one first."))
    keys.end_key(session, own, why="ended by its holder", by=responder)
    ring.lock(held_by)
    tell(session, request, _("Your key has ended. Make a new one, and ask a colleague to share with it."))
    return RedirectResponse("/reflections/key", 303)


@routes.post("/share/{key_code}")
def share(
    request: Request, session: Transaction, responder: Responder, held_by: ThisSession, key_code: str
) -> Response:
    key = next((key for key in queries.active_keys(session) if key.code == key_code), None)
    if key is None or key.agency_id != responder.agency_id:
        raise NotFound
    private_key = ring.key(held_by)
    insist(None if private_key else _("Unlock your key first: only an open reflection can be shared."))
    done = keys.share(session, key, private_key or b"", by=responder)
    tell(session, request, _("%(number)s reflections are shared.") % {"number": done})
    return RedirectResponse("/reflections/key", 303)
