"""A computed month keeps what ended without a score, and its file names it."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "assessed_month",
        sa.Column("lists_unscored", sa.Boolean(), server_default="false", nullable=False),
    )
    op.create_table(
        "assessed_unscored",
        sa.Column("order_no", sa.String(length=32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Uuid(), nullable=False),
        sa.Column("department", sa.Uuid(), nullable=False),
        sa.Column("agency_code", sa.String(length=64), nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("item_code", sa.String(length=16), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "why IN ('silence', 'not-accepted', 'ended')",
            name=op.f("ck_assessed_unscored_why_known"),
        ),
        sa.ForeignKeyConstraint(
            ["agency"], ["organisation.id"], name=op.f("fk_assessed_unscored_agency_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["department"],
            ["organisation.id"],
            name=op.f("fk_assessed_unscored_department_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["first_day"],
            ["assessed_month.first_day"],
            name=op.f("fk_assessed_unscored_first_day_assessed_month"),
        ),
        sa.PrimaryKeyConstraint("order_no", name=op.f("pk_assessed_unscored")),
    )
    op.create_index(
        "uq_assessed_unscored_place", "assessed_unscored", ["first_day", "place"], unique=True
    )


def downgrade() -> None:
    op.drop_table("assessed_unscored")
    op.drop_column("assessed_month", "lists_unscored")
