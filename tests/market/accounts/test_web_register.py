"""Pages: one's organisation, its keys and programs, the register, the administration."""

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from market.accounts.proofs import prove_possession
from market.accounts.queries.organisations import (
    basic_account,
    keys,
    organisation,
    organisation_by_uscc,
)
from market.accounts.roles import Role
from market.accounts.rules import OrganisationState
from market.protocol.encoding import b64u, canonical
from market.protocol.signing import new_key, public_bytes
from tests.support.browsing import Browser, give_factor, signed_in
from tests.support.people_cast import Cast


def state(engine: Engine, cast: Cast, name: str) -> OrganisationState:
    with Session(engine) as session:
        return organisation(session, cast.organisations[name]).state


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
    boss = signed_in(app, cast, "wang")
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
    boss, key = signed_in(app, cast, "wang"), new_key()
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
    boss = signed_in(app, cast, "wang")
    typed = {"name": "client", "days": "30", "scopes": ["bids:own:read"]}
    page = boss.send("/account/programs", typed, form="NewProgram")
    token = page.text.split('class="mono">')[1].split("<")[0]
    assert token.startswith("yg_")
    listed = boss.open("/account/programs").text
    assert (token in listed, 'scope="row">client<' in listed) == (False, True)
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
    clerk = signed_in(app, cast, "bai")
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
    first, second = signed_in(app, cast, "ceng"), signed_in(app, cast, "deng")
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
    regulator, centre = signed_in(app, cast, "fan"), signed_in(app, cast, "ceng")
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
    first, second = signed_in(app, cast, "ceng"), signed_in(app, cast, "deng")
    typed = {"name": "某认证机构", "public": b64u(public_bytes(new_key()))}
    page = "/administration/authorities"
    assert first.send(page, typed, form="NewAuthority").status_code == 303
    bad = first.send(page, {**typed, "public": "short"}, form="NewAuthority")
    assert bad.status_code == 422
    assert "某认证机构" in second.open(page).text
    approval = second.open(page).text.split('action="')[1:]
    button = next(part.split('"')[0] for part in approval if "/approve" in part[:120])
    assert second.press(page, button).status_code == 303
    cast.admit("jia", Role.SYSADMIN)
    cast.appoint("jia", "wang", "tech", Role.SYSADMIN)
    tech = signed_in(app, cast, "tech")
    people = "/administration/people"
    tech.send(people, {"account": "lili"}, form="FindPerson")
    shown = f"{people}?account=lili"
    tech.press(shown, f"{people}/{cast.people['lili']}/block")
    assert Browser(app.test_client(), cast).sign_in("lili").status_code == 401
    tech.press(shown, f"{people}/{cast.people['lili']}/unblock")
    give_factor(cast, "lili")
    tech.press(shown, f"{people}/{cast.people['lili']}/clear-second-factor")
    assert Browser(app.test_client(), cast).sign_in("lili").status_code == 303
