"""How each figure came about, one line in both languages, for score sheet, report and bidder."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from bidding.evaluation.rules.benchmark import BenchmarkRule, BenchmarkScore
from bidding.evaluation.rules.error_correction import (
    CORRECTION_WORDS,
    CorrectionRule,
    CorrectionStep,
)
from bidding.evaluation.rules.prices import EvaluationPrice, PriceScore
from bidding.evaluation.rules.ranking import Contender, Decider, Place, Ranking
from bidding.evaluation.rules.scoring import BidScore, CriterionScore
from bidding.evaluation.rules.sheets import Facts
from bidding.rulebook.criteria import Kind, Level
from bidding.rulebook.figures import percent_text, ratio_text, write_figure, yuan_text


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence in both languages."""

    zh: str
    en: str

    def words(self, language: str) -> str:
        """The sentence in "zh" or "en"."""
        return self.zh if language == "zh" else self.en


def explain_evaluation_price(price: EvaluationPrice) -> Line:
    """Why the price compared is what it is; the price paid never changes."""
    offer, amount = yuan_text(price.offer.fen), yuan_text(price.amount)
    if not price.share:
        return Line(
            f"投标 {price.bid}：无价格扣除，评审价 {offer} 元",
            f"Bid {price.bid}: no deduction; compared at {offer} yuan",
        )
    share = percent_text(price.share)
    return Line(
        f"投标 {price.bid}：报价 {offer} 元，扣除 {share} 后评审价 {amount} 元；"
        f"中标合同价仍为 {offer} 元",
        f"Bid {price.bid}: offer {offer} yuan less {share} is compared at {amount} yuan; "
        f"the contract price stays {offer} yuan",
    )


def explain_price(score: PriceScore) -> Line:
    """The price points as the formula with its figures put in."""
    base, amount = yuan_text(score.base), yuan_text(score.price.amount)
    weight = write_figure(score.weight)
    return Line(
        f"价格分 = 基准价 {base} ÷ 评审价 {amount} × {weight} = {score.points}",
        f"Price points = base {base} / price {amount} × {weight} = {score.points}",
    )


def explain_benchmark(score: BenchmarkScore, rule: BenchmarkRule) -> Line:
    """The points by distance from the benchmark, with what was lost for it."""
    per_point = rule.above if score.deviation > 0 else rule.below
    base, offer = yuan_text(score.base), yuan_text(score.offer.fen)
    away = f"{ratio_text(abs(score.deviation))}%"
    full, lost = write_figure(rule.full), write_figure(per_point)
    if score.deviation == 0:
        return Line(
            f"报价 {offer} 元等于评标基准价，得 {score.points} 分",
            f"The offer of {offer} yuan equals the benchmark: {score.points} points",
        )
    side_zh, side_en = ("高于", "above") if score.deviation > 0 else ("低于", "below")
    return Line(
        f"报价 {offer} 元{side_zh}评标基准价 {base} 元 {away}，每 1% 扣 {lost} 分，"
        f"满分 {full} 分，得 {score.points} 分",
        f"The offer of {offer} yuan is {away} {side_en} the benchmark of {base} yuan; "
        f"{lost} off {full} for each percent leaves {score.points}",
    )


def explain_criterion(score: CriterionScore, bid: BidScore, facts: Facts) -> Line:
    """One criterion: the fact and its level, or the members' points and their mean."""
    row = score.criterion
    head_zh, head_en = f"{row.code} {row.zh}", f"{row.code} {row.en}"
    fact = facts.get((bid.bid, row.code))
    if row.kind is Kind.OBJECTIVE and fact is not None:
        level: Level = row.level_of(fact)
        value, points = _plain(fact), ratio_text(level.points)
        return Line(
            f"{head_zh}：{value} {row.unit_zh}，属“{level.zh}”，得 {points} 分（客观项）",
            f"{head_en}: {value} {row.unit_en} is “{level.en}”, {points} points (objective)",
        )
    given = ", ".join(ratio_text(points) for _, points in score.given)
    count, mean = len(score.given), ratio_text(score.mean)
    return Line(
        f"{head_zh}：{count} 名成员分别评 {given} 分，平均 {mean} 分",
        f"{head_en}: {count} members gave {given}; the mean is {mean}",
    )


