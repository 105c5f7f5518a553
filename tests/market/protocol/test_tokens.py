from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from market.kernel.errors import MarketError
from market.protocol.bondkeys import (
    BID,
    DENOMINATIONS,
    REFUND,
    BondKey,
    KeyRing,
    check_issuing,
    check_spendable,
    custodian_keys,
    epoch_of,
    read_bond_key,
    read_custodian_keys,
    windows,
)
from market.protocol.encoding import b64u, digest
from market.protocol.signing import public_bytes
from market.protocol.tokens import (
    blinded_hash,
    check_denomination,
    check_token,
    linked_deposit,
    nullifier,
    prepare,
    read_token,
    token_message,
)
from tests.support.protocol_cast import (
    BOND,
    EPOCH,
    Tape,
    bid_pub,
    bond_key,
    keys,
    secret,
    signer,
    wallet,
)
from tests.support.protocol_keys import ADMISSION_KEY, BID_KEY

MICROSECOND = timedelta(microseconds=1)


def refused(code, call, *arguments):
    with pytest.raises(MarketError) as refusal:
        call(*arguments)
    assert refusal.value.code == code


def test_a_token_is_good_for_its_bid_key_and_no_other():
    token = wallet("a").token
    assert check_token(token, bid_pub("a"), keys()) == bond_key()
    refused("foreign-token", check_token, token, bid_pub("b"), keys())


def test_m1_the_message_is_recomputed_from_the_bid_key():
    public = bid_pub("a")
    prepared = prepare(public, BID, Tape("p"))
    assert len(prepared) == 64
    assert prepared[32:] == digest(b"yg/bond-token/v1" + public) == token_message(public)
    assert prepared[:32] == Tape("p")(32)


def test_every_changed_byte_of_a_token_is_refused():
    token = wallet("a").token
    for place in range(64):
        bent = bytearray(token.prepared)
        bent[place] ^= 1
        with pytest.raises(MarketError):
            check_token(replace(token, prepared=bytes(bent)), bid_pub("a"), keys())
    for place in range(384):
        bent = bytearray(token.sigma)
        bent[place] ^= 1
        refused(
            "bad-token-signature",
            check_token,
            replace(token, sigma=bytes(bent)),
            bid_pub("a"),
            keys(),
        )


def test_a_token_names_its_key_by_amount_and_quarter_only():
    token = wallet("a").token
    assert set(token.to_json()) == {
        "type", "suite", "denomination", "epoch", "prepared", "sigma",
    }  # fmt: skip
    for other in (replace(token, epoch="2026Q3"), replace(token, denomination=500_000)):
        refused("unknown-bond-key", check_token, other, bid_pub("a"), keys())
    refused(
        "bad-token-signature", check_token, replace(token, denomination=0), bid_pub("a"), keys()
    )


def test_h3_a_refund_token_never_serves_in_a_bid_nor_the_reverse():
    refund = wallet("a", REFUND).token
    assert check_token(refund, bid_pub("a"), keys()) == bond_key(REFUND)
    refused("foreign-token", check_token, replace(refund, purpose=BID), bid_pub("a"), keys())
    bid = wallet("a").token
    refused("foreign-token", check_token, replace(bid, purpose=REFUND), bid_pub("a"), keys())
    refused("wrong-type", read_token, refund.to_json())


def test_h17_an_admission_token_costs_nothing_and_works_the_same():
    token = wallet("a", BID, 0).token
    assert check_token(token, bid_pub("a"), keys()).denomination == 0
    check_denomination(token, 0)
    refused("wrong-denomination", check_denomination, token, BOND)


def test_a_token_is_read_as_it_was_written():
    token = wallet("a").token
    assert read_token(token.to_json()) == token


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("denomination", 1),
        ("denomination", "5000000"),
        ("denomination", True),
        ("epoch", "2026Q5"),
        ("epoch", "2026q4"),
        ("prepared", b64u(bytes(63))),
        ("sigma", b64u(bytes(385))),
        ("sigma", None),
        ("more", 1),
    ],
)
def test_a_token_of_another_form_is_refused(name, value):
    refused("malformed", read_token, {**wallet("a").token.to_json(), name: value})


