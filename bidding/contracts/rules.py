"""States of an award, and what may be said and done after the winner is determined."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bidding.rulebook.sources import ORDER_94, PROCUREMENT_LAW, PROCUREMENT_REGULATION
from market.kernel.errors import BadInput, Refusal
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class AwardState(StrEnum):
    """How far an award has come: result public, notice issued, contract signed, copy filed.

    `LAPSED`: its winner fell out before the contract; another award may follow.
    """

    PUBLISHED = "published"
    NOTIFIED = "notified"
    CONTRACTED = "contracted"
    FILED = "filed"
    LAPSED = "lapsed"


class AwardAction(StrEnum):
    """What can happen to an award."""

    NOTIFY = "notify"
    CONTRACT = "contract"
    FILE = "file"
    LAPSE = "lapse"


class LapseCause(StrEnum):
    """Why a winner falls out after the award notice, before the contract."""

    REFUSED = "refused"
    NOT_SIGNED = "not_signed"
    UNABLE = "unable"
    SET_ASIDE = "set_aside"
    CHALLENGE_UPHELD = "challenge_upheld"


LAPSES: Final[dict[LapseCause, tuple[str, str]]] = {
    LapseCause.REFUSED: (
        "中标人书面拒绝与采购人签订合同",
        "the winner refused in writing to sign the contract",
    ),
    LapseCause.NOT_SIGNED: (
        "中标人在规定期限内未签订合同",
        "the winner did not sign the contract within the time the law sets",
    ),
    LapseCause.UNABLE: (
        "中标人因不可抗力不能签订或者履行合同",
        "the winner cannot sign or perform for reasons beyond its control",
    ),
    LapseCause.SET_ASIDE: (
        "中标资格被依法取消",
        "the award was set aside by law",
    ),
    LapseCause.CHALLENGE_UPHELD: (
        "质疑（投诉）成立且影响中标结果",
        "a challenge or complaint was right and affects the result",
    ),
}
KEEPS_BOND: Final = frozenset({LapseCause.REFUSED, LapseCause.NOT_SIGNED})
"""Causes after which the bond waits for a decision: refusing without force majeure (F3.3)."""


class Further(StrEnum):
    """What the purchaser does after its winner fell out (Regulation, article 49)."""

    NEXT = "next"
    RESTART = "restart"


RESULT: Final = PROCUREMENT_REGULATION.article(43)
CONTRACT: Final = PROCUREMENT_LAW.article(46)
FILING: Final = PROCUREMENT_LAW.article(47)
NEXT: Final = PROCUREMENT_REGULATION.article(49)
WORDS_LIMIT: Final = 1000
"""Characters of a reason."""
HELD: Final = PROCUREMENT_REGULATION.article(54)
UPHELD: Final = ORDER_94.remembered(16)
"""What follows when a challenge is right: go on, another winner, or a new start."""

_S, _A = AwardState, AwardAction
_RECORD: Final = Permission.CONTRACTS_CONTRACT_RECORD

AWARD_TABLE: Final = Table(
    "award",
    start=_S.PUBLISHED,
    moves=(
        Move(_S.PUBLISHED, _A.NOTIFY, _S.NOTIFIED, Permission.HOUSE_ACT, RESULT),
        Move(_S.NOTIFIED, _A.CONTRACT, _S.CONTRACTED, _RECORD, CONTRACT),
        Move(_S.NOTIFIED, _A.LAPSE, _S.LAPSED, _RECORD, NEXT),
        Move(_S.CONTRACTED, _A.FILE, _S.FILED, _RECORD, FILING),
    ),
)


@dataclass(frozen=True, slots=True)
class Held:
    """A challenge or complaint, by number, that holds the contract back.

    `until_lapse`: it was found right and affects the result, so that the award must lapse.
    """

    no: str
    until_lapse: bool = False


def refuse_if_held(held: Sequence[Held]) -> None:
    """Refuse (`contract-held`) while challenges or complaints may change the result; all named."""
    if not held:
        return
    right = [one.no for one in held if one.until_lapse]
    waiting = [one.no for one in held if not one.until_lapse]
    zh, en = list[str](), list[str]()
    if waiting:
        zh.append(f"质疑或者投诉 {'、'.join(waiting)} 可能影响中标结果，处理完毕前暂停签订合同。")
        en.append(f"No contract before these are settled: {', '.join(waiting)}.")
    if right:
        zh.append(f"质疑或者投诉 {'、'.join(right)} 成立且影响中标结果，应先取消中标资格。")
        en.append(
            f"Found right, with effect on the result: {', '.join(right)}."
            " The award must lapse; no contract is made on it."
        )
    article = UPHELD if right else HELD
    raise Refusal("contract-held", zh="".join(zh), en=" ".join(en), article=article)


def refuse_unless_upheld(held: Sequence[Held]) -> None:
    """Refuse (`nothing-upheld`) to let an award lapse for a challenge that nobody found right."""
    if not any(one.until_lapse for one in held):
        raise Refusal(
            "nothing-upheld",
            zh="没有成立且影响中标结果的质疑或者投诉，不能以此为由取消中标资格",
            en="No challenge or complaint was found right with effect on this result",
            article=UPHELD,
            status=422,
            fields={"cause": ("没有这样的质疑或者投诉", "There is none")},
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


def refuse_lapse_in_time(now: datetime, until: datetime | None) -> None:
    """Refuse (`still-in-time`) to call a contract overdue up to and at its last moment.

    `until` is that moment; None while its year's working days are not published.
    """
    if until is None or now <= until:
        raise Refusal(
            "still-in-time",
            zh="签订合同的期限尚未届满，不能以逾期未签为由取消中标资格",
            en="The time to sign the contract is not over: it cannot be called overdue yet",
            article=CONTRACT,
        )


def written_words(text: str) -> str:
    """A reason as it is kept; `BadInput` "no-words" when empty or too long."""
    kept = text.strip()
    if not kept or len(kept) > WORDS_LIMIT:
        words = (
            f"请写明具体情况，不超过 {WORDS_LIMIT} 字",
            f"Say what happened, in at most {WORDS_LIMIT} characters",
        )
        raise BadInput("no-words", zh=words[0], en=words[1], fields={"words": words})
    return kept


def refuse_other_day(signed_on: date, *, awarded_on: date, today: date) -> None:
    """Refuse (`signed-on-wrong`) a day before the award notice or after today."""
    if not awarded_on <= signed_on <= today:
        raise BadInput(
            "signed-on-wrong",
            zh="合同签订日应在中标通知书发出之后、今日之前（含当日）",
            en="The contract is signed on the day of the award notice or later, not in the future",
            fields={"signed_on": ("日期不对", "Another day")},
        )
