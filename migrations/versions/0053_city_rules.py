"""What the city sets about how owners choose, from a day on."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "demand", sa.Column("min_quotes", sa.Integer(), server_default="3", nullable=False)
    )
    op.create_table(
        "city_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("direct_max", sa.BigInteger(), nullable=False),
        sa.Column("fiscal_threshold", sa.BigInteger(), nullable=False),
        sa.Column("min_quotes", sa.Integer(), nullable=False),
        sa.Column("fiscal_direct", sa.Boolean(), nullable=False),
        sa.Column("document", sa.String(length=80), nullable=False),
        sa.Column("paper", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'adopted', 'dropped')", name=op.f("ck_city_rule_state_known")
        ),
        sa.CheckConstraint("direct_max >= 0", name=op.f("ck_city_rule_direct_max_not_negative")),
        sa.CheckConstraint(
            "fiscal_threshold > 0", name=op.f("ck_city_rule_fiscal_threshold_positive")
        ),
        sa.CheckConstraint(
            "decided_by <> proposed_by OR state = 'dropped'",
            name=op.f("ck_city_rule_two_persons"),
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_city_rule_decided_whole")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_rule")),
    )
    op.create_index(
        "ux_city_rule_proposed",
        "city_rule",
        ["state"],
        unique=True,
        postgresql_where="state = 'proposed'",
    )


def downgrade() -> None:
    op.drop_table("city_rule")
    op.drop_column("demand", "min_quotes")
