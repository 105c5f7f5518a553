"""An amendment that asks for new bids: the old ones fall, the client tells, a new one stands."""

import pytest

from tests.support.exchange import Exchange
from tests.support.story_bidder import firm
from tests.support.story_owner import Officer, deadline, fine, owner, published

pytestmark = pytest.mark.long


def test_a_requiring_amendment_lets_bids_fall_and_moves_the_deadline(
    exchange: Exchange, three: list[Officer]
) -> None:
    no = published(exchange, "实验室设备", three)
    firms = [firm(exchange, number) for number in (4, 5, 6)]
    for each in firms:
        each.buy()
        each.bid(no, 2_300_000)
    before = deadline(exchange, no)
    amend(exchange, no, "explains", "联系电话更正")
    assert _stands(firms[0], no)
    amend(exchange, no, "requires_new", "数量由 4 台改为 5 台")
    assert deadline(exchange, no) >= before
    assert [_stands(each, no) for each in firms] == [False, False, False]
    for each in firms[:2]:
        assert each.seal(no, 2_250_000, "replace")["seq"] == 1
        assert _stands(each, no)
    listed = exchange.ask(f"/api/v1/tenders/{no}/amendments")
    assert [item["kind"] for item in listed] == ["explains", "requires-new"]
    exchange.advance_to(deadline(exchange, no))
    exchange.beat()
    assert not _stands(firms[2], no)


def amend(exchange: Exchange, no: str, kind: str, words: str) -> None:
    """An amendment by the owner's page."""
    before = len(exchange.entries(no, "amendment"))
    page = owner(exchange).get(f"/desk/tenders/{no}/amendment")
    fine(page.submit({"kind": kind, "zh": words, "en": f"Amended: {words}"}, has="zh"))
    exchange.wait_for(lambda: len(exchange.entries(no, "amendment")) > before)


def _stands(bidder, no: str) -> bool:
    (row,) = bidder.client("bid", "watch", no).facts["tenders"]
    return bool(row["stands"])
