"""Tables of openings: the frozen list, the officers' batches, what each bid turned out to be."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding.opening.rules import BidState, OpeningState
from market.db.base import Base
from market.db.types import Hash, Moment, MoneyColumn, StateColumn, one_of, version
from market.kernel.money import Money


class Opening(Base):
    """The opening of one tender, from its closing record on."""

    __tablename__ = "opening"
    __table_args__ = (
        one_of("state", OpeningState),
        CheckConstraint("(state = 'done') = (record IS NOT NULL)", name="done_with_record"),
        CheckConstraint(
            "state <> 'combining' OR shares_closed_at IS NOT NULL", name="combining_after_shares"
        ),
        CheckConstraint("round >= 1", name="counted_from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    tender: Mapped[UUID] = mapped_column(unique=True)
    tender_no: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[OpeningState] = mapped_column(StateColumn(OpeningState))
    round: Mapped[int]
    closed_at: Mapped[datetime] = mapped_column(Moment)
    closing: Mapped[bytes] = mapped_column(LargeBinary)
    closing_hash: Mapped[bytes] = mapped_column(Hash, unique=True)
    closing_list: Mapped[bytes] = mapped_column(LargeBinary)
    round_since: Mapped[datetime] = mapped_column(Moment)
    shares_closed_at: Mapped[datetime | None] = mapped_column(Moment)
    shares_closed: Mapped[bytes | None] = mapped_column(LargeBinary)
    record: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The tender's number."""
        return self.tender_no


class OfficerBatch(Base):
    """One officer's signed shares for all bids of one round."""

    __tablename__ = "opening_batch"
    __table_args__ = (UniqueConstraint("opening", "round", "i"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    opening: Mapped[UUID] = mapped_column(ForeignKey("opening.id"))
    round: Mapped[int]
    i: Mapped[int]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(Hash)
    at: Mapped[datetime] = mapped_column(Moment)


class ListedBid(Base):
    """A bid of the closing list, in its order, and what became of it."""

    __tablename__ = "opening_bid"
    __table_args__ = (
        one_of("state", BidState),
        UniqueConstraint("opening", "place"),
        UniqueConstraint("opening", "bid_pub"),
        UniqueConstraint("opening", "number"),
        Index("ix_opening_bid_uscc", "uscc"),
        CheckConstraint(
            "(state IN ('revoked', 'withdrawn', 'refused')) = (cause IS NOT NULL)",
            name="out_with_a_cause",
        ),
        CheckConstraint("state NOT IN ('identified', 'opened') OR uscc IS NOT NULL", name="named"),
        CheckConstraint("state <> 'opened' OR price IS NOT NULL", name="opened_with_price"),
        CheckConstraint("state <> 'listed' OR uscc IS NULL", name="listed_without_name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    opening: Mapped[UUID] = mapped_column(ForeignKey("opening.id"))
    place: Mapped[int]
    bid_pub: Mapped[bytes] = mapped_column(Hash)
    act: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(Hash)
    """Opens the act's leaf: officers check that exactly this act was closed."""
    nullifier: Mapped[bytes] = mapped_column(Hash)
    state: Mapped[BidState] = mapped_column(StateColumn(BidState))
    cause: Mapped[str | None] = mapped_column(String(32))
    uscc: Mapped[str | None] = mapped_column(String(18))
    identity: Mapped[bytes | None] = mapped_column(LargeBinary)
    technical: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The technical payload's facts, sealed at rest; for the panel under dark numbers."""
    number: Mapped[int | None]
    """Its place in the order that was drawn on the closing record; None before."""
    price: Mapped[Money | None] = mapped_column(MoneyColumn)
    price_offer: Mapped[bytes | None] = mapped_column(LargeBinary)
    price_digest: Mapped[bytes | None] = mapped_column(Hash)
    version: Mapped[int] = version()

    __mapper_args__ = {"version_id_col": version}

    @property
    def subject(self) -> str:
        """The bid in the trail: by its id, never by its name or key."""
        return f"bid:{self.id}"


class OpenedDocument(Base):
    """A document of an opened envelope; its bytes lie in the restricted store under `id`."""

    __tablename__ = "opening_document"
    __table_args__ = (UniqueConstraint("bid", "kind", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    bid: Mapped[UUID] = mapped_column(ForeignKey("opening_bid.id"))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(64))
    length: Mapped[int]
    digest: Mapped[bytes] = mapped_column(Hash)
    stored: Mapped[UUID]
