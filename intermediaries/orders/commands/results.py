"""What stands between a result and its contract: open objections, and complaints that hold it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from intermediaries.orders.model.complaints import ResultComplaint
from intermediaries.orders.model.orders import OrderAward, ResultObjection, ServiceOrder
from intermediaries.orders.rules.states import (
    COMPLAINED,
    RUNNING,
    OrderState,
    ResultComplaintState,
    ResultObjectionState,
)
from market.command import Work
from market.kernel.errors import Refusal


def open_objection(work: Work, row: ServiceOrder) -> ResultObjection | None:
    """An objection to the result that waits for its answer."""
    return work.session.scalars(
        select(ResultObjection)
        .where(ResultObjection.order == row.id, ResultObjection.state == ResultObjectionState.OPEN)
        .limit(1)
    ).first()


def is_held(work: Work, row: ServiceOrder) -> bool:
    """Whether the management office holds the signing back while it looks at a complaint."""
    held = select(ResultComplaint.id).where(
        ResultComplaint.order == row.id, ResultComplaint.state == ResultComplaintState.HELD
    )
    return work.session.scalar(held.limit(1)) is not None


def is_stopped(work: Work, row: ServiceOrder) -> bool:
    """Whether nothing lapses now: an objection waits, or the signing is held back."""
    return open_objection(work, row) is not None or is_held(work, row)


def waits_for_bundle(work: Work, row: ServiceOrder) -> bool:
    """Whether the contract cannot be signed yet: another order of its project and item runs."""
    return row.state is OrderState.CONTRACTING and running_beside(work.session, row) is not None


def running_beside(session: Session, row: ServiceOrder) -> str | None:
    """The number of another order of the same project and item whose clock runs."""
    if row.project is None:
        return None
    return session.scalar(
        select(ServiceOrder.no)
        .where(
            ServiceOrder.project == row.project,
            ServiceOrder.item_code == row.item_code,
            ServiceOrder.state.in_(RUNNING),
        )
        .limit(1)
    )


def refuse_while_held(work: Work, row: ServiceOrder) -> None:
    """Go on only while no complaint holds the signing back; `Refusal` "result-held"."""
    if is_held(work, row):
        raise Refusal(
            "result-held",
            zh="中心管理办处理投诉期间暂缓确认和签约",
            en="The management office looks at a complaint; until it ends nobody confirms or signs",
            article=COMPLAINED,
        )


def agencies_of(work: Work, row: ServiceOrder) -> Sequence[UUID]:
    """Every agency of the result: who may gain or lose by what is decided about it."""
    return work.session.scalars(select(OrderAward.agency).where(OrderAward.order == row.id)).all()
