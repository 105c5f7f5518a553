"""A month says that an order was ended after it was handed in; credit says who is shown first."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

BEFORE = "'silence', 'not-accepted', 'ended'"
# Without points an agency stands at the base, which is shown first.
NOT_FIRST = """
UPDATE agency SET comes_first = false FROM credit_month AS newest
WHERE newest.organisation = agency.organisation AND newest.level <> 'A' AND newest.first_day = (
    SELECT max(first_day) FROM credit_month WHERE organisation = agency.organisation
)
"""


def upgrade() -> None:
    _reasons(f"{BEFORE}, 'withdrawn'")
    op.add_column(
        "agency", sa.Column("comes_first", sa.Boolean(), server_default="true", nullable=False)
    )
    op.execute(NOT_FIRST)


def downgrade() -> None:
    op.drop_column("agency", "comes_first")
    _reasons(BEFORE)


def _reasons(known: str) -> None:
    name = op.f("ck_assessed_unscored_why_known")
    op.drop_constraint(name, "assessed_unscored", type_="check")
    op.create_check_constraint(name, "assessed_unscored", f"why IN ({known})")
