"""Officers: seats, sealing keys, rehearsal, manifest."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "officer_panel",
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=True),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("rehearsal", sa.LargeBinary(), nullable=True),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("manifest_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ready') = (manifest IS NOT NULL)",
            name=op.f("ck_officer_panel_ready_with_manifest"),
        ),
        sa.CheckConstraint(
            "(state IN ('rehearsing', 'rehearsed', 'ready')) = (rehearsal IS NOT NULL)",
            name=op.f("ck_officer_panel_rehearsal_begun"),
        ),
        sa.CheckConstraint(
            "state IN ('seating', 'rehearsing', 'rehearsed', 'ready')",
            name=op.f("ck_officer_panel_state_known"),
        ),
        sa.CheckConstraint(
            "(manifest IS NULL) = (manifest_hash IS NULL)",
            name=op.f("ck_officer_panel_manifest_with_its_hash"),
        ),
        sa.PrimaryKeyConstraint("tender_no", name=op.f("pk_officer_panel")),
        sa.UniqueConstraint("manifest_hash", name=op.f("uq_officer_panel_manifest_hash")),
    )
    op.create_table(
        "officer_recipient",
        sa.Column("recipient", sa.String(length=128), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("recipient", name=op.f("pk_officer_recipient")),
    )
    op.create_table(
        "officer_seat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("i", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("organisation", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=128), nullable=True),
        sa.Column("statement", sa.LargeBinary(), nullable=True),
        sa.Column("org_key_id", sa.String(length=64), nullable=True),
        sa.Column("rehearsed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(recipient IS NULL) = (statement IS NULL)", name=op.f("ck_officer_seat_key_with_proof")
        ),
        sa.CheckConstraint("i >= 1", name=op.f("ck_officer_seat_counted_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_seat")),
        sa.UniqueConstraint("recipient", name=op.f("uq_officer_seat_recipient")),
        sa.UniqueConstraint("tender_no", "i", name=op.f("uq_officer_seat_tender_no_i")),
        sa.UniqueConstraint("tender_no", "person", name=op.f("uq_officer_seat_tender_no_person")),
    )


def downgrade() -> None:
    op.drop_table("officer_seat")
    op.drop_table("officer_recipient")
    op.drop_table("officer_panel")
