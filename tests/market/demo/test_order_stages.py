"""The orders of the demonstration that stand between two stages, and the month that is over."""

from datetime import datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intermediaries.assessment import queries as months
from intermediaries.assessment.rules import Side as Ranked
from intermediaries.orders.commands.awarding import Candidate
from intermediaries.orders.model.complaints import ResultComplaint
from intermediaries.orders.model.orders import AskedPause, ResultObjection, ServiceOrder
from intermediaries.orders.rules.states import OrderState, ResultObjectionState, Side, Unscored
from intermediaries.rulebook.clock.parties import Party
from market.accounts.roles import Role
from market.command import SEQUENCER, Work
from market.demo.seed import january, order_stages
from market.demo.seed.january import CASES, JANUARY, NOT_TAKEN, Clerk, Stagehands
from market.demo.seed.order_stages import (
    ACCEPTED,
    BESIDE,
    COMPLAINED,
    CORRECTED,
    DECIDED,
    DISPUTED,
    FAILED,
    PASSED_ON,
    PAUSED,
    REVIEWED,
)
from market.demo.seed.orders import GYM, Job, Play
from market.files.commands import keep_document
from market.kernel.money import Money
from market.kernel.workdays import SHANGHAI
from tests.support.approval_cast import ApprovalCast
from tests.support.people_cast import founded
from tests.support.project_cast import paper
from tests.support.supermarket_cast import SURVEY, Supermarket

AGENCIES = (("surveyors", "yan"), ("mappers", "mei"), ("checkers", "jia"))


class Theatre:
    """Owner, one department and three agencies, the first of which has entered."""

    def __init__(self, engine: Engine, *jobs: Job) -> None:
        self.engine, self.cast = engine, founded(engine)
        self.cast.house.clock.at = datetime(2025, 12, 22, 9, tzinfo=SHANGHAI)
        bank = self.cast.bank()
        self.cast.register(*AGENCIES[0])
        self.cast.appoint("surveyors", "yan", "yan", Role.AGENCY)
        self.cast.confirm("surveyors", "yan", bank)
        place = Supermarket(self.cast, engine)
        place.survey = place.item(SURVEY)
        place.entered()
        self.cast.house.clock.at = datetime(2026, 1, 6, 9, tzinfo=SHANGHAI)
        self.cast.staffed("bureau", "wang", Role.OWNER)
        self.approvals = ApprovalCast(self.cast, engine)
        for job in jobs:
            self.approvals.item(code=job.approval, promised=7)
        self.keys = {}
        for name, account in AGENCIES:
            if name not in self.cast.organisations:
                self.cast.register(name, account)
                self.cast.appoint(name, account, account, Role.AGENCY)
                self.cast.confirm(name, account, bank)
            self.keys[name] = self.cast.give_key(name, account)
        self.owner_key = self.cast.give_key("bureau", "wang")

    def plays(self, work: Work) -> tuple[Play, ...]:
        """A play for each agency, with the next as its alternate."""
        file = paper("成果")
        keep_document(work, file)
        bureau = self.cast.organisations["bureau"]
        named = [Candidate(self.cast.organisations[name], name, Money(0)) for name, _ in AGENCIES]
        return tuple(
            Play(
                work,
                self.cast.actor("wang", "bureau"),
                self.cast.actor(account, name),
                self.approvals.clerk,
                {Side.OWNER: self.owner_key, Side.AGENCY: self.keys[name]},
                (named[at], named[(at + 1) % len(named)]),
                (bureau, ""),
                type(file)(file.stored, file.typed_name, bureau),
                datetime(2026, 1, 7, 9, tzinfo=SHANGHAI),
            )
            for at, (name, account) in enumerate(AGENCIES)
        )

    def perform(self, steps) -> None:
        """Carry out steps in one transaction."""

        def everything(work: Work, command: None) -> None:
            del command
            steps(self.plays(work))

        self.cast.office.run(everything, None, SEQUENCER)

    def orders(self) -> dict[str, ServiceOrder]:
        """Every order as it is written."""
        with Session(self.engine, expire_on_commit=False) as session:
            return {row.no: row for row in session.scalars(select(ServiceOrder))}


