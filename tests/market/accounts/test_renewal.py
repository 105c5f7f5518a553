"""A lost password: no secret in a letter, no way round the authenticator, no use twice."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.commands.people import NamePerson, block_person
from market.accounts.commands.renewal import (
    ASKED_FOR,
    RELEASED_FOR,
    AskRenewal,
    ReleaseRenewal,
    RenewPassword,
    ask_renewal,
    release_renewal,
    renew_password,
)
from market.accounts.model.people import Person
from market.accounts.queries.entrances import renewals_waiting
from market.accounts.roles import Role, permissions
from market.accounts.signin.door import DOOR, ENROLLER
from market.accounts.signin.second_factor import code_at, step_of
from market.command import HOUSE, Actor
from market.db.outbox import Letter
from market.kernel.errors import MarketError
from market.protocol.encoding import digest
from tests.support.browsing import Browser, give_factor
from tests.support.people_cast import Cast

CODE = digest(b"ABCDEFGHJKLMNPQR")
FRESH = "three unrelated words here"
TICK = timedelta(microseconds=1)


@pytest.fixture
def staffed(cast: Cast) -> Cast:
    """`lili` bids for `jia`, whose representative `wang` has a telephone and an authenticator."""
    cast.enrol("zhang", mobile="13900000000")
    cast.register("yi", "zhang")
    cast.appoint("jia", "wang", "lili", Role.BIDDER)
    cast.appoint("jia", "wang", "zhang", Role.REPRESENTATIVE)
    give_factor(cast, "wang")
    return cast


def ask(cast: Cast, account: str = "lili", at=None) -> None:
    cast.office.run(ask_renewal, AskRenewal(account, at or cast.machine.now()), ENROLLER)


def release(cast: Cast, *, by: str = "wang", code: bytes = CODE, at=None, step=10**9, who="lili"):
    command = ReleaseRenewal(cast.people[who], code, step, at or cast.machine.now())
    cast.office.run(release_renewal, command, cast.actor(by, "jia"))


def renew(cast: Cast, *, code: bytes = CODE, at=None, step=None, who: str = "lili") -> None:
    now = at or cast.machine.now()
    cast.office.run(renew_password, RenewPassword(cast.people[who], code, step, "new", now), DOOR)


def stored(cast: Cast, account: str = "lili") -> str:
    return cast.office.read(
        lambda s: s.scalar(select(Person.password_hash).where(Person.account == account))
    )


def letters(cast: Cast, template: str) -> list[Letter]:
    return cast.office.read(
        lambda s: list(s.scalars(select(Letter).where(Letter.template == template)))
    )


def waiting(cast: Cast) -> set[str]:
    key, now = cast.organisations["jia"], cast.machine.now()
    return set(cast.office.read(lambda s: renewals_waiting(s, key, now)).values())


def test_asked_released_and_used_once(staffed: Cast) -> None:
    before = stored(staffed)
    ask(staffed)
    assert waiting(staffed) == {"lili"}
    release(staffed)
    renew(staffed)
    assert stored(staffed) == "new" != before
    assert waiting(staffed) == set()
    with pytest.raises(MarketError, match=r"^renewal-refused:"):
        renew(staffed)
    (told,) = letters(staffed, "AC03")
    assert "重设" in told.zh


def test_the_letter_to_the_representative_carries_no_secret_and_goes_once(staffed: Cast) -> None:
    ask(staffed)
    ask(staffed)
    (letter,) = letters(staffed, "AC02")
    assert "lili" in letter.zh
    assert letter.link is None
    assert not any(sign.isdigit() for sign in letter.zh + letter.en)


@pytest.mark.parametrize("account", ["nobody", "deng"])
def test_a_name_that_nobody_has_changes_nothing_and_is_told_the_same(
    staffed: Cast, account: str
) -> None:
    ask(staffed, account)
    assert waiting(staffed) == set()
    assert letters(staffed, "AC02") == []


def test_without_a_request_or_a_release_there_is_no_new_password(staffed: Cast) -> None:
    before = stored(staffed)
    with pytest.raises(MarketError, match=r"^no-renewal:"):
        release(staffed)
    with pytest.raises(MarketError, match=r"^renewal-refused:"):
        renew(staffed)
    ask(staffed)
    with pytest.raises(MarketError, match=r"^renewal-refused:"):
        renew(staffed)
    release(staffed)
    with pytest.raises(MarketError, match=r"^renewal-refused:"):
        renew(staffed, code=digest(b"another"))
    assert stored(staffed) == before


@pytest.mark.parametrize(("late", "done"), [(-TICK, True), (timedelta(0), False)])
def test_request_and_code_end_at_their_limits(
    staffed: Cast, late: timedelta, *, done: bool
) -> None:
    start = staffed.machine.now()
    ask(staffed, at=start)
    released = start + ASKED_FOR + late
    if not done:
        with pytest.raises(MarketError, match=r"^no-renewal:"):
            release(staffed, at=released)
        released = start
    release(staffed, at=released)
    if done:
        renew(staffed, at=released + RELEASED_FOR + late)
        assert stored(staffed) == "new"
    else:
        with pytest.raises(MarketError, match=r"^renewal-refused:"):
            renew(staffed, at=released + RELEASED_FOR)


def test_whoever_has_an_authenticator_needs_it_for_the_new_password_too(staffed: Cast) -> None:
    give_factor(staffed, "lili")
    ask(staffed)
    release(staffed)
    with pytest.raises(MarketError, match=r"^renewal-refused:"):
        renew(staffed)
    with pytest.raises(MarketError, match=r"^renewal-refused:"):
        renew(staffed, step=1)
    renew(staffed, step=10**9)
    assert stored(staffed) == "new"


def test_nobody_releases_for_oneself_for_strangers_or_with_a_used_code(staffed: Cast) -> None:
    ask(staffed)
    ask(staffed, "wang")
    with pytest.raises(MarketError, match=r"^same-person:"):
        release(staffed, who="wang")
    with pytest.raises(MarketError, match=r"^wrong-code:"):
        release(staffed, step=1)
    stranger = staffed.actor("zhang", "yi")
    command = ReleaseRenewal(staffed.people["lili"], CODE, 10**9, staffed.machine.now())
    with pytest.raises(MarketError, match=r"^no-renewal:"):
        staffed.office.run(release_renewal, command, stranger)
    for actor in (staffed.actor("lili", "jia"), HOUSE):
        with pytest.raises(MarketError, match=r"^not-allowed:"):
            staffed.office.run(release_renewal, command, actor)
    release(staffed)
    with pytest.raises(MarketError, match=r"^wrong-code:"):
        release(staffed)


def test_one_organisation_does_not_reach_into_another_by_a_shared_clerk(staffed: Cast) -> None:
    staffed.appoint("yi", "zhang", "lili", Role.BIDDER)
    ask(staffed)
    with pytest.raises(MarketError, match=r"^works-elsewhere:"):
        release(staffed)
    give_factor(staffed, "lili")
    release(staffed)
    with pytest.raises(MarketError, match=r"^renewal-refused:"):
        renew(staffed)


def test_a_blocked_person_comes_in_by_no_way(staffed: Cast) -> None:
    ask(staffed)
    release(staffed)
    technician = Actor("technician", permissions([Role.SYSADMIN]), UUID(int=9))
    named = NamePerson(staffed.people["lili"], staffed.machine.now())
    staffed.office.run(block_person, named, technician)
    with pytest.raises(MarketError, match=r"^renewal-refused:"):
        renew(staffed)


def test_the_whole_way_by_pages(app: Flask, staffed: Cast) -> None:
    visitor = Browser(app.test_client(), staffed)
    known = visitor.send("/sign-in/lost", {"account": "lili"}, form="Lost")
    unknown = visitor.send("/sign-in/lost", {"account": "nobody"}, form="Lost")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    secret = give_factor(staffed, "zhang")
    boss = Browser(app.test_client(), staffed)
    boss.sign_in("zhang", secret=secret)
    boss.send("/account", {"organisation": str(staffed.organisations["jia"])}, form="choose")
    listed = boss.open("/organisation/people").text
    assert "asks for a new password" in listed
    page = f"/organisation/people/{staffed.people['lili']}/release"
    wrong = boss.send(page, {"secret.code": "000000"}, form="Release")
    assert wrong.status_code == 422
    staffed.machine.at += timedelta(seconds=60)
    code = code_at(secret, step_of(staffed.machine.now()))
    shown = boss.send(page, {"secret.code": code}, form="Release")
    made = shown.text.split('mono">')[1].split("<")[0]
    assert made not in boss.open(page).text
    typed = {
        "account": "lili",
        "secret.release": made.lower().replace("-", " "),
        "secret.password": FRESH,
        "secret.again": FRESH,
    }
    assert visitor.send("/sign-in/renewal", typed, form="Renewal").status_code == 303
    again = visitor.send("/sign-in/renewal", typed, form="Renewal")
    assert again.status_code == 403
    fresh = Browser(app.test_client(), staffed)
    come = {"account": "lili", "secret.password": FRESH}
    assert fresh.send("/sign-in", come, form="SignIn").status_code == 303


def test_setting_up_an_authenticator_by_page_is_told_to_its_owner(
    app: Flask, staffed: Cast
) -> None:
    thief = Browser(app.test_client(), staffed)
    thief.sign_in("lili")
    secret = thief.open("/account/second-factor").text
    word = secret.split('<figcaption class="mono">')[1].split("<")[0].replace(" ", "")
    code = code_at(word, step_of(staffed.machine.now()))
    assert letters(staffed, "AC04") == []
    thief.send("/account/second-factor", {"secret.code": code}, form="FirstCode")
    (letter,) = letters(staffed, "AC04")
    assert "动态口令" in letter.zh
