"""What is known before an import: earlier rows, saved mappings, and the lists of factors of the agency."""

from collections.abc import Sequence

from sqlalchemy.orm import defer
from sqlmodel import Session, and_, col, func, select

from app.core.errors import NotFound
from app.identity.viewers import Viewer
from app.importing.models import ImportBatch, ImportedRow, ImportSecret, SavedMapping
from app.reviews.models import Review
from app.systemic_factors.models import Factor, TaxonomyPack
from app.systemic_factors.packs import Domain, Pack, PackFactor, default_pack
from app.systemic_factors.queries import packs_of

_WITHOUT_FILE = defer(ImportBatch.file)  # type: ignore[arg-type]
"""The file is read only by those who need it; it can be large."""


def known_rows(session: Session, agency_id: int) -> dict[str, str]:
    """The fingerprint of each row imported before, by its import key."""
    query = (
        select(Review.import_key, ImportedRow.fingerprint)
        .join(
            ImportedRow,
            and_(col(ImportedRow.review_code) == Review.code, col(ImportedRow.batch_id) == col(Review.import_batch_id)),
            isouter=True,
        )
        .where(Review.agency_id == agency_id, col(Review.import_key).is_not(None))
    )
    return {str(key): mark or "" for key, mark in session.exec(query)}


def stored_secret(session: Session, agency_id: int) -> str | None:
    """The secret with which an agency marks rows, or None before its first import."""
    return session.exec(select(ImportSecret.secret).where(ImportSecret.agency_id == agency_id)).first()


def own_pack(session: Session, agency_id: int) -> tuple[TaxonomyPack | None, Pack]:
    """The agency's list of factors for new reviews, stored and as a pack; the shipped one while it has none."""
    stored = next((pack for pack in packs_of(session, agency_id) if pack.retired_at is None), None)
    return stored, _as_pack(stored, factors_in(session, stored)) if stored else default_pack()


def factors_in(session: Session, stored: TaxonomyPack) -> list[Factor]:
    """The factors of a stored list, in its order."""
    query = select(Factor).where(Factor.pack_id == stored.id)
    return list(session.exec(query.order_by(col(Factor.position), col(Factor.id))))


def _as_pack(stored: TaxonomyPack, factors: Sequence[Factor]) -> Pack:
    # What is stored passed the checks of a pack when it was loaded.
    return Pack.model_construct(
        code=stored.key,
        name=stored.name,
        version=stored.version,
        language="en",
        license="",
        source=stored.source,
        factors=tuple(
            PackFactor.model_construct(
                code=factor.key, name=factor.name, domain=Domain(factor.domain), definition=factor.definition
            )
            for factor in factors
        ),
    )


def batches_of(session: Session, viewer: Viewer) -> Sequence[ImportBatch]:
    """The imports of the viewer's agency, the latest first."""
    query = select(ImportBatch).where(ImportBatch.agency_id == viewer.agency_id).options(_WITHOUT_FILE)
    return session.exec(query.order_by(col(ImportBatch.created_at).desc(), col(ImportBatch.id).desc())).all()


def the_batch(session: Session, viewer: Viewer, code: str) -> ImportBatch:
    """One import by its public code, or NotFound."""
    query = select(ImportBatch).where(ImportBatch.agency_id == viewer.agency_id, ImportBatch.code == code)
    found = session.exec(query.options(_WITHOUT_FILE)).first()
    if found is None:
        raise NotFound
    return found


def mappings_of(session: Session, viewer: Viewer) -> Sequence[SavedMapping]:
    """The saved mappings of the viewer's agency, by name."""
    query = select(SavedMapping).where(SavedMapping.agency_id == viewer.agency_id)
    return session.exec(query.order_by(SavedMapping.name)).all()


def the_mapping(session: Session, viewer: Viewer, code: str) -> SavedMapping:
    """One saved mapping by its public code, or NotFound."""
    query = select(SavedMapping).where(SavedMapping.agency_id == viewer.agency_id, SavedMapping.code == code)
    found = session.exec(query).first()
    if found is None:
        raise NotFound
    return found


def rows_of(session: Session, batch: ImportBatch, outcome: str, *, offset: int, limit: int) -> Sequence[ImportedRow]:
    """A part of the rows of an import with an outcome (empty: all), in the order of the files."""
    query = select(ImportedRow).where(ImportedRow.batch_id == batch.id).order_by(col(ImportedRow.id))
    if outcome:
        query = query.where(ImportedRow.outcome == outcome)
    return session.exec(query.offset(offset).limit(limit)).all()


def numbers_of(session: Session, batch: ImportBatch, outcome: str) -> list[int]:
    """The numbers of the rows with an outcome."""
    query = select(ImportedRow.row).where(ImportedRow.batch_id == batch.id, ImportedRow.outcome == outcome)
    return list(session.exec(query))


def every_row(session: Session, batch: ImportBatch) -> list[tuple[str, int, str, str, str]]:
    """File, number, outcome, review code and sentences of every row, for the report."""
    wanted = (ImportedRow.file, ImportedRow.row, ImportedRow.outcome, ImportedRow.review_code, ImportedRow.said)
    query = select(*wanted).where(ImportedRow.batch_id == batch.id)  # type: ignore[call-overload]
    return [tuple(row) for row in session.exec(query.order_by(col(ImportedRow.id)))]


def reviews_made(session: Session, batch: ImportBatch) -> int:
    """How many reviews there are now that an import made."""
    return session.exec(select(func.count()).select_from(Review).where(Review.import_batch_id == batch.id)).one()
