"""What we remember of imports: the mapping used, the outcome of every row, and files waiting for a decision."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import JSON, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.clock import now
from app.core.codes import new_code
from app.core.narrative import Narrative


class SavedMapping(SQLModel, table=True):
    """A mapping from a file's columns to our fields, kept under a name for the next file of the same shape."""

    __tablename__ = "saved_mapping"
    __table_args__ = (UniqueConstraint("agency_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=new_code, max_length=20, unique=True)
    name: str = Field(max_length=80)
    text: str = Field(max_length=100_000)
    """The mapping as YAML."""
    saved_at: datetime = Field(default_factory=now)


class ImportSecret(SQLModel, table=True):
    """The random key with which an agency marks rows, so that it knows them again and keeps no number of the file."""

    __tablename__ = "import_secret"

    agency_id: int = Field(foreign_key="agency.id", primary_key=True)
    secret: str = Field(max_length=64)


class ImportBatch(SQLModel, table=True):
    """One import: first waiting, with its file and mapping, then done or set aside. All or nothing.

    While the rows are written, the batch still waits: whatever ends the program then leaves it waiting and whole.
    """

    __tablename__ = "import_batch"

    id: int | None = Field(default=None, primary_key=True)
    agency_id: int = Field(foreign_key="agency.id", index=True)
    code: str = Field(default_factory=partial(new_code, "B"), max_length=20, unique=True)
    file_name: str = Field(max_length=255)
    file: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The uploaded file until the import is done or set aside; then it is forgotten."""
    mapping: str = Field(default="", max_length=100_000)
    excluded: list[int] = Field(default_factory=list, sa_type=JSON)
    mended: str = Field(default="{}", sa_type=Narrative)
    """Cells corrected by hand before confirming, as JSON: row, column, text."""
    status: str = Field(default="waiting", max_length=20)
    """waiting, done, set_aside (never imported) or taken_back (imported, then removed again)."""
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Rows by outcome; empty until all rows were looked at with the present mapping and corrections."""
    made: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """While waiting, names of the offices and divisions it would make (`offices`, `divisions`). Once done, ids of the
    units and lists of factors made for it (`units`, `packs`)."""
    started_by_id: int | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(default_factory=now)
    finished_at: datetime | None = None


class ImportedRow(SQLModel, table=True):
    """What became of one row, for the row report."""

    __tablename__ = "imported_row"

    id: int | None = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="import_batch.id", index=True)
    file: str = Field(default="", max_length=255)
    row: int
    """The line of a text table, or the row of a sheet."""
    outcome: str = Field(max_length=40)
    review_code: str = Field(default="", max_length=20)
    fingerprint: str = Field(default="", max_length=64)
    """The mark of the values as they were imported; a later file is compared with it."""
    said: str = Field(default="", max_length=1000)
    """Sentences about the row. They name columns and repeat no cell."""
