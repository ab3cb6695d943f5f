"""Know imported rows by marks that only their agency can make

The numbers of the files, kept until now as they were, become marks made with a random key of the agency
(HMAC-SHA256). Sentences about rows of files that still wait may quote cells: they go, and the rows are looked at again.

Revision: 0007
Before: 0006
"""

import hmac
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REVIEW = sa.table("review", sa.column("id"), sa.column("agency_id"), sa.column("import_key"))
BATCH = sa.table(
    "import_batch",
    sa.column("id"),
    sa.column("agency_id"),
    sa.column("status"),
    sa.column("counts", sa.JSON),
    sa.column("made", sa.JSON),
)
ROW = sa.table("imported_row", sa.column("id"), sa.column("batch_id"), sa.column("fingerprint"))
SECRET = sa.table("import_secret", sa.column("agency_id"), sa.column("secret"))


def upgrade() -> None:
    op.create_table(
        "import_secret",
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_import_secret_agency_id_agency")),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_import_secret")),
    )
    connection = op.get_bind()
    waiting = sa.select(BATCH.c.id).where(BATCH.c.status == "waiting")
    connection.execute(sa.delete(ROW).where(ROW.c.batch_id.in_(waiting)))
    connection.execute(sa.update(BATCH).where(BATCH.c.status == "waiting").values(counts={}, made={}))
    for (agency_id,) in connection.execute(sa.select(BATCH.c.agency_id).distinct()).all():
        secret = secrets.token_hex(32)
        connection.execute(sa.insert(SECRET).values(agency_id=agency_id, secret=secret))
        own_batches = sa.select(BATCH.c.id).where(BATCH.c.agency_id == agency_id)
        _mark(connection, REVIEW.c.import_key, REVIEW.c.agency_id == agency_id, secret)
        _mark(connection, ROW.c.fingerprint, ROW.c.batch_id.in_(own_batches), secret)


def downgrade() -> None:
    # The numbers cannot be had back: rows imported until now are not known again after this.
    op.drop_table("import_secret")


def _mark(connection: sa.Connection, column: sa.Column, among: sa.ColumnElement[bool], secret: str) -> None:
    """Put a mark in the place of every text of a column."""
    table = column.table
    texts = connection.execute(sa.select(table.c.id, column).where(among, column != "")).all()
    if texts:
        marked = [
            {"key": key, "mark": hmac.digest(secret.encode(), text.encode(), "sha256").hex()} for key, text in texts
        ]
        update = sa.update(table).where(table.c.id == sa.bindparam("key")).values({column.name: sa.bindparam("mark")})
        connection.execute(update, marked)
