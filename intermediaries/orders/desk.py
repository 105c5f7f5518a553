"""What waits for owner, agency, department, office, operator and experts in orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask import url_for
from sqlalchemy.orm import Session

from intermediaries.orders.waiting import waiting
from market.command import Actor
from market.feature import DeskItem
from market.kernel.permissions import Permission
from market.web.site import site

_WORDS: Final = {
    "confirm": ("确认中选", "Confirm an order"),
    "contract": ("准备或签订合同", "Prepare or sign a contract"),
    "turn": ("办理订单：计时中", "Act on an order: the clock is yours"),
    "rate": ("评价已办结的订单", "Rate a completed order"),
    "file": ("备案成果与合同", "File deliverable and contract"),
    "supplement": ("签订补充协议", "Sign a supplement to a contract"),
    "rectify": ("报告整改情况", "Report what was put right"),
    "result-objection": ("答复中选异议", "Answer an objection to a result"),
    "result-complaint": ("处理中选投诉", "Decide on a complaint about a result"),
    "pause": ("审批暂停申请", "Decide on a pause"),
    "ruling": ("裁定归责异议", "Rule on an objection about hours"),
    "expert": ("签署评审意见", "Sign an expert's opinion"),
}


def desk(session: Session, actor: Actor, now: datetime) -> Sequence[DeskItem]:
    """What waits in orders, with the moment at which its time is over."""
    del now
    if not actor.may(Permission.ORDERS_ORDER_READ):
        return []
    return [
        DeskItem(
            *_WORDS[one.what],
            url_for(
                "orders_desk.expert_opinion" if one.what == "expert" else "orders.order", no=one.no
            ),
            one.due,
            one.no,
        )
        for one in waiting(session, actor, site().office.calendar(session))
    ]
