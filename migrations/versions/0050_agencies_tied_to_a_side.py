"""An agency tied to the owner or to the approving department does not count, for that reason."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

BEFORE = "'not-active', 'not-qualified'"
AFTER = "'same-group', 'ill-sealed', 'scheme-unreadable', 'not-named', 'no-price', 'beyond-limits'"


def upgrade() -> None:
    _faults(f"{BEFORE}, 'tied-to-owner', 'tied-to-department', {AFTER}")


def downgrade() -> None:
    _faults(f"{BEFORE}, {AFTER}")


def _faults(known: str) -> None:
    op.drop_constraint(op.f("ck_enrolment_fault_known"), "enrolment", type_="check")
    op.create_check_constraint(op.f("ck_enrolment_fault_known"), "enrolment", f"fault IN ({known})")
