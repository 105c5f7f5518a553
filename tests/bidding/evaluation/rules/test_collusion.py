"""One payer behind two bids: found after opening, and never looked at before."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.evaluation.rules.collusion import Consequence, Payer, consequence, same_payer
from market.kernel.errors import Refusal

OPENED = datetime(2026, 9, 30, 1, 0, tzinfo=UTC)
LABELS = {"A": "01", "B": "02", "C": "03"}


def payer(bidder, account):
    return Payer(bidder, account.encode())


def groups(payers):
    return [tie.bidders for tie in same_payer(payers, opened_at=OPENED)]


def test_the_same_account_in_two_bids_scores_one_hundred_and_is_deemed_collusion():
    (found,) = same_payer([payer("A", "1"), payer("B", "2"), payer("C", "1")], opened_at=OPENED)
    assert (found.rule, found.bidders, found.score) == ("K6", ("A", "C"), 100)
    assert found.consequence is Consequence.DEEMED
    said = {language: found.words(language, LABELS) for language in ("zh", "en")}
    assert "01、03" in said["zh"]
    assert "01, 03" in said["en"]


def test_the_finding_names_both_articles_and_how_far_they_were_verified():
    (found,) = same_payer([payer("A", "1"), payer("B", "1")], opened_at=OPENED)
    words = found.words("zh", LABELS)
    assert "《招标投标法实施条例》第四十条第（六）项" in words
    assert "财政部令第87号第三十七条（条文未核实）" in words


def test_different_payers_are_not_accused():
    assert groups([payer("A", "1"), payer("B", "2"), payer("C", "3")]) == []
    assert groups([]) == []


def test_two_bonds_of_one_bidder_are_no_sign_and_do_not_hide_another():
    assert groups([payer("A", "1"), payer("A", "1")]) == []
    assert groups([payer("A", "1"), payer("A", "1"), payer("B", "1")]) == [("A", "B")]


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


PAYERS = [payer(f"B{n}", str(n % 3)) for n in range(7)]


@given(st.permutations(PAYERS))
@settings(deadline=None, max_examples=30)
def test_the_order_of_facts_changes_nothing(payers):
    assert groups(payers) == groups(PAYERS)
