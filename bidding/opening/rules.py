"""Opening as tables: of the whole, and of each bid, with the cause of whatever does not open."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from bidding.opening.sides import SIDES, Consequence
from market.kernel.law import Article, Standing, platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class OpeningState(StrEnum):
    """Where an opening stands, round after round."""

    COLLECTING = "collecting"
    COMBINING = "combining"
    DONE = "done"
    FAILED = "failed"


class OpeningAction(StrEnum):
    """What can happen to an opening."""

    CLOSE_SHARES = "close-shares"
    NEXT_ROUND = "next-round"
    FINISH = "finish"
    FAIL = "fail"


class BidState(StrEnum):
    """What became of a bid that stood at the closing.

    `REVOKED`: not opened for the bidder's cause (撤销). `WITHDRAWN`: not opened for any other
    cause (撤回). `REFUSED`: opened as far as needed and out by rule, with no fault presumed.
    """

    LISTED = "listed"
    IDENTIFIED = "identified"
    OPENED = "opened"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


class BidAction(StrEnum):
    """What can happen to such a bid."""

    IDENTIFY = "identify"
    OPEN = "open"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"
    REFUSE = "refuse"


GRACE: Final = timedelta(seconds=60)
"""Legal time between the deadline and the closing: acts complete in time may still commit."""
SHARES_WITHIN: Final = timedelta(hours=4)
"""Legal time for the officers' shares of a round; then the opening fails by rule."""
SUPPLY_WITHIN: Final = timedelta(minutes=30)
"""Legal time in which anybody may supply a ciphertext that is missing."""
FEWEST: Final = 3

ELECTRONIC: Final = Article("电子招标投标办法第三十一条", "Electronic Tendering Measures art. 31")
OPENING: Final = Article(
    "政府采购货物和服务招标投标管理办法第四十三条",
    "Ministry of Finance order 87 art. 43",
    Standing.MEMORY,
)
PROTOCOL: Final = platform_rule("信任协议第四节", "trust protocol, section 4")

_S, _A, _BY = OpeningState, OpeningAction, Permission.HOUSE_ACT

OPENING_TABLE: Final = Table(
    "opening",
    start=_S.COLLECTING,
    moves=[
        Move(_S.COLLECTING, _A.CLOSE_SHARES, _S.COMBINING, _BY, PROTOCOL),
        Move(_S.COLLECTING, _A.FAIL, _S.FAILED, _BY, PROTOCOL),
        Move(_S.COMBINING, _A.NEXT_ROUND, _S.COLLECTING, _BY, PROTOCOL),
        Move(_S.COMBINING, _A.FINISH, _S.DONE, _BY, PROTOCOL),
        Move(_S.COMBINING, _A.FAIL, _S.FAILED, _BY, OPENING),
    ],
)

_B, _D = BidState, BidAction

BID_TABLE: Final = Table(
    "bid",
    start=_B.LISTED,
    moves=[
        Move(_B.LISTED, _D.IDENTIFY, _B.IDENTIFIED, _BY, PROTOCOL),
        Move(_B.LISTED, _D.REVOKE, _B.REVOKED, _BY, ELECTRONIC),
        Move(_B.LISTED, _D.WITHDRAW, _B.WITHDRAWN, _BY, ELECTRONIC),
        Move(_B.LISTED, _D.REFUSE, _B.REFUSED, _BY, PROTOCOL),
        Move(_B.IDENTIFIED, _D.OPEN, _B.OPENED, _BY, PROTOCOL),
        Move(_B.IDENTIFIED, _D.REVOKE, _B.REVOKED, _BY, ELECTRONIC),
        Move(_B.IDENTIFIED, _D.WITHDRAW, _B.WITHDRAWN, _BY, ELECTRONIC),
        Move(_B.IDENTIFIED, _D.REFUSE, _B.REFUSED, _BY, PROTOCOL),
    ],
)

CAUSES: Final[dict[str, tuple[BidAction, str, str]]] = {
    "ill-dealt": (_D.REVOKE, "份额分配有误", "The shares were not dealt by the rule"),
    "shares-refused": (
        _D.REVOKE,
        "足够多的开启人各自判定其份额并非为本次开标封装",
        "More officers than can collude found shares not sealed for this opening",
    ),
    "bad-payload": (_D.REVOKE, "信封内容格式不符", "The payload does not have the agreed form"),
    "malformed": (_D.REVOKE, "信封内容格式不符", "The payload does not have the agreed form"),
    "sealed-body": (_D.REVOKE, "密文本身无法解开", "The ciphertext itself does not open"),
    "sealed-key": (_D.REVOKE, "密文本身无法解开", "The ciphertext itself does not open"),
    "sealed-mac": (_D.REVOKE, "密文本身无法解开", "The ciphertext itself does not open"),
    "sealed-header": (_D.REVOKE, "密文本身无法解开", "The ciphertext itself does not open"),
    "wrong-type": (_D.REVOKE, "信封内容种类不符", "The payload is of another kind"),
    "payload-differs": (
        _D.REVOKE,
        "信封内容不是该单位签名确认的内容",
        "The envelope is not the one the organisation signed for",
    ),
    "offer-incomplete": (_D.REVOKE, "开标一览表缺项", "The opening form lacks a fact"),
    "ciphertext-missing": (_D.WITHDRAW, "密文缺失，已过补交时限", "The ciphertext is missing"),
    "ciphertext-differs": (_D.WITHDRAW, "密文在保存中损坏", "The ciphertext was damaged"),
    "shares-missing": (_D.WITHDRAW, "开启份额不足", "Too few shares came"),
    "too-few-valid": (
        _D.WITHDRAW,
        "有效投标不足三家，未再开启",
        "Fewer than three bids stand; this one was opened no further",
    ),
    "copied": (_D.REFUSE, "信封复制自他处", "The envelope was copied from elsewhere"),
    "identity-differs": (_D.REFUSE, "身份与本投标不符", "The identity speaks of another bid"),
    "unknown-organisation-key": (
        _D.REFUSE,
        "该单位没有登记这把签名密钥",
        "The organisation has no such registered key",
    ),
    "bad-signature": (_D.REFUSE, "单位签名不成立", "The organisation's signature does not hold"),
    "unknown-organisation": (
        _D.REFUSE,
        "该单位未登记或基本账户未确认",
        "The organisation is not registered, or its basic account not confirmed",
    ),
    "unknown-deposit": (_D.REFUSE, "保证金不成立", "No deposit stands behind the bid"),
    "bad-link": (_D.REFUSE, "保证金不成立", "No deposit stands behind the bid"),
    "no-open-deposit": (_D.REFUSE, "保证金不成立", "No open deposit stands behind the bid"),
    "deposit-late": (_D.REFUSE, "保证金到账晚于截止时间", "The deposit came after the deadline"),
    "duplicate": (
        _D.REFUSE,
        "同一单位对同一项目提交两份投标，全部不予接受",
        "Two bids of one organisation for one lot: all of them are refused",
    ),
} | {
    rule.cause: (_D.REFUSE, rule.words("zh"), rule.words("en"))
    for rule in SIDES.values()
    if rule.consequence is Consequence.BID_REFUSED
}
"""Every cause for which a bid does not open: what it makes of the bid, in both languages."""


def words_of(cause: str) -> tuple[str, str]:
    """A cause in Chinese and English."""
    _, zh, en = CAUSES[cause]
    return zh, en


def is_bidders(cause: str) -> bool:
    """Whether the bidder answers for this cause: its token is held, not released."""
    return CAUSES[cause][0] is BidAction.REVOKE
