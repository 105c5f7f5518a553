"""The time of a reviewing expert for the work, a reminder before its end, and turns in a month."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

OLDER = "'busy', 'ill', 'related', 'silent'"
SEAT = "expert_review_seat"
REASONS = "ck_expert_review_seat_left_for_known"


def upgrade() -> None:
    op.create_table(
        "expert_turn",
        sa.Column("kept_in", sa.String(length=64), nullable=False),
        sa.Column("expert", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("given_back_at >= taken_at", name=op.f("ck_expert_turn_taken_first")),
        sa.ForeignKeyConstraint(
            ["expert"], ["expert.id"], name=op.f("fk_expert_turn_expert_expert")
        ),
        sa.PrimaryKeyConstraint("kept_in", name=op.f("pk_expert_turn")),
    )
    op.create_index(
        "ix_expert_turn_counted",
        "expert_turn",
        ["taken_at"],
        unique=False,
        postgresql_where=sa.text("given_back_at IS NULL"),
    )
    op.add_column(SEAT, sa.Column("work_due", sa.DateTime(timezone=True), nullable=True))
    op.add_column(SEAT, sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f(REASONS), SEAT, type_="check")
    op.create_check_constraint(op.f(REASONS), SEAT, f"left_for IN ({OLDER}, 'late')")
    op.create_index(
        "ix_expert_review_seat_late",
        SEAT,
        ["work_due"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND left_at IS NULL"),
    )
    op.create_index(
        "ix_expert_review_seat_warn",
        SEAT,
        ["warn_at"],
        unique=False,
        postgresql_where=sa.text("warn_at IS NOT NULL"),
    )
    # Reviewers of schemes had one time for yes and work; who sits now has a turn of this month.
    op.execute(
        "UPDATE expert_review_seat AS s SET work_due = s.answer_due FROM expert_review AS r"
        " WHERE r.id = s.review AND r.kind = 'reviewers'"
    )
    op.execute(
        "INSERT INTO expert_turn (kept_in, expert, taken_at) SELECT 'review/' || s.id, e.id,"
        " s.called_at FROM expert_review_seat AS s JOIN expert AS e ON e.no = s.expert"
        " WHERE s.left_at IS NULL"
    )


def downgrade() -> None:
    op.drop_index("ix_expert_review_seat_warn", table_name=SEAT)
    op.drop_index("ix_expert_review_seat_late", table_name=SEAT)
    op.execute("UPDATE expert_review_seat SET left_for = 'silent' WHERE left_for = 'late'")
    op.drop_constraint(op.f(REASONS), SEAT, type_="check")
    op.create_check_constraint(op.f(REASONS), SEAT, f"left_for IN ({OLDER})")
    op.drop_column(SEAT, "warn_at")
    op.drop_column(SEAT, "work_due")
    op.drop_table("expert_turn")
