"""Evaluation panels."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "panel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender", sa.Uuid(), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("draw_no", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("experts", sa.Integer(), nullable=False),
        sa.Column(
            "strata", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("evaluation_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "bidders", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("rechecked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'seated' OR seated_at IS NOT NULL", name=op.f("ck_panel_seated_when")
        ),
        sa.CheckConstraint(
            "state IN ('drawing', 'complete', 'seated', 'ended')", name=op.f("ck_panel_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('complete', 'seated') OR completed_at IS NOT NULL",
            name=op.f("ck_panel_complete_when"),
        ),
        sa.CheckConstraint(
            "(bidders IS NULL) = (rechecked_at IS NULL)", name=op.f("ck_panel_rechecked_with_names")
        ),
        sa.CheckConstraint(
            "size >= experts AND experts >= 1", name=op.f("ck_panel_experts_in_size")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
        sa.UniqueConstraint("draw_no", name=op.f("uq_panel_draw_no")),
        sa.UniqueConstraint("tender", name=op.f("uq_panel_tender")),
        sa.UniqueConstraint("tender_no", name=op.f("uq_panel_tender_no")),
    )
    op.create_table(
        "panel_representative",
        sa.Column("panel", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declaration_hash", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint(
            "(signed_in_at IS NULL) = (declaration_hash IS NULL)",
            name=op.f("ck_panel_representative_declared_at_sign_in"),
        ),
        sa.ForeignKeyConstraint(
            ["panel"], ["panel.id"], name=op.f("fk_panel_representative_panel_panel")
        ),
        sa.PrimaryKeyConstraint("panel", "person", name=op.f("pk_panel_representative")),
    )


def downgrade() -> None:
    op.drop_table("panel_representative")
    op.drop_table("panel")
