"""From the project to the contract and the refund, as far as there are rooms: all over HTTP."""

from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

import pytest

from market.demo.people.kinds import Person
from market.kernel.workdays import SHANGHAI
from tests.support.exchange import Exchange
from tests.support.story_bidder import Firm, balance, firm
from tests.support.story_evaluation import (
    SETTLED,
    awarded,
    contracted,
    members_do,
    qualified,
    reported,
    representative,
)
from tests.support.story_opening import closed, opened, verified
from tests.support.story_owner import BOND, Officer, deadline, published
from tests.support.story_panel import EXPERTS, accepted, arrived, drawn, numbered

PRICES = (3_000_000, 2_900_000, 3_100_000)
BETTER = 2_950_000
BEFORE = timedelta(hours=20)
SITTING = timedelta(hours=1)


@dataclass
class Walk:
    """What the steps of the walk hand on to each other."""

    no: str = ""
    firms: list[Firm] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    members: list[Person] = field(default_factory=list)


@pytest.fixture(scope="module")
def walk() -> Walk:
    """One walk through all tests of this file, in their order."""
    return Walk()


def test_1_an_admitted_project_becomes_a_published_tender(
    exchange: Exchange, five: list[Officer], walk: Walk
) -> None:
    walk.no = published(exchange, "超声诊断系统", five)
    assert exchange.tender(walk.no)["state"] == "published"
    for kind in ("rehearsal", "manifest", "notice"):
        assert exchange.entries(walk.no, kind)


def test_2_three_bids_come_in_and_one_is_replaced(exchange: Exchange, walk: Walk) -> None:
    walk.firms = [firm(exchange, number) for number in (4, 5, 6)]
    walk.before = [balance(exchange, each.organisation) for each in walk.firms]
    for each, yuan in zip(walk.firms, PRICES, strict=True):
        each.buy()
        assert each.bid(walk.no, yuan)["act"] == "submission"
    after = [balance(exchange, each.organisation) for each in walk.firms]
    assert after == [whole - BOND for whole in walk.before]
    assert walk.firms[0].seal(walk.no, BETTER, "replace")["seq"] == 1
    for each in walk.firms:
        assert each.redeemed(walk.no)["index"] > 0


def test_3_the_panel_is_drawn_by_its_parties_before_anybody_knows_the_bidders(
    exchange: Exchange, walk: Walk
) -> None:
    until = deadline(exchange, walk.no)
    exchange.advance_to(until - BEFORE)
    drawn(exchange, walk.no, until + SITTING)
    walk.members = accepted(exchange, walk.no)
    assert len(walk.members) == EXPERTS


def test_4_the_bids_are_opened_by_three_of_five_officers(
    exchange: Exchange, five: list[Officer], walk: Walk
) -> None:
    listed = closed(exchange, walk.no)
    entry = exchange.witnessed(walk.no, "closing")
    assert len(listed["list"]["acts"]) == len(walk.firms)
    for each in walk.firms:
        done = verified(exchange, each, walk.no, entry)
        assert done.code == 0, done.raw
    assert not exchange.entries(walk.no, "opening-record")
    record = opened(exchange, walk.no, [five[0], five[2], five[4]])
    found = {bid["uscc"]: _price(bid) for bid in record["bids"]}
    wanted = (BETTER, *PRICES[1:])
    assert found == {each.uscc: yuan * 100 for each, yuan in zip(walk.firms, wanted, strict=True)}
    assert exchange.visitor().get(f"/tenders/{walk.no}").status == HTTPStatus.OK
    numbered(exchange, walk.no)


