"""Two experts decline, one by the letter's link, one signed in: the next in the walk are called.

Told before any other panel is called: the mailbox does not say of which tender a letter is.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

import pytest

from market.demo.people.kinds import Person
from market.demo.play.driver import Page
from market.protocol.walks import DECLINED
from tests.support.exchange import Exchange
from tests.support.story_opening import GRACE
from tests.support.story_owner import Officer, deadline, fine, owner, published
from tests.support.story_panel import (
    EXPERTS,
    accepted,
    called,
    declined_by_link,
    declined_signed_in,
    drawn,
)

BEFORE = timedelta(hours=20)
SITTING = timedelta(hours=1)
DECLINES = 2


@dataclass
class Seats:
    """What the parts of the story hand on to each other."""

    no: str = ""
    draw: str = ""
    members: list[Person] = field(default_factory=list)


@pytest.fixture(scope="module")
def seats() -> Seats:
    """One panel through all tests of this file, in their order."""
    return Seats()


def test_1_the_panel_of_a_published_tender_is_drawn(
    exchange: Exchange, three: list[Officer], seats: Seats
) -> None:
    seats.no = published(exchange, "消毒设备", three)
    until = deadline(exchange, seats.no)
    exchange.advance_to(until - BEFORE)
    seats.draw = drawn(exchange, seats.no, until + SITTING)
    assert exchange.entries(seats.draw, "draw-reveal")


def test_2_who_declines_is_followed_by_the_next_of_the_walk(
    exchange: Exchange, seats: Seats
) -> None:
    first = _everybody_called(exchange, set(), EXPERTS)
    declined_by_link(exchange, first[0])
    second = _everybody_called(exchange, {*first}, 1)
    declined_signed_in(exchange, first[1])
    third = _everybody_called(exchange, {*first, *second}, 1)
    assert declined_signed_in(exchange, first[1], twice=True).status == HTTPStatus.OK
    exchange.wait_for(lambda: len(exchange.entries(seats.draw, "draw-step")) >= DECLINES, 60)
    seats.members = accepted(exchange, seats.no)
    assert set(seats.members) == {*first[2:], *second, *third}
    page = fine(owner(exchange).get(f"/desk/tenders/{seats.no}/panel"))
    assert re.search(rf"{EXPERTS} */ *{EXPERTS}|{EXPERTS} of {EXPERTS}", page.text), page.text
    assert not any(each.name_zh in page.text for each in [*first, *seats.members])


def test_3_the_public_file_shows_the_skips_and_anybody_can_run_it_again(
    exchange: Exchange, seats: Seats
) -> None:
    # Nobody bids: the tender fails, and the draw becomes public without names.
    exchange.advance_to(deadline(exchange, seats.no) + GRACE)
    exchange.wait_for(
        lambda: exchange.beat() or exchange.tender(seats.no)["state"] == "failed", 200
    )
    path = f"/api/v1/draws/{seats.draw}"
    exchange.wait_for(lambda: exchange.answer(path)[0] == HTTPStatus.OK, 60)
    file = exchange.folder / "declined.json"
    file.write_bytes(exchange.answer(path)[1])
    steps = [step for step in json.loads(file.read_bytes())["steps"] if step["code"] == DECLINED]
    assert len(steps) == DECLINES
    assert all(step["record"] for step in steps)
    done = exchange.verify("draw", str(file), "--trust", str(exchange.trust), "--language", "en")
    assert done.code == 0, done.raw
    flipped = exchange.folder / "flipped.json"
    flipped.write_bytes(file.read_bytes().replace(b'"declined"', b'"no-answer"', 1))
    assert exchange.verify("draw", str(flipped), "--trust", str(exchange.trust)).code == 1
    for each in seats.members:
        assert _without_duty(exchange.page(each).get("/expert"))


def _everybody_called(exchange: Exchange, known: set[Person], count: int) -> list[Person]:
    """The next experts to whom letters went, beside those known already."""

    def look() -> list[Person] | None:
        exchange.beat()
        fresh = [one for one in called(exchange) if one not in known]
        return fresh if len(fresh) >= count else None

    found: list[Person] = exchange.wait_for(look, 120)
    assert len(found) == count
    return found


def _without_duty(page: Page) -> bool:
    """Whether nothing is asked of an expert any more: neither an answer nor to come."""
    return not any("/answer" in path or "/sign-in" in path for _, path in page.links)
