"""Roles: offered, approved by a second person where they weigh, accepted by the person alone."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from market.accounts.commands.appointments import (
    NameAppointment,
    NameCapacity,
    ProposeCapacity,
    ProposeRole,
    accept_role,
    approve_capacity,
    approve_role,
    decline_role,
    end_capacity,
    propose_capacity,
    propose_role,
    resign_role,
    revoke_role,
)
from market.accounts.model.people import Appointment
from market.accounts.queries.entrances import roles_in
from market.accounts.queries.organisations import members, staff
from market.accounts.queries.people import memberships
from market.accounts.roles import Role
from market.accounts.rules import (
    APPOINTMENT_TABLE,
    AppointmentAction,
    AppointmentState,
)
from market.command import Work
from market.db.outbox import Letter
from market.kernel.errors import IllegalMove, MarketError, NotFound, Refusal
from tests.support.people_cast import Cast, founded, impatient, make_cast

LEGAL = {
    ("proposed", "approve"): "approved",
    ("approved", "accept"): "active",
    ("proposed", "decline"): "declined",
    ("approved", "decline"): "declined",
    ("proposed", "revoke"): "revoked",
    ("approved", "revoke"): "revoked",
    ("active", "revoke"): "revoked",
    ("active", "resign"): "revoked",
}


@pytest.mark.parametrize("state", list(AppointmentState))
@pytest.mark.parametrize("action", list(AppointmentAction))
def test_every_pair_of_state_and_action_moves_or_refuses(state, action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            APPOINTMENT_TABLE.move(state, action)
    else:
        assert APPOINTMENT_TABLE.move(state, action).target.value == target


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre, and `jia` represented by `wang`; `lili` has an account and a telephone."""
    made = founded(engine)
    made.register("jia", "wang")
    made.enrol("lili", mobile="13800001234")
    return made


def offer(cast: Cast, role: Role, *, by: str = "wang", to: str = "lili", name: str = "jia"):
    outcome = cast.office.run(
        propose_role,
        ProposeRole(cast.organisations[name], to, role),
        cast.actor(by, name if by != "ceng" else "centre"),
    )
    return NameAppointment(UUID(outcome["appointment"])), outcome["state"]


def test_an_ordinary_role_is_offered_and_accepted(engine: Engine, cast: Cast) -> None:
    named, state = offer(cast, Role.BIDDER)
    assert state == "approved"
    with Session(engine) as session:
        assert roles_in(session, cast.people["lili"], cast.organisations["jia"]) == frozenset()
        letter = session.scalars(select(Letter)).one()
        assert letter.zh == "jia有限公司邀请您担任投标人，请登录后接受或谢绝。"
    cast.office.run(accept_role, named, cast.actor("lili"))
    with Session(engine) as session:
        assert roles_in(session, cast.people["lili"], cast.organisations["jia"]) == {Role.BIDDER}
        assert cast.people["lili"] in staff(session, cast.organisations["jia"])
        assert memberships(session, cast.people["lili"])[0].role is Role.BIDDER
    with pytest.raises(IllegalMove):
        cast.office.run(accept_role, named, cast.actor("lili"))


def test_nobody_accepts_for_another(cast: Cast) -> None:
    named, _ = offer(cast, Role.BIDDER)
    for act in (accept_role, decline_role, resign_role):
        with pytest.raises(NotFound):
            cast.office.run(act, named, cast.actor("wang", "jia"))


def test_the_same_role_is_not_offered_twice(cast: Cast) -> None:
    offer(cast, Role.BIDDER)
    with pytest.raises(Refusal, match="role-known"):
        offer(cast, Role.BIDDER)


def test_two_offers_at_once_are_one(engine: Engine, cast: Cast) -> None:
    def propose(_: int) -> str:
        try:
            return offer(cast, Role.BIDDER)[1]
        except MarketError as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(propose, range(2))) == ["approved", "role-known"]
    with Session(engine) as session:
        assert len(members(session, cast.organisations["jia"])) == 2


def test_a_declined_offer_can_be_made_again(cast: Cast) -> None:
    named, _ = offer(cast, Role.BIDDER)
    cast.office.run(decline_role, named, cast.actor("lili"))
    with pytest.raises(IllegalMove):
        cast.office.run(decline_role, named, cast.actor("lili"))
    assert offer(cast, Role.BIDDER)[0] != named


