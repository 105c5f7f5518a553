"""Forfeited bonds are paid to the treasury."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE = "purpose IN ('misdirected', 'proof', 'refund', 'release', 'interest', 'sunset')"
AFTER = "purpose IN ('misdirected', 'proof', 'refund', 'release', 'interest', 'sunset', 'forfeit')"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_payment_purpose_known"), "payment", type_="check")
    op.create_check_constraint(op.f("ck_payment_purpose_known"), "payment", AFTER)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_payment_purpose_known"), "payment", type_="check")
    op.create_check_constraint(op.f("ck_payment_purpose_known"), "payment", BEFORE)
