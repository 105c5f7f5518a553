"""H11: after the deadline the operator adds, back-dates, leaves out or reorders bids."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from bidding.bids.model import BidAct
from bidding.opening.closing import due_closings
from bidding.opening.model import ListedBid
from bidding.opening.queries import opening
from market.command import HOUSE, Work
from market.protocol.batches import check_listed, read_closing_list
from market.protocol.encoding import parse, unb64u
from market.protocol.opening import check_closing, read_closing
from market.protocol.receipts import read_receipt
from market.protocol.signing import public_bytes
from tests.support.bidding_cast import SECOND, House
from tests.support.bidding_questions import bid_states, refused

FRIEND = "d"


def slip_in(house: House, made) -> None:
    """A database administrator makes a late act live, dated before the deadline."""

    def write(work: Work, _: None) -> None:
        first = work.session.query(BidAct).first()
        work.session.add(
            BidAct(
                act_hash=made.act.hash, tender_no=house.no, bid_pub=made.act.bid_pub, seq=0,
                kind="submission", live=True, nullifier=bytes(32), raw=made.act.raw,
                at=house.deadline - SECOND, receipt=first.receipt,
            )
        )  # fmt: skip

    house.office.run(write, None, HOUSE)


def listed(house: House):
    """The closing and its list as everybody may read them."""
    found = house.ask(opening, house.no)
    return read_closing(parse(found.closing)), read_closing_list(parse(found.closing_list))[1]


def test_what_comes_after_the_closing_is_not_opened_whatever_its_date(sealed: House) -> None:
    sealed.close()
    friend = sealed.bid(FRIEND)
    with refused("late"):
        sealed.send(friend.act)
    slip_in(sealed, friend)
    sealed.open_all()
    assert set(bid_states(sealed)) == set("abc")
    closing, acts = listed(sealed)
    check_closing(closing, sealed.no, acts)


def test_another_list_under_the_same_closing_is_seen_by_every_reader(sealed: House) -> None:
    sealed.close()
    closing, acts = listed(sealed)
    late = replace(acts[0], leaf=bytes(32), place=acts[0].place ^ 1)
    for forged in ([*acts, late], acts[1:], [late, *acts[1:]], [replace(acts[0], at=acts[0].at - SECOND), *acts[1:]]):  # fmt: skip  # noqa: E501
        with refused("closing-differs"):
            check_closing(closing, sealed.no, forged)
    check_closing(closing, sealed.no, acts)


def test_a_receipt_outside_the_list_is_proof_of_omission(sealed: House) -> None:
    """The operator forgets one bid for which it gave a receipt."""
    made = sealed.bid(FRIEND)
    sealed.upload(made)
    receipt = read_receipt(parse(sealed.send(made.act)), public_bytes(sealed.held.receipt))
    honest = sealed.made["a"]

    def forget(work: Work, _: None) -> None:
        work.session.execute(
            update(BidAct).where(BidAct.act_hash == made.act.hash).values(live=False)
        )

    sealed.office.run(forget, None, HOUSE)
    sealed.close()
    _, acts = listed(sealed)
    with refused("omitted"):
        check_listed(acts, receipt.leaf)
    kept = read_receipt(parse(_receipt(sealed, honest.act.hash)), public_bytes(sealed.held.receipt))
    assert check_listed(acts, kept.leaf).leaf == kept.leaf


def _receipt(house: House, act_hash: bytes) -> bytes:
    return house.ask(lambda session: session.get(BidAct, act_hash).receipt)


def test_no_officer_is_served_before_an_outside_witness_holds_the_list(sealed: House) -> None:
    sealed.close(witnessed=False)
    with refused("not-witnessed"):
        sealed.sheet(sealed.officers[0])
    sealed.tick()
    given = sealed.sheet(sealed.officers[0])
    assert len(given["acts"]) == 3
    assert unb64u(given["closing_hash"], 32) == sealed.ask(opening, sealed.no).closing_hash


def test_the_closing_waits_for_acts_that_have_no_place_yet(sealed: House) -> None:
    sealed.submit(FRIEND)  # accepted in time, its batch still to come
    sealed.clock.at = sealed.deadline + timedelta(seconds=61)
    assert sealed.ask(due_closings, sealed.clock.at, 10) == []
    sealed.tick()
    assert len(sealed.ask(due_closings, sealed.clock.at, 10)) == 1
    sealed.close()
    count = sealed.ask(lambda session: session.query(ListedBid).count())
    assert count == 4
