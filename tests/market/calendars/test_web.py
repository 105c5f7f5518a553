"""Pages of the calendar: what everybody reads, what the centre changes, typed text that stays."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from market.accounts.feature import FEATURE as ACCOUNTS
from market.calendars.feature import FEATURE
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.people_cast import Cast, founded

PAGE = "/administration/calendar"
TYPED: dict[str, object] = {
    "year": "2027",
    "document": "国办发明电〔2026〕9号",
    "paper": "https://www.gov.cn/zhengce/2027.htm",
    "holidays": "元旦; New Year's Day; 2027-01-01; 2027-01-03; 2027-01-09",
}


@pytest.fixture
def cast(engine: Engine) -> Cast:
    """The centre; `jia` with `wang`."""
    made = founded(engine)
    made.register("jia", "wang")
    return made


@pytest.fixture
def app(cast: Cast, redis_url: str, tmp_path: Path) -> Flask:
    """The platform's host with this room."""
    return app_of(cast, (ACCOUNTS, FEATURE), redis_url, tmp_path)


def test_everybody_reads_the_years_with_their_source(app: Flask, cast: Cast) -> None:
    page = Browser(app.test_client(), cast).open("/calendar").text
    assert "2026-02-15<br>– 2026-02-23" in page
    assert "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm" in page
    assert "2027" not in page


def test_a_year_goes_from_one_desk_to_the_next_and_into_force(app: Flask, cast: Cast) -> None:
    one, two = signed_in(app, cast, "ceng"), signed_in(app, cast, "deng")
    assert one.send(PAGE, TYPED, form="NewYear").status_code == 303
    assert "another person has to approve" in one.open(PAGE).text
    assert "Put in force" not in one.open(PAGE).text
    assert "Approve the holidays of 2027" not in one.open("/desk").text
    assert "Approve the holidays of 2027" in two.open("/desk").text
    shown = two.open(PAGE).text
    action = shown.split('/approve"', 1)[0].rsplit('"', 1)[1] + "/approve"
    assert two.press(PAGE, action).status_code == 303
    public = Browser(app.test_client(), cast).open("/calendar").text
    assert "国办发明电〔2026〕9号" in public
    assert "2027-01-09" in public


def test_what_was_typed_stays_after_a_refusal(app: Flask, cast: Cast) -> None:
    centre = signed_in(app, cast, "ceng")
    wrong = {**TYPED, "holidays": "国庆节; National Day; 2027-10-01; 2027-10-07"}
    answer = centre.send(PAGE, wrong, form="NewYear")
    assert answer.status_code == 422
    assert "2027-10-07" in answer.text
    assert "国办发明电〔2026〕9号" in answer.text
    assert "New Year&#39;s Day, 1 January" in answer.text


def test_the_page_speaks_chinese(app: Flask, cast: Cast) -> None:
    centre = signed_in(app, cast, "ceng")
    centre.language = "zh"
    page = centre.open(PAGE).text
    for word in ("维护工作日历", "通知文号", "调休上班日", "提出"):
        assert word in page


def test_strangers_find_the_door_shut(app: Flask, cast: Cast) -> None:
    assert signed_in(app, cast, "wang").open(PAGE).status_code == 403
    assert Browser(app.test_client(), cast).open(PAGE).status_code == 303
