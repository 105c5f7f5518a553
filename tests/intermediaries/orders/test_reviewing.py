"""Expert review of an order: drawn, on the clock, replaced by the drawn order, never by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from intermediaries.orders.commands import department, reviewing
from intermediaries.orders.commands.reviewing import AskExperts, FillExperts, SignOpinion
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.reading import facts_of
from intermediaries.orders.ticks import TICKS
from intermediaries.rulebook.clock.events import ExpertsInvited
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import Stage
from market.approvals.rules.cases import IssueKind
from market.command import HOUSE
from market.draws import queries as draws
from market.draws.rules import DrawState
from market.kernel.errors import IllegalMove, NotFound, Refusal
from market.kernel.workhours import HOUR
from market.reviews import queries as reviews
from market.reviews.commands.answering import LeaveSeat, leave_seat
from market.reviews.rules import Kind, Leaving, ReviewState
from tests.bidding.panels.cast import SPECIALTY
from tests.support.order_cast import NO, OrderCast, make_order_cast
from tests.support.review_cast import SEALER

DRAW = f"{NO}.review-1"


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    made = make_order_cast(engine)
    made.reviewers()
    return made


def accepted(house: OrderCast) -> str:
    """An order that lies accepted before its department."""
    no = house.submitted()
    house.run(department.accept, NameOrder(no), house.clerk)
    return no


def review(house: OrderCast) -> reviews.ReviewFacts:
    return house.reviews.ask(reviews.reviews_of, Kind.ORDER, NO)[-1]


def end_reviews(house: OrderCast) -> None:
    """The beat of orders about reviews, then that of reviews."""
    tick = TICKS[1]
    for key in house.reviews.ask(tick.due, house.cast.now, 10):
        house.run(tick.handler, key, HOUSE)
    house.reviews.beat()


def test_while_experts_are_drawn_the_time_is_the_departments_and_from_the_call_theirs(
    house: OrderCast,
) -> None:
    no = accepted(house)
    house.go("11-03 08:30")
    house.reviews.renew()
    draw = house.ask_experts(no)
    house.go("11-03 10:30")
    assert house.reading().stage is Stage.REVIEW
    before = house.reading().charged[Party.DEPARTMENT]
    house.reviews.draw(draw)
    house.go("11-03 11:30")
    house.reviews.beat()
    assert house.reading().stage is Stage.EXPERT_REVIEW
    house.go("11-03 14:30")
    charged = house.reading().charged
    assert charged[Party.EXPERT] == 1.5 * HOUR
    assert charged[Party.DEPARTMENT] - before == 1 * HOUR
    house.sign_all(no, house.seated())
    assert house.reading().stage is Stage.REVIEW


def test_nobody_names_an_expert_and_too_few_are_said_before_anything_is_frozen(
    engine: Engine,
) -> None:
    house = make_order_cast(engine)
    house.reviewers(2)
    no = accepted(house)
    house.reviews.renew()
    with pytest.raises(Refusal, match="pool-too-small"):
        house.ask_experts(no)
    assert not house.reviews.ask(reviews.reviews_of, Kind.ORDER, NO)
    assert house.reading().stage is Stage.REVIEW


@pytest.mark.parametrize("seats", [1, 2, 4])
def test_three_experts_at_least_and_an_odd_number(house: OrderCast, seats: int) -> None:
    no = accepted(house)
    command = AskExperts(no, seats, (SPECIALTY,), "论证", SEALER)
    with pytest.raises(Refusal, match="review-size"):
        house.run(reviewing.ask_experts, command, house.clerk)


def test_experts_are_asked_for_by_the_department_while_it_reviews_and_by_nobody_else(
    house: OrderCast,
) -> None:
    no = house.submitted()
    house.reviews.renew()
    command = AskExperts(no, 3, (SPECIALTY,), "论证", SEALER)
    with pytest.raises((IllegalMove, Refusal)):
        house.run(reviewing.ask_experts, command, house.clerk)  # not accepted yet
    house.run(department.accept, NameOrder(no), house.clerk)
    for other in (house.owner, house.agency):
        with pytest.raises((NotFound, Refusal)):
            house.run(reviewing.ask_experts, command, other)
    house.ask_experts(no)
    house.reviews.step()
    with pytest.raises(Refusal, match="review-running"):
        house.ask_experts(no)


def test_experts_sign_themselves_once_and_nobody_else_does(house: OrderCast) -> None:
    no = accepted(house)
    experts = house.call_experts(no)
    sign = SignOpinion(no, "同意")
    stranger = next(one for one in house.reviews.experts.values() if one not in experts)
    for other in (house.owner, stranger):
        with pytest.raises(NotFound):
            house.run(reviewing.sign_opinion, sign, other)
    house.sign_all(no, experts[:1])
    with pytest.raises(NotFound):
        house.run(reviewing.sign_opinion, sign, experts[0])
    house.sign_all(no, experts[1:])
    assert review(house).state is ReviewState.FINISHED


def test_who_leaves_is_replaced_under_the_same_number_and_the_clock_goes_on(
    house: OrderCast,
) -> None:
    no = accepted(house)
    first, *others = house.call_experts(no)
    seat = review(house).held[0]
    house.reviews.step()
    house.run(leave_seat, LeaveSeat(seat.id, Leaving.RELATED, "曾参与论证"), first)
    with pytest.raises(NotFound):
        house.run(reviewing.sign_opinion, SignOpinion(no, "同意"), first)
    house.reviews.beat()
    second = house.seated()[0]
    assert second not in (first, *others)
    assert house.reading().stage is Stage.EXPERT_REVIEW
    house.sign_all(no, [second, *others])
    assert house.reading().stage is Stage.REVIEW


def test_an_empty_seat_is_filled_by_a_second_draw_and_only_then(engine: Engine) -> None:
    house = make_order_cast(engine)
    house.reviewers(3)
    no = accepted(house)
    first, *_ = house.call_experts(no)
    fill = FillExperts(no, (SPECIALTY,), SEALER)
    with pytest.raises(Refusal, match="no-empty-seat"):
        house.run(reviewing.fill_experts, fill, house.clerk)
    house.reviews.step()
    house.run(leave_seat, LeaveSeat(review(house).held[0].id, Leaving.ILL, "住院"), first)
    house.reviews.beat()
    assert review(house).empty == 1
    house.reviews.renew()
    done = house.run(reviewing.fill_experts, fill, house.clerk)
    assert done["draw"] == f"{DRAW}-2"


def test_after_the_decision_the_draw_is_published_with_names_and_not_before(
    house: OrderCast,
) -> None:
    no = accepted(house)
    house.sign_all(no, house.call_experts(no))
    end_reviews(house)
    assert house.reviews.ask(draws.facts, DRAW).state is DrawState.DRAWN
    house.reviews.step()
    house.opinion(no, "说明坐标系统", IssueKind.FIRST)
    house.revise(no)
    house.decide(no)
    end_reviews(house)
    end_reviews(house)
    assert house.reviews.ask(draws.facts, DRAW).state is DrawState.PUBLISHED
    assert review(house).names_public


def test_a_second_review_goes_on_with_the_numbers(house: OrderCast) -> None:
    no = accepted(house)
    house.sign_all(no, house.call_experts(no))
    house.put(house.cast.now + timedelta(hours=1))
    house.call_experts(no)
    calls = [
        [call.expert for call in one.calls]
        for one in house.reviews.ask(facts_of, house.row().id)
        if isinstance(one, ExpertsInvited)
    ]
    assert calls == [["专家1", "专家2", "专家3"], ["专家4", "专家5", "专家6"]]
    assert review(house).number == 2


def test_a_late_expert_is_replaced_and_the_clock_keeps_its_figures_to_the_minute(
    house: OrderCast,
) -> None:
    """Called on Tuesday 10:30: 24 working hours end on Friday 10:30, for clock and seat alike."""
    no = accepted(house)
    house.go("11-03 10:30")
    first, *others = house.call_experts(no)
    department = house.reading().charged[Party.DEPARTMENT]
    house.say_yes(no)
    house.sign_all(no, others)
    house.go("11-06 10:30")
    house.reviews.beat()
    assert house.seated() == [first], "the last instant is in time"
    charged = house.reading().charged
    assert (charged[Party.EXPERT], charged[Party.DEPARTMENT]) == (24 * HOUR, department)
    house.go("11-06 10:31")
    with pytest.raises(Refusal, match="review-time-over"):
        house.run(reviewing.sign_opinion, SignOpinion(no, "同意"), first)
    house.reviews.beat()
    (second,) = house.seated()
    assert second not in (first, *others)
    with pytest.raises(NotFound):
        house.run(reviewing.sign_opinion, SignOpinion(no, "同意"), first)
    house.go("11-06 11:45")
    charged = house.reading().charged
    assert charged[Party.EXPERT] == 24 * HOUR
    assert charged[Party.DEPARTMENT] - department == 1.25 * HOUR
    house.sign_all(no, [second])
    assert house.reading().stage is Stage.REVIEW


def test_with_a_time_of_ones_own_an_expert_late_in_person_is_charged_beyond_the_allowance(
    house: OrderCast,
) -> None:
    """Each has 30 working hours, the allowance is 24: at its end nobody is late in person yet."""
    no = accepted(house)
    house.go("11-03 10:30")
    first, *others = house.call_experts(no, within=30)
    department = house.reading().charged[Party.DEPARTMENT]
    house.say_yes(no)
    house.sign_all(no, others)
    house.go("11-06 17:59")
    assert house.seated() == [first]
    charged = house.reading().charged
    assert charged[Party.EXPERT] == 24 * HOUR
    assert charged[Party.DEPARTMENT] - department == 6 * HOUR - timedelta(minutes=1)
    house.go("11-09 09:30")
    house.reviews.beat()
    assert first not in house.seated()
    charged = house.reading().charged
    assert charged[Party.DEPARTMENT] - department == 6 * HOUR
    assert charged[Party.EXPERT] == 25 * HOUR
