"""A complaint to the management office after an objection to a result, and who answered it."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

CAUSES = "'given-up', 'not-confirmed', 'not-signed', 'objection'"
OBJECTION = "service_order_objection"


def upgrade() -> None:
    _causes(f"{CAUSES}, 'complaint', 'owner-late'")
    op.add_column(OBJECTION, sa.Column("answered_by", sa.Uuid(), nullable=True))
    _objections(
        known="'open', 'dismissed', 'upheld', 'settled'",
        answered="(state IN ('dismissed', 'upheld')) = (answer IS NOT NULL)",
    )
    op.create_table(
        "service_order_complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order", sa.Uuid(), nullable=False),
        sa.Column("order_no", sa.String(length=32), nullable=False),
        sa.Column("objection", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        *_checks(),
        sa.ForeignKeyConstraint(
            ["objection"],
            ["service_order_objection.id"],
            name=op.f("fk_service_order_complaint_objection_service_order_objection"),
        ),
        sa.ForeignKeyConstraint(
            ["order"],
            ["service_order.id"],
            name=op.f("fk_service_order_complaint_order_service_order"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["organisation.id"],
            name=op.f("fk_service_order_complaint_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_order_complaint")),
        sa.UniqueConstraint("objection", name=op.f("uq_service_order_complaint_objection")),
    )
    for name, columns, where in (
        ("order", ["order", "filed_at"], None),
        ("pending", ["due"], "state IN ('open', 'held')"),
        ("look", ["look_at"], "look_at IS NOT NULL"),
    ):
        op.create_index(
            f"ix_service_order_complaint_{name}",
            "service_order_complaint",
            columns,
            postgresql_where=where,
        )


def downgrade() -> None:
    op.drop_table("service_order_complaint")
    _objections(
        known="'open', 'dismissed', 'upheld'",
        answered="(state = 'open') = (answer IS NULL)",
    )
    op.drop_column(OBJECTION, "answered_by")
    _causes(f"{CAUSES}, 'owner-late'")


def _checks() -> list[sa.CheckConstraint]:
    conditions = {
        "state_known": ("state IN ('open', 'held', 'dismissed', 'upheld', 'withdrawn', 'settled')"),
        "state_decided": "(state IN ('dismissed', 'upheld')) = (decision IS NOT NULL)",
        "decided_whole": "(decision IS NULL) = (decided_by IS NULL)",
        "state_ended": "(state IN ('open', 'held')) = (ended_at IS NULL)",
        "held_whole": "(held_at IS NULL) = (hold_reason IS NULL)",
        "state_held": "state <> 'held' OR held_at IS NOT NULL",
    }
    return [
        sa.CheckConstraint(said, name=op.f(f"ck_service_order_complaint_{name}"))
        for name, said in conditions.items()
    ]


def _causes(causes: str) -> None:
    for table, column in (("service_order", "failed_for"), ("service_order_award", "ended_for")):
        _check(table, f"{column}_known", f"{column} IN ({causes})")


def _objections(known: str, answered: str) -> None:
    _check(OBJECTION, "state_known", f"state IN ({known})")
    _check(OBJECTION, "state_answered", answered)


def _check(table: str, name: str, condition: str) -> None:
    full = op.f(f"ck_{table}_{name}")
    op.drop_constraint(full, table, type_="check")
    op.create_check_constraint(full, table, condition)
