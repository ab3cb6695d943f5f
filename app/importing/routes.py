"""The import pages: upload a file, map its columns, look at what would happen to each row, mend, confirm."""

from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from app.audit import trail
from app.core.database import Look, Transaction, reading, writing
from app.core.errors import NotFound, Refused, insist
from app.core.forms import Submission, Typed, blank, cleaned
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import Importer, ThePage, tell
from app.importing import actions, mapping_routes, queries, rules, showing, working
from app.importing.files import LARGEST_FILE, FileRefused
from app.importing.guessing import guess_mapping
from app.importing.opening import take_out
from app.importing.preparing import preparing
from app.importing.reading import read_table
from app.importing.report import BEGINNING, OUTCOMES, report_line
from app.importing.rules import Outcome

routes = router("/import")

SOON = 1.5
"""Seconds a page waits for work to end before it shows how far it is."""


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes
    size: int


async def _upload(request: Request) -> Upload | None:
    """The file of the form, not read into memory where it is too large anyway."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile):
        return None
    size = file.size or 0
    name = cleaned(PureWindowsPath(file.filename or "").name)[-255:]
    content = await file.read() if size <= LARGEST_FILE else b""
    await file.close()
    return Upload(name, content, size) if name else None


@routes.get("")
def imports(page: ThePage, viewer: Importer, session: Look) -> Response:
    return _imports(page, viewer, session, blank())


def _imports(page: ThePage, viewer: Importer, session: Look, submission: Submission[Any]) -> Response:
    return page(
        "importing/list.html",
        batches=queries.batches_of(session, viewer),
        mappings=queries.mappings_of(session, viewer),
        submission=submission,
        status_code=422 if submission.problems else 200,
    )


@routes.post("")
def upload(
    page: ThePage,
    viewer: Importer,
    session: Transaction,
    file: Annotated[Upload | None, Depends(_upload)],
    typed: Typed,
) -> Response:
    submission: Submission[Any] = Submission(typed=typed)
    try:
        if file is None:
            raise FileRefused(_("Choose the CSV or XLSX file to import."))
        if file.size > LARGEST_FILE:
            raise FileRefused(_("The file is larger than 50 MB. Split it, for example by year."))
        text = _first_mapping(viewer, session, file, submission.value("mapping"))
    except Refused as refusal:
        submission.refuse("file", refusal.sentence)
        return _imports(page, viewer, session, submission)
    batch = actions.begin(session, viewer.agency_id, file.name, file.content, text, by=viewer)
    return RedirectResponse(f"/import/{batch.code}/mapping", 303)


def _first_mapping(viewer: Importer, session: Transaction, file: Upload, saved: str) -> str:
    """The saved mapping that was chosen, or a guessed one, as YAML."""
    table = read_table(file.content, file.name)
    if saved:
        return queries.the_mapping(session, viewer, saved).text
    return guess_mapping(table, queries.own_pack(session, viewer.agency_id)[1]).mapping.to_yaml()


@routes.post("/mappings/{code}/delete")
def delete_mapping(request: Request, viewer: Importer, session: Transaction, code: str) -> Response:
    saved = queries.the_mapping(session, viewer, code)
    actions.delete_mapping(session, saved, by=viewer)
    tell(session, request, _("Mapping “%(name)s” deleted.") % {"name": saved.name})
    return RedirectResponse("/import", 303)


# What would happen to each row


@routes.get("/{code}")
def one_import(
    page: ThePage, viewer: Importer, request: Request, code: str, outcome: str = "", number: str = "1"
) -> Response:
    """The import as it stands: work under way, rows to decide about, or what became of them."""
    engine = request.app.state.engine
    with reading(engine) as session:
        batch = queries.the_batch(session, viewer, code)
        if batch.status == "waiting" and not batch.counts and not working.stopped(code):
            working.look(engine, code, viewer)
    work = working.under_way(code)
    if work and not (request.headers.get("HX-Request") or work.ended.wait(SOON)):
        return page("importing/working.html", fragment="progress", batch=batch, work=work)
    if work and not work.ended.is_set():
        return page("importing/working.html", fragment="progress", batch=batch, work=work)
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Refresh": "true"})
    opened = None
    if batch.status == "waiting":
        with writing(engine) as session:
            opened = take_out(session, viewer, code)
    with reading(engine) as session:
        batch = queries.the_batch(session, viewer, code)
        shown = showing.outcomes_shown(batch, OUTCOMES)
        if outcome not in {one.outcome for one in shown}:
            outcome = Outcome.NEEDS_MENDING if batch.counts.get(Outcome.NEEDS_MENDING) and outcome != "all" else ""
        total = batch.counts.get(outcome, 0) if outcome else sum(batch.counts.values())
        pages = max(1, -(-total // showing.PER_PAGE))
        at = min(max(1, int(number) if number.isdecimal() and len(number) < 6 else 1), pages)
        offset = (at - 1) * showing.PER_PAGE
        rows = queries.rows_of(session, batch, outcome, offset=offset, limit=showing.PER_PAGE)
        return page(
            "importing/waiting.html" if batch.status == "waiting" else "importing/finished.html",
            batch=batch,
            outcomes=shown,
            words=OUTCOMES,
            outcome=outcome,
            rows=rows,
            behind=showing.words_behind_rows(opened, rows) if opened else {},
            at=at,
            pages=pages,
            total=total,
            stopped=working.stopped(code),
            reviews=queries.reviews_made(session, batch),
        )


@routes.post("/{code}/rows")
def choose_rows(viewer: Importer, session: Transaction, code: str, typed: Typed) -> Response:
    batch = preparing(viewer, session, code)
    numbers = {int(text) for text in typed.get("row", []) if text.isdecimal() and len(text) < 10}
    decision = typed.get("decision", [""])[0]
    if decision == "leave_out_all":
        numbers = set(queries.numbers_of(session, batch, Outcome.NEEDS_MENDING.value))
    if decision == "take_in":
        actions.choose_rows(session, batch, take_in=numbers, by=viewer)
    else:
        actions.choose_rows(session, batch, leave_out=numbers, by=viewer)
    working.forget(code)
    return RedirectResponse(f"/import/{code}", 303)


@routes.get("/{code}/rows/{number}")
def row_form(page: ThePage, viewer: Importer, request: Request, code: str, number: int) -> Response:
    engine = request.app.state.engine
    with writing(engine) as session:
        batch = preparing(viewer, session, code)
        opened = take_out(session, viewer, code)
        session.expunge(batch)
    with reading(engine) as session:
        planned = opened.plan(session)
    # The rows before it are read too, because one of them may be the same.
    found = next((row for row in planned if row.number == number), None)
    if found is None:
        raise NotFound
    cells = showing.cells_of(opened, number)
    submission: Submission[Any] = Submission(problems=showing.problems_of(found, cells))
    return page("importing/row.html", batch=batch, number=number, cells=cells, planned=found, submission=submission)


@routes.post("/{code}/rows/{number}")
def mend_row(
    request: Request, viewer: Importer, session: Transaction, code: str, number: int, typed: Typed
) -> Response:
    batch = preparing(viewer, session, code)
    opened = take_out(session, viewer, code)
    mended = opened.corrections.get(number, {})
    shown = showing.cells_of(opened, number)
    changed = showing.corrections(shown, typed, mended)
    actions.mend(session, batch, number, changed, by=viewer)
    working.forget(code)
    tell(session, request, _("Row %(number)s saved. The file itself stays as it is.") % {"number": number})
    return RedirectResponse(f"/import/{code}", 303)


# The decision, and what comes after it


@routes.post("/{code}/confirm")
def confirm(request: Request, viewer: Importer, session: Look, code: str) -> Response:
    batch = queries.the_batch(session, viewer, code)
    insist(rules.obstacle_to_importing(batch.status, batch.counts))
    if not working.under_way(code):
        working.bring_in(request.app.state.engine, code, viewer, sum(batch.counts.values()))
    return RedirectResponse(f"/import/{code}", 303)


@routes.post("/{code}/set-aside")
def set_aside(request: Request, viewer: Importer, session: Transaction, code: str) -> Response:
    batch = preparing(viewer, session, code)
    actions.set_aside(session, batch, by=viewer)
    tell(session, request, _("File set aside. Nothing was imported, and the file is forgotten."))
    return RedirectResponse("/import", 303)


@routes.post("/{code}/take-back")
def take_back(request: Request, viewer: Importer, session: Transaction, code: str) -> Response:
    number = actions.take_back(session, queries.the_batch(session, viewer, code), by=viewer)
    tell(session, request, _("Import taken back: %(number)s reviews removed.") % {"number": number})
    return RedirectResponse(f"/import/{code}", 303)


@routes.get("/{code}/report.csv")
def report(viewer: Importer, session: Transaction, code: str) -> Response:
    batch = queries.the_batch(session, viewer, code)
    trail.record(session, "download row report", batch, by=viewer)
    lines = [
        report_line((file, number, OUTCOMES.get(outcome, outcome), review, said))
        for file, number, outcome, review, said in queries.every_row(session, batch)
    ]
    name = f"import-{quote(batch.code)}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(BEGINNING + "".join(lines), media_type="text/csv; charset=utf-8", headers=headers)


routes.include_router(mapping_routes.routes)
