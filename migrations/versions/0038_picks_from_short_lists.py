"""Choice by credit: drawn short lists, the owner's pick and its last moment."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

BEFORE = "'awaiting-keys', 'open', 'closed', 'drawing', 'chosen', 'selected', 'failed', 'withdrawn'"
CLOSED = "'closed', 'drawing', 'chosen', 'selected', 'failed'"
ADDED = "'shortlisted', 'picked'"


def upgrade() -> None:
    op.add_column("selection", sa.Column("decides_at", sa.DateTime(timezone=True), nullable=True))
    _states(f"{BEFORE}, {ADDED}", f"{CLOSED}, {ADDED}")
    op.create_table(
        "selection_shortlist",
        sa.Column("selection", sa.Uuid(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("picked", sa.LargeBinary(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("picked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(picked IS NULL) = (reason IS NULL) AND (picked IS NULL) = (picked_at IS NULL)"
            " AND (picked IS NULL) = (picked_by IS NULL)",
            name=op.f("ck_selection_shortlist_pick_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["selection"],
            ["selection.id"],
            name=op.f("fk_selection_shortlist_selection_selection"),
        ),
        sa.PrimaryKeyConstraint("selection", name=op.f("pk_selection_shortlist")),
    )


def downgrade() -> None:
    op.drop_table("selection_shortlist")
    _states(BEFORE, CLOSED)
    op.drop_column("selection", "decides_at")


def _states(known: str, closed: str) -> None:
    for name, rule in (
        ("ck_selection_state_known", f"state IN ({known})"),
        ("ck_selection_closed_whole", f"(state IN ({closed})) = (closed_at IS NOT NULL)"),
    ):
        op.drop_constraint(op.f(name), "selection", type_="check")
        op.create_check_constraint(op.f(name), "selection", rule)
