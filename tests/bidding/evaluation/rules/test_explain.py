"""How each figure came about, in words that can be checked by hand."""

from fractions import Fraction

from bidding.evaluation.rules.benchmark import BenchmarkRule, benchmark_scores
from bidding.evaluation.rules.error_correction import Line as TableLine
from bidding.evaluation.rules.error_correction import WrittenOffer, corrected
from bidding.evaluation.rules.explain import (
    explain_benchmark,
    explain_correction,
    explain_criterion,
    explain_evaluation_price,
    explain_first,
    explain_place,
    explain_price,
    explain_total,
)
from bidding.evaluation.rules.prices import price_scores
from bidding.evaluation.rules.ranking import Ranking, contenders, rank
from bidding.evaluation.rules.scoring import aggregate
from tests.bidding.evaluation.makers import (
    DELIVERY_DAYS,
    A,
    B,
    C,
    contender,
    five_sheets,
    lowest_price,
    offer,
    scheme,
    three_offers,
    yuan,
)


def prices():
    return price_scores(
        three_offers(), weight=scheme().price_weight, deductions=scheme().deductions
    )


def scores():
    return aggregate(scheme(), five_sheets(), bids=(A, B, C), facts=DELIVERY_DAYS, prices=prices())


def ranking():
    result = rank(scheme(), contenders(scheme(), three_offers(), scores()))
    assert isinstance(result, Ranking)
    return result


def test_a_price_score_shows_the_formula_with_its_figures():
    line = explain_price(prices()[0])
    assert line.zh == "价格分 = 基准价 850,000.00 ÷ 评审价 900,000.00 × 30 = 28.33"
    assert line.en == "Price points = base 850,000.00 / price 900,000.00 × 30 = 28.33"
    assert line.words("zh") == line.zh
    assert line.words("en") == line.en


def test_a_deduction_says_that_the_contract_price_stays_the_offer():
    without, with_it, _ = (score.price for score in prices())
    assert explain_evaluation_price(with_it).zh == (
        "投标 B：报价 1,000,000.00 元，扣除 15% 后评审价 850,000.00 元；"
        "中标合同价仍为 1,000,000.00 元"
    )
    assert "contract price stays 1,000,000.00" in explain_evaluation_price(with_it).en
    assert "无价格扣除" in explain_evaluation_price(without).zh


def test_a_judged_criterion_lists_every_member_and_the_mean():
    first = scores()[0]
    line = explain_criterion(first.criteria[0], first, DELIVERY_DAYS)
    assert line.zh == (
        "T1 实施方案：5 名成员分别评 40.00, 41.00, 41.00, 42.00, 41.00 分，平均 41.00 分"
    )
    assert "5 members gave" in line.en


def test_a_fact_names_its_value_and_its_level():
    first = scores()[0]
    line = explain_criterion(first.criteria[1], first, DELIVERY_DAYS)
    assert line.zh == "B1 交货期：15 天，属“15分档”，得 15.00 分（客观项）"
    assert line.en == "B1 Delivery time: 15 days is “band 15”, 15.00 points (objective)"


def test_a_fact_that_no_decimal_writes_is_still_explained():
    first = scores()[0]
    facts = {**DELIVERY_DAYS, (A, first.criteria[1].criterion.code): Fraction(46, 3)}
    assert "15.33 天" in explain_criterion(first.criteria[1], first, facts).zh


def test_a_total_is_the_mean_of_sums_that_anybody_can_add():
    line = explain_total(scores()[0])
    assert "83.33, 84.33, 84.33, 85.33, 84.33" in line.zh
    assert line.zh.endswith("5 人平均得 84.33 分")
    assert "price points 28.33 included" in line.en


def test_a_place_says_what_decided_it():
    first = explain_place(ranking().places[0])
    assert first.zh == "第 1 名：投标 C，得分 86.85，报价 1,200,000.00 元；按得分排序"
    assert "Rank 1: bid C, score 86.85" in first.en


def test_it_is_said_plainly_that_quality_beat_the_lowest_price():
    line = explain_first(ranking())
    assert line is not None
    assert "排名第一的投标 C 报价 1,200,000.00 元，最低报价为投标 A 的 900,000.00 元" in line.zh
    assert "投标 C 技术 47.60、商务 18.00、价格 21.25，总分 86.85" in line.zh
    assert "bid A: technical 41.00, business 15.00, price 28.33, total 84.33" in line.en


def test_a_winner_who_is_also_the_cheapest_needs_no_such_line():
    offers = [offer("A", 1), offer("B", 2), offer("C", 3)]
    result = rank(lowest_price(), contenders(lowest_price(), offers, ()))
    assert isinstance(result, Ranking)
    assert explain_first(result) is None
    assert "评审价 0.01 元" not in explain_place(result.places[0]).zh
    assert "评审价 1.00 元" in explain_place(result.places[0]).zh


def test_under_the_lowest_price_method_the_prices_compared_are_named():
    offers = three_offers()
    result = rank(lowest_price(), contenders(lowest_price(), offers, ()))
    assert isinstance(result, Ranking)
    line = explain_first(result)
    assert line is not None
    assert "投标 B 评审价 850,000.00 元" in line.zh
    assert "bid A is compared at 900,000.00 yuan" in line.en


def test_a_draw_is_named_as_what_decided():
    bids = [contender("A", 1), contender("B", 1), contender("C", 2)]
    result = rank(lowest_price(), bids, drawn=(B, A))
    assert isinstance(result, Ranking)
    assert "公开抽签" in explain_place(result.places[0]).zh
    assert "public draw" in explain_place(result.places[1]).en


def test_a_benchmark_score_says_on_which_side_and_how_far():
    rule = BenchmarkRule(Fraction(40), Fraction(0), Fraction(1), Fraction(1, 2))
    low, even, high = benchmark_scores([offer("A", 90), offer("B", 100), offer("C", 110)], rule)
    assert explain_benchmark(low, rule).zh == (
        "报价 90.00 元低于评标基准价 100.00 元 10.00%，每 1% 扣 0.5 分，满分 40 分，得 35.00 分"
    )
    assert "10.00% above the benchmark" in explain_benchmark(high, rule).en
    assert "等于评标基准价，得 40.00 分" in explain_benchmark(even, rule).zh


def test_a_correction_says_what_stood_there_and_what_stands_now():
    table = (
        TableLine("主机", Fraction(2), Fraction(4000)),
        TableLine("线", Fraction(1), Fraction(1)),
    )
    result = corrected(
        WrittenOffer(yuan("8.02"), file=yuan("9"), lines=table, misplaced={"主机": -1})
    )
    first, second, third = (explain_correction(step) for step in result.steps)
    assert "9.00 元 → 8.02 元" in first.zh
    assert "主机 由 40.00 元改为 4.00 元" in second.zh
    assert "8.02 → 8.01 yuan" in third.en
