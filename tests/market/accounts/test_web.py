"""Pages of accounts: signing in, one's own page, one's organisation, the register."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.feature import FEATURE
from market.accounts.proofs import prove_possession
from market.accounts.queries.organisations import (
    basic_account,
    keys,
    organisation,
    organisation_by_uscc,
)
from market.accounts.queries.people import memberships
from market.accounts.roles import Role
from market.accounts.rules import AppointmentState, OrganisationState
from market.protocol.encoding import canonical
from market.protocol.signing import new_key, public_bytes
from tests.support.browsing import Browser, app_of, give_factor
from tests.support.people_cast import PASSWORD, Cast, founded


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre; `jia` with `wang`; `lili` with a telephone."""
    made = founded(engine)
    made.register("jia", "wang")
    made.enrol("lili", mobile="13812340000")
    return made


@pytest.fixture
def app(cast: Cast, redis_url: str, tmp_path: Path) -> Flask:
    """The platform's host with this room."""
    return app_of(cast, (FEATURE,), redis_url, tmp_path)


@pytest.fixture
def browser(app: Flask, cast: Cast) -> Browser:
    """A browser nobody is signed in with."""
    return Browser(app.test_client(), cast)


def other(app: Flask, cast: Cast, account: str) -> Browser:
    made = Browser(app.test_client(), cast)
    made.sign_in_fully(account)
    return made


def state(engine: Engine, cast: Cast, name: str) -> OrganisationState:
    with Session(engine) as session:
        return organisation(session, cast.organisations[name]).state


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
    from market.accounts.signin.second_factor import code_at, step_of  # noqa: PLC0415  here only

    code = code_at(secret, step_of(cast.machine.now()))
    done = browser.send("/account/second-factor", {"secret.code": code}, form="FirstCode")
    assert done.status_code == 303
    assert browser.open("/organisation/people").status_code == 200
    assert browser.open("/account/second-factor").status_code == 303


