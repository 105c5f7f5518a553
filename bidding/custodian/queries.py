"""What a holder may see of its own deposits, and what everybody may see of the keys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.custodian.model import BondKeyRow, Deposit, Notice, Payment, Report
from bidding.custodian.rules import (
    MISDIRECTED_WORDS,
    DepositState,
    Misdirected,
    PaymentState,
    Purpose,
    legal_day,
)
from bidding.custodian.settings import House
from market.kernel.errors import NotFound
from market.protocol.bondkeys import BondKey, KeyRing, read_bond_key
from market.protocol.encoding import Json, JsonObject, b64u, parse, stamp, unb64u


@dataclass(frozen=True, slots=True)
class Returned:
    """Money that came for an order and went straight back."""

    amount: int
    reason: str
    zh: str
    en: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DepositView:
    """A deposit for its holder. `reference` is `H(blinded)` in base64url."""

    reference: str
    state: DepositState
    denomination: int
    epoch: str
    kind: str
    code: str
    expires_at: datetime
    booked_at: datetime | None
    receipt: JsonObject | None
    returned: tuple[Returned, ...]
    paid_on: str | None

    def to_json(self, house: House, signature: bytes | None) -> JsonObject:
        """What the holder is answered; `signature` is the blind signature, once there is one."""
        back: list[Json] = [
            {
                "amount": item.amount,
                "reason": item.reason,
                "zh": item.zh,
                "en": item.en,
                "at": stamp(item.at),
            }
            for item in self.returned
        ]
        return {
            "reference": self.reference,
            "state": self.state.value,
            "denomination": self.denomination,
            "epoch": self.epoch,
            "kind": self.kind,
            "code": self.code,
            "amount": self.denomination,
            "pay_to": {"account": house.account, "name": house.name, "bank": house.bank},
            "expires_at": stamp(self.expires_at),
            "booked_at": None if self.booked_at is None else stamp(self.booked_at),
            "blind_signature": None if signature is None else b64u(signature),
            "receipt": self.receipt,
            "returned": back,
            "paid_on": self.paid_on,
        }


def own_deposit(session: Session, holder: UUID, reference: str) -> Deposit:
    """A holder's own deposit by its reference; `NotFound` for anything else."""
    row = session.scalar(
        select(Deposit).where(
            Deposit.holder_id == holder, Deposit.h_blinded == unb64u(reference, 32)
        )
    )
    if row is None:
        raise NotFound
    return row


def own_deposits(session: Session, holder: UUID) -> list[Deposit]:
    """All deposits of a holder, newest order first."""
    return list(
        session.scalars(
            select(Deposit)
            .where(Deposit.holder_id == holder)
            .order_by(Deposit.ordered_at.desc(), Deposit.h_blinded)
        )
    )


def view(session: Session, row: Deposit, now: datetime) -> DepositView:
    """A deposit as it stands at a moment: an order is lapsed the moment it is, beat or no beat."""
    lapsed = row.state is DepositState.AWAITED and row.expires_at < now
    return DepositView(
        reference=b64u(row.h_blinded),
        state=DepositState.EXPIRED if lapsed else row.state,
        denomination=row.denomination,
        epoch=row.epoch,
        kind=row.kind.value,
        code=row.code,
        expires_at=row.expires_at,
        booked_at=row.booked_at,
        receipt=None if row.receipt is None else parse(row.receipt),
        returned=_returned(session, row),
        paid_on=paid_on(session, row.id),
    )


def paid_on(session: Session, deposit: UUID) -> str | None:
    """The legal day on which a deposit's money went back; None until the bank has paid."""
    at = session.scalar(
        select(Payment.paid_at).where(
            Payment.about == str(deposit),
            Payment.state == PaymentState.PAID,
            Payment.purpose.in_([Purpose.REFUND, Purpose.RELEASE, Purpose.SUNSET]),
        )
    )
    return None if at is None else legal_day(at).isoformat()


def published_keys(session: Session) -> tuple[BondKey, ...]:
    """Every bond key, always in the same order: by amount, quarter and purpose."""
    return KeyRing(
        read_bond_key(parse(raw)) for raw in session.scalars(select(BondKeyRow.structure))
    ).all()


def _returned(session: Session, row: Deposit) -> tuple[Returned, ...]:
    rows = session.scalars(
        select(Notice)
        .where(Notice.deposit_id == row.id, Notice.reason.is_not(None))
        .order_by(Notice.booked_at, Notice.serial)
    )
    return tuple(
        Returned(
            notice.amount.fen,
            notice.reason or "",
            *MISDIRECTED_WORDS[Misdirected(notice.reason or "")],
            notice.booked_at,
        )
        for notice in rows
    )


def outcome_words(outcome: str) -> tuple[str, str]:
    """What became of a credit, in both languages."""
    if outcome == "deposit":
        return "已入账并签发", "Booked as a deposit"
    if outcome == "proof":
        return "账户验证转账，一分钱已退回", "Proof of an account; the fen went back"
    return MISDIRECTED_WORDS[Misdirected(outcome)]


def has_books_of(session: Session, epoch: str) -> bool:
    """Whether there is something to report of a quarter that has not been reported."""
    if session.get(Report, epoch) is not None:
        return False
    known = select(BondKeyRow.epoch).where(BondKeyRow.epoch <= epoch).limit(1)
    return session.scalar(known) is not None
