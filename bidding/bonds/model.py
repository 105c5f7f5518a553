"""Tables of the bond on the platform's side; no organisation stands here before opening."""

from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bidding.bonds.rules import HearingState, LinkState, TokenState
from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, one_of, version
from market.kernel.money import Money

NO_ACCOUNT: Final = bytes(32)
"""Stands where the custodian named no account: equal to nobody's."""


class PublishedKey(Base):
    """A bond key of the custodian as journaled; one for each denomination, quarter and purpose."""

    __tablename__ = "bond_key"

    denomination: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    epoch: Mapped[str] = mapped_column(String(6), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    key_id: Mapped[bytes] = mapped_column(Hash, unique=True)
    structure: Mapped[bytes] = mapped_column(LargeBinary)


class Nullifier(Base):
    """A token once shown: where it stands and for which tender. No moment, no name, no order."""

    __tablename__ = "bond_nullifier"
    __table_args__ = (
        one_of("state", TokenState),
        CheckConstraint("state <> 'absent'", name="never_absent"),
        CheckConstraint(
            "tender_no IS NOT NULL OR state = 'surrendered'", name="once_live_for_one_tender"
        ),
        Index("ix_bond_nullifier_tender", "tender_no", "state"),
    )

    nullifier: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    state: Mapped[TokenState] = mapped_column(StateColumn(TokenState))
    tender_no: Mapped[str | None] = mapped_column(String(32))
    bid_pub: Mapped[bytes] = mapped_column(Hash)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """Empty: what becomes of a token is sealed and leaves no line in the trail."""
        return ""


class Permit(Base):
    """The permit that a surrender earned, kept so that the same surrender gets the same answer."""

    __tablename__ = "bond_permit"

    nullifier: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    surrender_hash: Mapped[bytes] = mapped_column(Hash)
    permit: Mapped[bytes] = mapped_column(LargeBinary)


class LinkedBond(Base):
    """A bond after opening: whose it is, what the custodian's books say, what becomes of it.

    `account_commitment` is the custodian's keyed hash of the paying account: equal values under
    one tender mean the same account, and nothing else can be read from it.
    """

    __tablename__ = "linked_bond"
    __table_args__ = (
        one_of("state", LinkState),
        CheckConstraint("(state = 'released') = (released_at IS NOT NULL)", name="released_when"),
        CheckConstraint("(due_on IS NULL) = (due_rule IS NULL)", name="due_by_rule"),
        CheckConstraint("state <> 'held' OR forfeit_cause IS NULL", name="cause_after_decision"),
        CheckConstraint("kept_at IS NULL OR state = 'forfeited'", name="kept_when_forfeited"),
        Index("ix_linked_bond_tender", "tender_no"),
        Index(
            "uq_linked_bond_deposit",
            "h_blinded",
            unique=True,
            postgresql_where="state <> 'displaced'",
        ),
        Index("ix_linked_bond_due", "due_on", postgresql_where="state = 'held'"),
        Index(
            "ix_linked_bond_wait",
            "wait_until",
            postgresql_where="state = 'held' AND due_on IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tender_no: Mapped[str] = mapped_column(String(32))
    bid_pub: Mapped[bytes] = mapped_column(Hash, unique=True)
    uscc: Mapped[str] = mapped_column(String(18))
    h_blinded: Mapped[bytes] = mapped_column(Hash)
    kind: Mapped[str] = mapped_column(String(16))
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    account_commitment: Mapped[bytes] = mapped_column(Hash)
    state: Mapped[LinkState] = mapped_column(StateColumn(LinkState))
    due_on: Mapped[date | None]
    due_rule: Mapped[str | None] = mapped_column(String(8))
    wait_until: Mapped[date | None]
    """Of a winner that fell out by its own doing: the last legal day to propose to keep it."""
    forfeit_cause: Mapped[str | None] = mapped_column(String(8))
    interest: Mapped[Money | None] = mapped_column(MoneyColumn)
    overdue_interest: Mapped[Money | None] = mapped_column(MoneyColumn)
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    kept_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the custodian carried out that it is kept."""
    difference: Mapped[str | None] = mapped_column(String(32))
    """Why the custodian left it as it is, while that lasts."""
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The tender it stood for."""
        return self.tender_no


class BondHearing(Base):
    """A hearing about one bond: shown, proposed to be kept, heard, decided.

    Of a bond that was opened it names `bond`; of a held token it holds what its bidder showed
    (`held`, `yg/held-token/v1`). `salt` is that of the decision's commitment in the journal.
    """

    __tablename__ = "bond_hearing"
    __table_args__ = (
        one_of("state", HearingState),
        CheckConstraint("(bond IS NULL) <> (held IS NULL)", name="opened_or_held"),
        CheckConstraint(
            "state NOT IN ('proposed', 'kept') OR"
            " (cause IS NOT NULL AND facts IS NOT NULL AND reasons_until IS NOT NULL)",
            name="proposed_whole",
        ),
        CheckConstraint(
            "(state IN ('kept', 'returned')) = (decided_at IS NOT NULL)", name="decided_when"
        ),
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="decided_with_words"),
        CheckConstraint("(reasons IS NULL) = (reasons_at IS NULL)", name="reasons_when"),
        Index(
            "uq_bond_hearing_open",
            "bid_pub",
            unique=True,
            postgresql_where="state IN ('shown', 'proposed')",
        ),
        Index("ix_bond_hearing_uscc", "uscc"),
        Index("ix_bond_hearing_tender", "tender_no"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tender_no: Mapped[str] = mapped_column(String(32))
    owner: Mapped[UUID]
    uscc: Mapped[str] = mapped_column(String(18))
    bid_pub: Mapped[bytes] = mapped_column(Hash)
    bond: Mapped[UUID | None] = mapped_column(ForeignKey("linked_bond.id"))
    held: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[HearingState] = mapped_column(StateColumn(HearingState))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    cause: Mapped[str | None] = mapped_column(String(8))
    facts: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[UUID | None]
    reasons_until: Mapped[datetime | None] = mapped_column(Moment)
    reasons: Mapped[str | None] = mapped_column(Text)
    reasons_at: Mapped[datetime | None] = mapped_column(Moment)
    decision: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    salt: Mapped[bytes | None] = mapped_column(Hash)
    difference: Mapped[str | None] = mapped_column(String(32))
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The tender it stood for."""
        return self.tender_no
