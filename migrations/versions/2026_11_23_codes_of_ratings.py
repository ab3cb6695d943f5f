"""codes of ratings: no database id names an answer in the trail or in the history of its text

Revision: 0004
Before: 0003
Date: 2026-11-23 07:10:00
"""

import sqlalchemy as sa
from alembic import op

from app.core.codes import new_code

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RATING = sa.table("factor_rating", sa.column("id"), sa.column("code"), sa.column("sheet_id"), sa.column("factor_id"))
SHEET = sa.table("rating_sheet", sa.column("id"), sa.column("round"))
VERSION = sa.table("text_version", sa.column("code"))


def upgrade() -> None:
    """Imported tags stay without a code. Lines of the trail stay as they were written."""
    with op.batch_alter_table("factor_rating") as batch:
        batch.add_column(sa.Column("code", sa.String(length=20), nullable=True))
    connection = op.get_bind()
    people_rated = (
        sa.select(RATING.c.id, RATING.c.sheet_id, RATING.c.factor_id)
        .join(SHEET, SHEET.c.id == RATING.c.sheet_id)
        .where(SHEET.c.round != "imported")
    )
    renamed = [
        {"rating": row.id, "old": f"{row.sheet_id}.{row.factor_id}", "new": new_code("A")}
        for row in connection.execute(people_rated)
    ]
    if renamed:
        by_id = sa.update(RATING).where(RATING.c.id == sa.bindparam("rating")).values(code=sa.bindparam("new"))
        connection.execute(by_id, renamed)
        _rename_versions(connection, renamed)


def downgrade() -> None:
    connection = op.get_bind()
    coded = sa.select(RATING.c.code, RATING.c.sheet_id, RATING.c.factor_id).where(RATING.c.code.is_not(None))
    renamed = [{"old": row.code, "new": f"{row.sheet_id}.{row.factor_id}"} for row in connection.execute(coded)]
    if renamed:
        _rename_versions(connection, renamed)
    with op.batch_alter_table("factor_rating") as batch:
        batch.drop_column("code")


def _rename_versions(connection: sa.Connection, renamed: list[dict[str, str]]) -> None:
    one = sa.update(VERSION).where(VERSION.c.code == sa.bindparam("old")).values(code=sa.bindparam("new"))
    connection.execute(one, [{"old": row["old"], "new": row["new"]} for row in renamed])
