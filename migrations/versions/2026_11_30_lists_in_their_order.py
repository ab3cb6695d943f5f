"""Keep incidents and reviews in the order in which lists show them, so that a page of a list reads only its own rows.

Revision: 0012
Before: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ORDERS = {"incident": ("opened_at", "occurred_on"), "review": ("opened_on",)}


def upgrade() -> None:
    for table, days in ORDERS.items():
        for day in days:
            op.create_index(f"ix_{table}_agency_{day}", table, ["agency_id", day, "id"])


def downgrade() -> None:
    for table, days in ORDERS.items():
        for day in days:
            op.drop_index(f"ix_{table}_agency_{day}", table)
