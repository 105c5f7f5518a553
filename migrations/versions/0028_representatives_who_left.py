"""A purchaser's representative who works for a bidder, or whom another replaces, leaves."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "panel_representative", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("panel_representative", "left_at")
