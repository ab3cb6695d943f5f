"""The factors of a list, as the columns of a table of reviews."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from app.identity.viewers import Viewer
from app.patterns.counting.counted import counted_within_sight
from app.patterns.counting.records import About, Factor
from app.systemic_factors.domains import short_domain_name
from app.systemic_factors.models import Factor as FactorRow
from app.systemic_factors.models import FactorRating

FACTOR, RATING = (SQLModel.metadata.tables[str(model.__tablename__)] for model in (FactorRow, FactorRating))


@dataclass(frozen=True)
class FactorList:
    """The factors of one list, as a table of reviews needs them."""

    factors: tuple[Factor, ...]
    """Without retired ones that no counted sheet answers."""
    ids: tuple[int, ...]
    """Of these factors, in their order."""
    about: dict[str, About]
    """Of every factor of the list, retired or not."""
    has_retired: bool
    """Some factor is retired, so that one more review can bring a column back."""


def factors_of(session: Session, viewer: Viewer, pack_id: int) -> FactorList:
    """The factors of a list that make the columns."""
    wanted = ("id", "key", "name", "domain", "definition", "fits", "does_not_fit", "agency_interface", "retired_at")
    query = sa.select(*(FACTOR.c[name] for name in wanted)).where(FACTOR.c.pack_id == pack_id)
    rows = session.execute(query.order_by(FACTOR.c.position, FACTOR.c.id)).all()
    retired = {row.id for row in rows if row.retired_at is not None}
    used = _answered_among(session, viewer, retired) if retired else set()
    kept = [row for row in rows if row.id not in retired - used]
    return FactorList(
        factors=tuple(Factor(row.key, row.name, short_domain_name(row.domain)) for row in kept),
        ids=tuple(row.id for row in kept),
        about={
            row.key: About(
                row.name, row.definition, tuple(row.fits), tuple(row.does_not_fit), row.domain, row.agency_interface
            )
            for row in rows
        },
        has_retired=bool(retired),
    )


def _answered_among(session: Session, viewer: Viewer, factors: set[int]) -> set[int]:
    counted = counted_within_sight(viewer).subquery()
    query = sa.select(RATING.c.factor_id).distinct().join(counted, counted.c.sheet_id == RATING.c.sheet_id)
    return set(session.execute(query.where(RATING.c.factor_id.in_(factors))).scalars())
