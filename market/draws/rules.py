"""States of a draw, who moves it, and what it waits for."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from market.kernel.errors import NotFound, Refusal
from market.kernel.law import platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class DrawState(StrEnum):
    """How far a draw has come.

    `FROZEN` waits for the audit of its pool, `AUDITED` for commitments, `COMMITTED` for nonces;
    `DRAWN` has its seed and is walked; `STOPPED`: an audit found the pool wanting, and it may be
    frozen again.
    """

    FROZEN = "frozen"
    AUDITED = "audited"
    COMMITTED = "committed"
    DRAWN = "drawn"
    PUBLISHED = "published"
    STOPPED = "stopped"


class DrawAction(StrEnum):
    """What may happen to a draw; `VOID` ends an attempt, never the draw."""

    AUDIT = "audit"
    STOP = "stop"
    REFREEZE = "refreeze"
    COMMIT = "commit"
    COMPLETE = "complete"
    REVEAL = "reveal"
    DRAW = "draw"
    VOID = "void"
    PUBLISH = "publish"


PROTOCOL: Final = platform_rule("信任协议第五节", "trust protocol, section 5")
NEUTRAL: Final = platform_rule(
    "与被评审单位有任职关系的人员不得参加评审人员的抽取",
    "Whoever works for somebody judged takes no part in the draw of those who judge",
)
LIMIT: Final = timedelta(seconds=1_800)
"""The usual time for a phase: commitments from the audit on, nonces from the last commitment on."""

TIE: Final = "tie-"
"""How the purpose of a tie begins; such a draw hides nothing and is published once it is drawn."""

_S, _A = DrawState, DrawAction
_AUDITOR: Final = Permission.DRAWS_POOL_AUDIT
_PARTY: Final = Permission.DRAWS_NONCE_GIVE

DRAW_TABLE: Final = Table(
    "draw",
    start=_S.FROZEN,
    moves=(
        Move(_S.FROZEN, _A.AUDIT, _S.AUDITED, _AUDITOR, PROTOCOL),
        Move(_S.FROZEN, _A.STOP, _S.STOPPED, _AUDITOR, PROTOCOL),
        Move(_S.AUDITED, _A.AUDIT, _S.AUDITED, _AUDITOR, PROTOCOL),
        Move(_S.AUDITED, _A.STOP, _S.STOPPED, _AUDITOR, PROTOCOL),
        Move(_S.STOPPED, _A.REFREEZE, _S.FROZEN, Permission.DRAWS_DRAW_START, PROTOCOL),
        Move(_S.AUDITED, _A.COMMIT, _S.AUDITED, _PARTY, PROTOCOL),
        Move(_S.AUDITED, _A.COMPLETE, _S.COMMITTED, _PARTY, PROTOCOL),
        Move(_S.AUDITED, _A.VOID, _S.AUDITED, _AUDITOR, PROTOCOL),
        Move(_S.COMMITTED, _A.REVEAL, _S.COMMITTED, _PARTY, PROTOCOL),
        Move(_S.COMMITTED, _A.DRAW, _S.DRAWN, _PARTY, PROTOCOL),
        Move(_S.COMMITTED, _A.VOID, _S.AUDITED, _AUDITOR, PROTOCOL),
        Move(_S.DRAWN, _A.PUBLISH, _S.PUBLISHED, Permission.HOUSE_ACT, PROTOCOL),
    ),
)


def draw_no(case: str, purpose: str) -> str:
    """The name of the one draw of a case for a purpose: "ZC-2026-000123.panel"."""
    return f"{case}.{purpose}"


def refuse_early_void(now: datetime, limit_at: datetime | None) -> None:
    """Refuse (`limit-running`) to end an attempt up to its time limit, the limit included."""
    if limit_at is None or now <= limit_at:
        raise Refusal(
            "limit-running",
            zh="时限未过，应等待各方提交；过时后方可由监督方作废本轮",
            en="The time limit has not passed; wait for the parties. Afterwards the supervisor may"
            " end this attempt",
            article=PROTOCOL,
        )


def refuse_unwitnessed() -> Refusal:
    """The refusal of a nonce before every commitment lies under a witnessed checkpoint."""
    return Refusal(
        "not-witnessed",
        zh="各方承诺尚未全部得到见证，稍后再公开随机数",
        en="The witnesses have not seen every commitment yet; reveal the nonce a little later",
        article=PROTOCOL,
    )


def twice() -> Refusal:
    """The refusal of a second, different piece where one stands already."""
    return Refusal(
        "given-before",
        zh="此方在本轮已提交过，且内容不同",
        en="This party has given one in this attempt, and it was another",
        article=PROTOCOL,
    )


def no_pool() -> Refusal:
    """The refusal of an audit where there is no pool to be audited."""
    return Refusal(
        "no-pool",
        zh="排序抽取没有名册，不需要核验",
        en="An order is drawn of things, not of a pool; there is nothing to audit",
        article=PROTOCOL,
    )


def no_draw() -> NotFound:
    """The answer to whoever may not know of a draw."""
    return NotFound("no-draw", zh="没有此次抽取", en="There is no such draw")


def not_due() -> NotFound:
    """The answer before a draw's legal moment."""
    return NotFound("not-yet", zh="抽取尚未到公布时间", en="The draw is not published yet")
