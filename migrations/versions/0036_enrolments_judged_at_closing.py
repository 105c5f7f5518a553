"""How each enrolment stood at the closing, kept with it."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

FAULTS = (
    "'not-active', 'not-qualified', 'same-group', 'ill-sealed', 'not-named', 'no-price',"
    " 'beyond-limits'"
)


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("fault", sa.String(length=32), nullable=True))
    op.add_column("enrolment", sa.Column("credit", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_enrolment_fault_known"), "enrolment", f"fault IN ({FAULTS})"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_enrolment_fault_known"), "enrolment", type_="check")
    op.drop_column("enrolment", "credit")
    op.drop_column("enrolment", "fault")
