"""Abnormally low offers: the worked example, the edge of each trigger, and the time to answer."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.evaluation.rules.low_price import (
    Trigger,
    Verdict,
    ask,
    low_price_findings,
    low_price_rejection,
    panel_finding,
    verdict,
)
from bidding.evaluation.rules.prices import Offer
from bidding.evaluation.rules.reasons import RejectionCause
from bidding.rulebook.criteria import LowPriceTriggers
from bidding.rulebook.limits import low_prices
from bidding.rulebook.names import BidNumber
from market.kernel.errors import BadInput, Refusal
from market.kernel.money import Money
from tests.bidding.evaluation.makers import ON, SMALL, A, offer, yuan

USUAL = LowPriceTriggers()
NOON = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def found(offers, ceiling="2000000", triggers=USUAL):
    findings = low_price_findings(offers, ceiling=yuan(ceiling), triggers=triggers)
    return [(finding.bid, finding.trigger) for finding in findings]


def worked():
    return [
        offer("A", 1_800_000),
        offer("B", 1_500_000),
        offer("C", 1_450_000),
        offer("D", 640_000),
    ]


def test_the_worked_example_reviews_0_64_million_by_three_triggers():
    findings = low_price_findings(worked(), ceiling=yuan("2000000"), triggers=USUAL)
    assert [(one.bid, one.trigger) for one in findings] == [
        ("D", Trigger.MEAN),
        ("D", Trigger.SECOND),
        ("D", Trigger.CEILING),
    ]
    assert [one.edge for one in findings] == [67_375_000, 72_500_000, 90_000_000]
    assert findings[0].reference == 134_750_000


def test_a_finding_states_every_figure_in_both_languages():
    findings = low_price_findings(worked(), ceiling=yuan("2000000"), triggers=USUAL)
    mean, second, ceiling = findings
    assert mean.words("zh") == (
        "报价 640,000.00 元，低于全部通过符合性审查报价的平均值 1,347,500.00 元的 50%"
        "（673,750.00 元）"
    )
    assert second.words("en") == (
        "The offer of 640,000.00 yuan is below 50% of the second-lowest offer, "
        "1,450,000.00 yuan (725,000.00 yuan)"
    )
    assert "45%" in ceiling.words("zh")


@pytest.mark.parametrize(("low", "fires"), [("500000", False), ("499999.99", True)])
def test_an_offer_on_the_edge_of_the_second_lowest_is_not_reviewed(low, fires):
    offers = [offer("A", low), offer("B", 1_000_000), offer("C", 1_000_000)]
    reviewed = (A, Trigger.SECOND) in found(offers, ceiling="1000000")
    assert reviewed is fires


@pytest.mark.parametrize(("low", "fires"), [("450000", False), ("449999.99", True)])
def test_an_offer_on_the_edge_of_the_ceiling_is_not_reviewed(low, fires):
    assert found([offer("A", low)], ceiling="1000000") == ([(A, Trigger.CEILING)] if fires else [])


@pytest.mark.parametrize(("low", "fires"), [("200", False), ("199.99", True)])
def test_an_offer_on_the_edge_of_the_mean_is_not_reviewed(low, fires):
    # 200, 300, 700: the mean is 400, half of it 200.
    reviewed = (A, Trigger.MEAN) in found(
        [offer("A", low), offer("B", 300), offer("C", 700)], "700"
    )
    assert reviewed is fires


def test_raised_triggers_review_more():
    offers = [offer("A", 640), offer("B", 1000), offer("C", 1000)]
    raised = LowPriceTriggers(Fraction(65), Fraction(65), Fraction(65))
    assert found(offers, "1000") == []
    assert found(offers, "1000", raised) == [(A, Trigger.SECOND), (A, Trigger.CEILING)]


def test_two_equal_lowest_offers_are_not_below_the_second_lowest():
    offers = [offer("A", 10), offer("B", 10), offer("C", 1000)]
    assert Trigger.SECOND not in {trigger for _, trigger in found(offers, "20")}


def test_preferences_are_not_deducted_before_an_offer_is_called_low():
    assert found([offer("A", 450_000, SMALL)], ceiling="1000000") == []


def test_no_offers_are_not_reviewed_and_a_bid_twice_is_refused():
    assert found([]) == []
    with pytest.raises(Refusal):
        found([offer("A", 1), offer("A", 2)])


def test_the_panel_may_ask_on_professional_grounds_and_must_state_them():
    finding = panel_finding(offer("A", 900), reason=" 低于材料成本 ")
    assert finding.trigger is Trigger.PANEL
    assert "低于材料成本" in finding.words("zh")
    assert "低于材料成本" in finding.words("en")
    with pytest.raises(BadInput) as refusal:
        panel_finding(offer("A", 900), reason="  ")
    assert refusal.value.code == "reason-missing"


def question(minutes=30):
    limits = low_prices(ON)
    assert limits is not None
    return ask(A, asked_at=NOON, period=timedelta(minutes=minutes), limits=limits.value)


def test_a_supplier_has_thirty_minutes_and_an_answer_at_the_last_moment_is_in_time():
    asked = question()
    assert asked.is_in_time(NOON)
    assert asked.is_in_time(NOON + timedelta(minutes=30))
    assert not asked.is_in_time(NOON + timedelta(minutes=30) + MICROSECOND)
    assert not asked.is_in_time(NOON - MICROSECOND)


def test_a_period_below_thirty_minutes_is_refused_with_its_article():
    limits = low_prices(ON)
    assert limits is not None
    short = timedelta(minutes=30) - MICROSECOND
    with pytest.raises(Refusal) as refusal:
        ask(A, asked_at=NOON, period=short, limits=limits.value)
    assert refusal.value.code == "low-price-answer-short"
    assert "财库〔2026〕2号" in refusal.value.words("zh")


@pytest.mark.parametrize(
    ("after", "answered", "proved", "expected"),
    [
        (30 * 60, None, None, Verdict.WAITING),
        (30 * 60, 10, None, Verdict.WAITING),
        (10**5, 10, None, Verdict.WAITING),
        (10**5, 30 * 60, True, Verdict.STANDS),
        (10**5, 30 * 60, False, Verdict.INVALID),
        (10**5, None, None, Verdict.INVALID),
        (10**5, 30 * 60 + 1, True, Verdict.INVALID),
    ],
)
def test_no_proof_in_time_makes_an_offer_invalid(after, answered, proved, expected):
    at = None if answered is None else NOON + timedelta(seconds=answered)
    now = NOON + timedelta(seconds=after)
    assert verdict(question(), now=now, answered_at=at, proved=proved) is expected


def test_one_microsecond_after_the_period_silence_is_an_answer():
    end = NOON + timedelta(minutes=30)
    assert verdict(question(), now=end, answered_at=None, proved=None) is Verdict.WAITING
    late = verdict(question(), now=end + MICROSECOND, answered_at=None, proved=None)
    assert late is Verdict.INVALID
    assert low_price_rejection(A).cause is RejectionCause.LOW_PRICE_NOT_PROVED


def test_before_the_notice_there_are_no_limits():
    assert low_prices(date(2026, 1, 31)) is None
    assert low_prices(date(2026, 2, 1)) is not None


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=8), st.integers(1, 100), st.data())
@settings(deadline=None)
def test_neither_scale_nor_order_changes_who_is_reviewed(amounts, factor, data):
    plain = [Offer(BidNumber(f"B{n}"), Money(fen)) for n, fen in enumerate(amounts)]
    scaled = [Offer(one.bid, Money(one.amount.fen * factor)) for one in plain]
    top = max(amounts)

    def reviewed(offers, ceiling):
        findings = low_price_findings(offers, ceiling=Money(ceiling), triggers=USUAL)
        return [(one.bid, one.trigger) for one in findings]

    shuffled = data.draw(st.permutations(scaled))
    assert reviewed(shuffled, top * factor) == reviewed(plain, top)
