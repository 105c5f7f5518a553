"""The foreground program is killed outright: the next start is not blocked and nothing is lost."""

import psutil
import pytest

from market.demo import supervisor
from tests.support.exchange import Exchange
from tests.support.story_bidder import firm
from tests.support.story_owner import Officer, deadline, owner, published


def test_a_killed_exchange_starts_again_at_once_and_has_lost_nothing(
    exchange: Exchange, three: list[Officer]
) -> None:
    no = published(exchange, "投影设备", three)
    bidder = firm(exchange, 11)
    bidder.buy()
    told = bidder.bid(no, 2_150_000)
    before = exchange.tender(no), deadline(exchange, no), exchange.now()
    head = _size(exchange)
    word = (exchange.var / "supervisor.word").read_text()
    left = _carriers(word)
    assert len(left) > 8, "hosts with their workers, sequencer, witness, custodian, queue"
    exchange.kill()
    exchange.start_again()
    assert not {process.pid for process in left if process.is_running()}
    assert _carriers(word) == []
    after = exchange.tender(no), deadline(exchange, no)
    assert after == before[:2]
    assert exchange.now() >= before[2], "the exchange's clock survives as well"
    assert _size(exchange) >= head
    assert bidder.redeemed(no)["index"] > 0, told
    (row,) = bidder.client("bid", "watch", no).facts["tenders"]
    assert row["stands"]
    assert owner(exchange).get(f"/desk/tenders/{no}").status == 200


@pytest.mark.long
def test_an_exchange_that_was_ended_in_order_starts_again_as_well(exchange: Exchange) -> None:
    head = _size(exchange)
    assert exchange.end_in_order() == 0
    exchange.start_again()
    assert _size(exchange) >= head


def _size(exchange: Exchange) -> int:
    """How many entries the public log has under its newest checkpoint."""
    return int(exchange.answer("/log/checkpoint")[1].split(b"\n")[1])


def _carriers(word: str) -> list[psutil.Process]:
    """Every process that a supervisor with this word started, however deep."""
    return [one for one in psutil.process_iter() if supervisor._carries(one, word)]
