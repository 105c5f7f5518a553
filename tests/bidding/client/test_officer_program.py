"""The officer's program opens what is being opened and nothing else, whatever the platform says.

Review C1, played against the program alone: none of the platform's checks takes part.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from bidding.client.officerbook import OfficerBook
from bidding.client.openings import Sheet, check_acts, check_in_list, make_batch
from market.kernel.errors import MarketError
from market.protocol.acts import Act
from market.protocol.batches import Listed, write_closing_list
from market.protocol.binding import Kind
from market.protocol.opening import check_batch_shares, make_closing, wanted_shares
from market.protocol.receipts import act_leaf
from tests.support.protocol_cast import (
    DEADLINE,
    TENDER,
    bid,
    manifest,
    officer_identity,
    resigned,
    secret,
)


def sheet(*acts: Act, round_no: int = 2) -> Sheet:
    closing = make_closing(TENDER, manifest().hash, 0, DEADLINE, [])
    return Sheet(manifest(), closing, round_no, 1, acts)


def batch_of(held: Sheet):
    recipient = manifest().seats[0].recipients[0]
    return make_batch(held, recipient, officer_identity("owner"))


def test_honest_shares_are_all_given_and_fit_what_the_round_wants() -> None:
    held = sheet(bid("a").act, bid("b").act)
    batch = batch_of(held)
    assert batch.refused == ()
    check_batch_shares(batch, wanted_shares(held.acts, manifest(), 2, 1))


def test_c1_a_share_copied_from_another_bid_is_refused_and_reported() -> None:
    copied = bid("a").act.envelope(Kind.TECHNICAL)
    mine = bid("b").act
    envelopes = tuple(copied if one.kind is Kind.TECHNICAL else one for one in mine.envelopes)
    hostile = resigned(mine, "b", envelopes=envelopes)
    batch = batch_of(sheet(bid("a").act, hostile))
    assert [item.bid_pub for item in batch.shares] == [bid("a").act.bid_pub]
    assert [(item.bid_pub, item.code) for item in batch.refused] == [
        (hostile.bid_pub, "foreign-share")
    ]


def test_c1_a_price_envelope_in_the_technical_slot_is_refused() -> None:
    act = bid("a").act
    price = replace(act.envelope(Kind.PRICE), kind=Kind.TECHNICAL)
    envelopes = tuple(price if one.kind is Kind.TECHNICAL else one for one in act.envelopes)
    batch = batch_of(sheet(resigned(act, "a", envelopes=envelopes)))
    assert batch.shares == ()
    assert [item.code for item in batch.refused] == ["foreign-share"]


def test_c1_a_share_sealed_for_another_tender_is_refused() -> None:
    other = replace(manifest(), tender="ZC-2026-000999")
    act = resigned(bid("a").act, "a", tender=other.tender, manifest_hash=other.hash)
    closing = make_closing(other.tender, other.hash, 0, DEADLINE, [])
    batch = batch_of(Sheet(other, closing, 2, 1, (act,)))
    assert batch.shares == ()
    assert [item.code for item in batch.refused] == ["foreign-share"]


def code_of(action, *arguments) -> str:
    with pytest.raises(MarketError) as no:
        action(*arguments)
    return no.value.code


def test_an_act_that_the_closing_does_not_list_is_not_opened() -> None:
    acts = [bid("a").act, bid("b").act]
    salts = [secret("salt/a"), secret("salt/b")]
    rows = [
        Listed(DEADLINE, act_leaf(salt, act.raw), 7, place)
        for place, (act, salt) in enumerate(zip(acts, salts, strict=True))
    ]
    rows.sort(key=lambda row: row.leaf)
    pairs = sorted(zip(acts, salts, strict=True), key=lambda two: act_leaf(two[1], two[0].raw))
    acts, salts = [act for act, _ in pairs], [salt for _, salt in pairs]
    closing = make_closing(TENDER, manifest().hash, 0, DEADLINE, rows)
    listed = write_closing_list(TENDER, rows)
    check_in_list(closing, listed, acts, salts)
    check_in_list(closing, listed, acts[1:], salts[1:])  # one is out since round 1
    assert code_of(check_in_list, closing, listed, acts[::-1], salts[::-1]) == "closing-differs"
    one = write_closing_list(TENDER, rows[:1])
    assert code_of(check_in_list, closing, one, acts[:1], salts[:1]) == "closing-differs"
    few = make_closing(TENDER, manifest().hash, 0, DEADLINE, rows[:1])
    assert code_of(check_in_list, few, one, acts, salts) == "closing-differs"


def test_acts_of_another_manifest_twice_or_unsigned_are_not_opened() -> None:
    act = bid("a").act
    assert code_of(check_acts, [act.raw, act.raw], manifest()) == "act-twice"
    other = replace(manifest(), k=2)
    assert code_of(check_acts, [act.raw], other) == "foreign-act"
    forged = resigned(act, "b")
    assert code_of(check_acts, [forged.raw], manifest()) == "bad-signature"


def test_an_officer_opens_a_tender_for_one_closing_alone(tmp_path: Path) -> None:
    book = OfficerBook(tmp_path)
    book.refuse_other_closing(TENDER, secret("one"))
    book.refuse_other_closing(TENDER, secret("one"))
    assert code_of(book.refuse_other_closing, TENDER, secret("two")) == "two-closings"