def test_a_role_needs_the_organisations_capacity(engine: Engine, cast: Cast) -> None:
    with pytest.raises(Refusal, match="role-beyond-capacity"):
        offer(cast, Role.OWNER)
    cast.admit("jia", Role.OWNER)
    named, _ = offer(cast, Role.OWNER)
    cast.office.run(accept_role, named, cast.actor("lili"))
    with Session(engine) as session:
        assert roles_in(session, cast.people["lili"], cast.organisations["jia"]) == {Role.OWNER}


def test_when_the_capacity_ends_the_role_opens_nothing(engine: Engine, cast: Cast) -> None:
    outcome = cast.office.run(
        propose_capacity,
        ProposeCapacity(cast.organisations["jia"], Role.OWNER),
        cast.actor("ceng", "centre"),
    )
    capacity = NameCapacity(UUID(outcome["capacity"]))
    cast.office.run(approve_capacity, capacity, cast.actor("deng", "centre"))
    cast.appoint("jia", "wang", "lili", Role.OWNER)
    for _ in range(2):
        cast.office.run(end_capacity, capacity, cast.actor("ceng", "centre"))
    with Session(engine) as session:
        assert roles_in(session, cast.people["lili"], cast.organisations["jia"]) == frozenset()
    with pytest.raises(NotFound):
        cast.office.run(approve_capacity, capacity, cast.actor("deng", "centre"))


def test_a_capacity_takes_two_people_of_the_centre(cast: Cast) -> None:
    first, second = cast.actor("ceng", "centre"), cast.actor("deng", "centre")
    propose = ProposeCapacity(cast.organisations["jia"], Role.SUPV)
    named = NameCapacity(UUID(cast.office.run(propose_capacity, propose, first)["capacity"]))
    with pytest.raises(Refusal, match="same-person"):
        cast.office.run(approve_capacity, named, first)
    with pytest.raises(Refusal, match="capacity-known"):
        cast.office.run(propose_capacity, propose, second)
    cast.office.run(approve_capacity, named, second)
    with pytest.raises(Refusal, match="already-approved"):
        cast.office.run(approve_capacity, named, second)
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(propose_capacity, propose, cast.actor("wang", "jia"))
    free = ProposeCapacity(cast.organisations["jia"], Role.BIDDER)
    with pytest.raises(Refusal, match="capacity-free"):
        cast.office.run(propose_capacity, free, first)


def test_a_role_of_weight_waits_for_a_second_person(engine: Engine, cast: Cast) -> None:
    cast.admit("jia", Role.SUPV)
    named, state = offer(cast, Role.SUPV)
    assert state == "proposed"
    with pytest.raises(IllegalMove):
        cast.office.run(accept_role, named, cast.actor("lili"))
    with pytest.raises(Refusal, match="same-person"):
        cast.office.run(approve_role, named, cast.actor("wang", "jia"))
    cast.register("yi", "bobo")
    with pytest.raises(NotFound):
        cast.office.run(approve_role, named, cast.actor("bobo", "yi"))
    cast.office.run(approve_role, named, cast.actor("ceng", "centre"))
    cast.office.run(accept_role, named, cast.actor("lili"))
    with Session(engine) as session:
        row = session.get_one(Appointment, named.appointment)
        assert {row.proposed_by, row.approved_by} == {cast.people["wang"], cast.people["ceng"]}


def test_a_system_administrator_is_nothing_else(cast: Cast) -> None:
    cast.admit("jia", Role.SYSADMIN)
    offer(cast, Role.BIDDER)
    with pytest.raises(Refusal, match="technician-alone"):
        offer(cast, Role.SYSADMIN)
    cast.enrol("bobo")
    offer(cast, Role.SYSADMIN, to="bobo")
    with pytest.raises(Refusal, match="technician-alone"):
        offer(cast, Role.BIDDER, to="bobo")