def test_5_the_panel_scores_and_signs(exchange: Exchange, walk: Walk) -> None:
    arrived(exchange, walk.no, walk.members)
    exchange.beat()
    everybody = [*walk.members, representative(exchange)]
    qualified(exchange, walk.no)
    members_do(exchange, walk.no, everybody)
    exchange.wait_for(lambda: exchange.entries(walk.no, "score-lock"))
    assert not exchange.entries(walk.no, "result")
    reported(exchange, walk.no, everybody)
    assert exchange.tender(walk.no)["state"] == "reported"
    report = f"/desk/evaluations/{walk.no}/report.pdf"
    assert exchange.page(walk.members[0]).get(report).body.startswith(b"%PDF-")
    stranger = exchange.page(exchange.clerk(walk.firms[0].organisation))
    assert stranger.get(report).status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
    assert not exchange.entries(walk.no, "result"), "a report is no result yet"


def test_6_the_draw_can_be_run_again_by_anybody(exchange: Exchange, walk: Walk) -> None:
    awarded(exchange, walk.no)
    path = f"/api/v1/draws/{walk.no}.panel"
    exchange.wait_for(lambda: exchange.answer(path)[0] == HTTPStatus.OK)
    file = exchange.folder / "draw.json"
    file.write_bytes(exchange.answer(path)[1])
    done = exchange.verify("draw", str(file), "--trust", str(exchange.trust), "--language", "en")
    assert done.code == 0, done.raw
    drawn_ids = {each.candidate.id for each in exchange.cast.experts if each.person in walk.members}
    assert len(drawn_ids) == EXPERTS
    assert all(name in done.raw for name in drawn_ids), done.raw
    numbers = exchange.folder / "numbers.json"
    path = f"/api/v1/draws/{walk.no}.dark-numbers"
    exchange.wait_for(lambda: exchange.answer(path)[0] == HTTPStatus.OK)
    numbers.write_bytes(exchange.answer(path)[1])
    again = exchange.verify("draw", str(numbers), "--trust", str(exchange.trust))
    assert again.code == 0, again.raw


def test_7_the_winner_gets_the_contract(exchange: Exchange, walk: Walk) -> None:
    winner, loser = walk.firms[1], walk.firms[2]
    page = exchange.visitor().get(f"/tenders/{walk.no}/result")
    assert winner.organisation.name_zh in page.text
    clerk = exchange.page(exchange.clerk(winner.organisation))
    assert clerk.get(f"/tenders/{walk.no}/award-notice.pdf").body.startswith(b"%PDF-")
    other = exchange.page(exchange.clerk(loser.organisation))
    assert other.get(f"/tenders/{walk.no}/award-notice.pdf").status == HTTPStatus.NOT_FOUND
    assert other.get(f"/desk/tenders/{walk.no}/own-result").status == HTTPStatus.OK
    exchange.advance_to(exchange.now() + timedelta(days=10))
    contracted(exchange, walk.no, f"{PRICES[1]}.00", exchange.now().astimezone(SHANGHAI).date())
    assert exchange.tender(walk.no)["state"] in {"contracted", "archived"}
    wanted = {"notice", "closing", "opening-record", "score-lock", "result", "award", "contract"}
    exchange.wait_for(lambda: _journaled(exchange, walk.no) >= wanted, 60)


def test_8_every_bond_is_back_with_interest(exchange: Exchange, walk: Walk) -> None:
    exchange.advance_to(exchange.now() + SETTLED)
    for each, whole in zip(walk.firms, walk.before, strict=True):
        exchange.wait_for(lambda e=each, w=whole: balance(exchange, e.organisation) > w, 60)


def _journaled(exchange: Exchange, no: str) -> set[str]:
    """The kinds of official acts about a tender that have their place in the record."""
    return {item["type"] for item in exchange.ask(f"/log/entries?subject={no}")["items"]}


def _price(bid: dict) -> int:
    (found,) = [fact["value"] for fact in bid["facts"] if fact["name"] == "price"]
    return int(found)


def test_the_clock_never_goes_back(exchange: Exchange) -> None:
    page = exchange.visitor().get("/demo/clock")
    earlier = exchange.now() - timedelta(days=1)
    page.submit({"to": earlier.strftime("%Y-%m-%dT%H:%M")}, has="to")
    assert page.summary
    assert exchange.now() > earlier
