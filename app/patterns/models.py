"""When what the patterns count last changed, so that no process answers from a table it read before.

Every transaction that changes a counted row leaves a new random token in one row of the database, as its last step
before it commits. A time or a running number would not do: transactions commit in another order than they begin, and a
restored backup brings old numbers back.
"""

import secrets
from typing import Any

from sqlalchemy import Table, event, text
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as AnySession
from sqlmodel import Field, Session, SQLModel

from app.identity.models import Agency, OrgUnit
from app.reviews.models import Incident, KeyEpisode, Review, TeamMember
from app.systemic_factors.models import Factor, FactorLink, FactorRating, RatingSheet, TaxonomyPack

COUNTED = (
    Agency, OrgUnit, Incident, Review, TeamMember, KeyEpisode, TaxonomyPack, Factor, FactorLink, RatingSheet,
    FactorRating,
)  # fmt: skip
"""Everything a pattern is counted from, and what decides who may read which review."""
COUNTED_TABLES = frozenset(model.__tablename__ for model in COUNTED)
CHANGED = "counted rows changed"
ONLY_ROW = 1


class DataVersion(SQLModel, table=True):
    """One row: a token that is another one after every change of what is counted."""

    __tablename__ = "data_version"

    id: int | None = Field(default=ONLY_ROW, primary_key=True)
    token: str = Field(max_length=32)


def current_version(session: Session) -> str:
    """The token of what is in the database now; empty before anything was counted."""
    row = session.connection().execute(text("SELECT token FROM data_version WHERE id = 1")).first()
    return row.token if row else ""


def counted_rows_changed(session: AnySession) -> None:
    """For changes made past the session, such as rows copied on its connection."""
    session.info[CHANGED] = True


@event.listens_for(AnySession, "after_flush")
def _notice_flush(session: AnySession, _context: Any) -> None:
    changed = (*session.new, *session.dirty, *session.deleted)
    if any(getattr(record, "__tablename__", None) in COUNTED_TABLES for record in changed):
        counted_rows_changed(session)


@event.listens_for(AnySession, "do_orm_execute")
def _notice_statement(state: ORMExecuteState) -> None:
    table = getattr(state.statement, "table", None)
    if isinstance(table, Table) and table.name in COUNTED_TABLES:
        counted_rows_changed(state.session)


@event.listens_for(AnySession, "before_commit")
def _leave_a_token(session: AnySession) -> None:
    # What is not flushed yet would otherwise be written after the token. The row stays locked until the commit, which
    # follows at once, and no lock is taken after it, so no two transactions can wait for each other.
    session.flush()
    if session.info.pop(CHANGED, False):
        session.connection().execute(
            text(
                "INSERT INTO data_version (id, token) VALUES (1, :token) "
                "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
            ),
            {"token": secrets.token_hex(16)},
        )


@event.listens_for(AnySession, "after_rollback")
def _forget(session: AnySession) -> None:
    session.info.pop(CHANGED, None)