def test_making_an_account_seals_what_is_personal_and_once_is_enough(
    browser: Browser, engine: Engine
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
    boss = other(app, cast, "wang")
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


def test_an_organisation_is_entered_with_its_holders(
    browser: Browser, cast: Cast, engine: Engine
) -> None:
    browser.sign_in("lili")
    code = cast.fresh_uscc()
    typed = {
        "code": code.lower(),
        "name_zh": "新公司",
        "name_en": "New Co",
        "kind": "enterprise",
        "sme_class": "micro",
        "head": "某甲",
        "head_id": "11010519491231002X",
        "shares": f"甲公司；{cast.usccs['jia']}；60.5\n某甲; 11010519491231002X; 39.5%; controls",
        "department": "",
        "represented": "yes",
    }
    broken = browser.send("/organisations/new", {**typed, "shares": "甲公司 60"}, form="Entry")
    assert (broken.status_code, "Line 1" in broken.text) == (422, True)
    assert browser.send("/organisations/new", typed, form="Entry").status_code == 303
    with Session(engine) as session:
        assert organisation_by_uscc(session, code).name_en == "New Co"


def test_the_account_is_shown_by_the_banks_statement(
    app: Flask, cast: Cast, engine: Engine
) -> None:
    bank_key = cast.bank()
    boss = other(app, cast, "wang")
    assert "Confirm the basic account" in boss.open("/desk").text
    boss.press("/organisation", "/organisation/account-order")
    remark = boss.open("/organisation").text.split('lead strong">')[1][:6]
    statement = canonical(cast.proof("jia", remark).sign(bank_key)).decode()
    broken = boss.send("/organisation", {"statement": statement + "}"}, form="Statement")
    assert broken.status_code == 422
    assert boss.send("/organisation", {"statement": statement}, form="Statement").status_code == 303
    assert state(engine, cast, "jia") is OrganisationState.CONFIRMED
    assert "0421" in boss.open("/organisation").text
    with Session(engine) as session:
        assert basic_account(session, cast.organisations["jia"]) is not None


def test_a_signing_key_is_registered_and_revoked(app: Flask, cast: Cast, engine: Engine) -> None:
    cast.confirm("jia", "wang", cast.bank())
    boss, key = other(app, cast, "wang"), new_key()
    uscc = cast.usccs["jia"]
    certificate = cast.authority.issue(uscc, "jia", public_bytes(key), cast.now)
    typed = {
        "possession": canonical(prove_possession(uscc, key)).decode(),
        "certificate": "",
    }
    page = "/organisation/keys/new"
    missing = boss.send(page, typed, form="NewKey")
    assert (missing.status_code, "A certificate is needed" in missing.text) == (422, True)
    typed["certificate"] = canonical(certificate).decode()
    assert boss.send(page, typed, form="NewKey").status_code == 303
    with Session(engine) as session:
        (found,) = keys(session, cast.organisations["jia"])
    assert "as a commitment" in boss.open("/organisation").text
    boss.press("/organisation", f"/organisation/keys/{found.id}/revoke")
    assert "revoked" in boss.open("/organisation").text


def test_a_program_token_is_shown_once_and_works(app: Flask, cast: Cast) -> None:
    cast.appoint("jia", "wang", "wang", Role.BIDDER)
    boss = other(app, cast, "wang")
    typed = {"name": "client", "days": "30", "scopes": ["bids:own:read"]}
    page = boss.send("/account/programs", typed, form="NewProgram")
    token = page.text.split('class="mono">')[1].split("<")[0]
    assert token.startswith("yg_")
    assert token not in boss.open("/account/programs").text
    program = app.test_client()
    header = {"Authorization": f"Bearer {token}"}
    told = program.get("/api/v1/me", headers=header).get_json()
    assert told["permissions"] == ["bids:own:read"]
    assert told["organisation"] == str(cast.organisations["jia"])
    for bad in (f"Bearer {token}x", "Basic abc", "Bearer "):
        refused = program.get("/api/v1/me", headers={"Authorization": bad})
        assert (refused.status_code, refused.get_json()["code"]) == (401, "token-refused")
    assert program.get("/account", headers=header).status_code == 303
    assert program.get("/api/v1/me").status_code == 401


def test_the_custodian_hands_a_statement_in_by_itself(
    app: Flask, cast: Cast, engine: Engine
) -> None:
    bank_key = cast.bank()
    remark = cast.order("jia", "wang")
    clerk = other(app, cast, "bai")
    chosen = {"organisation": str(cast.organisations["bank"])}
    clerk.send("/account", chosen, form="choose", action="/account/organisation")
    typed = {"name": "ledger", "days": "366", "scopes": ["accounts:organisation:confirm"]}
    page = clerk.send("/account/programs", typed, form="NewProgram")
    header = {"Authorization": "Bearer " + page.text.split('class="mono">')[1].split("<")[0]}
    raw = canonical(cast.proof("jia", remark).sign(bank_key))
    program = app.test_client()
    for _ in range(2):
        told = program.post("/api/v1/account-proofs", data=raw, headers=header)
        assert (told.status_code, told.get_json()["state"]) == (200, "confirmed")
    forged = canonical(cast.proof("jia", remark, tail="9999").sign(new_key()))
    refused = program.post("/api/v1/account-proofs", data=forged, headers=header)
    assert refused.get_json()["code"] == "bad-signature"
    assert state(engine, cast, "jia") is OrganisationState.CONFIRMED


def test_two_people_of_the_centre_admit_an_organisation(
    app: Flask, cast: Cast, engine: Engine
) -> None:
    first, second = other(app, cast, "ceng"), other(app, cast, "deng")
    page = f"/register/{cast.usccs['jia']}"
    assert cast.usccs["jia"] in first.open("/register?q=jia").text
    assert cast.usccs["jia"] not in first.open("/register?q=nothing").text
    assert first.send(page, {"role": "OWNER"}, form="NewCapacity").status_code == 303
    assert "Approve" not in first.open(page).text
    assert "Admit an organisation to a role" in second.open("/desk").text
    approval = next(
        part.split('"')[0]
        for part in second.open(page).text.split('action="')[1:]
        if "/approve" in part[:120]
    )
    assert second.press(page, approval).status_code == 303
    with Session(engine) as session:
        assert organisation(session, cast.organisations["jia"]).capacities == {Role.OWNER}


def test_the_regulator_suspends_and_the_centre_withdraws(
    app: Flask, cast: Cast, engine: Engine
) -> None:
    cast.staffed("finance", "fan", Role.REG)
    regulator, centre = other(app, cast, "fan"), other(app, cast, "ceng")
    page = f"/register/{cast.usccs['jia']}"
    decision = {"decision": "财监〔2026〕1号"}
    for act in ("suspend", "restore"):
        regulator.send(page, decision, form="Decision", action=f"{page}/{act}")
    assert state(engine, cast, "jia") is OrganisationState.REGISTERED
    assert centre.client.post(f"{page}/suspend").status_code == 403
    centre.send(page, decision, form="Decision", action=f"{page}/withdraw")
    assert centre.open(page).status_code == 404


def test_authorities_take_two_and_people_are_blocked_by_the_technician(
    app: Flask, cast: Cast
) -> None:
    first, second = other(app, cast, "ceng"), other(app, cast, "deng")
    from market.protocol.encoding import b64u  # noqa: PLC0415  here only

    typed = {"name": "某认证机构", "public": b64u(public_bytes(new_key()))}
    page = "/administration/authorities"
    assert first.send(page, typed, form="NewAuthority").status_code == 303
    bad = first.send(page, {**typed, "public": "short"}, form="NewAuthority")
    assert bad.status_code == 422
    approval = second.open(page).text.split('action="')[1:]
    button = next(part.split('"')[0] for part in approval if "/approve" in part[:120])
    assert second.press(page, button).status_code == 303
    cast.admit("jia", Role.SYSADMIN)
    cast.appoint("jia", "wang", "tech", Role.SYSADMIN)
    tech = other(app, cast, "tech")
    people = "/administration/people"
    tech.send(people, {"account": "lili"}, form="FindPerson")
    shown = f"{people}?account=lili"
    tech.press(shown, f"{people}/{cast.people['lili']}/block")
    assert Browser(app.test_client(), cast).sign_in("lili").status_code == 401
    tech.press(shown, f"{people}/{cast.people['lili']}/unblock")
    give_factor(cast, "lili")
    tech.press(shown, f"{people}/{cast.people['lili']}/clear-second-factor")
    assert Browser(app.test_client(), cast).sign_in("lili").status_code == 303


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
    boss, centre = other(app, cast, "wang"), other(app, cast, "ceng")
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
