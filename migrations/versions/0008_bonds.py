"""Bonds on the platform: keys, nullifiers, permits, links."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bond_key",
        sa.Column("denomination", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(length=6), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("key_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("structure", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("denomination", "epoch", "purpose", name=op.f("pk_bond_key")),
        sa.UniqueConstraint("key_id", name=op.f("uq_bond_key_key_id")),
    )
    op.create_table(
        "bond_nullifier",
        sa.Column("nullifier", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=True),
        sa.Column("bid_pub", sa.LargeBinary(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'absent'", name=op.f("ck_bond_nullifier_never_absent")),
        sa.CheckConstraint(
            "state IN ('absent', 'live', 'withdrawn', 'released', 'surrendered', 'linked', 'held', 'dropped')",
            name=op.f("ck_bond_nullifier_state_known"),
        ),
        sa.CheckConstraint(
            "tender_no IS NOT NULL OR state = 'surrendered'",
            name=op.f("ck_bond_nullifier_once_live_for_one_tender"),
        ),
        sa.PrimaryKeyConstraint("nullifier", name=op.f("pk_bond_nullifier")),
    )
    op.create_index(
        "ix_bond_nullifier_tender", "bond_nullifier", ["tender_no", "state"], unique=False
    )
    op.create_table(
        "bond_permit",
        sa.Column("nullifier", sa.LargeBinary(length=32), nullable=False),
        sa.Column("surrender_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("permit", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("nullifier", name=op.f("pk_bond_permit")),
    )
    op.create_table(
        "linked_bond",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("bid_pub", sa.LargeBinary(length=32), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("h_blinded", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("account_commitment", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_rule", sa.String(length=8), nullable=True),
        sa.Column("forfeit_cause", sa.String(length=8), nullable=True),
        sa.Column("interest", sa.BigInteger(), nullable=True),
        sa.Column("overdue_interest", sa.BigInteger(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL)",
            name=op.f("ck_linked_bond_released_when"),
        ),
        sa.CheckConstraint(
            "state <> 'held' OR forfeit_cause IS NULL",
            name=op.f("ck_linked_bond_cause_after_decision"),
        ),
        sa.CheckConstraint(
            "state IN ('held', 'ordered', 'released', 'forfeited')",
            name=op.f("ck_linked_bond_state_known"),
        ),
        sa.CheckConstraint(
            "(due_on IS NULL) = (due_rule IS NULL)", name=op.f("ck_linked_bond_due_by_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linked_bond")),
        sa.UniqueConstraint("bid_pub", name=op.f("uq_linked_bond_bid_pub")),
        sa.UniqueConstraint("h_blinded", name=op.f("uq_linked_bond_h_blinded")),
    )
    op.create_index(
        "ix_linked_bond_due",
        "linked_bond",
        ["due_on"],
        unique=False,
        postgresql_where="state = 'held'",
    )
    op.create_index("ix_linked_bond_tender", "linked_bond", ["tender_no"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_linked_bond_tender", table_name="linked_bond")
    op.drop_index("ix_linked_bond_due", table_name="linked_bond", postgresql_where="state = 'held'")
    op.drop_table("linked_bond")
    op.drop_table("bond_permit")
    op.drop_index("ix_bond_nullifier_tender", table_name="bond_nullifier")
    op.drop_table("bond_nullifier")
    op.drop_table("bond_key")
