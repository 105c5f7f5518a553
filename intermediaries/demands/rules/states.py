"""States of a demand, and who moves it along."""

from enum import StrEnum
from typing import Final

from intermediaries.rulebook.periods import ENROLMENT_FISCAL, NOTICE_CHECK, SINCE
from intermediaries.rulebook.selection.sources import NO_QUOTE
from market.kernel.law import Article, in_force, platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table

OPEN_TO_ALL: Final = Article(
    "优化营商环境条例第四十三条", "Business Environment Regulation art. 43"
)
"""Nobody designates an agency; conditions, process, time and fees are public."""
ORDERLY: Final = platform_rule("采购需求规则", "Rules of this platform for demands")
CHECKED: Final = in_force(NOTICE_CHECK.versions, SINCE).article
ENROLMENT: Final = in_force(ENROLMENT_FISCAL.versions, SINCE).article
EXTENDED: Final = platform_rule(
    "有效报名不足的，报名期延长一次，为期1个工作日",
    "With too few valid enrolments the time to enrol is extended once, by one working day",
)


class DemandState(StrEnum):
    """How far a demand has come.

    `REVIEW`: the operator checks that it is complete. `CLOSED`: enrolment is over, the choice is
    being made. `WITHDRAWN` is also a draft that its owner gave up.
    """

    DRAFT = "draft"
    REVIEW = "review"
    RETURNED = "returned"
    ENROLLING = "enrolling"
    CLOSED = "closed"
    SELECTED = "selected"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class DemandAction(StrEnum):
    """What may happen to a demand."""

    SUBMIT = "submit"
    TAKE_BACK = "take-back"
    RETURN = "return"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    CLOSE = "close"
    EXTEND = "extend"
    SELECT = "select"
    FAIL = "fail"


_S, _A = DemandState, DemandAction
_OWN, _CHECK = Permission.DEMANDS_DEMAND_PREPARE, Permission.DEMANDS_NOTICE_CHECK
_HOUSE = Permission.HOUSE_ACT
DEMAND_TABLE: Final = Table(
    "demand",
    start=_S.DRAFT,
    moves=(
        Move(_S.DRAFT, _A.SUBMIT, _S.REVIEW, _OWN, CHECKED),
        Move(_S.RETURNED, _A.SUBMIT, _S.REVIEW, _OWN, CHECKED),
        Move(_S.REVIEW, _A.TAKE_BACK, _S.DRAFT, _OWN, ORDERLY),
        Move(_S.REVIEW, _A.RETURN, _S.RETURNED, _CHECK, CHECKED),
        Move(_S.REVIEW, _A.PUBLISH, _S.ENROLLING, _CHECK, CHECKED),
        Move(_S.DRAFT, _A.WITHDRAW, _S.WITHDRAWN, _OWN, ORDERLY),
        Move(_S.RETURNED, _A.WITHDRAW, _S.WITHDRAWN, _OWN, ORDERLY),
        # Before enrolment closes, with a reason that everybody reads.
        Move(_S.ENROLLING, _A.WITHDRAW, _S.WITHDRAWN, _OWN, ORDERLY),
        Move(_S.ENROLLING, _A.CLOSE, _S.CLOSED, _HOUSE, ENROLMENT),
        Move(_S.ENROLLING, _A.EXTEND, _S.ENROLLING, _HOUSE, EXTENDED),
        Move(_S.CLOSED, _A.EXTEND, _S.ENROLLING, _HOUSE, EXTENDED),
        Move(_S.CLOSED, _A.SELECT, _S.SELECTED, _HOUSE, OPEN_TO_ALL),
        Move(_S.CLOSED, _A.FAIL, _S.FAILED, _HOUSE, NO_QUOTE),
        # Winner and alternates have all given up.
        Move(_S.SELECTED, _A.FAIL, _S.FAILED, _HOUSE, NO_QUOTE),
    ),
)

OPEN: Final = frozenset({_S.DRAFT, _S.RETURNED})
"""States in which the owner writes."""
PUBLIC: Final = frozenset({_S.ENROLLING, _S.CLOSED, _S.SELECTED, _S.FAILED, _S.WITHDRAWN})
"""States that everybody may see, of a demand that was ever published."""
ENDED: Final = frozenset({_S.FAILED, _S.WITHDRAWN})
"""States after which nothing comes of a demand: they count in no sum."""
