"""The list of letters and the mailbox: no address, no text where neither belongs."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from market.accounts.feature import FEATURE as ACCOUNTS
from market.accounts.feature import send_letters
from market.accounts.roles import Role
from market.accounts.vault import make_vault
from market.demo.letters import mailbox
from market.feature import Feature
from market.messages.feature import FEATURE
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.people_cast import Cast, make_cast


@pytest.fixture
def cast(engine: Engine, tmp_path: Path) -> Cast:
    """The centre; `jia` offers `lili`, who has a telephone, a role: a letter waits."""
    made = make_cast(engine)
    made.vault = make_vault(tmp_path / "keys")
    made.found()
    made.register("jia", "wang")
    made.enrol("lili", mobile="13812340000")
    made.appoint("jia", "wang", "lili", Role.BIDDER)
    return made


def app_in(cast: Cast, redis_url: str, tmp_path: Path, mode: str) -> Flask:
    rooms = (ACCOUNTS, FEATURE, Feature("demo", pages=(mailbox,)) if mode == "demo" else FEATURE)
    return app_of(cast, tuple(dict.fromkeys(rooms)), redis_url, tmp_path, mode)


def test_the_centre_sees_that_a_letter_waits_and_went_but_not_what_it_says(
    cast: Cast, redis_url: str, tmp_path: Path
) -> None:
    centre = signed_in(app_in(cast, redis_url, tmp_path, "test"), cast, "ceng")
    assert "AC01" in centre.open("/letters").text
    settings = replace(cast.house.settings, keys=tmp_path / "keys")
    assert send_letters(cast.office, settings) == 1
    assert send_letters(cast.office, settings) == 0
    page = centre.open("/letters").text
    assert "Every letter has been delivered" in page
    for hidden in ("1381234", "138****", "jia有限公司", "jia Ltd"):
        assert hidden not in page


def test_others_do_not_see_the_list(cast: Cast, redis_url: str, tmp_path: Path) -> None:
    app = app_in(cast, redis_url, tmp_path, "test")
    assert signed_in(app, cast, "wang").open("/letters").status_code == 403
    assert Browser(app.test_client(), cast).open("/letters").status_code == 303


def test_the_mailbox_shows_the_letter_in_the_demonstration_only(
    cast: Cast, redis_url: str, tmp_path: Path
) -> None:
    settings = replace(cast.house.settings, keys=tmp_path / "keys")
    send_letters(cast.office, settings)
    demo = Browser(app_in(cast, redis_url, tmp_path, "demo").test_client(), cast)
    page = demo.open("/letters/mailbox").text
    assert "138****0000" in page
    assert "jia有限公司邀请您担任投标人" in page
    assert "13812340000" not in page
    for mode in ("test", "production"):
        make_vault(tmp_path / "keys")
        elsewhere = app_in(cast, redis_url, tmp_path, mode)
        assert Browser(elsewhere.test_client(), cast).open("/letters/mailbox").status_code == 404
