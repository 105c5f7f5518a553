"""Cases that commands need: locked, brought up to now, written back with their next dates."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from market.accounts.queries import people
from market.accounts.roles import Role
from market.approvals.courses import SILENCE_WORDS, SILENT, course_of
from market.approvals.model import (
    ApprovalCase,
    ApprovalEvent,
    ApprovalItem,
    ApprovalPause,
)
from market.approvals.rules.cases import CASE_TABLE, CaseAction, EventKind, Outcome
from market.approvals.rules.course import (
    Course,
    Crossed,
    Crossing,
    crossings,
    due_day,
    next_crossing,
)
from market.command import Work
from market.kernel.errors import NotFound, NotSignedIn, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import NotYetPublished, end_of

_BY_ITSELF: Final = {
    Crossed.ACCEPTED: CaseAction.DEEM_ACCEPTED,
    Crossed.RUNS_ON: CaseAction.RUN_ON,
    Crossed.APPROVED: CaseAction.DEEM_APPROVED,
}
LOOK_AGAIN: Final = timedelta(days=1)
"""How long the house waits before it looks again for a year's holidays."""


def acting(work: Work) -> tuple[UUID, UUID]:
    """The person and the organisation that act; `NotSignedIn`, `NotFound` without one."""
    if work.actor.person is None:
        raise NotSignedIn
    if work.actor.organisation is None:
        raise NotFound("no-organisation", zh="没有此单位", en="There is no such organisation")
    return work.actor.person, work.actor.organisation


def no_case() -> NotFound:
    """There is no such case, or not for this asker."""
    return NotFound("no-case", zh="没有此办件", en="There is no such case")


def locked(work: Work, no: str) -> ApprovalCase:
    """The case, locked, with everything written down that has followed by itself by now."""
    row = work.session.scalar(select(ApprovalCase).where(ApprovalCase.no == no).with_for_update())
    if row is None:
        raise no_case()
    catch_up(work, row)
    return row


def at_desk(work: Work, no: str, permission: Permission, *, in_order: bool = False) -> ApprovalCase:
    """A case of the department one acts for, received there; another's is `NotFound`.

    `Refusal` "case-in-order" where the case is handled in an order and `in_order` does not say
    that this act is the same there; the room of orders acts as the house too.
    """
    work.need(permission)
    _, organisation = acting(work)
    row = locked(work, no)
    if row.department != organisation or row.received_at is None:
        raise no_case()
    if not in_order:
        refuse_if_kept(work, row)
    return row


def refuse_if_kept(work: Work, row: ApprovalCase) -> None:
    """Go on unless the case is handled in an order, on whose clock each act is a fact."""
    if row.kept_in is not None and not work.actor.may(Permission.HOUSE_ACT):
        raise Refusal(
            "case-in-order",
            zh=f"本件随中介服务订单{row.kept_in}办理，请在订单页面操作",
            en=f"This case is handled in order {row.kept_in}: act on the order's page",
        )


def of_owner(work: Work, no: str) -> ApprovalCase:
    """A case of the organisation one acts for; another's is `NotFound`.

    A room above that has shown its own right acts as the house (`Work.as_house`).
    """
    if work.actor.may(Permission.HOUSE_ACT):
        return locked(work, no)
    work.need(Permission.APPROVALS_CASE_FILE)
    _, organisation = acting(work)
    row = locked(work, no)
    if row.owner != organisation:
        raise no_case()
    refuse_if_kept(work, row)
    return row


def item_of(work: Work, row: ApprovalCase) -> ApprovalItem:
    """The version of the item that the case follows."""
    return work.session.get_one(ApprovalItem, row.item)


def pauses(work: Work, row: ApprovalCase) -> list[ApprovalPause]:
    """The times that are not counted, in their order."""
    return list(
        work.session.scalars(
            select(ApprovalPause).where(ApprovalPause.case == row.id).order_by(ApprovalPause.number)
        )
    )


def course(work: Work, row: ApprovalCase) -> Course:
    """The same, asked of the tables."""
    return course_of(row, item_of(work, row), pauses(work, row))


def catch_up(work: Work, row: ApprovalCase) -> None:
    """Write down what has followed by itself, each at the moment at which it did."""
    found = crossings(course(work, row), work.calendar, work.now)
    for crossing in found:
        _cross(work, row, crossing)
    if found:
        settle(work, row)


def _cross(work: Work, row: ApprovalCase, crossing: Crossing) -> None:
    action = _BY_ITSELF[crossing.what]
    with work.session.no_autoflush:
        match crossing.what:
            case Crossed.ACCEPTED:
                row.accepted_at, row.by_silence = row.supplied_at or row.received_at, True
            case Crossed.RUNS_ON:
                pauses(work, row)[-1].ended_at = crossing.at
            case Crossed.APPROVED:
                row.decided_at, row.outcome = crossing.at, Outcome.APPROVED
                row.reasons = SILENCE_WORDS
        work.as_house().move(row, CASE_TABLE, action)
    kind, details = SILENT[crossing.what]
    happened(work, row, kind, crossing.at, details)


def happened(
    work: Work,
    row: ApprovalCase,
    kind: EventKind,
    at: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add what happened to the case's own history, and tell the rooms above."""
    last = work.session.scalar(
        select(func.max(ApprovalEvent.number)).where(ApprovalEvent.case == row.id)
    )
    work.session.add(
        ApprovalEvent(
            case=row.id, number=1 + (last or 0), kind=kind, at=at, details=dict(details or {})
        )
    )
    work.session.flush()
    work.state_fact(f"case.{kind.value}", row.id)


def settle(work: Work, row: ApprovalCase) -> None:
    """Write the dates by which desk and house find the case again."""
    work.session.flush()
    now = course(work, row)
    due = due_day(now, work.calendar)
    row.due_at = None if due is None or isinstance(due, NotYetPublished) else end_of(due)
    crossing = next_crossing(now, work.calendar)
    match crossing:
        case Crossing():
            row.look_at = crossing.at
        case NotYetPublished():
            row.look_at = work.now + LOOK_AGAIN
        case None:
            row.look_at = None


def tell(work: Work, row: ApprovalCase, what: str, zh: str, en: str, template: str) -> None:
    """A letter to the people of the applicant, once for each thing that happened."""
    link = f"/projects/{row.project_code}/cases/{row.no}"
    for address in people.addresses_of_role(work.session, row.owner, Role.OWNER):
        key = f"approval:{row.no}:{what}:{address}"
        work.letter(address, template, key=key, zh=zh, en=en, link=link)
