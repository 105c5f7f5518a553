"""Bonds of different bidders from one payer: deemed collusion, looked for only after opening."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bidding.rulebook.articles import BIDDING_REGULATION_40, FACTS_AFTER_OPENING, ORDER_87_37
from market.kernel.errors import Refusal
from market.kernel.law import Article

SAME_PAYER: Final = "K6"
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
    """From which account the bond of a bidder came, as a digest.

    A bond is taken only from the account in the bidder's own name, so an account shared by two
    bidders is the whole sign: two accounts of one holder never stand behind different bidders.
    """

    bidder: str
    account: bytes


@dataclass(frozen=True, slots=True)
class Tie:
    """Bidders that are tied to each other, with the score of the rule that says so."""

    rule: str
    bidders: tuple[str, ...]
    score: int
    articles: tuple[Article, ...]

    @property
    def consequence(self) -> Consequence:
        """What follows from this score."""
        return consequence(self.score)

    def words(self, language: str, labels: Mapping[str, str]) -> str:
        """The finding in "zh" or "en" for panel and supervisor; never for the purchaser.

        `labels` says how this reader knows a bid: by its table number, or by its bidder's name.
        """
        zh = language == "zh"
        bids = ("、" if zh else ", ").join(labels[one] for one in self.bidders)
        cited = ("；" if zh else "; ").join(one.cite(language) for one in self.articles)
        if zh:
            return f"投标 {bids} 的保证金来自同一单位或者个人的账户，视为串通投标（{cited}）"
        return (
            f"The bonds of bids {bids} came from the account of one payer: "
            f"deemed collusion ({cited})"
        )


def same_payer(payers: Iterable[Payer], *, opened_at: datetime | None) -> tuple[Tie, ...]:
    """Groups of different bidders whose bonds came from one account (K6), by bidder.

    Two bonds of one bidder are no sign. `Refusal` "facts-before-opening" while the bids are not
    opened: then nothing is looked at, whatever is handed in.
    """
    if opened_at is None:
        raise Refusal(
            "facts-before-opening",
            zh="开标前不得查询或者分析保证金付款信息",
            en="Payments of bonds are not looked at before opening",
            article=FACTS_AFTER_OPENING,
            status=404,
        )
    groups: dict[bytes, set[str]] = defaultdict(set)
    for payer in payers:
        groups[payer.account].add(payer.bidder)
    return tuple(
        Tie(SAME_PAYER, group, SAME_PAYER_SCORE, (BIDDING_REGULATION_40, ORDER_87_37))
        for group in sorted(tuple(sorted(bidders)) for bidders in groups.values())
        if len(group) > 1
    )


def consequence(score: int) -> Consequence:
    """What follows from a score: from 100 deemed by law, from 60 referred, from 30 noted."""
    if score >= DEEMED_FROM:
        return Consequence.DEEMED
    if score >= REFER_FROM:
        return Consequence.REFER
    return Consequence.NOTE if score >= NOTE_FROM else Consequence.NOTHING
