"""Handing a demand in for its check, taking it back, withdrawing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.cityrules.queries import settings_on
from intermediaries.demands.commands import rows
from intermediaries.demands.commands.naming import refuse_unless_nameable
from intermediaries.demands.model import Demand, DemandCheck, DemandDoubt
from intermediaries.demands.reading import draft_of, plan_of, planned_of
from intermediaries.demands.rules.completeness import refuse_unless_whole
from intermediaries.demands.rules.promised import refuse_unless_paid_in_time, revision_hours
from intermediaries.demands.rules.routing import (
    NO_SPLITTING,
    WITHIN,
    Doubt,
    Near,
    doubt,
    refuse_if_procurement,
)
from intermediaries.demands.rules.states import (
    DEMAND_TABLE,
    ENDED,
    OPEN,
    ORDERLY,
    DemandAction,
    DemandState,
)
from intermediaries.demands.rules.window import refuse_unless_long_enough, window
from intermediaries.rulebook.periods import NOTICE_CHECK, closes
from intermediaries.rulebook.selection.admission import check_terms
from intermediaries.rulebook.selection.modes import Mode
from intermediaries.rulebook.selection.terms import Terms
from market.command import Work
from market.kernel.errors import BadInput, Refusal
from market.kernel.workdays import WorkCalendar, days_after, legal_day, start_of

REASON: Final = 1000  # characters


@dataclass(frozen=True, slots=True)
class SubmitDemand:
    """A whole draft; `separate` says why it is no part of other demands, where that is asked."""

    no: str
    separate: str | None = None


def submit_demand(work: Work, cmd: SubmitDemand) -> Mapping[str, Any]:
    """Hand a demand in: the operator checks within a working day that it is complete (S02).

    `Refusal`s "demand-incomplete" with everything that is missing, "government-procurement",
    "splitting-unexplained" where it reaches the threshold together with others and nothing is
    said to it, those of mode, window, payment, service and named agency. What is said is kept with
    the doubt, for operator and supervisor.
    """
    row = rows.own(work, cmd.no)
    # Two demands of one owner handed in at once would not see each other.
    work.hold(f"demands:{row.owner}")
    draft = draft_of(work.session, row, work.now)
    if row.state in OPEN:
        refuse_unless_whole(draft)
    refuse_unless_lawful(work.session, row, work.now, work.calendar)
    found = doubt_of(work.session, row, work.now)
    row.revision_hours = revision_hours(legal_day(work.now))
    said = (cmd.separate or "").strip()[:REASON]
    if found is not None and not said:
        raise _unexplained(found)
    work.move(row, DEMAND_TABLE, DemandAction.SUBMIT)
    row.submitted_at, row.separate = work.now, said if found is not None else None
    due = closes(NOTICE_CHECK, work.now, work.calendar, on=legal_day(work.now))
    work.session.add(DemandCheck(demand=row.id, handed_in_at=work.now, due=due, reasons=[]))
    if found is not None:
        work.session.add(
            DemandDoubt(
                demand=row.id,
                found_at=work.now,
                others=list(found.others),
                total=found.sum,
                threshold=found.threshold,
                separate=said,
            )
        )
        work.note(row.no, "demand.doubt-recorded")
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class TakeBackDemand:
    """A demand that waits for its check."""

    no: str


def take_back_demand(work: Work, cmd: TakeBackDemand) -> Mapping[str, Any]:
    """Take a demand back to mend it; the round of its check that was open is gone."""
    row = rows.own(work, cmd.no)
    work.move(row, DEMAND_TABLE, DemandAction.TAKE_BACK)
    work.session.delete(open_check(work, row.id))
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class WithdrawDemand:
    """A draft, or a demand whose enrolment has not closed, and why it ends."""

    no: str
    reason: str = ""


def withdraw_demand(work: Work, cmd: WithdrawDemand) -> Mapping[str, Any]:
    """Give up a draft, or withdraw a published demand until its enrolment closes.

    The last moment of enrolment is still in time; then `Refusal` "enrolment-closed". A published
    one needs a reason (`BadInput` "reason-missing") that everybody reads, and publishes `notice`.
    """
    row = rows.own(work, cmd.no)
    reason = cmd.reason.strip()[:REASON]
    if row.state is DemandState.ENROLLING:
        if row.enrol_closes is None or work.now > row.enrol_closes:
            raise Refusal(
                "enrolment-closed",
                zh="报名已截止，不能撤回",
                en="Enrolment has closed: the demand can no longer be withdrawn",
                article=ORDERLY,
            )
        if not reason:
            words = ("须写明撤回理由，理由将公布", "Say why: everybody will read it")
            raise BadInput("reason-missing", zh=words[0], en=words[1], fields={"reason": words})
        work.publish("notice", row.no, {"demand": row.no, "withdrawn": True, "reason": reason})
        work.state_fact("demand.withdrawn", row.id)
    work.move(row, DEMAND_TABLE, DemandAction.WITHDRAW)
    row.ended_at, row.end_reason = work.now, reason or None
    return {"no": row.no}


def refuse_unless_lawful(
    session: Session, row: Demand, now: datetime, calendar: WorkCalendar
) -> Terms:
    """Go on only with a demand that may be published now; its terms as they would be.

    For a row that lacks nothing; anything else is `AssertionError`.
    """
    if row.funds is None or row.ceiling is None or row.mode is None or row.enrol_days is None:
        raise AssertionError(f"{row.no} lacks something")
    today = legal_day(now)
    refuse_if_procurement(row.funds, row.ceiling, today)
    refuse_unless_long_enough(row.enrol_days, row.funds, now)
    if row.payment_days is not None:
        refuse_unless_paid_in_time(row.payment_days, row.funds, today)
    dates = window(planned_of(row), now, calendar)
    settings = settings_on(session, today)
    terms = Terms(
        subject=row.no,
        mode=row.mode,
        funds=row.funds,
        ceiling=row.ceiling,
        published=today,
        round=row.round,
        fixed=row.fixed,
        min_quotes=settings.min_quotes,
        list_size=row.list_size,
        short_size=row.short_size,
        choose_by=dates.choose_by,
        rounds_from=dates.rounds_from,
        scheme_weight=row.scheme_weight,
        scheme=plan_of(row),
        named=row.named,
        reason=row.reason,
    )
    check_terms(terms, settings)
    item = draft_of(session, row, now).item
    if item is None or not item.terms.offered:
        raise Refusal(
            "item-withdrawn",
            zh="该服务事项已撤下，另选事项",
            en="This service is withdrawn; choose another",
        )
    if row.mode is Mode.DIRECT and row.named is not None:
        refuse_unless_nameable(session, row, row.named, now)
    return terms


def doubt_of(session: Session, row: Demand, now: datetime) -> Doubt | None:
    """Other demands of the owner for the same service that, with this one, reach the threshold."""
    if row.funds is None or row.ceiling is None or row.item is None:
        return None
    today = legal_day(now)
    since = start_of(days_after(today, -WITHIN.days))
    others = session.scalars(
        select(Demand).where(
            Demand.owner == row.owner,
            Demand.item == row.item,
            Demand.id != row.id,
            Demand.funds == row.funds,
            Demand.submitted_at >= since,
            Demand.state.not_in([*ENDED, *OPEN]),
        )
    ).all()
    near = [
        Near(one.no, one.ceiling, legal_day(one.submitted_at))
        for one in others
        if one.ceiling is not None and one.submitted_at is not None
    ]
    return doubt(row.funds, row.ceiling, near, today)


def open_check(work: Work, demand: UUID) -> DemandCheck:
    """The round of the check that waits for its decision, locked."""
    return work.session.scalars(
        select(DemandCheck)
        .where(DemandCheck.demand == demand, DemandCheck.decided_at.is_(None))
        .with_for_update()
    ).one()


def _unexplained(found: Doubt) -> Refusal:
    listed = "、".join(found.others)
    field = ("请说明为何不是同一采购的一部分", "Say why this is no part of the others")
    return Refusal(
        "splitting-unexplained",
        zh=f"与90日内同一事项的{listed}合计{found.sum}元，达到政府采购限额标准{found.threshold}元：不得化整为零，请说明为何分别采购",
        en=f"Together with {listed}, for the same service within 90 days, it comes to {found.sum}"
        f" yuan and reaches the procurement threshold of {found.threshold}: nobody splits a"
        " procurement; say why these are separate needs",
        article=NO_SPLITTING,
        fields={"separate": field},
    )
