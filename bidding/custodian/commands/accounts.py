"""Where a holder's money goes back to: the account it came from, or the one that replaced it.

Money goes back the way it came (原路退回). An organisation that changed its basic account shows
the house its papers, so that the old account is closed in the books and the new one entered, and
then proves with a one-fen transfer that the new account is its own: two hands, neither enough.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bidding.custodian.command import Desk
from bidding.custodian.model import Deposit, HolderAccount, Notice, Payment
from bidding.custodian.rules import PaymentState, Source

PROOF = "proof"
PER_BATCH = 500


def payee(session: Session, row: Deposit) -> str:
    """The account to which a deposit's money goes back now.

    The paying account while it stands; once closed, the holder's basic account as soon as it is
    proved; until then still the paying account, where the bank keeps or refuses it.
    """
    if row.account is None:
        raise AssertionError("a paid deposit has its account")
    return successor(session, row.account) or row.account


def successor(session: Session, closed: str) -> str | None:
    """The proved basic account of whoever held a closed account; None while there is none."""
    old = session.scalar(
        select(HolderAccount).where(
            HolderAccount.number == closed, HolderAccount.closed_at.is_not(None)
        )
    )
    if old is None:
        return None
    return session.scalar(
        select(HolderAccount.number).where(
            HolderAccount.holder_id == old.holder_id,
            HolderAccount.basic,
            HolderAccount.closed_at.is_(None),
            select(Notice.serial)
            .where(
                Notice.outcome == PROOF,
                Notice.from_account == HolderAccount.number,
                Notice.credited_at >= old.closed_at,
            )
            .exists(),
        )
    )


def redirect(desk: Desk, proved: str) -> None:
    """Send what is still owed to closed accounts of a holder to the account it has just proved."""
    account = desk.session.scalar(
        select(HolderAccount).where(
            HolderAccount.number == proved,
            HolderAccount.basic,
            HolderAccount.closed_at.is_(None),
        )
    )
    if account is None:
        return
    closed = select(HolderAccount.number).where(
        HolderAccount.holder_id == account.holder_id, HolderAccount.closed_at.is_not(None)
    )
    rows = desk.session.scalars(
        select(Payment)
        .where(
            Payment.state == PaymentState.DUE,
            Payment.source.in_([Source.BONDS, Source.OWN]),
            Payment.to_account.in_(closed),
        )
        .order_by(Payment.id)
        .limit(PER_BATCH)
        .with_for_update()
    )
    for row in rows:
        if successor(desk.session, row.to_account) == proved:
            row.to_account = proved
            desk.note(row.subject, "payment.redirected")
