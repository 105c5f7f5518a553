"""One payer behind two bids: found after opening, and never looked at before."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.evaluation.rules.collusion import Consequence, Payer, consequence, same_payer
from bidding.rulebook.names import BidNumber
from market.kernel.errors import Refusal

OPENED = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
LATER = OPENED + timedelta(minutes=5)


def payer(bid, account, holder=None, at=LATER):
    owner = holder or f"holder of {account}"
    return Payer(BidNumber(bid), account.encode(), owner.encode(), at)


def groups(payers):
    return [indicator.bids for indicator in same_payer(payers, opened_at=OPENED)]


def test_the_same_account_in_two_bids_scores_one_hundred_and_is_deemed_collusion():
    found = same_payer([payer("A", "1"), payer("B", "2"), payer("C", "1")], opened_at=OPENED)
    assert [(one.rule, one.bids, one.score) for one in found] == [("K6", ("A", "C"), 100)]
    assert found[0].consequence is Consequence.DEEMED
    assert "A、C" in found[0].words("zh")
    assert "A, C" in found[0].words("en")


def test_different_payers_are_not_accused():
    assert groups([payer("A", "1"), payer("B", "2"), payer("C", "3")]) == []
    assert groups([]) == []


def test_two_accounts_of_one_holder_are_one_payer_and_links_chain():
    assert groups([payer("A", "1", "x"), payer("B", "2", "x")]) == [("A", "B")]
    chain = [payer("A", "1", "x"), payer("C", "2", "y"), payer("B", "1", "y"), payer("D", "9")]
    assert groups(chain) == [("A", "B", "C")]


def test_two_groups_are_two_findings():
    payers = [payer("D", "2"), payer("A", "1"), payer("C", "2"), payer("B", "1")]
    assert groups(payers) == [("A", "B"), ("C", "D")]


def test_before_opening_nothing_is_looked_at():
    payers = [payer("A", "1"), payer("B", "1")]
    assert groups(payers) == [("A", "B")]
    with pytest.raises(Refusal) as refusal:
        same_payer(payers, opened_at=None)
    assert refusal.value.code == "facts-before-opening"
    assert refusal.value.status == 404


def test_a_fact_given_one_microsecond_before_opening_is_refused_and_at_opening_is_not():
    early = payer("B", "1", at=OPENED - timedelta(microseconds=1))
    with pytest.raises(Refusal):
        same_payer([payer("A", "1"), early], opened_at=OPENED)
    assert groups([payer("A", "1"), payer("B", "1", at=OPENED)]) == [("A", "B")]


def test_a_bid_named_twice_is_refused():
    with pytest.raises(Refusal) as refusal:
        groups([payer("A", "1"), payer("A", "1")])
    assert refusal.value.code == "bid-twice"


@pytest.mark.parametrize(
    ("score", "follows"),
    [
        (100, Consequence.DEEMED),
        (99, Consequence.REFER),
        (60, Consequence.REFER),
        (59, Consequence.NOTE),
        (30, Consequence.NOTE),
        (29, Consequence.NOTHING),
    ],
)
def test_what_follows_depends_on_the_score(score, follows):
    assert consequence(score) is follows


PAYERS = [payer(f"B{n}", str(n % 3), f"h{n % 5}") for n in range(7)]


@given(st.permutations(PAYERS))
@settings(deadline=None, max_examples=30)
def test_the_order_of_facts_changes_nothing(payers):
    assert groups(payers) == groups(PAYERS)
