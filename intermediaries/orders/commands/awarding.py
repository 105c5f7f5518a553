"""From the published result to the contract: open, confirm, give up, lapse, pass on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select

from intermediaries.credit.commands.notices import NotifyPenalty, notify_penalty
from intermediaries.orders.commands import results, rows
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.model.orders import OrderAward, ServiceOrder
from intermediaries.orders.rules.dates import after_answer, agency_signs_until, dates_of
from intermediaries.orders.rules.states import (
    BEFORE_CONTRACT,
    ORDER_TABLE,
    Cause,
    OrderAction,
    OrderState,
    Side,
)
from intermediaries.rulebook.penalties import Act
from market.command import Work
from market.kernel.errors import Refusal
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
    """Write down what time has done before the contract, at its own moment.

    Every command of this room begins with it, so that nobody's rights wait for a tick. While an
    objection to the result waits for its answer, or a complaint holds the signing, nothing lapses,
    nor does a contract while another order of its project and item runs: it cannot be signed then.

    One agency lapses at a time. The next one's time begins with the letter that asks it, so
    whoever notices late takes nothing from it; after T0 the clock knows no letter, and when it is
    looked at changes nothing there.
    """
    if row.state not in BEFORE_CONTRACT or results.is_stopped(work, row):
        return
    if row.state is OrderState.AWARDED:
        over, cause = row.confirm_until, Cause.NOT_CONFIRMED
    elif row.ready_at is not None and Side.AGENCY not in rows.signed(work, row):
        over = agency_signs_until(row.sign_until, row.ready_at, work.calendar)
        cause = Cause.NOT_SIGNED
    else:
        _tell_owners_delay(work, row)
        return
    if work.now > over and not results.waits_for_bundle(work, row):
        _pass_on(work, row, cause, over)


def _tell_owners_delay(work: Work, row: ServiceOrder) -> None:
    """The time to sign is over and the owner has not done its part: the office is told, once."""
    if not is_owners_delay(work, row) or results.waits_for_bundle(work, row):
        return
    zh, en = (
        "签约期限已过，业主尚未备妥或签订合同",
        "the time to sign is over; the owner's part is missing",
    )
    rows.tell_office(work, row, f"owner-late:{row.place}:{row.sign_until.isoformat()}", zh, en)


def confirm_award(work: Work, cmd: NameOrder) -> None:
    """The agency confirms that it takes the order, until the last moment of its time.

    `Refusal` "result-held" while a complaint holds the signing back.
    """
    row = _of_agency(work, cmd.no)
    results.refuse_while_held(work, row)
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
    """Give an order up before its contract: it goes to the next alternate.

    It costs credit, unless the time to sign is over and it is the owner's contract or signature
    that is missing. The reason is kept for owner, operator and supervisor.
    """
    row = _of_agency(work, cmd.no)
    reason = rows.said(cmd.reason)
    if row.state not in BEFORE_CONTRACT:
        raise rows.wrong_state(
            "合同已签，不能放弃中选", "The contract is signed; the order can no longer be given up"
        )
    cause = Cause.OWNER_LATE if is_owners_delay(work, row) else Cause.GIVEN_UP
    _pass_on(work, row, cause, work.now, reason)


def is_owners_delay(work: Work, row: ServiceOrder) -> bool:
    """Whether nothing but the owner's part is missing, and the time to sign is over.

    Or another of the owner's orders for the same project and item runs: then nobody can sign.
    """
    return results.waits_for_bundle(work, row) or (
        row.state is OrderState.CONTRACTING
        and work.now > row.sign_until
        and not results.is_stopped(work, row)
        and (row.ready_at is None or Side.AGENCY in rows.signed(work, row))
    )


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


def _pass_on(
    work: Work, row: ServiceOrder, cause: Cause, at: datetime, reason: str | None = None
) -> None:
    house = work.as_house()
    end_award(work, row, cause, at, reason)
    if cause is not Cause.OWNER_LATE:
        said = "" if reason is None else f"。机构说明：{reason}"
        notify_penalty(
            house,
            NotifyPenalty(
                agency=row.agency,
                act=Act.GIVES_UP,
                order_no=row.no,
                reason=f"订单{row.no}：{_CAUSES[cause]}{said}",
                occurred=legal_day(at),
            ),
        )
    following = work.session.scalar(
        select(OrderAward).where(OrderAward.order == row.id, OrderAward.place == row.place + 1)
    )
    if following is None:
        fail(work, row, cause)
        return
    house.move(row, ORDER_TABLE, OrderAction.PASS_ON)
    dates = dates_of(work.now, work.calendar, fiscal=row.is_fiscal)
    row.place, row.agency, row.agency_no = following.place, following.agency, following.agency_no
    row.price, following.asked_at, row.awarded_at = following.price, work.now, work.now
    row.objections_end, row.confirm_until = dates.objections_end, dates.confirm_until
    row.sign_until = dates.sign_until
    row.inputs = row.clauses = row.ready_at = row.contract_hash = None
    rows.touch(work, row)
    _ask(work, row)


def fail(work: Work, row: ServiceOrder, cause: Cause) -> None:
    """End an order that comes to nothing, with its cause."""
    with work.session.no_autoflush:
        row.failed_for = cause
        work.as_house().move(row, ORDER_TABLE, OrderAction.FAIL)
    rows.touch(work, row)
    rows.tell(
        work,
        row,
        Side.OWNER,
        "failed",
        "订单未能成立，可据原采购需求重新发起",
        "the order has failed; a new demand can be begun from the old one",
    )
    work.state_fact("order.failed", row.id)


def _award(work: Work, row: ServiceOrder) -> OrderAward:
    return work.session.scalars(
        select(OrderAward).where(OrderAward.order == row.id, OrderAward.place == row.place)
    ).one()


def free_others(work: Work, row: ServiceOrder) -> None:
    """An order's clock has ended: what waited for it may be signed, in the whole time again."""
    if row.project is None:
        return
    waiting = work.session.scalars(
        select(ServiceOrder)
        .where(
            ServiceOrder.project == row.project,
            ServiceOrder.item_code == row.item_code,
            ServiceOrder.state == OrderState.CONTRACTING,
        )
        .order_by(ServiceOrder.no)
        .with_for_update()
    ).all()
    for one in waiting:
        _, one.sign_until = after_answer(
            work.now, work.calendar, confirm_until=one.confirm_until, sign_until=one.sign_until
        )
        rows.touch(work, one)
        for side in (Side.OWNER, Side.AGENCY):
            rows.tell(
                work,
                one,
                side,
                f"free:{row.no}",
                "同一事项的前一订单已结束，可以签约，签约期限重新计算",
                "the other order of this item is over; the contract can be signed, and the time"
                " for it is counted anew",
            )


def end_award(
    work: Work, row: ServiceOrder, cause: Cause, at: datetime, reason: str | None = None
) -> None:
    """Write down how the present award ended, with the agency's reason where it gave one."""
    award = _award(work, row)
    award.ended_at, award.ended_for, award.reason = at, cause, reason


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
