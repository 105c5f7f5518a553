"""From the project to the contract and the refund, as far as there are rooms: all over HTTP."""

from datetime import timedelta
from http import HTTPStatus

from tests.support.exchange import Exchange
from tests.support.story_bidder import balance, firm
from tests.support.story_opening import closed, opened, verified, witnessed
from tests.support.story_owner import BOND, Officer, published

PRICES = (3_000_000, 2_900_000, 3_100_000)
BETTER = 2_950_000


def test_a_tender_goes_from_the_project_to_its_opening_record(
    exchange: Exchange, five: list[Officer]
) -> None:
    no = published(exchange, "超声诊断系统", five)
    assert exchange.tender(no)["state"] == "published"
    firms = [firm(exchange, number) for number in (4, 5, 6)]
    before = [balance(exchange, each.organisation) for each in firms]
    for each, yuan in zip(firms, PRICES, strict=True):
        each.buy()
        assert each.bid(no, yuan)["act"] == "submission"
    assert [balance(exchange, each.organisation) for each in firms] == [
        whole - BOND for whole in before
    ]
    replaced = firms[0].seal(no, BETTER, "replace")
    assert replaced["seq"] == 1
    for each in firms:
        assert each.redeemed(no)["index"] > 0
    listed = closed(exchange, no)
    entry = witnessed(exchange, no, "closing")
    assert len(listed["list"]["acts"]) == len(firms)
    for each in firms:
        done = verified(exchange, each, no, entry)
        assert done.code == 0, done.raw
    assert not exchange.entries(no, "opening-record")
    record = opened(exchange, no, [five[0], five[2], five[4]])
    found = {bid["uscc"]: _price(bid) for bid in record["bids"]}
    wanted = (BETTER, *PRICES[1:])
    assert found == {each.uscc: yuan * 100 for each, yuan in zip(firms, wanted, strict=True)}
    assert exchange.tender(no)["state"] == "opened"
    page = exchange.visitor().get(f"/tenders/{no}")
    assert page.status == HTTPStatus.OK


def _price(bid: dict) -> int:
    (found,) = [fact["value"] for fact in bid["facts"] if fact["name"] == "price"]
    return int(found)


def test_the_clock_never_goes_back(exchange: Exchange) -> None:
    page = exchange.visitor().get("/demo/clock")
    earlier = exchange.now() - timedelta(days=1)
    page.submit({"to": earlier.strftime("%Y-%m-%dT%H:%M")}, has="to")
    assert page.summary
    assert exchange.now() > earlier
