"""From the published result to the contract: open, object, answer, confirm, give up, pass on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select

from intermediaries.agencies.queries import view
from intermediaries.credit.commands.notices import NotifyPenalty, notify_penalty
from intermediaries.orders.commands import rows
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.model import OrderAward, ResultObjection, ServiceOrder
from intermediaries.orders.rules.dates import agency_signs_until, answer_until, dates_of
from intermediaries.orders.rules.states import (
    BEFORE_CONTRACT,
    ORDER_TABLE,
    RESULT_OBJECTION_TABLE,
    RESULT_PERIOD,
    Cause,
    OrderAction,
    OrderState,
    ResultObjectionAction,
    Side,
)
from intermediaries.rulebook.penalties import Act
from market.command import Work
from market.kernel.errors import NotFound, Refusal
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.workdays import legal_day


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agency of a result: the selected one, or an alternate, with the price that binds it."""

    agency: UUID
    agency_no: str
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """A published result and what of the demand the order needs; alternates in their order."""

    no: str
    owner: UUID
    project: UUID | None
    project_code: str | None
    item_code: str
    title_zh: str
    title_en: str
    scope: tuple[str, ...]
    working_days: int
    is_fiscal: bool
    department: UUID | None
    approval_item: str | None
    selected: Candidate
    alternates: tuple[Candidate, ...]
    published_at: datetime
    selection_hash: bytes


_SAME: Final = (
    *("no", "owner", "project", "project_code", "item_code", "title_zh", "title_en"),
    *("working_days", "is_fiscal", "department", "approval_item", "selection_hash"),
)
"""What an order takes over as it is."""


def open_order(work: Work, cmd: OpenOrder) -> UUID:
    """Open the order of a demand; the same again is nothing. Called by the house alone."""
    work.need(Permission.HOUSE_ACT)
    work.hold(f"order:{cmd.no}")
    known = work.session.scalar(select(ServiceOrder.id).where(ServiceOrder.no == cmd.no))
    if known is not None:
        return known
    dates = dates_of(cmd.published_at, work.calendar, fiscal=cmd.is_fiscal)
    row = ServiceOrder(
        **{name: getattr(cmd, name) for name in _SAME},
        id=uuid4(),
        scope=list(cmd.scope),
        agency=cmd.selected.agency,
        agency_no=cmd.selected.agency_no,
        price=cmd.selected.price,
        place=0,
        awarded_at=cmd.published_at,
        objections_end=dates.objections_end,
        confirm_until=dates.confirm_until,
        sign_until=dates.sign_until,
        case_seen=0,
        state=OrderState.AWARDED,
    )
    work.session.add(row)
    work.session.flush()
    for place, one in enumerate((cmd.selected, *cmd.alternates)):
        work.session.add(
            OrderAward(
                order=row.id,
                place=place,
                agency=one.agency,
                agency_no=one.agency_no,
                price=one.price,
                asked_at=cmd.published_at if place == 0 else None,
            )
        )
    work.session.flush()
    work.note(row.no, "order.opened")
    rows.touch(work, row)
    _ask(work, row)
    return row.id


def settle(work: Work, row: ServiceOrder) -> None:
    """Write down what time has done before the contract, each at its own moment.

    Every command of this room begins with it, so that nobody's rights wait for a tick.
    """
    while row.state in BEFORE_CONTRACT:
        if row.state is OrderState.AWARDED:
            over, cause = row.confirm_until, Cause.NOT_CONFIRMED
        elif row.ready_at is not None and Side.AGENCY not in rows.signed(work, row):
            over = agency_signs_until(row.sign_until, row.ready_at, work.calendar)
            cause = Cause.NOT_SIGNED
        else:
            return
        if work.now <= over:
            return
        _pass_on(work, row, cause, over)


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
    work.note(row.no, "order.result-objection")
    return {"no": row.no}


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
    """Answer an objection to a result: about the procedure only, never the owner's need."""
    work.need(Permission.ORDERS_RESULT_ANSWER)
    row = rows.locked(work, cmd.no)
    one = work.session.get(ResultObjection, cmd.objection, with_for_update=True)
    if one is None or one.order != row.id:
        raise NotFound("no-objection", zh="没有此异议", en="There is no such objection")
    answer = rows.said(cmd.answer, "answer")
    action = ResultObjectionAction.UPHOLD if cmd.upheld else ResultObjectionAction.DISMISS
    with work.session.no_autoflush:
        one.answer, one.answered_at = answer, work.now
        work.move(one, RESULT_OBJECTION_TABLE, action)
    if cmd.upheld and row.state in BEFORE_CONTRACT:
        _end_award(work, row, Cause.OBJECTION, work.now)
        _fail(work, row, Cause.OBJECTION)