def test_a_nullifier_depends_on_key_and_message_and_not_on_the_signature():
    prepared = wallet("a").token.prepared
    mark = nullifier(bond_key().id, prepared)
    assert mark == digest(b"yg/nullifier/v1" + bond_key().id + prepared)
    assert mark != nullifier(bond_key(REFUND).id, prepared)
    assert mark != nullifier(bond_key().id, wallet("b").token.prepared)
    with pytest.raises(ValueError, match="32 and 64"):
        nullifier(b"short", prepared)


def test_inv_and_token_name_the_deposit():
    held = wallet("a")
    assert linked_deposit(held.token, held.blinding.inv, keys()) == blinded_hash(
        held.blinding.blinded
    )
    refused("bad-link", linked_deposit, held.token, bytes(384), keys())
    refused("bad-blinded", blinded_hash, b"short")


def test_h10_a_second_key_for_one_amount_and_quarter_is_refused():
    second = BondKey(BOND, EPOCH, BID, ADMISSION_KEY.public)
    refused("two-bond-keys", KeyRing, [bond_key(), second])
    refused("bad-bond-key", KeyRing, [bond_key(), BondKey(BOND, "2026Q3", BID, BID_KEY.public)])


def test_a_key_is_read_as_it_was_journaled():
    assert read_bond_key(bond_key().to_json()) == bond_key()


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("purpose", "other", "malformed"),
        ("denomination", 7, "malformed"),
        ("issue_until", "2027-01-30T16:00:00.000001Z", "malformed"),
        ("spend_until", "2026-12-31T16:00:00.000000Z", "malformed"),
        ("key", b64u(bytes(422)), "bad-bond-key"),
        ("more", 1, "malformed"),
    ],
)
def test_h10_a_key_made_special_by_its_windows_or_form_is_refused(name, value, code):
    refused(code, read_bond_key, {**bond_key().to_json(), name: value})


def test_h7_a_key_issues_in_its_quarter_and_thirty_days_more_and_is_spent_four_more():
    held = windows(EPOCH, BID)
    assert held.issue_from == datetime(2026, 9, 30, 16, tzinfo=UTC)  # 1 October in Beijing
    assert held.issue_until == datetime(2027, 1, 30, 16, tzinfo=UTC)
    assert held.spend_until == datetime(2027, 12, 31, 16, tzinfo=UTC)
    assert windows(EPOCH, REFUND).issue_until == datetime(2028, 12, 31, 16, tzinfo=UTC)


def test_the_edges_of_the_windows_are_from_inclusive_until_exclusive():
    held, key = windows(EPOCH, BID), bond_key()
    check_issuing(key, held.issue_from)
    check_issuing(key, held.issue_until - MICROSECOND)
    refused("bond-key-not-issuing", check_issuing, key, held.issue_until)
    refused("bond-key-not-issuing", check_issuing, key, held.issue_from - MICROSECOND)
    check_spendable(key, held.issue_from)
    check_spendable(key, held.spend_until - MICROSECOND)
    refused("bond-key-expired", check_spendable, key, held.spend_until)
    refused("bond-key-expired", check_spendable, key, held.issue_from - MICROSECOND)


def test_quarters_are_those_of_beijing_time():
    new_year = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert epoch_of(new_year) == "2027Q1"
    assert epoch_of(new_year - MICROSECOND) == "2026Q4"
    assert epoch_of(windows("2026Q2", BID).issue_from) == "2026Q2"
    for text in ("2026Q0", "9999Q4", "0000Q1", "2026Q4 "):
        refused("malformed", windows, text, BID)


def test_amounts_are_whole_fen():
    assert DENOMINATIONS == (0, 500_000, 5_000_000, 20_000_000, 80_000_000)


def test_the_custodian_signs_all_its_keys_together():
    custodian = signer("custodian")
    stated = custodian_keys(keys().all(), custodian)
    assert read_custodian_keys(stated, public_bytes(custodian)).all() == keys().all()
    refused("bad-signature", read_custodian_keys, stated, secret("other"))
    fewer = {**stated, "keys": [bond_key().to_json()]}
    refused("bad-signature", read_custodian_keys, fewer, public_bytes(custodian))
