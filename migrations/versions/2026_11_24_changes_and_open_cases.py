"""Keep what changed in the system, and how many cases were open.

Revision: 0008
Before: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "system_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=60), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_system_change_agency_id_agency")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_system_change_written_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_change")),
        sa.UniqueConstraint("code", name=op.f("uq_system_change_code")),
    )
    op.create_index(op.f("ix_system_change_agency_id"), "system_change", ["agency_id"])
    op.create_table(
        "open_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_open_cases_agency_id_agency")),
        sa.ForeignKeyConstraint(["office_id"], ["org_unit.id"], name=op.f("fk_open_cases_office_id_org_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_cases")),
        sa.UniqueConstraint("office_id", "month", name=op.f("uq_open_cases_office_id_month")),
    )
    op.create_index(op.f("ix_open_cases_agency_id"), "open_cases", ["agency_id"])


def downgrade() -> None:
    op.drop_table("open_cases")
    op.drop_table("system_change")
