"""From the members' sheets to the score of each bid: the arithmetic mean, rounded once.

A member's score of a bid is the sum of its criteria and of the published price points; the bid's
score is the mean over all members, none left out. Objective criteria are computed once, and every
sheet must say the same. What is ranked is the published figure, so that anybody can rank again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bidding.evaluation.rules.prices import PriceScore
from bidding.evaluation.rules.sheets import Facts, Sheet, objective_points, refuse_unless_sound
from bidding.rulebook.articles import ORDER_87_55, ORDER_87_64, SHEETS_FIT
from bidding.rulebook.criteria import Criterion, Kind, Part, Scheme
from bidding.rulebook.figures import published, ratio_text
from bidding.rulebook.names import BidNumber, CriterionCode, MemberNumber
from market.kernel.errors import Refusal

ObjectivePoints = Mapping[tuple[BidNumber, CriterionCode], Fraction]
Given = Sequence[tuple[MemberNumber, Mapping[tuple[BidNumber, CriterionCode], Fraction]]]
"""The members in order, each with all points of its sheet."""


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """One criterion of one bid: what each member gave, and the exact mean.

    For an objective criterion every member's figure is the same.
    """

    criterion: Criterion
    given: tuple[tuple[MemberNumber, Fraction], ...]
    mean: Fraction


@dataclass(frozen=True, slots=True)
class BidScore:
    """The score of one bid with everything it was made from.

    `members` are the whole scores that each member arrives at, price included; `exact` is their
    mean and `total` the published figure. `technical` and `business` are published part scores.
    """

    bid: BidNumber
    criteria: tuple[CriterionScore, ...]
    price: PriceScore | None
    members: tuple[tuple[MemberNumber, Fraction], ...]
    exact: Fraction
    total: Decimal
    technical: Decimal
    business: Decimal


def objective_differences(
    sheets: Sequence[Sheet], computed: ObjectivePoints
) -> tuple[tuple[MemberNumber, BidNumber, CriterionCode], ...]:
    """Every place where a sheet says something else than the fact does."""
    ordered = sorted(sheets, key=lambda sheet: sheet.member)
    return tuple(
        (member, bid, code)
        for member, given in ((sheet.member, sheet.by_place()) for sheet in ordered)
        for (bid, code), points in computed.items()
        if given.get((bid, code)) != points
    )


def aggregate(
    scheme: Scheme,
    sheets: Sequence[Sheet],
    *,
    bids: Collection[BidNumber],
    facts: Facts,
    prices: Collection[PriceScore],
) -> tuple[BidScore, ...]:
    """The scores of all bids still in, by bid number.

    Refused: the codes of `refuse_unless_sound` and `objective_points`; "no-sheets";
    "member-twice"; "objective-differs"; "price-missing" when the price is scored and a bid, or
    somebody else, has no place among the prices.
    """
    _check_members(sheets)
    for sheet in sheets:
        refuse_unless_sound(_of_these(sheet, bids), scheme, bids)
    computed = objective_points(scheme, facts, bids)
    differences = objective_differences(sheets, computed)
    if differences:
        member, bid, code = differences[0]
        raise Refusal(
            "objective-differs",
            zh=f"成员 {member} 对投标 {bid} 客观项 {code} 的评分与事实不一致，"
            f"应为 {ratio_text(computed[bid, code])} 分",
            en=f"Member {member} scored objective criterion {code} of bid {bid} against the fact: "
            f"it is {ratio_text(computed[bid, code])}",
            article=ORDER_87_64,
        )
    by_bid = {score.bid: score for score in prices}
    if scheme.price_fixed:
        by_bid = {}
    elif len(by_bid) != len(prices) or by_bid.keys() != set(bids):
        raise Refusal(
            "price-missing",
            zh="价格分与参加评分的投标不对应",
            en="Price scores and the bids being scored do not fit each other",
            article=SHEETS_FIT,
        )
    given = [(one.member, one.by_place()) for one in sorted(sheets, key=lambda one: one.member)]
    return tuple(_bid_score(scheme, given, bid, by_bid.get(bid)) for bid in sorted(bids))


def _check_members(sheets: Sequence[Sheet]) -> None:
    if not sheets:
        raise Refusal(
            "no-sheets", zh="没有评分表", en="There are no score sheets", article=ORDER_87_55
        )
    members = [sheet.member for sheet in sheets]
    if len(members) != len(set(members)):
        raise Refusal(
            "member-twice",
            zh="同一成员有两份评分表",
            en="A member has two score sheets",
            article=SHEETS_FIT,
        )


def _of_these(sheet: Sheet, bids: Collection[BidNumber]) -> Sheet:
    """The sheet without marks of bids that fell out after it was locked (a low price unproved)."""
    marks = tuple(mark for mark in sheet.marks if mark.bid in bids)
    return Sheet(sheet.tender, sheet.scheme, sheet.member, marks)


def _bid_score(scheme: Scheme, sheets: Given, bid: BidNumber, price: PriceScore | None) -> BidScore:
    criteria = tuple(_criterion_score(row, sheets, bid) for row in scheme.criteria)
    price_points = Fraction(0) if price is None else Fraction(price.points)
    members = tuple(
        (
            member,
            price_points + sum((row.given[place][1] for row in criteria), Fraction(0)),
        )
        for place, (member, _) in enumerate(sheets)
    )
    exact = sum((points for _, points in members), Fraction(0)) / len(members)
    return BidScore(
        bid=bid,
        criteria=criteria,
        price=price,
        members=members,
        exact=exact,
        total=published(exact),
        technical=_part(criteria, Part.TECHNICAL),
        business=_part(criteria, Part.BUSINESS),
    )


def _criterion_score(row: Criterion, sheets: Given, bid: BidNumber) -> CriterionScore:
    # Every place is filled: a sheet with a hole was refused before.
    given = tuple((member, points[bid, row.code]) for member, points in sheets)
    mean = sum((points for _, points in given), Fraction(0)) / len(given)
    return CriterionScore(row, given, mean)


def _part(criteria: Sequence[CriterionScore], part: Part) -> Decimal:
    return published(sum((row.mean for row in criteria if row.criterion.part is part), Fraction(0)))


def is_objective(score: CriterionScore) -> bool:
    """Whether a criterion's score is a fact rather than a judgement."""
    return score.criterion.kind is Kind.OBJECTIVE