def test_an_order_waits_for_each_party_before_and_after_its_contract(engine: Engine) -> None:
    jobs = (PASSED_ON, DISPUTED, COMPLAINED, FAILED, ACCEPTED, CORRECTED, PAUSED, DECIDED, REVIEWED)
    theatre = Theatre(engine, *{one.approval: one for one in jobs}.values())

    def steps(plays: tuple[Play, ...]) -> None:
        play = plays[0]
        play.project = play.create("371400", GYM)
        order_stages.with_keys(play)
        order_stages.without_keys(play, plays[1].agency)

    theatre.perform(steps)
    found = theatre.orders()
    states = {no: row.state for no, row in found.items()}
    first = theatre.cast.organisations["surveyors"]
    assert states == {
        PASSED_ON.no: OrderState.AWARDED,
        DISPUTED.no: OrderState.AWARDED,
        COMPLAINED.no: OrderState.AWARDED,
        FAILED.no: OrderState.FAILED,
        ACCEPTED.no: OrderState.SERVING,
        CORRECTED.no: OrderState.SUBMITTED,
        PAUSED.no: OrderState.SERVING,
        DECIDED.no: OrderState.COMPLETED,
        REVIEWED.no: OrderState.SUBMITTED,
        BESIDE.no: OrderState.SUBMITTED,
    }
    assert (found[PASSED_ON.no].place, found[PASSED_ON.no].agency) == (1, first)
    assert found[CORRECTED.no].holder is Party.OWNER
    assert found[REVIEWED.no].holder is Party.DEPARTMENT
    assert found[PAUSED.no].holder is Party.AGENCY
    with Session(engine) as session:
        assert session.scalars(select(AskedPause.order_no)).all() == [PAUSED.no]
        objections = session.scalars(select(ResultObjection)).all()
        (complaint,) = session.scalars(select(ResultComplaint))
    assert {one.order_no: one.state for one in objections} == dict.fromkeys(
        (DISPUTED.no, COMPLAINED.no), ResultObjectionState.OPEN
    )
    assert complaint.order_no == COMPLAINED.no
    assert found[BESIDE.no].approval_item == found[REVIEWED.no].approval_item
    assert found[BESIDE.no].approval_case != found[REVIEWED.no].approval_case


@pytest.fixture
def theatre(engine: Engine) -> Theatre:
    """January as it was played, and computed."""
    jobs = [one.job for one in (*CASES, NOT_TAKEN)]
    made = Theatre(engine, *{job.approval: job for job in jobs}.values())
    clerks = dict.fromkeys(Clerk, made.approvals.clerk)
    made.perform(lambda plays: january.tell(Stagehands(clerks, plays), "371400"))
    made.cast.house.clock.at = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    january.compute(made.cast.office)
    return made


def test_january_is_ranked_with_three_cases_or_more_and_no_rank_below(theatre: Theatre) -> None:
    codes = theatre.cast.usccs
    with Session(theatre.engine) as session:
        facts = months.month_facts(session, JANUARY)
        agencies = {one.key: one for one in months.standings(session, JANUARY, Ranked.AGENCY)}
        departments = months.standings(session, JANUARY, Ranked.DEPARTMENT)
        left_out = months.not_scored(session, JANUARY)
    assert facts.cases == len(CASES)
    assert {codes["surveyors"], codes["mappers"]} == {
        key for key, one in agencies.items() if one.rank is not None
    }
    assert (agencies[codes["checkers"]].cases, agencies[codes["checkers"]].rank) == (1, None)
    assert [one.rank for one in departments] == [1]
    assert [(one.order_no, one.why) for one in left_out] == [
        (NOT_TAKEN.job.no, Unscored.NOT_ACCEPTED)
    ]


def test_january_has_a_second_round_of_the_department_and_a_late_owner(theatre: Theatre) -> None:
    with Session(theatre.engine) as session:
        cases = {one.order_no: one for _, one in months.cases(session, JANUARY, 100)}
    seismic = next(one.job.no for one in CASES if len(one.rounds) == 2)
    assert cases[seismic].figures.department_rounds == 1
    assert all(one.figures.department_rounds == 0 for no, one in cases.items() if no != seismic)
    late = next(one for one in CASES if one.given.startswith("19 "))
    quick = cases[late.job.no].figures
    assert quick.agency < quick.agency_limit  # five days of waiting are the owner's, not its own
    states = [row.state for row in theatre.orders().values()]
    assert states.count(OrderState.CLOSED) == sum(one.filed for one in CASES) == 1
    assert set(states) == {
        OrderState.RATED,
        OrderState.CLOSED,
        OrderState.TERMINATED,
    }


def test_computing_january_again_changes_nothing(theatre: Theatre) -> None:
    with Session(theatre.engine) as session:
        before = months.month_facts(session, JANUARY)
    january.compute(theatre.cast.office)
    with Session(theatre.engine) as session:
        assert months.month_facts(session, JANUARY) == before


def test_every_case_of_january_is_of_its_own_number_and_item() -> None:
    told = (*CASES, NOT_TAKEN)
    assert len({one.job.no for one in told}) == len(told)
    assert len({(one.project, one.job.item) for one in told}) == len(told)
    assert len({(one.project, one.job.approval) for one in told}) == len(told)
