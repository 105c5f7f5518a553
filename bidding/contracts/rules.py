"""States of an award, and what may be said and done after the winner is determined."""

from datetime import date
from enum import StrEnum
from typing import Final

from bidding.rulebook.sources import PROCUREMENT_LAW, PROCUREMENT_REGULATION
from market.kernel.errors import BadInput, Refusal
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class AwardState(StrEnum):
    """How far an award has come: result public, notice issued, contract signed, copy filed."""

    PUBLISHED = "published"
    NOTIFIED = "notified"
    CONTRACTED = "contracted"
    FILED = "filed"


class AwardAction(StrEnum):
    """What can happen to an award."""

    NOTIFY = "notify"
    CONTRACT = "contract"
    FILE = "file"


RESULT: Final = PROCUREMENT_REGULATION.article(43)
CONTRACT: Final = PROCUREMENT_LAW.article(46)
FILING: Final = PROCUREMENT_LAW.article(47)
HELD: Final = PROCUREMENT_REGULATION.article(54)

_S, _A = AwardState, AwardAction
_RECORD: Final = Permission.CONTRACTS_CONTRACT_RECORD

AWARD_TABLE: Final = Table(
    "award",
    start=_S.PUBLISHED,
    moves=(
        Move(_S.PUBLISHED, _A.NOTIFY, _S.NOTIFIED, Permission.HOUSE_ACT, RESULT),
        Move(_S.NOTIFIED, _A.CONTRACT, _S.CONTRACTED, _RECORD, CONTRACT),
        Move(_S.CONTRACTED, _A.FILE, _S.FILED, _RECORD, FILING),
    ),
)


def refuse_if_held(challenges: list[str]) -> None:
    """Refuse (`contract-held`) while a registered challenge may change the result."""
    if challenges:
        listed = "、".join(challenges)
        raise Refusal(
            "contract-held",
            zh=f"质疑 {listed} 可能影响中标结果，答复前暂停签订合同",
            en=f"Challenge {listed} may change the result: no contract before it is answered",
            article=HELD,
        )


def refuse_other_amount(amount: Money, offer: Money) -> None:
    """Refuse (`amount-differs`) a contract for another amount than the winning offer."""
    if amount.fen != offer.fen:
        raise Refusal(
            "amount-differs",
            zh=f"合同金额应为中标金额 {offer} 元",
            en=f"The contract is for the winning offer of {offer} yuan",
            article=CONTRACT,
            status=422,
            fields={"amount": (f"应为 {offer}", f"It is {offer}")},
        )


def refuse_other_day(signed_on: date, *, awarded_on: date, today: date) -> None:
    """Refuse (`signed-on-wrong`) a day before the award notice or after today."""
    if not awarded_on <= signed_on <= today:
        raise BadInput(
            "signed-on-wrong",
            zh="合同签订日应在中标通知书发出之后、今日之前（含当日）",
            en="The contract is signed on the day of the award notice or later, not in the future",
            fields={"signed_on": ("日期不对", "Another day")},
        )
