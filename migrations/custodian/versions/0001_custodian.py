"""The books of the custodian: holders, keys, deposits, money in and out, links, postings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _attempt()
    _bond_key()
    _holder()
    _link_batch()
    _payment()
    _posting()
    _refund_signature()
    _report()
    _trail()
    _deposit()
    _holder_account()
    _sign_in()
    _link()
    _notice()
    _refund()
    _settlement()


def downgrade() -> None:
    op.drop_table("settlement")
    op.drop_table("refund")
    op.drop_table("notice")
    op.drop_table("link")
    op.drop_table("sign_in")
    op.drop_table("holder_account")
    op.drop_table("deposit")
    op.drop_table("trail")
    op.drop_table("report")
    op.drop_table("refund_signature")
    op.drop_table("posting")
    op.drop_table("payment")
    op.drop_table("link_batch")
    op.drop_table("holder")
    op.drop_table("bond_key")
    op.drop_table("attempt")


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("name", sa.LargeBinary(length=32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_until"), "attempt", ["until"], unique=False)


def _bond_key() -> None:
    op.create_table(
        "bond_key",
        sa.Column("denomination", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(length=6), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("key_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("structure", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signatures", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("signatures >= 0", name=op.f("ck_bond_key_signatures_counted")),
        sa.PrimaryKeyConstraint("denomination", "epoch", "purpose", name=op.f("pk_bond_key")),
        sa.UniqueConstraint("key_id", name=op.f("uq_bond_key_key_id")),
    )


def _holder() -> None:
    op.create_table(
        "holder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder")),
        sa.UniqueConstraint("uscc", name=op.f("uq_holder_uscc")),
    )


def _link_batch() -> None:
    op.create_table(
        "link_batch",
        sa.Column("closing_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tender", sa.String(length=64), nullable=False),
        sa.Column("closing_index", sa.BigInteger(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("closing_hash", name=op.f("pk_link_batch")),
        sa.UniqueConstraint("tender", name=op.f("uq_link_batch_tender")),
    )


def _payment() -> None:
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("to_account", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bank_serial", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'PAID') = (paid_at IS NOT NULL)", name=op.f("ck_payment_paid_when")
        ),
        sa.CheckConstraint(
            "purpose IN ('misdirected', 'proof', 'refund', 'release', 'interest', 'sunset')",
            name=op.f("ck_payment_purpose_known"),
        ),
        sa.CheckConstraint("source IN ('bonds', 'own')", name=op.f("ck_payment_source_known")),
        sa.CheckConstraint("state IN ('DUE', 'PAID')", name=op.f("ck_payment_state_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount_above_zero")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("purpose", "about", name=op.f("uq_payment_purpose_about")),
    )
    op.create_index(
        "ix_payment_due", "payment", ["not_before"], unique=False, postgresql_where="state = 'DUE'"
    )


def _posting() -> None:
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("denomination", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.String(length=6), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(denomination IS NULL) = (epoch IS NULL)", name=op.f("ck_posting_whole_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_index(
        "ix_posting_balance", "posting", ["account", "denomination", "epoch"], unique=False
    )
    op.create_index("ix_posting_entry", "posting", ["entry"], unique=False)


def _refund_signature() -> None:
    op.create_table(
        "refund_signature",
        sa.Column("h_blinded", sa.LargeBinary(length=32), nullable=False),
        sa.Column("denomination", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(length=6), nullable=False),
        sa.PrimaryKeyConstraint("h_blinded", name=op.f("pk_refund_signature")),
    )


def _report() -> None:
    op.create_table(
        "report",
        sa.Column("epoch", sa.String(length=6), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_report")),
    )


def _trail() -> None:
    op.create_table(
        "trail",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command", sa.String(length=64), nullable=False),
        sa.Column(
            "moves", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
    )


def _deposit() -> None:
    op.create_table(
        "deposit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("denomination", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(length=6), nullable=False),
        sa.Column("h_blinded", sa.LargeBinary(length=32), nullable=False),
        sa.Column("blinded", sa.LargeBinary(length=384), nullable=False),
        sa.Column("code", sa.String(length=19), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account", sa.String(length=32), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'admission') = (denomination = 0)", name=op.f("ck_deposit_admission_is_free")
        ),
        sa.CheckConstraint(
            "(state IN ('AWAITED', 'EXPIRED')) = (booked_at IS NULL)",
            name=op.f("ck_deposit_booked_when_paid"),
        ),
        sa.CheckConstraint(
            "kind IN ('cash', 'guarantee', 'admission')", name=op.f("ck_deposit_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('AWAITED', 'PAID', 'EXPIRED', 'LINKED', 'REFUNDED', 'FORFEITED',"
            " 'RETURNED')",
            name=op.f("ck_deposit_state_known"),
        ),
        sa.CheckConstraint(
            "(booked_at IS NULL) = (account IS NULL)", name=op.f("ck_deposit_booked_from_account")
        ),
        sa.CheckConstraint(
            "(booked_at IS NULL) = (receipt IS NULL)", name=op.f("ck_deposit_booked_with_receipt")
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holder.id"], name=op.f("fk_deposit_holder_id_holder")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("h_blinded", name=op.f("uq_deposit_h_blinded")),
    )
    op.create_index(
        "ix_deposit_awaited",
        "deposit",
        ["expires_at"],
        unique=False,
        postgresql_where="state = 'AWAITED'",
    )
    op.create_index(op.f("ix_deposit_code"), "deposit", ["code"], unique=False)
    op.create_index(
        "ix_deposit_holder_key",
        "deposit",
        ["holder_id", "denomination", "epoch", "state"],
        unique=False,
    )


def _holder_account() -> None:
    op.create_table(
        "holder_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("basic", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holder.id"], name=op.f("fk_holder_account_holder_id_holder")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holder_account")),
        sa.UniqueConstraint("number", name=op.f("uq_holder_account_number")),
    )
    op.create_index(
        op.f("ix_holder_account_holder_id"), "holder_account", ["holder_id"], unique=False
    )
    op.create_index(
        "uq_holder_account_one_basic",
        "holder_account",
        ["holder_id"],
        unique=True,
        postgresql_where="basic AND closed_at IS NULL",
    )


def _sign_in() -> None:
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["holder.id"], name=op.f("fk_sign_in_holder_id_holder")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_until"), "sign_in", ["until"], unique=False)


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("closing_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bid_pub", sa.LargeBinary(length=32), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("displaced", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(deposit_id IS NULL) = (reason IS NOT NULL)", name=op.f("ck_link_deposit_or_reason")
        ),
        sa.ForeignKeyConstraint(
            ["closing_hash"],
            ["link_batch.closing_hash"],
            name=op.f("fk_link_closing_hash_link_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_link_deposit_id_deposit")
        ),
        sa.PrimaryKeyConstraint("closing_hash", "bid_pub", name=op.f("pk_link")),
        sa.UniqueConstraint("deposit_id", name=op.f("uq_link_deposit_id")),
    )


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("serial", sa.String(length=64), nullable=False),
        sa.Column("from_account", sa.String(length=32), nullable=False),
        sa.Column("from_name", sa.String(length=200), nullable=False),
        sa.Column("from_bank", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("credited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("deposit_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('deposit', 'proof', 'returned') AND"
            " (outcome = 'returned') = (reason IS NOT NULL)",
            name=op.f("ck_notice_reason_for_return"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_notice_amount_above_zero")),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_notice_deposit_id_deposit")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_deposit_id"), "notice", ["deposit_id"], unique=False)
    op.create_index(
        "ix_notice_proof",
        "notice",
        ["from_account", "remark"],
        unique=False,
        postgresql_where="outcome = 'proof'",
    )


def _refund() -> None:
    op.create_table(
        "refund",
        sa.Column("nullifier", sa.LargeBinary(length=32), nullable=False),
        sa.Column("claim_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_refund_deposit_id_deposit")
        ),
        sa.PrimaryKeyConstraint("nullifier", name=op.f("pk_refund")),
        sa.UniqueConstraint("deposit_id", name=op.f("uq_refund_deposit_id")),
    )


def _settlement() -> None:
    op.create_table(
        "settlement",
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("cause", sa.String(length=8), nullable=True),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("interest", sa.BigInteger(), nullable=False),
        sa.Column("overdue_interest", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(action = 'forfeit') = (cause IS NOT NULL)",
            name=op.f("ck_settlement_forfeit_has_cause"),
        ),
        sa.CheckConstraint(
            "(action = 'release') = (due_on IS NOT NULL)",
            name=op.f("ck_settlement_release_has_day"),
        ),
        sa.CheckConstraint(
            "action IN ('release', 'forfeit')", name=op.f("ck_settlement_action_known")
        ),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_settlement_deposit_id_deposit")
        ),
        sa.PrimaryKeyConstraint("deposit_id", name=op.f("pk_settlement")),
    )
