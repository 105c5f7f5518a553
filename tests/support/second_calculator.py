"""A second calculator of price points, warnings, totals and ranks, written from the law alone.

It shares no line with the product and imports nothing: every figure is a whole number, and
fractions are compared by multiplying crosswise, so that no way of computing is shared either.
Units: offers in fen, points and weights in hundredths of a point, rates in hundredths of a percent
(1500 is 15 %).

The law: Order 87 of the Ministry of Finance, art. 55 (price points), 57 and 68 (ranks), 59 (errors
of sum), 64 (objective criteria); notice 2 of 2026 (abnormally low offers); notice 19 of 2022 and
notice 46 of 2020 (deductions for small firms).
"""

WHOLE = 10_000
"""One hundred percent, in hundredths of a percent."""

SUSPICION = (50, 50, 45)
"""Percent of the mean, of the second-lowest offer, and of the ceiling (notice 2 of 2026)."""

SUSPICION_LIMIT = 65
"""The purchaser may raise each of the three so far and no further, percent."""


def half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number to a fraction that is not negative; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def evaluated_prices(offers: list[int], deductions: list[int]) -> list[int]:
    """Offers after the policy deduction, in ten-thousandths of a fen: nothing is rounded here.

    They serve the evaluation alone: the contract price stays the offer.
    """
    return [
        offer * (WHOLE - deduction) for offer, deduction in zip(offers, deductions, strict=True)
    ]


def price_points(offers: list[int], deductions: list[int], weight: int) -> list[int]:
    """Lowest evaluated price over one's own, times the weight, rounded half up once, at the end.

    The offers are those that passed compliance, and no other (art. 55).
    """
    prices = evaluated_prices(offers, deductions)
    base = min(prices)
    return [half_up(base * weight, price) for price in prices]


def raised_points(offers: list[int], raises: list[int], weight: int) -> list[int]:
    """Works, the other way: points on the offers as made, each raised by a share of itself.

    Rounded half up once, after the raise (notice 46 of 2020).
    """
    base = min(offers)
    return [
        half_up(base * weight * (WHOLE + share), offer * WHOLE)
        for offer, share in zip(offers, raises, strict=True)
    ]


def abnormally_low(
    offers: list[int], ceiling: int, percents: tuple[int, int, int] = SUSPICION
) -> list[set[int]]:
    """For each offer, which of the triggers 1 (mean), 2 (second-lowest) and 3 (ceiling) fire.

    All three compare with "below": an offer exactly on the line does not fire. The mean is over
    all offers passing compliance, the low one included; the second-lowest is the second in the row
    of all offers, so two equal lowest offers are each other's second. A lone offer has no second.
    """
    for least, percent in zip(SUSPICION, percents, strict=True):
        if not least <= percent <= SUSPICION_LIMIT:
            raise ValueError(percent)
    of_mean, of_second, of_ceiling = percents
    row = sorted(offers)
    fired: list[set[int]] = []
    for offer in offers:
        found = set()
        if offer * len(offers) * 100 < of_mean * sum(offers):
            found.add(1)
        if len(row) > 1 and offer * 100 < of_second * row[1]:
            found.add(2)
        if offer * 100 < of_ceiling * ceiling:
            found.add(3)
        fired.append(found)
    return fired


def total(sheets: list[list[int]], objective: set[int], computed: int) -> int:
    """A bidder's score: the arithmetic mean of the members' sums, plus what the system computed.

    `sheets` is one row per member, one column per criterion; `objective` names the columns that
    must be equal over members, and a difference is an error (art. 64). `computed` is the price
    points. No highest or lowest is left out. Rounded half up at the end.
    """
    for column in objective:
        if len({sheet[column] for sheet in sheets}) != 1:
            raise ValueError(column)
    return half_up(sum(map(sum, sheets)) + computed * len(sheets), len(sheets))


def total_with_replaced(sums: list[int], refusing: set[int], computed: int) -> int:
    """Works: a member who refused to explain an outlying sum counts as the mean of the others."""
    heard = [points for member, points in enumerate(sums) if member not in refusing]
    return half_up(sum(heard) + computed * len(heard), len(heard))


def _places(keys: list[tuple[int, ...]]) -> list[int]:
    """Place of each key, least first; equal keys stand side by side and use up their places."""
    return [1 + sum(other < key for other in keys) for key in keys]


def rank_by_score(scores: list[int], offers: list[int], ties: list[tuple[int, ...]]) -> list[int]:
    """Higher score, then lower offer, then the tie rule of the documents; then side by side.

    `ties` holds, per bidder, the figures of the documents' tie rule, the greater the better. The
    offer is the offer made, without deduction. Scores are those of two decimals that are published.
    """
    return _places(
        [
            (-score, offer, *(-figure for figure in tie))
            for score, offer, tie in zip(scores, offers, ties, strict=True)
        ]
    )


def rank_by_price(
    offers: list[int], deductions: list[int], ties: list[tuple[int, ...]]
) -> list[int]:
    """Lowest evaluated price first, then the tie rule of the documents; then side by side."""
    prices = evaluated_prices(offers, deductions)
    return _places(
        [(price, *(-figure for figure in tie)) for price, tie in zip(prices, ties, strict=True)]
    )


def corrected_offer(
    form_small: int,
    form_capital: int,
    lines: list[tuple[int, int]],
    misplaced: set[int],
    ceiling: int,
) -> tuple[int, list[tuple[int, int]], bool]:
    """The offer after the errors are corrected in the order of art. 59.

    What the rest of the file says as a total is not even asked (step 1: the opening form prevails).
    Capitals beat figures (step 2). Where a unit price has its decimal point clearly misplaced (the
    lines so marked), the form's total stands and the unit price is shifted by the power of ten that
    makes the sum agree (step 3). Otherwise the sum of the unit prices beats the total (step 4).
    `lines` are pairs of unit price in fen and whole quantity. Returns the total, the lines, and
    whether the total stands above the ceiling, which is a cause of rejection.
    """
    stands = form_capital if form_capital != form_small else form_small
    settled = list(lines)
    for place in sorted(misplaced):
        settled[place] = _shifted(settled, place, stands)
    by_units = sum(unit * quantity for unit, quantity in settled)
    if settled and by_units != stands:
        stands = by_units
    return stands, settled, stands > ceiling


def _shifted(lines: list[tuple[int, int]], place: int, wanted: int) -> tuple[int, int]:
    """One line with its decimal point moved so that all lines sum to `wanted`, or as it was."""
    unit, quantity = lines[place]
    rest = sum(price * count for price, count in lines) - unit * quantity
    for power in range(1, 7):
        if rest + unit * 10**power * quantity == wanted:
            return unit * 10**power, quantity
        if unit % 10**power == 0 and rest + unit // 10**power * quantity == wanted:
            return unit // 10**power, quantity
    return unit, quantity
