"""Signing in: one answer for every wrong try, each code once, sessions that end."""

import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from market.accounts.commands.entrances import BeginSession, SignInRefused, begin_session
from market.accounts.commands.people import (
    AcceptSecondFactor,
    NamePerson,
    OfferSecondFactor,
    accept_second_factor,
    block_person,
    offer_second_factor,
)
from market.accounts.queries.entrances import SignedIn
from market.accounts.queries.people import own
from market.accounts.roles import Role, permissions
from market.accounts.signin.attempts import BY_BOTH
from market.accounts.signin.door import DOOR, Door, Typed
from market.accounts.signin.passwords import Cost, Passwords
from market.accounts.signin.second_factor import code_at, new_secret, step_of
from market.accounts.vault import Purpose
from market.command import Actor
from market.kernel.errors import MarketError, Refusal
from tests.support.people_cast import PASSWORD, Cast, founded, make_door

HERE = "192.0.2.7"
MICRO = timedelta(microseconds=1)


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre; `jia` with `wang`, a bidder and representative; `lili` without organisation."""
    made = founded(engine)
    made.register("jia", "wang")
    made.appoint("jia", "wang", "wang", Role.BIDDER)
    made.enrol("lili")
    return made


@pytest.fixture
def door(cast: Cast, redis_url: str) -> Door:
    """The door of that house, with real counters."""
    return make_door(cast, redis_url)


def typed(account: str, password: str = PASSWORD, code: str = "", address: str = HERE) -> Typed:
    return Typed(account, password, code, address)


def who(door: Door, token: str) -> SignedIn:
    found = door.who(token)
    assert found is not None
    return found


def give_factor(cast: Cast, door: Door, account: str) -> str:
    """A second factor taken into use with the code of the step before the present one."""
    secret = new_secret()
    actor = cast.actor(account)
    sealed = cast.vault.seal(Purpose.SECOND_FACTOR, cast.people[account], secret)
    cast.office.run(offer_second_factor, OfferSecondFactor(sealed), actor)
    step = step_of(cast.machine.now()) - 1
    accept = AcceptSecondFactor(sealed, step, cast.machine.now(), uuid4())
    cast.office.run(accept_second_factor, accept, actor)
    return secret


def now_code(cast: Cast, secret: str, later: int = 0) -> str:
    return code_at(secret, step_of(cast.machine.now()) + later)


def test_name_and_password_open_a_session(cast: Cast, door: Door) -> None:
    found = who(door, door.sign_in(typed(" LILI ")))
    assert (found.actor.name, found.actor.person) == ("lili", cast.people["lili"])
    assert found.actor.permissions == permissions([])
    assert (found.actor.organisation, found.roles) == (None, frozenset())


def test_whoever_belongs_to_one_organisation_acts_for_it(cast: Cast, door: Door) -> None:
    found = who(door, door.sign_in(typed("wang")))
    assert found.actor.organisation == cast.organisations["jia"]
    assert found.organisation_zh == "jia有限公司"


def test_without_second_factor_only_what_a_password_opens(cast: Cast, door: Door) -> None:
    found = who(door, door.sign_in(typed("wang")))
    assert (found.roles, found.lacks_second_factor) == ({Role.BIDDER}, True)
    assert found.actor.permissions == permissions([Role.BIDDER])
    secret = give_factor(cast, door, "wang")
    full = who(door, door.sign_in(typed("wang", code=now_code(cast, secret))))
    assert (full.roles, full.lacks_second_factor) == (
        {Role.BIDDER, Role.REPRESENTATIVE},
        False,
    )


def test_every_wrong_try_gets_the_same_answer(cast: Cast, door: Door) -> None:
    secret = give_factor(cast, door, "wang")
    cast.office.run(
        block_person,
        NamePerson(cast.people["ceng"], cast.machine.now()),
        Actor("tech", permissions([Role.SYSADMIN]), uuid4()),
    )
    answers = set()
    for wrong in (
        typed("nobody.here"),
        typed("lili", "wrong password here"),
        typed("lili", ""),
        typed("wang"),
        typed("wang", code="000000" if now_code(cast, secret) != "000000" else "111111"),
        typed("wang", "wrong password here", now_code(cast, secret)),
        typed("ceng"),
        typed("甲" * 300, "\x00"),
    ):
        with pytest.raises(SignInRefused) as refused:
            door.sign_in(wrong)
        answers.add((refused.value.code, refused.value.zh, refused.value.en, refused.value.status))
    assert len(answers) == 1


def test_an_unknown_name_costs_the_same_hash(cast: Cast, monkeypatch) -> None:
    passwords, asked = Passwords(Cost(8, 1, 1)), []
    verify = passwords._hasher.verify
    monkeypatch.setattr(
        passwords,
        "_hasher",
        Spy(lambda stored, typed: asked.append(stored) or verify(stored, typed)),
    )
    assert not passwords.fits(None, "anything at all")
    assert not passwords.fits(None, "the password of nobody")
    assert len(asked) == 2


class Spy:
    """Counts what is verified."""

    def __init__(self, verify) -> None:
        self.verify = verify


def test_each_code_opens_once(cast: Cast, door: Door) -> None:
    secret = give_factor(cast, door, "wang")
    code = now_code(cast, secret)
    door.sign_in(typed("wang", code=code))
    with pytest.raises(SignInRefused):
        door.sign_in(typed("wang", code=code))
    door.sign_in(typed("wang", code=now_code(cast, secret, later=1)))
    with pytest.raises(SignInRefused):
        door.sign_in(typed("wang", code=code))


def test_two_sign_ins_with_one_code_at_once_are_one(cast: Cast, door: Door) -> None:
    secret = give_factor(cast, door, "wang")
    code = now_code(cast, secret)

    def attempt(_: int) -> str:
        try:
            door.sign_in(typed("wang", code=code))
        except MarketError as refusal:
            return refusal.code
        return "in"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == ["in", "sign-in-refused"]


def test_a_session_begins_with_a_later_code_and_the_present_password_only(
    engine: Engine, cast: Cast, door: Door
) -> None:
    give_factor(cast, door, "wang")
    with Session(engine) as session:
        stored = own(session, cast.people["wang"]).password_hash
    step = step_of(cast.machine.now())

    def begin(step: int | None, stored: str, number: int) -> None:
        command = BeginSession(
            cast.people["wang"], stored, step, bytes([number]) * 32, cast.machine.now()
        )
        cast.office.run(begin_session, command, DOOR)

    begin(step, stored, 1)
    for late, hashed in ((step, stored), (step - 1, stored), (None, stored), (step + 1, "other")):
        with pytest.raises(SignInRefused):
            begin(late, hashed, 2)
    begin(step + 1, stored, 3)


@pytest.mark.parametrize(("later", "opens"), [(-2, False), (0, True), (1, True), (2, False)])
def test_one_step_before_or_after_is_taken(cast: Cast, door: Door, later: int, opens: bool) -> None:
    secret = give_factor(cast, door, "wang")
    attempt = typed("wang", code=now_code(cast, secret, later))
    if opens:
        door.sign_in(attempt)
    else:
        with pytest.raises(SignInRefused):
            door.sign_in(attempt)


def test_what_the_browser_holds_is_nowhere_in_the_database_or_the_log(
    engine: Engine, cast: Cast, door: Door, caplog
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = give_factor(cast, door, "wang")
    code = now_code(cast, secret)
    token = door.sign_in(typed("wang", code=code))
    door.who(token)
    with engine.connect() as connection:
        tables = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).scalars()
        dump = "".join(
            str(connection.execute(text(f"SELECT t::text FROM {name} t")).all())  # noqa: S608  from the catalogue
            for name in tables
        )
    told = dump + caplog.text + repr(typed("wang", PASSWORD, code))
    for hidden in (token, PASSWORD, secret):
        assert hidden not in told
        assert hidden.encode().hex() not in told
    assert hashlib.sha256(token.encode()).hexdigest() in dump


def test_the_guesser_is_stopped_and_the_right_password_no_longer_helps(
    cast: Cast, door: Door
) -> None:
    for _ in range(BY_BOTH.attempts):
        with pytest.raises(SignInRefused):
            door.sign_in(typed("lili", "a wrong guess again"))
    for password in ("a wrong guess again", PASSWORD):
        with pytest.raises(Refusal, match="too-many-attempts"):
            door.sign_in(typed("lili", password))
    door.sign_in(typed("lili", address="203.0.113.9"))
    door.sign_in(typed("wang"))


def test_unknown_names_are_counted_like_known_ones(door: Door) -> None:
    for _ in range(BY_BOTH.attempts):
        with pytest.raises(SignInRefused):
            door.sign_in(typed("nobody.here"))
    with pytest.raises(Refusal, match="too-many-attempts"):
        door.sign_in(typed("nobody.here"))


def test_a_right_password_clears_the_count(door: Door) -> None:
    for _ in range(3):
        for _ in range(BY_BOTH.attempts - 1):
            with pytest.raises(SignInRefused):
                door.sign_in(typed("lili", "a wrong guess again"))
        door.sign_in(typed("lili"))


def test_a_cheap_old_hash_is_replaced_at_the_next_sign_in(
    engine: Engine, cast: Cast, door: Door
) -> None:
    dear = Passwords(Cost(memory_kib=16, passes=1, lanes=1))
    newer = Door(door.office, dear, door.attempts, door.vault, door.machine)
    newer.sign_in(typed("lili"))
    with Session(engine) as session:
        stored = own(session, cast.people["lili"]).password_hash
    assert "m=16," in stored
    newer.sign_in(typed("lili"))


def test_an_open_session_is_no_place_to_guess_the_password(
    engine: Engine, cast: Cast, door: Door
) -> None:
    with Session(engine) as session:
        stored = own(session, cast.people["lili"]).password_hash
    door.check_password("lili", stored, PASSWORD, HERE)
    for _ in range(BY_BOTH.attempts):
        with pytest.raises(SignInRefused):
            door.check_password("lili", stored, "a wrong guess again", HERE)
    with pytest.raises(Refusal, match="too-many-attempts"):
        door.check_password("lili", stored, PASSWORD, HERE)
