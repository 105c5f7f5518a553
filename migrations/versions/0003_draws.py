"""Draws that can be re-run: freezes, leaves, pieces, steps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.String(length=128), nullable=False),
        sa.Column("case_no", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("freeze", sa.LargeBinary(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("names_public", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'walk') = (inputs IS NOT NULL)", name=op.f("ck_draw_walk_has_pool")
        ),
        sa.CheckConstraint(
            "(state = 'published') = (result IS NOT NULL) AND (result IS NULL) = (published_at IS NULL)",
            name=op.f("ck_draw_published_whole"),
        ),
        sa.CheckConstraint(
            "(state IN ('drawn', 'published')) = (seed IS NOT NULL)",
            name=op.f("ck_draw_drawn_has_seed"),
        ),
        sa.CheckConstraint(
            "kind IN ('walk', 'permutation', 'pick')", name=op.f("ck_draw_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('frozen', 'audited', 'committed', 'drawn', 'published', 'stopped')",
            name=op.f("ck_draw_state_known"),
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_draw_counted_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("case_no", "purpose", name=op.f("uq_draw_case_no_purpose")),
        sa.UniqueConstraint("no", name=op.f("uq_draw_no")),
    )
    op.create_table(
        "draw_leaf",
        sa.Column("draw", sa.Uuid(), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tag", sa.LargeBinary(length=32), nullable=True),
        sa.Column("opening", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["draw"], ["draw.id"], name=op.f("fk_draw_leaf_draw_draw")),
        sa.PrimaryKeyConstraint("draw", "stratum", "leaf", name=op.f("pk_draw_leaf")),
    )
    op.create_table(
        "draw_piece",
        sa.Column("draw", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(attempt = 0) = (kind IN ('draw-audit', 'draw-consent'))",
            name=op.f("ck_draw_piece_attempt_meant"),
        ),
        sa.CheckConstraint(
            "kind IN ('draw-audit', 'draw-consent', 'draw-commit', 'draw-reveal', 'draw-void')",
            name=op.f("ck_draw_piece_kind_known"),
        ),
        sa.ForeignKeyConstraint(["draw"], ["draw.id"], name=op.f("fk_draw_piece_draw_draw")),
        sa.PrimaryKeyConstraint("draw", "kind", "attempt", "name", name=op.f("pk_draw_piece")),
    )
    op.create_table(
        "draw_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("collides", sa.LargeBinary(length=32), nullable=True),
        sa.Column(
            "evidence", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["draw"], ["draw.id"], name=op.f("fk_draw_step_draw_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_step")),
        sa.UniqueConstraint("draw", "number", name=op.f("uq_draw_step_draw_number")),
        sa.UniqueConstraint("draw", "stratum", "leaf", name=op.f("uq_draw_step_draw_stratum_leaf")),
    )
    op.create_index(
        "ix_draw_step_waiting",
        "draw_step",
        ["draw", "number"],
        unique=False,
        postgresql_where="body IS NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_draw_step_waiting", table_name="draw_step", postgresql_where="body IS NULL")
    op.drop_table("draw_step")
    op.drop_table("draw_piece")
    op.drop_table("draw_leaf")
    op.drop_table("draw")
