"""What the custodian signs for its holders and for everybody: account proofs and reports.

The account proof is the platform's structure (`yg/account-proof/v1`), written here because a
program of another organisation shares nothing with the platform but the protocol.
"""

from collections.abc import Sequence
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.custodian.keyfiles import KeyFiles
from bidding.custodian.ledger import KeyAccount
from bidding.custodian.model import Holder, HolderAccount, Notice
from bidding.custodian.rules import CROWD
from bidding.custodian.settings import House
from market.kernel.errors import NotFound
from market.protocol.encoding import Json, JsonObject, b64u, stamp, structure
from market.protocol.signing import signed

TAIL_DIGITS = 4


def account_proof(
    session: Session, holder: UUID, code: str, house: House, files: KeyFiles
) -> JsonObject:
    """What the bank saw of a one-fen transfer with this code from an account of the holder.

    The newest counts. `NotFound` "no-transfer" while none has come.
    """
    found = session.execute(
        select(Notice, HolderAccount, Holder.uscc)
        .join(HolderAccount, HolderAccount.number == Notice.from_account)
        .join(Holder, Holder.id == HolderAccount.holder_id)
        .where(
            Holder.id == holder,
            HolderAccount.closed_at.is_(None),
            Notice.outcome == "proof",
            Notice.remark == code,
        )
        .order_by(Notice.credited_at.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        raise NotFound(
            "no-transfer",
            zh="尚未收到附言为该验证码的一分钱转账；请从基本账户转账后再试",
            en="No transfer of one fen with this code has come from your account yet",
        )
    notice, account, uscc = found
    return signed(
        structure(
            "account-proof",
            custodian=house.uscc,
            uscc=uscc,
            holder=notice.from_name,
            bank=account.bank,
            account_hash=b64u(files.account_hash(account.number)),
            tail=account.number[-TAIL_DIGITS:],
            basic=account.basic,
            amount=notice.amount.fen,
            remark=notice.remark,
            booked_at=stamp(notice.booked_at),
        ),
        files.signer,
    )


def report(epoch: str, at: str, rows: Sequence[KeyAccount], key: Ed25519PrivateKey) -> JsonObject:
    """`yg/custodian-report/v1`: every key's account at the end of a quarter, signed.

    The crowd is told as yes or no: a count of organisations that is watched grows into a diary.
    """
    keys: list[Json] = [
        {
            "denomination": row.denomination,
            "epoch": row.epoch,
            "signatures": row.signatures,
            "deposits": row.deposits,
            "outstanding": row.outstanding,
            "held": row.held,
            "refunded": row.refunded,
            "forfeited": row.forfeited,
            "permits": row.permits,
            "refund_signatures": row.refund_signatures,
            "refunds": row.refunds,
            "cash": row.owed,
            "crowd": row.crowd >= CROWD,
        }
        for row in rows
    ]
    return signed(structure("custodian-report", epoch=epoch, at=at, keys=keys), key)
