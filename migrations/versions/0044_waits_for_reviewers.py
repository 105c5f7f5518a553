"""How long a choice by scheme has waited for its reviewers."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

LACKS = "'pool', 'parties', 'register', 'draw', 'seat'"


def upgrade() -> None:
    op.create_table(
        "selection_wait",
        sa.Column("selection", sa.Uuid(), nullable=False),
        sa.Column("lack", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("since < ends_at", name=op.f("ck_selection_wait_since_first")),
        sa.CheckConstraint(f"lack IN ({LACKS})", name=op.f("ck_selection_wait_lack_known")),
        sa.ForeignKeyConstraint(
            ["selection"], ["selection.id"], name=op.f("fk_selection_wait_selection_selection")
        ),
        sa.PrimaryKeyConstraint("selection", name=op.f("pk_selection_wait")),
    )


def downgrade() -> None:
    op.drop_table("selection_wait")
