"""Long work in the background: reading every row of a waiting file, and importing it.

What happens is kept in this process only; the database says nothing until all of it is done. Whatever ends the program
leaves the import waiting, and its page begins the reading again.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field

from sqlalchemy import Engine, delete
from sqlmodel import col, select

from app.core.database import gather_statistics, reading, writing
from app.core.errors import Refused
from app.core.translation import N_
from app.identity.models import OrgUnit
from app.identity.viewers import Viewer
from app.importing import actions, queries
from app.importing.models import ImportedRow
from app.importing.opening import take_out
from app.importing.prepared import in_chunks, prepare
from app.importing.rules import Outcome, Planned
from app.importing.storing import places_of, remember_rows

LOG = logging.getLogger(__name__)
AT_ONCE = 2_000
"""Rows of a preview that are kept in one short transaction, so that others can write in between."""
MOST_NAMES = 200
"""Names of new offices shown before an import; the rest is counted."""
OUR_SIDE = N_(
    "Something went wrong on our side, and nothing was imported. Try again, or tell the people who look after this."
)


@dataclass
class Work:
    """Something under way for one import."""

    importing: bool
    total: int = 0
    """Rows in all, or 0 where nobody has counted them yet."""
    rows: int = 0
    refused: str = ""
    """Why it stopped, once it has."""
    ended: threading.Event = field(default_factory=threading.Event)
    writing: bool = False
    """Whether all rows of an import have been read, and are being written."""

    def count(self, _row: Planned) -> None:
        self.rows += 1

    def wrote(self, rows: int) -> None:
        self.rows += rows


_works: dict[str, Work] = {}
_starting = threading.Lock()


def under_way(code: str) -> Work | None:
    """The work on an import that has not ended."""
    work = _works.get(code)
    return work if work and not work.ended.is_set() else None


def stopped(code: str) -> str:
    """Why the last work on an import stopped; empty where it did not."""
    work = _works.get(code)
    return work.refused if work and work.ended.is_set() else ""


def forget(code: str) -> None:
    """Forget how the last work ended, because what it worked on has changed."""
    if not under_way(code):
        _works.pop(code, None)


def look(engine: Engine, code: str, viewer: Viewer) -> Work:
    """Look at every row of a waiting import in the background, or join the work that is under way."""
    return _start(code, Work(importing=False), lambda work: _look(engine, code, viewer, work))


def bring_in(engine: Engine, code: str, viewer: Viewer, total: int) -> Work:
    """Import in the background, or join the work that is under way."""
    return _start(code, Work(importing=True, total=total), lambda work: _bring_in(engine, code, viewer, work))


def _start(code: str, work: Work, run: Callable[[Work], None]) -> Work:
    with _starting:
        if running := under_way(code):
            return running
        _works[code] = work
    # What is said about the rows is said in the language of whoever asked.
    context = copy_context()
    threading.Thread(target=context.run, args=(_guarded, code, work, run), daemon=True).start()
    return work


def _guarded(code: str, work: Work, run: Callable[[Work], None]) -> None:
    try:
        run(work)
    except Refused as refusal:
        work.refused = refusal.sentence
    except Exception:
        # The traceback goes to the log without the rows: parameters are hidden by the engine.
        LOG.exception("import %s stopped", code)
        work.refused = OUR_SIDE
    finally:
        work.ended.set()


def _look(engine: Engine, code: str, viewer: Viewer, work: Work) -> None:
    with writing(engine) as session:
        actions.insist_on_waiting(session, queries.the_batch(session, viewer, code))
        opened = take_out(session, viewer, code)
        session.execute(delete(ImportedRow).where(col(ImportedRow.batch_id) == opened.batch_id))
    with reading(engine) as session:
        planned = opened.plan(session)
        places = places_of(session.exec(select(OrgUnit).where(OrgUnit.agency_id == viewer.agency_id)))
    counts: Counter[str] = Counter()
    for chunk in in_chunks(planned, AT_ONCE):
        counts.update(row.outcome.value for row in chunk)
        for row in chunk:
            if row.outcome is Outcome.NEW and row.values:
                places.of(row.values.office, row.values.division)
        with writing(engine) as session:
            # Another process may have decided about the file meanwhile.
            actions.insist_on_waiting(session, queries.the_batch(session, viewer, code))
            remember_rows(session, opened.batch_id, chunk)
        work.rows += len(chunk)
    with writing(engine) as session:
        batch = queries.the_batch(session, viewer, code)
        actions.insist_on_waiting(session, batch)
        opened.insist_unchanged(batch)
        batch.counts = dict(counts) or {Outcome.BLANK.value: 0}
        batch.made = {
            "offices": [place.office for place in places.new_offices[:MOST_NAMES]],
            "more_offices": max(0, len(places.new_offices) - MOST_NAMES),
            "divisions": places.new_divisions[:MOST_NAMES],
        }


def _bring_in(engine: Engine, code: str, viewer: Viewer, work: Work) -> None:
    """Prepare all rows while others may write, and hold the database for the writing alone."""
    with writing(engine) as session:
        actions.insist_on_waiting(session, queries.the_batch(session, viewer, code))
        opened = take_out(session, viewer, code)
    with reading(engine) as session:
        planned = opened.plan(session)
    prepared = prepare(planned, opened.whole, watch=work.count)
    work.rows, work.writing = 0, True
    with writing(engine) as session:
        # A second confirmation, also in another process, waits here and then finds the import finished.
        batch = queries.the_batch(session, viewer, code)
        actions.insist_on_waiting(session, batch)
        opened.insist_unchanged(batch)
        actions.import_prepared(session, batch, prepared, by=viewer, wrote=work.wrote)
    gather_statistics(engine)
