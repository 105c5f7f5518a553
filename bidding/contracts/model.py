"""Tables of awards: the result with its notice and contract, and what holds a contract back."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bidding.contracts.rules import AwardState, LapseCause
from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, one_of, version
from market.kernel.money import Money


class Award(Base):
    """An award of a tender, from the result notice to the filed contract.

    Of a tender's awards one stands; those before it have lapsed.
    """

    __tablename__ = "award"
    __table_args__ = (
        one_of("state", AwardState),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "(state = 'published') = (notified_at IS NULL)"
            " AND (notified_at IS NULL) = (notice IS NULL)"
            " AND (notified_at IS NULL) = (notice_hash IS NULL)",
            name="notified_whole",
        ),
        CheckConstraint(
            "(state IN ('contracted', 'filed')) = (signed_on IS NOT NULL)"
            " AND (signed_on IS NULL) = (contract_hash IS NULL)"
            " AND (signed_on IS NULL) = (recorded_at IS NULL)",
            name="contracted_whole",
        ),
        CheckConstraint("(state = 'filed') = (filed_at IS NOT NULL)", name="filed_when"),
        one_of("lapse_cause", LapseCause),
        CheckConstraint(
            "(state = 'lapsed') = (lapsed_at IS NOT NULL)"
            " AND (lapsed_at IS NULL) = (lapse_cause IS NULL)"
            " AND (lapsed_at IS NULL) = (lapse_words IS NULL)"
            " AND (lapsed_at IS NULL) = (lapse_evidence IS NULL)",
            name="lapsed_whole",
        ),
        Index("uq_award_standing", "tender", unique=True, postgresql_where="state <> 'lapsed'"),
        Index("ix_award_tender_no", "tender_no"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tender: Mapped[UUID]
    tender_no: Mapped[str] = mapped_column(String(32))
    state: Mapped[AwardState] = mapped_column(StateColumn(AwardState))
    winner: Mapped[str] = mapped_column(String(18))
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    result_notice: Mapped[bytes] = mapped_column(Hash)
    published_at: Mapped[datetime] = mapped_column(Moment)
    notice: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The award notice as printed."""
    notice_hash: Mapped[bytes | None] = mapped_column(Hash)
    notified_at: Mapped[datetime | None] = mapped_column(Moment)
    signed_on: Mapped[date | None]
    contract_hash: Mapped[bytes | None] = mapped_column(Hash)
    recorded_at: Mapped[datetime | None] = mapped_column(Moment)
    filing: Mapped[str | None] = mapped_column(Text)
    filed_at: Mapped[datetime | None] = mapped_column(Moment)
    lapsed_at: Mapped[datetime | None] = mapped_column(Moment)
    lapse_cause: Mapped[LapseCause | None] = mapped_column(StateColumn(LapseCause))
    lapse_words: Mapped[str | None] = mapped_column(Text)
    lapse_evidence: Mapped[bytes | None] = mapped_column(Hash)
    """The kept document that shows it: the refusal, the reminder, the order."""
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The tender's number."""
        return self.tender_no


class ContractHold(Base):
    """A challenge or complaint that may change the result: no contract while it stands here."""

    __tablename__ = "contract_hold"

    tender: Mapped[UUID] = mapped_column(primary_key=True)
    challenge_no: Mapped[str] = mapped_column(String(32), primary_key=True)
    held_at: Mapped[datetime] = mapped_column(Moment)
    until_lapse: Mapped[bool]
    """It was found right and affects the result: the award must lapse."""