def confirm_award(work: Work, cmd: NameOrder) -> None:
    """The agency confirms that it takes the order, until the last moment of its time."""
    row = _of_agency(work, cmd.no)
    work.move(row, ORDER_TABLE, OrderAction.CONFIRM)
    award = _award(work, row)
    award.confirmed_at = work.now
    rows.touch(work, row)
    rows.tell(
        work,
        row,
        Side.OWNER,
        "confirmed",
        "中介机构已确认中选，请准备合同",
        "the agency has confirmed; prepare the contract",
    )


@dataclass(frozen=True, slots=True)
class GiveUp:
    """An agency gives an order up, with its reason."""

    no: str
    reason: str


def give_up(work: Work, cmd: GiveUp) -> None:
    """Give an order up before its contract: it goes to the next alternate, and costs credit."""
    row = _of_agency(work, cmd.no)
    rows.said(cmd.reason)
    if row.state not in BEFORE_CONTRACT:
        raise rows.wrong_state(
            "合同已签，不能放弃中选", "The contract is signed; the order can no longer be given up"
        )
    _pass_on(work, row, Cause.GIVEN_UP, work.now)


def _of_agency(work: Work, no: str) -> ServiceOrder:
    """An order of the agency one acts for, still that agency's after what time has done."""
    row, _ = rows.of_side(work, no, Side.AGENCY)
    _, organisation = rows.acting(work)
    settle(work, row)
    if row.agency != organisation:
        raise Refusal(
            "given-up-by-silence",
            zh="逾期未确认或未签约，已视为放弃",
            en="It was not confirmed or signed in time and counts as given up",
        )
    return row


def _pass_on(work: Work, row: ServiceOrder, cause: Cause, at: datetime) -> None:
    house = work.as_house()
    _end_award(work, row, cause, at)
    notify_penalty(
        house,
        NotifyPenalty(
            agency=row.agency,
            act=Act.GIVES_UP,
            order_no=row.no,
            reason=f"订单{row.no}：{_CAUSES[cause]}",
            occurred=legal_day(at),
        ),
    )
    following = work.session.scalar(
        select(OrderAward).where(OrderAward.order == row.id, OrderAward.place == row.place + 1)
    )
    if following is None:
        _fail(work, row, cause)
        return
    house.move(row, ORDER_TABLE, OrderAction.PASS_ON)
    dates = dates_of(at, work.calendar, fiscal=row.is_fiscal)
    row.place, row.agency, row.agency_no = following.place, following.agency, following.agency_no
    row.price, following.asked_at, row.awarded_at = following.price, at, at
    row.objections_end, row.confirm_until = dates.objections_end, dates.confirm_until
    row.sign_until = dates.sign_until
    row.inputs = row.clauses = row.ready_at = row.contract_hash = None
    rows.touch(work, row)
    _ask(work, row)


def _fail(work: Work, row: ServiceOrder, cause: Cause) -> None:
    with work.session.no_autoflush:
        row.failed_for = cause
        work.as_house().move(row, ORDER_TABLE, OrderAction.FAIL)
    rows.touch(work, row)
    rows.tell(
        work,
        row,
        Side.OWNER,
        "failed",
        "订单未能成立，请重新选取",
        "the order has failed; the selection has to be made anew",
    )
    work.state_fact("order.failed", row.id)


def _award(work: Work, row: ServiceOrder) -> OrderAward:
    return work.session.scalars(
        select(OrderAward).where(OrderAward.order == row.id, OrderAward.place == row.place)
    ).one()


def _end_award(work: Work, row: ServiceOrder, cause: Cause, at: datetime) -> None:
    award = _award(work, row)
    award.ended_at, award.ended_for = at, cause


def _ask(work: Work, row: ServiceOrder) -> None:
    rows.tell(
        work,
        row,
        Side.AGENCY,
        "awarded",
        "本单位中选，请在期限内确认，逾期视为放弃",
        "you were selected; confirm in time, or it counts as given up",
    )


_CAUSES = {
    Cause.GIVEN_UP: "中选后放弃",
    Cause.NOT_CONFIRMED: "逾期未确认中选，视为放弃",
    Cause.NOT_SIGNED: "逾期未签订合同",
}
