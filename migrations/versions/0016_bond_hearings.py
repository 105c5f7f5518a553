"""Hearings about bonds, bonds that an earlier closing took, uploads that an act names."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATES = "state IN ('held', 'ordered', 'released', 'forfeited')"
STATES_NOW = "state IN ('held', 'ordered', 'released', 'forfeited', 'displaced')"


def upgrade() -> None:
    op.add_column("linked_bond", sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("linked_bond", sa.Column("difference", sa.String(length=32), nullable=True))
    op.drop_constraint(op.f("ck_linked_bond_state_known"), "linked_bond", type_="check")
    op.create_check_constraint(op.f("ck_linked_bond_state_known"), "linked_bond", STATES_NOW)
    op.create_check_constraint(
        op.f("ck_linked_bond_kept_when_forfeited"),
        "linked_bond",
        "kept_at IS NULL OR state = 'forfeited'",
    )
    op.drop_constraint(op.f("uq_linked_bond_h_blinded"), "linked_bond", type_="unique")
    op.create_index(
        "uq_linked_bond_deposit",
        "linked_bond",
        ["h_blinded"],
        unique=True,
        postgresql_where="state <> 'displaced'",
    )
    _hearing()
    op.add_column(
        "bid_upload",
        sa.Column("kept", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.alter_column("bid_upload", "kept", server_default=None)
    op.drop_index("ix_bid_upload_expiry", table_name="bid_upload")
    op.create_index(
        "ix_bid_upload_expiry", "bid_upload", ["expires_at"], postgresql_where="NOT kept"
    )


def _hearing() -> None:
    op.create_table(
        "bond_hearing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("bid_pub", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bond", sa.Uuid(), nullable=True),
        sa.Column("held", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("reasons_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("reasons_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=True),
        sa.Column("difference", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('shown', 'proposed', 'kept', 'returned')",
            name=op.f("ck_bond_hearing_state_known"),
        ),
        sa.CheckConstraint(
            "(bond IS NULL) <> (held IS NULL)", name=op.f("ck_bond_hearing_opened_or_held")
        ),
        sa.CheckConstraint(
            "state NOT IN ('proposed', 'kept') OR"
            " (cause IS NOT NULL AND facts IS NOT NULL AND reasons_until IS NOT NULL)",
            name=op.f("ck_bond_hearing_proposed_whole"),
        ),
        sa.CheckConstraint(
            "(state IN ('kept', 'returned')) = (decided_at IS NOT NULL)",
            name=op.f("ck_bond_hearing_decided_when"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision IS NULL)",
            name=op.f("ck_bond_hearing_decided_with_words"),
        ),
        sa.CheckConstraint(
            "(reasons IS NULL) = (reasons_at IS NULL)", name=op.f("ck_bond_hearing_reasons_when")
        ),
        sa.ForeignKeyConstraint(
            ["bond"], ["linked_bond.id"], name=op.f("fk_bond_hearing_bond_linked_bond")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bond_hearing")),
    )
    op.create_index(
        "uq_bond_hearing_open",
        "bond_hearing",
        ["bid_pub"],
        unique=True,
        postgresql_where="state IN ('shown', 'proposed')",
    )
    op.create_index("ix_bond_hearing_uscc", "bond_hearing", ["uscc"])
    op.create_index("ix_bond_hearing_tender", "bond_hearing", ["tender_no"])


def downgrade() -> None:
    op.drop_index("ix_bid_upload_expiry", table_name="bid_upload")
    op.create_index("ix_bid_upload_expiry", "bid_upload", ["expires_at"])
    op.drop_column("bid_upload", "kept")
    op.drop_table("bond_hearing")
    op.drop_index("uq_linked_bond_deposit", table_name="linked_bond")
    op.create_unique_constraint(op.f("uq_linked_bond_h_blinded"), "linked_bond", ["h_blinded"])
    op.drop_constraint(op.f("ck_linked_bond_kept_when_forfeited"), "linked_bond", type_="check")
    op.drop_constraint(op.f("ck_linked_bond_state_known"), "linked_bond", type_="check")
    op.create_check_constraint(op.f("ck_linked_bond_state_known"), "linked_bond", STATES)
    op.drop_column("linked_bond", "difference")
    op.drop_column("linked_bond", "kept_at")
