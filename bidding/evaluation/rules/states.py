"""Tables of states of one tender's evaluation: the whole, a seat, a sheet, a question, a signature.

Rows by `HOUSE_ACT` are moves that the law or the last member's act makes; nobody presses them.
"""

from enum import StrEnum
from typing import Final

from bidding.evaluation.rules.signing import Signature
from bidding.rulebook.articles import (
    LAW_36,
    LOW_PRICE_NOTICE,
    ORDER_87_44,
    ORDER_87_45,
    ORDER_87_49,
    ORDER_87_50,
    ORDER_87_55,
    ORDER_87_57,
    ORDER_87_59,
    ORDER_87_64,
    ORDER_87_68,
    REGULATION_41,
    REGULATION_43,
    REGULATION_49,
    SHEET_VAULT,
)
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table

_HOUSE: Final = Permission.HOUSE_ACT
_CHECK: Final = Permission.EVALUATION_QUALIFICATION_CHECK
_PANEL: Final = Permission.EVALUATION_SCORE_GIVE
_DETERMINE: Final = Permission.EVALUATION_WINNER_DETERMINE
# A supplier answers about its own bid: the right to see that bid is the right to explain it.
_SUPPLIER: Final = Permission.BIDS_OWN_READ


class EvaluationState(StrEnum):
    """Where the evaluation of a tender stands; each state is what is being done now."""

    SIGNING_IN = "signing_in"
    DISCIPLINE = "discipline"
    QUALIFICATION = "qualification"
    COMPLIANCE = "compliance"
    SCORING = "scoring"
    LOW_PRICES = "low_prices"
    RANKING = "ranking"
    DRAWING = "drawing"
    DRAFTING = "drafting"
    SIGNING = "signing"
    REPORTED = "reported"
    DETERMINED = "determined"
    CANCELLED = "cancelled"


class EvaluationAction(StrEnum):
    """What moves an evaluation on."""

    CLOSE_ROLL = "close_roll"
    START_CHECKS = "start_checks"
    CLOSE_QUALIFICATION = "close_qualification"
    CLOSE_COMPLIANCE = "close_compliance"
    CLOSE_SCORING = "close_scoring"
    CLOSE_LOW_PRICES = "close_low_prices"
    CALL_DRAW = "call_draw"
    RANK = "rank"
    RECORD_DRAW = "record_draw"
    CALL_SIGNATURES = "call_signatures"
    CORRECT = "correct"
    REPORT = "report"
    DETERMINE = "determine"
    DEEM_DETERMINED = "deem_determined"
    TAKE_NEXT = "take_next"
    FAIL = "fail"
    CANCEL = "cancel"


_S = EvaluationState
_A = EvaluationAction
AFTER_LOCK: Final = (
    _S.LOW_PRICES,
    _S.RANKING,
    _S.DRAWING,
    _S.DRAFTING,
    _S.SIGNING,
    _S.REPORTED,
    _S.DETERMINED,
)
"""Where every sheet is locked, so that names and prices may be seen by the panel."""
_BEFORE_RESULT: Final = tuple(
    state for state in EvaluationState if state not in {_S.DETERMINED, _S.CANCELLED}
)

