"""Bonds of different bidders from one payer: deemed collusion, looked for only after opening."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bidding.evaluation.rules.prices import refuse_if_twice
from bidding.rulebook.articles import FACTS_AFTER_OPENING, ORDER_87_37
from bidding.rulebook.names import BidNumber
from market.kernel.clock import aware
from market.kernel.errors import Refusal
from market.kernel.law import Article

SAME_PAYER_SCORE: Final = 100
DEEMED_FROM: Final = 100
REFER_FROM: Final = 60
NOTE_FROM: Final = 30


class Consequence(StrEnum):
    """What follows from a score."""

    DEEMED = "deemed"
    REFER = "refer"
    NOTE = "note"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Payer:
    """Who paid the bond of a bid, as digests: of the account and of its holder.

    `revealed_at` is when the fact was given to the exchange, which is never before opening.
    """

    bid: BidNumber
    account: bytes
    holder: bytes
    revealed_at: datetime


@dataclass(frozen=True, slots=True)
class Indicator:
    """Bids that are tied to each other, with the score of the rule that says so."""

    rule: str
    bids: tuple[BidNumber, ...]
    score: int
    article: Article

    @property
    def consequence(self) -> Consequence:
        """What follows from this score."""
        return consequence(self.score)

    def words(self, language: str) -> str:
        """The finding in "zh" or "en" for panel and supervisor; never for the purchaser."""
        bids = "、".join(self.bids) if language == "zh" else ", ".join(self.bids)
        cited = self.article.cite(language)
        if language == "zh":
            return f"投标 {bids} 的保证金来自同一单位或者个人的账户，视为串通投标（{cited}）"
        return (
            f"The bonds of bids {bids} came from the account of one payer: "
            f"deemed collusion ({cited})"
        )


def same_payer(payers: Iterable[Payer], *, opened_at: datetime | None) -> tuple[Indicator, ...]:
    """Groups of bids whose bonds came from one account or from accounts of one holder (K6).

    Links chain: A and B share an account, B and C a holder, so A, B and C are one group. Groups
    and bids in them stand by bid number. `Refusal` "facts-before-opening" while the bids are not
    opened, or for a fact that was given earlier; "bid-twice".
    """
    known = sorted(payers, key=lambda payer: payer.bid)
    if opened_at is None or any(aware(row.revealed_at) < aware(opened_at) for row in known):
        raise Refusal(
            "facts-before-opening",
            zh="开标前不得查询或者分析保证金付款信息",
            en="Payments of bonds are not looked at before opening",
            article=FACTS_AFTER_OPENING,
            status=404,
        )
    refuse_if_twice([payer.bid for payer in known])
    return tuple(
        Indicator("K6", tuple(row.bid for row in group), SAME_PAYER_SCORE, ORDER_87_37)
        for group in _groups(known)
        if len(group) > 1
    )


def consequence(score: int) -> Consequence:
    """What follows from a score: from 100 deemed by law, from 60 referred, from 30 noted."""
    if score >= DEEMED_FROM:
        return Consequence.DEEMED
    if score >= REFER_FROM:
        return Consequence.REFER
    return Consequence.NOTE if score >= NOTE_FROM else Consequence.NOTHING


def _groups(payers: Sequence[Payer]) -> list[list[Payer]]:
    groups: list[list[Payer]] = []
    for payer in payers:
        linked = [
            group
            for group in groups
            if any(row.account == payer.account or row.holder == payer.holder for row in group)
        ]
        merged = sorted(
            [row for group in linked for row in group] + [payer], key=lambda row: row.bid
        )
        groups = [group for group in groups if group not in linked] + [merged]
    return sorted(groups, key=lambda group: group[0].bid)
