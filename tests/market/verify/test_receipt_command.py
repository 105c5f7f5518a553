"""A receipt followed by its holder: act, batch, log, closing list; an omission is named."""

from datetime import timedelta

import pytest

from market.protocol.batches import write_closing_list
from market.protocol.encoding import parse
from market.protocol.opening import make_closing
from tests.support.followed_bid import ACT, DEADLINE, TENDER, Bid
from tests.support.log_cast import NOON, private, seconds, secret
from tests.support.verifier import Folder


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def verify(folder, **kwargs):
    more = [(f"--{name}", folder.path / name) for name in ("act", "redemption", "closing", "list")]
    words = [str(word) for pair in more for word in pair]
    return folder.run("receipt", str(folder.path / "receipt"), *words, **kwargs)


def test_a_receipt_is_followed_from_the_act_to_the_closing_list(folder):
    Bid().into(folder)
    code, said = verify(folder)
    assert code == 0
    for words in (
        "The platform signed the receipt",
        "The receipt is for exactly this act",
        "stands in batch 0 at place",
        "The closing list (2 acts) is the one fixed in the journal",
        "and must be opened",
    ):
        assert words in said
    assert verify(folder, language="zh")[0] == 0


def test_a_receipt_as_the_sealing_page_keeps_it_is_checked_with_its_own_act_and_redemption(folder):
    bid = Bid()
    receipt, act = bid.receipt.sign(private("receipt")), parse(ACT)
    kept = {"receipt": receipt, "act": act, "redemption": bid.redemption, "facts": {}}
    folder.put("kept", kept)
    code, said = folder.run("receipt", "kept")
    assert code == 0
    assert "The receipt is for exactly this act" in said
    assert "stands in batch 0 at place" in said
    folder.put("other", {**kept, "act": {**act, "amendment": 1}})
    assert "[receipt-differs]" in folder.run("receipt", "other")[1]
    folder.put("young", {**kept, "redemption": None})
    code, said = folder.run("receipt", "young")
    assert code == 0
    assert "Not proved: The redemption was not given" in said


def test_a_part_of_a_kept_receipt_under_another_name_does_not_go_unseen(folder):
    bid = Bid()
    receipt, act = bid.receipt.sign(private("receipt")), parse(ACT)
    folder.put("kept", {"receipt": receipt, "bct": act, "redemption": bid.redemption})
    code, said = folder.run("receipt", "kept")
    assert code == 1
    assert "[malformed]: Members not foreseen: bct" in said
    folder.put("kept", {"receipt": receipt, "facts": {"price": []}})
    code, said = folder.run("receipt", "kept")
    assert code == 0
    for words in ("The act was not given", "The redemption was not given", "The facts kept"):
        assert f"Not proved: {words}" in said


def test_a_receipt_signed_with_the_older_pinned_key_holds(folder):
    bid = Bid()
    bid.into(folder, receipt=bid.receipt.sign(private("receipt-old")))
    assert verify(folder)[0] == 0


def test_a_receipt_that_nobody_pinned_signed_is_refused(folder):
    bid = Bid()
    bid.into(folder, receipt=bid.receipt.sign(private("somebody")))
    code, said = verify(folder)
    assert code == 1
    assert "[bad-signature]" in said


def test_a_receipt_of_another_form_is_refused_before_its_signature(folder):
    held = Bid().receipt.sign(private("receipt"))
    folder.put("receipt", {**held, "extra": 1})
    assert "[malformed]" in folder.run("receipt", "receipt")[1]


def test_m5_a_receipt_for_other_content_is_refused(folder):
    bid = Bid()
    bid.into(folder, act=ACT.replace(b'"amendment":0', b'"amendment":1'))
    code, said = verify(folder)
    assert code == 1
    assert "[receipt-differs]" in said
    assert "The platform signed the receipt" in said


def test_a_batch_at_the_end_of_the_promise_holds_and_a_microsecond_later_does_not(folder):
    Bid(batch_after=65).into(folder)
    assert verify(folder)[0] == 0
    Bid(batch_after=65.000001).into(folder)
    code, said = verify(folder)
    assert code == 1
    assert "[promise-broken]" in said


def test_a_batch_before_the_receipt_is_refused(folder):
    Bid(at=seconds(10), batch_after=-1).into(folder)
    assert "[promise-broken]" in verify(folder)[1]


def test_h11_a_receipt_that_is_not_in_the_closing_list_is_named_as_an_omission(folder):
    bid = Bid()
    others = bid.listed[:1]
    closing = make_closing(TENDER, secret("manifest"), 0, DEADLINE, others)
    index = bid.log.append("closing", DEADLINE + timedelta(seconds=31), "x", closing.to_json())
    bid.into(
        folder,
        closing=bid.log.inclusion(index, at=DEADLINE + timedelta(seconds=60)),
        list=write_closing_list(TENDER, others),
    )
    code, said = verify(folder)
    assert code == 1
    assert "[omitted]" in said
    assert "stands in batch 0" in said


def test_h11_a_list_shown_that_is_not_the_fixed_one_is_refused(folder):
    bid = Bid()
    bid.into(folder, list=write_closing_list(TENDER, bid.listed[1:]))
    assert "[closing-differs]" in verify(folder)[1]


def test_a_closing_of_another_tender_or_another_entry_is_refused(folder):
    bid = Bid()
    bid.into(folder, closing=bid.log.inclusion(0))
    assert "[wrong-type]" in verify(folder)[1]
    other = make_closing("ZC-2026-000124", secret("manifest"), 0, DEADLINE, bid.listed)
    index = bid.log.append("closing", DEADLINE + timedelta(seconds=31), "x", other.to_json())
    bid.into(folder, closing=bid.log.inclusion(index))
    assert "[wrong-tender]" in verify(folder)[1]


def test_an_act_at_the_deadline_may_be_listed_and_a_microsecond_later_may_not(folder):
    Bid(deadline=NOON).into(folder)
    assert verify(folder)[0] == 0
    Bid(deadline=NOON - timedelta(microseconds=1)).into(folder)
    assert "[listed-late]" in verify(folder)[1]


def test_h11_it_is_said_when_the_witnesses_saw_the_closing_too_late_to_prove_its_time(folder):
    bid = Bid()
    bid.into(folder, closing=bid.log.inclusion(3, at=DEADLINE + timedelta(seconds=120)))
    assert "the log's own word" not in verify(folder)[1]
    bid.into(folder, closing=bid.log.inclusion(3, at=DEADLINE + timedelta(seconds=121)))
    code, said = verify(folder)
    assert code == 0
    assert "any earlier time is the log's own word" in said


def test_a_closing_without_its_list_is_refused(folder):
    Bid().into(folder)
    assert "[no-list]" in folder.run("receipt", "receipt", "--closing", "closing")[1]
