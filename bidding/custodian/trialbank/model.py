"""The trial bank's tables, in a schema of their own that production never has."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Engine, ForeignKey, Index, MetaData, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from market.db.base import NAMING
from market.db.types import Hash, Moment, MoneyColumn
from market.kernel.money import Money

SCHEMA = "trial_bank"


class BankBase(DeclarativeBase):
    """Every table of the trial bank."""

    metadata = MetaData(schema=SCHEMA, naming_convention=NAMING)


class BankAccount(BankBase):
    """An account with its balance; with a password it can be used by e-banking."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("balance >= 0", name="no_overdraft"),)

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    balance: Mapped[Money] = mapped_column(MoneyColumn)
    password_hash: Mapped[str | None] = mapped_column(String(200))


class Transfer(BankBase):
    """Money moved, by the bank's serial number; `key` is what the orderer calls it."""

    __tablename__ = "transfer"
    __table_args__ = (
        Index("ix_transfer_waiting", "at", postgresql_where="delivered_at IS NULL"),
        Index("ix_transfer_from", "from_account"),
        Index("ix_transfer_to", "to_account"),
    )

    serial: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[bytes] = mapped_column(Hash, unique=True)
    fingerprint: Mapped[bytes] = mapped_column(Hash)
    from_account: Mapped[str] = mapped_column(String(32))
    from_name: Mapped[str] = mapped_column(String(200))
    to_account: Mapped[str] = mapped_column(String(32))
    amount: Mapped[Money] = mapped_column(MoneyColumn)
    remark: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)
    """The moment of the credit, which the counter may lay into the past."""
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the custodian was told; None where it is not concerned or not yet told."""


class BankSignIn(BankBase):
    """A bearer token of e-banking, by its hash."""

    __tablename__ = "sign_in"

    token_hash: Mapped[bytes] = mapped_column(Hash, primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey(f"{SCHEMA}.account.number"))
    until: Mapped[datetime] = mapped_column(Moment)


def set_up(engine: Engine) -> None:
    """Make schema and tables if they are not there; the demonstration's own, no history."""
    with engine.begin() as connection:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({7_905_003})"))
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        BankBase.metadata.create_all(connection)
