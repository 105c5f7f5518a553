"""Whoever works for somebody judged takes no part in a draw; a late one is held until then."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draw", sa.Column("held", sa.Boolean(), server_default="false", nullable=False))
    op.create_table(
        "draw_shut_out",
        sa.Column("draw", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("shut_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draw"], ["draw.id"], name=op.f("fk_draw_shut_out_draw_draw")),
        sa.PrimaryKeyConstraint("draw", "organisation", name=op.f("pk_draw_shut_out")),
    )


def downgrade() -> None:
    op.drop_table("draw_shut_out")
    op.drop_column("draw", "held")
