"""Saved views: save the present address, open it with what has changed since, and take it along as a brief."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlmodel import Session

from app.audit import trail
from app.core.database import Look, Transaction
from app.core.downloads import file_of
from app.core.errors import NotFound
from app.core.forms import Form, Submission, blank, filled, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.stretches import page_number
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage, tell
from app.identity.viewers import Viewer
from app.patterns.briefs.pdf import PANGO_IS_MISSING, can_make_pdf, pdf_of
from app.patterns.briefs.word import docx_of
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.contents.of_page import to_keep
from app.patterns.pages.saved import page_of, reopened, savable
from app.patterns.pages.view_briefs import APPEARED, LEFT, view_today
from app.patterns.views import actions
from app.patterns.views.models import LONGEST_TITLE, SavedView
from app.patterns.views.queries import own_views, the_view, views_of_others

routes = router("/patterns/views")

VIEWS = "/patterns/views"


class ViewForm(Form):
    """A title, and whether all record readers find the view."""

    title: Annotated[str, Field(min_length=3, max_length=LONGEST_TITLE)]
    shared: bool = False


class NewViewForm(ViewForm):
    """The address goes along hidden."""

    of: str


def address_of(view: SavedView) -> str:
    return f"{VIEWS}/{view.code}"


@routes.get("")
def see_views(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    return page(
        "patterns/views.html",
        own=own_views(look, viewer, page_number(request, "own")),
        others=views_of_others(look, viewer, page_number(request, "others")),
        page_of=lambda view: page_of(view.address),
    )


@routes.get("/new")
def ask_for_title(viewer: PatternReader, page: ThePage, of: str = "") -> Response:
    return _new_page(page, _savable(of), blank(of=of))


def _savable(address: str) -> str:
    kept = savable(address)
    if kept is None:
        raise NotFound(_("There is no page of patterns to save at that address. Open the page and choose “Save view”."))
    return kept


def _new_page(page: Page, address: str, submission: Submission[Any]) -> Response:
    return page(
        "patterns/view_new.html",
        address=address,
        page_name=page_of(address),
        submission=submission,
        longest=LONGEST_TITLE,
        status_code=422 if submission.problems else 200,
    )


@routes.post("/new")
def save_view(
    request: Request,
    session: Transaction,
    viewer: PatternReader,
    page: ThePage,
    submission: Annotated[Submission[NewViewForm], Depends(submitted(NewViewForm))],
) -> Response:
    """Keeps the address with the numbers it shows at this moment."""
    address = _savable(submission.value("of"))
    if submission.form is None:
        return _new_page(page, address, submission)
    one = reopened(session, viewer, address)
    if one is None:
        raise NotFound(_("There is nothing to save yet: no review that you may read is rated."))
    kept, data_on = to_keep(session, viewer, one)
    view = actions.save_view(
        session,
        submission.form.title,
        address,
        shared=submission.form.shared,
        kept=kept,
        data_on=data_on,
        by=viewer,
    )
    tell(session, request, _("View saved. It keeps this address."), undo=f"{address_of(view)}/remove")
    return RedirectResponse(address_of(view), 303)


def _view(session: Session, viewer: Viewer, code: str, *, removed: bool = False) -> SavedView:
    try:
        return the_view(session, viewer, code, removed=removed)
    except NotFound:
        told = _("There is no such view: it was removed, or it is not shared.")
        raise NotKnown(told, VIEWS, _("See the saved views")) from None


@routes.get("/{code}")
def open_view(code: str, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    """The view with present data, and what has changed since it was saved."""
    today = view_today(look, viewer, _view(look, viewer, code))
    return page(
        "patterns/view.html",
        today=today,
        view=today.view,
        is_own=today.view.saved_by_id == viewer.id,
        appeared=APPEARED,
        left=LEFT,
        pdf_missing="" if can_make_pdf() else _(PANGO_IS_MISSING),
        again=f"{VIEWS}/new?{urlencode({'of': today.view.address})}",
    )


@routes.get("/{code}/brief.pdf")
def brief_as_pdf(code: str, session: Transaction, viewer: PatternReader) -> Response:
    today = view_today(session, viewer, _view(session, viewer, code))
    if today.brief is None:
        raise NotFound(today.why_not)
    made = pdf_of(today.brief)
    trail.record(session, "download brief of patterns as PDF", today.view, by=viewer)
    return file_of(made, today.brief.file_name("pdf"))


@routes.get("/{code}/brief.docx")
def brief_as_docx(code: str, session: Transaction, viewer: PatternReader) -> Response:
    today = view_today(session, viewer, _view(session, viewer, code))
    if today.brief is None:
        raise NotFound(today.why_not)
    trail.record(session, "download brief of patterns as DOCX", today.view, by=viewer)
    return file_of(docx_of(today.brief), today.brief.file_name("docx"))


@routes.get("/{code}/edit")
def ask_for_changes(code: str, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    view = _view(look, viewer, code)
    return _edit_page(page, view, filled(view, "title", "shared"))


def _edit_page(page: Page, view: SavedView, submission: Submission[Any]) -> Response:
    return page(
        "patterns/view_edit.html",
        view=view,
        submission=submission,
        longest=LONGEST_TITLE,
        status_code=422 if submission.problems else 200,
    )


@routes.post("/{code}/edit")
def change_view(
    code: str,
    request: Request,
    session: Transaction,
    viewer: PatternReader,
    page: ThePage,
    submission: Annotated[Submission[ViewForm], Depends(submitted(ViewForm))],
) -> Response:
    view = _view(session, viewer, code)
    if submission.form is None:
        return _edit_page(page, view, submission)
    actions.change_view(session, view, submission.form.title, shared=submission.form.shared, by=viewer)
    tell(session, request, _("View changed."))
    return RedirectResponse(address_of(view), 303)


@routes.post("/{code}/remove")
def remove_view(code: str, request: Request, session: Transaction, viewer: PatternReader) -> Response:
    view = _view(session, viewer, code, removed=True)
    actions.remove_view(session, view, by=viewer)
    tell(session, request, _("View removed."), undo=f"{address_of(view)}/put-back")
    return RedirectResponse(VIEWS, 303)


@routes.post("/{code}/put-back")
def put_back_view(code: str, request: Request, session: Transaction, viewer: PatternReader) -> Response:
    view = _view(session, viewer, code, removed=True)
    actions.put_back_view(session, view, by=viewer)
    tell(session, request, _("View brought back."))
    return RedirectResponse(address_of(view), 303)
