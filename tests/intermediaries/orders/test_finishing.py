"""After the completion: both ratings, rectification, filing, and what time makes of them."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from intermediaries.credit.model import CreditPenalty
from intermediaries.orders.commands import finishing, management
from intermediaries.orders.commands.finishing import FileOrder, Rate, Report
from intermediaries.orders.commands.management import ReturnDecision
from intermediaries.orders.model.orders import Rectification
from intermediaries.orders.queries import finished
from intermediaries.orders.rules.dates import filed_until
from intermediaries.orders.rules.states import OrderState, Purpose, RectificationState, Side
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.penalties import Act
from market.kernel.errors import BadInput, IllegalMove, MarketError, NotFound, Refusal
from tests.support.approval_cast import CALENDAR, at
from tests.support.order_cast import NO, OrderCast, brought, make_order_cast

TICK = timedelta(microseconds=1)
OWNERS = dict.fromkeys(("quality", "time", "norms", "attitude", "charge"), 4)
DEPARTMENTS = {"quality": 5, "time": 4}


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


def bundle(house: OrderCast, moment: str):
    with Session(house.engine) as session:
        (one,) = finished(
            session, at("05-01 00:00"), at("12-01 00:00"), calendar=CALENDAR, at=at(moment)
        )
    return one


def test_the_second_rating_ends_the_rating(house: OrderCast) -> None:
    no = house.decided()
    house.run(finishing.rate, Rate(no, OWNERS), house.owner)
    assert bundle(house, "11-03 00:00").stars is None
    with pytest.raises(Refusal, match="rated-already"):
        house.run(finishing.rate, Rate(no, OWNERS), house.owner)
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(finishing.rate, Rate(no, OWNERS), house.agency)
    house.run(finishing.rate, Rate(no, DEPARTMENTS), house.clerk)
    assert house.row().state is OrderState.RATED
    # 0.6 x 4 + 0.4 x (0.6 x 5 + 0.4 x 4)
    assert bundle(house, "11-03 00:00").stars == Fraction(424, 100)


def test_a_rating_is_in_time_until_the_last_moment_and_then_neutral(house: OrderCast) -> None:
    no = house.decided()
    house.put(at("11-17 00:00"))
    house.run(finishing.rate, Rate(no, OWNERS), house.owner)
    house.put(at("11-17 00:00") + TICK)
    with pytest.raises(Refusal, match="rating-over"):
        house.run(finishing.rate, Rate(no, DEPARTMENTS), house.clerk)
    assert house.beat() == 1
    assert house.row().state is OrderState.RATED
    assert bundle(house, "11-18 00:00").stars == Fraction(38, 10)  # 0.6 x 4 + 0.4 x 3.5


@pytest.mark.parametrize("stars", [{}, {**OWNERS, "time": 6}, {**OWNERS, "time": 0}, DEPARTMENTS])
def test_stars_are_one_to_five_for_each_item(house: OrderCast, stars: dict[str, int]) -> None:
    no = house.decided()
    with pytest.raises(BadInput, match="rating-malformed"):
        house.run(finishing.rate, Rate(no, stars), house.owner)


def test_two_stars_need_a_reason_and_are_put_right(house: OrderCast) -> None:
    no = house.decided()
    low = {**OWNERS, "time": 2}
    with pytest.raises(Refusal, match="rating-needs-reason"):
        house.run(finishing.rate, Rate(no, low), house.owner)
    house.run(finishing.rate, Rate(no, low, "迟交三日"), house.owner)
    report = Report(no, Side.OWNER, "已增加人员")
    with pytest.raises(NotFound):
        house.run(finishing.report_rectified, Report(no, Side.DEPARTMENT, "x"), house.agency)
    house.run(finishing.report_rectified, report, house.agency)
    with Session(house.engine) as session:
        assert session.scalars(select(Rectification.state)).one() is RectificationState.REPORTED
    with pytest.raises(NotFound):
        house.run(finishing.report_rectified, report, house.agency)


def rated(house: OrderCast, when: str) -> str:
    no = house.decided(when)
    house.run(finishing.rate, Rate(no, OWNERS), house.owner)
    house.run(finishing.rate, Rate(no, DEPARTMENTS), house.clerk)
    return no


def test_filing_closes_the_order_once(house: OrderCast) -> None:
    no = house.decided()
    paper = FileOrder(no, brought(Purpose.ARCHIVE))
    with pytest.raises(IllegalMove):
        house.run(finishing.file_order, paper, house.agency)
    house.run(finishing.rate, Rate(no, OWNERS), house.owner)
    house.run(finishing.rate, Rate(no, DEPARTMENTS), house.clerk)
    house.run(finishing.file_order, paper, house.agency)
    assert house.row().state is OrderState.CLOSED
    with pytest.raises(IllegalMove):
        house.run(finishing.file_order, paper, house.agency)


def test_a_decision_sent_back_for_the_agencys_reason_costs_it_credit(house: OrderCast) -> None:
    no = rated(house, "11-02 09:00")
    back = ReturnDecision(no, Party.AGENCY, "数据不实")
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(management.return_decision, back, house.owner)
    house.run(management.return_decision, back, house.office)
    assert house.reading().returned[Party.AGENCY] == 1
    with Session(house.engine) as session:
        assert session.scalars(select(CreditPenalty.act)).all() == [Act.BELOW_STANDARD]


def test_where_no_approval_follows_the_owners_rating_is_enough(house: OrderCast) -> None:
    no = house.begun(department=None, approval_item=None)
    house.drafted(no)
    house.go("11-05 09:00")
    house.beat()
    house.run(finishing.rate, Rate(no, OWNERS), house.owner)
    assert house.row(NO).state is OrderState.RATED
    house.run(finishing.file_order, FileOrder(no, brought(Purpose.ARCHIVE)), house.agency)
    assert house.row(NO).state is OrderState.CLOSED


def unfiled(house: OrderCast) -> list[Act]:
    """What the ledger of credit holds after a beat of the house."""
    house.beat()
    with Session(house.engine) as session:
        return list(session.scalars(select(CreditPenalty.act)))


def test_an_order_not_filed_within_180_days_costs_the_agency_credit_once(house: OrderCast) -> None:
    rated(house, "11-02 09:00")
    with house.engine.begin() as connection:  # into a year whose holidays are known
        moved = (
            "UPDATE service_order SET ended_at = ended_at - interval '150 days', look_at = now()"
        )
        connection.execute(text(moved))
    over = filed_until(house.row().ended_at, CALENDAR)
    assert over is not None
    house.put(over - TICK)
    assert unfiled(house) == []
    house.put(over)
    assert unfiled(house) == [], "the last moment is still in time"
    house.put(over + TICK)
    assert unfiled(house) == [Act.NOT_FILED]
    assert unfiled(house) == [Act.NOT_FILED], "twice is once"
    house.run(finishing.file_order, FileOrder(NO, brought(Purpose.ARCHIVE)), house.agency)
    assert house.row().state is OrderState.CLOSED


def test_the_owner_does_not_file_what_the_agency_answers_for(house: OrderCast) -> None:
    no = rated(house, "11-02 09:00")
    with pytest.raises(MarketError):
        house.run(finishing.file_order, FileOrder(no, brought(Purpose.ARCHIVE)), house.owner)
    assert house.row().state is OrderState.RATED
