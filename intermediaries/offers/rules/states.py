"""States of a selection, from the notice to its result."""

from enum import StrEnum
from typing import Final

from intermediaries.rulebook.selection.sources import LAPSE_RULE, OWNER_SILENT
from market.kernel.law import platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table

SEALED: Final = platform_rule(
    "报价密封至报名截止后，由守时人开启",
    "Quotes are sealed until enrolment has closed, then timekeepers open them",
)
BY_RULE: Final = platform_rule(
    "选取结果由规则得出，不经人手", "The rule gives the result, and nobody's hand"
)
EXTENDED_ONCE: Final = platform_rule(
    "报名不足的延长1个工作日，仅此一次",
    "Too few enrolments: one working day more, this once",
)
WITHDRAWAL: Final = platform_rule(
    "报名截止前业主可以说明理由撤回", "An owner may withdraw, with a reason, before the closing"
)

OWNER_PICKS: Final = platform_rule(
    "信用择优：业主从入围名单中选定一家，书面说明理由，一次为准",
    "Choice by credit: the owner picks one of the short list and writes why, once",
)


class SelectionState(StrEnum):
    """How far a selection has come.

    `AWAITING_KEYS`: the timekeepers' keys are not all there, nobody can seal. `CLOSED`: the list
    of enrolments stands. `DRAWING`: the draw is frozen on it. `SHORTLISTED`, `PICKED`: in a choice
    by credit the owner's pick is waited for, or is there. `CHOSEN`: the rule has been run and
    its file is in the journal; `SELECTED`, `FAILED`: the result is published. `LAPSED`: timekeepers
    or drawing parties kept it from one for too long.
    """

    AWAITING_KEYS = "awaiting-keys"
    OPEN = "open"
    CLOSED = "closed"
    DRAWING = "drawing"
    SHORTLISTED = "shortlisted"
    PICKED = "picked"
    CHOSEN = "chosen"
    SELECTED = "selected"
    FAILED = "failed"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class SelectionAction(StrEnum):
    """What may happen to a selection."""

    COMPLETE_KEYS = "complete-keys"
    CLOSE = "close"
    FREEZE = "freeze"
    EXTEND = "extend"
    SHORTLIST = "shortlist"
    PICK = "pick"
    CHOOSE = "choose"
    SELECT = "select"
    FAIL = "fail"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"


_S, _A = SelectionState, SelectionAction
_HOUSE: Final = Permission.HOUSE_ACT
SELECTION_TABLE: Final = Table(
    "selection",
    start=_S.AWAITING_KEYS,
    moves=(
        Move(_S.AWAITING_KEYS, _A.COMPLETE_KEYS, _S.OPEN, _HOUSE, SEALED),
        # Without the timekeepers' keys nobody could enrol: it closes empty and fails by rule.
        Move(_S.AWAITING_KEYS, _A.CLOSE, _S.CLOSED, _HOUSE, SEALED),
        Move(_S.OPEN, _A.CLOSE, _S.CLOSED, _HOUSE, SEALED),
        Move(_S.CLOSED, _A.FREEZE, _S.DRAWING, _HOUSE, BY_RULE),
        Move(_S.CLOSED, _A.EXTEND, _S.OPEN, _HOUSE, EXTENDED_ONCE),
        Move(_S.CLOSED, _A.CHOOSE, _S.CHOSEN, _HOUSE, BY_RULE),
        Move(_S.DRAWING, _A.CHOOSE, _S.CHOSEN, _HOUSE, BY_RULE),
        Move(_S.DRAWING, _A.SHORTLIST, _S.SHORTLISTED, _HOUSE, BY_RULE),
        Move(_S.SHORTLISTED, _A.PICK, _S.PICKED, Permission.DEMANDS_DEMAND_PREPARE, OWNER_PICKS),
        Move(_S.SHORTLISTED, _A.CHOOSE, _S.CHOSEN, _HOUSE, OWNER_SILENT),
        Move(_S.PICKED, _A.CHOOSE, _S.CHOSEN, _HOUSE, BY_RULE),
        Move(_S.CLOSED, _A.LAPSE, _S.LAPSED, _HOUSE, LAPSE_RULE),
        Move(_S.DRAWING, _A.LAPSE, _S.LAPSED, _HOUSE, LAPSE_RULE),
        Move(_S.CHOSEN, _A.SELECT, _S.SELECTED, _HOUSE, BY_RULE),
        Move(_S.CHOSEN, _A.FAIL, _S.FAILED, _HOUSE, BY_RULE),
        Move(_S.AWAITING_KEYS, _A.WITHDRAW, _S.WITHDRAWN, _HOUSE, WITHDRAWAL),
        Move(_S.OPEN, _A.WITHDRAW, _S.WITHDRAWN, _HOUSE, WITHDRAWAL),
    ),
)

RUNNING: Final = frozenset({_S.AWAITING_KEYS, _S.OPEN})
"""States before the closing: nothing of who enrolled is anybody's knowledge but the operator's."""
ENDED: Final = frozenset({_S.SELECTED, _S.FAILED, _S.LAPSED, _S.WITHDRAWN})
DRAWN: Final = frozenset({_S.DRAWING, _S.SHORTLISTED, _S.PICKED})
"""States in which the choice needs the draw that is frozen on the list."""
