"""Complaints to the management office about how an objection to a result was answered, or was not.

Whoever objected may complain once. Nothing stops because of it unless the office holds the signing
back; then the times to confirm and to sign are counted anew from its decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select

from intermediaries.orders.commands import results, rows
from intermediaries.orders.commands.awarding import end_award, fail, settle
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.model.complaints import ResultComplaint
from intermediaries.orders.model.orders import ResultObjection, ServiceOrder
from intermediaries.orders.rules.complaints import refuse_unless_open
from intermediaries.orders.rules.dates import after_answer, replied_until
from intermediaries.orders.rules.states import (
    BEFORE_CONTRACT,
    NO_PARTY,
    PENDING,
    RESULT_COMPLAINT_TABLE,
    RESULT_OBJECTION_TABLE,
    Cause,
    ResultComplaintAction,
    ResultComplaintState,
    ResultObjectionAction,
    ResultObjectionState,
    Side,
)
from market.accounts.roles import Role
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.protocol.encoding import b64u, digest, stamp, structure

_OUTCOMES: Final = {
    ResultComplaintAction.UPHOLD: ("投诉成立", "the complaint about the result was right"),
    ResultComplaintAction.DISMISS: ("投诉不成立", "the complaint about the result was dismissed"),
}
_ANEW: Final = (
    "；确认和签约期限自本日起重新计算",
    "; the times to confirm and to sign are counted anew from today",
)


@dataclass(frozen=True, slots=True)
class ComplainAboutResult:
    """A complaint of whoever objected to the result of this order."""

    no: str
    text: str


def complain_about_result(work: Work, cmd: ComplainAboutResult) -> Mapping[str, Any]:
    """Complain about the answer to one's own objection, or that there is none, once.

    `NotFound` "no-objection"; `Refusal`s "own-result" for who has become the agency,
    "complained-already", "objection-was-right", "answer-awaited", "complaint-late".
    """
    work.need(Permission.ORDERS_ORDER_SERVE)
    _, organisation = rows.acting(work)
    row = rows.locked(work, cmd.no)
    settle(work, row)
    objection = _objection_of(work, row, organisation)
    _refuse_second(work, objection)
    if organisation == row.agency:
        raise Refusal(
            "own-result",
            zh="本单位已是本订单的中选机构，不对本结果投诉",
            en="Your organisation is the agency of this order now and does not complain about it",
            status=403,
        )
    refuse_unless_open(
        objection.state, objection.due, objection.answered_at, work.now, work.calendar
    )
    due = replied_until(work.now, work.calendar)
    one = ResultComplaint(
        id=uuid4(),
        order=row.id,
        order_no=row.no,
        objection=objection.id,
        organisation=organisation,
        text=rows.said(cmd.text, "text"),
        filed_at=work.now,
        due=due,
        look_at=due or work.now + rows.LOOK_AGAIN,
    )
    work.session.add(one)
    work.session.flush()
    work.note(row.no, "order.result-complaint")
    rows.tell_office(
        work,
        row,
        f"complaint:{one.id}",
        "收到中选投诉，请在10个工作日内处理",
        "a complaint about the result was filed; decide within ten working days",
    )
    return {"no": row.no}


def withdraw_result_complaint(work: Work, cmd: NameOrder) -> Mapping[str, Any]:
    """Take one's own complaint back: what it held goes on, with its whole time from now.

    `NotFound` "no-complaint"; `IllegalMove` once it has ended. It cannot be filed again.
    """
    work.need(Permission.ORDERS_ORDER_SERVE)
    _, organisation = rows.acting(work)
    row = rows.locked(work, cmd.no)
    settle(work, row)  # while it still holds: what stood does not lapse with the withdrawal
    one = work.session.scalar(
        select(ResultComplaint).where(
            ResultComplaint.order == row.id, ResultComplaint.organisation == organisation
        )
    )
    if one is None:
        raise _no_complaint()
    was_held = one.state is ResultComplaintState.HELD
    _end(work, one, ResultComplaintAction.WITHDRAW)
    told = ("中选投诉已撤回", "a complaint about the result was withdrawn")
    rows.tell_office(work, row, f"withdrawn:{one.id}", *told)
    if was_held:
        _go_on(work, row)
        _tell_sides(work, row, f"withdrawn:{one.id}", *told)
    return {"no": row.no}


@dataclass(frozen=True, slots=True)
class HoldSigning:
    """The signing is held back while a complaint is looked at, for this reason."""

    no: str
    complaint: UUID
    reason: str


def hold_signing(work: Work, cmd: HoldSigning) -> None:
    """Hold back confirmation and signing until the complaint ends; meanwhile nothing lapses.

    By the management office, as in `decide_result_complaint`. Refused once the contract is signed
    ("order-stands-elsewhere"), and twice (`IllegalMove`).
    """
    row, one, _ = _before_office(work, cmd.no, cmd.complaint)
    reason = rows.said(cmd.reason, "reason")
    if row.state not in BEFORE_CONTRACT:
        raise rows.wrong_state(
            "合同已签或订单已终结，无可暂缓",
            "The contract is signed or the order has ended; there is nothing to hold back",
        )
    with work.session.no_autoflush:
        one.held_at, one.hold_reason = work.now, reason
        work.move(one, RESULT_COMPLAINT_TABLE, ResultComplaintAction.HOLD)
    work.session.flush()
    rows.touch(work, row)
    told = ("投诉处理期间暂缓确认和签约", "confirmation and signing are held back")
    for side in (Side.OWNER, Side.AGENCY):
        rows.tell(work, row, side, f"held:{one.id}", *told)
    _tell_complainant(work, row, one, "held", *told)


@dataclass(frozen=True, slots=True)
class DecideResultComplaint:
    """The office's decision in words; `upheld`: the procedure was wrong."""

    no: str
    complaint: UUID
    decision: str
    upheld: bool


