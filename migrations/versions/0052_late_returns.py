"""A decision sent back after the scores of its month counts in a later one."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_service_order_event_returned",
        "service_order_event",
        ["at"],
        postgresql_where="kind = 'DecisionReturned'",
    )
    op.add_column(
        "assessed_month",
        sa.Column("lists_returns", sa.Boolean(), server_default="false", nullable=False),
    )
    op.create_table(
        "assessed_return",
        sa.Column("order_no", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit", sa.BigInteger(), nullable=False),
        sa.Column("takes", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "side IN ('department', 'agency')", name=op.f("ck_assessed_return_side_known")
        ),
        sa.CheckConstraint('"limit" > 0', name=op.f("ck_assessed_return_limit_positive")),
        sa.ForeignKeyConstraint(
            ["order_no"],
            ["assessed_case.order_no"],
            name=op.f("fk_assessed_return_order_no_assessed_case"),
        ),
        sa.ForeignKeyConstraint(
            ["first_day"],
            ["assessed_month.first_day"],
            name=op.f("fk_assessed_return_first_day_assessed_month"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["organisation.id"],
            name=op.f("fk_assessed_return_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("order_no", "number", name=op.f("pk_assessed_return")),
    )
    op.create_index(
        "uq_assessed_return_place", "assessed_return", ["first_day", "place"], unique=True
    )


def downgrade() -> None:
    op.drop_table("assessed_return")
    op.drop_column("assessed_month", "lists_returns")
    op.drop_index("ix_service_order_event_returned", "service_order_event")
