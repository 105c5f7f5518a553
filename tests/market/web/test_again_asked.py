"""A form whose answer was lost is answered as the first time, whatever its page shows by then."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.market.web.conftest import Browser
from tests.market.web.test_forms import TYPED, effects

VOTE = "/trial/vote"


@pytest.fixture
def clerk(browser: Browser) -> Browser:
    browser.sign_in("clerk")
    browser.open("/?lang=en")
    return browser


def test_a_form_that_its_page_no_longer_shows_is_answered_as_the_first_time(
    clerk: Browser, engine: Engine
) -> None:
    marks = clerk.marks(clerk.open(VOTE))
    first = clerk.client.post(VOTE, data={**marks, **TYPED})
    assert clerk.open(VOTE).text == "given"
    second = clerk.client.post(VOTE, data={**marks, **TYPED})
    assert (second.status_code, second.location) == (303, first.location)
    assert effects(engine) == 1


def test_a_form_that_was_never_carried_out_is_not_answered_so(
    clerk: Browser, engine: Engine
) -> None:
    first, second = (clerk.marks(clerk.open(VOTE)) for _ in range(2))
    clerk.client.post(VOTE, data={**first, **TYPED})
    assert clerk.client.post(VOTE, data={**second, **TYPED}).text == "given"
    assert effects(engine) == 1


def test_nobody_else_is_led_anywhere_by_anothers_mark(
    clerk: Browser, app: Flask, engine: Engine
) -> None:
    marks = clerk.marks(clerk.open(VOTE))
    clerk.client.post(VOTE, data={**marks, **TYPED})
    other = Browser(app.test_client())
    other.sign_in("clerk")
    stolen = other.client.post(VOTE, data={**marks, **TYPED})
    assert "kept=" in stolen.location  # another browser has no proof: it is asked to send anew
    assert effects(engine) == 1


def test_the_same_form_from_two_windows_at_once_is_one_act_with_one_answer(
    clerk: Browser, app: Flask, engine: Engine
) -> None:
    marks = clerk.marks(clerk.open("/trial/note"))
    cookies = [(one.key, one.value) for one in clerk.client._cookies.values()]

    def send(_: int) -> tuple[int, str | None]:
        window = app.test_client()
        for key, value in cookies:
            window.set_cookie(key, value)
        answer = window.post("/trial/note", data={**marks, **TYPED})
        return answer.status_code, answer.location

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(send, range(4)))
    assert len(answers) == 1
    assert effects(engine) == 1
