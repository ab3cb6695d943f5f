"""Importing for good, and taking an import back: each is one transaction, and leaves one line in the trail."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Mapping as Lookup

from sqlalchemy import delete, text
from sqlmodel import Session, col, select

from app.audit import trail
from app.audit.reading import Told, read_one
from app.audit.trail import Actor
from app.core import clock
from app.core.errors import Refused, insist
from app.core.translation import gettext as _
from app.core.translation import ngettext
from app.identity.models import Agency
from app.identity.viewers import Viewer
from app.importing import queries, removing, rules
from app.importing.mapping import Mapping, MappingRefused, pack_of
from app.importing.marks import Marks
from app.importing.models import ImportBatch, ImportedRow, SavedMapping
from app.importing.prepared import Prepared
from app.importing.reading import Table
from app.importing.rules import Outcome, Planned, RowKey, plan_rows
from app.importing.storing import RowStore
from app.systemic_factors.actions import load_pack
from app.systemic_factors.models import TaxonomyPack
from app.systemic_factors.packs import Pack
from app.systemic_factors.queries import packs_of


class RowsNeedMending(Refused):
    """Rows stand in the way; nothing was imported."""

    def __init__(self, number: int) -> None:
        sentence = ngettext(
            "%(num)s row needs mending, so nothing was imported. Correct the file or the mapping, or exclude it.",
            "%(num)s rows need mending, so nothing was imported. Correct the file or the mapping, or exclude them.",
            number,
        )
        super().__init__(sentence % {"num": f"{number:,}"})


def marks_of(session: Session, agency_id: int) -> Marks:
    """What an agency marks rows with; its secret is made when it is first needed."""
    if queries.stored_secret(session, agency_id) is None:
        # Two imports may begin at the same time; the first secret stays.
        statement = "INSERT INTO import_secret (agency_id, secret) VALUES (:agency, :secret) ON CONFLICT DO NOTHING"
        session.connection().execute(text(statement), {"agency": agency_id, "secret": secrets.token_hex(32)})
    return Marks(queries.stored_secret(session, agency_id) or "")


def import_prepared(
    session: Session,
    batch: ImportBatch,
    prepared: Prepared,
    *,
    by: Actor | None,
    wrote: Callable[[int], None] | None = None,
) -> Counter[str]:
    """Write every new row as a concluded review; the counts by outcome.

    `batch` is stored and waiting; `wrote` is told how many rows were written, some hundreds at a time. Raises
    RowsNeedMending or MappingRefused; the caller then keeps nothing.
    """
    insist_on_waiting(session, batch)
    if number := prepared.counts[Outcome.NEEDS_MENDING.value]:
        raise RowsNeedMending(number)
    _one_at_a_time(session, batch.agency_id)
    pack, made_pack = _stored_pack(session, batch.agency_id, prepared.mapping, by)
    factors = {factor.key: factor.id or 0 for factor in queries.factors_in(session, pack)}
    insist_on_factors(prepared.mapping, factors, pack.name)
    known = queries.known_rows(session, batch.agency_id)
    # What was remembered when the rows were looked at gives way to what becomes of them.
    session.execute(delete(ImportedRow).where(col(ImportedRow.batch_id) == batch.id))
    store = RowStore(session, batch, factors=factors, pack_id=pack.id or 0, known=known, today=clock.today())
    counts: Counter[str] = Counter()
    for rows in prepared.chunks():
        counts.update(outcome.value for outcome in store.write(rows))
        if wrote:
            wrote(len(rows))
    _finish(batch, counts, {"units": store.made_units, "packs": [pack.id or 0] if made_pack else []})
    trail.record(session, f"import reviews: {counts[Outcome.NEW.value]}", batch, by=by)
    return counts


def _one_at_a_time(session: Session, agency_id: int) -> None:
    """Wait until no other import of the agency is being written, so that each sees the rows of the one before it.

    SQLite has one writer anyway; on PostgreSQL this is a lock that lets every other work of the agency go on.
    """
    session.exec(select(Agency.id).where(Agency.id == agency_id).with_for_update(key_share=True)).one()


def insist_on_waiting(session: Session, batch: ImportBatch) -> None:
    """Hold an import for this transaction, and refuse when somebody has decided about it meanwhile."""
    _hold(session, batch)
    insist(rules.obstacle_to_preparing(batch.status))


def _hold(session: Session, batch: ImportBatch) -> None:
    session.refresh(
        batch, attribute_names=["status", "counts", "made", "mapping", "excluded", "mended"], with_for_update=True
    )


def look_ahead(
    session: Session,
    agency_id: int,
    tables: Sequence[Table],
    mapping: Mapping,
    *,
    marks: Marks,
    mended: Lookup[RowKey, Lookup[str, str]] | None = None,
    excluded: Collection[RowKey] = (),
) -> Iterator[Planned]:
    """What would happen to each row if it were imported now; `mapping` comes from `complete`.

    Asks the database first and writes nothing: the rows can be gone through when the session has ended.
    """
    insist_on_list(mapping, queries.own_pack(session, agency_id)[1])
    known = queries.known_rows(session, agency_id)
    return plan_rows(tables, mapping, marks=marks, known=known, today=clock.today(), mended=mended, excluded=excluded)


def _finish(batch: ImportBatch, counts: Counter[str], made: dict[str, list[int]]) -> None:
    batch.status = "done"
    batch.counts = dict(counts)
    batch.made = made
    batch.finished_at = clock.now()
    batch.file = None
    batch.mended = "{}"


def insist_on_factors(mapping: Mapping, codes: Collection[str], name: str) -> None:
    """Refuse a mapping that names factors which its list does not have."""
    wanted = dict.fromkeys(code for column in mapping.factors for code in column.asks_about)
    if missing := [code for code in wanted if code not in codes]:
        told = [
            _("The list “%(name)s” has no factor %(code)s. Correct it in the mapping.") % {"name": name, "code": code}
            for code in missing
        ]
        raise MappingRefused(told)


def insist_on_list(mapping: Mapping, own: Pack) -> None:
    """Refuse a mapping whose list of factors cannot be used. `own` is the agency's list for new reviews."""
    pack = pack_of(mapping, own)
    insist_on_factors(mapping, {factor.code for factor in pack.factors}, pack.name)


