"""add the desk of reflections: responders' keys, what the box released, answers, notes, and what remains

Revision: 0010
Before: 0009
Date: 2026-11-28 17:24:05.114302
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reflection_outgoing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection_outgoing")),
    )
    with op.batch_alter_table("reflection_outgoing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reflection_outgoing_key"), ["key"], unique=False)

    op.create_table(
        "reflection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("reply_key", sa.LargeBinary(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=20), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("danger", sa.String(length=60), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("retelling", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.String(length=20), nullable=False),
        sa.Column("confirmed_by", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=60), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_reflection_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection")),
        sa.UniqueConstraint("code", name=op.f("uq_reflection_code")),
        sa.UniqueConstraint("key", name=op.f("uq_reflection_key")),
    )
    with op.batch_alter_table("reflection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reflection_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reflection_reply_key"), ["reply_key"], unique=False)

    op.create_table(
        "reflection_hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("reflection_code", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("handed_over_by", sa.String(length=20), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.Column("taken_up_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_reflection_hand_over_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection_hand_over")),
        sa.UniqueConstraint("code", name=op.f("uq_reflection_hand_over_code")),
    )
    with op.batch_alter_table("reflection_hand_over", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reflection_hand_over_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "reflection_remainder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("status", sa.String(length=60), nullable=False),
        sa.Column("days_to_answer", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_reflection_remainder_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection_remainder")),
    )
    with op.batch_alter_table("reflection_remainder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reflection_remainder_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "responder_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("holder", sa.String(length=20), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_private_key", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_responder_key_agency_id_agency")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responder_key")),
        sa.UniqueConstraint("code", name=op.f("uq_responder_key_code")),
        sa.UniqueConstraint("public_key", name=op.f("uq_responder_key_public_key")),
    )
    with op.batch_alter_table("responder_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_responder_key_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_responder_key_holder"), ["holder"], unique=False)

    op.create_table(
        "reflection_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reflection_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=20), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reflection_id"], ["reflection.id"], name=op.f("fk_reflection_answer_reflection_id_reflection")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reflection_answer")),
        sa.UniqueConstraint("code", name=op.f("uq_reflection_answer_code")),
    )
    with op.batch_alter_table("reflection_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reflection_answer_reflection_id"), ["reflection_id"], unique=False)

    op.create_table(
        "reflection_tag",
        sa.Column("reflection_id", sa.Integer(), nullable=False),
        sa.Column("factor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["factor_id"], ["factor.id"], name=op.f("fk_reflection_tag_factor_id_factor")),
        sa.ForeignKeyConstraint(
            ["reflection_id"], ["reflection.id"], name=op.f("fk_reflection_tag_reflection_id_reflection")
        ),
        sa.PrimaryKeyConstraint("reflection_id", "factor_id", name=op.f("pk_reflection_tag")),
    )


def downgrade() -> None:
    op.drop_table("reflection_tag")
    with op.batch_alter_table("reflection_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reflection_answer_reflection_id"))

    op.drop_table("reflection_answer")
    with op.batch_alter_table("responder_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_responder_key_holder"))
        batch_op.drop_index(batch_op.f("ix_responder_key_agency_id"))

    op.drop_table("responder_key")
    with op.batch_alter_table("reflection_remainder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reflection_remainder_agency_id"))

    op.drop_table("reflection_remainder")
    with op.batch_alter_table("reflection_hand_over", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reflection_hand_over_agency_id"))

    op.drop_table("reflection_hand_over")
    with op.batch_alter_table("reflection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reflection_reply_key"))
        batch_op.drop_index(batch_op.f("ix_reflection_agency_id"))

    op.drop_table("reflection")
    with op.batch_alter_table("reflection_outgoing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reflection_outgoing_key"))

    op.drop_table("reflection_outgoing")
