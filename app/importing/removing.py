"""Takes out what an import made, and finds whether anybody has worked on it since."""

from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, func, or_
from sqlmodel import Session, SQLModel, col, select

from app.core.translation import gettext as _
from app.identity.models import OrgUnit
from app.importing.models import ImportBatch
from app.patterns.models import counted_rows_changed
from app.reviews.models import Incident, Review, Stage
from app.systemic_factors.models import Factor, FactorRating, RatingSheet, Round, TaxonomyPack


def obstacle_to_taking_back(session: Session, batch: ImportBatch) -> str | None:
    """Why an import cannot be taken back: it is not done, or its reviews were worked on."""
    if batch.status != "done":
        return _("Only a finished import can be taken back.")
    touched = session.exec(
        select(func.count()).select_from(Review).where(Review.import_batch_id == batch.id, _worked_on())
    ).one()
    if touched:
        reviews = "1 of its reviews was" if touched == 1 else f"{touched} of its reviews were"
        return _("%(reviews)s worked on since the import, so it stays. Withdraw single reviews instead.") % {
            "reviews": reviews
        }
    return None


def _worked_on() -> ColumnElement[bool]:
    """A review that is no longer as it was imported: edited, moved, rated, or with anything attached."""
    sheet = select(RatingSheet.id).where(RatingSheet.review_id == Review.id)
    rated = select(FactorRating.id).where(col(FactorRating.sheet_id).in_(sheet), FactorRating.version > 1)
    incident = select(Incident.id).where(Incident.id == Review.incident_id, Incident.version > 1)
    return or_(
        col(Review.version) > 1,
        col(Review.stage) != Stage.CONCLUDED,
        exists(incident),
        exists(sheet.where(col(RatingSheet.round) != Round.IMPORTED)),
        exists(rated),
        *_attached(Review, col(Review.id), {"rating_sheet"}),
        *_attached(Incident, col(Review.incident_id), {"review"}),
    )


def _attached(owner: type[SQLModel], key: Any, own: set[str]) -> list[ColumnElement[bool]]:
    """For every table that refers to the owner, beside those the import wrote: whether a row of it does."""
    owner_table: Table = owner.__table__  # type: ignore[attr-defined]
    found: list[ColumnElement[bool]] = []
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            refers = any(reference.column.table is owner_table for reference in column.foreign_keys)
            if refers and table.name not in own:
                found.append(exists(select(column).where(column == key)))
    return found


def remove(session: Session, batch: ImportBatch) -> int:
    """Delete the reviews of an import and what was made for them alone. How many reviews went."""
    reviews = select(Review.id).where(Review.import_batch_id == batch.id)
    incidents = list(session.exec(select(Review.incident_id).where(Review.import_batch_id == batch.id)))
    sheets = select(RatingSheet.id).where(col(RatingSheet.review_id).in_(reviews))
    run = session.connection().execute
    counted_rows_changed(session)
    run(delete(FactorRating).where(col(FactorRating.sheet_id).in_(sheets)))
    run(delete(RatingSheet).where(col(RatingSheet.review_id).in_(reviews)))
    run(delete(Review).where(col(Review.import_batch_id) == batch.id))
    for at in range(0, len(incidents), 500):
        run(delete(Incident).where(col(Incident.id).in_(incidents[at : at + 500])))
    _remove_units(session, batch.made.get("units", []))
    for key in batch.made.get("packs", []):
        if session.exec(select(Review.id).where(Review.pack_id == key)).first() is None:
            run(delete(Factor).where(col(Factor.pack_id) == key))
            run(delete(TaxonomyPack).where(col(TaxonomyPack.id) == key))
    return len(incidents)


def _remove_units(session: Session, made: list[int]) -> None:
    """Delete the offices, then the divisions, that nothing refers to any more."""
    for _offices_then_divisions in range(2):
        for at in range(0, len(made), 500):
            among = col(OrgUnit.id).in_(made[at : at + 500])
            free = [~used for used in _uses_of_units()]
            session.connection().execute(delete(OrgUnit).where(among, *free))


def _uses_of_units() -> list[ColumnElement[bool]]:
    units: Table = OrgUnit.__table__  # type: ignore[attr-defined]
    found: list[ColumnElement[bool]] = []
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if any(reference.column.table is units for reference in column.foreign_keys):
                other = table.alias()
                found.append(exists(select(other.c[column.name]).where(other.c[column.name] == units.c.id)))
    return found