def _stored_pack(session: Session, agency_id: int, mapping: Mapping, by: Actor | None) -> tuple[TaxonomyPack, bool]:
    """The list of factors the mapping uses, stored; and whether it was made now."""
    stored, own = queries.own_pack(session, agency_id)
    if mapping.taxonomy.use == "default":
        return (stored, False) if stored else (load_pack(session, agency_id, own, by=by), True)
    wanted = pack_of(mapping, own)
    earlier = [pack for pack in packs_of(session, agency_id) if pack.key == wanted.code]
    for pack in earlier:
        if _holds(session, pack, wanted):
            return pack, False
    numbered = wanted.model_copy(update={"version": str(len(earlier) + 1)})
    return load_pack(session, agency_id, numbered, by=by, for_new_reviews=False), True


def _holds(session: Session, stored: TaxonomyPack, wanted: Pack) -> bool:
    """Whether a stored list has every factor of a list under the same name."""
    names = {factor.key: factor.name for factor in queries.factors_in(session, stored)}
    return all(names.get(factor.code) == factor.name for factor in wanted.factors)


def take_back(session: Session, batch: ImportBatch, *, by: Actor) -> int:
    """Remove exactly what an import made; refused once anybody worked on it. How many reviews went."""
    _hold(session, batch)
    insist(removing.obstacle_to_taking_back(session, batch))
    number = removing.remove(session, batch)
    batch.status = "taken_back"
    batch.made = {}
    trail.record(session, f"take import back: {number}", batch, by=by)
    return number


def begin(session: Session, agency_id: int, name: str, content: bytes, mapping: str, *, by: Viewer) -> ImportBatch:
    """Keep a file, waiting for its mapping and a decision."""
    batch = ImportBatch(agency_id=agency_id, file_name=name[-255:], file=content, mapping=mapping, started_by_id=by.id)
    session.add(batch)
    session.flush()
    trail.record(session, "upload file to import", batch, by=by)
    return batch


def change_mapping(session: Session, batch: ImportBatch, text: str, *, by: Actor) -> None:
    """Read the file with another mapping from now on; its rows have to be looked at again."""
    insist_on_waiting(session, batch)
    batch.mapping = text
    batch.counts = {}
    trail.record(session, "change mapping of import", batch, by=by)


def mend(session: Session, batch: ImportBatch, number: int, cells: dict[str, str], *, by: Actor) -> None:
    """Correct cells of a row by hand; the file itself stays as it is."""
    insist_on_waiting(session, batch)
    kept = mended_in(read_one(session, batch, by=by, part="corrections"))
    kept[number] = kept.get(number, {}) | cells
    batch.mended = json.dumps(kept, ensure_ascii=False)
    batch.counts = {}
    trail.record(session, f"mend row {number}", batch, by=by)


def mended_in(batch: Told) -> dict[int, dict[str, str]]:
    """The cells corrected by hand, by row and column."""
    return {int(number): cells for number, cells in json.loads(batch.mended or "{}").items()}


def choose_rows(
    session: Session, batch: ImportBatch, *, leave_out: Collection[int] = (), take_in: Collection[int] = (), by: Actor
) -> None:
    """Leave rows out of an import, or take them in again."""
    insist_on_waiting(session, batch)
    batch.excluded = sorted((set(batch.excluded) | set(leave_out)) - set(take_in))
    batch.counts = {}
    trail.record(session, f"choose rows of import: {len(batch.excluded)} left out", batch, by=by)


def set_aside(session: Session, batch: ImportBatch, *, by: Actor) -> None:
    """Forget a file that waited for a decision."""
    insist_on_waiting(session, batch)
    # Names of offices come from the file's cells: they go with it, and so do its rows.
    session.execute(delete(ImportedRow).where(col(ImportedRow.batch_id) == batch.id))
    batch.status = "set_aside"
    batch.finished_at = clock.now()
    batch.file = None
    batch.mended = "{}"
    batch.made = {}
    trail.record(session, "set import aside", batch, by=by)


def save_mapping(session: Session, agency_id: int, name: str, text: str, *, by: Actor) -> SavedMapping:
    """Keep a mapping under a name; an earlier one of that name gives way."""
    query = select(SavedMapping).where(SavedMapping.agency_id == agency_id, SavedMapping.name == name)
    saved = session.exec(query).first() or SavedMapping(agency_id=agency_id, name=name, text=text)
    saved.text, saved.saved_at = text, clock.now()
    session.add(saved)
    session.flush()
    trail.record(session, "save mapping", saved, by=by)
    return saved


def delete_mapping(session: Session, saved: SavedMapping, *, by: Actor) -> None:
    """Forget a saved mapping; imports made with it keep their own copy."""
    trail.record(session, "delete mapping", saved, by=by)
    session.execute(delete(SavedMapping).where(col(SavedMapping.id) == saved.id))
