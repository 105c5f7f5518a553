"""Interest on bonds: what is paid with a refund, and what a late refund costs.

Rates are parameters that somebody enters; the law fixes who owes interest and for what. Amounts are
brought to whole fen half up, once, at the end.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bidding.rulebook.numbers import NO_LOCAL_RULES, Bounds, LegalNumber, LocalRules, Measure
from bidding.rulebook.sources import BIDDING_REGULATION, ORDER_87, PLATFORM_SINCE
from market.kernel.law import Article, Dated, Standing, platform_rule
from market.kernel.money import Money
from market.kernel.rounding import Rounding

DEMAND_DAYS_A_YEAR: Final = Dated(
    360,
    Article("银行活期存款计息惯例", "bank practice for demand deposits", Standing.MEMORY),
    BIDDING_REGULATION.since,
)
OVERDUE_DAYS_A_YEAR: Final = Dated(
    365,
    platform_rule("逾期占用费按365日计", "interest for delay counts a year as 365 days"),
    PLATFORM_SINCE,
)
OVERDUE_SURCHARGE: Final = LegalNumber(
    "GP.overdue_surcharge",
    "逾期退还保证金的利率上浮",
    "surcharge on the base rate for a late refund",
    Measure.SHARE,
    (
        Dated(
            Bounds(Fraction(20, 100), legal_min=Fraction(20, 100)),
            ORDER_87.remembered(38),
            ORDER_87.since,
        ),
    ),
)


def demand_interest(principal: Money, rate: Fraction | Decimal, days: int) -> Money:
    """Interest of an engineering bond for the days it was held, at the bank's demand rate.

    `rate` is per year as a share (0.05 % is 0.0005); a year has 360 days. The duty to pay it:
    Regulation implementing the Bidding Law, art. 57.
    """
    return _interest(principal, Fraction(rate), days, DEMAND_DAYS_A_YEAR.value)


def overdue_interest(
    principal: Money,
    base_rate: Fraction | Decimal,
    days: int,
    *,
    on: date,
    local: LocalRules = NO_LOCAL_RULES,
    supplier_caused: bool = False,
) -> Money:
    """What a late refund in procurement costs: the base rate and a fifth, for the days of delay.

    Nothing where the supplier caused the delay. `on` is the publication day, whose law holds.
    """
    if supplier_caused:
        return Money(0)
    surcharge = OVERDUE_SURCHARGE.effective(on, local).value
    return _interest(
        principal, Fraction(base_rate) * (1 + surcharge), days, OVERDUE_DAYS_A_YEAR.value
    )


def days_overdue(due: date, paid_on: date) -> int:
    """Calendar days from the day after the last day to the day of payment, both included."""
    return max(0, (paid_on - due).days)


def _interest(principal: Money, rate: Fraction, days: int, year: int) -> Money:
    if days < 0 or rate < 0 or principal < Money(0):
        raise ValueError("interest runs forward, on money held, at no negative rate")
    return principal.times(rate * days / year, Rounding.HALF_UP)
