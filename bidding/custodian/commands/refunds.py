"""Money back without a bid: a signature for a permit, and hours later a claim by its holder.

Between the two nothing is kept that joins them: the permit names nobody, the claim shows a token
that was signed blindly (review H3).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from bidding.custodian.command import Desk
from bidding.custodian.commands.accounts import payee
from bidding.custodian.commands.bondkeys import count_signature, key_of, ring, sign
from bidding.custodian.commands.payments import OutgoingPayment, owe, owe_interest
from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.ledger import Account, Side, post
from bidding.custodian.model import Deposit, Refund, RefundSignature
from bidding.custodian.rules import (
    DEPOSIT_TABLE,
    DepositAction,
    DepositKind,
    DepositState,
    Purpose,
    demand_interest,
    legal_day,
    next_pay_run,
    refuse_not_open,
)
from bidding.custodian.settings import Settings
from market.kernel.errors import Refusal
from market.protocol.blind import check_blinded
from market.protocol.bondkeys import REFUND, BondKey, check_issuing, check_spendable
from market.protocol.encoding import JsonObject, canonical, digest
from market.protocol.surrender import RefundClaim, read_refund_claim, read_refund_request
from market.protocol.tokens import check_token, nullifier


@dataclass(frozen=True, slots=True)
class SignRefund:
    """A permit of the platform with the blinded value it allows (`yg/refund-request/v1`)."""

    request: JsonObject
    platform: bytes
    files: KeyFiles


def sign_refund(desk: Desk, command: SignRefund) -> bytes:
    """The blind signature under the refund key; the same permit again, the same signature.

    It leaves no line in the trail: a moment there could be laid beside sign-ins. Refusals:
    `malformed`, "bad-signature", "permit-differs", "unknown-bond-key", "bond-key-not-issuing",
    "bad-blinded".
    """
    permit, blinded = read_refund_request(command.request, command.platform)
    key = key_of(desk.session, permit.denomination, permit.epoch, REFUND)
    check_issuing(key, desk.now)
    check_blinded(key.key, blinded)
    name = permit.new_blinded_hash
    desk.hold(f"refund-signature:{name.hex()}")
    known = desk.session.get(RefundSignature, name)
    if known is None:
        desk.session.add(
            RefundSignature(h_blinded=name, denomination=permit.denomination, epoch=permit.epoch)
        )
        count_signature(desk.session, key)
    elif (known.denomination, known.epoch) != (permit.denomination, permit.epoch):
        raise Refusal(
            "permit-differs",
            zh="此盲化值已凭另一面额或季度的许可签过",
            en="This value was signed before, for a permit of another amount or quarter",
        )
    return sign(command.files, key, blinded)


@dataclass(frozen=True, slots=True)
class ClaimRefund:
    """A signed-in holder shows a refund token and names which of its deposits is closed."""

    holder: UUID
    claim: JsonObject
    settings: Settings


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was decided: when the money goes out at the earliest."""

    deposit: UUID
    not_before: datetime


def claim_refund(desk: Desk, command: ClaimRefund) -> Claimed:
    """Close a deposit and queue its money, with demand interest, to the account it came from.

    Where that account is closed in the books, the claim names the basic account that replaced it,
    proved by a one-fen transfer.

    The same claim again is answered alike. Refusals: `malformed`, "bad-signature",
    "unknown-bond-key", "foreign-token", "bad-token-signature", "bond-key-expired",
    "refund-token-used", "no-open-deposit", "account-differs".
    """
    claim = read_refund_claim(command.claim)
    key = check_token(claim.token, claim.bid_pub, ring(desk.session))
    check_spendable(key, desk.now)
    name = nullifier(key.id, claim.token.prepared)
    hashed = digest(canonical(command.claim))
    desk.hold(f"refund:{name.hex()}")
    row = desk.session.scalar(
        select(Deposit).where(Deposit.h_blinded == claim.deposit).with_for_update(of=Deposit)
    )
    known = desk.session.get(Refund, name)
    if known is not None:
        if known.claim_hash != hashed or row is None or row.holder_id != command.holder:
            raise Refusal(
                "refund-token-used",
                zh="此退款令牌已用于另一笔退款",
                en="This refund token was used for another refund",
            )
        return Claimed(row.id, next_pay_run(known.claimed_at))
    open_row = _open(row, command.holder, key)
    _refuse_other_account(desk, open_row, claim)
    close_deposit(desk, open_row, command.settings, DepositAction.REFUND, Purpose.REFUND)
    desk.session.add(
        Refund(nullifier=name, claim_hash=hashed, deposit_id=open_row.id, claimed_at=desk.now)
    )
    return Claimed(open_row.id, next_pay_run(desk.now))


def _open(row: Deposit | None, holder: UUID, key: BondKey) -> Deposit:
    if (
        row is None
        or row.holder_id != holder
        or row.state is not DepositState.PAID
        or row.kind is not DepositKind.CASH
        or (row.denomination, row.epoch) != (key.denomination, key.epoch)
    ):
        raise refuse_not_open()
    return row


def _refuse_other_account(desk: Desk, row: Deposit, claim: RefundClaim) -> None:
    if payee(desk.session, row) != claim.account:
        raise Refusal(
            "account-differs",
            zh="退款只能原路退回付款账户；基本账户已变更的，先在托管方登记新账户，"
            "并从新账户转账一分钱验证",
            en="Money goes back to the account it came from. If the basic account has changed, "
            "register the new one with the custodian and prove it with a transfer of one fen",
        )


def close_deposit(
    desk: Desk, row: Deposit, settings: Settings, action: DepositAction, purpose: Purpose
) -> None:
    """Move an open deposit's money into the next pay run, with demand interest until then."""
    if row.account is None or row.booked_at is None:
        raise AssertionError("a paid deposit has its account and its moment")
    run = next_pay_run(desk.now)
    interest = demand_interest(
        row.amount, settings.demand_rate, legal_day(row.booked_at), legal_day(run)
    )
    desk.move(row, DEPOSIT_TABLE, action)
    row.closed_at = desk.now
    post(
        desk,
        row.amount,
        debit=Side(Account.OUTSTANDING, (row.denomination, row.epoch)),
        credit=Side(Account.PAYABLE),
    )
    account = payee(desk.session, row)
    owe(desk, OutgoingPayment(purpose, row.subject, account, row.amount, run))
    owe_interest(desk, row.subject, account, interest, run)