EVALUATION: Final = Table(
    "evaluation",
    start=_S.SIGNING_IN,
    moves=[
        Move(_S.SIGNING_IN, _A.CLOSE_ROLL, _S.DISCIPLINE, _HOUSE, ORDER_87_45),
        Move(_S.DISCIPLINE, _A.START_CHECKS, _S.QUALIFICATION, _HOUSE, ORDER_87_45),
        Move(_S.QUALIFICATION, _A.CLOSE_QUALIFICATION, _S.COMPLIANCE, _CHECK, ORDER_87_44),
        Move(_S.COMPLIANCE, _A.CLOSE_COMPLIANCE, _S.SCORING, _PANEL, ORDER_87_50),
        Move(_S.SCORING, _A.CLOSE_SCORING, _S.LOW_PRICES, _HOUSE, ORDER_87_55),
        Move(_S.LOW_PRICES, _A.CLOSE_LOW_PRICES, _S.RANKING, _HOUSE, LOW_PRICE_NOTICE),
        Move(_S.RANKING, _A.RANK, _S.DRAFTING, _HOUSE, ORDER_87_57),
        Move(_S.RANKING, _A.CALL_DRAW, _S.DRAWING, _HOUSE, ORDER_87_68),
        Move(_S.DRAWING, _A.RECORD_DRAW, _S.DRAFTING, _HOUSE, ORDER_87_68),
        Move(_S.DRAFTING, _A.CALL_SIGNATURES, _S.SIGNING, _PANEL, REGULATION_41),
        # Before the report is out the panel corrects on the spot; afterwards the purchaser calls
        # the same panel again. Both only for the four grounds of score_corrections.py.
        Move(_S.DRAFTING, _A.CORRECT, _S.RANKING, _PANEL, ORDER_87_64),
        Move(_S.SIGNING, _A.CORRECT, _S.RANKING, _PANEL, ORDER_87_64),
        Move(_S.REPORTED, _A.CORRECT, _S.RANKING, _DETERMINE, ORDER_87_64),
        Move(_S.SIGNING, _A.REPORT, _S.REPORTED, _HOUSE, REGULATION_41),
        Move(_S.REPORTED, _A.DETERMINE, _S.DETERMINED, _DETERMINE, REGULATION_43),
        Move(_S.REPORTED, _A.DEEM_DETERMINED, _S.DETERMINED, _HOUSE, ORDER_87_68),
        Move(_S.DETERMINED, _A.TAKE_NEXT, _S.DETERMINED, _DETERMINE, REGULATION_49),
        # Fewer than three left: the count decides, wherever bids can fall out.
        Move(_S.QUALIFICATION, _A.FAIL, _S.CANCELLED, _HOUSE, ORDER_87_44),
        Move(_S.COMPLIANCE, _A.FAIL, _S.CANCELLED, _HOUSE, LAW_36),
        Move(_S.LOW_PRICES, _A.FAIL, _S.CANCELLED, _HOUSE, LAW_36),
        *(Move(state, _A.CANCEL, _S.CANCELLED, _DETERMINE, LAW_36) for state in _BEFORE_RESULT),
    ],
)
"""The panel's work on one tender, from signing in to the winner."""


class SeatState(StrEnum):
    """Where one member of the panel stands."""

    EXPECTED = "expected"
    SIGNED_IN = "signed_in"
    READY = "ready"
    REPLACED = "replaced"


class SeatAction(StrEnum):
    """What happens to a seat."""

    SIGN_IN = "sign_in"
    READ_DISCIPLINE = "read_discipline"
    REPLACE = "replace"


SEAT: Final = Table(
    "seat",
    start=SeatState.EXPECTED,
    moves=[
        Move(SeatState.EXPECTED, SeatAction.SIGN_IN, SeatState.SIGNED_IN, _PANEL, ORDER_87_45),
        Move(SeatState.SIGNED_IN, SeatAction.READ_DISCIPLINE, SeatState.READY, _PANEL, ORDER_87_45),
        # Only absence, recusal or health; what a replaced member found is void.
        Move(SeatState.EXPECTED, SeatAction.REPLACE, SeatState.REPLACED, _CHECK, ORDER_87_49),
        Move(SeatState.SIGNED_IN, SeatAction.REPLACE, SeatState.REPLACED, _CHECK, ORDER_87_49),
        Move(SeatState.READY, SeatAction.REPLACE, SeatState.REPLACED, _CHECK, ORDER_87_49),
    ],
)
"""A member of the panel: reading the discipline includes the declaration of recusal."""


class SheetState(StrEnum):
    """Where a member's score sheet stands."""

    OPEN = "open"
    LOCKED = "locked"
    HASHED = "hashed"
    VOID = "void"


class SheetAction(StrEnum):
    """What happens to a sheet."""

    LOCK = "lock"
    HASH = "hash"
    CORRECT = "correct"
    VOID = "void"


SHEET: Final = Table(
    "score_sheet",
    start=SheetState.OPEN,
    moves=[
        Move(SheetState.OPEN, SheetAction.LOCK, SheetState.LOCKED, _PANEL, ORDER_87_55),
        Move(SheetState.LOCKED, SheetAction.HASH, SheetState.HASHED, _HOUSE, SHEET_VAULT),
        # A correction writes a new version beside the old one; it is hashed in its turn.
        Move(SheetState.HASHED, SheetAction.CORRECT, SheetState.LOCKED, _PANEL, ORDER_87_64),
        Move(SheetState.OPEN, SheetAction.VOID, SheetState.VOID, _CHECK, ORDER_87_49),
        Move(SheetState.LOCKED, SheetAction.VOID, SheetState.VOID, _CHECK, ORDER_87_49),
        Move(SheetState.HASHED, SheetAction.VOID, SheetState.VOID, _CHECK, ORDER_87_49),
    ],
)
"""A score sheet; void when its member was replaced."""


