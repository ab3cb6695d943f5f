"""How a route names who may use it, and how every request learns who is looking."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlmodel import Session

from app.core.clock import now
from app.core.database import SIGN_IN_LOOKUPS, reading, writing
from app.core.errors import Forbidden, SignInNeeded
from app.core.forms import TOKEN, check_token
from app.core.pages import Frame, Page, hidden_token, page_for
from app.core.protection import SAFE
from app.core.settings import settings
from app.core.translation import N_
from app.core.translation import gettext as _
from app.identity import queries, rules
from app.identity.access import Permission, why_not
from app.identity.models import SignIn
from app.identity.viewers import Viewer

SEEN_EVERY = timedelta(minutes=1)
"""A session's last use is written down at most this often, so that reading a page does not write."""


def cookie_name() -> str:
    """`__Host-` ties the cookie to this host; browsers accept it under https only."""
    return "__Host-session" if settings().https else "session"


def look_up(request: Request) -> Viewer | None:
    """Who is looking; also sets `request.state.page` with what every template knows about them."""
    token = request.cookies.get(cookie_name(), "")
    request.state.viewer = request.state.form_token = None
    request.state.advice = []
    notices: list[dict[str, str]] = []
    if token:
        with reading(request.app.state.engine) as session:
            held, who = queries.signed_in(session, token)
            if held and not _over(held):
                request.state.viewer = who
                request.state.form_token = held.form_token
                notices = held.notices
                stale = now() - held.seen_at > SEEN_EVERY
        if request.state.viewer and (stale or (notices and _shows_notices(request))):
            _touch(request, token, notices if _shows_notices(request) else [])
    request.state.page = page_for(
        request, _frame(request), **_about(request, notices if _shows_notices(request) else [])
    )
    viewer: Viewer | None = request.state.viewer
    return viewer


def _shows_notices(request: Request) -> bool:
    return request.method in SAFE and not request.headers.get("HX-Request")


def _over(held: SignIn) -> bool:
    limits = settings()
    return rules.session_is_over(
        started_at=held.started_at,
        seen_at=held.seen_at,
        now=now(),
        idle_minutes=limits.idle_minutes,
        absolute_hours=limits.absolute_hours,
    )


def _touch(request: Request, token: str, notices: list[dict[str, str]]) -> None:
    """Write down that the session is in use, and that these notices are shown with the page to come."""
    with writing(request.app.state.engine) as session:
        held = queries.sign_in_of(session, token)
        if held:
            held.seen_at = now()
        if held and notices:
            held.notices = []
            request.state.advice += request.app.state.advise(session, request.state.viewer, notices)


def _frame(request: Request) -> Frame:
    viewer: Viewer | None = request.state.viewer
    notice = _(MADE_UP if settings().demo or (viewer and viewer.agency.made_up) else NOT_FOR_REAL_CASES)
    if viewer is None:
        return Frame(request.url.path, site_notice=notice)
    return Frame(
        request.url.path,
        form_token=request.state.form_token,
        name=viewer.name,
        initials=viewer.initials,
        permissions=viewer.permissions,
        agency=viewer.agency.name,
        department=viewer.agency.department,
        site_notice=notice,
        session_seconds=settings().idle_minutes * 60,
    )


def _about(request: Request, notices: list[dict[str, str]]) -> dict[str, Any]:
    viewer: Viewer | None = request.state.viewer
    return {
        "viewer": viewer,
        "may": viewer.may if viewer else lambda _permission: False,
        "csrf_field": lambda: hidden_token(request.state.form_token or ""),
        "flash": [notice for notice in notices if notice.get("text")],
        "advice": request.state.advice,
    }


MADE_UP = N_("Made-up county. Every review, office and number on this page is invented.")
NOT_FOR_REAL_CASES = N_(
    "Trial version. Enter made-up cases and de-identified tags only, until encryption and retention exist."
)


LOOK_UP = Depends(look_up, max_concurrency=SIGN_IN_LOOKUPS)
"""The application asks this first of all, so that writing down a session's last use never waits for the request's own
transaction."""
MaybeViewer = Annotated[Viewer | None, LOOK_UP]


async def _the_page(request: Request) -> Page:
    made: Page = request.state.page  # `look_up`, which comes first of all, has made it.
    return made


ThePage = Annotated[Page, Depends(_the_page)]


async def _check_form(request: Request) -> None:
    """Every changing request of a signed-in person carries the hidden token of their session."""
    if request.method not in SAFE:
        sent = request.headers.get("X-Form-Token") or str((await request.form()).get(TOKEN, ""))
        check_token(sent, request.state.form_token)


def person_who_may(permission: Permission) -> Callable[..., Awaitable[Viewer]]:
    """A dependency: the signed-in person, if their roles include the permission."""

    async def person(request: Request, viewer: MaybeViewer) -> Viewer:
        if viewer is None:
            raise SignInNeeded
        await _check_form(request)
        if not viewer.may(permission):
            raise Forbidden(why_not(permission, viewer.roles))
        return viewer

    person.opening = permission.value  # type: ignore[attr-defined]
    return person


User = Annotated[Viewer, Depends(person_who_may(Permission.USE))]
IncidentReader = Annotated[Viewer, Depends(person_who_may(Permission.READ_INCIDENTS))]
IncidentOpener = Annotated[Viewer, Depends(person_who_may(Permission.OPEN_INCIDENTS))]
Triager = Annotated[Viewer, Depends(person_who_may(Permission.TRIAGE))]
ReferenceReader = Annotated[Viewer, Depends(person_who_may(Permission.SEE_REFERENCES))]
ReviewReader = Annotated[Viewer, Depends(person_who_may(Permission.READ_REVIEWS))]
ReviewOpener = Annotated[Viewer, Depends(person_who_may(Permission.OPEN_REVIEWS))]
ReviewWorker = Annotated[Viewer, Depends(person_who_may(Permission.WORK_ON_REVIEWS))]
ReviewLeader = Annotated[Viewer, Depends(person_who_may(Permission.LEAD_REVIEWS))]
PatternReader = Annotated[Viewer, Depends(person_who_may(Permission.SEE_PATTERNS))]
ChangeTeller = Annotated[Viewer, Depends(person_who_may(Permission.TELL_CHANGES))]
Importer = Annotated[Viewer, Depends(person_who_may(Permission.IMPORT_REVIEWS))]
ReflectionAnswerer = Annotated[Viewer, Depends(person_who_may(Permission.ANSWER_REFLECTIONS))]
PeopleManager = Annotated[Viewer, Depends(person_who_may(Permission.MANAGE_PEOPLE))]
FactorManager = Annotated[Viewer, Depends(person_who_may(Permission.MANAGE_FACTORS))]


def tell(session: Session, request: Request, text: str, *, kind: str = "good", undo: str = "") -> None:
    """Leave a sentence for the next page; `undo` is the address whose form takes the step back."""
    leave_notice(session, request, {"kind": kind, "text": text, "undo": undo})


def leave_notice(session: Session, request: Request, notice: dict[str, str]) -> None:
    """Leave something for the next page; what has no text of its own is for `app.state.advise`."""
    held = queries.sign_in_of(session, request.cookies.get(cookie_name(), ""))
    if held:
        held.notices = [*held.notices, notice]
