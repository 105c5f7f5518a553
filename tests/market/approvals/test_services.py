"""One approval that needs several services: a case for each, side by side, and one paper once."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from market.accounts.roles import Role
from market.approvals.commands.by_service import NameService, case_for_service
from market.approvals.commands.filing import (
    AddPaper,
    NameCase,
    OpenCase,
    add_paper,
    hand_in,
    open_case,
    withdraw_case,
)
from market.approvals.commands.handling import (
    DecideCase,
    accept_case,
    decide_case,
    deliver_case,
)
from market.approvals.model import ApprovalCase
from market.approvals.queries.history import open_cases_for
from market.approvals.rules.cases import CaseState, Outcome
from market.approvals.rules.items import Material, Provider
from market.command import Work
from market.kernel.errors import MarketError, NotFound, Refusal
from tests.support.approval_cast import CONTENT, ApprovalCast
from tests.support.project_cast import paper

SURVEY, PLAN = "CL-001", "SC-002"


def claim(house: ApprovalCast, service: str) -> str:
    """The number of the case of a service."""
    _, no = house.run(case_for_service, NameService(house.project, "SG-001", service), house.owner)
    return str(no)


def filed(house: ApprovalCast, service: str) -> str:
    """A case of a service with the agency's deliverable, handed in now."""
    no = claim(house, service)
    house.run(add_paper, AddPaper(no, 2, paper(f"deliverable of {service}")), house.owner)
    house.run(hand_in, NameCase(no), house.owner)
    return no


def lying(house: ApprovalCast, no: str) -> list[int]:
    return [one.material for one in house.own(no).papers]


def end(house: ApprovalCast, no: str, outcome: Outcome) -> None:
    house.run(accept_case, NameCase(no), house.clerk)
    house.run(decide_case, DecideCase(no, outcome, "理由", "德建许1号"), house.clerk)


def test_two_services_of_one_approval_have_each_a_case_at_once(house: ApprovalCast) -> None:
    survey, plan = filed(house, SURVEY), filed(house, PLAN)
    assert survey != plan
    assert [house.facts(no).line.service for no in (survey, plan)] == [SURVEY, PLAN]
    with Session(house.engine) as session:
        assert len(open_cases_for(session, house.project, "SG-001")) == 2


def test_the_same_service_is_refused_while_its_case_is_open_and_not_after(
    house: ApprovalCast,
) -> None:
    first = filed(house, SURVEY)
    filed(house, PLAN)
    for _ in range(2):
        with pytest.raises(Refusal, match="case-open") as refused:
            claim(house, SURVEY)
        assert first in refused.value.zh
    house.run(withdraw_case, NameCase(first), house.owner)
    assert claim(house, SURVEY) != first


def test_what_the_owner_prepares_is_taken_by_the_first_service_alone(house: ApprovalCast) -> None:
    prepared = house.opened()
    assert filed(house, SURVEY) == prepared
    assert house.own(prepared).line.service == SURVEY
    assert filed(house, PLAN) != prepared


def test_a_case_that_stands_by_itself_lets_no_service_beside_it(house: ApprovalCast) -> None:
    alone = house.received()
    with pytest.raises(Refusal, match="case-open"):
        claim(house, SURVEY)
    house.run(withdraw_case, NameCase(alone), house.owner)
    claim(house, SURVEY)


def test_beside_a_service_nothing_is_opened_that_stands_by_itself(house: ApprovalCast) -> None:
    filed(house, SURVEY)
    with pytest.raises(Refusal, match="case-open"):
        house.run(open_case, OpenCase(house.project, "SG-001"), house.owner)


def test_the_owners_papers_lie_in_the_next_case_too_and_the_agencys_do_not(
    house: ApprovalCast,
) -> None:
    house.opened()
    survey = filed(house, SURVEY)
    assert lying(house, survey) == [1, 2]
    house.go("03-04 10:00")
    plan = claim(house, PLAN)
    (carried,) = house.own(plan).papers
    assert (carried.material, carried.handed_in_at) == (1, house.cast.now)
    assert carried.document == house.own(survey).papers[0].document
    third = filed(house, "PG-003")
    assert lying(house, third) == [1, 2]


