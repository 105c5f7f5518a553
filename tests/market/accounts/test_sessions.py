"""Sessions: ended by time, by their owner, by a new password, by blocking; machine time."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from market.accounts.commands.entrances import (
    ChooseOrganisation,
    NameSession,
    SignInRefused,
    choose_organisation,
    end_all_sessions,
    end_session,
    note_use,
)
from market.accounts.commands.people import (
    ChangePassword,
    NamePerson,
    block_person,
    change_password,
)
from market.accounts.model.entrances import SignInSession
from market.accounts.queries.entrances import SignedIn, open_sessions
from market.accounts.queries.people import own
from market.accounts.roles import Role, permissions
from market.accounts.rules import ABSOLUTE, IDLE, SEEN_EVERY
from market.accounts.signin.door import Door, Typed
from market.command import HOUSE, Actor
from market.kernel.errors import NotFound, Refusal
from tests.support.people_cast import PASSWORD, Cast, founded, make_door

MICRO = timedelta(microseconds=1)


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre; `jia` with `wang`; `lili` without organisation."""
    made = founded(engine)
    made.register("jia", "wang")
    made.enrol("lili")
    return made


@pytest.fixture
def door(cast: Cast, redis_url: str) -> Door:
    """The door of that house, with real counters."""
    return make_door(cast, redis_url)


def typed(account: str, password: str = PASSWORD) -> Typed:
    return Typed(account, password, "", "192.0.2.7")


def who(door: Door, token: str) -> SignedIn:
    found = door.who(token)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("idle", "total", "open_"),
    [
        (IDLE - MICRO, timedelta(), True),
        (IDLE, timedelta(), False),
        (timedelta(minutes=20), ABSOLUTE - MICRO, True),
        (timedelta(minutes=20), ABSOLUTE, False),
    ],
)
def test_a_session_ends_after_thirty_idle_minutes_and_after_twelve_hours(
    cast: Cast, door: Door, idle: timedelta, total: timedelta, open_: bool
) -> None:
    start = cast.machine.at
    token = door.sign_in(typed("lili"))
    while cast.machine.at + idle < start + total:
        cast.machine.at += idle
        assert door.who(token) is not None
    cast.machine.at = max(start + total, start + idle)
    assert (door.who(token) is not None) is open_


def test_the_laws_clock_ends_no_session(cast: Cast, door: Door) -> None:
    token = door.sign_in(typed("lili"))
    cast.house.clock.at += timedelta(days=400)
    assert door.who(token) is not None


def test_use_is_written_down_once_a_minute_and_never_backwards(
    engine: Engine, cast: Cast, door: Door
) -> None:
    began = cast.machine.at
    token = door.sign_in(typed("lili"))

    def seen() -> timedelta:
        with Session(engine) as session:
            return session.scalars(select(SignInSession.seen_at)).one() - began

    for later, expected in (
        (SEEN_EVERY - MICRO, timedelta()),
        (SEEN_EVERY, SEEN_EVERY),
    ):
        cast.machine.at = began + later
        door.who(token)
        assert seen() == expected
    session_id = who(door, token).session
    cast.office.run(note_use, NameSession(session_id, began), HOUSE)
    assert seen() == SEEN_EVERY


def test_signing_out_ends_this_session_or_all(cast: Cast, door: Door) -> None:
    first, second, third = (door.sign_in(typed("lili")) for _ in range(3))
    lili, now = cast.actor("lili"), cast.machine.now()
    named = NameSession(who(door, first).session, now)
    for _ in range(2):
        cast.office.run(end_session, named, lili)
    assert (door.who(first), door.who(second) is not None) == (None, True)
    with pytest.raises(NotFound):
        cast.office.run(
            end_session, NameSession(who(door, second).session, now), cast.actor("wang")
        )
    for _ in range(2):
        cast.office.run(end_all_sessions, now, lili)
    assert (door.who(second), door.who(third)) == (None, None)


def test_a_new_password_ends_every_other_session(engine: Engine, cast: Cast, door: Door) -> None:
    here, elsewhere = door.sign_in(typed("lili")), door.sign_in(typed("lili"))
    with Session(engine) as session:
        old = own(session, cast.people["lili"]).password_hash
        assert len(open_sessions(session, cast.people["lili"], cast.machine.now())) == 2
    change = ChangePassword(
        old,
        cast.passwords.hash("quite another sentence"),
        cast.machine.now(),
        keep=who(door, here).session,
    )
    cast.office.run(change_password, change, cast.actor("lili"))
    assert (door.who(here) is not None, door.who(elsewhere)) == (True, None)
    with pytest.raises(SignInRefused):
        door.sign_in(typed("lili"))
    door.sign_in(typed("lili", "quite another sentence"))


def test_blocking_ends_sessions_at_once(cast: Cast, door: Door) -> None:
    token = door.sign_in(typed("lili"))
    tech = Actor("tech", permissions([Role.SYSADMIN]), uuid4())
    cast.office.run(block_person, NamePerson(cast.people["lili"], cast.machine.now()), tech)
    assert door.who(token) is None


def test_a_session_acts_only_for_organisations_one_belongs_to(cast: Cast, door: Door) -> None:
    cast.register("yi", "wang")
    token = door.sign_in(typed("wang"))
    found = who(door, token)
    assert found.actor.organisation is None
    wang = cast.actor("wang")
    for name in ("jia", "yi"):
        choice = ChooseOrganisation(found.session, cast.organisations[name])
        cast.office.run(choose_organisation, choice, wang)
        assert who(door, token).actor.organisation == cast.organisations[name]
    foreign = ChooseOrganisation(found.session, cast.organisations["centre"])
    with pytest.raises(NotFound):
        cast.office.run(choose_organisation, foreign, wang)
    cast.office.run(choose_organisation, ChooseOrganisation(found.session, None), wang)
    assert who(door, token).actor.organisation is None
    with pytest.raises(NotFound):
        cast.office.run(choose_organisation, foreign, cast.actor("lili"))


def test_nobody_but_the_door_begins_sessions(cast: Cast, door: Door) -> None:
    named = NameSession(UUID(int=1), cast.machine.now())
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(note_use, named, cast.actor("wang", "jia"))
    assert door.who("x" * 43) is None
    assert door.who("x" * 10_000) is None
