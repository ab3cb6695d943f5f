"""sign-in attempts by digest: no typed address stays in the database

Revision: 0002
Before: 0001
Date: 2026-11-23 06:50:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Attempts are worth a day at most, so they are forgotten and not carried over."""
    op.drop_table("sign_in_attempt")
    _make_table("address_digest", 64)
    op.create_index(op.f("ix_sign_in_attempt_last_at"), "sign_in_attempt", ["last_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_attempt_last_at"), "sign_in_attempt")
    op.drop_table("sign_in_attempt")
    _make_table("email", 254)


def _make_table(key: str, length: int) -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column(key, sa.String(length=length), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(key, name=op.f("pk_sign_in_attempt")),
    )
