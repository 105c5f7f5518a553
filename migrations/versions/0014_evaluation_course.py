"""Evaluation: the draw of a tie, substitutes, postponements, corrections, answers by bid key."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("evaluation", sa.Column("tie_draw", sa.String(length=128), nullable=True))
    op.add_column(
        "evaluation",
        sa.Column("passed_over", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
    )
    op.alter_column("evaluation", "passed_over", server_default=None)
    _seats()
    op.add_column(
        "evaluation_price_question", sa.Column("answer_act", sa.LargeBinary(), nullable=True)
    )
    op.add_column("evaluation_price_question", sa.Column("answer_seq", sa.Integer(), nullable=True))
    _former_reports()
    _corrections()


def _seats() -> None:
    op.add_column("evaluation_seat", sa.Column("left_at", MOMENT, nullable=True))
    op.add_column("evaluation_seat", sa.Column("left_because", sa.String(length=32), nullable=True))
    op.add_column("evaluation_seat", sa.Column("follows", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_evaluation_seat_left_because_known"),
        "evaluation_seat",
        "left_because IN ('absent', 'recused', 'health')",
    )
    op.create_check_constraint(
        op.f("ck_evaluation_seat_left_with_reason"),
        "evaluation_seat",
        "(left_at IS NULL) = (left_because IS NULL)",
    )
    op.create_foreign_key(
        op.f("fk_evaluation_seat_follows_evaluation_seat"),
        "evaluation_seat",
        "evaluation_seat",
        ["follows"],
        ["id"],
    )
    op.create_table(
        "evaluation_postponement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("postponed_by", sa.Uuid(), nullable=True),
        sa.Column("postponed_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "reason IN ('panel_short', 'system_down', 'disaster', 'challenge', 'too_long')",
            name=op.f("ck_evaluation_postponement_reason_known"),
        ),
        sa.CheckConstraint(
            "until > postponed_at", name=op.f("ck_evaluation_postponement_until_later")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation"],
            ["evaluation.id"],
            name=op.f("fk_evaluation_postponement_evaluation_evaluation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_postponement")),
    )
    op.create_index(
        op.f("ix_evaluation_postponement_evaluation"), "evaluation_postponement", ["evaluation"]
    )


def _former_reports() -> None:
    op.create_table(
        "evaluation_former_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation", sa.Uuid(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("said", JSONB, nullable=False),
        sa.Column("put_aside_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation"],
            ["evaluation.id"],
            name=op.f("fk_evaluation_former_report_evaluation_evaluation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_former_report")),
    )
    op.create_index(
        op.f("ix_evaluation_former_report_evaluation"), "evaluation_former_report", ["evaluation"]
    )


def _corrections() -> None:
    op.create_table(
        "evaluation_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ground", sa.String(length=32), nullable=False),
        sa.Column("seat", sa.Uuid(), nullable=False),
        sa.Column("bid", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=32), nullable=False),
        sa.Column("old", sa.String(length=32), nullable=False),
        sa.Column("new", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ground IN ('sum_wrong', 'out_of_range', 'objective_differs', 'grossly_off')",
            name=op.f("ck_evaluation_correction_ground_known"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'applied', 'refused')",
            name=op.f("ck_evaluation_correction_state_known"),
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)",
            name=op.f("ck_evaluation_correction_decided_when"),
        ),
        sa.CheckConstraint(
            "(state = 'applied') = (before IS NOT NULL)",
            name=op.f("ck_evaluation_correction_before_kept"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_evaluation_correction_{column}_{table}")
            )
            for column, table in (
                ("evaluation", "evaluation"),
                ("seat", "evaluation_seat"),
                ("bid", "evaluation_bid"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_correction")),
    )
    op.create_index(
        op.f("ix_evaluation_correction_evaluation"), "evaluation_correction", ["evaluation"]
    )
    op.create_table(
        "evaluation_correction_vote",
        sa.Column("correction", sa.Uuid(), nullable=False),
        sa.Column("seat", sa.Uuid(), nullable=False),
        sa.Column("grossly_off", sa.Boolean(), nullable=False),
        sa.Column("voted_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["correction"],
            ["evaluation_correction.id"],
            name=op.f("fk_evaluation_correction_vote_correction_evaluation_correction"),
        ),
        sa.ForeignKeyConstraint(
            ["seat"],
            ["evaluation_seat.id"],
            name=op.f("fk_evaluation_correction_vote_seat_evaluation_seat"),
        ),
        sa.PrimaryKeyConstraint("correction", "seat", name=op.f("pk_evaluation_correction_vote")),
    )


def downgrade() -> None:
    op.drop_table("evaluation_correction_vote")
    op.drop_table("evaluation_correction")
    op.drop_table("evaluation_former_report")
    op.drop_column("evaluation_price_question", "answer_seq")
    op.drop_column("evaluation_price_question", "answer_act")
    op.drop_table("evaluation_postponement")
    op.drop_constraint(op.f("fk_evaluation_seat_follows_evaluation_seat"), "evaluation_seat")
    op.drop_column("evaluation_seat", "follows")
    op.drop_column("evaluation_seat", "left_because")
    op.drop_column("evaluation_seat", "left_at")
    op.drop_column("evaluation", "passed_over")
    op.drop_column("evaluation", "tie_draw")
