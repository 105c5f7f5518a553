"""The occasions a timekeeper made keys for, and what it has released."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "occasion",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_identity", sa.LargeBinary(), nullable=False),
        sa.Column("release", sa.LargeBinary(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(release IS NULL) = (released_at IS NULL)",
            name=op.f("ck_occasion_released_whole"),
        ),
        sa.CheckConstraint("released_at >= opens_at", name=op.f("ck_occasion_never_early")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasion")),
        sa.UniqueConstraint(
            "subject", "round", "opens_at", name=op.f("uq_occasion_subject_round_opens_at")
        ),
    )
    op.create_index(op.f("ix_occasion_opens_at"), "occasion", ["opens_at"], unique=False)


def downgrade() -> None:
    op.drop_table("occasion")
