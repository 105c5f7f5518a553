"""Home, desk, health, and how things look on a page."""

from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

import pytest
import structlog
from flask import Flask

from market.factory import create_app
from market.kernel.errors import BadInput
from market.kernel.money import Money
from market.kernel.workdays import NotYetPublished
from market.web import filters, logs
from market.web.access import actor_loader
from market.web.patterns import Holding, stretches
from market.web.words import Vocabulary, words_of
from tests.market.web.conftest import Browser, settings_for
from tests.market.web.trial import METHOD_WORDS, Method
from tests.support.offices import TestOffice

NOON = datetime(2026, 3, 24, 1, 30, 5, tzinfo=UTC)


def test_home_shows_what_closes_next_first(browser: Browser) -> None:
    page = browser.open("/").text
    assert page.index("滨江大道改造施工") < page.index("清河区中心医院彩超采购")
    assert "今日公告" in page
    assert 'action="/trial/done"' in page


def test_home_of_an_empty_house_says_so(house: TestOffice, redis_url: str, tmp_path: Path) -> None:
    app = create_app(settings_for(redis_url, tmp_path), (), office=house.office)
    page = app.test_client().get("/", headers={"Accept-Language": "en"})
    assert page.text.count("Nothing here at the moment.") == 3
    assert 'role="search"' not in page.text


def test_the_desk_has_the_most_urgent_first_and_what_has_no_date_last(browser: Browser) -> None:
    browser.sign_in("clerk")
    page = browser.open("/desk?lang=en").text
    order = [page.index(words) for words in ("Return the bond", "Answer a", "Confirm the award")]
    assert order == sorted(order)
    headings = [page.index(words) for words in (">Late", ">Today", ">Without a date")]
    assert headings == sorted(headings)
    assert "one hour over" in page
    assert "3 hours left" in page


def test_a_line_of_the_desk_says_what_its_number_is_called(browser: Browser) -> None:
    browser.sign_in("clerk")
    assert (
        "ZC-2026-000124 · Ultrasound &lt;systems&gt;</span>" in browser.open("/desk?lang=en").text
    )
    page = browser.open("/desk?lang=zh").text
    assert "ZC-2026-000124 · 超声设备</span>" in page
    assert "ZC-2026-000123</span>" in page, "what no room has a title for is shown by its number"
    assert "无关" not in page


def test_the_desk_is_ones_own(browser: Browser) -> None:
    browser.sign_in("reader")
    assert "Nothing waits for you." in browser.open("/desk?lang=en").text


def test_health_asks_the_database(browser: Browser, house: TestOffice, app: Flask) -> None:
    assert browser.open("/healthz").json == {"status": "ok"}
    dead = create_app(app.extensions["market"].settings, ())
    answer = dead.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "no database"})


def test_who_is_signed_in_stands_in_the_header(browser: Browser) -> None:
    assert "登录" in browser.open("/").text
    browser.sign_in("clerk")
    page = browser.open("/").text
    assert "&lt;clerk&gt;" in page
    assert 'action="/sign-out"' in page


def test_a_refused_sign_in_is_shown_and_does_not_break_the_page(app: Flask) -> None:
    def refuse() -> None:
        raise BadInput("bad-token", zh="凭证无效", en="Bad token", status=401)

    actor_loader(app, refuse)
    answer = app.test_client().get("/trial/mine", headers={"Accept-Language": "en"})
    assert (answer.status_code, "Bad token" in answer.text) == (401, True)


def test_signed_in_routes_leave_person_and_address_and_public_ones_neither(
    browser: Browser,
) -> None:
    browser.sign_in("reader")
    with structlog.testing.capture_logs() as lines:
        browser.open("/trial/mine?secret=1")
        browser.open("/trial/done?secret=1")
    closed, open_ = lines
    assert (closed["endpoint"], closed["address"]) == ("trial.mine", "127.0.0.1")
    assert closed["person"].endswith("08")
    assert set(open_) == {"event", "log_level", "endpoint", "method", "status", "milliseconds"}
    assert "secret" not in str(lines)


def test_places_of_a_fault_have_no_message() -> None:
    with pytest.raises(ValueError, match="somebody") as raised:
        int("typed by somebody")
    found = logs.places(raised.value)
    assert len(found) == 1
    assert "test_front.py" in found[0]
    assert "somebody" not in found[0]


