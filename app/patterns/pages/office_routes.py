"""The quarterly page of an office, for forums such as ChildStat: on screen, as PDF and as Word file."""

from fastapi import Request, Response
from sqlmodel import Session

from app.audit import trail
from app.core.clock import today
from app.core.database import Look, Transaction
from app.core.dates import earlier_quarter, quarter
from app.core.downloads import file_of
from app.core.errors import NotFound
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import PatternReader, ThePage
from app.identity.models import OrgUnit
from app.identity.viewers import Viewer
from app.patterns import queries
from app.patterns.briefs.document import Brief
from app.patterns.briefs.pdf import PANGO_IS_MISSING, can_make_pdf, pdf_of
from app.patterns.briefs.word import docx_of
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.offices.quarterly import is_quarter
from app.patterns.offices.queries import offices_for, the_office
from app.patterns.pages.asking import NotKnown
from app.patterns.pages.choices import quarter_words
from app.patterns.pages.office_brief import brief_of_quarter

OFFICES = "/patterns/offices"

routes = router(OFFICES)


@routes.get("")
def see_offices(look: Look, viewer: PatternReader, page: ThePage) -> Response:
    return page("patterns/offices.html", offices=offices_for(look, viewer))


@routes.get("/{code}")
def see_quarter(code: str, request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    office = _office(look, viewer, code)
    chosen = _chosen(request)
    snapshot, _packs = queries.snapshot(look, viewer)
    if snapshot is None:
        return page("patterns/empty.html")
    return page(
        "patterns/office.html",
        office=office,
        brief=brief_of_quarter(look, viewer, snapshot, office, chosen),
        chosen=chosen,
        quarters=[(one, quarter_words(one)) for one in (earlier_quarter(quarter(today()), by) for by in range(20))],
        pdf_missing="" if can_make_pdf() else _(PANGO_IS_MISSING),
        smallest=SMALLEST_BASE,
    )


@routes.get("/{code}/brief.pdf")
def quarter_as_pdf(code: str, request: Request, session: Transaction, viewer: PatternReader) -> Response:
    brief = _to_take_along(session, viewer, code, _chosen(request))
    made = pdf_of(brief)
    trail.record(session, "download quarter of an office as PDF", by=viewer, within=code)
    return file_of(made, brief.file_name("pdf"))


@routes.get("/{code}/brief.docx")
def quarter_as_docx(code: str, request: Request, session: Transaction, viewer: PatternReader) -> Response:
    brief = _to_take_along(session, viewer, code, _chosen(request))
    trail.record(session, "download quarter of an office as DOCX", by=viewer, within=code)
    return file_of(docx_of(brief), brief.file_name("docx"))


def _office(session: Session, viewer: Viewer, code: str) -> OrgUnit:
    try:
        return the_office(session, viewer, code)
    except NotFound:
        told = _("There is no such office among those whose reviews you may read.")
        raise NotKnown(told, OFFICES, _("See the offices")) from None


def _chosen(request: Request) -> str:
    """The quarter the address names; else the last one that has ended."""
    code = request.query_params.get("quarter") or earlier_quarter(quarter(today()), 1)
    if not is_quarter(code):
        office = f"{OFFICES}/{request.path_params['code']}"
        raise NotKnown(_("There is no such quarter. Write it as 2026-Q3."), office, _("See the last quarter"))
    return code


def _to_take_along(session: Session, viewer: Viewer, code: str, chosen: str) -> Brief:
    office = _office(session, viewer, code)
    snapshot, _packs = queries.snapshot(session, viewer)
    if snapshot is None:
        raise NotFound(_("No review that you may read is rated yet."))
    return brief_of_quarter(session, viewer, snapshot, office, chosen)
