"""Reviews by drawn experts: reviews, their draws, who sat."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "expert_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("case_no", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("project", sa.String(length=64), nullable=False),
        sa.Column(
            "around", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("task", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("names_public", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_expert_review_ended_when")
        ),
        sa.CheckConstraint(
            "kind IN ('review', 'reviewers')", name=op.f("ck_expert_review_kind_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('called', 'finished') OR called_at IS NOT NULL",
            name=op.f("ck_expert_review_called_when"),
        ),
        sa.CheckConstraint(
            "state IN ('drawing', 'called', 'finished', 'ended')",
            name=op.f("ck_expert_review_state_known"),
        ),
        sa.CheckConstraint(
            "number > 0 AND seats > 0", name=op.f("ck_expert_review_counted_from_one")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_review")),
        sa.UniqueConstraint(
            "kind", "case_no", "number", name=op.f("uq_expert_review_kind_case_no_number")
        ),
    )
    op.create_index(
        "ix_expert_review_unended",
        "expert_review",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "expert_review_draw",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("draw_no", sa.String(length=128), nullable=False),
        sa.Column(
            "specialties",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
        ),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "number > 0 AND quota > 0", name=op.f("ck_expert_review_draw_counted_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["review"],
            ["expert_review.id"],
            name=op.f("fk_expert_review_draw_review_expert_review"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_review_draw")),
        sa.UniqueConstraint("draw_no", name=op.f("uq_expert_review_draw_draw_no")),
        sa.UniqueConstraint("review", "number", name=op.f("uq_expert_review_draw_review_number")),
    )
    op.create_index(
        "ix_expert_review_draw_open",
        "expert_review_draw",
        ["review"],
        unique=False,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "expert_review_seat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("draw_no", sa.String(length=128), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expert", sa.String(length=32), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_for", sa.String(length=32), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "left_for IN ('busy', 'ill', 'related', 'silent')",
            name=op.f("ck_expert_review_seat_left_for_known"),
        ),
        sa.CheckConstraint(
            "(left_at IS NULL) = (left_for IS NULL)", name=op.f("ck_expert_review_seat_left_whole")
        ),
        sa.CheckConstraint(
            "done_at IS NULL OR left_at IS NULL", name=op.f("ck_expert_review_seat_done_stays")
        ),
        sa.ForeignKeyConstraint(
            ["review"],
            ["expert_review.id"],
            name=op.f("fk_expert_review_seat_review_expert_review"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_review_seat")),
        sa.UniqueConstraint("draw_no", "leaf", name=op.f("uq_expert_review_seat_draw_no_leaf")),
    )
    op.create_index(
        "ix_expert_review_seat_person",
        "expert_review_seat",
        ["person"],
        unique=False,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "ix_expert_review_seat_silent",
        "expert_review_seat",
        ["answer_due"],
        unique=False,
        postgresql_where=sa.text("accepted_at IS NULL AND left_at IS NULL"),
    )
    op.create_index(
        "uq_expert_review_seat_held",
        "expert_review_seat",
        ["review", "number"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("expert_review_seat")
    op.drop_table("expert_review_draw")
    op.drop_table("expert_review")
