"""which reviews a transaction changed, for patterns

Revision: 0009
Before: 0008
Date: 2026-11-24 08:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_change")),
    )
    op.create_index(op.f("ix_data_change_before"), "data_change", ["before"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_data_change_before"), table_name="data_change")
    op.drop_table("data_change")
