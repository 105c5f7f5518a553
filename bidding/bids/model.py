"""Tables of sealed bids: uploads, acts, and what no two bid keys may hold at once."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.db.base import Base
from market.db.types import Hash, Moment


class Upload(Base):
    """A ciphertext on its way: its capability, its length, how much has arrived, for which token.

    The hash of the capability is the key, so that whoever reads this table cannot go on with
    somebody's upload. `digest` is known when the last byte is there.
    """

    __tablename__ = "bid_upload"
    __table_args__ = (
        CheckConstraint('"offset" >= 0 AND "offset" <= length', name="offset_within"),
        CheckConstraint('digest IS NULL OR "offset" = length', name="digest_when_whole"),
        Index("ix_bid_upload_nullifier", "nullifier"),
        Index("ix_bid_upload_digest", "digest"),
        Index("ix_bid_upload_expiry", "expires_at", postgresql_where="NOT kept"),
    )

    name: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    tender_no: Mapped[str] = mapped_column(String(32))
    nullifier: Mapped[bytes] = mapped_column(Hash)
    bid_pub: Mapped[bytes] = mapped_column(Hash)
    length: Mapped[int] = mapped_column(BigInteger)
    offset: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[bytes | None] = mapped_column(Hash)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    kept: Mapped[bool] = mapped_column(default=False)
    """Whether the standing act of its bid key names it: it outlives its expiry."""


class BidAct(Base):
    """One act of a bid key as it came, with the receipt it was given."""

    __tablename__ = "bid_act"
    __table_args__ = (
        UniqueConstraint("tender_no", "bid_pub", "seq"),
        CheckConstraint("(kind = 'submission') OR NOT live", name="only_a_submission_is_live"),
        Index(
            "ix_bid_act_live",
            "tender_no",
            "bid_pub",
            unique=True,
            postgresql_where="live",
        ),
    )

    act_hash: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    tender_no: Mapped[str] = mapped_column(String(32))
    bid_pub: Mapped[bytes] = mapped_column(Hash)
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    live: Mapped[bool]
    nullifier: Mapped[bytes] = mapped_column(Hash)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(Moment)
    receipt: Mapped[bytes] = mapped_column(LargeBinary)


class LiveMark(Base):
    """A ciphertext hash or share commitment of a live act: no other bid key may bring it."""

    __tablename__ = "bid_live_mark"
    __table_args__ = (Index("ix_bid_live_mark_holder", "tender_no", "bid_pub"),)

    mark: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    tender_no: Mapped[str] = mapped_column(String(32))
    bid_pub: Mapped[bytes] = mapped_column(Hash)
