"""Pages: signing in, making an account, one's own account; who is led away from which page."""

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.queries import people
from market.accounts.queries.people import memberships
from market.accounts.rules import AppointmentState
from market.accounts.signin.second_factor import code_at, step_of
from tests.support.browsing import Browser, signed_in
from tests.support.people_cast import PASSWORD, Cast


def test_one_signs_in_goes_where_one_wanted_and_signs_out(browser: Browser) -> None:
    wanted = browser.open("/account/password")
    assert wanted.headers["Location"].startswith("/sign-in?next=")
    typed = {"account": "lili", "secret.password": PASSWORD, "secret.code": ""}
    inside = browser.send(wanted.headers["Location"], typed, form="SignIn")
    assert (inside.status_code, inside.headers["Location"]) == (303, "/account/password")
    page = browser.open("/account")
    assert (page.status_code, "name of lili" in page.text) == (200, True)
    assert page.headers["Cache-Control"] == "no-store"
    out = browser.send("/account", {}, form="sign-out")
    assert out.status_code == 303
    assert browser.open("/account").status_code == 303


def test_a_cookie_kept_from_before_the_sign_out_opens_nothing(browser: Browser) -> None:
    browser.sign_in("lili")
    kept = browser.client.get_cookie("session")
    browser.send("/account", {}, form="sign-out")
    assert kept is not None
    browser.client.set_cookie("session", kept.value)
    assert browser.open("/account").status_code == 303


@pytest.mark.parametrize(
    ("account", "password"), [("lili", "wrong password"), ("nobody.here", PASSWORD)]
)
def test_a_wrong_sign_in_says_one_thing_and_keeps_the_name_only(
    browser: Browser, account: str, password: str
) -> None:
    typed = {"account": account, "secret.password": password, "secret.code": ""}
    refused = browser.send("/sign-in", typed, form="SignIn")
    assert refused.status_code == 401
    assert "The sign-in name, the password or the code is not right" in refused.text
    assert f'value="{account}"' in refused.text
    assert password not in refused.text


def test_nobody_is_led_to_another_site_after_signing_in(browser: Browser) -> None:
    typed = {"account": "lili", "secret.password": PASSWORD, "secret.code": ""}
    for target in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        inside = browser.send(f"/sign-in?next={target}", typed, form="SignIn")
        assert inside.headers["Location"] == "/desk"


def test_roles_that_need_a_code_lead_to_setting_one_up(browser: Browser, cast: Cast) -> None:
    inside = browser.sign_in("wang")
    assert inside.headers["Location"].startswith("/account/second-factor")
    assert browser.open("/organisation/people").status_code == 403
    page = browser.open("/account/second-factor")
    assert "<svg" in page.text
    wrong = browser.send("/account/second-factor", {"secret.code": "000000"}, form="FirstCode")
    assert wrong.status_code == 422
    secret = "".join(page.text.split('class="mono">')[1].split("<")[0].split())
    code = code_at(secret, step_of(cast.machine.now()))
    done = browser.send("/account/second-factor", {"secret.code": code}, form="FirstCode")
    assert done.status_code == 303
    assert browser.open("/organisation/people").status_code == 200
    assert browser.open("/account/second-factor").status_code == 303


def test_making_an_account_seals_what_is_personal_and_once_is_enough(
    browser: Browser, cast: Cast, engine: Engine
) -> None:
    typed = {
        "account": "zhao",
        "name": "赵某",
        "citizen": "",
        "mobile": "139 0000 1111",
        "secret.password": PASSWORD,
        "secret.again": PASSWORD,
    }
    made = browser.send("/accounts/new", typed, form="Enrolment")
    assert made.headers["Location"] == "/sign-in?enrolled=yes"
    assert "Your account is made" in browser.open(made.headers["Location"]).text
    with Session(engine) as session:
        known = people.name(session, cast.vault, people.person_by_account(session, "zhao"))
    assert known == "赵某"
    taken = browser.send("/accounts/new", typed, form="Enrolment")
    assert (taken.status_code, "taken" in taken.text) == (409, True)
    differs = browser.send(
        "/accounts/new", {**typed, "account": "qian", "secret.again": "x"}, form="Enrolment"
    )
    assert differs.status_code == 422
    weak = browser.send(
        "/accounts/new",
        {**typed, "account": "qian", "secret.password": "short", "secret.again": "short"},
        form="Enrolment",
    )
    assert "at least 12" in weak.text


