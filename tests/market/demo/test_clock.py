"""The demonstration's clock: it begins on a morning, moves forward only, and outlives a process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from market.demo.clock import BEGIN, FARTHEST, FIRST_MORNING, DemoClock, FollowingClock
from market.kernel.clock import StoppedClock
from market.kernel.errors import Refusal
from market.protocol.encoding import canonical, moment, stamp
from tests.market.demo.conftest import DUE, THING, Room
from tests.support.browsing import Browser

SECOND = timedelta(seconds=1)
SOON = timedelta(minutes=1)
"""Longer than a test takes between two readings."""


def test_it_begins_on_the_first_morning_and_goes_on(clock: DemoClock) -> None:
    first, second = clock.now(), clock.now()
    assert FIRST_MORNING <= first < second < FIRST_MORNING + SOON
    assert first.tzinfo is UTC


def test_it_moves_forward_and_never_back(clock: DemoClock) -> None:
    wanted = FIRST_MORNING + timedelta(days=20)
    assert wanted <= clock.advance_to(wanted) < wanted + SOON
    with pytest.raises(Refusal) as refused:
        clock.advance_to(wanted - SECOND)
    assert refused.value.code == "clock-only-forward"
    assert clock.now() >= wanted


def test_one_move_goes_a_year_and_a_day_and_not_to_the_end_of_all_calendars(
    clock: DemoClock,
) -> None:
    begin = clock.now()
    with pytest.raises(Refusal) as refused:
        clock.advance_to(begin + FARTHEST + SOON)
    assert refused.value.code == "clock-too-far"
    assert clock.now() < begin + SOON
    assert clock.advance_to(begin + FARTHEST) >= begin + FARTHEST


def test_a_second_start_does_not_put_it_back(engine: Engine, clock: DemoClock) -> None:
    wanted = FIRST_MORNING + timedelta(days=3)
    clock.advance_to(wanted)
    again = DemoClock(engine)
    again.set_up()
    again.set_up(BEGIN)
    assert again.now() >= wanted


def test_the_shift_is_what_lies_between_it_and_the_machine(
    engine: Engine, clock: DemoClock
) -> None:
    before = clock.shift()
    clock.advance_to(clock.now() + timedelta(hours=5))
    gone = clock.shift() - before
    assert timedelta(hours=5) - SOON < gone <= timedelta(hours=5)
    assert DemoClock(engine).shift() == clock.shift()


def test_the_page_moves_it_and_whatever_is_due_has_happened(
    browser: Browser, clock: DemoClock, room: Room
) -> None:
    typed = {"to": "2026-03-03T08:59"}  # in Shanghai, eight hours ahead
    assert browser.send("/demo/clock", typed, form="Jump").status_code == 303
    assert room.done == []
    assert browser.send("/demo/clock", {"to": "2026-03-03T09:00"}, form="Jump").status_code == 303
    assert room.done == [THING]
    assert clock.now() >= DUE


def test_the_page_refuses_to_go_back_and_keeps_what_was_typed(
    browser: Browser, clock: DemoClock
) -> None:
    refused = browser.send("/demo/clock", {"to": "2026-03-01T09:00"}, form="Jump")
    assert refused.status_code == 409
    assert "only moves forward" in refused.text
    assert 'value="2026-03-01T09:00"' in refused.text
    assert clock.now() < FIRST_MORNING + SOON


def test_the_page_does_not_put_the_demonstration_out_of_reach(
    browser: Browser, clock: DemoClock
) -> None:
    refused = browser.send("/demo/clock", {"to": "9999-12-31T23:59"}, form="Jump")
    assert refused.status_code == 409
    assert "at most 366 days" in refused.text
    assert clock.now() < FIRST_MORNING + SOON


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-02-30T10:00"])
def test_what_is_no_moment_moves_nothing(browser: Browser, clock: DemoClock, typed: str) -> None:
    refused = browser.send("/demo/clock", {"to": typed}, form="Jump")
    assert refused.status_code == 422
    assert f'value="{typed}"' in refused.text or not typed
    assert clock.now() < FIRST_MORNING + SOON


def test_each_deadline_has_a_button_that_goes_just_behind_its_grace(
    browser: Browser, clock: DemoClock, room: Room
) -> None:
    page = browser.open("/demo/clock").text
    row = page.split("A tender that closes")[1].split("</tr>")[0]
    assert 'name="to" value="2026-03-03T09:01:01"' in row
    assert (
        browser.send("/demo/clock", {"to": "2026-03-03T09:01:01"}, form="Jump").status_code == 303
    )
    assert room.done == [THING]
    assert clock.now() >= DUE + timedelta(seconds=61)
    assert "No deadline is running." in browser.open("/demo/clock").text


def test_programs_move_it_by_a_call_and_read_how_far_it_is(
    browser: Browser, clock: DemoClock, room: Room
) -> None:
    moved = browser.client.post("/api/v1/demo/clock", data=canonical({"to": stamp(DUE)}))
    assert moved.status_code == 200
    assert moment(moved.json["now"]) >= DUE
    assert room.done == [THING]
    earlier = canonical({"to": stamp(DUE - SECOND)})
    back = browser.client.post("/api/v1/demo/clock", data=earlier)
    assert (back.status_code, back.json["code"]) == (409, "clock-only-forward")
    told = browser.client.get("/demo/clock.json").json["shift_microseconds"]
    assert timedelta(microseconds=told) == clock.shift()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"to":5}', b'{"to":"tomorrow"}'])
def test_a_call_that_names_no_moment_is_refused(
    browser: Browser, clock: DemoClock, body: bytes
) -> None:
    answer = browser.client.post("/api/v1/demo/clock", data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert clock.now() < FIRST_MORNING + SOON


def test_other_organisations_follow_it(app: Flask, clock: DemoClock) -> None:
    standing = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    with served(app) as url:
        following = FollowingClock(url, StoppedClock(standing))
        assert following.now() == standing + clock.shift()
        clock.advance_to(clock.now() + timedelta(days=2))
        assert following.now() == standing + clock.shift()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The platform at an address of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
