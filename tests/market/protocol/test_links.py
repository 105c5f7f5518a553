from dataclasses import replace

import pytest

from market.kernel.errors import MarketError
from market.protocol.encoding import canonical
from market.protocol.links import (
    Link,
    Linked,
    link_answer,
    link_request,
    read_link_answer,
    read_link_request,
)
from market.protocol.signing import public_bytes, signed
from market.protocol.tokens import blinded_hash, linked_deposit
from tests.support.protocol_cast import BIDDER, TENDER, bid_pub, keys, secret, signer, wallet

CLOSING, PLATFORM, CUSTODIAN = secret("closing"), signer("platform"), signer("custodian")
LINKS = [
    Link(bid_pub(label), wallet(label).token, BIDDER, wallet(label).blinding.inv)
    for label in ("a", "b")
]
GOOD = Linked(bid_pub("a"), None, secret("deposit"), secret("account"), "cash")
BAD = Linked(bid_pub("b"), "no-open-deposit", None, None, None)


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def test_m11_a_whole_tender_is_asked_about_in_an_order_that_says_nothing():
    value = link_request(TENDER, CLOSING, LINKS, PLATFORM)
    assert value == link_request(TENDER, CLOSING, LINKS[::-1], PLATFORM)
    tender, closing, links = read_link_request(value, public_bytes(PLATFORM))
    assert (tender, closing) == (TENDER, CLOSING)
    assert [link.bid_pub for link in links] == sorted(link.bid_pub for link in LINKS)
    for link in links:
        label = "a" if link.bid_pub == bid_pub("a") else "b"
        deposit = blinded_hash(wallet(label).blinding.blinded)
        assert linked_deposit(link.token, link.inv, keys()) == deposit


def test_only_the_platform_may_ask_and_only_the_custodian_may_answer():
    value = link_request(TENDER, CLOSING, LINKS, PLATFORM)
    refused("bad-signature", read_link_request, value, public_bytes(CUSTODIAN))
    answer = link_answer(TENDER, CLOSING, [GOOD, BAD], CUSTODIAN)
    refused("bad-signature", read_link_answer, answer, public_bytes(PLATFORM))
    assert set(read_link_answer(answer, public_bytes(CUSTODIAN))[2]) == {GOOD, BAD}


def test_a_bid_asked_about_twice_is_refused():
    value = link_request(TENDER, CLOSING, [LINKS[0], LINKS[0]], PLATFORM)
    refused("malformed", read_link_request, value, public_bytes(PLATFORM))
    answer = link_answer(TENDER, CLOSING, [GOOD, GOOD], CUSTODIAN)
    refused("malformed", read_link_answer, answer, public_bytes(CUSTODIAN))


@pytest.mark.parametrize(
    "bent",
    [
        replace(GOOD, h_blinded=None),
        replace(GOOD, kind=None),
        replace(GOOD, reason="bad-link"),
        replace(BAD, h_blinded=secret("x")),
        replace(BAD, kind="cash"),
        replace(BAD, reason="because"),
    ],
)
def test_an_answer_that_contradicts_itself_is_refused(bent):
    answer = link_answer(TENDER, CLOSING, [bent], CUSTODIAN)
    refused("malformed", read_link_answer, answer, public_bytes(CUSTODIAN))


def test_an_answer_that_is_good_and_gives_a_reason_is_refused():
    answer = link_answer(TENDER, CLOSING, [GOOD], CUSTODIAN)
    both = {**GOOD.to_json(), "reason": "bad-link"}
    bent = signed({**answer, "links": [both]}, CUSTODIAN)
    refused("malformed", read_link_answer, bent, public_bytes(CUSTODIAN))


def test_an_admission_has_a_deposit_without_an_account():
    free = replace(GOOD, kind="admission", account_commitment=None)
    answer = link_answer(TENDER, CLOSING, [free], CUSTODIAN)
    assert read_link_answer(answer, public_bytes(CUSTODIAN))[2] == (free,)


def test_a_bad_answer_does_not_name_a_deposit():
    assert b"deposit" not in canonical(link_answer(TENDER, CLOSING, [BAD], CUSTODIAN)).replace(
        b"no-open-deposit", b""
    )
