"""Pages of docs/bench: the machine first, and nothing passed off as more than it was."""

from dataclasses import replace

from bench.goals import Measure, at_least, counted
from bench.pairs import Ratio
from bench.told import QUIET, Machine, page, this_machine

QUIETLY = Machine("A processor", 2, 8, "Linux 6.1", "3.11.9", load=QUIET * 2)
STEADY = Ratio(0.61, 0.52, 0.7, limit_varies=0.1)


def told(machine: Machine, measures: list[Measure]) -> str:
    return page("P7", "list pages", "a board", machine, "2026-03-02 09:00 UTC", measures)


def test_a_page_begins_with_its_machine_and_shows_the_bad_end() -> None:
    met, missed = at_least("board", STEADY, 0.5), at_least("narrow board", STEADY, 0.53)
    text = told(QUIETLY, [met, missed, counted("statements", 4, 4)])
    assert "Machine: A processor, 2 processors, 8 GiB; Linux 6.1; Python 3.11.9" in text
    assert "| board | 0.61 [0.52-0.70] | >= 0.5 | met |" in text
    assert "| narrow board | 0.61 [0.52-0.70] | >= 0.53 | not met |" in text
    assert "| statements | 4 | <= 4 | met |" in text
    assert "not quiet" not in text


def test_a_busy_machine_and_an_unsteady_limit_are_said() -> None:
    busy = replace(QUIETLY, load=QUIET * 2 + 0.01)
    unsteady = at_least("board", replace(STEADY, limit_varies=0.4), 0.5)
    assert not unsteady.holds
    text = told(busy, [unsteady])
    assert "The machine was not quiet" in text
    assert "| void |" in text


def test_this_machine_says_what_it_is() -> None:
    here = this_machine()
    assert here.cores >= 1
    assert here.memory >= 1
    assert here.processor
