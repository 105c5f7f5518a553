"""Sealed bids: uploads, acts, marks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bid_act",
        sa.Column("act_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("bid_pub", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("nullifier", sa.LargeBinary(length=32), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'submission') OR NOT live", name=op.f("ck_bid_act_only_a_submission_is_live")
        ),
        sa.PrimaryKeyConstraint("act_hash", name=op.f("pk_bid_act")),
        sa.UniqueConstraint(
            "tender_no", "bid_pub", "seq", name=op.f("uq_bid_act_tender_no_bid_pub_seq")
        ),
    )
    op.create_index(
        "ix_bid_act_live", "bid_act", ["tender_no", "bid_pub"], unique=True, postgresql_where="live"
    )
    op.create_table(
        "bid_live_mark",
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("bid_pub", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_bid_live_mark")),
    )
    op.create_index(
        "ix_bid_live_mark_holder", "bid_live_mark", ["tender_no", "bid_pub"], unique=False
    )
    op.create_table(
        "bid_upload",
        sa.Column("name", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tender_no", sa.String(length=32), nullable=False),
        sa.Column("nullifier", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bid_pub", sa.LargeBinary(length=32), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            '"offset" >= 0 AND "offset" <= length', name=op.f("ck_bid_upload_offset_within")
        ),
        sa.CheckConstraint(
            'digest IS NULL OR "offset" = length', name=op.f("ck_bid_upload_digest_when_whole")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_bid_upload")),
    )
    op.create_index("ix_bid_upload_digest", "bid_upload", ["digest"], unique=False)
    op.create_index("ix_bid_upload_expiry", "bid_upload", ["expires_at"], unique=False)
    op.create_index("ix_bid_upload_nullifier", "bid_upload", ["nullifier"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_bid_upload_nullifier", table_name="bid_upload")
    op.drop_index("ix_bid_upload_expiry", table_name="bid_upload")
    op.drop_index("ix_bid_upload_digest", table_name="bid_upload")
    op.drop_table("bid_upload")
    op.drop_index("ix_bid_live_mark_holder", table_name="bid_live_mark")
    op.drop_table("bid_live_mark")
    op.drop_index("ix_bid_act_live", table_name="bid_act", postgresql_where="live")
    op.drop_table("bid_act")
