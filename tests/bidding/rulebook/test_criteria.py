"""Schemes: what a tender may publish, and how it is written down."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from bidding.rulebook.criteria import (
    Criterion,
    Deductions,
    Kind,
    Level,
    LowPriceTriggers,
    TieRule,
)
from bidding.rulebook.criteria_faults import SIZE_CONDITIONS, faults, refuse_unless_lawful
from bidding.rulebook.criteria_reading import read_scheme
from bidding.rulebook.limits import Category, Method, Span
from bidding.rulebook.names import CriterionCode
from market.kernel.errors import MarketError, Refusal
from market.protocol.encoding import canonical, parse
from tests.bidding.evaluation.makers import (
    ON,
    delivery,
    lowest_price,
    scheme,
    technical,
)


def codes(subject, *, on=ON, qualification=()):
    return [fault.code for fault in faults(subject, on=on, qualification=qualification)]


def with_price(weight, **changes):
    """The worked scheme with another price weight, the technical criterion giving way."""
    best = 100 - 20 - Fraction(weight)
    levels = (Level("优", "best", best), Level("无", "none", Fraction(0)))
    criterion = replace(technical(), levels=levels)
    return scheme(price_weight=Fraction(weight), criteria=(criterion, delivery()), **changes)


def test_the_worked_scheme_is_lawful():
    assert codes(scheme()) == []
    refuse_unless_lawful(scheme(), on=ON)


@pytest.mark.parametrize(
    ("method", "category", "weight", "lawful"),
    [
        (Method.COMPREHENSIVE, Category.GOODS, "30", True),
        (Method.COMPREHENSIVE, Category.GOODS, "29.99", False),
        (Method.COMPREHENSIVE, Category.GOODS, "79", True),
        (Method.COMPREHENSIVE, Category.SERVICES, "10", True),
        (Method.COMPREHENSIVE, Category.SERVICES, "9.99", False),
        (Method.CONSULTATION, Category.GOODS, "30", True),
        (Method.CONSULTATION, Category.GOODS, "29.99", False),
        (Method.CONSULTATION, Category.GOODS, "60", True),
        (Method.CONSULTATION, Category.GOODS, "60.01", False),
        (Method.CONSULTATION, Category.SERVICES, "30", True),
        (Method.CONSULTATION, Category.SERVICES, "30.01", False),
    ],
)
def test_the_price_weighs_what_the_law_says_and_the_edges_are_in(method, category, weight, lawful):
    found = codes(with_price(weight, method=method, category=category))
    assert found == ([] if lawful else ["price-weight"])


@pytest.mark.parametrize(("weight", "total"), [("31", "101"), ("30.01", "100.01")])
def test_all_points_make_one_hundred(weight, total):
    fault = faults(scheme(price_weight=Fraction(weight)), on=ON)[0]
    assert fault.code == "weights-not-100"
    assert total in fault.zh
    assert total in fault.en


def test_a_price_that_the_state_fixes_is_not_scored():
    scored = scheme(price_fixed=True, deductions=Deductions(), low_price=None)
    assert codes(scored) == ["fixed-price-scored"]
    assert codes(with_price("0", price_fixed=True, deductions=Deductions(), low_price=None)) == []


def test_the_lowest_price_method_scores_nothing_but_the_price():
    assert codes(lowest_price()) == []
    assert codes(lowest_price(tie_rules=(TieRule.OFFER,))) == []
    assert codes(lowest_price(criteria=(delivery(),))) == ["lowest-price-scores-nothing"]
    assert codes(lowest_price(price_weight=Fraction(99))) == ["lowest-price-scores-nothing"]


def test_a_comprehensive_scheme_has_criteria():
    assert codes(scheme(criteria=(), price_weight=Fraction(100))) == ["no-criteria"]


def test_a_qualification_condition_is_not_scored():
    assert codes(scheme(), qualification={"delivery-days"}) == ["qualification-scored"]
    with pytest.raises(Refusal) as refusal:
        refuse_unless_lawful(scheme(), on=ON, qualification={"delivery-days"})
    assert "第三十四条" in refusal.value.words("zh")
    assert refusal.value.fields.keys() == {"B1"}


@pytest.mark.parametrize("subject", sorted(SIZE_CONDITIONS))
def test_the_size_of_a_firm_is_not_scored(subject):
    criteria = (technical(), replace(delivery(), subject=subject))
    assert codes(scheme(criteria=criteria)) == ["size-scored"]


def objective(*edges):
    levels = tuple(Level("档", "band", Fraction(points), low, high) for low, high, points in edges)
    return replace(delivery(), levels=levels)


TEN, TWENTY = Fraction(10), Fraction(20)


@pytest.mark.parametrize(
    "edges",
    [
        [(None, TEN, 20), (Fraction(11), None, 0)],
        [(None, Fraction(11), 20), (TEN, None, 0)],
        [(TEN, TWENTY, 20), (TWENTY, None, 0)],
        [(None, TEN, 20), (TEN, TWENTY, 0)],
        [(None, None, 20), (None, None, 0)],
        [(None, TEN, 20), (TEN, TEN, 5), (TEN, None, 0)],
        [(None, TWENTY, 20), (TWENTY, TEN, 5), (TEN, None, 0)],
    ],
)
def test_intervals_with_a_gap_or_an_overlap_are_refused(edges):
    assert codes(scheme(criteria=(technical(), objective(*edges)))) == ["intervals-do-not-meet"]


def test_intervals_may_be_written_in_any_order_and_a_bound_belongs_to_the_upper_one():
    criterion = objective((TEN, None, 0), (None, TEN, 20))
    assert codes(scheme(criteria=(technical(), criterion))) == []
    assert criterion.level_of(TEN).points == 0
    assert criterion.level_of(Fraction("9.999999")).points == 20


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ((20, 20), "levels-same-points"),
        ((20,), "levels-too-few"),
        ((20, Fraction("0.001")), "points-form"),
        ((20, -1), "points-form"),
    ],
)
def test_each_level_has_one_point_value_of_its_own(points, code):
    levels = tuple(Level("档", "grade", Fraction(value)) for value in points)
    subjective = Criterion(
        CriterionCode("B2"), delivery().part, Kind.SUBJECTIVE, "service", "服务", "Service", levels
    )
    assert codes(scheme(criteria=(technical(), subjective))) == [code]


def test_a_subjective_criterion_has_words_and_no_interval():
    levels = (Level("优", "good", Fraction(20), low=TEN), Level("无", "none", Fraction(0)))
    odd = replace(delivery(), kind=Kind.SUBJECTIVE, levels=levels)
    assert codes(scheme(criteria=(technical(), odd))) == ["subjective-interval"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": CriterionCode("t 1")}, "criterion-code"),
        ({"subject": "Delivery days"}, "criterion-code"),
        ({"zh": " "}, "criterion-words"),
        ({"en": ""}, "criterion-words"),
        ({"unit_zh": ""}, "unit-missing"),
        ({"code": CriterionCode("T1")}, "codes-twice"),
    ],
)
def test_a_criterion_is_written_out_in_full(change, code):
    assert codes(scheme(criteria=(technical(), replace(delivery(), **change)))) == [code]


def test_an_interval_edge_that_no_decimal_writes_is_a_fault_and_not_a_crash():
    third = Fraction(1, 3)
    criterion = objective((None, third, 20), (third, None, 0))
    assert codes(scheme(criteria=(technical(), criterion))) == ["interval-form"]


@pytest.mark.parametrize(
    ("deductions", "lawful"),
    [
        ({"small": "10"}, True),
        ({"small": "20"}, True),
        ({"small": "9.99"}, False),
        ({"small": "20.01"}, False),
        ({"small": "15", "joint": "4"}, True),
        ({"small": "15", "joint": "6"}, True),
        ({"small": "15", "joint": "3.99"}, False),
        ({"small": "15", "joint": "6.01"}, False),
        ({"small": "15", "national": "20"}, True),
        ({"small": "15", "national": "19.99"}, False),
    ],
)
def test_deductions_keep_to_the_law_and_the_edges_are_in(deductions, lawful):
    granted = Deductions(**{name: Fraction(value) for name, value in deductions.items()})
    assert codes(scheme(deductions=granted)) == ([] if lawful else ["deduction-out-of-range"])


def test_a_tender_deducts_for_small_firms_unless_it_is_reserved_for_them():
    assert codes(scheme(deductions=Deductions())) == ["small-firm-deduction"]
    assert codes(scheme(deductions=Deductions(), reserved=True)) == []
    assert codes(scheme(reserved=True)) == ["small-firm-deduction"]


@pytest.mark.parametrize(
    ("name", "percent", "lawful"),
    [
        ("mean", "50", True),
        ("mean", "49.99", False),
        ("mean", "65", True),
        ("mean", "65.01", False),
        ("second", "49.99", False),
        ("second", "65", True),
        ("ceiling", "45", True),
        ("ceiling", "44.99", False),
        ("ceiling", "65.01", False),
    ],
)
def test_triggers_may_be_raised_to_sixty_five_percent_and_never_lowered(name, percent, lawful):
    triggers = replace(LowPriceTriggers(), **{name: Fraction(percent)})
    assert codes(scheme(low_price=triggers)) == ([] if lawful else ["low-price-trigger"])


def test_the_time_to_answer_is_thirty_minutes_at_least():
    half = timedelta(minutes=30)
    short = half - timedelta(seconds=1)
    assert codes(scheme(low_price=LowPriceTriggers(answer=half))) == []
    assert codes(scheme(low_price=LowPriceTriggers(answer=short))) == ["low-price-answer-short"]


def test_documents_must_state_the_triggers_from_the_day_the_rule_holds():
    assert codes(scheme(low_price=None)) == ["low-price-not-stated"]
    assert codes(scheme(low_price=None), on=date(2025, 6, 1)) == []


def test_tie_rules_fit_the_method():
    assert codes(scheme(tie_rules=())) == []
    assert codes(scheme(tie_rules=(TieRule.OFFER,))) == ["tie-rules"]
    assert codes(scheme(tie_rules=(TieRule.TECHNICAL, TieRule.TECHNICAL))) == ["tie-rules"]
    assert codes(lowest_price(tie_rules=(TieRule.TECHNICAL,))) == ["tie-rules"]
    consultation = scheme(method=Method.CONSULTATION, tie_rules=(TieRule.BUSINESS,))
    assert codes(consultation) == ["tie-rules-consultation"]


def test_all_faults_are_told_at_once():
    wrong = scheme(price_weight=Fraction(20), low_price=None, deductions=Deductions())
    assert set(codes(wrong)) == {
        "weights-not-100",
        "price-weight",
        "small-firm-deduction",
        "low-price-not-stated",
    }


@pytest.mark.parametrize(
    "subject",
    [
        scheme(),
        lowest_price(),
        scheme(low_price=None, deductions=Deductions(), reserved=True, tie_rules=()),
        scheme(deductions=Deductions(Fraction(10), Fraction("4.5"), Fraction(20))),
    ],
)
def test_a_scheme_is_read_back_as_it_was_written(subject):
    raw = canonical(subject.as_json())
    assert read_scheme(parse(raw)) == subject
    assert read_scheme(parse(raw)).digest() == subject.digest()


def test_a_changed_figure_changes_the_digest_of_a_scheme():
    assert scheme().digest() != scheme(price_weight=Fraction("30.01")).digest()
    assert len(scheme().digest()) == 32


def _changed(path, value):
    written = scheme().as_json()
    here = written
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return written


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["type"], "yg/other/v1"),
        (["suite"], "intl-2"),
        (["method"], "cheapest"),
        (["price_weight"], "30.0"),
        (["price_weight"], 30),
        (["price_fixed"], 0),
        (["criteria"], {}),
        (["criteria", 0], "T1"),
        (["criteria", 0, "kind"], "half"),
        (["criteria", 1, "levels", 0, "low"], 3),
        (["criteria", 1, "levels", 0, "points"], None),
        (["criteria", 1, "levels"], None),
        (["tie_rules"], ["luck"]),
        (["tie_rules"], [1]),
        (["deductions", "small"], "15%"),
        (["deductions", "extra"], None),
        (["low_price"], []),
        (["low_price", "answer_seconds"], -1),
        (["low_price", "answer_seconds"], 10**12),
        (["low_price", "answer_seconds"], True),
        (["surplus"], "x"),
    ],
)
def test_a_scheme_of_another_form_is_refused_and_never_crashes(path, value):
    with pytest.raises(MarketError) as refusal:
        read_scheme(_changed(path, value))
    assert refusal.value.status == 422


def test_a_fact_that_no_level_holds_is_a_bug_of_the_scheme():
    narrow = replace(delivery(), levels=(delivery().levels[1],))
    with pytest.raises(LookupError):
        narrow.level_of(Fraction(30))


def test_an_interval_is_named_in_words():
    assert Span(Fraction(30), Fraction(60)).words() == "30-60"
    assert Span(least=Fraction(30)).words() == "≥ 30"
    assert Span(most=Fraction(65)).words() == "≤ 65"
    assert Span(Fraction(20), Fraction(20)).words() == "20"
