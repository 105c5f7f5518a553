"""The product against the second calculator: random cases, seeded, and every figure must agree.

The second calculator was written from the law before the product's rules were read. Cases lean to
where two programs part: equal prices, offers exactly on a trigger, halves of a hundredth, ties.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from random import Random

import pytest

from bidding.evaluation.rules.error_correction import Line, WrittenOffer, corrected
from bidding.evaluation.rules.low_price import Trigger, low_price_findings
from bidding.evaluation.rules.prices import (
    Offer,
    PriceScore,
    evaluation_price,
    price_scores,
    reject_above_limit,
)
from bidding.evaluation.rules.ranking import (
    Contender,
    Decider,
    NeedsDraw,
    Ranking,
    contenders,
    rank,
)
from bidding.evaluation.rules.scoring import aggregate
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
from bidding.rulebook.limits import Category, Method, Preference
from bidding.rulebook.names import BidNumber, CriterionCode, MemberNumber
from market.kernel.errors import Refusal
from market.kernel.money import Money
from tests.support.second_calculator import (
    abnormally_low,
    corrected_offer,
    evaluated_prices,
    price_points,
    rank_by_price,
    rank_by_score,
    total,
)

SEED = 20261122
NAMES = tuple(BidNumber(letter) for letter in "ABCDEFG")
MEMBERS = tuple(MemberNumber(f"M{place}") for place in range(1, 8))
TRIGGERS = {1: Trigger.MEAN, 2: Trigger.SECOND, 3: Trigger.CEILING}
T1, T2, B1 = CriterionCode("T1"), CriterionCode("T2"), CriterionCode("B1")


def run(cases: int) -> Counter[str]:
    """Compare so many cases; what was met on the way is counted, so that nothing is idle."""
    chance = Random(SEED)
    met: Counter[str] = Counter()
    for _ in range(cases):
        case = prices_agree(chance, met)
        warnings_agree(chance, met, case)
        if len(case[0]) > 2:
            totals_and_ranks_agree(chance, met, case)
        ties_agree(chance, met)
        corrections_agree(chance, met)
    return met


def hundredths(points: int) -> Fraction:
    return Fraction(points, 100)


def fen_of_offers(chance: Random) -> list[int]:
    """One to seven offers: far apart, close together, or so small that they are often equal."""
    count = chance.randint(1, 7)
    match chance.randrange(3):
        case 0:
            return [chance.randint(1, 10**12) for _ in range(count)]
        case 1:
            middle = chance.randint(10**4, 10**10)
            return [middle * chance.randint(40, 160) // 100 for _ in range(count)]
        case _:
            return [chance.randint(1, 12) for _ in range(count)]


Case = tuple[list[int], list[int], list[Offer], Deductions, list[PriceScore]]


def prices_agree(chance: Random, met: Counter[str]) -> Case:
    """Compared prices to the last fraction of a fen, and points to the hundredth."""
    offers = fen_of_offers(chance)
    small, joint = chance.randint(1000, 2000), chance.randint(400, 600)
    granted = Deductions(hundredths(small), hundredths(joint), Fraction(20))
    worth = {Preference.SMALL: small, Preference.JOINT: joint, Preference.NATIONAL: 2000}
    claims = [
        frozenset(chance.sample(tuple(Preference), chance.choice((0, 0, 1, 2)))) for _ in offers
    ]
    # Being small replaces a share of small firms; being a national product is added.
    claims = [
        claim - {Preference.JOINT} if Preference.SMALL in claim else claim for claim in claims
    ]
    deductions = [sum(worth[preference] for preference in claim) for claim in claims]
    weight = chance.choice((3000, 3000, 6000, chance.randint(1000, 10_000)))
    stated = [
        Offer(name, Money(fen), claim)
        for name, fen, claim in zip(NAMES, offers, claims, strict=False)
    ]
    scores = price_scores(
        chance.sample(stated, len(stated)), weight=hundredths(weight), deductions=granted
    )
    compared = [int(score.price.amount * 10_000) for score in scores]
    assert compared == evaluated_prices(offers, deductions)
    assert [score.price.offer.fen for score in scores] == offers
    points = price_points(offers, deductions, weight)
    assert [int(score.points * 100) for score in scores] == points, (offers, deductions, weight)
    met["price on a half"] += sum((score.exact * 200).denominator == 1 for score in scores)
    met["deducted"] += sum(deduction > 0 for deduction in deductions)
    return offers, deductions, stated, granted, list(scores)


def warnings_agree(chance: Random, met: Counter[str], case: Case) -> None:
    """The same triggers for the same offers; some ceilings are made so that an offer lies on it."""
    offers, _, stated, _, _ = case
    percents = (chance.randint(50, 65), chance.randint(50, 65), chance.randint(45, 65))
    ceiling = max(offers) * chance.randint(100, 200) // 100
    if chance.randrange(2):
        edge = chance.choice(offers) * 100
        ceiling = edge // percents[2] + chance.choice((-1, 0, 0, 1))
    ceiling = max(ceiling, 1)
    triggers = LowPriceTriggers(*(Fraction(percent) for percent in percents))
    found = low_price_findings(stated, ceiling=Money(ceiling), triggers=triggers)
    expected = [
        (name, TRIGGERS[number])
        for name, fired in zip(NAMES, abnormally_low(offers, ceiling, percents), strict=False)
        for number in sorted(fired)
    ]
    assert [(one.bid, one.trigger) for one in found] == expected, (offers, ceiling, percents)
    for _, trigger in expected:
        met[f"trigger {trigger}"] += 1
    met["on the ceiling's edge"] += sum(100 * fen == percents[2] * ceiling for fen in offers)


def level(points: int, low: int | None = None, high: int | None = None) -> Level:
    edges = (None if edge is None else Fraction(edge) for edge in (low, high))
    return Level(f"{points}", f"{points}", hundredths(points), *edges)


TECHNICAL = (4000, 3950, 3333, 3332, 1)
FURTHER = (1000, 500, 5, 0)
BANDS = ((2000, None, 10), (1500, 10, 20), (733, 20, 30), (0, 30, None))
CRITERIA = (
    Criterion(
        T1,
        Part.TECHNICAL,
        Kind.SUBJECTIVE,
        "plan",
        "方案",
        "Plan",
        tuple(level(points) for points in TECHNICAL),
    ),
    Criterion(
        T2,
        Part.TECHNICAL,
        Kind.SUBJECTIVE,
        "staff",
        "人员",
        "Staff",
        tuple(level(points) for points in FURTHER),
    ),
    Criterion(
        B1,
        Part.BUSINESS,
        Kind.OBJECTIVE,
        "days",
        "天数",
        "Days",
        tuple(level(*band) for band in BANDS),
        "天",
        "days",
    ),
)
SCHEME = Scheme(
    Method.COMPREHENSIVE,
    Category.GOODS,
    Fraction(30),
    CRITERIA,
    (TieRule.TECHNICAL, TieRule.BUSINESS),
)
UNDER = SCHEME.digest()


def totals_and_ranks_agree(chance: Random, met: Counter[str], case: Case) -> None:
    """The mean of the members' sheets plus the price, and the order that follows from it."""
    offers, deductions, stated, granted, prices = case
    members = chance.choice((3, 5, 7))
    bands = [chance.choice(BANDS) for _ in offers]
    sheets = [
        [[chance.choice(TECHNICAL), chance.choice(FURTHER), band[0]] for _ in range(members)]
        for band in bands
    ]
    if chance.randrange(40) == 0:
        place, member = chance.randrange(len(offers)), chance.randrange(members)
        sheets[place][member][2] = chance.choice([b[0] for b in BANDS if b != bands[place]])
        met["objective differs"] += 1
        with pytest.raises(ValueError, match="2"):
            total(sheets[place], {2}, 0)
        with pytest.raises(Refusal, match="objective-differs"):
            scored(chance, sheets, bands, prices)
        return
    scores = scored(chance, sheets, bands, prices)
    points = [int(price.points * 100) for price in prices]
    totals = [total(sheet, {2}, price) for sheet, price in zip(sheets, points, strict=True)]
    assert [int(score.total * 100) for score in scores] == totals, (sheets, points)
    scheme = replace(SCHEME, deductions=granted)
    ties = [
        (total([row[:2] for row in sheet], set(), 0), band[0])
        for sheet, band in zip(sheets, bands, strict=True)
    ]
    order_agrees(
        chance,
        met,
        scheme,
        contenders(scheme, stated, scores),
        rank_by_score(totals, offers, ties),
    )
    by_price = replace(scheme, method=Method.LOWEST_PRICE, tie_rules=())
    order_agrees(
        chance,
        met,
        by_price,
        contenders(by_price, stated, ()),
        rank_by_price(offers, deductions, [()] * len(offers)),
    )


