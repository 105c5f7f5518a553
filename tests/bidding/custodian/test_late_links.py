"""A bid that stayed shut is linked later, on its holder's word, so that its bond can be kept."""

from market.protocol.encoding import canonical
from market.protocol.held import HeldToken
from market.protocol.links import link_request, read_link_answer
from market.protocol.settlements import Order, Settlement
from market.protocol.signing import new_key, public_bytes
from tests.bidding.custodian.cast import PLATFORM, link_of


def late(cast, wallet, closed, *, tender="ZC-1", uscc=None, key=None, link=None):
    proof, closing = closed
    held = HeldToken(
        tender, uscc or wallet.firm.uscc, wallet.token, wallet.public, wallet.blinding.inv
    )
    body = {
        "request": link_request("ZC-1", closing.hash, [link or held.link], PLATFORM),
        "closing": proof,
        "held": held.sign(key or wallet.key),
    }
    return cast.client().post("/late-links", data=canonical(body))


def good(cast, said):
    assert said.status_code == 200, said.json
    return read_link_answer(said.json, public_bytes(cast.files.signer))[2][0]


def test_a_held_bond_is_linked_late_and_can_then_be_kept_with_the_same_answer_twice(cast):
    (opened,), (shut,) = cast.bought(cast.b), cast.bought(cast.a)
    closed = cast.closing("ZC-1")
    first = cast.links("ZC-1", [link_of(opened)], closed)
    found = good(cast, late(cast, shut, closed))
    assert (found.good, found.h_blinded) == (True, shut.name)
    assert good(cast, late(cast, shut, closed)) == found
    assert cast.links("ZC-1", [link_of(opened)], closed) == first
    order = Order(shut.name, Settlement.FORFEIT, None, "F3")
    assert set(cast.settle("ZC-1", [order])) == {shut.name}
    assert cast.state(shut) == "FORFEITED"


def test_it_is_linked_even_when_no_other_bid_of_the_tender_was_identified(cast):
    (shut,) = cast.bought(cast.a)
    closed = cast.closing("ZC-1")
    assert good(cast, late(cast, shut, closed)).h_blinded == shut.name


def test_nobody_but_its_holder_has_a_bid_linked_late(cast):
    (shut,), (other,) = cast.bought(cast.a), cast.bought(cast.a)
    closed = cast.closing("ZC-1")
    assert late(cast, shut, closed, key=new_key()).json["code"] == "bad-signature"
    assert late(cast, shut, closed, tender="ZC-2").json["code"] == "links-differ"
    assert late(cast, shut, closed, link=link_of(other)).json["code"] == "links-differ"
    stranger = good(cast, late(cast, shut, closed, uscc=cast.b.uscc))
    assert (stranger.good, stranger.reason) == (False, "unknown-deposit")
    assert cast.state(shut) == "PAID"
