"""Who may not be a bidder of a tender for what else it is there: separation of duties at opening.

Before the opening a bidder is nobody's business. Once the identities are known, each bidder is
compared with everybody who has another part in the same tender. Who has a part is public before
the deadline, so a bid that is refused here could have been left out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from market.accounts.roles import Role
from market.accounts.separation import ONE_SIDE
from market.kernel.law import Article, Standing, platform_rule
from market.projects.rules import PartyKind


class Side(StrEnum):
    """What a bidder, or somebody of its people, also is in the same tender."""

    OWNER = "owner"
    AGENT = "agent"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    CUSTODIAN = "custodian"
    OFFICER = "officer"
    DRAW_PARTY = "draw-party"
    PREPARER = "preparer"
    PRICE_SETTER = "price-setter"
    PERSON = "person"
    PANEL_EMPLOYER = "panel-employer"


class Consequence(StrEnum):
    """Who leaves: the bid, or the member of the panel."""

    BID_REFUSED = "bid-refused"
    MEMBER_RECUSED = "member-recused"


@dataclass(frozen=True, slots=True)
class SideRule:
    """What follows from standing on this side: the cause as the record names it, and why."""

    consequence: Consequence
    cause: str
    zh: str
    en: str
    article: Article

    def words(self, language: str) -> str:
        """The cause with its article, for a reader of "zh" or "en"."""
        cited = self.article.cite(language)
        return f"{self.zh}（{cited}）" if language == "zh" else f"{self.en} ({cited})"


def _refused(cause: str, zh: str, en: str, article: Article) -> SideRule:
    return SideRule(Consequence.BID_REFUSED, cause, zh, en, article)


_PROCUREMENT_REGULATION: Final = Article(
    "政府采购法实施条例第十八条", "Procurement Regulation art. 18"
)
_NEUTRAL: Final = platform_rule("运营机构须保持中立", "The operator is neutral")
_MONEY: Final = platform_rule("托管银行能辨认付款人", "The custodian knows who paid")
_KEYS: Final = platform_rule("开启人不得开启本单位的投标", "No officer opens its own bid")
_DRAW: Final = platform_rule("抽取参与方不得由其结果评审", "No party to a draw is judged by it")

SIDES: Final[dict[Side, SideRule]] = {
    Side.OWNER: _refused(
        "insider",
        "采购人不得参加本项目投标",
        "The owner may not bid for its own tender",
        Article("招标投标法实施条例第三十四条", "Bidding Regulation art. 34"),
    ),
    Side.AGENT: _refused(
        "agent-bids",
        "代理机构不得参加其代理项目的投标",
        "An agent may not bid in the tender it runs",
        Article("招标投标法实施条例第十三条", "Bidding Regulation art. 13"),
    ),
    Side.OPERATOR: _refused(
        "operator-bids",
        "交易场所的运营和管理机构不得在本场所投标",
        "Whoever runs or oversees this trading place may not bid at it",
        _NEUTRAL,
    ),
    Side.SUPERVISOR: _refused(
        "supervisor-bids",
        "行政监督部门和监察机关不得参加其监督的项目投标",
        "A regulator or supervisor may not bid in what it supervises",
        ONE_SIDE,
    ),
    Side.CUSTODIAN: _refused(
        "custodian-bids",
        "保证金托管银行不得在其托管保证金的项目投标",
        "The custodian of the bid bonds may not bid where it keeps them",
        _MONEY,
    ),
    Side.OFFICER: _refused(
        "officer-bids",
        "担任本项目开启人的单位不得参加投标",
        "An organisation with an opening officer of this tender may not bid in it",
        _KEYS,
    ),
    Side.DRAW_PARTY: _refused(
        "draw-party-bids",
        "参与抽取本项目评审专家的单位不得参加投标",
        "A party to the draw of this tender's panel may not bid in it",
        _DRAW,
    ),
    Side.PREPARER: _refused(
        "preparer-bids",
        "为本项目提供设计、规范编制、管理、监理或检测服务的单位不得参加投标",
        "Whoever designed, specified, managed, supervised or inspected this project may not bid",
        _PROCUREMENT_REGULATION,
    ),
    Side.PRICE_SETTER: _refused(
        "price-setter-bids",
        "编制本项目标底或参考价的单位不得参加投标",
        "Whoever compiled the reference price of this project may not bid",
        Article("招标投标法实施条例第二十七条", "Bidding Regulation art. 27"),
    ),
    Side.PERSON: _refused(
        "two-sides",
        "投标单位的人员在本项目中担任另一方的职责",
        "One of the bidder's people stands on another side of this project",
        ONE_SIDE,
    ),
    Side.PANEL_EMPLOYER: SideRule(
        Consequence.MEMBER_RECUSED,
        "true-bidders",
        "评审成员与投标单位有雇佣关系，由候补专家接替",
        "The member of the panel works for a bidder; the next in the draw takes the seat",
        Article("政府采购法实施条例第九条", "Procurement Regulation art. 9", Standing.SOURCED),
    ),
}
"""Every side with its rule. `bidding.panels` recuses its members once the bidders are known."""

_BY_CAPACITY: Final = {
    Role.CENTER: Side.OPERATOR,
    Role.CMO: Side.OPERATOR,
    Role.REG: Side.SUPERVISOR,
    Role.SUPV: Side.SUPERVISOR,
    Role.BANK: Side.CUSTODIAN,
}


def side_of_capacity(capacity: Role) -> Side | None:
    """The side on which an admitted capacity stands in every tender of this place."""
    return _BY_CAPACITY.get(capacity)


def side_of_preparation(kind: PartyKind) -> Side:
    """The side of somebody who took part before the project was traded."""
    return Side.PRICE_SETTER if kind is PartyKind.REFERENCE_PRICE else Side.PREPARER


def refusing(sides: Collection[Side]) -> SideRule | None:
    """The first rule, in the order of the table, by which a bid on these sides is refused."""
    for side, rule in SIDES.items():
        if side in sides and rule.consequence is Consequence.BID_REFUSED:
            return rule
    return None
