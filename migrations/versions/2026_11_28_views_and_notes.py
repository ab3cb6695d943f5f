"""Keep views of patterns under a title, and notes on patterns.

Revision: 0011
Before: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_on", sa.Date(), nullable=True),
        sa.Column("sight", sa.String(length=60), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_saved_view_agency_id_agency")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_saved_view_saved_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("code", name=op.f("uq_saved_view_code")),
    )
    op.create_index(op.f("ix_saved_view_agency_id"), "saved_view", ["agency_id"])
    op.create_table(
        "pattern_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_pattern_note_agency_id_agency")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_pattern_note_written_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern_note")),
        sa.UniqueConstraint("code", name=op.f("uq_pattern_note_code")),
    )
    for column in ("agency_id", "about", "written_by_id"):
        op.create_index(op.f(f"ix_pattern_note_{column}"), "pattern_note", [column])


def downgrade() -> None:
    op.drop_table("pattern_note")
    op.drop_table("saved_view")
