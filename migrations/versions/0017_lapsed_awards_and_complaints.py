"""Awards that lapse so that another follows, complaints about answers, notices of decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = "'NT08', 'NT11', 'NT04', 'NT13', 'NT14', 'NT15'"
STATES = "'published', 'notified', 'contracted', 'filed'"
LAPSED = (
    "(state = 'lapsed') = (lapsed_at IS NOT NULL)"
    " AND (lapsed_at IS NULL) = (lapse_cause IS NULL)"
    " AND (lapsed_at IS NULL) = (lapse_words IS NULL)"
    " AND (lapsed_at IS NULL) = (lapse_evidence IS NULL)"
)


def upgrade() -> None:
    _known("notice", "kind", f"{KINDS}, 'NT17'")
    _known("award", "state", f"{STATES}, 'lapsed'")
    op.add_column("award", sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("award", sa.Column("lapse_cause", sa.String(length=32), nullable=True))
    op.add_column("award", sa.Column("lapse_words", sa.Text(), nullable=True))
    op.add_column("award", sa.Column("lapse_evidence", sa.LargeBinary(length=32), nullable=True))
    op.create_check_constraint(op.f("ck_award_lapsed_whole"), "award", LAPSED)
    op.create_check_constraint(
        op.f("ck_award_lapse_cause_known"),
        "award",
        "lapse_cause IN ('refused', 'not_signed', 'unable', 'set_aside')",
    )
    op.drop_constraint(op.f("uq_award_tender"), "award", type_="unique")
    op.drop_constraint(op.f("uq_award_tender_no"), "award", type_="unique")
    op.create_index(
        "uq_award_standing",
        "award",
        ["tender"],
        unique=True,
        postgresql_where=sa.text("state <> 'lapsed'"),
    )
    op.create_index("ix_award_tender_no", "award", ["tender_no"])
    _complaints()


def _complaints() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.String(length=32), nullable=False),
        sa.Column("challenge", sa.Uuid(), nullable=False),
        sa.Column("tender", sa.Uuid(), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("matters", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("examine_until", sa.Date(), nullable=True),
        sa.Column("decide_until", sa.Date(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'decided') = (outcome IS NOT NULL)",
            name=op.f("ck_complaint_decided_with_outcome"),
        ),
        sa.CheckConstraint(
            "(state IN ('decided', 'refused')) = (decided_at IS NOT NULL)"
            " AND (decided_at IS NULL) = (decision IS NULL)",
            name=op.f("ck_complaint_decided_whole"),
        ),
        sa.CheckConstraint(
            "suspended_until IS NULL OR accepted_at IS NOT NULL",
            name=op.f("ck_complaint_suspended_when"),
        ),
        sa.CheckConstraint(
            "state IN ('filed', 'accepted', 'refused', 'decided', 'withdrawn')",
            name=op.f("ck_complaint_state_known"),
        ),
        sa.CheckConstraint(
            "outcome IN ('dismissed', 'upheld_without_effect', 'result_void', 'process_void')",
            name=op.f("ck_complaint_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge"], ["challenge.id"], name=op.f("fk_complaint_challenge_challenge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("no", name=op.f("uq_complaint_no")),
        sa.UniqueConstraint("challenge", name=op.f("uq_complaint_challenge")),
    )
    op.create_index(op.f("ix_complaint_tender"), "complaint", ["tender"])
    op.create_index(op.f("ix_complaint_organisation"), "complaint", ["organisation"])
    op.create_index(
        "ix_complaint_open",
        "complaint",
        ["filed_at"],
        postgresql_where=sa.text("state IN ('filed', 'accepted')"),
    )


def downgrade() -> None:
    op.drop_table("complaint")
    op.drop_index("ix_award_tender_no", "award")
    op.drop_index("uq_award_standing", "award")
    op.execute("DELETE FROM award WHERE state = 'lapsed'")
    op.create_unique_constraint(op.f("uq_award_tender_no"), "award", ["tender_no"])
    op.create_unique_constraint(op.f("uq_award_tender"), "award", ["tender"])
    op.drop_constraint(op.f("ck_award_lapse_cause_known"), "award", type_="check")
    op.drop_constraint(op.f("ck_award_lapsed_whole"), "award", type_="check")
    for column in ("lapse_evidence", "lapse_words", "lapse_cause", "lapsed_at"):
        op.drop_column("award", column)
    _known("award", "state", STATES)
    op.execute("DELETE FROM notice WHERE kind = 'NT17'")
    _known("notice", "kind", KINDS)


def _known(table: str, column: str, listed: str) -> None:
    name = op.f(f"ck_{table}_{column}_known")
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, f"{column} IN ({listed})")
