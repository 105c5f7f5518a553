"""The custodian's books: holders, keys, deposits, notices of the bank, money out, links, postings.

No table names a tender but `link_batch`, which is written after the tender's closing.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from bidding.custodian.rules import DepositKind, DepositState, PaymentState, Purpose, Source
from market.db.base import NAMING
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, Structure, one_of, version
from market.kernel.money import Money

BLINDED: Final = LargeBinary(384)


class Base(DeclarativeBase):
    """Every table of the custodian."""

    metadata = MetaData(naming_convention=NAMING)


class TrailLine(Base):
    """One command's line: moves of states by name, never a person, an account or an amount."""

    __tablename__ = "trail"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    command: Mapped[str] = mapped_column(String(64))
    moves: Mapped[list[dict[str, str]]] = mapped_column(Structure)


class Holder(Base):
    """An organisation with an account here; entered by the house after it showed its papers."""

    __tablename__ = "holder"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    entered_at: Mapped[datetime] = mapped_column(Moment)
    accounts: Mapped[list["HolderAccount"]] = relationship(lazy="selectin")


class HolderAccount(Base):
    """A bank account from which a holder may pay: its basic account, or one of a registered branch.

    An account belongs to one holder (bonds of two bidders from one account are deemed collusion:
    Regulation implementing the Bidding Law, art. 40).
    """

    __tablename__ = "holder_account"
    __table_args__ = (
        Index(
            "uq_holder_account_one_basic",
            "holder_id",
            unique=True,
            postgresql_where="basic AND closed_at IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("holder.id"), index=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    bank: Mapped[str] = mapped_column(String(200))
    basic: Mapped[bool]
    entered_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class SignIn(Base):
    """A bearer token by its hash; its moments are the machine's."""

    __tablename__ = "sign_in"

    token_hash: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("holder.id"))
    until: Mapped[datetime] = mapped_column(Moment, index=True)


class Attempt(Base):
    """How often something was tried in a window, under a name nobody can read back."""

    __tablename__ = "attempt"

    name: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    until: Mapped[datetime] = mapped_column(Moment, index=True)
    count: Mapped[int]


class BondKeyRow(Base):
    """A bond key: its public structure, and how often it has signed."""

    __tablename__ = "bond_key"
    __table_args__ = (CheckConstraint("signatures >= 0", name="signatures_counted"),)

    denomination: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    epoch: Mapped[str] = mapped_column(String(6), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8), primary_key=True)
    key_id: Mapped[bytes] = mapped_column(Hash, unique=True)
    structure: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Moment)
    signatures: Mapped[int] = mapped_column(BigInteger, default=0)


class Deposit(Base):
    """A payment order and what came of it; named by the hash of its blinded value.

    The blind signature is not here: it is made again from `blinded` whenever its holder asks.
    """

    __tablename__ = "deposit"
    __table_args__ = (
        one_of("state", DepositState),
        one_of("kind", DepositKind),
        CheckConstraint(
            "(state IN ('AWAITED', 'EXPIRED')) = (booked_at IS NULL)", name="booked_when_paid"
        ),
        CheckConstraint("(booked_at IS NULL) = (receipt IS NULL)", name="booked_with_receipt"),
        CheckConstraint("(booked_at IS NULL) = (account IS NULL)", name="booked_from_account"),
        CheckConstraint("(kind = 'admission') = (denomination = 0)", name="admission_is_free"),
        Index("ix_deposit_holder_key", "holder_id", "denomination", "epoch", "state"),
        Index("ix_deposit_awaited", "expires_at", postgresql_where="state = 'AWAITED'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("holder.id"))
    denomination: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[str] = mapped_column(String(6))
    h_blinded: Mapped[bytes] = mapped_column(Hash, unique=True)
    blinded: Mapped[bytes] = mapped_column(BLINDED)
    code: Mapped[str] = mapped_column(String(19), index=True)
    kind: Mapped[DepositKind] = mapped_column(StateColumn(DepositKind))
    state: Mapped[DepositState] = mapped_column(StateColumn(DepositState))
    ordered_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    booked_at: Mapped[datetime | None] = mapped_column(Moment)
    account: Mapped[str | None] = mapped_column(String(32))
    receipt: Mapped[bytes | None] = mapped_column(LargeBinary)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = version()
    holder: Mapped[Holder] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}

    @property
    def amount(self) -> Money:
        """What it is for."""
        return Money(self.denomination)

    @property
    def subject(self) -> str:
        """Its number; the trail says nothing of whose it is."""
        return str(self.id)


class Notice(Base):
    """Money that the bank says came in, by the bank's serial number, and what was made of it."""

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_above_zero"),
        CheckConstraint(
            "outcome IN ('deposit', 'proof', 'returned') AND"
            " (outcome = 'returned') = (reason IS NOT NULL)",
            name="reason_for_return",
        ),
        Index("ix_notice_proof", "from_account", "remark", postgresql_where="outcome = 'proof'"),
    )

    serial: Mapped[str] = mapped_column(String(64), primary_key=True)
    from_account: Mapped[str] = mapped_column(String(32))
    from_name: Mapped[str] = mapped_column(String(200))
    from_bank: Mapped[str] = mapped_column(String(200))
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    remark: Mapped[str] = mapped_column(String(200))
    credited_at: Mapped[datetime] = mapped_column(Moment)
    booked_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    deposit_id: Mapped[UUID | None] = mapped_column(ForeignKey("deposit.id"), index=True)


