"""People: enrolled once, their secrets sealed, blocked and unblocked."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from market.accounts.address_book import VaultAddressBook
from market.accounts.commands.people import (
    AcceptSecondFactor,
    AddAddress,
    ChangePassword,
    EndAddress,
    EnrolPerson,
    NamePerson,
    OfferSecondFactor,
    accept_second_factor,
    add_address,
    block_person,
    change_password,
    clear_second_factor,
    end_address,
    enrol_person,
    offer_second_factor,
    unblock_person,
)
from market.accounts.model.people import Person, PersonAddress
from market.accounts.queries.people import addresses_of_person, name, own, person_by_account
from market.accounts.roles import Role
from market.accounts.rules import PERSON_TABLE, PersonAction, PersonState
from market.accounts.signin.door import ENROLLER
from market.accounts.vault import AddressKind, Purpose, citizen_mark, seal_address
from market.command import Actor
from market.kernel.errors import BadInput, IllegalMove, MarketError, NotFound, Refusal
from market.messages.carriers import Channel
from tests.support.people_cast import PASSWORD, Cast, founded, make_cast

CITIZEN = "11010519491231002X"
MOBILE = "13812340000"


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """A house with `wang`, who has a telephone."""
    made = make_cast(engine)
    made.enrol("wang", mobile=MOBILE)
    return made


def enrolment(cast: Cast, account: str, **changes: object) -> EnrolPerson:
    person = uuid4()
    values = {
        "person": person,
        "account": account,
        "name": cast.vault.seal(Purpose.NAME, person, "王某"),
        "password_hash": cast.passwords.hash(PASSWORD),
    }
    return EnrolPerson(**(values | changes))


LEGAL = {("active", "block"): "blocked", ("blocked", "unblock"): "active"}


@pytest.mark.parametrize("state", list(PersonState))
@pytest.mark.parametrize("action", list(PersonAction))
def test_only_the_active_are_blocked_and_only_the_blocked_unblocked(state, action) -> None:
    target = LEGAL.get((state.value, action.value))
    if target is None:
        with pytest.raises(IllegalMove):
            PERSON_TABLE.move(state, action)
    else:
        assert PERSON_TABLE.move(state, action).target.value == target


def test_a_name_is_sealed_and_opens_for_whoever_holds_the_key(engine: Engine, cast: Cast) -> None:
    with Session(engine) as session:
        assert name(session, cast.vault, cast.people["wang"]) == "name of wang"
        assert b"name of wang" not in session.scalars(select(Person.name)).one()
        with pytest.raises(NotFound):
            name(session, cast.vault, uuid4())


def test_no_column_of_people_holds_a_telephone_in_clear(engine: Engine, cast: Cast) -> None:
    with engine.connect() as connection:
        for table in ("person", "person_address", "trail_line", "once_outcome"):
            dump = connection.execute(text(f"SELECT t::text FROM {table} t")).all()  # noqa: S608  names above
            assert MOBILE not in str(dump)
            assert MOBILE.encode().hex() not in str(dump)
    with Session(engine) as session:
        row = session.scalars(select(PersonAddress)).one()
        found = VaultAddressBook(cast.vault).find(session, row.id)
        assert found is not None
        assert (found.channel, found.text, found.language) == (Channel.MOBILE, MOBILE, "zh")
        assert VaultAddressBook(cast.vault).find(session, uuid4()) is None


@pytest.mark.parametrize("again", ["wang", "WANG", " wang "])
def test_a_sign_in_name_is_taken_once(cast: Cast, again: str) -> None:
    with pytest.raises(Refusal, match="account-taken"):
        cast.office.run(enrol_person, enrolment(cast, again), ENROLLER)


def test_two_who_take_one_name_at_once(cast: Cast) -> None:
    def take(command: EnrolPerson) -> str:
        try:
            cast.office.run(enrol_person, command, ENROLLER)
        except MarketError as refusal:
            return refusal.code
        return "enrolled"

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(take, [enrolment(cast, "lili"), enrolment(cast, "lili")]))
    assert sorted(answers) == ["account-taken", "enrolled"]


def test_one_person_has_one_account(cast: Cast) -> None:
    mark = citizen_mark(cast.vault, CITIZEN.lower())
    cast.office.run(enrol_person, enrolment(cast, "first", citizen_mark=mark), ENROLLER)
    same = citizen_mark(cast.vault, CITIZEN)
    with pytest.raises(Refusal, match="person-known"):
        cast.office.run(enrol_person, enrolment(cast, "second", citizen_mark=same), ENROLLER)


@pytest.mark.parametrize("bad", ["ab", "1abc", "a b c", "甲乙丙", "a" * 33, ""])
def test_a_bad_sign_in_name_is_refused(cast: Cast, bad: str) -> None:
    with pytest.raises(BadInput, match="bad-account-name"):
        cast.office.run(enrol_person, enrolment(cast, bad), ENROLLER)


def test_only_the_door_enrols_people(cast: Cast) -> None:
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(enrol_person, enrolment(cast, "lili"), cast.actor("wang"))


def test_an_address_added_twice_is_one_and_ends_once(engine: Engine, cast: Cast) -> None:
    wang = cast.actor("wang")
    first = seal_address(cast.vault, AddressKind.EMAIL, "wang@example.com")
    again = seal_address(cast.vault, AddressKind.EMAIL, "wang@example.com")
    one = cast.office.run(add_address, AddAddress(first), wang)
    assert cast.office.run(add_address, AddAddress(again), wang) == one
    with Session(engine) as session:
        assert len(addresses_of_person(session, cast.people["wang"])) == 2
        assert [a.kind.value for a in own(session, cast.people["wang"]).addresses] == [
            "email",
            "mobile",
        ]
    cast.enrol("lili")
    with pytest.raises(NotFound):
        cast.office.run(end_address, EndAddress(first.handle), cast.actor("lili"))
    for _ in range(2):
        cast.office.run(end_address, EndAddress(first.handle), wang)
    with Session(engine) as session:
        assert VaultAddressBook(cast.vault).find(session, first.handle) is None


def test_a_password_is_changed_from_the_one_it_was(engine: Engine, cast: Cast) -> None:
    wang = cast.actor("wang")
    with Session(engine) as session:
        old = own(session, cast.people["wang"]).password_hash
    change = ChangePassword(old, cast.passwords.hash("another plain sentence"), cast.machine.now())
    cast.office.run(change_password, change, wang)
    with pytest.raises(Refusal, match="password-changed"):
        cast.office.run(change_password, change, wang)


def test_a_second_factor_is_offered_taken_into_use_and_cleared_by_another(
    engine: Engine, cast: Cast
) -> None:
    wang, now = cast.actor("wang"), cast.machine.now()
    cast.office.run(offer_second_factor, OfferSecondFactor(b"first"), wang)
    cast.office.run(offer_second_factor, OfferSecondFactor(b"second"), wang)
    stale = AcceptSecondFactor(b"first", 5, now, uuid4())
    with pytest.raises(Refusal, match="second-factor-stale"):
        cast.office.run(accept_second_factor, stale, wang)
    accept = AcceptSecondFactor(b"second", 5, now, uuid4())
    cast.office.run(accept_second_factor, accept, wang)
    with pytest.raises(Refusal, match="second-factor-stale"):
        cast.office.run(accept_second_factor, accept, wang)
    with pytest.raises(Refusal, match="second-factor-set"):
        cast.office.run(offer_second_factor, OfferSecondFactor(b"third"), wang)
    named = NamePerson(cast.people["wang"], now)
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(clear_second_factor, named, wang)
    for _ in range(2):
        cast.office.run(clear_second_factor, named, technician(cast))
    with Session(engine) as session:
        assert not own(session, cast.people["wang"]).has_second_factor


def technician(cast: Cast) -> Actor:
    if "tech" not in cast.people:
        cast.enrol("tech")
    from market.accounts.roles import permissions  # noqa: PLC0415  only this maker needs it

    return Actor("tech", permissions([Role.SYSADMIN]), cast.people["tech"])


def test_a_blocked_person_is_found_by_nobody_until_unblocked(engine: Engine, cast: Cast) -> None:
    named = NamePerson(cast.people["wang"], cast.machine.now())
    cast.office.run(block_person, named, technician(cast))
    with Session(engine) as session, pytest.raises(NotFound):
        person_by_account(session, "wang")
    with pytest.raises(IllegalMove):
        cast.office.run(block_person, named, technician(cast))
    cast.office.run(unblock_person, named, technician(cast))
    with pytest.raises(IllegalMove):
        cast.office.run(unblock_person, named, technician(cast))
    with Session(engine) as session:
        assert person_by_account(session, "wang") == cast.people["wang"]
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(block_person, named, cast.actor("wang"))


def test_the_centre_blocks_nobody(engine: Engine) -> None:
    cast = founded(engine)
    named = NamePerson(cast.people["deng"], cast.machine.now())
    with pytest.raises(Refusal, match="not-allowed"):
        cast.office.run(block_person, named, cast.actor("ceng", "centre"))
