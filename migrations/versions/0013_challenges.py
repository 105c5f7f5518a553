"""Challenges."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.String(length=32), nullable=False),
        sa.Column("tender", sa.Uuid(), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("matters", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("may_change_result", sa.Boolean(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL)",
            name=op.f("ck_challenge_answered_when"),
        ),
        sa.CheckConstraint(
            "stage IN ('documents', 'process', 'result')", name=op.f("ck_challenge_stage_known")
        ),
        sa.CheckConstraint(
            "state IN ('registered', 'answered', 'withdrawn')",
            name=op.f("ck_challenge_state_known"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)",
            name=op.f("ck_challenge_answered_with_words"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("no", name=op.f("uq_challenge_no")),
        sa.UniqueConstraint(
            "tender", "organisation", "stage", name=op.f("uq_challenge_tender_organisation_stage")
        ),
    )
    op.create_index(
        "ix_challenge_open",
        "challenge",
        ["tender"],
        unique=False,
        postgresql_where="state = 'registered'",
    )


def downgrade() -> None:
    op.drop_index(
        "ix_challenge_open", table_name="challenge", postgresql_where="state = 'registered'"
    )
    op.drop_table("challenge")
