"""States of a tender and every legal move, with who may make it and by which article."""

from enum import StrEnum
from typing import Final

from bidding.rulebook.sources import (
    ORDER_87,
    PROCUREMENT_LAW,
    PROCUREMENT_REGULATION,
)
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class TenderState(StrEnum):
    """How far a tender has come.

    `FAILED`: not opened, or too few bids. `CANCELLED`: ended after opening without an award (废标).
    `TERMINATED`: ended by the owner before the deadline (终止).
    """

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    OPENING = "opening"
    OPENED = "opened"
    EVALUATING = "evaluating"
    REPORTED = "reported"
    DETERMINED = "determined"
    AWARDED = "awarded"
    CONTRACTED = "contracted"
    ARCHIVED = "archived"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"


class TenderAction(StrEnum):
    """What may happen to a tender."""

    PUBLISH = "publish"
    AMEND = "amend"
    TERMINATE = "terminate"
    CLOSE = "close"
    BEGIN_OPENING = "begin-opening"
    RECORD_OPENED = "record-opened"
    BEGIN_EVALUATION = "begin-evaluation"
    RECORD_REPORTED = "record-reported"
    RECORD_DETERMINED = "record-determined"
    RECORD_AWARDED = "record-awarded"
    TAKE_NEXT = "take-next"
    RECORD_CONTRACTED = "record-contracted"
    ARCHIVE = "archive"
    FAIL = "fail"
    CANCEL = "cancel"


LAW_36: Final = PROCUREMENT_LAW.article(36)
OPEN_TO_ALL: Final = PROCUREMENT_REGULATION.article(31)
EVALUATION: Final = PROCUREMENT_REGULATION.article(43)
CONTRACT: Final = PROCUREMENT_LAW.article(46)
NEXT: Final = PROCUREMENT_REGULATION.article(49)
RECORDS: Final = PROCUREMENT_LAW.article(42)
NOTICE: Final = ORDER_87.remembered(13)
TERMINATION: Final = ORDER_87.remembered(29)
CLOSING: Final = ORDER_87.remembered(33)
OPENING: Final = ORDER_87.remembered(39)
TOO_FEW: Final = ORDER_87.remembered(43)
QUALIFICATION: Final = ORDER_87.remembered(44)

_S, _A, _P = TenderState, TenderAction, Permission
_HOUSE: Final = Permission.HOUSE_ACT
ENDED_WITHOUT_AWARD: Final = (_S.FAILED, _S.CANCELLED, _S.TERMINATED)
ENDED: Final = (*ENDED_WITHOUT_AWARD, _S.ARCHIVED)
"""States after which the project may be tendered anew."""
AFTER_OPENING: Final = (_S.OPENED, _S.EVALUATING, _S.REPORTED, _S.DETERMINED, _S.AWARDED)

TENDER_TABLE: Final = Table(
    "tender",
    start=_S.DRAFT,
    moves=(
        Move(_S.DRAFT, _A.PUBLISH, _S.PUBLISHED, _P.TENDERS_TENDER_PUBLISH, NOTICE),
        Move(_S.PUBLISHED, _A.AMEND, _S.PUBLISHED, _P.TENDERS_AMENDMENT_PUBLISH, OPEN_TO_ALL),
        Move(_S.PUBLISHED, _A.TERMINATE, _S.TERMINATED, _P.TENDERS_TENDER_PUBLISH, TERMINATION),
        Move(_S.PUBLISHED, _A.CLOSE, _S.CLOSED, _HOUSE, CLOSING),
        Move(_S.CLOSED, _A.BEGIN_OPENING, _S.OPENING, _HOUSE, OPENING),
        Move(_S.CLOSED, _A.FAIL, _S.FAILED, _HOUSE, TOO_FEW),
        Move(_S.OPENING, _A.FAIL, _S.FAILED, _HOUSE, TOO_FEW),
        Move(_S.OPENING, _A.RECORD_OPENED, _S.OPENED, _HOUSE, OPENING),
        Move(_S.OPENED, _A.BEGIN_EVALUATION, _S.EVALUATING, _HOUSE, QUALIFICATION),
        Move(_S.EVALUATING, _A.RECORD_REPORTED, _S.REPORTED, _HOUSE, EVALUATION),
        Move(_S.REPORTED, _A.RECORD_DETERMINED, _S.DETERMINED, _HOUSE, EVALUATION),
        Move(_S.DETERMINED, _A.RECORD_AWARDED, _S.AWARDED, _HOUSE, EVALUATION),
        Move(_S.AWARDED, _A.TAKE_NEXT, _S.DETERMINED, _HOUSE, NEXT),
        Move(_S.AWARDED, _A.RECORD_CONTRACTED, _S.CONTRACTED, _HOUSE, CONTRACT),
        *(Move(state, _A.CANCEL, _S.CANCELLED, _HOUSE, LAW_36) for state in AFTER_OPENING),
        *(
            Move(state, _A.ARCHIVE, _S.ARCHIVED, _HOUSE, RECORDS)
            for state in (_S.CONTRACTED, *ENDED_WITHOUT_AWARD)
        ),
    ),
)
"""What a higher room records is moved by the house: that room has asked for its own right."""
