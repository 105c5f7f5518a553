"""Bundled assessment: months, their cases and standings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessed_month",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("first_day", name=op.f("pk_assessed_month")),
    )
    op.create_table(
        "assessed_case",
        sa.Column("order_no", sa.String(length=32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Uuid(), nullable=False),
        sa.Column("department", sa.Uuid(), nullable=False),
        sa.Column("agency_code", sa.String(length=64), nullable=False),
        sa.Column("department_code", sa.String(length=64), nullable=False),
        sa.Column("item_code", sa.String(length=16), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("formula_day", sa.Date(), nullable=False),
        sa.Column(
            "figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("stars", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency"], ["organisation.id"], name=op.f("fk_assessed_case_agency_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["department"],
            ["organisation.id"],
            name=op.f("fk_assessed_case_department_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["first_day"],
            ["assessed_month.first_day"],
            name=op.f("fk_assessed_case_first_day_assessed_month"),
        ),
        sa.PrimaryKeyConstraint("order_no", name=op.f("pk_assessed_case")),
    )
    op.create_index(
        "ix_assessed_case_agency", "assessed_case", ["agency", "first_day"], unique=False
    )
    op.create_index(
        "ix_assessed_case_department", "assessed_case", ["department", "first_day"], unique=False
    )
    op.create_index("uq_assessed_case_place", "assessed_case", ["first_day", "place"], unique=True)
    op.create_table(
        "assessed_standing",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("limit", sa.BigInteger(), nullable=False),
        sa.Column("mean", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "side IN ('department', 'agency')", name=op.f("ck_assessed_standing_side_known")
        ),
        sa.CheckConstraint("cases > 0", name=op.f("ck_assessed_standing_cases_positive")),
        sa.CheckConstraint(
            "rank IS NULL OR rank > 0", name=op.f("ck_assessed_standing_rank_positive")
        ),
        sa.ForeignKeyConstraint(
            ["first_day"],
            ["assessed_month.first_day"],
            name=op.f("fk_assessed_standing_first_day_assessed_month"),
        ),
        sa.PrimaryKeyConstraint("first_day", "side", "code", name=op.f("pk_assessed_standing")),
    )


def downgrade() -> None:
    op.drop_table("assessed_standing")
    op.drop_table("assessed_case")
    op.drop_table("assessed_month")
