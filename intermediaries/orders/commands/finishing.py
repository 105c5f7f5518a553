"""After the completion: the double rating, rectification, filing, and what time makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from intermediaries.credit.commands.notices import NotifyPenalty, notify_penalty
from intermediaries.orders.commands import rows, syncing
from intermediaries.orders.commands.rows import Brought
from intermediaries.orders.model.orders import OrderRating, Rectification, ServiceOrder
from intermediaries.orders.rules.dates import filed_until, rated_until
from intermediaries.orders.rules.given import department_rating, owner_rating
from intermediaries.orders.rules.states import (
    ORDER_TABLE,
    RATED_BY_BOTH,
    RECTIFICATION_TABLE,
    OrderAction,
    OrderState,
    RectificationAction,
    RectificationState,
    Side,
)
from intermediaries.rulebook.clock.events import Filed
from intermediaries.rulebook.clock.states import Stage
from intermediaries.rulebook.penalties import Act
from market.command import Work
from market.kernel.errors import NotFound, Refusal


@dataclass(frozen=True, slots=True)
class Rate:
    """Stars by item, and the reason that two stars or fewer need."""

    no: str
    stars: Mapping[str, int]
    reason: str = ""


def rate(work: Work, cmd: Rate) -> Mapping[str, Any]:
    """Rate once, within ten working days of the completion, its last moment included.

    `Refusal`s "rating-over", "rated-already", "rating-needs-reason"; `BadInput`
    "rating-malformed". Two stars or fewer open a rectification.
    """
    row, side = rows.of_side(work, cmd.no, Side.OWNER, Side.DEPARTMENT)
    settle(work, row)
    if row.state is not OrderState.COMPLETED or row.ended_at is None:
        raise Refusal(
            "rating-over",
            zh="尚未办结，或评价期已过",
            en="It is not completed yet, or the time to rate is over",
            article=RATED_BY_BOTH,
        )
    if side in ratings(work, row):
        raise Refusal(
            "rated-already", zh="本方已评价", en="This side has rated", article=RATED_BY_BOTH
        )
    person, _ = rows.acting(work)
    read = owner_rating if side is Side.OWNER else department_rating
    given = read(cmd.stars, cmd.reason)
    work.session.add(
        OrderRating(
            id=uuid4(),
            order=row.id,
            side=side,
            stars=dict(cmd.stars),
            reason=cmd.reason.strip(),
            person=person,
            given_at=work.now,
        )
    )
    if given.opens_rectification:
        _rectify(work, row, side)
    work.session.flush()
    work.note(row.no, "order.rated", side=side.value)
    wanted = {Side.OWNER} if row.approval_case is None else {Side.OWNER, Side.DEPARTMENT}
    if wanted <= set(ratings(work, row)):
        _rated(work, row)
    return {"no": row.no}


def ratings(work: Work, row: ServiceOrder) -> dict[Side, OrderRating]:
    """The ratings that were given."""
    found = work.session.scalars(select(OrderRating).where(OrderRating.order == row.id))
    return {one.side: one for one in found}


def settle(work: Work, row: ServiceOrder) -> None:
    """Write down what time has done: before the contract, on the clock, and after it."""
    syncing.sync(work, row)
    ended = row.ended_at
    if ended is not None and row.state is OrderState.COMPLETED:
        over = rated_until(ended, work.calendar)
        if over is not None and work.now > over:
            _rated(work, row)
    if (
        ended is not None
        and row.state is OrderState.RATED
        and row.told_unfiled_at is None
        and (over := filed_until(ended, work.calendar)) is not None
        and work.now > over
    ):
        row.told_unfiled_at = over
        notify_penalty(
            work.as_house(),
            NotifyPenalty(
                agency=row.agency,
                act=Act.NOT_FILED,
                order_no=row.no,
                reason=f"订单{row.no}办结180日内未备案",
            ),
        )
        rows.touch(work, row)


def _rated(work: Work, row: ServiceOrder) -> None:
    work.as_house().move(row, ORDER_TABLE, OrderAction.RATE)
    rows.touch(work, row)
    work.state_fact("order.rated", row.id)


def _rectify(work: Work, row: ServiceOrder, side: Side) -> None:
    work.session.add(
        Rectification(id=uuid4(), order=row.id, order_no=row.no, side=side, opened_at=work.now)
    )
    rows.tell(
        work,
        row,
        Side.AGENCY,
        f"rectify:{side.value}",
        "评价在2星及以下，请整改并报告",
        "two stars or fewer: put it right and report",
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What was put right, towards the side that gave the low rating."""

    no: str
    side: Side
    report: str


def report_rectified(work: Work, cmd: Report) -> None:
    """The agency reports what it has put right."""
    row, _ = rows.of_side(work, cmd.no, Side.AGENCY)
    one = work.session.scalar(
        select(Rectification)
        .where(
            Rectification.order == row.id,
            Rectification.side == cmd.side,
            Rectification.state == RectificationState.OPEN,
        )
        .with_for_update()
    )
    if one is None:
        raise NotFound("no-rectification", zh="没有待整改事项", en="Nothing waits to be put right")
    with work.session.no_autoflush:
        one.report, one.reported_at = rows.said(cmd.report, "report"), work.now
        work.move(one, RECTIFICATION_TABLE, RectificationAction.REPORT)


@dataclass(frozen=True, slots=True)
class FileOrder:
    """The deliverable and contract as filed."""

    no: str
    paper: Brought


def file_order(work: Work, cmd: FileOrder) -> None:
    """The agency files deliverable and contract: the order is closed.

    It is the agency whose credit suffers if nobody does.
    """
    row, _ = rows.of_side(work, cmd.no, Side.AGENCY)
    settle(work, row)
    with work.session.no_autoflush:
        row.filed_at = work.now
        work.move(row, ORDER_TABLE, OrderAction.FILE)
    if rows.read_now(work, row).stage is Stage.DECIDED:
        rows.record(work, row, Filed, (cmd.paper,))
    else:
        rows.keep(work, row, cmd.paper, None)
    rows.touch(work, row)
    work.state_fact("order.filed", row.id)
