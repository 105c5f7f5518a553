"""Evaluation: seats, findings, sheets, questions, report."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender", sa.Uuid(), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("numbers_salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("numbers_commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "drawn", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "ranking", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("determine_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("winner", sa.Uuid(), nullable=True),
        sa.Column("determined_by", sa.Uuid(), nullable=True),
        sa.Column("determined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'determined') = (winner IS NOT NULL) AND (winner IS NULL) = (determined_at IS NULL)",
            name=op.f("ck_evaluation_determined_when"),
        ),
        sa.CheckConstraint(
            "state IN ('signing_in', 'cancelled') OR started_at IS NOT NULL",
            name=op.f("ck_evaluation_started_when"),
        ),
        sa.CheckConstraint(
            "state IN ('signing_in', 'discipline', 'qualification', 'compliance', 'scoring', 'low_prices', 'ranking', 'drawing', 'drafting', 'signing', 'reported', 'determined', 'cancelled')",
            name=op.f("ck_evaluation_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('drafting', 'signing', 'reported', 'determined') OR ranking IS NOT NULL",
            name=op.f("ck_evaluation_ranked_when"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('reported', 'determined') OR reported_at IS NOT NULL",
            name=op.f("ck_evaluation_reported_when"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("tender", name=op.f("uq_evaluation_tender")),
        sa.UniqueConstraint("tender_no", name=op.f("uq_evaluation_tender_no")),
    )
    op.create_index(
        "ix_evaluation_undetermined",
        "evaluation",
        ["determine_until"],
        unique=False,
        postgresql_where="state = 'reported'",
    )
    op.create_table(
        "evaluation_bid",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation", sa.Uuid(), nullable=False),
        sa.Column("bid", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("preferences", postgresql.ARRAY(sa.String(length=16)), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cause IN ('bond', 'signature', 'qualification', 'not_responsive', 'price_above_limit', 'conditions', 'correction_not_confirmed', 'low_price_not_proved', 'collusion', 'other')",
            name=op.f("ck_evaluation_bid_cause_known"),
        ),
        sa.CheckConstraint(
            "(cause IS NULL) = (rejected_at IS NULL)", name=op.f("ck_evaluation_bid_rejected_when")
        ),
        sa.CheckConstraint("price > 0", name=op.f("ck_evaluation_bid_price_positive")),
        sa.ForeignKeyConstraint(
            ["evaluation"], ["evaluation.id"], name=op.f("fk_evaluation_bid_evaluation_evaluation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_bid")),
        sa.UniqueConstraint("bid", name=op.f("uq_evaluation_bid_bid")),
        sa.UniqueConstraint(
            "evaluation", "number", name=op.f("uq_evaluation_bid_evaluation_number")
        ),
    )
    op.create_index("ix_evaluation_bid_uscc", "evaluation_bid", ["uscc"], unique=False)
    op.create_table(
        "evaluation_report",
        sa.Column("evaluation", sa.Uuid(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation"],
            ["evaluation.id"],
            name=op.f("fk_evaluation_report_evaluation_evaluation"),
        ),
        sa.PrimaryKeyConstraint("evaluation", name=op.f("pk_evaluation_report")),
    )
    op.create_index(
        op.f("ix_evaluation_report_until"), "evaluation_report", ["until"], unique=False
    )
    op.create_table(
        "evaluation_seat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("evaluation", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("is_representative", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation"], ["evaluation.id"], name=op.f("fk_evaluation_seat_evaluation_evaluation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_seat")),
        sa.UniqueConstraint(
            "evaluation", "number", name=op.f("uq_evaluation_seat_evaluation_number")
        ),
        sa.UniqueConstraint(
            "evaluation", "person", name=op.f("uq_evaluation_seat_evaluation_person")
        ),
    )
    op.create_index(op.f("ix_evaluation_seat_person"), "evaluation_seat", ["person"], unique=False)
    op.create_table(
        "evaluation_finding",
        sa.Column("seat", sa.Uuid(), nullable=False),
        sa.Column("bid", sa.Uuid(), nullable=False),
        sa.Column("responsive", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=True),
        sa.Column("clause", sa.Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cause IN ('bond', 'signature', 'qualification', 'not_responsive', 'price_above_limit', 'conditions', 'correction_not_confirmed', 'low_price_not_proved', 'collusion', 'other')",
            name=op.f("ck_evaluation_finding_cause_known"),
        ),
        sa.CheckConstraint(
            "responsive = (cause IS NULL)",
            name=op.f("ck_evaluation_finding_cause_unless_responsive"),
        ),
        sa.ForeignKeyConstraint(
            ["bid"], ["evaluation_bid.id"], name=op.f("fk_evaluation_finding_bid_evaluation_bid")
        ),
        sa.ForeignKeyConstraint(
            ["seat"],
            ["evaluation_seat.id"],
            name=op.f("fk_evaluation_finding_seat_evaluation_seat"),
        ),
        sa.PrimaryKeyConstraint("seat", "bid", name=op.f("pk_evaluation_finding")),
    )
    op.create_table(
        "evaluation_indicator",
        sa.Column("bid", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=32), nullable=False),
        sa.Column("seat", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bid"], ["evaluation_bid.id"], name=op.f("fk_evaluation_indicator_bid_evaluation_bid")
        ),
        sa.ForeignKeyConstraint(
            ["seat"],
            ["evaluation_seat.id"],
            name=op.f("fk_evaluation_indicator_seat_evaluation_seat"),
        ),
        sa.PrimaryKeyConstraint("bid", "criterion", name=op.f("pk_evaluation_indicator")),
    )
    op.create_table(
        "evaluation_price_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column(
            "reasons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'answered' OR answer IS NOT NULL",
            name=op.f("ck_evaluation_price_question_answered_when"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'answered', 'stands', 'invalid')",
            name=op.f("ck_evaluation_price_question_state_known"),
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_evaluation_price_question_answered_whole"),
        ),
        sa.CheckConstraint(
            "until > asked_at", name=op.f("ck_evaluation_price_question_time_to_answer")
        ),
        sa.ForeignKeyConstraint(
            ["bid"],
            ["evaluation_bid.id"],
            name=op.f("fk_evaluation_price_question_bid_evaluation_bid"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_price_question")),
        sa.UniqueConstraint("bid", name=op.f("uq_evaluation_price_question_bid")),
    )
    op.create_index(
        "ix_evaluation_price_question_open",
        "evaluation_price_question",
        ["until"],
        unique=False,
        postgresql_where="state = 'asked'",
    )
    op.create_table(
        "evaluation_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seat", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column(
            "marks", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'locked', 'hashed', 'void')",
            name=op.f("ck_evaluation_sheet_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('locked', 'hashed') OR raw IS NOT NULL",
            name=op.f("ck_evaluation_sheet_locked_when"),
        ),
        sa.CheckConstraint(
            "(raw IS NULL) = (digest IS NULL) AND (raw IS NULL) = (salt IS NULL) AND (raw IS NULL) = (locked_at IS NULL)",
            name=op.f("ck_evaluation_sheet_locked_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["seat"], ["evaluation_seat.id"], name=op.f("fk_evaluation_sheet_seat_evaluation_seat")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_sheet")),
        sa.UniqueConstraint("seat", name=op.f("uq_evaluation_sheet_seat")),
    )
    op.create_table(
        "evaluation_signature",
        sa.Column("seat", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("dissent", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'awaited') = (said_at IS NULL)",
            name=op.f("ck_evaluation_signature_said_when"),
        ),
        sa.CheckConstraint(
            "(state = 'dissented') = (dissent IS NOT NULL)",
            name=op.f("ck_evaluation_signature_dissent_with_words"),
        ),
        sa.CheckConstraint(
            "state IN ('awaited', 'signed', 'dissented', 'deemed')",
            name=op.f("ck_evaluation_signature_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["seat"],
            ["evaluation_seat.id"],
            name=op.f("fk_evaluation_signature_seat_evaluation_seat"),
        ),
        sa.PrimaryKeyConstraint("seat", name=op.f("pk_evaluation_signature")),
    )
    op.create_table(
        "evaluation_price_vote",
        sa.Column("question", sa.Uuid(), nullable=False),
        sa.Column("seat", sa.Uuid(), nullable=False),
        sa.Column("proved", sa.Boolean(), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question"],
            ["evaluation_price_question.id"],
            name=op.f("fk_evaluation_price_vote_question_evaluation_price_question"),
        ),
        sa.ForeignKeyConstraint(
            ["seat"],
            ["evaluation_seat.id"],
            name=op.f("fk_evaluation_price_vote_seat_evaluation_seat"),
        ),
        sa.PrimaryKeyConstraint("question", "seat", name=op.f("pk_evaluation_price_vote")),
    )


def downgrade() -> None:
    op.drop_table("evaluation_price_vote")
    op.drop_table("evaluation_signature")
    op.drop_table("evaluation_sheet")
    op.drop_index(
        "ix_evaluation_price_question_open",
        table_name="evaluation_price_question",
        postgresql_where="state = 'asked'",
    )
    op.drop_table("evaluation_price_question")
    op.drop_table("evaluation_indicator")
    op.drop_table("evaluation_finding")
    op.drop_index(op.f("ix_evaluation_seat_person"), table_name="evaluation_seat")
    op.drop_table("evaluation_seat")
    op.drop_index(op.f("ix_evaluation_report_until"), table_name="evaluation_report")
    op.drop_table("evaluation_report")
    op.drop_index("ix_evaluation_bid_uscc", table_name="evaluation_bid")
    op.drop_table("evaluation_bid")
    op.drop_index(
        "ix_evaluation_undetermined", table_name="evaluation", postgresql_where="state = 'reported'"
    )
    op.drop_table("evaluation")