def test_only_representatives_offer_and_revoke_in_their_own_house(cast: Cast) -> None:
    bidder = cast.appoint("jia", "wang", "lili", Role.BIDDER)
    cast.enrol("bobo")
    command = ProposeRole(cast.organisations["jia"], "bobo", Role.BIDDER)
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(propose_role, command, bidder)
    cast.register("yi", "cici")
    with pytest.raises(MarketError, match=r"not-allowed|no-organisation"):
        cast.office.run(propose_role, command, cast.actor("cici", "yi"))
    named, _ = offer(cast, Role.BIDDER, to="bobo")
    with pytest.raises(NotFound):
        cast.office.run(revoke_role, named, cast.actor("cici", "yi"))
    cast.office.run(revoke_role, named, cast.actor("wang", "jia"))
    with pytest.raises(IllegalMove):
        cast.office.run(revoke_role, named, cast.actor("wang", "jia"))


def test_the_last_representative_stays(engine: Engine, cast: Cast) -> None:
    with Session(engine) as session:
        own = members(session, cast.organisations["jia"])[0].appointment
    wang = cast.actor("wang", "jia")
    for act in (resign_role, revoke_role):
        with pytest.raises(Refusal, match="last-representative"):
            cast.office.run(act, NameAppointment(own), wang)
    cast.appoint("jia", "wang", "lili", Role.REPRESENTATIVE)
    cast.office.run(resign_role, NameAppointment(own), wang)


def test_two_representatives_who_leave_at_once_do_not_both(engine: Engine, cast: Cast) -> None:
    cast.appoint("jia", "wang", "lili", Role.REPRESENTATIVE)
    with Session(engine) as session:
        own = {m.person: m.appointment for m in members(session, cast.organisations["jia"])}

    def leave(account: str) -> str:
        named = NameAppointment(own[cast.people[account]])
        try:
            cast.office.run(resign_role, named, cast.actor(account, "jia"))
        except MarketError as refusal:
            return refusal.code
        return "left"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, ["wang", "lili"])) == ["last-representative", "left"]


def test_whoever_leaves_is_waited_for(engine: Engine, cast: Cast) -> None:
    cast.appoint("jia", "wang", "lili", Role.REPRESENTATIVE)
    with Session(engine) as session:
        own = {m.person: m.appointment for m in members(session, cast.organisations["jia"])}
    wang, lili = (NameAppointment(own[cast.people[one]]) for one in ("wang", "lili"))

    def leave_while_another_leaves(work: Work, named: NameAppointment) -> None:
        resign_role(work, named)
        work.session.flush()
        with impatient(engine) as hasty, pytest.raises(OperationalError, match="lock timeout"):
            hasty.run(resign_role, lili, cast.actor("lili", "jia"))

    cast.office.run(leave_while_another_leaves, wang, cast.actor("wang", "jia"))
    with pytest.raises(Refusal, match="last-representative"):
        cast.office.run(resign_role, lili, cast.actor("lili", "jia"))


def test_the_centre_names_a_first_representative_with_two_people(
    engine: Engine, cast: Cast
) -> None:
    cast.enrol("zhou")
    first, second = cast.actor("ceng", "centre"), cast.actor("deng", "centre")
    bureau = cast.register("bureau", "ceng", represented=False)
    command = ProposeRole(bureau, "zhou", Role.REPRESENTATIVE)
    with pytest.raises(NotFound):
        cast.office.run(propose_role, ProposeRole(bureau, "zhou", Role.BIDDER), first)
    outcome = cast.office.run(propose_role, command, first)
    named = NameAppointment(UUID(outcome["appointment"]))
    with pytest.raises(Refusal, match="same-person"):
        cast.office.run(approve_role, named, first)
    cast.office.run(approve_role, named, second)
    cast.office.run(accept_role, named, cast.actor("zhou"))
    with Session(engine) as session:
        assert roles_in(session, cast.people["zhou"], bureau) == {Role.REPRESENTATIVE}
    with pytest.raises(NotFound):
        cast.office.run(propose_role, ProposeRole(bureau, "lili", Role.REPRESENTATIVE), first)


def test_a_blocked_or_unknown_account_is_offered_nothing(cast: Cast) -> None:
    with pytest.raises(NotFound):
        offer(cast, Role.BIDDER, to="nobody.at.all")


def test_an_empty_house_has_no_members(engine: Engine) -> None:
    cast = make_cast(engine)
    with Session(engine) as session:
        assert members(session, UUID(int=1)) == []
        assert memberships(session, cast.enrol("lili")) == []
