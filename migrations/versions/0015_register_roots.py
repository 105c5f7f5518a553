"""The register's roots: several a day, so that a pool is frozen on one that holds every change."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "expert_library_snapshot",
        sa.Column("number", sa.Integer(), server_default="0", nullable=False),
    )
    op.drop_constraint(
        op.f("pk_expert_library_snapshot"), "expert_library_snapshot", type_="primary"
    )
    op.create_primary_key(
        op.f("pk_expert_library_snapshot"), "expert_library_snapshot", ["day", "number"]
    )
    op.create_check_constraint(
        op.f("ck_expert_library_snapshot_counted_from_nought"),
        "expert_library_snapshot",
        "number >= 0",
    )


def downgrade() -> None:
    op.execute("DELETE FROM expert_library_snapshot WHERE number > 0")
    op.drop_constraint(
        op.f("ck_expert_library_snapshot_counted_from_nought"),
        "expert_library_snapshot",
        type_="check",
    )
    op.drop_constraint(
        op.f("pk_expert_library_snapshot"), "expert_library_snapshot", type_="primary"
    )
    op.create_primary_key(op.f("pk_expert_library_snapshot"), "expert_library_snapshot", ["day"])
    op.drop_column("expert_library_snapshot", "number")
