"""Schemes are sealed apart from their prices; one that does not open has a fault of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

FAULTS = (
    "'not-active', 'not-qualified', 'same-group', 'ill-sealed', 'not-named', 'no-price',"
    " 'beyond-limits'"
)
NEWER = (
    "'not-active', 'not-qualified', 'same-group', 'ill-sealed', 'scheme-unreadable', 'not-named',"
    " 'no-price', 'beyond-limits'"
)


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("scheme", sa.LargeBinary(), nullable=True))
    op.drop_constraint(op.f("ck_enrolment_withdrawal_bare"), "enrolment", type_="check")
    op.create_check_constraint(
        op.f("ck_enrolment_withdrawal_bare"),
        "enrolment",
        "(ciphertext IS NULL AND scheme IS NULL) OR NOT is_withdrawal",
    )
    op.create_check_constraint(
        op.f("ck_enrolment_scheme_beside_price"),
        "enrolment",
        "scheme IS NULL OR ciphertext IS NOT NULL",
    )
    op.drop_constraint(op.f("ck_enrolment_fault_known"), "enrolment", type_="check")
    op.create_check_constraint(op.f("ck_enrolment_fault_known"), "enrolment", f"fault IN ({NEWER})")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_enrolment_fault_known"), "enrolment", type_="check")
    op.create_check_constraint(
        op.f("ck_enrolment_fault_known"), "enrolment", f"fault IN ({FAULTS})"
    )
    op.drop_constraint(op.f("ck_enrolment_scheme_beside_price"), "enrolment", type_="check")
    op.drop_constraint(op.f("ck_enrolment_withdrawal_bare"), "enrolment", type_="check")
    op.create_check_constraint(
        op.f("ck_enrolment_withdrawal_bare"),
        "enrolment",
        "ciphertext IS NULL OR NOT is_withdrawal",
    )
    op.drop_column("enrolment", "scheme")
