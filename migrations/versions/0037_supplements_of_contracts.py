"""Supplements to the contracts of orders, signed like the contract itself."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE service_order_supplement (
    id UUID NOT NULL,
    "order" UUID NOT NULL,
    order_no VARCHAR(32) NOT NULL,
    number INTEGER NOT NULL,
    state VARCHAR(32) NOT NULL,
    side VARCHAR(32) NOT NULL,
    reason TEXT NOT NULL,
    price_before BIGINT NOT NULL,
    price_change BIGINT NOT NULL,
    deliverables JSONB NOT NULL,
    more_days INTEGER NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    offered_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason TEXT,
    CONSTRAINT pk_service_order_supplement PRIMARY KEY (id),
    CONSTRAINT ck_service_order_supplement_state_known CHECK (state IN ('offered', 'in-force',
        'withdrawn', 'declined')),
    CONSTRAINT ck_service_order_supplement_side_known CHECK (side IN ('owner', 'agency',
        'department', 'office')),
    CONSTRAINT ck_service_order_supplement_number_counts CHECK (number > 0),
    CONSTRAINT ck_service_order_supplement_days_not_negative CHECK (more_days >= 0),
    CONSTRAINT ck_service_order_supplement_state_ended CHECK ((state = 'offered') = (ended_at IS
        NULL)),
    CONSTRAINT ck_service_order_supplement_end_reasoned CHECK ((state IN ('withdrawn', 'declined'))
        = (end_reason IS NOT NULL)),
    CONSTRAINT uq_service_order_supplement_order_number UNIQUE ("order", number),
    CONSTRAINT fk_service_order_supplement_order_service_order FOREIGN KEY("order") REFERENCES
        service_order (id)
);
CREATE UNIQUE INDEX uq_service_order_supplement_offered ON service_order_supplement ("order") WHERE
    state = 'offered';
"""
SIGNED = "service_order_signature"


def upgrade() -> None:
    op.execute(TABLE)
    op.add_column(SIGNED, sa.Column("supplement", sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(
        op.f("ck_service_order_signature_supplement_counts"), SIGNED, "supplement >= 0"
    )
    op.create_unique_constraint(
        op.f("uq_service_order_signature_order_place_supplement_side"),
        SIGNED,
        ["order", "place", "supplement", "side"],
    )
    op.drop_constraint(op.f("uq_service_order_signature_order_place_side"), SIGNED, type_="unique")


def downgrade() -> None:
    op.execute("DELETE FROM service_order_signature WHERE supplement > 0")
    op.create_unique_constraint(
        op.f("uq_service_order_signature_order_place_side"), SIGNED, ["order", "place", "side"]
    )
    op.drop_constraint(
        op.f("uq_service_order_signature_order_place_supplement_side"), SIGNED, type_="unique"
    )
    op.drop_constraint(op.f("ck_service_order_signature_supplement_counts"), SIGNED, type_="check")
    op.drop_column(SIGNED, "supplement")
    op.execute("DROP TABLE service_order_supplement")
