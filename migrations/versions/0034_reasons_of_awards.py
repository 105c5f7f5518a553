"""Why an agency gave an order up, and that it may step back where the owner is late."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

BEFORE = "'given-up', 'not-confirmed', 'not-signed', 'objection'"


def upgrade() -> None:
    _known(f"{BEFORE}, 'owner-late'")
    op.add_column("service_order_award", sa.Column("reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_service_order_award_reason_of_end"),
        "service_order_award",
        "reason IS NULL OR ended_for IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("ck_service_order_award_reason_of_end"), "service_order_award", type_="check"
    )
    op.drop_column("service_order_award", "reason")
    _known(BEFORE)


def _known(causes: str) -> None:
    for table, column in (("service_order", "failed_for"), ("service_order_award", "ended_for")):
        name = op.f(f"ck_{table}_{column}_known")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"{column} IN ({causes})")
