"""Account holders: entered by the house, signed in with a password, known by a bearer token."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bidding.custodian.command import Desk
from bidding.custodian.model import Attempt, Holder, HolderAccount, SignIn
from bidding.custodian.rules import SESSION
from market.kernel.errors import BadInput, NotSignedIn, Refusal
from market.protocol.encoding import b64u, digest

SHORTEST: Final = 12  # characters of a password
LONGEST: Final = 128
TOKEN_BYTES: Final = 32
WINDOW: Final = timedelta(minutes=15)
BY_NAME: Final = 50
"""Attempts for one name in a window: high, so that no stranger shuts a bidder out."""
BY_NAME_AND_PLACE: Final = 6
"""Attempts for one name from one network in a window."""


class Passwords:
    """Argon2id, the second choice of RFC 9106 section 4; a name not there costs as much."""

    def __init__(self, memory_kib: int = 65_536, passes: int = 3, lanes: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """The hash to keep; `BadInput` "weak-password" outside 12 to 128 characters."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadInput(
                "weak-password",
                zh=f"密码应为{SHORTEST}至{LONGEST}个字符",
                en=f"A password has {SHORTEST} to {LONGEST} characters",
            )
        return self._hasher.hash(password)

    def fits(self, stored: str | None, password: str) -> bool:
        """Whether the password is the one hashed; with nothing stored the same work and False."""
        try:
            fits = self._hasher.verify(self._nobody if stored is None else stored, password)
        except (VerificationError, InvalidHashError):
            return False
        return fits and stored is not None


@dataclass(frozen=True, slots=True)
class PayingAccount:
    """A bank account from which a holder pays; `name` is what the bank has on it."""

    number: str
    name: str
    bank: str
    basic: bool = True


@dataclass(frozen=True, slots=True)
class EnterHolder:
    """An organisation that showed the house its papers, and where it pays from.

    Accounts that are not basic belong to branches whose relation was shown (review M12).
    """

    uscc: str
    name: str
    password_hash: str
    accounts: tuple[PayingAccount, ...]


def enter_holder(desk: Desk, command: EnterHolder) -> UUID:
    """Enter an organisation or, if it is known, bring name, password and accounts up to date.

    Refusals: "one-basic-account" (exactly one), "account-of-another".
    """
    desk.hold(f"holder:{command.uscc}")
    if [account.basic for account in command.accounts].count(True) != 1:
        raise Refusal(
            "one-basic-account",
            zh="每个单位须登记且只能登记一个基本账户",
            en="An organisation has exactly one basic account",
        )
    row = desk.session.scalar(select(Holder).where(Holder.uscc == command.uscc))
    if row is None:
        row = Holder(
            uscc=command.uscc,
            name=command.name,
            password_hash=command.password_hash,
            entered_at=desk.now,
        )
        desk.session.add(row)
        desk.session.flush()
    row.name, row.password_hash = command.name, command.password_hash
    _bring_accounts(desk, row, command.accounts)
    desk.note(str(row.id), "holder.entered")
    return row.id


def _bring_accounts(desk: Desk, row: Holder, wanted: tuple[PayingAccount, ...]) -> None:
    numbers = {account.number for account in wanted}
    for held in row.accounts:
        if held.number not in numbers and held.closed_at is None:
            held.closed_at = desk.now
    desk.session.flush()
    for account in wanted:
        known = desk.session.scalar(
            select(HolderAccount).where(HolderAccount.number == account.number)
        )
        if known is None:
            known = HolderAccount(
                holder_id=row.id, number=account.number, entered_at=desk.now, basic=account.basic
            )
            desk.session.add(known)
        elif known.holder_id != row.id:
            raise Refusal(
                "account-of-another",
                zh="该账户已登记在其他单位名下",
                en="This account is registered for another organisation",
            )
        known.name, known.bank, known.basic = account.name, account.bank, account.basic
        known.closed_at = None
    desk.session.flush()


@dataclass(frozen=True, slots=True)
class CountAttempt:
    """One attempt under each of these names, with how many are let through in a window."""

    names: tuple[tuple[bytes, int], ...]


def count_attempt(desk: Desk, command: CountAttempt) -> int:
    """Count it, whatever comes of it; the minutes to wait, nothing if it is let through.

    Run at the machine's moment. Old windows are swept out on the way.
    """
    desk.session.execute(delete(Attempt).where(Attempt.until <= desk.now))
    wait = 0
    for name, limit in sorted(command.names):
        row = desk.session.execute(
            insert(Attempt)
            .values(name=name, until=desk.now + WINDOW, count=1)
            .on_conflict_do_update(index_elements=["name"], set_={"count": Attempt.count + 1})
            .returning(Attempt.count.label("tries"), Attempt.until)
        ).one()
        if row.tries > limit:
            wait = max(wait, -(-int((row.until - desk.now).total_seconds()) // 60))
    return wait


def forget_attempts(desk: Desk, names: tuple[bytes, ...]) -> None:
    """Count anew: whoever knows the password is not the one who guesses at it."""
    desk.session.execute(delete(Attempt).where(Attempt.name.in_(names)))


def refuse_waiting(minutes: int) -> None:
    """Refuse (`too-many-attempts`, 429) whoever must wait."""
    if minutes:
        raise Refusal(
            "too-many-attempts",
            zh=f"尝试次数过多，请在{minutes}分钟后再试",
            en=f"Too many attempts; try again in {minutes} minutes",
            status=429,
        )


def password_of(session: Session, uscc: str) -> tuple[UUID | None, str | None]:
    """Holder and hash for a name; None and None if there is nobody of it."""
    found = session.execute(
        select(Holder.id, Holder.password_hash).where(Holder.uscc == uscc)
    ).one_or_none()
    return (None, None) if found is None else (found.id, found.password_hash)


@dataclass(frozen=True, slots=True)
class LetIn:
    """A holder whose password was right; what was counted under these names is forgotten."""

    holder: UUID
    attempts: tuple[bytes, ...] = ()


def let_in(desk: Desk, command: LetIn) -> str:
    """A fresh bearer token, of which only the hash stays here; run at the machine's moment."""
    desk.session.execute(delete(SignIn).where(SignIn.until <= desk.now))
    forget_attempts(desk, command.attempts)
    token = b64u(secrets.token_bytes(TOKEN_BYTES))
    desk.session.add(
        SignIn(
            token_hash=digest(token.encode()),
            holder_id=command.holder,
            until=desk.now + SESSION,
        )
    )
    return token


def holder_of(session: Session, token: str, machine_now: datetime) -> UUID:
    """Whose a token is; `NotSignedIn` for one that is unknown or has ended."""
    row = session.get(SignIn, digest(token.encode()))
    if row is None or row.until <= machine_now:
        raise NotSignedIn
    return row.holder_id
