from dataclasses import replace

import pytest

from market.kernel.errors import MarketError
from market.protocol import merkle
from market.protocol.binding import Kind
from market.protocol.encoding import b64u, canonical, digest
from market.protocol.offers import (
    Fact,
    check_fact,
    facts_root,
    offer_json,
    prove_fact,
    read_fact_proof,
    read_offer,
    salted_facts,
)
from market.protocol.payload import payload_hash
from tests.support.protocol_cast import Tape, bid

FACTS = salted_facts({f"line-{i:03d}": i for i in range(11)}, Tape("facts"))
PAYLOAD = digest(b"payload")
HASH = payload_hash(facts_root(FACTS), PAYLOAD)


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def test_h13_a_fact_is_a_salted_leaf():
    fact = FACTS[0]
    data = fact.salt + canonical({"name": fact.name, "value": fact.value})
    assert fact.leaf == merkle.leaf_hash(data) == digest(b"\0" + data)


def test_h13_every_fact_is_proved_against_the_hash_of_the_payload():
    for fact in FACTS:
        proof = prove_fact(FACTS, fact.name, PAYLOAD)
        assert read_fact_proof(proof.to_json()) == proof
        check_fact(proof, HASH)


@pytest.mark.parametrize("count", range(1, 18))
def test_h13_facts_of_any_number_are_proved(count):
    facts = salted_facts({f"f{i:02d}": None for i in range(count)}, Tape("n"))
    expected = payload_hash(facts_root(facts), PAYLOAD)
    for fact in facts:
        check_fact(prove_fact(facts, fact.name, PAYLOAD), expected)


def test_h13_a_published_price_is_proved_to_the_hash_the_organisation_signed():
    held = bid("a")
    proof = prove_fact(held.facts[Kind.PRICE], "price", held.sealed[Kind.PRICE].payload_digest)
    check_fact(proof, held.payload_hash(Kind.PRICE))
    assert proof.fact.value == 123_456_700


@pytest.mark.parametrize(
    "change",
    [
        {"fact": Fact("line-004", 5, FACTS[4].salt)},
        {"fact": Fact("line-005", 4, FACTS[4].salt)},
        {"fact": Fact("line-004", 4, FACTS[5].salt)},
        {"index": 3},
        {"count": 5},
        {"path": ()},
        {"path": (bytes(32),) * 4},
        {"path": (bytes(32),) * 12},
        {"payload_digest": bytes(32)},
    ],
)
def test_h13_a_fact_that_was_not_sealed_is_refused(change):
    proof = prove_fact(FACTS, "line-004", PAYLOAD)
    refused("fact-not-proved", check_fact, replace(proof, **change), HASH)


def test_h13_a_proof_shows_nothing_of_the_other_facts():
    """The positive control: the value's leaf could be guessed if it had no salt of its own."""
    proof = canonical(prove_fact(FACTS, "line-004", PAYLOAD).to_json())
    others = [fact for fact in FACTS if fact.name != "line-004"]
    for fact in others:
        assert b64u(fact.salt).encode() not in proof
        assert fact.name.encode() not in proof
    unsalted = [Fact(fact.name, fact.value, bytes(32)) for fact in FACTS]
    guessed = Fact(unsalted[5].name, 5, bytes(32)).leaf
    assert guessed in prove_fact(unsalted, "line-004", PAYLOAD).path


def test_an_offer_is_read_as_it_was_written():
    assert read_offer(offer_json(FACTS)) == FACTS
    assert [fact.name for fact in FACTS] == sorted(fact.name for fact in FACTS)


@pytest.mark.parametrize(
    "facts",
    [
        (),
        FACTS[::-1],
        (FACTS[0], FACTS[0]),
        (FACTS[0], replace(FACTS[0], value=9)),
        (FACTS[0], replace(FACTS[1], salt=FACTS[0].salt)),
        (replace(FACTS[0], name="Price"),),
        (replace(FACTS[0], salt=b"short"),),
    ],
)
def test_h19_an_offer_that_two_readers_could_read_differently_is_refused(facts):
    refused("malformed", read_offer, offer_json(facts))


def test_a_fact_that_is_not_there_has_no_proof():
    refused("no-such-fact", prove_fact, FACTS, "price", PAYLOAD)


def test_a_proof_of_another_form_is_refused():
    value = prove_fact(FACTS, "line-004", PAYLOAD).to_json()
    for bent in ({"index": 11}, {"count": 0}, {"path": [1]}, {"more": 1}, {"name": "A B"}):
        refused("malformed", read_fact_proof, {**value, **bent})
