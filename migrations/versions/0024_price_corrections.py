"""Corrections of a bid's own arithmetic, each confirmed by its bidder."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evaluation_price_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column(
            "steps", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "votes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_act", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'asked', 'confirmed', 'not_confirmed', 'dropped')",
            name=op.f("ck_evaluation_price_correction_state_known"),
        ),
        sa.CheckConstraint(
            "before > 0 AND after > 0",
            name=op.f("ck_evaluation_price_correction_prices_positive"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'dropped') OR until IS NOT NULL",
            name=op.f("ck_evaluation_price_correction_asked_when"),
        ),
        sa.ForeignKeyConstraint(
            ["bid"],
            ["evaluation_bid.id"],
            name=op.f("fk_evaluation_price_correction_bid_evaluation_bid"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_price_correction")),
    )
    op.create_index(
        op.f("ix_evaluation_price_correction_bid"),
        "evaluation_price_correction",
        ["bid"],
        unique=False,
    )
    op.create_index(
        "uq_evaluation_price_correction_open",
        "evaluation_price_correction",
        ["bid"],
        unique=True,
        postgresql_where="state IN ('proposed', 'asked')",
    )
    op.create_index(
        "ix_evaluation_price_correction_due",
        "evaluation_price_correction",
        ["until"],
        unique=False,
        postgresql_where="state = 'asked'",
    )


def downgrade() -> None:
    op.drop_table("evaluation_price_correction")
