"""Links after a closing: whose deposit stands behind which bid, and attacks on it (review H1)."""

from datetime import timedelta

import gmpy2
import pytest
from sqlalchemy import select

from bidding.custodian.model import LinkRow
from market.protocol import blind
from market.protocol.encoding import canonical
from market.protocol.links import Link, link_request
from market.protocol.settlements import Order, Settlement
from market.protocol.signing import new_key
from tests.bidding.custodian.cast import DEADLINE, NOON, PLATFORM, day, link_of
from tests.support.protocol_keys import BID_KEY


def test_a_deposit_stands_behind_the_bid_of_its_owner(cast):
    (wallet,) = cast.bought(cast.a)
    answer = cast.links("ZC-1", [link_of(wallet)])[wallet.public]
    assert (answer.good, answer.h_blinded, answer.kind) == (True, wallet.name, "cash")
    assert cast.state(wallet) == "LINKED"


def test_a_bid_in_anothers_name_is_not_good(cast):
    (wallet,) = cast.bought(cast.a)
    answer = cast.links("ZC-1", [link_of(wallet, cast.b.uscc)])[wallet.public]
    assert answer.reason == "unknown-deposit"
    assert (answer.h_blinded, answer.account_commitment, answer.kind) == (None, None, None)
    assert cast.state(wallet) == "PAID"


def test_an_admission_stands_behind_a_bid_without_money(cast):
    wallet = cast.deposit(cast.wallet(cast.a, 0))
    answer = cast.links("ZC-1", [link_of(wallet)])[wallet.public]
    assert (answer.good, answer.kind) == (True, "admission")


def test_the_whole_tender_again_is_answered_alike_byte_for_byte(cast):
    first, second = *cast.bought(cast.a), *cast.bought(cast.b)
    closed = cast.closing("ZC-1")
    body = cast.links_body("ZC-1", [link_of(first), link_of(second)], closed)
    client = cast.client()
    once = client.post("/links", data=body)
    assert once.status_code == 200
    assert client.post("/links", data=body).data == once.data
    # under a newer checkpoint the proof differs and the request does not
    cast.log.append("notice", DEADLINE, "ZC-9", {"any": 2})
    again = cast.log.inclusion(1), closed[1]
    later = cast.links_body("ZC-1", [link_of(first), link_of(second)], again)
    assert later != body
    assert client.post("/links", data=later).data == once.data


def test_a_tender_is_asked_for_once(cast):
    first, second = cast.bought(cast.a, 2)
    closed = cast.closing("ZC-1")
    cast.links("ZC-1", [link_of(first)], closed)
    client = cast.client()
    other = client.post("/links", data=cast.links_body("ZC-1", [link_of(second)], closed))
    assert (other.status_code, other.json["code"]) == (409, "links-differ")
    anew = cast.closing("ZC-1", DEADLINE + timedelta(days=1))
    third = client.post("/links", data=cast.links_body("ZC-1", [link_of(first)], anew))
    assert (third.status_code, third.json["code"]) == (409, "closing-differs")


def test_nothing_is_answered_without_the_witnessed_closing_of_that_tender(cast):
    (wallet,) = cast.bought(cast.a)
    client = cast.client()
    closed = cast.closing("ZC-1")
    request = link_request("ZC-1", closed[1].hash, [link_of(wallet)], PLATFORM)

    def code(proof):
        said = client.post("/links", data=canonical({"request": request, "closing": proof}))
        assert said.status_code != 200
        return said.json["code"]

    assert code(cast.closing("ZC-2")[0]) == "closing-differs"
    assert code(cast.log.inclusion(0)) == "closing-differs"
    unwitnessed = {**closed[0], "checkpoint": cast.log.checkpoint(by=()).decode()}
    assert code(unwitnessed) == "not-witnessed"
    moved = {**closed[0], "index": 0}
    assert code(moved) == "not-included"
    assert cast.state(wallet) == "PAID"


def test_nobody_but_the_platform_asks(cast):
    (wallet,) = cast.bought(cast.a)
    closed = cast.closing("ZC-1")
    request = link_request("ZC-1", closed[1].hash, [link_of(wallet)], new_key())
    said = cast.client().post("/links", data=canonical({"request": request, "closing": closed[0]}))
    assert (said.status_code, said.json["code"]) == (422, "bad-signature")


def test_two_bidders_who_paid_from_one_account_show_it_and_only_within_a_tender(cast):
    first, second = cast.bought(cast.a, 2)
    (other,) = cast.bought(cast.b)
    one = cast.links("ZC-1", [link_of(first), link_of(other)])
    two = cast.links("ZC-2", [link_of(second)])
    own, stranger = one[first.public], one[other.public]
    assert own.account_commitment != stranger.account_commitment
    assert two[second.public].account_commitment != own.account_commitment
    third, fourth = cast.bought(cast.a, 2)
    three = cast.links("ZC-3", [link_of(third), link_of(fourth)])
    assert len({item.account_commitment for item in three.values()}) == 1


