"""Who is shown which page, and let in with which act, of a tender that went the whole way.

Told last, of the walk's tender. `tests/architecture/permissions.txt` names, for each way in behind
the door, everybody of the cast in `tests.support.doors` who is shown it or may act there; it is
written and judged by hand. A surprise is a line that differs: the exchange's folder then holds the
table as it was found.
"""

import pytest

from market.demo.play.driver import Page
from tests.support.doors import (
    PEOPLE,
    VISITOR,
    Answer,
    Doors,
    Way,
    behind_the_door,
    cast,
    find_samples,
    write_found,
    written,
)
from tests.support.exchange import Exchange

WALKED = "超声诊断系统"
ENDED = {"contracted", "archived"}
COURSE = "POST /projects/<code>/<any(submit, admit, close, cancel, 'allow-early'):act>"
STEPS = {
    "submit": {"owner", "owner-on-panel"},
    "admit": {"centre"},
    "close": {"owner", "owner-on-panel"},
    "cancel": {"owner", "owner-on-panel"},
    "allow-early": {"regulator"},
}
"""The one way in whose steps are different people's; its line in the table names all of them."""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def doors(exchange: Exchange) -> Doors:
    """The walk's tender; the table says nothing of a run in which nobody walked."""
    tenders = exchange.ask("/api/v1/tenders")["items"]
    walked = [one["no"] for one in tenders if one["title_zh"] == WALKED and one["state"] in ENDED]
    if not walked:
        pytest.skip("told after the walk")
    people = cast(exchange, walked[0])
    assert tuple(people) == PEOPLE
    made = Doors(exchange, walked[0], dict.fromkeys(people, Page(exchange.platform)))
    made.pages = made.everybody(lambda who: Doors.enter(exchange, people[who]))
    made.pages[VISITOR] = Page(exchange.platform)
    find_samples(made)
    return made


@pytest.fixture(scope="module")
def seen(doors: Doors) -> dict[str, dict[str, Answer]]:
    """What everybody is answered at every page."""
    ways = [way for way in behind_the_door() if way.method == "GET"]
    found = doors.everybody(lambda who: {str(way): doors.look(who, way) for way in ways})
    return {str(way): {who: found[who][str(way)] for who in found} for way in ways}


def may(way: Way, path: str, table: dict[str, set[str]]) -> set[str]:
    """Who may do this: by the table, and by the step where a way in has several."""
    named = table[str(way)]
    return named & STEPS[path.rsplit("/", 1)[-1]] if str(way) == COURSE else named


def test_everybody_is_shown_what_the_table_says_and_nothing_else(
    doors: Doors, seen: dict[str, dict[str, Answer]]
) -> None:
    shown = {way: {who for who in said if said[who].is_shown} for way, said in seen.items()}
    write_found(doors.exchange.folder, shown)
    table = written()
    differ = {
        way: {"more": sorted(who - table[way]), "less": sorted(table[way] - who)}
        for way, who in shown.items()
        if who != table[way]
    }
    assert differ == {}


def test_a_visitor_is_led_to_the_sign_in_and_shown_nothing(
    seen: dict[str, dict[str, Answer]],
) -> None:
    for way, said in seen.items():
        assert said[VISITOR].is_door, (way, said[VISITOR].status, said[VISITOR].leads)


def test_nobody_acts_whom_the_table_does_not_name(
    doors: Doors, seen: dict[str, dict[str, Answer]]
) -> None:
    """With the forms that others were shown, filled in, and with marks of one's own browser."""
    assert seen, "the pages are looked at first: their forms are what is tried"
    table = written()
    ways = [way for way in behind_the_door() if way.method != "GET"]

    def knock(who: str) -> list[tuple[str, Answer]]:
        return [
            (f"{who}: {way.method} {path} -> {answer.status} {answer.leads}", answer)
            for way in ways
            for path in doors.addresses(way)
            if who not in may(way, path, table)
            for answer in doors.knock(who, way, path)
        ]

    tried = [one for held in doors.everybody(knock).values() for one in held]
    assert [said for said, answer in tried if not answer.is_away] == []
    assert len(tried) > 1000


def test_the_steps_of_a_project_are_those_of_its_line() -> None:
    assert set().union(*STEPS.values()) == written()[COURSE]
    assert all(step in COURSE for step in STEPS)
