"""M7: a busy or biased house dates a bid later than it was there, or a friend's earlier."""

from datetime import timedelta

from market.journal import queries as journal
from market.protocol.entries import read_entry
from market.protocol.receipts import read_receipt
from market.protocol.signing import public_bytes
from tests.support.bidding_cast import SECOND, House
from tests.support.bidding_hosts import anonymous, leave, post_act

TICK = timedelta(microseconds=1)


class LateDatabase:
    """A clock that has passed the deadline by the second time anybody looks."""

    def __init__(self, house: House, *moments) -> None:
        self.house, self.moments = house, list(moments)

    def now(self):
        return self.moments.pop(0) if len(self.moments) > 1 else self.moments[0]


def with_clock(house: House, *moments) -> None:
    """Whatever is asked first gets the first moment, and so on."""
    from dataclasses import replace  # noqa: PLC0415

    office = replace(house.office, clock=LateDatabase(house, *moments))
    house.cast.house.office = office


def test_the_moment_is_that_of_the_last_byte_however_long_the_rest_takes(house: House) -> None:
    made = house.bid("a")
    leave(anonymous(house), made)
    deadline = house.deadline
    with_clock(house, deadline, deadline + 9 * SECOND)
    answer = post_act(anonymous(house), house.no, made.act.raw)
    receipt = read_receipt(answer.json["answer"], public_bytes(house.held.receipt))
    assert (answer.status_code, receipt.at) == (200, deadline)


def test_one_microsecond_later_it_is_late_whoever_it_is(house: House) -> None:
    made = house.bid("a")
    leave(anonymous(house), made)
    with_clock(house, house.deadline + TICK)
    answer = post_act(anonymous(house), house.no, made.act.raw)
    assert answer.json["code"] == "late"


def test_the_time_a_bidder_states_is_not_asked_for(house: House) -> None:
    """A clock set back at the bidder or in a header changes nothing."""
    made, client = house.bid("a"), anonymous(house)
    leave(client, made)
    house.clock.at = house.deadline + TICK
    answer = client.post(
        f"/api/v1/tenders/{house.no}/acts",
        data=made.act.raw,
        content_type="application/json",
        headers={"Date": "Mon, 02 Mar 2026 01:00:00 GMT"},
    )
    assert answer.json["code"] == "late"


def test_the_record_never_runs_back_when_the_clock_does(house: House) -> None:
    house.clock.at += 60 * SECOND
    house.tick()
    house.clock.at -= 30 * SECOND
    house.tick()
    raws = house.ask(journal.entry_range, 0, 1000)
    times = [read_entry(raw).at for raw in raws]
    assert times == sorted(times)
    assert len(times) > 10
