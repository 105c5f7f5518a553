"""Enrolments and their sealed quotes: what opens, what does not, whose cause it is."""

from dataclasses import replace

import pytest

from market.kernel.errors import MarketError, Refusal
from market.protocol import age
from market.protocol.binding import Kind, bind_json, commitment, share_text
from market.protocol.encoding import Malformed, b64u, canonical, parse
from market.protocol.enrolments import (
    Enrolment,
    check_sealed,
    open_quote,
    quote_binding,
    read_enrolment,
    seal_quote,
    sign_enrolment,
)
from market.protocol.envelopes import SealedShare, open_share, seal_envelope
from market.protocol.offers import offer_json, salted_facts
from market.protocol.payload import Document, pack
from market.protocol.timekeeping import Occasion, check_releases, read_release
from tests.support.protocol_cast import Tape, secret, signer
from tests.support.timekeeping_cast import (
    AGENCIES,
    OCCASION,
    OPENS_AT,
    TERMS_HASH,
    agency_key,
    enrolled,
    identity_of,
    keeper_at,
    release_json,
    sealed_quote,
    time_manifest,
)

PAIRS = ((1, 2), (1, 3), (2, 3), (1, 2, 3))


def identities(*numbers):
    return check_releases(
        [read_release(release_json(number), time_manifest()) for number in numbers]
    )


def nowhere(_):
    return len


def opened(held, raw, numbers=(1, 2)):
    return open_quote(held, time_manifest(), identities(*numbers), [raw], nowhere)


@pytest.mark.parametrize("numbers", PAIRS)
def test_any_two_of_three_open_a_quote(numbers):
    held, raw = sealed_quote("a")
    found = opened(held, raw, numbers)
    assert found.price == 9_100_000
    assert {fact.name: fact.value for fact in found.facts} == {"days": 20, "price": 9_100_000}


def test_one_timekeeper_alone_or_the_platform_without_any_opens_nothing():
    held, raw = sealed_quote("a")
    name = keeper_at(1)
    shares = {1: open_share(identity_of(name), held.envelope.shares[0], held.binding, 1)}
    with pytest.raises(ValueError, match="2 are needed"):
        open_quote(held, time_manifest(), {1: identity_of(name)}, [raw], nowhere)
    # Positive control: what it holds is one share, and neither price nor key is in the open bytes.
    assert len(shares[1]) == 75
    for hidden in (b"9100000", identity_of(name).encode(), b"AGE-SECRET-KEY"):
        assert hidden not in held.raw + raw


def test_an_enrolment_reads_back_and_a_changed_member_is_not_signed():
    held, _ = sealed_quote("a")
    value = parse(held.raw)
    assert read_enrolment(value) == held
    for name, other in (
        ("round", 2),
        ("amendment", 1),
        ("agency", AGENCIES["b"]),
        ("terms_hash", b64u(secret("other"))),
        ("subject", "FW-2026-000124"),
    ):
        with pytest.raises(Malformed) as refused:
            read_enrolment({**value, name: other})
        assert refused.value.code == "bad-signature"


def test_a_copy_in_another_agencys_name_does_not_open():
    held, raw = sealed_quote("a")
    copied = enrolled("b", envelope=held.envelope, manifest_hash=held.manifest_hash)
    with pytest.raises(Malformed) as refused:
        opened(copied, raw)
    assert refused.value.code == "ill-sealed"
    assert "foreign-share" in refused.value.words("en")


def test_a_quote_for_another_round_or_manifest_is_refused():
    held, _ = sealed_quote("a")
    later = time_manifest(Occasion(OCCASION.subject, 2, OPENS_AT))
    for odd, manifest in (
        (held, later),
        (enrolled("a", envelope=held.envelope, manifest_hash=later.hash), later),
        (enrolled("a"), time_manifest()),
    ):
        with pytest.raises(Refusal) as refused:
            check_sealed(odd, manifest)
        assert refused.value.code == "other-occasion"
    forged = enrolled("a", envelope=held.envelope, manifest_hash=later.hash, round=2)
    with pytest.raises(Refusal) as refused:
        check_sealed(forged, later)
    assert refused.value.code == "wrong-envelopes"


def test_a_payload_made_for_another_place_is_refused_though_its_shares_fit():
    manifest, tape, kept = time_manifest(), Tape("foreign payload"), bytearray()
    own = quote_binding(OCCASION.subject, manifest.hash, 0, agency_key("a"))
    theirs = quote_binding(OCCASION.subject, manifest.hash, 0, agency_key("b"))
    offer = offer_json(salted_facts({"price": 5_000_000}, tape))
    for bind in (theirs, own):
        kept.clear()
        payload = pack(Kind.QUOTE, bind_json(bind, tape), offer, (), tape)
        envelope = seal_envelope(own, manifest.seats, 2, payload, kept.extend, tape).envelope
        held = enrolled("a", envelope=envelope, manifest_hash=manifest.hash)
        if bind is own:
            assert opened(held, bytes(kept)).price == 5_000_000
        else:
            with pytest.raises(Malformed) as refused:
                opened(held, bytes(kept))
            assert "(copied)" in refused.value.words("en")