def scored(chance, sheets, bands, prices):
    """What the product makes of the sheets; each indicator lies in its band, often on its edge."""
    names = NAMES[: len(sheets)]
    facts = {}
    for name, (_, low, high) in zip(names, bands, strict=True):
        least, most = (high - 5 if low is None else low), (low + 5 if high is None else high)
        inside = least + Fraction(chance.randrange(100), 100) * (most - least)
        facts[name, B1] = chance.choice((Fraction(least), inside))
    given = [
        Sheet(
            "ZC",
            UNDER,
            MEMBERS[member],
            tuple(
                Mark(name, code, hundredths(value))
                for name, rows in zip(names, sheets, strict=True)
                for code, value in zip((T1, T2, B1), rows[member], strict=True)
            ),
        )
        for member in range(len(sheets[0]))
    ]
    return aggregate(
        SCHEME, chance.sample(given, len(given)), bids=names, facts=facts, prices=prices
    )


def ties_agree(chance: Random, met: Counter[str]) -> None:
    """Figures drawn from so few that every rule for ties is needed again and again."""
    count = chance.randint(3, 7)
    rows = [
        (8600 + chance.randrange(2), chance.randint(1, 3), chance.randrange(3), chance.randrange(2))
        for _ in range(count)
    ]
    rules = chance.choice(((), (TieRule.TECHNICAL,), (TieRule.BUSINESS, TieRule.TECHNICAL)))
    figure = {TieRule.TECHNICAL: 2, TieRule.BUSINESS: 3}
    bids = [
        Contender(
            name,
            Money(row[1]),
            evaluation_price(Offer(name, Money(row[1])), Deductions()),
            *(Fraction_as_score(points) for points in (row[0], row[2], row[3])),
        )
        for name, row in zip(NAMES, rows, strict=False)
    ]
    expected = rank_by_score(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [tuple(row[figure[rule]] for rule in rules) for row in rows],
    )
    order_agrees(chance, met, replace(SCHEME, tie_rules=rules), bids, expected)
    small = [chance.choice((0, 1000)) for _ in rows]
    offers = [chance.choice((900, 1000)) for _ in rows]
    stated = [
        Offer(name, Money(fen), frozenset({Preference.SMALL} if cut else ()))
        for name, fen, cut in zip(NAMES, offers, small, strict=False)
    ]
    after = chance.choice(((), (TieRule.OFFER,)))
    lowest = replace(
        SCHEME, method=Method.LOWEST_PRICE, tie_rules=after, deductions=Deductions(Fraction(10))
    )
    order_agrees(
        chance,
        met,
        lowest,
        contenders(lowest, stated, ()),
        rank_by_price(offers, small, [(-fen,) if after else () for fen in offers]),
    )
