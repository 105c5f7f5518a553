"""The services of one approval on the pages: numbers, the axis, what a reader is not told."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from intermediaries.catalogue.feature import FEATURE as CATALOGUE
from intermediaries.orders.feature import FEATURE
from intermediaries.rulebook.clock.parties import Party
from market.accounts.feature import FEATURE as ACCOUNTS
from market.approvals.feature import FEATURE as APPROVALS
from market.kernel.workhours import hours_of
from market.projects.feature import FEATURE as PROJECTS
from tests.support.browsing import Browser, app_of, signed_in
from tests.support.services_cast import FIRST, SECOND, ServicesCast, make_services_cast


@pytest.fixture
def both(engine: Engine) -> ServicesCast:
    return make_services_cast(engine)


@pytest.fixture
def app(both: ServicesCast, redis_url: str, tmp_path: Path) -> Flask:
    features = (ACCOUNTS, PROJECTS, APPROVALS, CATALOGUE, FEATURE)
    return app_of(both.orders.cast, features, redis_url, tmp_path)


def browser(app: Flask, both: ServicesCast, account: str, language: str = "zh") -> Browser:
    made = signed_in(app, both.orders.cast, account)
    made.language = language
    return made


def section(page: str) -> str:
    """What stands under the heading of the section."""
    assert 'id="services"' in page
    return page.split('id="services"')[1].split("<h2", maxsplit=1)[0]


def one_handed_in(both: ServicesCast) -> None:
    both.begun()
    both.orders.go("11-03 09:00")
    both.hand_in(FIRST)
    both.orders.go("11-04 10:00")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("本审批的各项服务", "合计不是各项相加", "仍在办理", "在审批部门", "在业主")),
        ("en", ("Services of this approval", "is not the sum", "still runs", "held by: owner")),
    ],
)
def test_the_owner_reads_the_services_side_by_side_and_the_union(
    app: Flask, both: ServicesCast, language: str, words: tuple[str, ...]
) -> None:
    one_handed_in(both)
    page = browser(app, both, "wang", language).open(f"/orders/{FIRST}").text
    shown = section(page)
    for each in words:
        assert each in page
    assert f'href="/orders/{SECOND}"' in shown
    assert f'href="/orders/{FIRST}"' not in shown
    whole = both.seen(FIRST, both.orders.owner).whole
    totals = re.findall(r'<td class="right"[^>]*>([\d.]+)</td>', shown)[-2:]
    assert totals == [hours_of(whole.united[one]) for one in (Party.OWNER, Party.DEPARTMENT)]
    for no in (FIRST, SECOND):
        owner = hours_of(both.orders.reading(no).charged[Party.OWNER])
        assert f">{owner}</td>" in shown


def test_both_bars_lie_on_the_time_of_the_whole_approval(app: Flask, both: ServicesCast) -> None:
    one_handed_in(both)
    shown = section(browser(app, both, "wang").open(f"/orders/{SECOND}").text)
    bars = shown.split("<svg")[1:]
    first = re.findall(r'x="([\d.]+)%" y="0" width="([\d.]+)%"', bars[0])
    second = re.findall(r'x="([\d.]+)%" y="0" width="([\d.]+)%"', bars[1])
    assert first == [("0.0", "47.1"), ("47.1", "52.9")]
    assert second == [("0.0", "100.0")]


def test_an_agency_reads_the_hours_beside_it_and_nothing_that_was_written_there(
    app: Flask, both: ServicesCast
) -> None:
    one_handed_in(both)
    mei = browser(app, both, "mei")
    page = mei.open(f"/orders/{SECOND}").text
    shown = section(page)
    assert FIRST in shown
    assert ">8</td>" in shown or ">8.0</td>" in shown
    assert f"成果{FIRST}" not in page
    outline = mei.open(f"/orders/{FIRST}").text
    assert 'id="services"' not in outline
    assert f"成果{FIRST}" not in outline


def test_the_department_is_told_how_many_are_to_come_and_not_whose(
    app: Flask, both: ServicesCast
) -> None:
    one_handed_in(both)
    shen = browser(app, both, "shen")
    before = shen.open(f"/orders/{FIRST}").text
    assert "另有1项服务尚未报送" in section(before)
    shen.language = "en"
    assert "One service was not handed in yet." in shen.open(f"/orders/{FIRST}").text
    shen.language = "zh"
    for secret in (SECOND, "mappers", both.orders.place.plain):
        assert secret not in before
    both.hand_in(SECOND, "mappers")
    after = section(shen.open(f"/orders/{FIRST}").text)
    assert "尚未报送" not in after
    for known in (SECOND, "mappers", both.orders.place.plain):
        assert known in after


def test_an_order_alone_in_its_approval_shows_no_section(app: Flask, both: ServicesCast) -> None:
    both.orders.go("10-29 09:00")
    both.open(FIRST)
    both.orders.go("11-02 09:00")
    both.sign(FIRST)
    assert 'id="services"' not in browser(app, both, "wang").open(f"/orders/{FIRST}").text


def test_the_cases_of_a_project_are_listed_with_their_service(
    app: Flask, both: ServicesCast
) -> None:
    one_handed_in(both)
    both.hand_in(SECOND, "mappers")
    survey, plan = both.orders.place.survey, both.orders.place.plain
    code = both.orders.row(FIRST).project_code
    wang = browser(app, both, "wang")
    for address in ("/desk/own-approvals", f"/projects/{code}/cases"):
        page = wang.open(address).text
        assert f"服务事项{survey}" in page
        assert f"服务事项{plan}" in page
    public = Browser(app.test_client(), both.orders.cast, "en")
    page = public.open(f"/approvals/progress?project={code}").text
    assert f"service {survey}" in page
    assert f"service {plan}" in page
    page = browser(app, both, "shen").open("/desk/approvals").text
    assert f"服务事项{plan}" in page