class Payment(Base):
    """Money on its way out; the bank is told `id`, so that a repeated order pays once."""

    __tablename__ = "payment"
    __table_args__ = (
        one_of("state", PaymentState),
        one_of("source", Source),
        one_of("purpose", Purpose),
        CheckConstraint("amount > 0", name="amount_above_zero"),
        CheckConstraint("(state = 'PAID') = (paid_at IS NOT NULL)", name="paid_when"),
        UniqueConstraint("purpose", "about"),
        Index("ix_payment_due", "not_before", postgresql_where="state = 'DUE'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    purpose: Mapped[Purpose] = mapped_column(StateColumn(Purpose))
    about: Mapped[str] = mapped_column(String(64))
    """A bank's serial number for money sent back, else a deposit's number."""
    source: Mapped[Source] = mapped_column(StateColumn(Source))
    to_account: Mapped[str] = mapped_column(String(32))
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    state: Mapped[PaymentState] = mapped_column(StateColumn(PaymentState))
    not_before: Mapped[datetime] = mapped_column(Moment)
    paid_at: Mapped[datetime | None] = mapped_column(Moment)
    bank_serial: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Its number."""
        return str(self.id)


class RefundSignature(Base):
    """A permit of the platform, used: the one blinded value signed for it. No holder stands here.

    No moment either: whoever reads it could lay it beside the sign-ins of that hour.
    """

    __tablename__ = "refund_signature"

    h_blinded: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    denomination: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[str] = mapped_column(String(6))


class Refund(Base):
    """A refund token, shown: by its nullifier, with the deposit that was closed for it."""

    __tablename__ = "refund"

    nullifier: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    claim_hash: Mapped[bytes] = mapped_column(Hash)
    deposit_id: Mapped[UUID] = mapped_column(ForeignKey("deposit.id"), unique=True)
    claimed_at: Mapped[datetime] = mapped_column(Moment)


class LinkBatch(Base):
    """The one request of the platform about a tender, after its closing was witnessed."""

    __tablename__ = "link_batch"

    closing_hash: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    tender: Mapped[str] = mapped_column(String(64), unique=True)
    closing_index: Mapped[int] = mapped_column(BigInteger)
    """Place of the closing in the public journal: who closed first is served first."""
    request_hash: Mapped[bytes] = mapped_column(Hash)
    answered_at: Mapped[datetime] = mapped_column(Moment)


class LinkRow(Base):
    """What was found behind one bid: a deposit, or the reason why none."""

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint("(deposit_id IS NULL) = (reason IS NOT NULL)", name="deposit_or_reason"),
    )

    closing_hash: Mapped[bytes] = mapped_column(
        ForeignKey("link_batch.closing_hash"), primary_key=True
    )
    bid_pub: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    deposit_id: Mapped[UUID | None] = mapped_column(ForeignKey("deposit.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(String(32))
    displaced: Mapped[bool] = mapped_column(default=False)
    """Whether a tender that closed earlier has since taken the deposit."""


class SettlementRow(Base):
    """What the platform ordered of a linked deposit, and what was done; once and for ever."""

    __tablename__ = "settlement"
    __table_args__ = (
        CheckConstraint("action IN ('release', 'forfeit')", name="action_known"),
        CheckConstraint("(action = 'release') = (due_on IS NOT NULL)", name="release_has_day"),
        CheckConstraint("(action = 'forfeit') = (cause IS NOT NULL)", name="forfeit_has_cause"),
    )

    deposit_id: Mapped[UUID] = mapped_column(ForeignKey("deposit.id"), primary_key=True)
    action: Mapped[str] = mapped_column(String(8))
    due_on: Mapped[date | None]
    cause: Mapped[str | None] = mapped_column(String(8))
    principal: Mapped[Money] = mapped_column(MoneyColumn)
    interest: Mapped[Money] = mapped_column(MoneyColumn)
    overdue_interest: Mapped[Money] = mapped_column(MoneyColumn)
    settled_at: Mapped[datetime] = mapped_column(Moment)


class Posting(Base):
    """One line of double entry: what is owed or held on an account grew (+) or shrank (-).

    Lines of one `entry` add up to nothing. Debts are negative, money held is positive.
    """

    __tablename__ = "posting"
    __table_args__ = (
        Index("ix_posting_entry", "entry"),
        Index("ix_posting_balance", "account", "denomination", "epoch"),
        CheckConstraint("(denomination IS NULL) = (epoch IS NULL)", name="whole_key"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entry: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(Moment)
    account: Mapped[str] = mapped_column(String(16))
    denomination: Mapped[int | None] = mapped_column(BigInteger)
    epoch: Mapped[str | None] = mapped_column(String(6))
    amount: Mapped[Money] = mapped_column(MoneyColumn)


class Report(Base):
    """The signed statement of all keys at the end of a quarter, as published."""

    __tablename__ = "report"

    epoch: Mapped[str] = mapped_column(String(6), primary_key=True)
    statement: Mapped[str] = mapped_column(Text)
