"""What follows from a penalty that became final, or was cancelled: suspension, removal, return."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.agencies.commands.by_credit import (
    Ordered,
    give_back_by_credit,
    remove_by_credit,
    suspend_by_credit,
)
from intermediaries.agencies.expiring import expired_certificate
from intermediaries.credit.commands import rows
from intermediaries.credit.commands.notices import NotifyPenalty, notify_penalty
from intermediaries.credit.model import CreditEffect, CreditPenalty
from intermediaries.credit.reading import ledger
from intermediaries.credit.rules import Effect, removes
from intermediaries.credit.ticks import write_month
from intermediaries.rulebook.credit import Credit, Ground, credit
from intermediaries.rulebook.penalties import Act
from market.command import Listener, Work


def follow_final(work: Work, key: UUID) -> None:
    """Carry out what a final penalty brings: a suspension through its last day, or removal."""
    row = _held(work, key)
    if work.session.get(CreditEffect, key) is not None:
        return
    now = _now(work.session, work, row.organisation)
    if removes(row.act):
        order = Ordered(row.organisation, row.no, _why(row, None), None)
        done = remove_by_credit(work, order)
        kind = Effect.REMOVAL
    else:
        brought = [one for one in now.suspensions if one.penalty == str(row.id)]
        if not brought:
            return
        ground = brought[-1].ground
        until = max(one.last for one in brought)
        order = Ordered(row.organisation, row.no, _why(row, ground), until)
        done = suspend_by_credit(work, order)
        kind = Effect.SUSPENSION
    if done is not None:
        work.session.add(
            CreditEffect(
                penalty=row.id,
                kind=kind,
                until=order.until,
                before=done.before,
                ordered_at=work.now,
                reason=order.reason,
            )
        )


def follow_cancelled(work: Work, key: UUID) -> None:
    """Undo what a cancelled penalty brought, as far as nothing else asks for it."""
    row = _held(work, key)
    write_month(work, row.organisation)
    effect = work.session.get(CreditEffect, key, with_for_update=True)
    if effect is None or effect.lifted_at is not None:
        return
    running = _running(work.session, row.organisation)
    effect.lifted_at = work.now
    now = _now(work.session, work, row.organisation)
    if now.is_removed:
        return
    ordered = {one.until for one in running}
    # What somebody else had ordered before credit did stands again.
    left = [one.before for one in running if one.before not in ordered]
    until = max((day for day in (*left, now.suspended_through) if day is not None), default=None)
    was = (
        None
        if effect.kind is Effect.REMOVAL
        else max(one.until for one in running if one.until is not None)
    )
    order = Ordered(row.organisation, row.no, f"{row.no}：申诉成立 / appeal upheld", until)
    give_back_by_credit(work, order, was)


def notice_expired(work: Work, key: UUID) -> None:
    """A certificate ran out and was not renewed, though a service that needs it is still offered.

    The agency gets a notice as for any other act, and may say within its days why it is not so.
    """
    held = expired_certificate(work.session, key, work.now)
    if held.is_missed:
        notify_penalty(
            work.as_house(),
            NotifyPenalty(
                agency=held.organisation,
                act=Act.QUALIFICATION_CHANGED,
                order_no=None,
                reason=f"资质证书{held.number}于{held.last_day.isoformat()}到期未更新，"
                "仍在提供须具备该资质的服务事项",
                evidence=held.number,
                occurred=held.last_day + timedelta(days=1),
            ),
        )


LISTENERS: Final = (
    Listener("agency.qualification-expired", "credit.expired", notice_expired),
    Listener("credit.penalty-final", "credit.effects", follow_final),
    Listener("credit.penalty-cancelled", "credit.undone", follow_cancelled),
)

_GROUNDS: Final[dict[Ground | None, tuple[str, str]]] = {
    None: ("清退", "removed"),
    Ground.LEVEL: ("信用等级降为D级，暂停3个月", "level D, suspended for 3 months"),
    Ground.GIVE_UPS: (
        "12个月内第三次放弃中选，暂停6个月",
        "third time given up within 12 months, suspended for 6 months",
    ),
}


def _held(work: Work, key: UUID) -> CreditPenalty:
    row = work.session.get_one(CreditPenalty, key)
    rows.hold(work, row.organisation)
    return row


def _now(session: Session, work: Work, organisation: UUID) -> Credit:
    entries = ledger(session, organisation)
    return credit(entries, max(work.now, entries[-1].at))


def _why(row: CreditPenalty, ground: Ground | None) -> str:
    zh, en = _GROUNDS[ground]
    return f"{row.no}：{row.act.zh}，{zh} / {row.act.en}: {en}"


def _running(session: Session, organisation: UUID) -> Sequence[CreditEffect]:
    """What credit has ordered of an organisation and not undone."""
    return session.scalars(
        select(CreditEffect)
        .join(CreditPenalty, CreditPenalty.id == CreditEffect.penalty)
        .where(CreditPenalty.organisation == organisation, CreditEffect.lifted_at.is_(None))
    ).all()
