from dataclasses import replace
from datetime import timedelta

import pytest

from market.kernel.errors import MarketError
from market.protocol.acts import (
    LastAct,
    check_act_signature,
    check_ciphertexts,
    check_current,
    check_in_time,
    check_no_copy,
    check_sequence,
    check_shape,
    check_tender_of,
    is_repetition,
    read_act,
    sign_act,
)
from market.protocol.binding import Kind
from market.protocol.encoding import b64u, canonical, digest, parse
from market.protocol.tokens import check_token
from tests.support.protocol_cast import (
    DEADLINE,
    TENDER,
    bid,
    keys,
    manifest,
    resigned,
    secret,
    signer,
    withdrawal,
)

ACT = bid("a").act
MICROSECOND = timedelta(microseconds=1)


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def bent(**members):
    return canonical({**parse(ACT.raw), **members})


def test_a_submission_passes_every_check_in_order():
    act = read_act(ACT.raw)
    assert act == ACT
    check_act_signature(act)
    check_sequence(act, None)
    check_in_time(DEADLINE, DEADLINE)
    check_current(act, manifest().hash, 0)
    check_shape(act, manifest())
    check_token(act.token, act.bid_pub, keys())
    check_no_copy(act, bid("b").act.marks)
    check_ciphertexts(act, {digest(raw): len(raw) for raw in bid("a").ciphertexts.values()})


def test_a_withdrawal_has_the_same_members_and_no_envelopes():
    back = withdrawal("a")
    act = read_act(back.raw)
    assert act == back
    assert not act.is_submission
    assert set(parse(back.raw)) == set(parse(ACT.raw))
    check_act_signature(act)
    check_sequence(act, LastAct(0, ACT.hash))
    check_shape(act, manifest())
    check_ciphertexts(act, {})


def test_an_act_is_named_by_the_hash_of_its_bytes_with_the_signature():
    assert ACT.hash == digest(ACT.raw)
    with pytest.raises(ValueError, match="signed"):
        _ = replace(ACT, raw=b"").hash


def test_every_changed_byte_of_an_act_is_refused():
    raw, envelopes = ACT.raw, ACT.raw.index(b'"envelopes"')
    places = [*range(envelopes), *range(envelopes, len(raw), 97), *range(len(raw) - 1200, len(raw))]
    for place in places:
        changed = bytearray(raw)
        changed[place] ^= 1
        with pytest.raises(MarketError):
            check_act_signature(read_act(bytes(changed)))


@pytest.mark.parametrize(
    "members",
    [
        {"type": "yg/receipt/v1"},
        {"type": "yg/withdrawal/v1"},
        {"suite": "gm-1"},
        {"seq": 1},
        {"previous": b64u(bytes(32))},
        {"seq": -1},
        {"seq": True},
        {"amendment": 10_000},
        {"envelopes": []},
        {"at_client": "2026-11-30T01:00:00.000000Z"},
        {"lots": 2},
        {"tender": "../x"},
        {"bid_pub": b64u(bytes(31))},
        {"signature": b64u(bytes(63))},
        {"token": None},
    ],
)
def test_h9_an_act_with_other_members_or_forms_is_refused(members):
    with pytest.raises(MarketError) as refusal:
        read_act(bent(**members))
    assert refusal.value.code in ("malformed", "wrong-type", "unknown-suite")


def test_a_withdrawal_cannot_be_first_nor_bring_envelopes():
    back = parse(withdrawal("a").raw)
    refused("malformed", read_act, canonical({**back, "seq": 0, "previous": None}))
    refused("malformed", read_act, canonical({**back, "envelopes": parse(ACT.raw)["envelopes"]}))


def test_an_act_holds_no_kind_and_no_ciphertext_twice():
    envelopes = parse(ACT.raw)["envelopes"]
    refused("malformed", read_act, bent(envelopes=[envelopes[1], envelopes[1]]))
    same = {**envelopes[2], "ciphertext_hash": envelopes[1]["ciphertext_hash"]}
    refused("malformed", read_act, bent(envelopes=[*envelopes[:2], same]))


def test_an_act_sent_to_another_tender_than_it_names_is_refused():
    check_tender_of(ACT, TENDER)
    refused("wrong-tender", check_tender_of, ACT, "ZC-2026-000124")
    elsewhere = replace(manifest(), tender="ZC-2026-000124")
    for act in (ACT, withdrawal("a")):
        refused("wrong-tender", check_shape, act, elsewhere)