def test_h1_a_token_of_one_deposit_can_be_tied_to_another_but_not_to_anothers(cast):
    """`r = s / sigma` ties any token to any deposit whose answer is known: the name must agree."""
    (mine,) = cast.bought(cast.a)
    (theirs,) = cast.bought(cast.b)
    n = BID_KEY.public.n
    stolen = int.from_bytes(cast.signature(theirs), "big")
    sigma = int.from_bytes(mine.token.sigma, "big")
    inv = int(sigma * gmpy2.invert(stolen, n) % n).to_bytes(384, "big")
    assert blind.link_blinded(mine.token.sigma, inv, BID_KEY.public) == theirs.blinding.blinded
    forged = Link(mine.public, mine.token, cast.a.uscc, inv)
    assert cast.links("ZC-1", [forged])[mine.public].reason == "unknown-deposit"
    assert (cast.state(mine), cast.state(theirs)) == ("PAID", "PAID")


def test_h1_one_deposit_backs_one_bid_however_tokens_are_tied(cast):
    """A token of B tied to A's deposit in A's name: A has one deposit and so one bond."""
    (mine,) = cast.bought(cast.a)
    (theirs,) = cast.bought(cast.b)
    n = BID_KEY.public.n
    answer = int.from_bytes(cast.signature(mine), "big")
    sigma = int.from_bytes(theirs.token.sigma, "big")
    inv = int(sigma * gmpy2.invert(answer, n) % n).to_bytes(384, "big")
    borrowed = Link(theirs.public, theirs.token, cast.a.uscc, inv)
    both = cast.links("ZC-1", [link_of(mine), borrowed])
    assert sorted(item.good for item in both.values()) == [False, True]
    assert {item.reason for item in both.values()} == {None, "no-open-deposit"}


def test_a_token_without_its_own_secret_or_of_another_key_is_a_bad_link(cast):
    first, second = cast.bought(cast.a, 2)
    wrong = Link(first.public, second.token, cast.a.uscc, second.blinding.inv)
    assert cast.links("ZC-1", [wrong])[first.public].reason == "bad-link"


def test_a_closed_deposit_is_replaced_by_another_open_one_of_the_same_key(cast):
    first, second = cast.bought(cast.a, 2)
    cast.refund(cast.claim(cast.refund_token(second), first.name), cast.a)
    answer = cast.links("ZC-1", [link_of(first)])[first.public]
    assert (answer.good, answer.h_blinded) == (True, second.name)
    assert (cast.state(first), cast.state(second)) == ("REFUNDED", "LINKED")


def test_without_another_open_deposit_the_bid_has_no_bond(cast):
    (first,) = cast.bought(cast.a)
    cast.refund(cast.claim(cast.refund_token(first), first.name), cast.a)
    answer = cast.links("ZC-1", [link_of(first)])[first.public]
    assert answer.reason == "no-open-deposit"


@pytest.mark.parametrize(
    ("late", "reason"), [(timedelta(0), None), (timedelta(microseconds=1), "deposit-late")]
)
def test_money_booked_after_the_deadline_stands_behind_nothing(cast, late, reason):
    """Review H2: no paying after one has seen that one wins."""
    deadline = NOON + timedelta(hours=1)
    wallet = cast.wallet(cast.a)
    cast.order(wallet)
    cast.clock.at = deadline + late
    cast.credit(wallet.code, cast.a.account, at=NOON)
    cast.finalize(wallet)
    closed = cast.closing("ZC-1", deadline)
    assert cast.links("ZC-1", [link_of(wallet)], closed)[wallet.public].reason == reason


def _two_bids_on_one_deposit(cast):
    """A's own token, and B's token tied to A's one deposit, both in A's name."""
    (mine,) = cast.bought(cast.a)
    (theirs,) = cast.bought(cast.b)
    n = BID_KEY.public.n
    answer = int.from_bytes(cast.signature(mine), "big")
    sigma = int.from_bytes(theirs.token.sigma, "big")
    inv = int(sigma * gmpy2.invert(answer, n) % n).to_bytes(384, "big")
    return link_of(mine), Link(theirs.public, theirs.token, cast.a.uscc, inv)


def test_who_closed_first_comes_first_whoever_was_asked_for_first(cast):
    """Review M11: by the order of closings in the record, not by the order of calls."""
    own, borrowed = _two_bids_on_one_deposit(cast)
    earlier, later = cast.closing("ZC-1"), cast.closing("ZC-2")
    earlier = cast.log.inclusion(1), earlier[1]
    assert cast.links("ZC-2", [borrowed], later)[borrowed.bid_pub].good
    assert cast.links("ZC-1", [own], earlier)[own.bid_pub].good
    assert cast.links("ZC-2", [borrowed], later)[borrowed.bid_pub].reason == "no-open-deposit"

    def displaced(session):
        return session.scalars(select(LinkRow.bid_pub).where(LinkRow.displaced)).all()

    assert cast.office.read(displaced) == [borrowed.bid_pub]


def test_who_closed_later_takes_nothing_away(cast):
    own, borrowed = _two_bids_on_one_deposit(cast)
    assert cast.links("ZC-1", [own])[own.bid_pub].good
    assert cast.links("ZC-2", [borrowed])[borrowed.bid_pub].reason == "no-open-deposit"


def test_what_was_settled_is_never_taken_away(cast):
    own, borrowed = _two_bids_on_one_deposit(cast)
    earlier, later = cast.closing("ZC-1"), cast.closing("ZC-2")
    earlier = cast.log.inclusion(1), earlier[1]
    linked = cast.links("ZC-2", [borrowed], later)[borrowed.bid_pub]
    order = Order(linked.h_blinded, Settlement.RELEASE, day("2026-12-31"), None)
    cast.settle("ZC-2", [order])
    assert cast.links("ZC-1", [own], earlier)[own.bid_pub].reason == "no-open-deposit"
