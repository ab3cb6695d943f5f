"""When what the patterns count last changed and in which reviews, so that no process answers from an old table.

Every transaction that changes a counted row leaves a new random token in one row of the database, as its last step
before it commits, and beside it which reviews it changed. A time or a running number would not do: transactions commit
in another order than they begin, and a restored backup brings old numbers back.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Table, event
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
MOST_NAMED = 200
"""A transaction that changes more reviews than this says only that everything may have changed."""
CHANGES_KEPT = 5_000


class DataVersion(SQLModel, table=True):
    """One row: a token that is another one after every change of what is counted."""

    __tablename__ = "data_version"

    id: int | None = Field(default=ONLY_ROW, primary_key=True)
    token: str = Field(max_length=32)


class DataChange(SQLModel, table=True):
    """One review that a transaction changed. The tokens make a chain, from the one before to the one it left."""

    __tablename__ = "data_change"

    id: int | None = Field(default=None, primary_key=True)
    before: str = Field(max_length=32, index=True)
    token: str = Field(max_length=32)
    review_id: int | None = None
    """None: any review may have changed. Not a foreign key, because the review may be gone."""


VERSION, CHANGE, SHEET, EPISODE, REVIEW = (
    SQLModel.metadata.tables[str(model.__tablename__)]
    for model in (DataVersion, DataChange, RatingSheet, KeyEpisode, Review)
)
THE_TOKEN = sa.select(VERSION.c.token).where(VERSION.c.id == ONLY_ROW)


def current_version(session: Session) -> str:
    """The token of what is in the database now; empty before anything was counted."""
    return session.connection().execute(THE_TOKEN).scalar() or ""


def changed_since(session: Session, before: str, token: str) -> frozenset[int] | None:
    """The ids of the reviews that changed between two tokens, or None when that is not known."""
    connection = session.connection()
    start = connection.execute(sa.select(sa.func.min(CHANGE.c.id)).where(CHANGE.c.before == before)).scalar()
    if start is None:
        return None
    changed: set[int] = set()
    reached = before
    rows = connection.execute(
        sa.select(CHANGE.c.before, CHANGE.c.token, CHANGE.c.review_id).where(CHANGE.c.id >= start).order_by(CHANGE.c.id)
    )
    for row in rows:
        if row.token != reached:
            if reached == token:
                break
            if row.before != reached:
                return None
            reached = row.token
        if row.review_id is None:
            return None
        changed.add(row.review_id)
    return frozenset(changed) if reached == token and len(changed) <= MOST_NAMED else None


@dataclass
class _Changes:
    """What one transaction has changed so far."""

    everything: bool = False
    reviews: set[int] = field(default_factory=set)
    sheets: set[int] = field(default_factory=set)
    episodes: set[int] = field(default_factory=set)
    incidents: set[int] = field(default_factory=set)

    def add(self, record: Any) -> None:
        match record:
            case Review():
                self.reviews.add(record.id or 0)
            case TeamMember() | KeyEpisode() | RatingSheet():
                self.reviews.add(record.review_id)
            case FactorRating():
                self.sheets.add(record.sheet_id)
            case FactorLink():
                self.episodes.add(record.episode_id)
            case Incident():
                self.incidents.add(record.id or 0)
            case _:
                self.everything = True

    def in_reviews(self, session: AnySession) -> Collection[int | None]:
        """The reviews changed; only None where they are too many or not all known any more."""
        named = (self.reviews, self.sheets, self.episodes, self.incidents)
        if self.everything or max(map(len, named)) > MOST_NAMED:
            return [None]
        found = set(self.reviews)
        for ids, table in ((self.sheets, SHEET), (self.episodes, EPISODE)):
            if ids:
                rows = session.connection().execute(sa.select(table.c.id, table.c.review_id).where(table.c.id.in_(ids)))
                known = [row.review_id for row in rows]
                if len(known) < len(ids):
                    return [None]
                found.update(known)
        if self.incidents:
            query = sa.select(REVIEW.c.id).where(REVIEW.c.incident_id.in_(self.incidents))
            found.update(session.connection().execute(query).scalars())
        return found if len(found) <= MOST_NAMED else [None]


def _changes(session: AnySession) -> _Changes:
    changes: _Changes = session.info.setdefault(CHANGED, _Changes())
    return changes


def counted_rows_changed(session: AnySession) -> None:
    """For changes made past the session, such as rows copied on its connection."""
    _changes(session).everything = True


@event.listens_for(AnySession, "after_flush")
def _notice_flush(session: AnySession, _context: Any) -> None:
    for record in (*session.new, *session.dirty, *session.deleted):
        if getattr(record, "__tablename__", None) in COUNTED_TABLES:
            _changes(session).add(record)


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
    changes: _Changes | None = session.info.pop(CHANGED, None)
    if changes is None:
        return
    reviews = changes.in_reviews(session)
    connection = session.connection()
    before = connection.execute(THE_TOKEN.with_for_update()).scalar() or ""
    token = secrets.token_hex(16)
    connection.execute(
        sa.text(
            "INSERT INTO data_version (id, token) VALUES (1, :token) "
            "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
        ),
        {"token": token},
    )
    # An incident without a review changes nothing that is counted, and still moves the chain on.
    named = [{"before": before, "token": token, "review_id": review} for review in reviews or [0]]
    last = connection.execute(sa.insert(CHANGE).returning(CHANGE.c.id), named[-1:]).scalar_one()
    if named[:-1]:
        connection.execute(sa.insert(CHANGE), named[:-1])
    connection.execute(sa.delete(CHANGE).where(CHANGE.c.id <= last - CHANGES_KEPT))


@event.listens_for(AnySession, "after_rollback")
def _forget(session: AnySession) -> None:
    session.info.pop(CHANGED, None)
