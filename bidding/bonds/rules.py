"""What a token of the anonymous bond may go through: one nullifier, one table.

`absent → live(tender) ⇄ withdrawn(tender) → released → surrendered`; `live → linked | held |
dropped`; `absent → surrendered`. A token once live serves no other tender.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from market.kernel.errors import Refusal
from market.kernel.law import Article, Standing, platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class TokenState(StrEnum):
    """Where a token stands; `ABSENT` is a token never shown."""

    ABSENT = "absent"
    LIVE = "live"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"
    SURRENDERED = "surrendered"
    LINKED = "linked"
    HELD = "held"
    DROPPED = "dropped"


class TokenAction(StrEnum):
    """What can happen to a token."""

    SPEND = "spend"
    WITHDRAW = "withdraw"
    RELEASE = "release"
    SURRENDER = "surrender"
    LINK = "link"
    HOLD = "hold"
    DROP = "drop"


class LinkState(StrEnum):
    """Where a bond stands after opening."""

    HELD = "held"
    ORDERED = "ordered"
    RELEASED = "released"
    FORFEITED = "forfeited"
    DISPLACED = "displaced"


class LinkAction(StrEnum):
    """What can happen to a bond after opening."""

    ORDER = "order"
    RELEASE = "release"
    FORFEIT = "forfeit"
    DISPLACE = "displace"


class HearingState(StrEnum):
    """Where a hearing about a bond stands.

    `SHOWN`: whose a held token is was shown, nothing is proposed. `PROPOSED`: the bidder may state
    its reasons. `KEPT` and `RETURNED`: decided.
    """

    SHOWN = "shown"
    PROPOSED = "proposed"
    KEPT = "kept"
    RETURNED = "returned"


class HearingAction(StrEnum):
    """What can happen in it."""

    PROPOSE = "propose"
    KEEP = "keep"
    RETURN = "return"


PROTOCOL: Final = platform_rule("信任协议第二节第 4 款", "trust protocol, section 2.4")
WITHDRAWAL: Final = Article("招标投标法第二十九条", "Bidding Law art. 29")
WITHDRAWN_REFUND: Final = Article(
    "政府采购货物和服务招标投标管理办法第三十八条",
    "Ministry of Finance order 87 art. 38",
    Standing.MEMORY,
)
RETURN: Final = Article(
    "政府采购法实施条例第三十三条", "Regulation on the Government Procurement Law art. 33"
)
KEPT: Final = Article(
    "政府采购保证金不予退还的规定",
    "rules on the forfeiture of bonds in government procurement",
    Standing.MEMORY,
)
HEARING: Final = platform_rule(
    "不予退还前听取投标人陈述", "the bidder is heard before a bond is kept"
)
REASONS_DAYS: Final = 3
"""Working days in which the bidder states its reasons: rule of this platform."""
REASONS_DAYS_UNKNOWN: Final = 14
"""Calendar days instead, where the working days of the year are not published yet: never fewer."""

_S, _A, _BY = TokenState, TokenAction, Permission.HOUSE_ACT

TOKEN_TABLE: Final = Table(
    "token",
    start=_S.ABSENT,
    moves=[
        Move(_S.ABSENT, _A.SPEND, _S.LIVE, _BY, PROTOCOL),
        Move(_S.ABSENT, _A.SURRENDER, _S.SURRENDERED, _BY, PROTOCOL),
        Move(_S.LIVE, _A.SPEND, _S.LIVE, _BY, PROTOCOL),
        Move(_S.LIVE, _A.WITHDRAW, _S.WITHDRAWN, _BY, WITHDRAWAL),
        Move(_S.LIVE, _A.RELEASE, _S.RELEASED, _BY, PROTOCOL),
        Move(_S.LIVE, _A.LINK, _S.LINKED, _BY, PROTOCOL),
        Move(_S.LIVE, _A.HOLD, _S.HELD, _BY, PROTOCOL),
        Move(_S.LIVE, _A.DROP, _S.DROPPED, _BY, PROTOCOL),
        Move(_S.WITHDRAWN, _A.SPEND, _S.LIVE, _BY, PROTOCOL),
        Move(_S.WITHDRAWN, _A.RELEASE, _S.RELEASED, _BY, PROTOCOL),
        # Who withdraws in time has a right to the money within five working days, however far the
        # deadline is: the token is given back at once, and can then never come back.
        Move(_S.WITHDRAWN, _A.SURRENDER, _S.SURRENDERED, _BY, WITHDRAWN_REFUND),
        Move(_S.HELD, _A.RELEASE, _S.RELEASED, Permission.BONDS_BOND_FORFEIT, PROTOCOL),
        # The supervisor decided that the bond is kept: only now is its deposit looked for.
        Move(_S.HELD, _A.LINK, _S.LINKED, _BY, PROTOCOL),
        Move(_S.RELEASED, _A.SURRENDER, _S.SURRENDERED, _BY, PROTOCOL),
    ],
)

_L, _D = LinkState, LinkAction

LINK_TABLE: Final = Table(
    "bond",
    start=_L.HELD,
    moves=[
        Move(_L.HELD, _D.ORDER, _L.ORDERED, _BY, RETURN),
        Move(_L.ORDERED, _D.RELEASE, _L.RELEASED, _BY, RETURN),
        Move(_L.HELD, _D.FORFEIT, _L.FORFEITED, Permission.BONDS_BOND_FORFEIT, KEPT),
        # Deposits of one organisation and key are interchangeable, and who closed first comes
        # first: a tender that closed earlier took the deposit.
        Move(_L.HELD, _D.DISPLACE, _L.DISPLACED, _BY, PROTOCOL),
        Move(_L.ORDERED, _D.DISPLACE, _L.DISPLACED, _BY, PROTOCOL),
        # Decided, and the custodian was faster: there is nothing behind it to be kept.
        Move(_L.FORFEITED, _D.DISPLACE, _L.DISPLACED, _BY, PROTOCOL),
    ],
)

_H, _C = HearingState, HearingAction

HEARING_TABLE: Final = Table(
    "bond hearing",
    start=_H.SHOWN,
    moves=[
        Move(_H.SHOWN, _C.PROPOSE, _H.PROPOSED, Permission.BONDS_BOND_FORFEIT, HEARING),
        Move(_H.SHOWN, _C.RETURN, _H.RETURNED, Permission.BONDS_BOND_FORFEIT, PROTOCOL),
        Move(_H.PROPOSED, _C.KEEP, _H.KEPT, Permission.BONDS_BOND_FORFEIT, KEPT),
        Move(_H.PROPOSED, _C.RETURN, _H.RETURNED, Permission.BONDS_BOND_FORFEIT, HEARING),
    ],
)


def refuse_unless_same_tender(state: TokenState, held_for: str | None, tender: str) -> None:
    """Refuse (`token-used`) a token that was ever live for another tender.

    The holder of the bid key alone sees this answer: everything before it was signed by that key.
    """
    if state is not TokenState.ABSENT and held_for != tender:
        raise Refusal(
            "token-used",
            zh="此令牌已用于另一项目，或已退回",
            en="This token was used for another tender, or given back",
        )


def refuse_live(state: TokenState) -> None:
    """Refuse (`token-live`) to give back a token that stands behind a bid.

    A deposit taken out from under a live bid would be a free revocation.
    """
    if not TOKEN_TABLE.allows(state, TokenAction.SURRENDER) and state is not TokenState.SURRENDERED:
        raise Refusal(
            "token-live",
            zh="此令牌仍支持着一份投标；撤回投标后，或项目结束后方可退回",
            en="This token stands behind a bid; withdraw the bid first, or wait for the outcome",
        )


def refuse_other_surrender(first: bytes, second: bytes) -> None:
    """Refuse (`surrender-differs`) a second surrender of one token that is not the first again."""
    if first != second:
        raise Refusal(
            "surrender-differs",
            zh="此令牌已退回，且当时指定了另一个盲化值",
            en="This token was given back before, naming another blinded value",
        )


def refuse_unless_heard(now: datetime, until: datetime, reasons: str | None) -> None:
    """Refuse (`hearing-runs`) to keep a bond before its bidder spoke or let the time pass."""
    if reasons is None and now <= until:
        raise Refusal(
            "hearing-runs",
            zh="投标人的陈述期限未届满，尚不能决定不予退还",
            en="The bidder may still state its reasons; a bond is not kept before that",
            article=HEARING,
        )


def refuse_late_reasons(now: datetime, until: datetime) -> None:
    """Refuse (`hearing-over`) reasons later than the last moment, which is in time itself."""
    if now > until:
        raise Refusal(
            "hearing-over",
            zh="陈述期限已届满",
            en="The time for stating reasons is over",
            article=HEARING,
        )


def refuse_same_person(first: UUID | None, second: UUID | None) -> None:
    """Refuse (`two-persons`) to decide what one has proposed oneself."""
    if first is not None and first == second:
        raise Refusal(
            "two-persons",
            zh="提出不予退还的人不能自己作出决定",
            en="Whoever proposed to keep the bond does not decide about it",
            article=HEARING,
        )
