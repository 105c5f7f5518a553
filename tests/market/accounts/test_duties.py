"""Separation of duties in one matter, checked when a duty is taken."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.commands.duties import TakeDuty, give_up_duty, take_duty
from market.accounts.queries.people import duties
from market.accounts.roles import Role
from market.accounts.separation import (
    Duty,
    Held,
    Holder,
    refuse_unless_compatible,
    refuse_unless_separate,
)
from market.command import HOUSE
from market.kernel.errors import MarketError, NotFound, Refusal
from tests.support.people_cast import Cast, founded

ME, OTHER = UUID(int=1), UUID(int=2)
AGENCY, BUREAU = UUID(int=11), UUID(int=12)
SIDES = {
    Duty.OWNER: 1,
    Duty.AGENT: 1,
    Duty.BIDDER: 2,
    Duty.EXPERT: 3,
    Duty.REGULATOR: 4,
    Duty.SUPERVISOR: 4,
}
AT_A_DRAW = {Duty.DRAW_OPENER, Duty.DRAW_WITNESS, Duty.SYSTEM_KEEPER}
SECRET = {Duty.KEY_HOLDER, Duty.IDENTITY_READER}


def expected(first: Duty, second: Duty) -> str | None:
    """The refusal of one person who takes `second` after `first`, from the rules of the law."""
    if first in SIDES and second in SIDES and SIDES[first] != SIDES[second]:
        return "two-sides"
    if {first, second} <= AT_A_DRAW and first is not second:
        return "draw-three-people"
    if Duty.SYSTEM_KEEPER in (first, second) and {first, second} & SECRET:
        return "technician-blind"
    return None


@pytest.mark.parametrize(("first", "second"), list(product(Duty, Duty)))
def test_every_pair_of_duties_of_one_person(first: Duty, second: Duty) -> None:
    held = [Held(first, Holder(ME))]
    code = expected(first, second)
    if code is None:
        refuse_unless_separate(Held(second, Holder(ME)), held)
    else:
        with pytest.raises(Refusal, match=code):
            refuse_unless_separate(Held(second, Holder(ME)), held)
    refuse_unless_separate(Held(second, Holder(OTHER)), held)


@pytest.mark.parametrize(
    ("office", "code"),
    [
        (Duty.REGULATOR, "regulator-on-panel"),
        (Duty.SUPERVISOR, "regulator-on-panel"),
        (Duty.AGENT, "agent-on-panel"),
    ],
)
@pytest.mark.parametrize("expert_first", [True, False])
def test_staff_of_the_supervisor_or_agent_do_not_sit_on_the_panel(
    office: Duty, code: str, expert_first: bool
) -> None:
    officer = Held(office, Holder(OTHER), BUREAU)
    colleague = Held(Duty.EXPERT, Holder(ME, frozenset({BUREAU})))
    first, second = (colleague, officer) if expert_first else (officer, colleague)
    with pytest.raises(Refusal, match=code) as refused:
        refuse_unless_separate(second, [first])
    assert refused.value.article is not None
    stranger = Held(Duty.EXPERT, Holder(ME, frozenset({AGENCY})))
    refuse_unless_separate(stranger, [officer])


def test_the_owners_own_staff_may_sit_on_the_panel() -> None:
    owner = Held(Duty.OWNER, Holder(OTHER), BUREAU)
    refuse_unless_separate(Held(Duty.EXPERT, Holder(ME, frozenset({BUREAU}))), [owner])


@pytest.mark.parametrize("duty", sorted(SECRET))
def test_a_system_administrator_holds_no_share_and_sees_no_identities(duty: Duty) -> None:
    technician = Holder(ME, roles=frozenset({Role.SYSADMIN}))
    with pytest.raises(Refusal, match="technician-blind"):
        refuse_unless_separate(Held(duty, technician), [])
    refuse_unless_separate(Held(duty, Holder(ME, roles=frozenset({Role.CENTER}))), [])


def test_roles_that_do_not_go_together() -> None:
    refuse_unless_compatible([Role.SYSADMIN])
    refuse_unless_compatible([Role.OWNER, Role.EXPERT, Role.REPRESENTATIVE])
    with pytest.raises(Refusal, match="technician-alone"):
        refuse_unless_compatible([Role.SYSADMIN, Role.AUDITOR])


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre, and an agent `agency` of which `wang` and `lili` are staff."""
    made = founded(engine)
    made.staffed("agency", "wang", Role.AGENT)
    made.appoint("agency", "wang", "lili", Role.AGENT)
    made.enrol("zhao")
    return made


def take(cast: Cast, matter: UUID, account: str, duty: Duty, name: str | None = None) -> str:
    command = TakeDuty(
        matter, cast.people[account], duty, None if name is None else cast.organisations[name]
    )
    outcome = cast.office.run(take_duty, command, HOUSE)["duty"]
    return str(outcome)


def test_a_colleague_of_the_agent_is_kept_off_the_panel_of_this_matter_only(cast: Cast) -> None:
    matter, other = uuid4(), uuid4()
    take(cast, matter, "wang", Duty.AGENT, "agency")
    with pytest.raises(Refusal, match="agent-on-panel"):
        take(cast, matter, "lili", Duty.EXPERT)
    take(cast, other, "lili", Duty.EXPERT)
    take(cast, matter, "zhao", Duty.EXPERT)


def test_a_duty_taken_twice_is_one_and_given_up_once(engine: Engine, cast: Cast) -> None:
    matter = uuid4()
    first = take(cast, matter, "zhao", Duty.EXPERT)
    assert take(cast, matter, "zhao", Duty.EXPERT) == first
    with Session(engine) as session:
        assert len(duties(session, matter)) == 1
    given_up = TakeDuty(matter, cast.people["zhao"], Duty.EXPERT)
    cast.office.run(give_up_duty, given_up, HOUSE)
    with pytest.raises(NotFound):
        cast.office.run(give_up_duty, given_up, HOUSE)
    take(cast, matter, "zhao", Duty.BIDDER)


def test_one_person_who_takes_two_sides_at_once_gets_one(engine: Engine, cast: Cast) -> None:
    matter = uuid4()

    def attempt(duty: Duty) -> str:
        try:
            take(cast, matter, "zhao", duty)
        except MarketError as refusal:
            return refusal.code
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, [Duty.OWNER, Duty.EXPERT])) == ["taken", "two-sides"]
    with Session(engine) as session:
        assert len(duties(session, matter)) == 1
