"""A case carries the deliverable of one service; an approval may have one case a service open."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

OPEN = (
    "state IN ('preparing', 'received', 'correcting', 'reviewing', 'paused', 'approved', 'refused')"
)
SERVICES = """
UPDATE approval_case SET service = service_order.item_code
FROM service_order WHERE service_order.approval_case = approval_case.id
"""


def upgrade() -> None:
    op.add_column("approval_case", sa.Column("service", sa.String(length=16), nullable=True))
    op.execute(SERVICES)
    op.drop_index("ux_approval_case_open", table_name="approval_case", postgresql_where=OPEN)
    op.create_index(
        "ux_approval_case_open",
        "approval_case",
        ["project", "code"],
        unique=True,
        postgresql_where=f"service IS NULL AND {OPEN}",
    )
    op.create_index(
        "ux_approval_case_service",
        "approval_case",
        ["project", "code", "service"],
        unique=True,
        postgresql_where=OPEN,
    )
    op.create_index("ix_service_order_approval", "service_order", ["project", "approval_item"])


def downgrade() -> None:
    op.drop_index("ix_service_order_approval", table_name="service_order")
    op.drop_index("ux_approval_case_service", table_name="approval_case", postgresql_where=OPEN)
    op.drop_index("ux_approval_case_open", table_name="approval_case")
    op.create_index(
        "ux_approval_case_open",
        "approval_case",
        ["project", "code"],
        unique=True,
        postgresql_where=OPEN,
    )
    op.drop_column("approval_case", "service")
