"""Calendar years: the holidays of a year as rows that two persons put in force."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=80), nullable=False),
        sa.Column("paper", sa.String(length=400), nullable=False),
        sa.Column(
            "holidays",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)",
            name=op.f("ck_calendar_year_decided_whole"),
        ),
        sa.CheckConstraint(
            "decided_by <> proposed_by OR state = 'dropped'",
            name=op.f("ck_calendar_year_two_persons"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'in-force', 'dropped', 'replaced')",
            name=op.f("ck_calendar_year_state_known"),
        ),
        sa.CheckConstraint("year BETWEEN 2020 AND 2099", name=op.f("ck_calendar_year_year_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_year")),
    )
    op.create_index(
        "ux_calendar_year_in_force",
        "calendar_year",
        ["year"],
        unique=True,
        postgresql_where="state = 'in-force'",
    )
    op.create_index(
        "ux_calendar_year_proposed",
        "calendar_year",
        ["year"],
        unique=True,
        postgresql_where="state = 'proposed'",
    )


def downgrade() -> None:
    op.drop_index(
        "ux_calendar_year_proposed",
        table_name="calendar_year",
        postgresql_where="state = 'proposed'",
    )
    op.drop_index(
        "ux_calendar_year_in_force",
        table_name="calendar_year",
        postgresql_where="state = 'in-force'",
    )
    op.drop_table("calendar_year")
