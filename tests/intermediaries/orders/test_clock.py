"""The clock of an order, moved by the room's own commands alone."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.credit.model import CreditPenalty
from intermediaries.orders.commands import department, management, serving
from intermediaries.orders.commands.department import ListMissing, Supply
from intermediaries.orders.commands.management import AskPause, DecidePause, Rule
from intermediaries.orders.commands.rows import NameOrder
from intermediaries.orders.commands.serving import AskOwner, AskTime, GiveItems, GiveWords
from intermediaries.orders.model.orders import AskedPause
from intermediaries.orders.queries import finished, running
from intermediaries.orders.rules.states import OrderState, Purpose
from intermediaries.orders.waiting import waiting
from intermediaries.rulebook.clock.events import PauseCode
from intermediaries.rulebook.clock.parties import Party
from intermediaries.rulebook.clock.states import Stage
from intermediaries.rulebook.scores import agency_score, department_score, figures, shown
from market.approvals.commands import handling
from market.approvals.commands.filing import NameCase
from market.approvals.rules.cases import IssueKind, Missing, Outcome, Owes
from market.kernel.errors import IllegalMove, NotFound, Refusal
from market.kernel.workdays import legal_day
from market.kernel.workhours import HOUR
from tests.support.approval_cast import CALENDAR, at
from tests.support.order_cast import HOURS, OrderCast, brought, make_order_cast

TICK = timedelta(microseconds=1)


@pytest.fixture
def house(engine: Engine) -> OrderCast:
    return make_order_cast(engine)


def test_the_worked_example_walked_by_everybody_comes_to_its_figures(house: OrderCast) -> None:
    house.reviewers()
    no = house.begun("11-02 09:00")
    house.go("11-04 09:30")
    items = GiveItems(no, ("规划许可证", "竣工图"), (brought(Purpose.INPUT),))
    house.run(serving.deliver_inputs, items, house.owner)
    house.go("11-04 10:00")
    house.run(serving.confirm_inputs, NameOrder(no), house.agency)
    house.go("11-13 16:00")
    house.deliver(no)
    house.go("11-16 10:30")
    house.run(serving.accept_draft, NameOrder(no), house.owner)
    house.go("11-16 11:00")
    house.run(department.submit, NameOrder(no), house.owner)
    house.go("11-17 09:00")
    house.run(department.accept, NameOrder(no), house.clerk)
    house.go("11-17 17:00")
    experts = house.call_experts(no)
    house.say_yes(no)
    house.go("11-19 12:00")
    house.sign_all(no, experts)
    house.opinion(no, "说明坐标系统", IssueKind.FIRST)
    house.go("11-23 10:00")
    house.revise(no)
    house.go("11-24 17:00")
    house.opinion(no, "补充面积表", IssueKind.NEW_VISIBLE)
    house.go("11-26 12:00")
    house.revise(no)
    house.run(department.finalise, NameOrder(no), house.clerk)
    house.go("11-27 16:00")
    house.decide(no)
    reading = house.reading()
    assert sum((one.worked for one in reading.segments), timedelta()) == 157.5 * HOUR
    charged = {party: reading.charged[party] / HOUR for party in Party}
    assert [charged[p] for p in (Party.OWNER, Party.AGENCY, Party.DEPARTMENT, Party.EXPERT)] == [
        *(21.5, 74.5, 49.0, 12.5)
    ]
    case, day = figures(reading), legal_day(at("11-27 16:00"))
    assert department_score(case, on=day).shown == Decimal("67.33")
    assert agency_score(case, Fraction(9, 2), on=day).shown == Decimal("84.04")
    without = shown(department_score(case, on=day).value + 5)
    assert without == Decimal("72.33")
    with Session(house.engine) as session:
        (bundle,) = finished(session, at("11-01 00:00"), at("12-01 00:00"), calendar=CALENDAR)
        assert not list(finished(session, at("11-28 00:00"), at("12-01 00:00"), calendar=CALENDAR))
        assert running(session, bundle.agency) == 0
    assert (bundle.ended_at, bundle.stars) == (at("11-27 16:00"), None)
    assert bundle.limits.agency_limit == 80 * HOUR


def test_silence_accepts_inputs_and_the_draft_whoever_looks(house: OrderCast) -> None:
    no = house.begun()
    items = GiveItems(no, ("规划许可证", "竣工图"))
    house.run(serving.deliver_inputs, items, house.owner)
    house.go("11-03 09:00")  # a working day later to the microsecond: still in time to object
    house.run(serving.object_to_inputs, GiveItems(no, ("竣工图",)), house.agency)
    house.run(serving.deliver_inputs, GiveItems(no, ("竣工图",)), house.owner)
    house.put(at("11-04 09:00") + TICK)
    assert house.reading().stage is Stage.WORKING
    with pytest.raises(IllegalMove):
        house.run(serving.object_to_inputs, GiveItems(no, ("竣工图",)), house.agency)
    house.deliver(no)
    house.go("11-09 09:00")
    assert house.reading().stage is Stage.OWNER_ACCEPTED
    with pytest.raises(IllegalMove):
        house.run(serving.return_draft, GiveWords(no, "不合格"), house.owner)
    house.run(department.submit, NameOrder(no), house.owner)
    assert house.row().state is OrderState.SUBMITTED


def test_beats_that_come_often_or_late_change_no_hour(house: OrderCast) -> None:
    no = house.begun()
    house.drafted(no)
    for day in ("11-03 10:00", "11-03 10:00", "11-04 10:00", "11-05 10:00"):
        house.go(day)
        house.beat()
    often = house.reading().segments
    assert [one.rule for one in often] == ["BS4.review", "BS4.deemed"]
    assert often[0].end == at("11-04 09:00")


def test_a_second_request_for_what_was_knowable_is_the_agencys_own_time(house: OrderCast) -> None:
    no = house.begun()
    items = GiveItems(no, ("规划许可证", "竣工图"))
    house.run(serving.deliver_inputs, items, house.owner)
    house.run(serving.confirm_inputs, NameOrder(no), house.agency)
    for hour, knowable in ((9, False), (11, True)):
        house.go(f"11-02 {hour:02d}:00")
        house.run(serving.ask_owner, AskOwner(no, ("红线图",), knowable), house.agency)
        house.go(f"11-02 {hour + 1:02d}:00")
        house.run(serving.answer_owner, GiveItems(no, ("红线图",)), house.owner)
    assert house.reading().charged[Party.AGENCY] == 2 * HOUR
    assert house.reading().held[Party.OWNER] == 2 * HOUR


def test_a_change_by_the_owner_is_the_owners_time_and_lengthens_the_agencys(
    house: OrderCast,
) -> None:
    no = house.begun()
    house.drafted(no)
    house.run(serving.order_change, GiveWords(no, "增加地下车库"), house.owner)
    house.go("11-02 10:00")
    house.run(serving.specify_change, NameOrder(no), house.agency)
    house.go("11-02 12:00")
    house.deliver(no)
    reading = house.reading()
    assert reading.charged[Party.OWNER] == 3 * HOUR
    assert reading.limits is not None
    assert reading.limits.growth == 2 * HOUR


def test_one_extension_is_asked_for_before_the_limit_is_used_up(house: OrderCast) -> None:
    no = house.begun(working_days=1)
    items = GiveItems(no, ("规划许可证", "竣工图"))
    house.run(serving.deliver_inputs, items, house.owner)
    house.run(serving.confirm_inputs, NameOrder(no), house.agency)
    house.put(at("11-03 09:00") + TICK)
    late = AskTime(no, 8, "雨天")
    with pytest.raises(Refusal, match="extension-too-late"):
        house.run(serving.ask_time, late, house.agency)
    house.go("11-03 09:00")
    house.run(serving.ask_time, late, house.agency)
    house.run(serving.agree_time, NameOrder(no), house.owner)
    assert house.reading().left(Party.AGENCY) == 8 * HOUR
    with pytest.raises(IllegalMove):
        house.run(serving.ask_time, late, house.agency)


def test_what_is_missing_is_told_once_and_the_last_that_owes_is_charged(house: OrderCast) -> None:
    no = house.submitted()
    both = (Missing(1, "未盖章", Owes.OWNER), Missing(2, "缺附图", Owes.AGENCY))
    house.run(department.list_missing, ListMissing(no, both), house.clerk)
    house.go("11-02 10:00")
    paper = brought(Purpose.SUPPLY)
    house.run(department.supply, Supply(no, 2, paper), house.agency)
    house.go("11-02 12:00")
    house.run(department.supply, Supply(no, 1, brought(Purpose.SUPPLY)), house.owner)
    reading = house.reading()
    assert (reading.charged[Party.AGENCY], reading.charged[Party.OWNER]) == (HOUR, 2 * HOUR)
    with pytest.raises(Refusal, match="correction-once"):
        house.run(department.list_missing, ListMissing(no, both[:1]), house.clerk)


def test_a_case_of_an_order_is_handled_in_the_order_alone(house: OrderCast) -> None:
    no = house.submitted()
    case = house.row().case_no
    assert case is not None
    with pytest.raises(Refusal, match="case-in-order"):
        house.run(handling.accept_case, NameCase(case), house.clerk)
    house.run(department.accept, NameOrder(no), house.clerk)
    assert house.approvals.facts(case).course.accepted_at == at("11-02 09:00")


def test_a_case_accepted_by_silence_is_so_on_the_clock_at_that_moment(house: OrderCast) -> None:
    no = house.submitted()
    house.go("11-10 10:00")  # five working days are over since 24:00 of the 9th
    house.opinion(no, "说明坐标系统", IssueKind.FIRST)
    rules = [(one.rule, one.start) for one in house.reading().segments]
    assert ("BS8.accepted", at("11-10 00:00")) in rules


def test_a_pause_needs_its_evidence_and_the_management_office(house: OrderCast) -> None:
    no = house.submitted()
    asked = AskPause(no, PauseCode.HEARING, "听证", brought(Purpose.EVIDENCE))
    house.run(management.ask_pause, asked, house.clerk)
    with pytest.raises(Refusal, match="pause-asked"):
        house.run(management.ask_pause, asked, house.owner)
    with Session(house.engine) as session:
        key = session.scalars(select(AskedPause.id)).one()
    house.go("11-02 10:00")
    decision = DecidePause(no, key, approved=True)
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(management.decide_pause, decision, house.clerk)
    house.run(management.decide_pause, decision, house.office)
    house.go("11-02 11:00")
    with pytest.raises(Refusal, match="bundle-paused"):
        house.run(department.accept, NameOrder(no), house.clerk)
    house.run(management.resume, NameOrder(no), house.office)
    reading = house.reading()
    assert (reading.charged[Party.STATUTORY], reading.charged[Party.DEPARTMENT]) == (HOUR, HOUR)


def test_a_case_accepted_by_silence_in_a_pause_counts_from_its_end(house: OrderCast) -> None:
    no = house.submitted()
    asked = AskPause(no, PauseCode.TEST, "检测", brought(Purpose.EVIDENCE))
    house.run(management.ask_pause, asked, house.clerk)
    with Session(house.engine) as session:
        key = session.scalars(select(AskedPause.id)).one()
    house.run(management.decide_pause, DecidePause(no, key, approved=True), house.office)
    house.go("11-12 10:00")
    house.beat()
    assert house.reading().stage is Stage.INTAKE
    house.run(management.resume, NameOrder(no), house.office)
    house.go("11-12 11:00")
    house.opinion(no, "说明坐标系统", IssueKind.FIRST)
    rules = [(one.rule, one.start) for one in house.reading().segments]
    assert ("BS8.accepted", at("11-12 10:00")) in rules


def test_a_ruling_is_a_counter_entry_and_the_segment_stays(house: OrderCast) -> None:
    no = house.begun()
    house.go("11-02 11:00")
    house.drafted(no)
    wrong = serving.ObjectToSegment(no, 1, "资料早已送达")
    house.put(at("11-04 11:00") + TICK)
    with pytest.raises(Refusal, match="objection-too-late"):
        house.run(serving.object_to_segment, wrong, house.owner)
    house.go("11-04 11:00")
    house.run(serving.object_to_segment, wrong, house.owner)
    (objection,) = house.reading().objections
    with Session(house.engine) as session:
        (line,) = waiting(session, house.office, HOURS.calendar)
    assert (line.what, line.due) == ("ruling", at("11-09 11:00")), "three working days"
    ruling = Rule(no, objection.id, Party.AGENCY, "送达回执为证")
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(management.rule, ruling, house.agency)
    house.run(management.rule, ruling, house.office)
    reading = house.reading()
    assert reading.segments[0].liable is Party.OWNER
    assert reading.charged[Party.AGENCY] == 2 * HOUR


def test_an_agency_that_was_late_is_told_that_points_are_to_be_taken(house: OrderCast) -> None:
    no = house.begun(working_days=1)
    items = GiveItems(no, ("规划许可证", "竣工图"))
    house.run(serving.deliver_inputs, items, house.owner)
    house.run(serving.confirm_inputs, NameOrder(no), house.agency)
    house.go("11-04 10:00")  # 17 hours for a limit of 8
    house.deliver(no)
    house.run(serving.accept_draft, NameOrder(no), house.owner)
    house.run(department.submit, NameOrder(no), house.owner)
    house.run(department.accept, NameOrder(no), house.clerk)
    house.decide(no)
    with Session(house.engine) as session:
        (points,) = session.scalars(select(CreditPenalty.points)).all()
    assert points == 2  # two begun working days


def test_a_refusal_by_the_department_ends_the_clock_like_an_approval(house: OrderCast) -> None:
    no = house.submitted()
    house.run(department.accept, NameOrder(no), house.clerk)
    command = department.Decide(no, Outcome.REFUSED, "不符合规划", "德建不许〔2026〕1号")
    house.run(department.decide, command, house.clerk)
    assert (house.row().state, house.reading().stage) == (OrderState.COMPLETED, Stage.DECIDED)
    with pytest.raises(Refusal, match="order-stands-elsewhere"):
        house.run(department.decide, command, house.clerk)


def test_where_no_approval_follows_the_acceptance_completes_the_order(house: OrderCast) -> None:
    no = house.begun(department=None, approval_item=None)
    house.drafted(no)
    with pytest.raises(Refusal, match="no-approval"):
        house.run(department.submit, NameOrder(no), house.owner)
    house.go("11-04 09:00")
    house.beat()
    assert house.row().state is OrderState.SERVING
    house.go("11-05 09:00")
    house.beat()
    row = house.row()
    assert (row.state, row.ended_at) == (OrderState.COMPLETED, at("11-04 09:00"))
    worked = sum((one.worked for one in house.reading().segments), timedelta())
    assert worked == HOURS.between(at("11-02 09:00"), at("11-04 09:00"))


def test_strangers_and_the_department_before_the_submission_find_nothing(house: OrderCast) -> None:
    no = house.begun()
    for actor in (house.second, house.clerk):
        with pytest.raises(NotFound):
            house.run(serving.object_to_segment, serving.ObjectToSegment(no, 1, "x"), actor)
    house.drafted(no)
    house.run(serving.accept_draft, NameOrder(no), house.owner)
    house.run(department.submit, NameOrder(no), house.owner)
    house.run(department.accept, NameOrder(no), house.clerk)  # positive control
