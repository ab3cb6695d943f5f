"""add the system map of a review: conditions and influences

Revision: 0005
Before: 0004
Date: 2026-11-24 06:40:22.969787
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "map_condition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=60), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("factor_id", sa.Integer(), nullable=True),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["key_episode.id"], name=op.f("fk_map_condition_episode_id_key_episode")
        ),
        sa.ForeignKeyConstraint(["factor_id"], ["factor.id"], name=op.f("fk_map_condition_factor_id_factor")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_map_condition_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_condition")),
        sa.UniqueConstraint("code", name=op.f("uq_map_condition_code")),
    )
    with op.batch_alter_table("map_condition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_map_condition_episode_id"), ["episode_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_map_condition_factor_id"), ["factor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_map_condition_review_id"), ["review_id"], unique=False)

    op.create_table(
        "map_influence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("shaped_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("direction", sa.String(length=60), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.Column("episode_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["map_condition.id"], name=op.f("fk_map_influence_condition_id_map_condition")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["key_episode.id"], name=op.f("fk_map_influence_episode_id_key_episode")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["timeline_event.id"], name=op.f("fk_map_influence_event_id_timeline_event")
        ),
        sa.ForeignKeyConstraint(["note_id"], ["debrief_note.id"], name=op.f("fk_map_influence_note_id_debrief_note")),
        sa.ForeignKeyConstraint(
            ["shaped_id"], ["map_condition.id"], name=op.f("fk_map_influence_shaped_id_map_condition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_influence")),
        sa.UniqueConstraint("code", name=op.f("uq_map_influence_code")),
    )
    with op.batch_alter_table("map_influence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_map_influence_condition_id"), ["condition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_map_influence_shaped_id"), ["shaped_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("map_influence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_map_influence_shaped_id"))
        batch_op.drop_index(batch_op.f("ix_map_influence_condition_id"))

    op.drop_table("map_influence")
    with op.batch_alter_table("map_condition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_map_condition_review_id"))
        batch_op.drop_index(batch_op.f("ix_map_condition_factor_id"))
        batch_op.drop_index(batch_op.f("ix_map_condition_episode_id"))

    op.drop_table("map_condition")
