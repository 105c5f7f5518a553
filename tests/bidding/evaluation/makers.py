"""Makers for tests of evaluation: the worked example of three bids, five members, 100 points."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from bidding.evaluation.rules.prices import EvaluationPrice, Offer
from bidding.evaluation.rules.ranking import ZERO, Contender
from bidding.evaluation.rules.sheets import Mark, Sheet
from bidding.rulebook.criteria import (
    Criterion,
    Deductions,
    Kind,
    Level,
    LowPriceTriggers,
    Part,
    Scheme,
    TieRule,
)
from bidding.rulebook.limits import Category, Method
from bidding.rulebook.names import BidNumber, CriterionCode, MemberNumber
from bidding.rulebook.pricing import Preference
from market.kernel.money import Money

ON = date(2026, 9, 1)
A, B, C = BidNumber("A"), BidNumber("B"), BidNumber("C")
T1, B1 = CriterionCode("T1"), CriterionCode("B1")
MEMBERS = tuple(MemberNumber(f"M{number}") for number in range(1, 6))
SMALL = Preference.SMALL

TECHNICAL_POINTS = {
    A: (40, 41, 41, 42, 41),
    B: (44, 44, 45, 45, 44),
    C: (47, 48, 48, 47, 48),
}
DELIVERY_DAYS = {(A, B1): Fraction(15), (B, B1): Fraction(20), (C, B1): Fraction(10)}
BUSINESS_POINTS = {A: 15, B: 12, C: 18}


def yuan(text):
    return Money.from_yuan(text)


def offer(bid, amount, *preferences):
    return Offer(BidNumber(bid), yuan(str(amount)), frozenset(preferences))


def three_offers():
    return [offer("A", 900_000), offer("B", 1_000_000, SMALL), offer("C", 1_200_000)]


def technical():
    levels = tuple(
        Level(f"第{points}档", f"grade {points}", Fraction(points)) for points in range(50, 37, -1)
    )
    return Criterion(
        T1, Part.TECHNICAL, Kind.SUBJECTIVE, "implementation-plan", "实施方案", "Plan", levels
    )


def delivery():
    edges = [(None, 10, 20), (10, 15, 18), (15, 20, 15), (20, 30, 12), (30, None, 0)]
    levels = tuple(
        Level(
            f"{points}分档",
            f"band {points}",
            Fraction(points),
            None if low is None else Fraction(low),
            None if high is None else Fraction(high),
        )
        for low, high, points in edges
    )
    return Criterion(
        B1,
        Part.BUSINESS,
        Kind.OBJECTIVE,
        "delivery-days",
        "交货期",
        "Delivery time",
        levels,
        "天",
        "days",
    )


def scheme(**changes):
    plain = Scheme(
        method=Method.COMPREHENSIVE,
        category=Category.GOODS,
        price_weight=Fraction(30),
        criteria=(technical(), delivery()),
        tie_rules=(TieRule.TECHNICAL,),
        deductions=Deductions(small=Fraction(15), joint=Fraction(5)),
        low_price=LowPriceTriggers(),
    )
    return replace(plain, **changes)


def lowest_price(**changes):
    return scheme(
        **{
            "method": Method.LOWEST_PRICE,
            "price_weight": Fraction(100),
            "criteria": (),
            "tie_rules": (),
            **changes,
        }
    )


def sheet(place=0, under=None, bids=(A, B, C)):
    marks = [Mark(bid, T1, Fraction(TECHNICAL_POINTS[bid][place])) for bid in bids]
    marks += [Mark(bid, B1, Fraction(BUSINESS_POINTS[bid])) for bid in bids]
    return Sheet("ZC-2026-000123", (under or scheme()).digest(), MEMBERS[place], tuple(marks))


def five_sheets(under=None):
    return [sheet(place, under) for place in range(5)]


def contender(bid, amount, total=ZERO, technical=ZERO, business=ZERO, share=Fraction(0)):
    money = yuan(str(amount))
    price = EvaluationPrice(BidNumber(bid), money, share, money.fen * (1 - share))
    return Contender(BidNumber(bid), money, price, total, technical, business)
