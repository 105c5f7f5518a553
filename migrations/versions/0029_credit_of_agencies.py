"""Credit of agencies: the ledger, penalties, months, and what follows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_penalty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("occurred", sa.Date(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("order_no", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_by", sa.Uuid(), nullable=True),
        sa.Column("appeal_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("legal_paper", sa.String(length=200), nullable=True),
        sa.Column("hearing_told", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'appealed') = (answer_due IS NOT NULL)",
            name=op.f("ck_credit_penalty_state_appealed"),
        ),
        sa.CheckConstraint(
            "(state IN ('noticed', 'stated', 'dropped')) = (final_at IS NULL)",
            name=op.f("ck_credit_penalty_state_final"),
        ),
        sa.CheckConstraint(
            "act IN ('gives_up', 'charges_more', 'breaks_contract', 'below_standard', 'overdue', 'qualification_changed', 'forgery', 'refuses_inspection', 'not_filed')",
            name=op.f("ck_credit_penalty_act_known"),
        ),
        sa.CheckConstraint(
            "state IN ('noticed', 'stated', 'final', 'appealed', 'confirmed', 'cancelled', 'dropped')",
            name=op.f("ck_credit_penalty_state_known"),
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_credit_penalty_points_positive")),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["organisation.id"],
            name=op.f("fk_credit_penalty_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_penalty")),
        sa.UniqueConstraint("no", name=op.f("uq_credit_penalty_no")),
    )
    op.create_index(
        "ix_credit_penalty_organisation",
        "credit_penalty",
        ["organisation", "noticed_at"],
        unique=False,
    )
    op.create_index(
        "ix_credit_penalty_state", "credit_penalty", ["state", "heard_by"], unique=False
    )
    op.create_index(
        "uq_credit_penalty_order",
        "credit_penalty",
        ["organisation", "act", "order_no", "occurred"],
        unique=True,
        postgresql_where="order_no IS NOT NULL",
    )
    op.create_table(
        "credit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("penalty", sa.Uuid(), nullable=True),
        sa.Column(
            "said", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'bonus') = (penalty IS NULL)",
            name=op.f("ck_credit_entry_penalty_unless_bonus"),
        ),
        sa.CheckConstraint(
            "kind IN ('bonus', 'notice', 'statement', 'drop', 'final', 'appeal', 'confirm', 'cancel', 'legal')",
            name=op.f("ck_credit_entry_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["organisation.id"],
            name=op.f("fk_credit_entry_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["penalty"], ["credit_penalty.id"], name=op.f("fk_credit_entry_penalty_credit_penalty")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_entry")),
        sa.UniqueConstraint("place", name=op.f("uq_credit_entry_place")),
    )
    op.create_index(
        "ix_credit_entry_organisation", "credit_entry", ["organisation", "place"], unique=False
    )
    op.create_index("ix_credit_entry_penalty", "credit_entry", ["penalty", "place"], unique=False)
    op.create_table(
        "credit_month",
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "level IN ('A', 'B', 'C', 'D')", name=op.f("ck_credit_month_level_known")
        ),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["organisation.id"],
            name=op.f("fk_credit_month_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation", "first_day", name=op.f("pk_credit_month")),
    )
    op.create_table(
        "credit_effect",
        sa.Column("penalty", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("before", sa.Date(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('suspension', 'removal')", name=op.f("ck_credit_effect_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["penalty"], ["credit_penalty.id"], name=op.f("fk_credit_effect_penalty_credit_penalty")
        ),
        sa.PrimaryKeyConstraint("penalty", name=op.f("pk_credit_effect")),
    )
    op.create_table(
        "credit_running",
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.CheckConstraint("running >= 0", name=op.f("ck_credit_running_running_not_negative")),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["organisation.id"],
            name=op.f("fk_credit_running_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_credit_running")),
    )
    op.execute(
        "CREATE TRIGGER keep_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()"
    )


def downgrade() -> None:
    op.drop_table("credit_running")
    op.drop_table("credit_effect")
    op.drop_table("credit_month")
    op.drop_table("credit_entry")
    op.drop_table("credit_penalty")
