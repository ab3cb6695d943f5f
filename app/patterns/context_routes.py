"""The pages around the charts: what gets reviewed, what changed in the system, and the numbers of open cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlmodel import Session
from starlette.datastructures import UploadFile

from app.audit import trail
from app.core.clock import now, today
from app.core.database import Look, Transaction
from app.core.dates import clock, day
from app.core.errors import Refused
from app.core.forms import Form, Submission, blank, submitted
from app.core.pages import Page
from app.core.routing import router
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.dependencies import ChangeTeller, PatternReader, ThePage, tell
from app.identity.viewers import Viewer
from app.patterns import actions, files, queries, trend_queries
from app.patterns.dependencies import file_of
from app.patterns.open_cases import LARGEST, Problem, read_open_cases
from app.patterns.records import Layer
from app.patterns.selection import Quarter, by_quarter, days_to_debrief

routes = router("/patterns/trends")

CHANGES = "/patterns/trends/changes"
OPEN_CASES = "/patterns/trends/open-cases"


# ---------------------------------------------------------------- what gets reviewed


@dataclass(frozen=True)
class Completeness:
    """Of the answers asked for in rated reviews: how many say something, how many could not be given."""

    asked: int
    answered: int
    not_enough_information: int
    not_rated: int


def _completeness(session: Session, viewer: Viewer) -> Completeness | None:
    snapshot, _packs = queries.snapshot(session, viewer)
    if snapshot is None:
        return None
    # The answers that count here are the same in both layers.
    tally = snapshot.incidence.tally(Layer.HINDERED)
    asked = int(tally.reviews.sum() - tally.not_asked.sum())
    return Completeness(
        asked, int(tally.answered.sum()), int(tally.not_enough_information.sum()), int(tally.not_rated.sum())
    )


@routes.get("/selection")
def see_selection(look: Look, viewer: PatternReader, page: ThePage) -> Response:
    paths = trend_queries.paths_of_incidents(look, viewer)
    quarters = by_quarter(paths)
    return page(
        "patterns/selection.html",
        quarters=quarters,
        most=max((one.reported for one in quarters), default=0),
        without_a_day=sum(path.reported_on is None for path in paths),
        waiting=days_to_debrief(paths),
        completeness=_completeness(look, viewer),
        quarter_words=_quarter_words,
        finding=_selection_finding(quarters),
    )


def _quarter_words(code: str) -> str:
    year, _dash, number = code.partition("-")
    return f"{number} {year}"


def _selection_finding(quarters: tuple[Quarter, ...]) -> str:
    reported, reviewed = (sum(getattr(one, name) for one in quarters) for name in ("reported", "reviewed"))
    if not reported:
        return _("No incident is logged yet.")
    shares = [one.reviewed / one.reported for one in quarters]
    return _(
        "Of %(reported)s incidents, %(reviewed)s were reviewed (%(share)s). By quarter it was between %(least)s and "
        "%(most)s."
    ) % {
        "reported": reported,
        "reviewed": reviewed,
        "share": f"{reviewed / reported:.0%}",
        "least": f"{min(shares):.0%}",
        "most": f"{max(shares):.0%}",
    }


@routes.get("/selection.csv")
def selection_file(session: Transaction, viewer: PatternReader) -> Response:
    trail.record(session, "download trends/selection.csv", by=viewer)
    instant = now()
    head = [
        ("What gets reviewed", viewer.agency.name),
        *(
            [("Made up", _("Every review, office and number in this file is invented."))]
            if viewer.agency.made_up
            else []
        ),
        ("Confidential learning record", _("Exact numbers, for people who may read the reviews.")),
        ("As of", f"{day(instant.astimezone().date())}, {clock(instant)}"),
    ]
    names = ("Quarter", "Incidents reported", "Not decided yet", "Eligible", "Reviewed", "Debriefed")
    rows: Iterable[list[files.Value]] = (
        [one.code, one.reported, one.undecided, one.eligible, one.reviewed, one.debriefed]
        for one in by_quarter(trend_queries.paths_of_incidents(session, viewer))
    )
    return file_of(files.csv_text(head, names, rows), "what-gets-reviewed.csv")


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
        _("%(lines)s lines read: %(new)s new numbers, %(replaced)s replaced by another number.")
        % {"lines": len(counted), "new": new, "replaced": replaced},
    )
    return RedirectResponse(OPEN_CASES, 303)
