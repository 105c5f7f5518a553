"""Columns that speak the vocabulary of the house: moments, money, states, hashes, structures."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from market.kernel.money import Money

S = TypeVar("S", bound=StrEnum)


class Moment(TypeDecorator[datetime]):
    """A legal moment: aware on the way in, UTC on the way out; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class MoneyColumn(TypeDecorator[Money]):
    """Whole fen in a BIGINT."""

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return None if value is None else value.fen

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> Money | None:
        return None if value is None else Money(int(value))


class StateColumn(TypeDecorator[S]):
    """A state as text of at most 32 characters; the CHECK beside it lists the states."""

    impl = String(32)
    cache_ok = True

    def __init__(self, states: type[S]) -> None:
        super().__init__()
        self.states = states

    @override
    def process_bind_param(self, value: S | None, dialect: Dialect) -> str | None:
        return None if value is None else self.states(value).value

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> S | None:
        return None if value is None else self.states(value)


def one_of(column: str, states: type[StrEnum]) -> CheckConstraint:
    """The CHECK that a column holds one of these states and nothing else."""
    listed = ", ".join(f"'{state.value}'" for state in states)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def version() -> Mapped[int]:
    """The counter by which a stale second writer is noticed; name it in `__mapper_args__`."""
    return mapped_column(default=1)


Hash = LargeBinary(32)
Structure = JSONB(none_as_null=True)
