"""`python -m market.demo clock …` moves the clock of a demonstration that runs somewhere else."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from market.demo.__main__ import main
from market.demo.clock import FIRST_MORNING, DemoClock
from tests.market.demo.conftest import DUE, THING, Room
from tests.market.demo.test_clock import SOON, served


@pytest.fixture
def running(app: Flask, monkeypatch: pytest.MonkeyPatch) -> object:
    """A demonstration at the port that PORT names."""
    with served(app) as url:
        monkeypatch.setenv("PORT", url.rpartition(":")[2])
        yield url


@pytest.mark.usefixtures("running")
def test_the_command_moves_it_to_beijing_time_and_what_is_due_has_happened(
    clock: DemoClock, room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clock", "2026-03-03T08:59"]) == 0
    assert room.done == []
    assert main(["clock", "2026-03-03T09:00"]) == 0
    assert DUE <= clock.now() < DUE + SOON
    assert room.done == [THING]
    assert '"now"' in capsys.readouterr().out


@pytest.mark.usefixtures("running")
def test_a_moment_with_its_own_offset_is_that_moment(clock: DemoClock) -> None:
    assert main(["clock", "2026-03-03T01:00+00:00"]) == 0
    assert datetime(2026, 3, 3, 1, tzinfo=UTC) == DUE
    assert DUE <= clock.now() < DUE + SOON


@pytest.mark.usefixtures("running")
def test_the_command_does_not_move_it_back_and_says_why(
    clock: DemoClock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clock", "2026-03-01T09:00"]) == 1
    assert "clock-only-forward" in capsys.readouterr().out
    assert clock.now() < FIRST_MORNING + SOON


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("words", [[], ["tomorrow"], ["2026-02-30T10:00"]])
def test_what_names_no_moment_moves_nothing(
    words: list[str], clock: DemoClock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clock", *words]) == 2
    assert "Name a moment" in capsys.readouterr().out
    assert clock.now() < FIRST_MORNING + timedelta(minutes=1)


def test_where_nothing_runs_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "1")
    assert main(["clock", "2026-03-24T09:30"]) == 1
    assert "No demonstration answers at port 1" in capsys.readouterr().out
