"""A demand begun in place of one that failed names it."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("demand", sa.Column("follows", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_demand_follows_demand"), "demand", "demand", ["follows"], ["id"])
    op.create_index(
        "uq_demand_follows",
        "demand",
        ["follows"],
        unique=True,
        postgresql_where=sa.text("follows IS NOT NULL AND state <> 'withdrawn'"),
    )


def downgrade() -> None:
    op.drop_index("uq_demand_follows", table_name="demand")
    op.drop_constraint(op.f("fk_demand_follows_demand"), "demand", type_="foreignkey")
    op.drop_column("demand", "follows")
