"""debriefs can be removed: one that was logged by mistake leaves the review and can be brought back

Revision: 0006
Before: 0005
Date: 2026-11-24 07:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # One column added in place: rebuilding the table would take its notes along.
    op.add_column("debrief_session", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("debrief_session", "removed_at")
