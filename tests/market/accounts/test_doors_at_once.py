"""What is done at the door, at once and again: second factor, lost password, leaving."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from market.accounts.commands.renewal import (
    AskRenewal,
    ReleaseRenewal,
    RenewPassword,
    ask_renewal,
    release_renewal,
    renew_password,
)
from market.accounts.feature import FEATURE
from market.accounts.model.entrances import SignInSession
from market.accounts.model.people import Person
from market.accounts.roles import Role
from market.accounts.signin.door import DOOR, ENROLLER
from market.accounts.signin.second_factor import code_at, step_of
from market.db.outbox import Letter
from market.kernel.errors import MarketError
from market.protocol.encoding import digest
from tests.support.browsing import Browser, app_of, give_factor, signed_in
from tests.support.people_cast import Cast, founded
from tests.support.repeated import at_once, carried_out, sent_often, window

CODE = digest(b"ABCDEFGHJKLMNPQR")
FRESH = "three unrelated words here"


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """`jia` with its representative `wang`, who has an authenticator, and `lili`, who bids."""
    made = founded(engine)
    made.enrol("wang", mobile="13700000000")
    made.register("jia", "wang")
    made.enrol("lili", mobile="13800000000")
    made.appoint("jia", "wang", "lili", Role.BIDDER)
    give_factor(made, "wang")
    return made


@pytest.fixture
def app(cast: Cast, redis_url: str, tmp_path: Path) -> Flask:
    return app_of(cast, (FEATURE,), redis_url, tmp_path)


def test_a_first_code_at_once_and_again_sets_one_second_factor(
    app: Flask, cast: Cast, engine: Engine
) -> None:
    browser = Browser(app.test_client(), cast)
    browser.sign_in("lili")
    path = "/account/second-factor"
    page = browser.open(path).text
    shown = "".join(page.split('class="mono">')[1].split("<")[0].split())
    marks, _ = browser._form(path, "FirstCode", None)
    code = code_at(shown, step_of(cast.machine.now()))
    answers = sent_often(app, browser.client, path, {**marks, "secret.code": code})
    assert len(set(answers)) == 1
    assert answers[0][0] == 303
    assert carried_out(engine, "accept_second_factor") == 2  # wang's and this one


def test_a_lost_password_told_at_once_and_again_is_one_request_and_one_letter(
    cast: Cast, engine: Engine
) -> None:
    now = cast.machine.now()
    ask = AskRenewal("lili", now)
    at_once(lambda _: cast.office.run(ask_renewal, ask, ENROLLER))
    cast.office.run(ask_renewal, AskRenewal("lili", now + timedelta(minutes=1)), ENROLLER)
    with Session(engine) as session:
        letters = session.scalars(select(Letter).where(Letter.template == "AC02")).all()
    assert len(letters) == 1


def test_a_code_of_the_representative_releases_once_and_what_it_released_stays_good(
    cast: Cast, engine: Engine
) -> None:
    """The code is shown once and kept as a hash: sent again, nothing can be shown again."""
    now = cast.machine.now()
    cast.office.run(ask_renewal, AskRenewal("lili", now), ENROLLER)

    def release(place: int) -> str:
        made = digest(f"code {place}".encode())
        command = ReleaseRenewal(cast.people["lili"], made, 10**9, now)
        try:
            cast.office.run(release_renewal, command, cast.actor("wang", "jia"))
        except MarketError as refusal:
            return refusal.code
        return f"code {place}"

    answers = [*at_once(release), release(9)]
    good = [one for one in answers if one.startswith("code")]
    assert len(good) == 1
    assert sorted(set(answers) - set(good)) == ["wrong-code"]
    held = digest(good[0].encode())
    cast.office.run(
        renew_password, RenewPassword(cast.people["lili"], held, None, "new", now), DOOR
    )


def test_a_new_password_sent_at_once_and_again_is_set_once_with_the_same_answer(
    app: Flask, cast: Cast, engine: Engine
) -> None:
    browser = Browser(app.test_client(), cast)
    browser.send("/sign-in/lost", {"account": "lili"}, form="Lost")
    with Session(engine) as session:
        step = session.scalars(
            select(Person.second_factor_step).where(Person.account == "wang")
        ).one()
    assert step is not None
    command = ReleaseRenewal(cast.people["lili"], CODE, step + 9, cast.machine.now())
    cast.office.run(release_renewal, command, cast.actor("wang", "jia"))
    path = "/sign-in/renewal"
    marks, _ = browser._form(path, "Renewal", None)
    typed = {
        "account": "lili", "secret.release": "ABCD-EFGH-JKLM-NPQR", "secret.password": FRESH,
        "secret.again": FRESH,
    }  # fmt: skip
    answers = sent_often(app, browser.client, path, {**marks, **typed})
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 303
    assert carried_out(engine, "renew_password") == 1


def test_leaving_at_once_and_again_ends_one_session_once(
    app: Flask, cast: Cast, engine: Engine
) -> None:
    browser = signed_in(app, cast, "ceng")
    marks, _ = browser._form("/desk", "sign-out", "/sign-out")
    like = window(app, browser.client)
    answers = at_once(
        lambda _: window(app, like).post("/sign-out", data=marks, buffered=True).status_code
    )
    assert set(answers) == {303}
    later = window(app, like).post("/sign-out", data=marks, buffered=True)
    assert later.status_code == 303
    with Session(engine) as session:
        (ended,) = session.scalars(
            select(SignInSession.ended_at).where(SignInSession.ended_at.is_not(None))
        ).all()
    assert ended is not None
    assert browser.open("/desk").status_code == 303