def test_a_paper_of_the_owner_in_the_prepared_case_is_not_overlaid(house: ApprovalCast) -> None:
    house.opened()
    survey = filed(house, SURVEY)
    end(house, survey, Outcome.APPROVED)
    house.run(deliver_case, NameCase(survey), house.clerk)
    house.run(open_case, OpenCase(house.project, "SG-001"), house.owner)
    with_older = claim(house, PLAN)
    assert lying(house, with_older) == [1]
    house.run(withdraw_case, NameCase(with_older), house.owner)
    own = house.opened()
    assert claim(house, PLAN) == own
    (kept,) = house.own(own).papers
    assert kept.document != house.own(survey).papers[0].document


@pytest.mark.parametrize("outcome", list(Outcome))
def test_papers_of_a_refused_case_are_not_carried_over(
    house: ApprovalCast, outcome: Outcome
) -> None:
    house.opened()
    end(house, filed(house, SURVEY), outcome)
    assert lying(house, claim(house, PLAN)) == ([1] if outcome is Outcome.APPROVED else [])


def test_papers_of_a_withdrawn_case_are_not_carried_over(house: ApprovalCast) -> None:
    house.opened()
    house.run(withdraw_case, NameCase(filed(house, SURVEY)), house.owner)
    assert lying(house, claim(house, PLAN)) == []


def test_papers_are_not_carried_over_to_another_list_of_materials(house: ApprovalCast) -> None:
    house.opened()
    filed(house, SURVEY)
    house.item(materials=(Material("承诺书", "A pledge", Provider.APPLICANT), *CONTENT.materials))
    assert lying(house, claim(house, PLAN)) == []


def test_nobody_files_for_a_service_but_the_owner(house: ApprovalCast) -> None:
    command = NameService(house.project, "SG-001", SURVEY)
    with pytest.raises(Refusal, match="not-allowed"):
        house.run(case_for_service, command, house.clerk)
    another = house.cast.staffed("school", "huang", Role.OWNER)
    prepared = house.opened()
    with pytest.raises(NotFound):
        house.run(case_for_service, command, another)
    assert house.own(prepared).line.service is None


def test_two_services_at_the_same_moment_both_have_their_case(house: ApprovalCast) -> None:
    prepared = house.opened()
    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(lambda no: claim(house, f"CL-{no}"), range(4)))
    assert len(set(found)) == 4
    assert prepared in found


def test_the_same_service_at_the_same_moment_has_one_case(house: ApprovalCast) -> None:
    def attempt(_: int) -> str:
        try:
            return claim(house, SURVEY)
        except MarketError as refused:
            return refused.code

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(attempt, range(4)))
    assert found[1:] == ["case-open"] * 3 or found[:3] == ["case-open"] * 3
    assert len(set(found)) == 2


def test_an_application_that_is_just_being_opened_is_waited_for_and_taken(
    house: ApprovalCast,
) -> None:
    opened = Event()

    def open_slowly(work: Work, cmd: OpenCase) -> Mapping[str, Any]:
        done = open_case(work, cmd)
        opened.set()
        sleep(0.3)
        return done

    command = OpenCase(house.project, "SG-001")
    with ThreadPoolExecutor(1) as pool:
        prepared = pool.submit(house.run, open_slowly, command, house.owner)
        assert opened.wait(10)
        assert claim(house, SURVEY) == prepared.result()["no"]


def test_the_database_itself_holds_one_open_case_a_service(house: ApprovalCast) -> None:
    claim(house, SURVEY)
    claim(house, PLAN)
    with Session(house.engine) as session:
        rows = session.scalars(select(ApprovalCase).order_by(ApprovalCase.service)).all()
        rows[0].service = rows[1].service
        with pytest.raises(IntegrityError, match="ux_approval_case_service"):
            session.flush()
        session.rollback()
        rows = session.scalars(select(ApprovalCase)).all()
        for row in rows:
            assert row.state is CaseState.PREPARING
            row.service = None
        with pytest.raises(IntegrityError, match="ux_approval_case_open"):
            session.flush()
