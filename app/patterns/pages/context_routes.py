"""The pages around the charts: what gets reviewed, what changed in the system, and the numbers of open cases."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlmodel import Session
from starlette.datastructures import UploadFile

from app.audit import trail
from app.core.clock import today
from app.core.database import Look, Transaction
from app.core.dates import thousands
from app.core.downloads import file_of
from app.core.errors import Refused
from app.core.forms import Form, Submission, blank, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.dependencies import ChangeTeller, PatternReader, ThePage, tell
from app.identity.viewers import Viewer
from app.patterns.context import actions
from app.patterns.context.completeness import answers_in
from app.patterns.context.open_cases import LARGEST, Problem, read_open_cases
from app.patterns.counting.records import Selection
from app.patterns.heatmap.shares import SMALLEST_BASE
from app.patterns.pages import files
from app.patterns.pages.choices import quarter_words
from app.patterns.pages.dependencies import asked_where_rated, head_of, incidents_until, of_incidents
from app.patterns.pages.selection import few_days, share_told, small_shares_note, what_gets_reviewed
from app.patterns.trends import queries as trend_queries

routes = router("/patterns/trends")

CHANGES = "/patterns/trends/changes"
OPEN_CASES = "/patterns/trends/open-cases"


# ---------------------------------------------------------------- what gets reviewed


@routes.get("/selection")
def see_selection(request: Request, look: Look, viewer: PatternReader, page: ThePage) -> Response:
    asked = asked_where_rated(request, look, viewer)
    selection = asked.question.selection if asked else Selection()
    return page(
        "patterns/selection.html",
        fragment="results",
        **(asked.context | of_incidents(asked) if asked else {"chips": [], "not_followed": []}),
        found=what_gets_reviewed(look, viewer, selection),
        share_told=share_told,
        small_shares_note=small_shares_note(),
        few_days=few_days,
        least=SMALLEST_BASE,
        completeness=answers_in(asked.snapshot.selected(selection.of_incidents)) if asked else None,
        quarter_words=quarter_words,
    )


@routes.get("/selection.csv")
def selection_file(request: Request, session: Transaction, viewer: PatternReader) -> Response:
    asked = asked_where_rated(request, session, viewer)
    selection = asked.question.selection if asked else Selection()
    chips = of_incidents(asked)["chips"] if asked else []
    trail.record(session, "download trends/selection.csv", by=viewer)
    names = ("Quarter", "Incidents reported", "Not decided yet", "Eligible", "Reviewed", "Debriefed")
    found = what_gets_reviewed(session, viewer, selection)
    rows: Iterable[list[files.Value]] = (
        [one.code, one.reported, one.undecided, one.eligible, one.reviewed, one.debriefed] for one in found.quarters
    )
    about = [
        ("Filters", "; ".join(words for words, _ in chips) or "none"),
        ("Data", incidents_until(found.newest)),
    ]
    return file_of(files.csv_text(head_of(viewer, "What gets reviewed", about), names, rows), "what-gets-reviewed.csv")


# ---------------------------------------------------------------- what changed in the system


class ChangeForm(Form):
    """A change: when, and in a few words what."""

    changed_on: date
    words: Annotated[str, Field(min_length=3, max_length=60)]


@routes.get("/changes")
def see_changes(look: Look, viewer: PatternReader, page: ThePage) -> Response:
    return _changes_page(page, look, viewer, blank())


def _changes_page(page: Page, session: Session, viewer: Viewer, submission: Submission[Any]) -> Response:
    return page(
        "patterns/changes.html",
        changes=list(reversed(trend_queries.changes(session, viewer))),
        submission=submission,
        status_code=422 if submission.problems else 200,
    )


@routes.post("/changes")
def tell_change(
    request: Request,
    session: Transaction,
    viewer: ChangeTeller,
    page: ThePage,
    submission: Annotated[Submission[ChangeForm], Depends(submitted(ChangeForm))],
) -> Response:
    if submission.form and submission.form.changed_on > today():
        submission.refuse("changed_on", _("Write down a change once it has happened."))
    if submission.form is None:
        return _changes_page(page, session, viewer, submission)
    change = actions.tell_change(session, submission.form.changed_on, submission.form.words, by=viewer)
    tell(session, request, _("The change stands on the charts now."), undo=f"{CHANGES}/{change.code}/remove")
    return RedirectResponse(CHANGES, 303)


@routes.post("/changes/{code}/remove")
def remove_change(code: str, request: Request, session: Transaction, viewer: ChangeTeller) -> Response:
    change = trend_queries.the_change(session, viewer, code)
    actions.remove_change(session, change, by=viewer)
    tell(session, request, _("Change removed from the charts."), undo=f"{CHANGES}/{change.code}/put-back")
    return RedirectResponse(CHANGES, 303)


@routes.post("/changes/{code}/put-back")
def put_back_change(code: str, request: Request, session: Transaction, viewer: ChangeTeller) -> Response:
    change = trend_queries.the_change(session, viewer, code)
    actions.put_back_change(session, change, by=viewer)
    tell(session, request, _("The change stands on the charts again."))
    return RedirectResponse(CHANGES, 303)


# ---------------------------------------------------------------- open cases


async def _upload(request: Request) -> bytes | None:
    """The file of the form; of one that is too large only the beginning, which is refused for its size."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    content = await file.read(LARGEST + 1)
    await file.close()
    return content