def test_a_role_is_accepted_on_ones_own_page(
    browser: Browser, app: Flask, cast: Cast, engine: Engine
) -> None:
    boss = signed_in(app, cast, "wang")
    page = "/organisation/people"
    sent = boss.send(page, {"account": "lili", "role": "BIDDER"}, form="NewRole")
    assert sent.status_code == 303
    unknown = boss.send(page, {"account": "nobody.here", "role": "BIDDER"}, form="NewRole")
    assert unknown.status_code == 404
    browser.sign_in("lili")
    assert "Accept or decline a role" in browser.open("/desk").text
    with Session(engine) as session:
        (offered,) = memberships(session, cast.people["lili"])
    browser.press("/account", f"/account/roles/{offered.appointment}/accept")
    with Session(engine) as session:
        assert memberships(session, cast.people["lili"])[0].state is AppointmentState.ACTIVE
    chosen = {"organisation": str(cast.organisations["jia"])}
    browser.send("/account", chosen, form="choose", action="/account/organisation")
    assert browser.open("/organisation").status_code == 200


def test_sessions_are_listed_and_ended(browser: Browser, app: Flask, cast: Cast) -> None:
    browser.sign_in("lili")
    elsewhere = Browser(app.test_client(), cast)
    elsewhere.sign_in("lili")
    page = browser.open("/account").text
    (ending,) = {
        part.split('"')[0]
        for part in page.split('action="')[1:]
        if "/end" in part[:80] and "/sessions/" in part[:40] and "/sessions/end" not in part[:40]
    }
    browser.press("/account", ending)
    assert elsewhere.open("/account").status_code == 303
    browser.press("/account", "/account/sessions/end")
    assert browser.open("/account").status_code == 303


def test_the_password_is_changed_with_the_present_one(browser: Browser) -> None:
    browser.sign_in("lili")
    new = "a quite different sentence"
    typed = {"secret.old": "not the one", "secret.password": new, "secret.again": new}
    assert browser.send("/account/password", typed, form="NewPassword").status_code == 401
    typed["secret.old"] = PASSWORD
    assert browser.send("/account/password", typed, form="NewPassword").status_code == 303


def test_an_address_is_shown_without_its_middle(browser: Browser) -> None:
    browser.sign_in("lili")
    typed = {"kind": "email", "address": "lili@example.com"}
    assert browser.send("/account", typed, form="NewAddress").status_code == 303
    page = browser.open("/account").text
    assert ("138****0000" in page, "l***@example.com" in page) == (True, True)
    assert ("13812340000" in page, "lili@example.com" in page) == (False, False)
    bad = browser.send("/account", {"kind": "mobile", "address": "12"}, form="NewAddress")
    assert bad.status_code == 422


SIGNED_IN_ONLY = ("/account", "/account/password", "/account/second-factor", "/organisation")
GUARDED = (
    "/account/programs",
    "/organisation/people",
    "/organisation/details",
    "/organisation/keys/new",
    "/register",
    "/administration/authorities",
    "/administration/people",
)


@pytest.mark.parametrize("path", [*SIGNED_IN_ONLY, *GUARDED])
def test_visitors_are_led_to_sign_in(browser: Browser, path: str) -> None:
    assert browser.open(path).headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("path", GUARDED)
def test_people_without_the_right_are_refused(browser: Browser, path: str) -> None:
    browser.sign_in("lili")
    assert browser.open(path).status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(app: Flask, cast: Cast, language: str) -> None:
    boss, centre = signed_in(app, cast, "wang"), signed_in(app, cast, "ceng")
    boss.language = centre.language = language
    for page in (
        "/account",
        "/organisation",
        "/organisation/people",
        "/organisation/details",
        "/organisation/keys/new",
        "/organisations/new",
        "/account/password",
        "/desk",
    ):
        assert boss.open(page).status_code == 200
    for page in (
        "/register",
        f"/register/{cast.usccs['jia']}",
        "/administration/authorities",
        "/account/programs",
    ):
        assert centre.open(page).status_code == 200
    visitor = Browser(app.test_client(), cast, language)
    for page in ("/sign-in", "/accounts/new"):
        assert visitor.open(page).status_code == 200
