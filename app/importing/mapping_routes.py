"""The page on which the columns of a file are mapped, by choosing or as text."""

from typing import Any

from fastapi.responses import RedirectResponse, Response

from app.audit import trail
from app.core.database import Transaction
from app.core.errors import Refused
from app.core.forms import Submission, Typed
from app.core.routing import router
from app.core.translation import gettext as _
from app.identity.dependencies import Importer, ThePage
from app.importing import actions, queries, showing, working
from app.importing.choosing import FEEDS, obstacles_to_choosing, obstacles_to_single_factors, with_choices
from app.importing.dates import DateFormat
from app.importing.files import FileRefused
from app.importing.mapping import Mapping, MappingRefused, read_mapping
from app.importing.models import ImportBatch
from app.importing.opening import table_in
from app.importing.preparing import preparing
from app.importing.reading import Table
from app.importing.rules import obstacles
from app.systemic_factors.packs import Pack

routes = router()  # Below /import, where app.importing.routes puts it.


@routes.get("/{code}/mapping")
def mapping_form(page: ThePage, viewer: Importer, session: Transaction, code: str) -> Response:
    batch = preparing(viewer, session, code)
    return _mapping_page(page, viewer, session, batch, batch.mapping, Submission())


def _mapping_page(
    page: ThePage,
    viewer: Importer,
    session: Transaction,
    batch: ImportBatch,
    text: str,
    submission: Submission[Any],
) -> Response:
    """The mapping page. A text that cannot be read stands in the YAML field, and the form shows the kept mapping."""
    # The page shows examples of cells.
    trail.record(session, "read import file", batch, by=viewer)
    pack = queries.own_pack(session, viewer.agency_id)[1]
    mapping = read_mapping(batch.mapping)
    table, notes = _table(batch, mapping)
    return page(
        "importing/mapping.html",
        batch=batch,
        mapping=mapping,
        columns=showing.columns_shown(table, mapping, pack),
        feeds=FEEDS,
        date_formats=_DATE_FORMATS,
        dates=mapping.occurred_on.format if mapping.occurred_on else DateFormat.AUTO,
        own_list=mapping.taxonomy.use == "from_file",
        pack=pack,
        yaml=text,
        notes=[*notes, *obstacles(table, mapping)],
        submission=submission,
        status_code=422 if submission.problems else 200,
    )


_DATE_FORMATS = (
    (DateFormat.AUTO, _("As each date can be read; ask where month and day could be either")),
    (DateFormat.MONTH_FIRST, _("Month first, 11/24/2026")),
    (DateFormat.DAY_FIRST, _("Day first, 24/11/2026")),
    (DateFormat.YEAR_FIRST, _("Year first, 2026-11-24")),
    (DateFormat.EXCEL_NUMBER, _("Numbers of days, as Excel keeps dates")),
)


def _table(batch: ImportBatch, mapping: Mapping) -> tuple[Table, list[str]]:
    """The table in the file, and sentences about how it was read."""
    try:
        table = table_in(batch.file or b"", batch.file_name, mapping)
    except FileRefused as refusal:
        # The options for the file in the mapping are wrong: read it as if there were none.
        table = table_in(batch.file or b"", batch.file_name, Mapping())
        return table, [refusal.sentence]
    return table, list(table.notes)


@routes.post("/{code}/mapping")
def choose_fields(page: ThePage, viewer: Importer, session: Transaction, code: str, typed: Typed) -> Response:
    batch = preparing(viewer, session, code)
    submission: Submission[Any] = Submission(typed=typed)
    mapping = read_mapping(batch.mapping)
    table, _notes = _table(batch, mapping)
    chosen = {column: submission.value(f"column_{at}") for at, column in enumerate(table.columns)}
    dates = submission.value("dates", DateFormat.AUTO.value)
    if dates not in set(DateFormat) or any(field not in FEEDS for field in chosen.values()):
        submission.refuse("", _("This page sent something it does not ask for. Reload the page."))
    pack = queries.own_pack(session, viewer.agency_id)[1]
    own_list = submission.value("list") == "own"
    singles = obstacles_to_single_factors(chosen, table, mapping, own_list, pack)
    for sentence in [*obstacles_to_choosing(chosen), *singles]:
        at = list(chosen).index(next((column for column in chosen if f"“{column}”" in sentence), table.columns[0]))
        submission.refuse(f"column_{at}", sentence)
    if submission.problems:
        return _mapping_page(page, viewer, session, batch, batch.mapping, submission)
    changed = with_choices(mapping, table, chosen, DateFormat(dates), own_list, pack)
    return _keep_mapping(page, viewer, session, batch, changed.to_yaml(), submission)


@routes.post("/{code}/mapping/yaml")
def write_mapping(page: ThePage, viewer: Importer, session: Transaction, code: str, typed: Typed) -> Response:
    batch = preparing(viewer, session, code)
    submission: Submission[Any] = Submission(typed=typed)
    return _keep_mapping(page, viewer, session, batch, submission.value("yaml"), submission)


def _keep_mapping(
    page: ThePage,
    viewer: Importer,
    session: Transaction,
    batch: ImportBatch,
    text: str,
    submission: Submission[Any],
) -> Response:
    """Check a mapping against the file, keep it, save it under a name where one was given, and go on."""
    name = submission.value("name").strip()
    try:
        mapping = read_mapping(text)
        table = table_in(batch.file or b"", batch.file_name, mapping)
        if found := obstacles(table, mapping):
            raise MappingRefused(found)
        _insist_on_list(viewer, session, mapping)
    except Refused as refusal:
        for sentence in getattr(refusal, "sentences", [refusal.sentence]):
            submission.refuse("yaml", sentence)
    if len(name) > 80:
        submission.refuse("name", _("Use 80 characters or fewer."))
    if submission.problems:
        return _mapping_page(page, viewer, session, batch, text, submission)
    actions.change_mapping(session, batch, text, by=viewer)
    if name:
        actions.save_mapping(session, viewer.agency_id, name, text, by=viewer)
    working.forget(batch.code)
    return RedirectResponse(f"/import/{batch.code}", 303)


def _insist_on_list(viewer: Importer, session: Transaction, mapping: Mapping) -> None:
    own: Pack = queries.own_pack(session, viewer.agency_id)[1]
    actions.insist_on_list(mapping, own)
