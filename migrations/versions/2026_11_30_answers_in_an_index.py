"""Keep in the index of answers by sheet also what is counted of them, so that counting reads the index alone.

Revision: 0013
Before: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_factor_rating_counted", "factor_rating", ["sheet_id", "factor_id", "answer", "direction"])
    op.drop_index("ix_factor_rating_sheet_id", "factor_rating")


def downgrade() -> None:
    op.create_index("ix_factor_rating_sheet_id", "factor_rating", ["sheet_id"])
    op.drop_index("ix_factor_rating_counted", "factor_rating")
