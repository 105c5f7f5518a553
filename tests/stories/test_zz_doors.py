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
    pages = {who: Doors.enter(exchange, person) for who, person in people.items()}
    made = Doors(exchange, walked[0], {**pages, VISITOR: Page(exchange.platform)})
    find_samples(made)
    return made


@pytest.fixture(scope="module")
def seen(doors: Doors) -> dict[str, set[str]]:
    """Each page, and who was shown it."""
    found: dict[str, set[str]] = {}
    for way in behind_the_door():
        if way.method == "GET":
            found[str(way)] = {who for who in doors.pages if doors.look(who, way).is_shown}
    return found


def acts() -> list[Way]:
    return [way for way in behind_the_door() if way.method != "GET"]


def test_everybody_is_shown_what_the_table_says_and_nothing_else(
    doors: Doors, seen: dict[str, set[str]]
) -> None:
    write_found(doors.exchange.folder, seen)
    table = written()
    differ = {
        way: {"more": sorted(who - table[way]), "less": sorted(table[way] - who)}
        for way, who in seen.items()
        if who != table[way]
    }
    assert differ == {}


def test_a_visitor_is_led_to_the_sign_in_and_shown_nothing(doors: Doors) -> None:
    for way in behind_the_door():
        if way.method == "GET":
            answer = doors.look(VISITOR, way)
            assert answer.is_door, (str(way), answer.status, answer.leads)


def test_nobody_acts_whom_the_table_does_not_name(doors: Doors, seen: dict[str, set[str]]) -> None:
    """With the forms that others were shown, filled in, and with marks of one's own browser."""
    assert seen, "the pages are looked at first: their forms are what is tried"
    table, wrong, asked = written(), [], 0
    for way in acts():
        for who in doors.pages:
            if who in table[str(way)]:
                continue
            for path, answer in doors.knock(who, way):
                asked += 1
                if not answer.is_away:
                    wrong.append(f"{who}: {way.method} {path} -> {answer.status} {answer.leads}")
    assert wrong == []
    assert asked > 500
