"""Objections to the result of a selection, and the operator's answer to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from intermediaries.agencies.queries import view
from intermediaries.orders.commands import results, rows
from intermediaries.orders.commands.awarding import end_award, fail, settle
from intermediaries.orders.commands.complaining import settle_complaint
from intermediaries.orders.model.orders import ResultObjection, ServiceOrder
from intermediaries.orders.rules.dates import (
    after_answer,
    answer_until,
    complain_until,
    last_moment,
)
from intermediaries.orders.rules.states import (
    BEFORE_CONTRACT,
    RESULT_OBJECTION_TABLE,
    RESULT_PERIOD,
    Cause,
    ResultObjectionAction,
    Side,
)
from market.accounts.roles import Role
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day
from market.messages.letters import compose


@dataclass(frozen=True, slots=True)
class ObjectToResult:
    """An agency's objection to the procedure of a selection."""

    no: str
    text: str


def object_to_result(work: Work, cmd: ObjectToResult) -> Mapping[str, Any]:
    """Object to a result until the end of its period, that moment included.

    `Refusal`s "no-objection-period" (other than fiscal funds), "objections-over", "own-result",
    "objected-already"; "no-agency" for one that never entered.
    """
    work.need(Permission.ORDERS_ORDER_SERVE)
    _, organisation = rows.acting(work)
    row = rows.locked(work, cmd.no)
    settle(work, row)
    _refuse_unless_in_time(work, row)
    if organisation in (row.agency, row.owner):
        raise Refusal(
            "own-result",
            zh="中选机构和业主不对本结果提出异议",
            en="The selected agency and the owner do not object to this result",
            status=403,
        )
    if view(work.session, organisation, work.now) is None:
        raise Refusal(
            "no-agency",
            zh="入驻的中介机构才能提出中选异议",
            en="Agencies that have entered object to results",
            status=403,
        )
    known = select(ResultObjection.id).where(
        ResultObjection.order == row.id, ResultObjection.organisation == organisation
    )
    if work.session.scalar(known) is not None:
        raise Refusal(
            "objected-already",
            zh="本单位已对该结果提出异议",
            en="This organisation has objected to this result already",
        )
    one = ResultObjection(
        id=uuid4(),
        order=row.id,
        order_no=row.no,
        organisation=organisation,
        text=rows.said(cmd.text, "text"),
        filed_at=work.now,
        due=answer_until(work.now, work.calendar),
    )
    work.session.add(one)
    work.session.flush()
    rows.touch(work, row)
    work.note(row.no, "order.result-objection")
    _tell_of_objection(work, row, one)
    return {"no": row.no}


def _tell_of_objection(work: Work, row: ServiceOrder, one: ResultObjection) -> None:
    """To the operator, who answers it, and to both sides, for whom time stands still."""
    what = f"objected:{one.id}"
    zh, en = (
        "收到中选异议，请在2个工作日内答复",
        "an objection to the result; answer within two working days",
    )
    rows.tell_office(work, row, what, zh, en, Role.CENTER)
    for side in (Side.OWNER, Side.AGENCY):
        zh, en = (
            "收到中选异议，答复前期限暂停",
            "an objection to the result; nothing lapses until its answer",
        )
        rows.tell(work, row, side, what, zh, en)


def _refuse_unless_in_time(work: Work, row: ServiceOrder) -> None:
    if row.objections_end is None:
        raise Refusal(
            "no-objection-period",
            zh="非财政资金项目不设中选异议期",
            en="There is a time to object to results of fiscal funds only",
            article=RESULT_PERIOD,
        )
    if work.now > row.objections_end or row.state not in BEFORE_CONTRACT:
        raise Refusal(
            "objections-over",
            zh="中选异议期已过",
            en="The time to object to this result is over",
            article=RESULT_PERIOD,
        )


@dataclass(frozen=True, slots=True)
class AnswerObjection:
    """The operator's answer; `upheld`: the procedure was wrong and the order fails."""

    no: str
    objection: UUID
    answer: str
    upheld: bool


def answer_objection(work: Work, cmd: AnswerObjection) -> None:
    """Answer an objection to a result: about the procedure only, never the owner's need.

    By the operator, who is no party: `Refusal` "party-to-order". Dismissed, what had to be done
    meanwhile gets its whole time again, counted from the answer, unless a complaint holds it.
    Whoever objected is written to, with the last day to complain.
    """
    work.need(Permission.ORDERS_RESULT_ANSWER)
    row = rows.locked(work, cmd.no)
    settle(work, row)
    one = work.session.get(ResultObjection, cmd.objection, with_for_update=True)
    if one is None or one.order != row.id:
        raise NotFound("no-objection", zh="没有此异议", en="There is no such objection")
    rows.refuse_party(work, row, one.organisation, *results.agencies_of(work, row))
    answer = rows.said(cmd.answer, "answer")
    action = ResultObjectionAction.UPHOLD if cmd.upheld else ResultObjectionAction.DISMISS
    with work.session.no_autoflush:
        one.answer, one.answered_at, one.answered_by = answer, work.now, work.actor.person
        work.move(one, RESULT_OBJECTION_TABLE, action)
    work.session.flush()
    if cmd.upheld:
        settle_complaint(work, one)
    _tell_objector(work, row, one, upheld=cmd.upheld)
    if row.state not in BEFORE_CONTRACT:
        return
    if cmd.upheld:
        end_award(work, row, Cause.OBJECTION, work.now)
        fail(work, row, Cause.OBJECTION)
        return
    if results.is_held(work, row):
        return
    row.confirm_until, row.sign_until = after_answer(
        work.now, work.calendar, confirm_until=row.confirm_until, sign_until=row.sign_until
    )
    rows.touch(work, row)
    for side in (Side.OWNER, Side.AGENCY):
        rows.tell(
            work,
            row,
            side,
            f"answered:{one.id}",
            "中选异议已答复，不成立；确认和签约期限自答复起重新计算",
            "the objection to the result was dismissed; the times to confirm and to sign are"
            " counted anew from the answer",
        )


def _tell_objector(work: Work, row: ServiceOrder, one: ResultObjection, *, upheld: bool) -> None:
    """The answer is there: to whoever objected, dismissed with the last day to complain."""
    words = (f"{row.no}：您提出的中选异议成立", f"{row.no}: your objection was right")
    template = "SM19"
    if not upheld:
        until = complain_until(work.now, work.calendar)
        day: str | tuple[str, str] = ("答复后10个工作日届满", "ten working days are over")
        if until is not None:
            day = legal_day(last_moment(until)).isoformat()
        made = compose("SM17", {"no": row.no, "date": day})
        words, template = (made.zh, made.en), "SM17"
    what = f"objection-answered:{one.id}"
    rows.tell_people(work, row, one.organisation, Role.AGENCY, what, words, template)
