"""Bidding in rounds: every price that was named, with its moment and its hash."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_price",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("selection", sa.Uuid(), nullable=False),
        sa.Column("agency", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.CheckConstraint("price > 0", name=op.f("ck_round_price_price_positive")),
        sa.CheckConstraint("round BETWEEN 1 AND 3", name=op.f("ck_round_price_round_known")),
        sa.CheckConstraint("octet_length(salt) = 32", name=op.f("ck_round_price_salt_whole")),
        sa.ForeignKeyConstraint(
            ["selection"], ["selection.id"], name=op.f("fk_round_price_selection_selection")
        ),
        sa.ForeignKeyConstraint(
            ["agency"], ["organisation.id"], name=op.f("fk_round_price_agency_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_price")),
        sa.UniqueConstraint(
            "selection", "agency", "price", name=op.f("uq_round_price_selection_agency_price")
        ),
    )
    op.create_index("ix_round_price_selection", "round_price", ["selection", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_round_price_selection", table_name="round_price")
    op.drop_table("round_price")
