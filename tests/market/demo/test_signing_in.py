"""People by role and one click: whoever is chosen is signed in through the ordinary door."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from market.accounts.signin.attempts import BY_BOTH, BY_PLACE
from market.demo.media import KEY_FILE, ORGANISATION_KEY, PASSPHRASE
from market.demo.people.kinds import Duty, Person
from market.demo.people.kinds import OrganisationKind as Part
from market.demo.roles import FEW, GROUPS, MOST, players
from market.demo.seed.house import PASSWORD, House, account_of, secret_of
from market.demo.staged import Stage, Staged, write
from tests.market.demo.conftest import CAST, somebody
from tests.support.browsing import Browser
from tests.support.people_cast import Cast

OFFICER = somebody(Part.NOTARY, Duty.OPENING_OFFICER)


def at(person: Person) -> str:
    return f"/demo/people/{account_of(person)}"


def enrolled(house: House, person: Person) -> str:
    """Somebody of the cast with an account and its second factor, as the seed leaves them."""
    house.enrol(person)
    house.set_second_factor(person)
    return account_of(person)


def sections(page: str) -> Iterator[str]:
    for part in page.split("<section")[1:]:
        yield part.split("</section>")[0]


def test_each_role_stands_on_the_page_with_whom_to_be(browser: Browser) -> None:
    page = browser.open("/demo/people").text
    shown = list(sections(page))
    assert len(shown) == len(GROUPS)
    for group, part in zip(GROUPS, shown, strict=True):
        held = players(CAST, group)
        assert f'id="role-{group.name}"' in part
        found = re.findall(r'<form method="post" action="(/demo/people/p\d+)"', part)
        assert found == [at(one.person) for one in held[:MOST]], group.name
        assert ("<details>" in part) is (len(held) > FEW), group.name
    assert PASSWORD in page


def test_the_experts_beyond_the_page_are_many_and_still_have_their_own_page(
    browser: Browser,
) -> None:
    (experts,) = [group for group in GROUPS if group.name == "expert"]
    beyond = players(CAST, experts)[MOST]
    assert at(beyond.person) not in browser.open("/demo/people").text
    assert browser.open(at(beyond.person)).status_code == 200


def test_the_tenders_of_the_seed_stand_on_the_page_once_there_are_some(
    browser: Browser, tmp_path: Path
) -> None:
    assert "One tender at each stage" not in browser.open("/demo/people").text
    write(tmp_path, [Staged(Stage.DRAFTING, "ZC-9", "名", "A <name>")])
    page = browser.open("/demo/people").text
    assert '<a href="/desk/tenders/ZC-9">A &lt;name&gt;</a>' in page


def test_the_people_have_their_names_in_the_language_of_the_reader(browser: Browser) -> None:
    owner = somebody()
    assert owner.name_en in browser.open("/demo/people").text
    chinese = replace(browser, language="zh").open("/demo/people").text
    assert owner.name_zh in chinese
    assert owner.name_en not in chinese


@pytest.mark.parametrize("page", ["/demo/people", None])
def test_one_click_signs_in_as_exactly_this_person(
    browser: Browser, house: House, page: str | None
) -> None:
    owner = somebody()
    enrolled(house, owner)
    enrolled(house, OFFICER)
    if page is None:
        inside = browser.send(at(owner), {}, form="sign-in")
    else:
        inside = browser.press(page, at(owner))
    assert (inside.status_code, inside.headers["Location"]) == (303, "/desk")
    account = browser.open("/account")
    assert account.status_code == 200
    assert owner.name_zh in account.text
    assert OFFICER.name_zh not in account.text


def test_whoever_signs_in_at_a_step_of_the_tour_stands_where_the_step_looks(
    browser: Browser, house: House
) -> None:
    enrolled(house, OFFICER)
    assert f'href="{at(OFFICER)}?step=8"' in browser.open("/demo/tour").text
    inside = browser.send(f"{at(OFFICER)}?step=8", {}, form="sign-in")
    assert (inside.status_code, inside.headers["Location"]) == (303, "/desk/officer")
    for step in ("1", "//elsewhere.example"):
        again = browser.send(f"{at(OFFICER)}?step={step}", {}, form="sign-in")
        assert again.headers["Location"] == "/desk", "no address but one of the tour"


def test_another_click_is_another_person(browser: Browser, house: House) -> None:
    owner = somebody()
    enrolled(house, owner)
    enrolled(house, OFFICER)
    browser.press("/demo/people", at(owner))
    assert browser.press("/demo/people", at(OFFICER)).status_code == 303
    account = browser.open("/account").text
    assert OFFICER.name_zh in account
    assert owner.name_zh not in account


def test_a_code_serves_once_and_three_of_them_count_at_a_time(
    app: Flask, cast: Cast, house: House
) -> None:
    owner = somebody()
    enrolled(house, owner)
    answers = []
    for _ in range(4):
        answer = Browser(app.test_client(), cast).press("/demo/people", at(owner))
        answers.append(answer.status_code)
    assert answers == [303, 303, 303, 401]
    assert answers.count(303) < BY_BOTH.attempts, "the door itself would have turned them away"


def test_whoever_sits_at_one_machine_can_be_everybody_one_after_another(
    browser: Browser, house: House
) -> None:
    """Sixty sign-ins from one network are what the ordinary door allows in a quarter of an hour."""
    everybody = [one.person for group in GROUPS for one in players(CAST, group)]
    several = list({one.id: one for one in everybody}.values())[: BY_PLACE.attempts + 2]
    for one in several:
        enrolled(house, one)
    answers = [browser.send(at(one), {}, form="sign-in").status_code for one in several]
    assert set(answers) == {303}


def test_a_click_on_a_page_that_this_browser_was_not_shown_signs_nobody_in(
    app: Flask, cast: Cast, house: House
) -> None:
    owner = somebody()
    enrolled(house, owner)
    elsewhere = Browser(app.test_client(), cast)
    marks, _ = elsewhere._form(at(owner), "sign-in", None)
    client = app.test_client()
    for sent in ({"_form": "press"}, marks):
        answer = client.post(at(owner), data=sent)
        assert answer.headers.get("Location") != "/desk"
        assert client.get("/account").status_code == 303
    assert elsewhere.client.post(at(owner), data=marks).headers["Location"] == "/desk"


def test_the_own_page_tells_everything_needed_to_sign_in_by_hand(
    browser: Browser, cast: Cast, house: House
) -> None:
    owner = somebody()
    account = enrolled(house, owner)
    page = unescape(browser.open(at(owner)).text)
    code = re.search(r"Code of this moment</dt><dd><code>(\d{6})", page)[1]
    assert secret_of(account) in page
    typed = {"account": account, "secret.password": PASSWORD, "secret.code": code}
    assert browser.send("/sign-in", typed, form="SignIn").status_code == 303
    assert owner.name_zh in browser.open("/account").text


@pytest.mark.parametrize("account", ["p9999", "nobody", "P0002", "p0002%00", "..", "root"])
def test_who_is_not_in_the_cast_is_nobody(browser: Browser, account: str) -> None:
    assert browser.open(f"/demo/people/{account}").status_code == 404
    marks, _ = browser._form(at(somebody()), "sign-in", None)
    sent = browser.client.post(f"/demo/people/{account}", data=marks)
    assert sent.status_code == 404
    assert browser.open("/account").status_code == 303


def test_files_are_handed_to_keep_and_nothing_else_is_handed_at_all(
    browser: Browser, tmp_path: Path
) -> None:
    own = tmp_path / "people" / account_of(OFFICER)
    own.mkdir(parents=True)
    for name in (KEY_FILE, PASSPHRASE, "token"):
        (own / name).write_text(f"the {name}")
    signing = tmp_path / "people" / OFFICER.organisation
    signing.mkdir()
    (signing / ORGANISATION_KEY).write_text("the key")
    for name, content in ((KEY_FILE, b"the keys.age"), (ORGANISATION_KEY, b"the key")):
        answer = browser.open(f"{at(OFFICER)}/{name}")
        assert (answer.status_code, answer.data) == (200, content)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "the passphrase" in browser.open(at(OFFICER)).text
    for name in ("token", PASSPHRASE, "..%2f..%2ftrust.json", "%2e%2e", "client"):
        assert browser.open(f"{at(OFFICER)}/{name}").status_code == 404, name
    assert browser.open(f"{at(somebody())}/{KEY_FILE}").status_code == 404
    assert browser.open(f"/demo/people/p9999/{KEY_FILE}").status_code == 404