@routes.get("/open-cases")
def ask_for_open_cases(look: Look, viewer: ChangeTeller, page: ThePage) -> Response:
    return _open_cases_page(page, look, viewer, blank(), ())


def _open_cases_page(
    page: Page, session: Session, viewer: Viewer, submission: Submission[Any], problems: tuple[Problem, ...]
) -> Response:
    return page(
        "patterns/open_cases.html",
        submission=submission,
        line_problems=problems,
        stored=trend_queries.open_cases_by_month(session, viewer),
        offices=sorted(office.name for office in trend_queries.offices_by_name(session, viewer).values()),
        status_code=422 if submission.problems else 200,
    )


@routes.post("/open-cases")
def import_open_cases(
    request: Request,
    session: Transaction,
    viewer: ChangeTeller,
    page: ThePage,
    content: Annotated[bytes | None, Depends(_upload)],
) -> Response:
    """All lines of the file, or none."""
    submission: Submission[Any] = blank()
    problems: tuple[Problem, ...] = ()
    try:
        if content is None:
            raise Refused(_("Choose the CSV file to import."))
        offices = {name: office.id or 0 for name, office in trend_queries.offices_by_name(session, viewer).items()}
        counted, found = read_open_cases(content, offices, today=today())
        problems = tuple(found)
    except Refused as refusal:
        submission.refuse("file", refusal.sentence)
        return _open_cases_page(page, session, viewer, submission, ())
    if problems:
        submission.refuse(
            "file",
            ngettext(
                "Nothing was imported: %(num)s line needs a change. It is listed below.",
                "Nothing was imported: %(num)s lines need a change. They are listed below.",
                len(problems),
            )
            % {"num": len(problems)},
        )
        return _open_cases_page(page, session, viewer, submission, problems)
    new, replaced = actions.keep_open_cases(session, counted, by=viewer)
    tell(
        session,
        request,
        ngettext(
            "%(num)s line read: %(new)s, %(replaced)s replaced by another number.",
            "%(num)s lines read: %(new)s, %(replaced)s replaced by another number.",
            len(counted),
        )
        % {
            "num": thousands(len(counted)),
            "new": ngettext("%(num)s new number", "%(num)s new numbers", new) % {"num": thousands(new)},
            "replaced": thousands(replaced),
        },
    )
    return RedirectResponse(OPEN_CASES, 303)
