"""Two services of one approval: handed in side by side, each with its clock, read as one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intermediaries.orders.commands.syncing import follow_case
from intermediaries.orders.rules.states import OrderState
from intermediaries.rulebook.clock.events import Outcome
from intermediaries.rulebook.clock.parents import ParentState
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import Stage
from market.approvals.commands.filing import NameCase
from market.approvals.commands.handling import deliver_case
from market.approvals.queries.cases import case_by_id
from market.approvals.rules import cases
from market.approvals.rules.cases import CaseState, IssueKind
from market.command import HOUSE
from market.kernel.errors import MarketError, Refusal
from market.kernel.workhours import HOUR, NOTHING
from tests.support.approval_cast import CALENDAR
from tests.support.services_cast import (
    FIRST,
    SECOND,
    THIRD,
    ServicesCast,
    make_services_cast,
)


@pytest.fixture
def both(engine: Engine) -> ServicesCast:
    return make_services_cast(engine)


def case_of(both: ServicesCast, no: str):
    with Session(both.orders.engine) as session:
        return case_by_id(session, both.case(no), CALENDAR, both.orders.cast.now)


def test_two_services_of_one_approval_are_handed_in_side_by_side(both: ServicesCast) -> None:
    both.begun()
    both.hand_in(FIRST)
    both.orders.go("11-03 09:00")
    both.hand_in(SECOND, "mappers")
    assert both.case(FIRST) != both.case(SECOND)
    services = [case_of(both, no).line.service for no in (FIRST, SECOND)]
    assert services == [both.orders.place.survey, both.orders.place.plain]
    for no in (FIRST, SECOND):
        both.accept(no)
        assert case_of(both, no).state is CaseState.REVIEWING


def test_an_order_is_handed_in_once_also_beside_another_service(both: ServicesCast) -> None:
    both.begun()
    both.hand_in(FIRST)
    both.hand_in(SECOND, "mappers")
    for no in (FIRST, SECOND):
        before = both.case(no)
        for _ in range(2):
            with pytest.raises(Refusal, match="order-stands-elsewhere"):
                both.submit(no)
        assert both.case(no) == before


def test_an_application_that_stands_by_itself_holds_the_services_back(both: ServicesCast) -> None:
    both.begun()
    both.draft(FIRST)
    both.orders.approvals.received()
    with pytest.raises(Refusal, match="case-open"):
        both.submit(FIRST)
    assert both.orders.row(FIRST).state is OrderState.SERVING
    assert both.orders.row(FIRST).approval_case is None


def test_what_the_owner_prepared_lies_in_both_cases(both: ServicesCast) -> None:
    both.begun()
    prepared = both.orders.approvals.opened()
    both.hand_in(FIRST)
    both.hand_in(SECOND, "mappers")
    assert both.orders.row(FIRST).case_no == prepared
    first, second = (case_of(both, no).papers for no in (FIRST, SECOND))
    assert [one.material for one in first] == [one.material for one in second] == [1, 2]
    assert first[0].document == second[0].document
    assert first[1].document != second[1].document


def test_two_services_handed_in_at_the_same_moment_both_arrive(both: ServicesCast) -> None:
    both.begun()
    prepared = both.orders.approvals.opened()
    both.draft(FIRST)
    both.draft(SECOND, "mappers")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(both.submit, (FIRST, SECOND)))
    rows = [both.orders.row(no) for no in (FIRST, SECOND)]
    assert [row.state for row in rows] == [OrderState.SUBMITTED] * 2
    assert prepared in {row.case_no for row in rows}
    assert rows[0].case_no != rows[1].case_no
    papers = [one for no in (FIRST, SECOND) for one in case_of(both, no).papers]
    assert sorted(one.material for one in papers) == [1, 1, 2, 2]


def test_one_service_handed_in_twice_at_the_same_moment_arrives_once(both: ServicesCast) -> None:
    both.begun()
    both.draft(FIRST)

    def attempt(_: int) -> str:
        try:
            both.submit(FIRST)
        except MarketError as refused:
            return refused.code
        return "submitted"

    with ThreadPoolExecutor(3) as pool:
        found = sorted(pool.map(attempt, range(3)))
    assert found == [*["order-stands-elsewhere"] * 2, "submitted"]


def test_one_service_is_decided_while_the_other_goes_on(both: ServicesCast) -> None:
    both.begun()
    both.hand_in(FIRST)
    both.hand_in(SECOND, "mappers")
    both.accept(FIRST)
    both.accept(SECOND)
    both.orders.go("11-03 09:00")
    both.decide(FIRST, cases.Outcome.REFUSED)
    both.orders.opinion(SECOND, "说明坐标系统", IssueKind.FIRST)
    assert both.orders.row(FIRST).state is OrderState.COMPLETED
    assert both.orders.row(SECOND).state is OrderState.SUBMITTED
    found = both.seen(FIRST, both.orders.owner)
    assert [one.outcome for one in found.lines] == [Outcome.REFUSED, None]
    assert [one.holder for one in found.lines] == [None, Party.AGENCY]
    assert (found.whole.state, found.whole.ended_at) == (ParentState.REFUSED, None)


def test_silence_accepts_each_case_at_its_own_moment(both: ServicesCast) -> None:
    both.begun()
    both.hand_in(FIRST)
    both.orders.go("11-04 09:00")
    both.hand_in(SECOND, "mappers")
    both.orders.go("11-10 09:00")
    for no in (FIRST, SECOND):
        both.orders.run(follow_case, both.case(no), HOUSE)
    assert case_of(both, FIRST).course.by_silence
    assert both.orders.reading(FIRST).stage is Stage.REVIEW
    assert case_of(both, SECOND).state is CaseState.RECEIVED
    assert both.orders.reading(SECOND).stage is Stage.INTAKE
    both.orders.go("11-12 09:00")
    assert case_of(both, SECOND).course.by_silence


def test_the_whole_is_the_union_and_agrees_with_each_orders_own_account(
    both: ServicesCast,
) -> None:
    both.begun("11-02 09:00")
    both.orders.go("11-03 09:00")
    both.hand_in(FIRST)
    both.orders.go("11-04 09:00")
    both.hand_in(SECOND, "mappers")
    both.orders.go("11-05 11:00")
    found = both.seen(FIRST, both.orders.owner)
    for line in found.lines:
        assert line.charged == both.orders.reading(line.no).charged
        ran = sum((one.worked for one in line.segments), timedelta())
        assert line.before + ran + line.after == 26 * HOUR
    used = found.whole.united
    assert used[Party.OWNER] == 16 * HOUR  # until both inputs were there, not 8 and 16
    assert used[Party.DEPARTMENT] == 18 * HOUR  # since the first was handed in, not 18 and 10
    assert used[Party.AGENCY] == NOTHING
    assert both.seen(SECOND, both.orders.owner) == found


def test_an_order_that_is_the_only_service_has_no_section(both: ServicesCast) -> None:
    both.orders.go("10-29 09:00")
    both.open(FIRST)
    both.open(SECOND, "mappers")
    both.orders.go("11-02 09:00")
    assert both.seen(FIRST, both.orders.owner) is None
    both.sign(FIRST)
    assert both.seen(FIRST, both.orders.owner) is None
    both.sign(SECOND, "mappers")
    assert len(both.seen(FIRST, both.orders.owner).lines) == 2


def test_another_approval_item_is_another_approval(both: ServicesCast) -> None:
    both.orders.approvals.item(code="SG-002", name_en="Another")
    both.orders.go("10-29 09:00")
    both.open(FIRST)
    both.open(SECOND, "mappers", approval_item="SG-002")
    both.orders.go("11-02 09:00")
    both.sign(FIRST)
    both.sign(SECOND, "mappers")
    assert both.seen(FIRST, both.orders.owner) is None


def test_the_department_learns_of_a_service_as_it_is_handed_in(both: ServicesCast) -> None:
    both.begun()
    both.orders.go("11-03 09:00")
    both.hand_in(FIRST)
    both.orders.go("11-04 09:00")
    found = both.seen(FIRST, both.orders.clerk)
    assert [one.no for one in found.lines] == [FIRST]
    assert found.unseen == 1
    assert found.whole.united == both.orders.reading(FIRST).charged
    assert "mappers" not in str(found)
    both.hand_in(SECOND, "mappers")
    later = both.seen(FIRST, both.orders.clerk)
    assert [one.no for one in later.lines] == [FIRST, SECOND]
    assert later.unseen == 0
    assert "mappers" in str(later)


def test_to_the_department_the_approval_runs_while_a_service_is_to_come(
    both: ServicesCast,
) -> None:
    both.begun()
    both.hand_in(FIRST)
    both.accept(FIRST)
    both.orders.go("11-03 09:00")
    both.decide(FIRST)
    found = both.seen(FIRST, both.orders.clerk)
    assert (found.whole.state, found.whole.ended_at) == (ParentState.RUNNING, None)
    both.hand_in(SECOND, "mappers")
    both.accept(SECOND)
    both.decide(SECOND)
    over = both.seen(FIRST, both.orders.clerk)
    assert (over.whole.state, over.whole.ended_at) == (
        ParentState.APPROVED,
        both.orders.cast.now,
    )
    assert over.unseen == 0


def test_more_services_ask_no_more_statements(both: ServicesCast) -> None:
    both.begun()
    few, two = both.asked(FIRST, both.orders.owner)
    more = (THIRD, "ZJ-2026-000126", "ZJ-2026-000127")
    for number, no in enumerate(more):
        both.open(no, service=f"XX-{number}")
    both.orders.go("11-05 09:00")
    for no in more:
        both.sign(no)
        both.hand_in(no)
    many, five = both.asked(FIRST, both.orders.owner)
    assert (len(few.lines), len(many.lines)) == (2, 5)
    assert two == five


def test_the_same_service_after_a_refusal_is_a_new_attempt(both: ServicesCast) -> None:
    both.begun()
    for no, agency in ((FIRST, "surveyors"), (SECOND, "mappers")):
        both.hand_in(no, agency)
        both.accept(no)
    both.orders.go("11-03 09:00")
    both.decide(FIRST, cases.Outcome.REFUSED)
    both.decide(SECOND)
    for no in (FIRST, SECOND):
        case = NameCase(str(both.orders.row(no).case_no))
        both.orders.run(deliver_case, case, both.orders.clerk)
    both.orders.go("11-04 09:00")
    both.open(THIRD)
    both.orders.go("11-09 09:00")
    both.sign(THIRD)
    both.hand_in(THIRD)
    assert len(both.seen(FIRST, both.orders.owner).lines) == 2
    assert both.seen(THIRD, both.orders.owner) is None
    assert both.orders.row(THIRD).case_no != both.orders.row(FIRST).case_no
