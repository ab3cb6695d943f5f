"""earlier raters: who has worked on a rating sheet, so that nobody rates a second one after seeing it

Revision: 0003
Before: 0002
Date: 2026-11-23 07:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMN = "earlier_rater_ids"


def upgrade() -> None:
    """Nullable, filled, required. Whose sheet it was before stands in the trail."""
    with op.batch_alter_table("rating_sheet") as batch:
        batch.add_column(sa.Column(COLUMN, sa.JSON(), nullable=True))
    _fill(op.get_bind())
    with op.batch_alter_table("rating_sheet") as batch:
        batch.alter_column(COLUMN, existing_type=sa.JSON(), nullable=False)


def _fill(connection: sa.Connection) -> None:
    sheet = sa.table(
        "rating_sheet", sa.column("id"), sa.column("code"), sa.column("rater_id"), sa.column(COLUMN, sa.JSON)
    )
    trail = sa.table("trail_entry", sa.column("did"), sa.column("who"), sa.column("code"))
    person = sa.table("person", sa.column("id"), sa.column("code"))
    connection.execute(sa.update(sheet).values({COLUMN: []}))
    worked = (
        sa.select(sheet.c.id, person.c.id)
        .join(trail, trail.c.code == sheet.c.code)
        .join(person, person.c.code == trail.c.who)
        .where(trail.c.did.in_(["begin rating sheet", "take over rating sheet"]), person.c.id != sheet.c.rater_id)
    )
    earlier: dict[int, set[int]] = {}
    for sheet_id, person_id in connection.execute(worked):
        earlier.setdefault(sheet_id, set()).add(person_id)
    for sheet_id, people in earlier.items():
        connection.execute(sa.update(sheet).where(sheet.c.id == sheet_id).values({COLUMN: sorted(people)}))


def downgrade() -> None:
    with op.batch_alter_table("rating_sheet") as batch:
        batch.drop_column(COLUMN)
