"""The states of a penalty in the credit ledger: notice, statement, decision, appeal."""

from enum import StrEnum
from typing import Final

from market.kernel.law import platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class PenaltyState(StrEnum):
    """Where a penalty stands; it counts while `FINAL`, `APPEALED` or `CONFIRMED`."""

    NOTICED = "noticed"
    STATED = "stated"
    FINAL = "final"
    APPEALED = "appealed"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    DROPPED = "dropped"


class PenaltyAct(StrEnum):
    """What can happen to a penalty."""

    STATE = "state"
    DROP = "drop"
    FINALISE = "finalise"
    APPEAL = "appeal"
    CONFIRM = "confirm"
    CANCEL = "cancel"


COUNTING: Final = frozenset({PenaltyState.FINAL, PenaltyState.APPEALED, PenaltyState.CONFIRMED})
"""States in which a penalty takes points: an appeal alone does not lift it."""

HEARD: Final = platform_rule(
    "扣分须先告知并听取陈述，5个工作日内可陈述",
    "a penalty is notified first, with 5 working days for a statement",
)
APPEALS: Final = platform_rule(
    "扣分决定后10个工作日内可申诉", "an appeal within 10 working days of the decision"
)

_S, _A = PenaltyState, PenaltyAct

_ANSWER, _DECIDE = Permission.CREDIT_OWN_ANSWER, Permission.CREDIT_PENALTY_DECIDE
_HIGHER = Permission.CREDIT_APPEAL_DECIDE
PENALTY_TABLE: Final = Table(
    "credit penalty",
    start=_S.NOTICED,
    moves=[
        Move(_S.NOTICED, _A.STATE, _S.STATED, _ANSWER, HEARD),
        Move(_S.NOTICED, _A.DROP, _S.DROPPED, _DECIDE, HEARD),
        Move(_S.NOTICED, _A.FINALISE, _S.FINAL, _DECIDE, HEARD),
        Move(_S.STATED, _A.DROP, _S.DROPPED, _DECIDE, HEARD),
        Move(_S.STATED, _A.FINALISE, _S.FINAL, _DECIDE, HEARD),
        Move(_S.FINAL, _A.APPEAL, _S.APPEALED, _ANSWER, APPEALS),
        Move(_S.APPEALED, _A.CONFIRM, _S.CONFIRMED, _HIGHER, APPEALS),
        Move(_S.APPEALED, _A.CANCEL, _S.CANCELLED, _HIGHER, APPEALS),
    ],
)