def test_a_quote_is_not_opened_for_another_occasion():
    held, raw = sealed_quote("a")
    later = time_manifest(Occasion(OCCASION.subject, 2, OPENS_AT))
    with pytest.raises(Refusal) as refused:
        open_quote(held, later, identities(1, 2), [raw], nowhere)
    assert refused.value.code == "other-occasion"


@pytest.mark.parametrize("numbers", PAIRS)
@pytest.mark.parametrize("bad", [1, 2, 3])
def test_a_share_sealed_badly_fails_with_every_set_that_holds_it(bad, numbers):
    held, raw = sealed_quote("a")
    shares = list(held.envelope.shares)
    to = shares[bad - 1].recipient
    wrong = share_text(held.binding, bad, bytes(74) + bytes([bad]))
    shares[bad - 1] = SealedShare(to, age.write(to, wrong, Tape("bad")), shares[bad - 1].commitment)
    odd = _with_shares(held, shares)
    if bad in numbers:
        with pytest.raises(Malformed) as refused:
            opened(odd, raw, numbers)
        assert refused.value.code == "ill-sealed"
    else:
        assert opened(odd, raw, numbers).price == 9_100_000


@pytest.mark.parametrize("numbers", PAIRS)
def test_a_dealing_that_is_not_one_secret_fails_whichever_two_come(numbers):
    held, raw = sealed_quote("a")
    shares = list(held.envelope.shares)
    wrong = share_text(held.binding, 3, bytes(74) + bytes([3]))
    to = shares[2].recipient
    shares[2] = SealedShare(to, age.write(to, wrong, Tape("dealt")), commitment(wrong))
    with pytest.raises(Malformed) as refused:
        opened(_with_shares(held, shares), raw, numbers)
    assert refused.value.code == "ill-sealed"


def test_other_bytes_than_the_named_ciphertext_are_nobodys_fault():
    held, raw = sealed_quote("a")
    for odd in (raw[:-1], raw[:-1] + bytes([raw[-1] ^ 1]), sealed_quote("b")[1], b""):
        with pytest.raises(MarketError) as refused:
            opened(held, odd)
        assert refused.value.code == "ciphertext-differs"


@pytest.mark.parametrize("price", ["9100000", 0, -1])
def test_a_price_that_is_no_whole_number_above_zero_is_none(price):
    held, raw = sealed_quote("a", price)
    assert opened(held, raw).price is None


def test_documents_may_travel_with_the_price():
    manifest, tape, kept = time_manifest(), Tape("papers"), bytearray()
    binding = quote_binding(OCCASION.subject, manifest.hash, 0, agency_key("c"))
    paper = b"%PDF-1.7 how the price is built"
    envelope = seal_quote(
        binding,
        manifest,
        salted_facts({"price": 5_000_000}, tape),
        kept.extend,
        [Document("pdf", len(paper), [paper])],
        tape,
    )
    held = enrolled("c", envelope=envelope, manifest_hash=manifest.hash)
    found = dict[str, bytearray]()
    quote = open_quote(
        held,
        manifest,
        identities(2, 3),
        [bytes(kept)],
        lambda name: found.setdefault(name, bytearray()).extend,
    )
    assert quote.documents[0].name == "documents/0001.pdf"
    assert bytes(found["documents/0001.pdf"]) == paper


def test_a_withdrawal_names_the_enrolment_before_and_holds_no_quote():
    held = enrolled("a")
    gone = enrolled("a", seq=1, previous=held.hash, is_withdrawal=True)
    assert read_enrolment(parse(gone.raw)) == gone
    sealed, _ = sealed_quote("a")
    for odd in (
        {"is_withdrawal": True},
        {"seq": 1},
        {"previous": held.hash},
        {"manifest_hash": time_manifest().hash},
        {"envelope": sealed.envelope},
        {
            "seq": 1,
            "previous": held.hash,
            "is_withdrawal": True,
            "envelope": sealed.envelope,
            "manifest_hash": sealed.manifest_hash,
        },
    ):
        with pytest.raises(Malformed):
            read_enrolment(parse(enrolled("a", **odd).raw))


def test_nobody_signs_for_another_key():
    with pytest.raises(ValueError, match="another key"):
        sign_enrolment(enrolled("a"), signer("agency/b"))
    with pytest.raises(ValueError, match="once it is signed"):
        _ = replace(enrolled("a"), raw=b"").hash


def _with_shares(held: Enrolment, shares) -> Enrolment:
    envelope = replace(held.envelope, shares=tuple(shares))
    made = replace(held, envelope=envelope, raw=b"")
    assert made.terms_hash == TERMS_HASH
    again = sign_enrolment(made, signer("agency/a"))
    assert canonical(parse(again.raw)) == again.raw
    return again
