"""Abnormally low offers: which are reviewed, how long the supplier may answer, what follows.

Any one trigger starts the review; nobody is rejected by a trigger. The offers compared are the
prices offered, before preferences.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from bidding.evaluation.rules.prices import Offer, refuse_if_twice
from bidding.evaluation.rules.reasons import Rejection, RejectionCause, reject
from bidding.rulebook.articles import LOW_PRICE_NOTICE, REASONS_IN_WRITING
from bidding.rulebook.criteria import LowPriceTriggers
from bidding.rulebook.figures import PERCENT, percent_text, yuan_text
from bidding.rulebook.limits import LowPriceLimits
from bidding.rulebook.names import BidNumber
from market.kernel.clock import aware
from market.kernel.errors import BadInput, Refusal
from market.kernel.law import Article
from market.kernel.money import Money


class Trigger(StrEnum):
    """What starts a review."""

    MEAN = "mean"
    SECOND = "second"
    CEILING = "ceiling"
    PANEL = "panel"


@dataclass(frozen=True, slots=True)
class LowPriceFinding:
    """One trigger that fired: the offer, what it was compared with, and the edge it lies below.

    `reference` and `edge` are in fen, exact; they are None for a judgement of the panel, whose
    `reason` stands in its place.
    """

    bid: BidNumber
    offer: Money
    trigger: Trigger
    percent: Fraction | None = None
    reference: Fraction | None = None
    edge: Fraction | None = None
    reason: str = ""
    article: Article = LOW_PRICE_NOTICE

    def words(self, language: str) -> str:
        """The finding in "zh" or "en", with every figure it rests on."""
        offer = yuan_text(self.offer.fen)
        if self.percent is None or self.reference is None or self.edge is None:
            zh, en = _PANEL_WORDS
            return (zh if language == "zh" else en).format(offer=offer, reason=self.reason)
        zh, en = _COMPARED_WITH[self.trigger]
        percent = percent_text(self.percent / PERCENT)
        reference, edge = yuan_text(self.reference), yuan_text(self.edge)
        if language == "zh":
            return f"报价 {offer} 元，低于{zh} {reference} 元的 {percent}（{edge} 元）"
        return (
            f"The offer of {offer} yuan is below {percent} of {en} {reference} yuan ({edge} yuan)"
        )


_COMPARED_WITH: Mapping[Trigger, tuple[str, str]] = {
    Trigger.MEAN: (
        "全部通过符合性审查报价的平均值",
        "the mean of all responsive offers,",
    ),
    Trigger.SECOND: ("次低报价", "the second-lowest offer,"),
    Trigger.CEILING: ("最高限价", "the ceiling,"),
}
_PANEL_WORDS = (
    "报价 {offer} 元，评标委员会认为可能影响产品质量或者不能诚信履约：{reason}",
    "The offer of {offer} yuan may harm quality or performance in the panel's view: {reason}",
)


def low_price_findings(
    offers: Iterable[Offer], *, ceiling: Money, triggers: LowPriceTriggers
) -> tuple[LowPriceFinding, ...]:
    """All triggers that the responsive offers fire, by bid number and in the order of the notice.

    Below means below: an offer exactly on an edge is not reviewed. `ceiling` is the budget where
    no ceiling was set. With one offer there is no second-lowest. `Refusal` "bid-twice".
    """
    known = sorted(offers, key=lambda offer: offer.bid)
    refuse_if_twice([offer.bid for offer in known])
    if not known:
        return ()
    amounts = sorted(offer.amount.fen for offer in known)
    compared = [(Trigger.MEAN, triggers.mean, Fraction(sum(amounts), len(amounts)))]
    if len(amounts) > 1:
        compared.append((Trigger.SECOND, triggers.second, Fraction(amounts[1])))
    compared.append((Trigger.CEILING, triggers.ceiling, Fraction(ceiling.fen)))
    return tuple(
        LowPriceFinding(offer.bid, offer.amount, trigger, percent, reference, edge)
        for offer in known
        for trigger, percent, reference in compared
        if offer.amount.fen < (edge := reference * percent / PERCENT)
    )


def panel_finding(offer: Offer, *, reason: str) -> LowPriceFinding:
    """The panel's own trigger. `BadInput` "reason-missing" without professional grounds."""
    reason = reason.strip()
    if not reason:
        raise BadInput(
            "reason-missing",
            zh="请写明认为报价过低的专业理由",
            en="State the professional grounds for finding the offer too low",
            article=REASONS_IN_WRITING,
            fields={"reason": ("请写明理由", "State the grounds")},
        )
    return LowPriceFinding(offer.bid, offer.amount, Trigger.PANEL, reason=reason)


@dataclass(frozen=True, slots=True)
class LowPriceQuestion:
    """The panel's question to a supplier; an answer at `until` itself is in time."""

    bid: BidNumber
    asked_at: datetime
    until: datetime

    def is_in_time(self, answered_at: datetime) -> bool:
        """Whether an answer was complete by the end of the period."""
        return self.asked_at <= aware(answered_at) <= self.until

    def is_over(self, now: datetime) -> bool:
        """Whether the period is past: one microsecond after `until`."""
        return aware(now) > self.until


def ask(
    bid: BidNumber, *, asked_at: datetime, period: timedelta, limits: LowPriceLimits
) -> LowPriceQuestion:
    """Ask a supplier to justify its price.

    `Refusal` "low-price-answer-short" for a period below the legal minimum, which is itself
    allowed.
    """
    if period < limits.answer_least:
        minutes = int(limits.answer_least.total_seconds()) // 60
        raise Refusal(
            "low-price-answer-short",
            zh=f"供应商说明时间不得少于 {minutes} 分钟",
            en=f"A supplier needs at least {minutes} minutes to answer",
            article=LOW_PRICE_NOTICE,
            status=422,
        )
    start = aware(asked_at)
    return LowPriceQuestion(bid, start, start + period)


class Verdict(StrEnum):
    """What becomes of a reviewed offer."""

    WAITING = "waiting"
    STANDS = "stands"
    INVALID = "invalid"


def verdict(
    question: LowPriceQuestion,
    *,
    now: datetime,
    answered_at: datetime | None,
    proved: bool | None,
) -> Verdict:
    """Where a review stands.

    `proved` is the panel's vote on an answer, None while it has not voted. Without an answer in
    time the offer is invalid whatever anybody thinks; with one it waits for the vote.
    """
    if answered_at is None or not question.is_in_time(answered_at):
        return Verdict.INVALID if question.is_over(now) else Verdict.WAITING
    if proved is None:
        return Verdict.WAITING
    return Verdict.STANDS if proved else Verdict.INVALID


def low_price_rejection(bid: BidNumber) -> Rejection:
    """The rejection that follows from `Verdict.INVALID`."""
    return reject(bid, RejectionCause.LOW_PRICE_NOT_PROVED)
