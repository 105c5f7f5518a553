"""Program tokens: a part of one's own rights, for a time, until ended; hash kept only."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from market.accounts.commands.appointments import NameAppointment, revoke_role
from market.accounts.commands.entrances import (
    LONGEST_TOKEN,
    MakeProgramToken,
    NameProgram,
    end_program_token,
    make_program_token,
)
from market.accounts.model.entrances import ProgramToken
from market.accounts.queries.entrances import programs
from market.accounts.queries.organisations import members
from market.accounts.roles import Role
from market.accounts.signin.door import Door, TokenRefused, hash_of, new_program_token
from market.command import Actor
from market.kernel.errors import BadInput, NotFound, Refusal
from market.kernel.permissions import Permission
from tests.support.people_cast import Cast, founded, make_door

DAY = timedelta(days=1)
MICRO = timedelta(microseconds=1)
READ = frozenset({Permission.PROJECTS_PROJECT_READ})


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre, and the owner `bureau` with `wang` in it."""
    made = founded(engine)
    made.staffed("bureau", "wang", Role.OWNER)
    return made


@pytest.fixture
def door(cast: Cast, redis_url: str) -> Door:
    """The door of that house."""
    return make_door(cast, redis_url)


def make(cast: Cast, scopes=READ, lifetime: timedelta = DAY, by: Actor | None = None):
    token = new_program_token()
    command = MakeProgramToken("夜间程序", scopes, hash_of(token), cast.machine.now(), lifetime)
    outcome = cast.office.run(make_program_token, command, by or cast.actor("wang", "bureau"))
    return token, UUID(outcome["program"])


def test_a_program_may_what_its_token_and_its_person_may(cast: Cast, door: Door) -> None:
    token, named = make(cast)
    actor = door.program(token)
    assert actor.permissions == READ
    assert (actor.person, actor.organisation) == (
        cast.people["wang"],
        cast.organisations["bureau"],
    )
    assert actor.name == f"program/{named}"


def test_what_the_person_loses_the_program_loses(engine: Engine, cast: Cast, door: Door) -> None:
    token, _ = make(cast)
    cast.appoint("bureau", "wang", "lili", Role.REPRESENTATIVE)
    with Session(engine) as session:
        held = members(session, cast.organisations["bureau"])
    owner_role = next(m for m in held if m.role is Role.OWNER)
    cast.office.run(
        revoke_role, NameAppointment(owner_role.appointment), cast.actor("lili", "bureau")
    )
    assert door.program(token).permissions == frozenset()


@pytest.mark.parametrize(
    ("scopes", "code"),
    [
        (frozenset(), "scopes-empty"),
        (frozenset({Permission.ACCOUNTS_ROLE_APPOINT}), "scope-beyond"),
        (frozenset({Permission.EVALUATION_WINNER_DETERMINE}), "scope-beyond"),
        (frozenset({Permission.SUPERVISION_RECORD_READ}), "scope-beyond"),
        (READ | {Permission.HOUSE_ACT}, "scope-beyond"),
    ],
)
def test_no_token_goes_beyond_its_maker(cast: Cast, scopes, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        make(cast, scopes)


@pytest.mark.parametrize(
    ("lifetime", "fits"),
    [(timedelta(), False), (MICRO, True), (LONGEST_TOKEN, True), (LONGEST_TOKEN + MICRO, False)],
)
def test_a_token_is_valid_for_up_to_366_days(cast: Cast, lifetime: timedelta, fits: bool) -> None:
    if fits:
        assert make(cast, lifetime=lifetime)
    else:
        with pytest.raises(BadInput, match="lifetime"):
            make(cast, lifetime=lifetime)


def test_a_token_lapses_by_the_machines_clock(cast: Cast, door: Door) -> None:
    token, _ = make(cast)
    cast.house.clock.at += timedelta(days=900)
    cast.machine.at += DAY - MICRO
    assert door.program(token)
    cast.machine.at += MICRO
    with pytest.raises(TokenRefused):
        door.program(token)


def test_a_token_is_ended_by_its_maker_or_a_representative(cast: Cast, door: Door) -> None:
    token, named = make(cast)
    end = NameProgram(named, cast.machine.now())
    colleague = cast.appoint("bureau", "wang", "lili", Role.OWNER)
    for stranger in (cast.actor("ceng", "centre"), colleague):
        with pytest.raises(NotFound):
            cast.office.run(end_program_token, end, stranger)
    for _ in range(2):
        cast.office.run(end_program_token, end, cast.actor("wang", "bureau"))
    with pytest.raises(TokenRefused):
        door.program(token)
    second, named = make(cast, by=colleague)
    end = NameProgram(named, cast.machine.now())
    cast.office.run(end_program_token, end, cast.actor("wang", "bureau"))
    with pytest.raises(TokenRefused):
        door.program(second)


def test_only_a_hash_of_the_token_is_kept_and_the_list_shows_none(
    engine: Engine, cast: Cast
) -> None:
    token, _ = make(cast)
    with Session(engine) as session:
        row = session.scalars(select(ProgramToken)).one()
        assert row.token_hash == hash_of(token)
        listed = programs(session, cast.organisations["bureau"], cast.machine.now())
    assert [(one.name, one.scopes, one.account) for one in listed] == [
        ("夜间程序", ("projects:project:read",), "wang")
    ]


@pytest.mark.parametrize("token", ["", "yg_", "yg_unknown", "other", "yg_" + "x" * 500])
def test_what_is_no_token_is_refused(cast: Cast, door: Door, token: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        door.program(token)
    assert refused.value.status == 401


def test_without_an_organisation_or_the_right_nobody_lets_a_program_in(cast: Cast) -> None:
    with pytest.raises(Refusal, match="not-allowed"):
        make(cast, by=cast.actor("wang"))
    held = cast.actor("wang", "bureau").permissions
    with pytest.raises(NotFound):
        make(cast, by=Actor("wang", held, cast.people["wang"]))
