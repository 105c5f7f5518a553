"""From the third round of revision on the management office hears of each, once."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.orders.commands import department
from intermediaries.orders.commands.rows import NameOrder
from market.approvals.rules.cases import IssueKind
from market.db.outbox import Letter
from tests.support.order_cast import NO, OrderCast, make_order_cast
from tests.support.reachable import reachable


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    made = make_order_cast(engine)
    reachable(made.cast, "guan")
    made.submitted()
    made.run(department.accept, NameOrder(NO), made.clerk)
    return made


def told(house: OrderCast) -> list[str]:
    """What the office was told of rounds, without to whom."""
    with Session(house.engine) as session:
        found = session.execute(select(Letter.key, Letter.zh)).all()
    return sorted(zh for key, zh in found if key.startswith(f"order:{NO}:office:round-"))


def test_two_rounds_are_the_rule_and_each_beyond_them_is_told_to_the_office(
    house: OrderCast,
) -> None:
    for number, heard in ((1, 0), (2, 0), (3, 1), (4, 2)):
        kind = IssueKind.FIRST if number == 1 else IssueKind.NEW_VISIBLE
        house.opinion(NO, f"意见{number}", kind)
        assert len(told(house)) == heard
        house.revise(NO)
        assert len(told(house)) == heard, "once for a round"
    for number, words in zip((3, 4), told(house), strict=True):
        assert f"第{number}轮" in words