def decide_result_complaint(work: Work, cmd: DecideResultComplaint) -> None:
    """Decide on a complaint, once, and write the decision into the public journal.

    Upheld before the contract, the award ends and the order fails; a contract that was signed
    stands, and with it the finding. Dismissed, what stood still gets its whole time again. It also
    settles an objection that was never answered. `Refusal`s "party-to-order", "same-person";
    `NotFound` "no-complaint"; `IllegalMove` once it has ended.
    """
    row, one, objection = _before_office(work, cmd.no, cmd.complaint)
    decision = rows.said(cmd.decision, "decision")
    person, _ = rows.acting(work)
    action = ResultComplaintAction.UPHOLD if cmd.upheld else ResultComplaintAction.DISMISS
    stood = one.state is ResultComplaintState.HELD or objection.state is ResultObjectionState.OPEN
    with work.session.no_autoflush:
        one.decision, one.decided_by = decision, person
        _end(work, one, action)
        if objection.state is ResultObjectionState.OPEN:
            work.as_house().move(objection, RESULT_OBJECTION_TABLE, ResultObjectionAction.SETTLE)
    work.session.flush()
    work.publish(
        "complaint-decision",
        row.no,
        structure(
            "complaint-decision",
            order=row.no,
            filed_at=stamp(one.filed_at),
            outcome=one.state.value,
            complaint_hash=b64u(digest(one.text.encode())),
            decision_hash=b64u(digest(decision.encode())),
        ),
    )
    zh, en = _OUTCOMES[action]
    _tell_complainant(work, row, one, "decided", zh, en)
    if row.state not in BEFORE_CONTRACT or not stood or cmd.upheld:
        for side in (Side.OWNER, Side.AGENCY):
            rows.tell(work, row, side, f"decided:{one.id}", zh, en)
    else:
        _go_on(work, row)
        _tell_sides(work, row, f"decided:{one.id}", zh, en)
    if row.state in BEFORE_CONTRACT and cmd.upheld:
        end_award(work, row, Cause.COMPLAINT, work.now)
        fail(work, row, Cause.COMPLAINT)


def settle_complaint(work: Work, objection: ResultObjection) -> None:
    """The objection was found right after all: a complaint about its silence has nothing left."""
    one = work.session.scalar(
        select(ResultComplaint).where(
            ResultComplaint.objection == objection.id, ResultComplaint.state.in_(PENDING)
        )
    )
    if one is not None:
        _end(work.as_house(), one, ResultComplaintAction.SETTLE)


