"""The product against the second calculator: random cases, seeded, and every figure must agree.

The second calculator was written from the law before the product's rules were read. Cases lean to
where two programs part: equal prices, offers exactly on a trigger, halves of a hundredth, ties.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
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
from bidding.evaluation.rules.scoring import BidScore, aggregate
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
    for number in range(cases):
        case = prices_agree(chance, met)
        warnings_agree(chance, met, case)
        # The scheme is hashed again for every sheet; every fifth case keeps the minute.
        if number % 5 == 0 and len(case[0]) > 2:
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
    # A firm is small or gives small firms a share, never both; a national product is added.
    firm = ((), (), (Preference.SMALL,), (Preference.JOINT,))
    goods = ((), (), (Preference.NATIONAL,))
    claims = [frozenset((*chance.choice(firm), *chance.choice(goods))) for _ in offers]
    deductions = [sum(worth[preference] for preference in claim) for claim in claims]
    weight = chance.choice((3000, 3000, 6000, chance.randint(1000, 10_000)))
    stated = [
        Offer(name, Money(fen), claim)
        for name, fen, claim in zip(NAMES, offers, claims, strict=False)
    ]
    scores = price_scores(
        chance.sample(stated, len(stated)), weight=hundredths(weight), deductions=granted
    )
    compared = [score.price.amount * 10_000 for score in scores]
    assert compared == evaluated_prices(offers, deductions)
    assert [score.price.offer.fen for score in scores] == offers
    points = price_points(offers, deductions, weight)
    assert [score.points * 100 for score in scores] == points, (offers, deductions, weight)
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
    mean, second, of_ceiling = (Fraction(percent) for percent in percents)
    triggers = LowPriceTriggers(mean, second, of_ceiling)
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


TECHNICAL = (4000, 3333, 3332)
FURTHER = (1000, 5)
Band = tuple[int, int | None, int | None]
"""Points, and the edges of the indicator that earns them: the lower one belongs to the band."""
BANDS: tuple[Band, ...] = ((2000, None, 10), (733, 10, 20), (0, 20, None))


def levels(points: Sequence[int]) -> tuple[Level, ...]:
    return tuple(Level(f"{one}", f"{one}", hundredths(one)) for one in points)


def banded() -> tuple[Level, ...]:
    return tuple(
        Level(
            f"{points}",
            f"{points}",
            hundredths(points),
            None if low is None else Fraction(low),
            None if high is None else Fraction(high),
        )
        for points, low, high in BANDS
    )


CRITERIA = (
    Criterion(T1, Part.TECHNICAL, Kind.SUBJECTIVE, "plan", "方案", "Plan", levels(TECHNICAL)),
    Criterion(T2, Part.TECHNICAL, Kind.SUBJECTIVE, "staff", "人员", "Staff", levels(FURTHER)),
    Criterion(B1, Part.BUSINESS, Kind.OBJECTIVE, "days", "天数", "Days", banded(), "天", "days"),
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
    members = chance.choice((3, 3, 3, 7))
    bands = [chance.choice(BANDS) for _ in offers]
    sheets = [
        [[chance.choice(TECHNICAL), chance.choice(FURTHER), band[0]] for _ in range(members)]
        for band in bands
    ]
    if chance.randrange(20) == 0:
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
    assert [score.total * 100 for score in scores] == totals, (sheets, points)
    scheme = replace(SCHEME, deductions=granted)
    ties: list[tuple[int, ...]] = [
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


def scored(
    chance: Random,
    sheets: list[list[list[int]]],
    bands: list[Band],
    prices: list[PriceScore],
) -> tuple[BidScore, ...]:
    """What the product makes of the sheets; each indicator lies in its band, often on its edge."""
    names = NAMES[: len(sheets)]
    facts: dict[tuple[BidNumber, CriterionCode], Fraction] = {}
    for name, (_, low, high) in zip(names, bands, strict=True):
        least = 0 if low is None else low
        most = 99 if high is None else high
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
            *(Decimal(points).scaleb(-2) for points in (row[0], row[2], row[3])),
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


def order_agrees(
    chance: Random,
    met: Counter[str],
    scheme: Scheme,
    bids: Sequence[Contender],
    places: list[int],
) -> None:
    """Equal places ask for a draw of exactly those bids; with it, or without ties, one order."""
    named = sorted(zip(places, NAMES, strict=False))
    groups = [[name for _, name in group] for _, group in groupby(named, key=lambda one: one[0])]
    tied = [group for group in groups if len(group) > 1]
    found = rank(scheme, chance.sample(list(bids), len(bids)))
    if tied:
        assert isinstance(found, NeedsDraw), places
        assert [list(group) for group in found.groups] == tied
        met["draws"] += 1
        for group in groups:
            chance.shuffle(group)
        drawn = [name for group in groups if len(group) > 1 for name in group]
        found = rank(scheme, bids, drawn=drawn)
    assert isinstance(found, Ranking), places
    assert [place.bid for place in found.places] == [name for group in groups for name in group]
    for place in found.places:
        met[f"decided by {place.decided_by}"] += 1


def corrections_agree(chance: Random, met: Counter[str]) -> None:
    """The price after corrections: a misplaced decimal, capitals, a wrong sum, or all at once."""
    lines = [(chance.randint(1, 9999) * 100, chance.randint(1, 20)) for _ in range(3)]
    right = sum(unit * quantity for unit, quantity in lines)
    form = right if chance.randrange(2) else chance.randint(1, 10**8)
    capitals = right if chance.randrange(3) else chance.randint(1, 10**8)
    misplaced: dict[str, int] = {}
    if not chance.randrange(4):
        lines = []
    elif capitals == right and chance.randrange(2):
        moved, places = chance.randrange(3), chance.choice((-2, -1, 1, 2, 3))
        unit, quantity = lines[moved]
        lines[moved] = (int(unit * Fraction(10) ** places), quantity)
        misplaced[str(moved)] = -places
        met["misplaced"] += 1
    ceiling = chance.choice((right - 1, right, right + 1, 10**9))
    written = WrittenOffer(
        Money(form),
        Money(capitals) if capitals != form or chance.randrange(2) else None,
        chance.choice((None, Money(form), Money(right))),
        tuple(
            Line(str(place), Fraction(quantity), Fraction(unit))
            for place, (unit, quantity) in enumerate(lines)
        ),
        misplaced,
    )
    found = corrected(written)
    wrong = {int(key) for key in misplaced}
    amount, units, above = corrected_offer(form, capitals, lines, wrong, ceiling)
    assert found.amount == Money(amount), written
    assert [(int(line.unit_price), int(line.quantity)) for line in found.lines] == units
    offer = Offer(NAMES[0], found.amount)
    rejected = reject_above_limit(offer, budget=Money(10**12), ceiling=Money(ceiling))
    assert (rejected is not None) == above
    met["above the ceiling"] += above
    met["capitals prevailed"] += form != capitals and not lines
    met["corrected"] += found.must_be_confirmed


EVERYTHING = (
    *("price on a half", "deducted", "on the ceiling's edge", "objective differs", "draws"),
    *("misplaced", "above the ceiling", "capitals prevailed", "corrected"),
    *(f"trigger {trigger}" for trigger in TRIGGERS.values()),
    *(f"decided by {decider}" for decider in Decider),
)


def refuse_idle(met: Counter[str], least: int) -> None:
    """A comparison that hardly met an edge proves nothing about it."""
    assert [name for name in EVERYTHING if met[name] < least] == []


def test_five_thousand_cases_come_out_the_same_in_two_programs() -> None:
    refuse_idle(run(5_000), 25)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_hundred_thousand_cases_come_out_the_same_in_two_programs() -> None:
    met = run(100_000)
    refuse_idle(met, 500)
    print(*(f"{name}: {count}" for name, count in sorted(met.items())), sep="\n")  # noqa: T201 - the count of edges met is what a reader of the long run asks for
