"""What silence has done to an order: in its approval case, and where no approval follows.

A case accepted by silence, or decided by it, is a fact of the clock at the moment at which it
followed, whenever it is noticed. While the clock stands in a pause it counts from the pause's end.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from intermediaries.credit.commands.notices import NotifyPenalty, notify_penalty
from intermediaries.orders.commands import rows
from intermediaries.orders.commands.awarding import free_others, settle
from intermediaries.orders.model.orders import ServiceOrder
from intermediaries.orders.reading import facts_of
from intermediaries.orders.rules.states import ORDER_TABLE, OrderAction, OrderState, Side
from intermediaries.rulebook.clock import events
from intermediaries.rulebook.clock.events import Event, Outcome
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.reading import read
from intermediaries.rulebook.clock.states import Stage
from intermediaries.rulebook.penalties import Act
from market.approvals.queries import history
from market.approvals.rules.cases import EventKind
from market.command import Work
from market.kernel.errors import IllegalMove, Refusal
from market.kernel.workdays import NotYetPublished
from market.kernel.workhours import NOTHING, WORKING_DAY, hours_of

Maker = Callable[[str, datetime], Event]


def sync(work: Work, row: ServiceOrder) -> None:
    """Write down what time has done to an order by now; every command begins with it."""
    settle(work, row)
    if row.state is OrderState.SUBMITTED and row.approval_case is not None:
        _follow_case(work, row, row.approval_case)
    elif row.state is OrderState.SERVING and not row.uses_approval:
        _deem_completed(work, row)


def follow_case(work: Work, case: UUID) -> None:
    """A case has moved by itself: write into its order what follows; for no order, nothing."""
    row = work.session.scalar(
        select(ServiceOrder).where(ServiceOrder.approval_case == case).with_for_update()
    )
    if row is not None:
        sync(work, row)


def _follow_case(work: Work, row: ServiceOrder, case: UUID) -> None:
    for one in history.events(work.session, case, work.calendar, work.now):
        if one.number <= row.case_seen or row.state is not OrderState.SUBMITTED:
            continue
        if one.details.get("by_silence"):
            if one.kind is EventKind.ACCEPTED and not _placed(
                work, row, events.CaseAccepted, one.at
            ):
                return
            if one.kind is EventKind.DECIDED and not _decided(work, row, one.at):
                return
        row.case_seen = one.number


def _placed(work: Work, row: ServiceOrder, make: Maker, at: datetime) -> bool:
    """Add what followed from silence; False while the clock stands in a pause."""
    facts = facts_of(work.session, row.id)
    moment = max([at, *(one.at for one in facts[-1:])])
    reading = read(facts, rows.hours_of(work), until=moment)
    if reading.is_paused:
        resumes = reading.next_change
        if resumes is None or isinstance(resumes, NotYetPublished) or resumes >= work.now:
            return False
        moment = resumes + (datetime.resolution)
    rows.add(work.as_house(), row, make, moment)
    return True


def _decided(work: Work, row: ServiceOrder, at: datetime) -> bool:
    """Silence was the decision; amid a revision the bundle ends unscored instead."""
    try:
        with work.session.begin_nested():
            done = _placed(
                work, row, lambda key, moment: events.Decided(key, moment, Outcome.APPROVED), at
            )
    except (IllegalMove, Refusal):
        words = "审批逾期未决定，依事项规定视为同意"
        done = _placed(work, row, lambda key, moment: events.Terminated(key, moment, words), at)
    if done:
        finish(work, row, facts_of(work.session, row.id)[-1].at)
        zh, en = "审批期限届满，视为同意", "the time to decide is over, which counts as consent"
        rows.tell(work, row, Side.AGENCY, "decided", zh, en)
    return done


def _deem_completed(work: Work, row: ServiceOrder) -> None:
    """Where no approval follows, the owner's silence completes the service."""
    facts = facts_of(work.session, row.id)
    reading = read(facts, rows.hours_of(work), until=work.now)
    if reading.stage is not Stage.OWNER_ACCEPTED:
        return
    accepted = [one for one in reading.segments if one.rule in ("BS4.accepted", "BS4.deemed")]
    finish(work, row, accepted[-1].start if accepted else work.now)


def finish(work: Work, row: ServiceOrder, at: datetime) -> None:
    """The service is completed at this moment: rating begins."""
    with work.session.no_autoflush:
        row.ended_at = at
        work.as_house().move(row, ORDER_TABLE, OrderAction.COMPLETE)
    rows.touch(work, row)
    rows.count_running(work, row.agency)
    free_others(work, row)
    _charge_late(work, row)
    work.state_fact("order.completed", row.id)
    rows.tell_raters(work, row)


def _charge_late(work: Work, row: ServiceOrder) -> None:
    """An agency that used more than its limit gets a notice: begun working days, from the clock."""
    left = rows.read_now(work, row).left(Party.AGENCY)
    if left is None or left >= NOTHING:
        return
    days = -(left // WORKING_DAY)
    notify_penalty(
        work.as_house(),
        NotifyPenalty(
            agency=row.agency,
            act=Act.OVERDUE,
            order_no=row.no,
            reason=f"订单{row.no}超出合同时限{hours_of(-left)}个工作小时",
            overdue_days=days,
        ),
    )
