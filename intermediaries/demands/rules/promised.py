"""Times that a notice promises and law or the clock decides: payment, and a round of revision."""

from datetime import date

from intermediaries.demands.rules.contents import PAY_MOST
from intermediaries.rulebook.clock.figures import rules_on
from intermediaries.rulebook.periods import PAYMENT
from intermediaries.rulebook.selection.modes import Funds
from market.kernel.errors import BadInput, Refusal
from market.kernel.law import in_force
from market.kernel.workhours import HOUR


def pays_in_time(days: int, funds: Funds | None, on: date) -> bool:
    """Whether so many days after acceptance are soon enough; funds not said yet allow all."""
    return funds is not Funds.FISCAL or in_force(PAYMENT.versions, on).value.allows(days)


def refuse_unless_paid_in_time(days: int, funds: Funds | None, on: date) -> None:
    """Go on only with a time of payment that may be promised.

    `BadInput` "time-out-of-range"; `Refusal` "payment-too-late" for fiscal funds (S12).
    """
    if not 1 <= days <= PAY_MOST:
        words = (f"应为1至{PAY_MOST}日", f"1 to {PAY_MOST} days")
        raise BadInput(
            "time-out-of-range", zh=words[0], en=words[1], fields={"payment_days": words}
        )
    if pays_in_time(days, funds, on):
        return
    law = in_force(PAYMENT.versions, on)
    words = (
        f"财政资金应在{law.value.legal_max}日内付款",
        f"Public money pays within {law.value.legal_max} days",
    )
    raise Refusal(
        "payment-too-late",
        zh=words[0],
        en=words[1],
        article=law.article,
        fields={"payment_days": words},
    )


def revision_hours(on: date) -> int:
    """Working hours of a round of revision, as the clock of every order takes them."""
    return rules_on(on).revision // HOUR
