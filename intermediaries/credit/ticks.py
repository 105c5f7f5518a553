"""What time does to credit: the score of a month is published, a decision falls due.

Nobody's rights depend on when it is noticed: scores are computed from the ledger whenever asked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.agencies.commands.by_credit import show_by_credit
from intermediaries.credit.commands import rows
from intermediaries.credit.model import CreditEntry, CreditMonth, CreditPenalty
from intermediaries.credit.reading import ledger
from intermediaries.credit.rules import published
from intermediaries.rulebook.credit import refreshed_at
from intermediaries.rulebook.states import PenaltyState
from market.accounts.roles import Role
from market.command import Work
from market.feature import Tick
from market.kernel.workdays import legal_day

HUNDRED: Final = 100


def month_due(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Organisations with a ledger whose score of this month is not written yet."""
    first = legal_day(refreshed_at(now))
    written = select(CreditMonth.organisation).where(CreditMonth.first_day == first)
    return session.scalars(
        select(CreditEntry.organisation)
        .where(CreditEntry.organisation.not_in(written), CreditEntry.at <= now)
        .group_by(CreditEntry.organisation)
        .order_by(CreditEntry.organisation)
        .limit(limit)
    ).all()


def write_month(work: Work, organisation: UUID) -> None:
    """Write down the score of this month; one that a cancellation changed is written again."""
    rows.hold(work, organisation)
    entries = ledger(work.session, organisation)
    found = published(entries, work.now)
    first = legal_day(refreshed_at(work.now))
    row = work.session.get(CreditMonth, (organisation, first), with_for_update=True)
    if row is None:
        row = CreditMonth(organisation=organisation, first_day=first)
        work.session.add(row)
    # Whole points and halves: a hundredth is never cut off.
    row.hundredths, row.level = int(found.score * HUNDRED), found.level
    row.entries = sum(one.at <= refreshed_at(work.now) for one in entries)
    row.computed_at = work.now
    show_by_credit(work, organisation, first=found.rights.is_shown_first)
    work.note(f"credit/{organisation}", "credit.month")


def hearing_over(session: Session, now: datetime, limit: int) -> Sequence[UUID]:
    """Penalties without a statement whose time is over, and of which nobody was told yet."""
    return session.scalars(
        select(CreditPenalty.id)
        .where(
            CreditPenalty.state == PenaltyState.NOTICED,
            CreditPenalty.heard_by < now,
            CreditPenalty.hearing_told.is_(False),
        )
        .order_by(CreditPenalty.heard_by, CreditPenalty.id)
        .limit(limit)
    ).all()


def tell_hearing_over(work: Work, key: UUID) -> None:
    """Tell the management office that it may decide now."""
    row = work.session.get_one(CreditPenalty, key, with_for_update=True)
    row.hearing_told = True
    work.note(row.subject, "credit.hearing-over")
    rows.tell_office(
        work,
        row,
        "heard",
        f"{row.no}：陈述期已满，请作出决定",
        f"{row.no}: the time for a statement is over; a decision is due",
        Role.CMO,
    )


TICKS: Final = (
    Tick("credit.month", month_due, write_month),
    Tick("credit.hearing-over", hearing_over, tell_hearing_over),
)
