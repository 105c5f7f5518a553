"""Entering projects: one number each, papers that count once, who prepared them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.queries.people import duties
from market.accounts.separation import Duty
from market.files.queries import document
from market.kernel.errors import BadInput, MarketError, NotFound, Refusal
from market.kernel.ids import Track
from market.kernel.money import Money
from market.projects.commands.entry import (
    AppointAgent,
    appoint_agent,
    create_project,
)
from market.projects.commands.papers import (
    NameParty,
    RecordApproval,
    RecordFunds,
    record_approval,
    record_funds,
    record_party,
    strike_party,
)
from market.projects.rules import (
    PartyKind,
    ProjectState,
)
from tests.support.people_cast import Cast
from tests.support.project_cast import (
    BUDGET,
    FEN,
    admitted,
    approve,
    centre,
    create,
    entry,
    fund,
    known,
    owner,
    paper,
    with_owner,
)


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre, the owner `bureau` with `wang`, the agent `agency` with `lili`."""
    return with_owner(engine)


def test_a_project_gets_its_own_number_and_its_owners_duty(engine: Engine, cast: Cast) -> None:
    outcome = cast.office.run(create_project, entry(), owner(cast))
    project = known(engine, UUID(outcome["project"]))
    region, year, track, number = project.code.split("-")
    assert (region, year, track, len(number)) == ("371400", "2026", "ENG", 5)
    assert (project.state, project.gate, project.rule) == (ProjectState.DRAFT, None, "T6")
    with Session(engine) as session:
        (held,) = duties(session, project.id)
    assert (held.duty, held.person) == (Duty.OWNER, cast.people["wang"])


def test_numbers_follow_no_order(cast: Cast) -> None:
    codes = [cast.office.run(create_project, entry(), owner(cast))["code"] for _ in range(8)]
    numbers = [int(code.rsplit("-", 1)[1]) for code in codes]
    assert len(set(numbers)) == 8
    assert numbers != sorted(numbers)
    assert max(numbers) > 8


def test_two_projects_entered_at_once_have_two_numbers(cast: Cast) -> None:
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(
            lambda _: cast.office.run(create_project, entry(), owner(cast))["code"], range(4)
        )
    assert len(set(made)) == 4


def test_only_owners_enter_projects(cast: Cast) -> None:
    with pytest.raises(Refusal, match="not-an-owner"):
        cast.office.run(create_project, entry(), cast.actor("lili", "agency"))
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(create_project, entry(), centre(cast))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"track": Track.GOVERNMENT}, "track-differs"),
        ({"tendered": False}, "tender-mandatory"),
        ({"budget": Money(0)}, "budget-zero"),
        ({"region": "999999"}, "bad-region"),
    ],
)
def test_an_entry_against_the_rules_is_refused(cast: Cast, changes, code: str) -> None:
    with pytest.raises(MarketError, match=code):
        create(cast, **changes)


def test_papers_belong_to_the_owner_whoever_hands_them_in(engine: Engine, cast: Cast) -> None:
    project = create(cast)
    agent = AppointAgent(project, cast.organisations["agency"])
    cast.office.run(appoint_agent, agent, owner(cast))
    command = RecordFunds(project, BUDGET, "市级财政", paper("凭证"))
    cast.office.run(record_funds, command, cast.actor("lili", "agency"))
    found = known(engine, project)
    with Session(engine) as session:
        assert document(session, found.funds[0].document, found.owner).name == "凭证.pdf"
        assert {held.duty for held in duties(session, project)} == {Duty.OWNER, Duty.AGENT}


def test_the_same_paper_twice_counts_once(engine: Engine, cast: Cast) -> None:
    project = create(cast)
    for _ in range(2):
        approve(cast, project)
        fund(cast, project, FEN)
    fund(cast, project, FEN, "省级财政")
    found = known(engine, project)
    assert (len(found.approvals), found.settled) == (1, Money(2))


def test_one_paper_handed_in_twice_at_once_counts_once(engine: Engine, cast: Cast) -> None:
    project = create(cast)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: fund(cast, project, FEN), range(2)))
    assert known(engine, project).settled == FEN


@pytest.mark.parametrize(("days", "taken"), [(0, True), (1, False)])
def test_an_approval_of_tomorrow_is_none(cast: Cast, days: int, taken: bool) -> None:
    today = date(2026, 3, 2)
    command = RecordApproval(create(cast), "1", "a", today + timedelta(days=days), paper("a"))
    if taken:
        cast.office.run(record_approval, command, owner(cast))
    else:
        with pytest.raises(BadInput, match="approval-in-future"):
            cast.office.run(record_approval, command, owner(cast))


def test_money_of_nothing_is_none(cast: Cast) -> None:
    with pytest.raises(BadInput, match="amount-zero"):
        fund(cast, create(cast), Money(0))


def test_who_prepared_a_project_is_an_insider(engine: Engine, cast: Cast) -> None:
    project = create(cast)
    jia = cast.register("jia", "zhao")
    for uscc in (cast.usccs["jia"], cast.usccs["jia"], cast.fresh_uscc()):
        party = NameParty(project, PartyKind.DESIGNER, uscc, "设计院")
        cast.office.run(record_party, party, owner(cast))
    found = known(engine, project)
    assert len(found.parties) == 2
    assert found.insiders == {jia, cast.organisations["bureau"]}
    named = NameParty(project, PartyKind.DESIGNER, cast.usccs["jia"])
    cast.office.run(strike_party, named, owner(cast))
    with pytest.raises(NotFound):
        cast.office.run(strike_party, named, owner(cast))
    assert len(known(engine, project).parties) == 1
    with pytest.raises(BadInput, match="bad-uscc"):
        cast.office.run(record_party, replace(named, uscc="1"), owner(cast))


def test_a_party_of_an_admitted_project_is_not_struck(cast: Cast) -> None:
    named = admitted(cast)
    party = NameParty(named.project, PartyKind.DESIGNER, cast.fresh_uscc(), "设计院")
    cast.office.run(record_party, party, owner(cast))
    with pytest.raises(Refusal, match="project-fixed"):
        cast.office.run(strike_party, party, owner(cast))


def test_an_agent_is_one_that_was_admitted_and_not_the_owner(engine: Engine, cast: Cast) -> None:
    project = create(cast)
    jia = cast.register("jia", "zhao")
    for wrong in (jia, cast.organisations["bureau"]):
        with pytest.raises(Refusal, match="not-an-agent"):
            cast.office.run(appoint_agent, AppointAgent(project, wrong), owner(cast))
    named = AppointAgent(project, cast.organisations["agency"])
    with pytest.raises(NotFound):
        cast.office.run(appoint_agent, named, cast.actor("lili", "agency"))
    for _ in range(2):
        cast.office.run(appoint_agent, named, owner(cast))
    assert known(engine, project).agent == cast.organisations["agency"]
    cast.office.run(appoint_agent, AppointAgent(project, None), owner(cast))
    assert known(engine, project).agent is None