def explain_total(score: BidScore) -> Line:
    """The score of a bid: every member's sum, and the mean of the sums."""
    sums = ", ".join(ratio_text(points) for _, points in score.members)
    count = len(score.members)
    price = "0.00" if score.price is None else str(score.price.points)
    return Line(
        f"投标 {score.bid}：各成员评分合计（含价格分 {price}）{sums}，"
        f"{count} 人平均得 {score.total} 分",
        f"Bid {score.bid}: the members' sums (price points {price} included) are {sums}; "
        f"the mean of {count} is {score.total}",
    )


def explain_place(place: Place) -> Line:
    """Why a bid stands in its place."""
    zh, en = _DECIDED[place.decided_by]
    bid = place.contender
    figures_zh, figures_en = _figures(bid, place.decided_by)
    return Line(
        f"第 {place.rank} 名：投标 {bid.bid}，{figures_zh}；{zh}",
        f"Rank {place.rank}: bid {bid.bid}, {figures_en}; {en}",
    )


def explain_first(ranking: Ranking) -> Line | None:
    """Said plainly when the first bid is not the cheapest: what its higher price was outweighed by.

    None when no offer is lower than the winner's.
    """
    first = ranking.places[0].contender
    cheapest = min((place.contender for place in ranking.places), key=lambda bid: bid.offer.fen)
    if cheapest.offer.fen >= first.offer.fen:
        return None
    dear, low = yuan_text(first.offer.fen), yuan_text(cheapest.offer.fen)
    first_zh, first_en = _parts(first)
    low_zh, low_en = _parts(cheapest)
    return Line(
        f"排名第一的投标 {first.bid} 报价 {dear} 元，最低报价为投标 {cheapest.bid} 的 {low} 元；"
        f"{first_zh}；{low_zh}",
        f"Bid {first.bid} is first at {dear} yuan, the lowest offer is {low} yuan of "
        f"bid {cheapest.bid}; {first_en}; {low_en}",
    )


def explain_correction(step: CorrectionStep) -> Line:
    """One step of correcting a bid's own arithmetic."""
    zh, en = CORRECTION_WORDS[step.rule]
    item = step.item if step.rule is CorrectionRule.DECIMAL_MISPLACED else ""
    before, after = yuan_text(step.before), yuan_text(step.after)
    if item:
        return Line(
            f"{zh}：{item} 由 {before} 元改为 {after} 元",
            f"{en}: {item} from {before} to {after} yuan",
        )
    return Line(f"{zh}：{before} 元 → {after} 元", f"{en}: {before} → {after} yuan")


_DECIDED: Final[Mapping[Decider, tuple[str, str]]] = {
    Decider.SCORE: ("按得分排序", "placed by its score"),
    Decider.EVALUATION_PRICE: ("按评审价由低到高排序", "placed by the price compared"),
    Decider.OFFER: (
        "得分或者评审价相同，报价较低者在前",
        "equal before, the lower offer goes first",
    ),
    Decider.TECHNICAL: (
        "得分、报价均相同，技术得分较高者在前",
        "equal score and offer, the higher technical points go first",
    ),
    Decider.BUSINESS: (
        "得分、报价均相同，商务得分较高者在前",
        "equal score and offer, the higher business points go first",
    ),
    Decider.DRAW: ("各项均相同，由公开抽签确定", "equal in everything, decided by a public draw"),
}


def _figures(bid: Contender, decider: Decider) -> tuple[str, str]:
    offer, price = yuan_text(bid.offer.fen), yuan_text(bid.price.amount)
    if decider is Decider.EVALUATION_PRICE or not bid.total:
        return f"评审价 {price} 元，报价 {offer} 元", f"compared at {price}, offer {offer} yuan"
    return f"得分 {bid.total}，报价 {offer} 元", f"score {bid.total}, offer {offer} yuan"


def _parts(bid: Contender) -> tuple[str, str]:
    if not bid.total:
        price = yuan_text(bid.price.amount)
        return f"投标 {bid.bid} 评审价 {price} 元", f"bid {bid.bid} is compared at {price} yuan"
    technical, business, points = bid.technical, bid.business, bid.price_points
    zh = f"投标 {bid.bid} 技术 {technical}、商务 {business}、价格 {points}，总分 {bid.total}"
    en = (
        f"bid {bid.bid}: technical {technical}, business {business}, price {points}, "
        f"total {bid.total}"
    )
    return zh, en


def _plain(value: Fraction) -> str:
    try:
        return write_figure(value)
    except ValueError:
        return ratio_text(value)
