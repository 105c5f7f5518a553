"""Openings: list, batches, bids, documents."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender", sa.Uuid(), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closing", sa.LargeBinary(), nullable=False),
        sa.Column("closing_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("closing_list", sa.LargeBinary(), nullable=False),
        sa.Column("round_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shares_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shares_closed", sa.LargeBinary(), nullable=True),
        sa.Column("record", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'done') = (record IS NOT NULL)", name=op.f("ck_opening_done_with_record")
        ),
        sa.CheckConstraint(
            "state <> 'combining' OR shares_closed_at IS NOT NULL",
            name=op.f("ck_opening_combining_after_shares"),
        ),
        sa.CheckConstraint(
            "state IN ('collecting', 'combining', 'done', 'failed')",
            name=op.f("ck_opening_state_known"),
        ),
        sa.CheckConstraint("round >= 1", name=op.f("ck_opening_counted_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
        sa.UniqueConstraint("closing_hash", name=op.f("uq_opening_closing_hash")),
        sa.UniqueConstraint("tender", name=op.f("uq_opening_tender")),
        sa.UniqueConstraint("tender_no", name=op.f("uq_opening_tender_no")),
    )
    op.create_table(
        "opening_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opening", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("i", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["opening"], ["opening.id"], name=op.f("fk_opening_batch_opening_opening")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_batch")),
        sa.UniqueConstraint("opening", "round", "i", name=op.f("uq_opening_batch_opening_round_i")),
    )
    op.create_table(
        "opening_bid",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opening", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("bid_pub", sa.LargeBinary(length=32), nullable=False),
        sa.Column("act", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("nullifier", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=True),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("technical", sa.LargeBinary(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("price_offer", sa.LargeBinary(), nullable=True),
        sa.Column("price_digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('revoked', 'withdrawn', 'refused')) = (cause IS NOT NULL)",
            name=op.f("ck_opening_bid_out_with_a_cause"),
        ),
        sa.CheckConstraint(
            "state <> 'listed' OR uscc IS NULL", name=op.f("ck_opening_bid_listed_without_name")
        ),
        sa.CheckConstraint(
            "state <> 'opened' OR price IS NOT NULL", name=op.f("ck_opening_bid_opened_with_price")
        ),
        sa.CheckConstraint(
            "state IN ('listed', 'identified', 'opened', 'revoked', 'withdrawn', 'refused')",
            name=op.f("ck_opening_bid_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('identified', 'opened') OR uscc IS NOT NULL",
            name=op.f("ck_opening_bid_named"),
        ),
        sa.ForeignKeyConstraint(
            ["opening"], ["opening.id"], name=op.f("fk_opening_bid_opening_opening")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_bid")),
        sa.UniqueConstraint("opening", "bid_pub", name=op.f("uq_opening_bid_opening_bid_pub")),
        sa.UniqueConstraint("opening", "place", name=op.f("uq_opening_bid_opening_place")),
    )
    op.create_index("ix_opening_bid_uscc", "opening_bid", ["uscc"], unique=False)
    op.create_table(
        "opening_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("stored", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bid"], ["opening_bid.id"], name=op.f("fk_opening_document_bid_opening_bid")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_document")),
        sa.UniqueConstraint("bid", "kind", "name", name=op.f("uq_opening_document_bid_kind_name")),
    )


def downgrade() -> None:
    op.drop_table("opening_document")
    op.drop_index("ix_opening_bid_uscc", table_name="opening_bid")
    op.drop_table("opening_bid")
    op.drop_table("opening_batch")
    op.drop_table("opening")