def remind_office(work: Work, key: UUID) -> None:
    """Write the office once when a decision is late; find the time for it once there is a calendar.

    Called by the house, as often as it likes.
    """
    work.need(Permission.HOUSE_ACT)
    one = work.session.get_one(ResultComplaint, key, with_for_update=True)
    if one.state not in PENDING or one.look_at is None or one.look_at >= work.now:
        return
    if one.due is None:
        one.due = replied_until(one.filed_at, work.calendar)
        if one.due is None or work.now <= one.due:
            one.look_at = one.due or work.now + rows.LOOK_AGAIN
            return
    one.look_at = None
    work.note(one.order_no, "order.result-complaint-late")
    row = work.session.get_one(ServiceOrder, one.order)
    rows.tell_office(
        work,
        row,
        f"complaint-late:{one.id}",
        "中选投诉处理已逾期，请立即处理",
        "the decision on a complaint about the result is late; decide now",
    )


def _before_office(
    work: Work, no: str, key: UUID
) -> tuple[ServiceOrder, ResultComplaint, ResultObjection]:
    """A complaint before somebody of the office who has no part in it, with what it is about."""
    work.need(Permission.ORDERS_RESULT_RULE)
    person, _ = rows.acting(work)
    row = rows.locked(work, no)
    settle(work, row)
    one = work.session.get(ResultComplaint, key, with_for_update=True)
    if one is None or one.order != row.id:
        raise _no_complaint()
    rows.refuse_party(work, row, one.organisation, *results.agencies_of(work, row))
    objection = work.session.get_one(ResultObjection, one.objection, with_for_update=True)
    if objection.answered_by == person:
        raise Refusal(
            "same-person",
            zh="答复异议的人员不处理对该答复的投诉",
            en="Whoever answered the objection does not decide about the complaint",
            article=NO_PARTY,
            status=403,
        )
    return row, one, objection


def _end(work: Work, one: ResultComplaint, action: ResultComplaintAction) -> None:
    with work.session.no_autoflush:
        one.ended_at, one.look_at = work.now, None
        work.move(one, RESULT_COMPLAINT_TABLE, action)
    work.session.flush()


def _go_on(work: Work, row: ServiceOrder) -> None:
    """What stood still before the contract gets its whole time again, counted from now."""
    if row.state not in BEFORE_CONTRACT:
        return
    row.confirm_until, row.sign_until = after_answer(
        work.now, work.calendar, confirm_until=row.confirm_until, sign_until=row.sign_until
    )
    rows.touch(work, row)


def _tell_sides(work: Work, row: ServiceOrder, what: str, zh: str, en: str) -> None:
    if row.state in BEFORE_CONTRACT and not results.is_stopped(work, row):
        zh, en = zh + _ANEW[0], en + _ANEW[1]
    for side in (Side.OWNER, Side.AGENCY):
        rows.tell(work, row, side, what, zh, en)


def _tell_complainant(
    work: Work, row: ServiceOrder, one: ResultComplaint, what: str, zh: str, en: str
) -> None:
    words = (f"{row.no}：{zh}", f"{row.no}: {en}")
    rows.tell_people(
        work, row, one.organisation, Role.AGENCY, f"complainant:{what}:{one.id}", words
    )


def _objection_of(work: Work, row: ServiceOrder, organisation: UUID) -> ResultObjection:
    found = work.session.scalar(
        select(ResultObjection).where(
            ResultObjection.order == row.id, ResultObjection.organisation == organisation
        )
    )
    if found is None:
        raise NotFound("no-objection", zh="没有此异议", en="There is no such objection")
    return found


def _refuse_second(work: Work, objection: ResultObjection) -> None:
    known = select(ResultComplaint.id).where(ResultComplaint.objection == objection.id)
    if work.session.scalar(known) is not None:
        raise Refusal(
            "complained-already",
            zh="已就此异议提出投诉",
            en="A complaint about this objection was filed already",
        )


def _no_complaint() -> NotFound:
    return NotFound("no-complaint", zh="没有此投诉", en="There is no such complaint")