# --- how things look ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "value", "zh", "en"),
    [
        (filters.money, Money(123_456_789), "¥\xa01,234,567.89", "¥\xa01,234,567.89"),
        (filters.money, None, "—", "—"),
        (filters.capitals, Money(328_000_000), "叁佰贰拾捌万元整", "叁佰贰拾捌万元整"),
        (
            filters.moment,
            NOON,
            "2026年3月24日 09:30（北京时间）",
            "24 March 2026, 09:30 (Beijing time)",
        ),
        (
            filters.moment,
            NotYetPublished(2027),
            "待2027年节假日安排公布后确定",
            "not known until the holidays of 2027 are published",
        ),
        (
            filters.last_moment,
            datetime(2026, 3, 30, 16, 0, tzinfo=UTC),
            "2026年3月30日 星期一 24:00",
            "the end of Monday, 30 March 2026",
        ),
        (
            filters.last_moment,
            datetime(2026, 3, 30, 16, 1, tzinfo=UTC),
            "2026年3月31日 00:01",
            "31 March 2026, 00:01",
        ),
        (filters.tongue, "云汀经纬测绘有限公司", "zh-CN", "zh-CN"),
        (filters.tongue, "IC11-001 – A", None, None),
        (filters.day, date(2026, 3, 24), "2026年3月24日 星期二", "Tuesday, 24 March 2026"),
        (filters.word, Method.OPEN, "公开招标", "open"),
        (filters.number, 12345, "12\u202f345", "12\u202f345"),
        (filters.percent, Fraction(944, 1000), "94.4\xa0%", "94.4\xa0%"),
        (filters.percent, Fraction(-1, 3), "−33.3\xa0%", "−33.3\xa0%"),
        (filters.percent, Fraction(9995, 10000), "100.0\xa0%", "100.0\xa0%"),
        (filters.file_size, 1023, "1023\xa0B", "1023\xa0B"),
        (filters.file_size, 1024, "1\xa0KB", "1\xa0KB"),
        (filters.file_size, 2_202_010, "2.1\xa0MB", "2.1\xa0MB"),
        (filters.file_size, 3 * 1024**3, "3.0\xa0GB", "3.0\xa0GB"),
        (filters.short_hash, bytes(range(16)), "0001…0e0f", "0001…0e0f"),
        (filters.short_hash, "abcdefghi", "abcdefghi", "abcdefghi"),
    ],
)
def test_values_look_as_people_expect(paper_app: Flask, shown, value, zh: str, en: str) -> None:
    for language, words in (("zh", zh), ("en", en)):
        with paper_app.test_request_context(headers={"Accept-Language": language}):
            assert shown(value) == words


def test_a_moment_is_never_shown_as_a_day(paper_app: Flask) -> None:
    with paper_app.test_request_context(), pytest.raises(TypeError):
        filters.day(NOON)


class Odd(StrEnum):
    ONE = "one"
    TWO = "two"


@pytest.mark.parametrize("names", [{Odd.ONE: ("一", "one")}, dict.fromkeys(Odd, ("", "x"))])
def test_words_for_half_an_enum_stop_the_start(names: dict[Odd, tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="TWO"):
        words_of(Odd, names)


def test_every_registered_enum_is_complete(app: Flask) -> None:
    known = app.extensions["market"].vocabulary
    for states, words in known._words.items():
        assert set(words.names) == {state.value for state in states}
        assert all(known.say(s, "zh") and known.say(s, "en") for s in states)


def test_an_enum_has_one_set_of_words() -> None:
    known = Vocabulary()
    known.add([METHOD_WORDS, METHOD_WORDS])
    with pytest.raises(ValueError, match="twice"):
        known.add([words_of(Method, dict.fromkeys(Method, ("字", "x")))])
    with pytest.raises(LookupError):
        known.say(Odd.ONE, "zh")


def test_the_holder_bar_is_as_long_as_all_hours() -> None:
    hours = [Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)]
    bar = stretches([Holding("owner", "owner", one, "x") for one in hours])
    assert [(one.left, one.width) for one in bar] == [
        ("0.0%", "33.3%"),
        ("33.3%", "33.4%"),
        ("66.7%", "33.3%"),
    ]
    assert stretches([]) == []