class QuestionState(StrEnum):
    """Where the review of one low offer stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    STANDS = "stands"
    INVALID = "invalid"


class QuestionAction(StrEnum):
    """What happens in the review of a low offer."""

    ANSWER = "answer"
    ACCEPT = "accept"
    REFUSE = "refuse"
    EXPIRE = "expire"


_Q = QuestionState

LOW_PRICE_QUESTION: Final = Table(
    "low_price_question",
    start=_Q.ASKED,
    moves=[
        Move(_Q.ASKED, QuestionAction.ANSWER, _Q.ANSWERED, _SUPPLIER, LOW_PRICE_NOTICE),
        # Until the period ends the supplier may answer again; the last answer counts.
        Move(_Q.ANSWERED, QuestionAction.ANSWER, _Q.ANSWERED, _SUPPLIER, LOW_PRICE_NOTICE),
        Move(_Q.ANSWERED, QuestionAction.ACCEPT, _Q.STANDS, _PANEL, LOW_PRICE_NOTICE),
        Move(_Q.ANSWERED, QuestionAction.REFUSE, _Q.INVALID, _PANEL, LOW_PRICE_NOTICE),
        Move(_Q.ASKED, QuestionAction.EXPIRE, _Q.INVALID, _HOUSE, LOW_PRICE_NOTICE),
    ],
)
"""The panel's question about an abnormally low offer."""


class PriceCorrectionState(StrEnum):
    """Where the correction of a bid's own arithmetic stands."""

    PROPOSED = "proposed"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    DROPPED = "dropped"


class PriceCorrectionAction(StrEnum):
    """What happens to the correction of a price."""

    FIND = "find"
    ADOPT = "adopt"
    DROP = "drop"
    CONFIRM = "confirm"
    DECLINE = "decline"
    EXPIRE = "expire"


_P = PriceCorrectionState
PRICE_CORRECTION_WORDS: Final = {
    _P.PROPOSED: ("表决中", "being voted on"),
    _P.ASKED: ("待投标人确认", "the bidder is asked"),
    _P.CONFIRMED: ("投标人已确认", "confirmed by the bidder"),
    _P.NOT_CONFIRMED: ("投标人未确认，投标无效", "not confirmed; the bid is invalid"),
    _P.DROPPED: ("评标委员会未认定", "not found by the panel"),
}
_PA = PriceCorrectionAction

PRICE_CORRECTION: Final = Table(
    "price_correction",
    start=_P.PROPOSED,
    moves=[
        # Capitals against figures the house sees by itself; the price table only the panel reads.
        Move(_P.PROPOSED, _PA.FIND, _P.ASKED, _HOUSE, ORDER_87_59),
        Move(_P.PROPOSED, _PA.ADOPT, _P.ASKED, _PANEL, ORDER_87_59),
        Move(_P.PROPOSED, _PA.DROP, _P.DROPPED, _PANEL, ORDER_87_59),
        Move(_P.ASKED, _PA.CONFIRM, _P.CONFIRMED, _SUPPLIER, ORDER_87_59),
        Move(_P.ASKED, _PA.DECLINE, _P.NOT_CONFIRMED, _SUPPLIER, ORDER_87_59),
        Move(_P.ASKED, _PA.EXPIRE, _P.NOT_CONFIRMED, _HOUSE, ORDER_87_59),
    ],
)
"""A bid's price after the four rules of article 59; it binds the bidder once it confirms."""


class CorrectionState(StrEnum):
    """Where a correction of one mark stands."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    REFUSED = "refused"


class CorrectionAction(StrEnum):
    """What becomes of a proposed correction."""

    APPLY = "apply"
    REFUSE = "refuse"


CORRECTION: Final = Table(
    "score_correction",
    start=CorrectionState.PROPOSED,
    moves=[
        # By a fact at once, or by the last vote of the panel.
        Move(
            CorrectionState.PROPOSED,
            CorrectionAction.APPLY,
            CorrectionState.APPLIED,
            _PANEL,
            ORDER_87_64,
        ),
        Move(
            CorrectionState.PROPOSED,
            CorrectionAction.REFUSE,
            CorrectionState.REFUSED,
            _PANEL,
            ORDER_87_64,
        ),
    ],
)
"""A mark that somebody finds wrong after the sheets were locked."""


class SignatureAction(StrEnum):
    """What a member says of the report, or what silence says."""

    SIGN = "sign"
    DISSENT = "dissent"
    DEEM = "deem"


SIGNATURE: Final = Table(
    "signature",
    start=Signature.AWAITED,
    moves=[
        Move(Signature.AWAITED, SignatureAction.SIGN, Signature.SIGNED, _PANEL, REGULATION_41),
        Move(
            Signature.AWAITED, SignatureAction.DISSENT, Signature.DISSENTED, _PANEL, REGULATION_41
        ),
        Move(Signature.AWAITED, SignatureAction.DEEM, Signature.DEEMED, _HOUSE, REGULATION_41),
    ],
)
"""One member's word on one version of the report; a corrected report is signed anew."""