def test_m6_the_signature_is_checked_before_the_token_and_by_the_bid_key():
    refused("bad-signature", check_act_signature, sign_act(replace(ACT, raw=b""), signer("x")))
    stolen = resigned(ACT, "thief", bid_pub=bid("thief").act.bid_pub)
    check_act_signature(stolen)
    refused("foreign-token", check_token, stolen.token, stolen.bid_pub, keys())


def test_doing_it_twice_is_known_by_the_bytes():
    last = LastAct(0, ACT.hash)
    assert is_repetition(ACT.raw, last)
    assert not is_repetition(ACT.raw, None)
    assert not is_repetition(withdrawal("a").raw, last)


def test_h12_the_first_act_is_number_zero():
    check_sequence(ACT, None)
    refused("out-of-order", check_sequence, withdrawal("a"), None)


def test_h12_an_old_submission_does_not_come_back_over_a_withdrawal():
    back = withdrawal("a")
    refused("superseded", check_sequence, ACT, LastAct(1, back.hash))
    refused("superseded", check_sequence, ACT, LastAct(0, back.hash))


def test_h12_a_replacement_follows_the_last_act_and_names_it():
    last = LastAct(1, withdrawal("a").hash)
    check_sequence(resigned(ACT, "a", seq=2, previous=last.hash), last)
    refused("out-of-order", check_sequence, resigned(ACT, "a", seq=3, previous=last.hash), last)
    wrong = resigned(ACT, "a", seq=2, previous=ACT.hash)
    refused("out-of-order", check_sequence, wrong, last)


def test_an_act_at_the_deadline_is_in_time_and_one_microsecond_later_is_late():
    check_in_time(DEADLINE, DEADLINE)
    refused("late", check_in_time, DEADLINE + MICROSECOND, DEADLINE)


def test_h16_a_submission_names_the_manifest_and_amendment_that_stand():
    check_current(ACT, manifest().hash, 0)
    refused("manifest-changed", check_current, ACT, secret("other"), 0)
    refused("amendment-changed", check_current, ACT, manifest().hash, 1)
    later = resigned(ACT, "a", amendment=2)
    refused("amendment-changed", check_current, later, manifest().hash, 1)


def test_h16_a_withdrawal_need_not_know_the_latest_amendment():
    back = withdrawal("a")
    check_current(back, manifest().hash, 3)
    later = resigned(back, "a", amendment=4)
    refused("amendment-changed", check_current, later, manifest().hash, 3)


def test_h15_a_bid_has_exactly_the_manifests_envelopes_in_order():
    for envelopes in (ACT.envelopes[:2], ACT.envelopes[::-1], ACT.envelopes[1:]):
        refused("wrong-envelopes", check_shape, replace(ACT, envelopes=envelopes), manifest())
    turned = replace(manifest(), seats=manifest().seats[::-1])
    refused("wrong-envelopes", check_shape, ACT, turned)


def test_c5_an_envelope_or_share_that_lives_under_another_key_is_refused_at_the_door():
    for mark in (ACT.ciphertexts[1], ACT.envelopes[2].shares[0].commitment):
        refused("copied", check_no_copy, ACT, [secret("x"), mark])
    check_no_copy(ACT, [secret("x")])
    assert len(ACT.marks) == 3 * (1 + 5)


def test_every_ciphertext_must_be_there_whole():
    there = {digest(raw): len(raw) for raw in bid("a").ciphertexts.values()}
    for lost, length in there.items():
        refused("ciphertext-missing", check_ciphertexts, ACT, {**there, lost: length - 1})
        fewer = {held: size for held, size in there.items() if held != lost}
        refused("ciphertext-missing", check_ciphertexts, ACT, fewer)


def test_h9_acts_of_two_bidders_have_one_length():
    assert {len(bid(label).act.raw) for label in ("a", "b", "c")} == {len(ACT.raw)}


def test_an_act_gives_the_header_of_its_envelopes():
    assert ACT.binding(Kind.PRICE).bid_pub == ACT.bid_pub
    assert ACT.envelope(Kind.PRICE) is ACT.envelopes[2]
    with pytest.raises(LookupError):
        withdrawal("a").envelope(Kind.PRICE)
