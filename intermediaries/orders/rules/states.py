"""States of an order, objections and complaints about its result, asked pauses, rectifications."""

from enum import StrEnum
from typing import Final

from intermediaries.rulebook.clock.states import Stage
from market.kernel.law import Article, platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table

ORDERLY: Final = platform_rule("中介超市订单规则", "Rules of this platform for orders")
RESULT_PERIOD: Final = platform_rule(
    "财政资金项目中选公告后1个工作日内可提出异议，2个工作日内答复",
    "objections to a result of fiscal funds for a working day, answered within two",
)
COMPLAINED: Final = platform_rule(
    "对中选异议的答复不服或逾期未答复，10个工作日内可向中心管理办投诉，10个工作日内答复",
    "whoever objected may complain to the management office about the answer, or its absence,"
    " within ten working days; it replies within ten",
)
CONFIRMED_IN_TIME: Final = platform_rule(
    "2个工作日内确认中选，逾期视为放弃",
    "confirmed within two working days, else deemed given up",
)
SIGNED_IN_TIME: Final = platform_rule(
    "自结果公告起5个工作日内签约", "signed within five working days of the result"
)
NO_PARTY: Final = platform_rule(
    "与订单当事方有关的单位和人员不办理本订单的答复、审批和裁定",
    "who belongs to a party of an order neither answers, approves nor rules in it",
)
SIGNED: Final = Article("《电子签名法》第十四条", "Electronic Signature Law, art. 14")
ONE_CLOCK: Final = platform_rule(
    "捆绑考核：自委托生效至审批决定，一案一钟",
    "bundled assessment: one clock from commission to decision",
)
RATED_BY_BOTH: Final = platform_rule(
    "业主与审批部门10个工作日内双评价", "owner and department rate within ten working days"
)
FILED_IN_TIME: Final = platform_rule(
    "成果与合同180日内备案", "deliverable and contract are filed within 180 days"
)
RECTIFIED: Final = platform_rule(
    "2星及以下须说明理由并整改", "two stars or fewer have a reason and are put right"
)


class OrderState(StrEnum):
    """How far an order has come.

    `AWARDED`: the result is published and the agency has not confirmed. `COMPLETED`: the department
    decided, or the owner accepted where no approval uses the deliverable. `CLOSED`: filed.
    """

    AWARDED = "awarded"
    CONTRACTING = "contracting"
    SERVING = "serving"
    SUBMITTED = "submitted"
    COMPLETED = "completed"
    RATED = "rated"
    CLOSED = "closed"
    FAILED = "failed"
    TERMINATED = "terminated"


class OrderAction(StrEnum):
    """What may happen to an order.

    `PASS_ON`: given up, the next alternate is asked. `TURN_AWAY`: the department does not take its
    case. `TERMINATE`: the management office ends it.
    """

    CONFIRM = "confirm"
    PASS_ON = "pass-on"  # noqa: S105  an action, no password
    FAIL = "fail"
    COMMENCE = "commence"
    SUBMIT = "submit"
    COMPLETE = "complete"
    RATE = "rate"
    FILE = "file"
    TURN_AWAY = "turn-away"
    TERMINATE = "terminate"


_S, _A, _P = OrderState, OrderAction, Permission
ORDER_TABLE: Final = Table(
    "order",
    start=_S.AWARDED,
    moves=(
        Move(_S.AWARDED, _A.CONFIRM, _S.CONTRACTING, _P.ORDERS_ORDER_SERVE, CONFIRMED_IN_TIME),
        Move(_S.AWARDED, _A.PASS_ON, _S.AWARDED, _P.HOUSE_ACT, CONFIRMED_IN_TIME),
        Move(_S.AWARDED, _A.FAIL, _S.FAILED, _P.HOUSE_ACT, CONFIRMED_IN_TIME),
        Move(_S.CONTRACTING, _A.PASS_ON, _S.AWARDED, _P.HOUSE_ACT, SIGNED_IN_TIME),
        Move(_S.CONTRACTING, _A.FAIL, _S.FAILED, _P.HOUSE_ACT, SIGNED_IN_TIME),
        # Follows from the second signature, whoever gives it.
        Move(_S.CONTRACTING, _A.COMMENCE, _S.SERVING, _P.HOUSE_ACT, SIGNED),
        Move(_S.SERVING, _A.SUBMIT, _S.SUBMITTED, _P.ORDERS_ORDER_COMMISSION, ONE_CLOCK),
        Move(_S.SERVING, _A.COMPLETE, _S.COMPLETED, _P.HOUSE_ACT, ONE_CLOCK),
        Move(_S.SUBMITTED, _A.COMPLETE, _S.COMPLETED, _P.HOUSE_ACT, ONE_CLOCK),
        Move(_S.SERVING, _A.TERMINATE, _S.TERMINATED, _P.ORDERS_CLOCK_RULE, ORDERLY),
        Move(_S.SUBMITTED, _A.TERMINATE, _S.TERMINATED, _P.ORDERS_CLOCK_RULE, ORDERLY),
        # Follows from what the department said about the case.
        Move(_S.SUBMITTED, _A.TURN_AWAY, _S.TERMINATED, _P.HOUSE_ACT, ORDERLY),
        Move(_S.COMPLETED, _A.RATE, _S.RATED, _P.HOUSE_ACT, RATED_BY_BOTH),
        Move(_S.RATED, _A.FILE, _S.CLOSED, _P.ORDERS_ORDER_SERVE, FILED_IN_TIME),
    ),
)
RUNNING: Final = frozenset({_S.SERVING, _S.SUBMITTED})
"""States in which the clock runs."""
NOT_AT_DEPARTMENT: Final = frozenset({Stage.CORRECTING, Stage.REVISING, Stage.ASKING_IN_REVISION})
"""Stages after the submission in which the department waits for the agency or the owner."""
BEFORE_CONTRACT: Final = frozenset({_S.AWARDED, _S.CONTRACTING})
DONE: Final = frozenset({_S.COMPLETED, _S.RATED, _S.CLOSED})
OVER: Final = frozenset({_S.CLOSED, _S.FAILED, _S.TERMINATED})


class ResultObjectionState(StrEnum):
    """An objection to the result of a selection.

    `SETTLED`: never answered; the management office decided on the complaint about that.
    """

    OPEN = "open"
    DISMISSED = "dismissed"
    UPHELD = "upheld"
    SETTLED = "settled"


class ResultObjectionAction(StrEnum):
    """`UPHOLD`: the procedure was wrong, the order fails and the selection is done again."""

    DISMISS = "dismiss"
    UPHOLD = "uphold"
    SETTLE = "settle"


_O, _Q = ResultObjectionState, ResultObjectionAction
RESULT_OBJECTION_TABLE: Final = Table(
    "order-result-objection",
    start=_O.OPEN,
    moves=(
        Move(_O.OPEN, _Q.DISMISS, _O.DISMISSED, _P.ORDERS_RESULT_ANSWER, RESULT_PERIOD),
        Move(_O.OPEN, _Q.UPHOLD, _O.UPHELD, _P.ORDERS_RESULT_ANSWER, RESULT_PERIOD),
        # Follows from the decision on the complaint that it was not answered in time.
        Move(_O.OPEN, _Q.SETTLE, _O.SETTLED, _P.HOUSE_ACT, COMPLAINED),
    ),
)


class ResultComplaintState(StrEnum):
    """A complaint about the answer to an objection to a result, or about its absence.

    `HELD`: open, and until it ends nobody confirms or signs. `SETTLED`: the operator's late answer
    found the objection right, so nothing is left to decide.
    """

    OPEN = "open"
    HELD = "held"
    DISMISSED = "dismissed"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"


class ResultComplaintAction(StrEnum):
    """`UPHOLD`: before the contract the order fails; a contract that was signed stands."""

    HOLD = "hold"
    DISMISS = "dismiss"
    UPHOLD = "uphold"
    WITHDRAW = "withdraw"
    SETTLE = "settle"


_C, _D = ResultComplaintState, ResultComplaintAction
RESULT_COMPLAINT_TABLE: Final = Table(
    "order-result-complaint",
    start=_C.OPEN,
    moves=(
        Move(_C.OPEN, _D.HOLD, _C.HELD, _P.ORDERS_RESULT_RULE, COMPLAINED),
        Move(_C.OPEN, _D.DISMISS, _C.DISMISSED, _P.ORDERS_RESULT_RULE, COMPLAINED),
        Move(_C.OPEN, _D.UPHOLD, _C.UPHELD, _P.ORDERS_RESULT_RULE, COMPLAINED),
        Move(_C.OPEN, _D.WITHDRAW, _C.WITHDRAWN, _P.ORDERS_ORDER_SERVE, COMPLAINED),
        Move(_C.OPEN, _D.SETTLE, _C.SETTLED, _P.HOUSE_ACT, COMPLAINED),
        Move(_C.HELD, _D.DISMISS, _C.DISMISSED, _P.ORDERS_RESULT_RULE, COMPLAINED),
        Move(_C.HELD, _D.UPHOLD, _C.UPHELD, _P.ORDERS_RESULT_RULE, COMPLAINED),
        Move(_C.HELD, _D.WITHDRAW, _C.WITHDRAWN, _P.ORDERS_ORDER_SERVE, COMPLAINED),
        Move(_C.HELD, _D.SETTLE, _C.SETTLED, _P.HOUSE_ACT, COMPLAINED),
    ),
)
PENDING: Final = frozenset({_C.OPEN, _C.HELD})
"""States in which a complaint waits for the management office."""
DECIDED: Final = frozenset({_C.DISMISSED, _C.UPHELD})


class AskedPauseState(StrEnum):
    """A pause that somebody asked for; the clock stands still only when it is approved."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"


class AskedPauseAction(StrEnum):
    """What the management office does with it."""

    APPROVE = "approve"
    DECLINE = "decline"


_K, _Y = AskedPauseState, AskedPauseAction
ASKED_PAUSE_TABLE: Final = Table(
    "order-asked-pause",
    start=_K.ASKED,
    moves=(
        Move(_K.ASKED, _Y.APPROVE, _K.APPROVED, _P.ORDERS_CLOCK_RULE, ONE_CLOCK),
        Move(_K.ASKED, _Y.DECLINE, _K.DECLINED, _P.ORDERS_CLOCK_RULE, ONE_CLOCK),
    ),
)


class RectificationState(StrEnum):
    """Something that has to be put right after a low rating."""

    OPEN = "open"
    REPORTED = "reported"


class RectificationAction(StrEnum):
    """What the agency does with it."""

    REPORT = "report"


RECTIFICATION_TABLE: Final = Table(
    "order-rectification",
    start=RectificationState.OPEN,
    moves=(
        Move(
            RectificationState.OPEN,
            RectificationAction.REPORT,
            RectificationState.REPORTED,
            _P.ORDERS_ORDER_SERVE,
            RECTIFIED,
        ),
    ),
)


class Side(StrEnum):
    """Who looks at an order, or signs and rates in it."""

    OWNER = "owner"
    AGENCY = "agency"
    DEPARTMENT = "department"
    OFFICE = "office"


class Purpose(StrEnum):
    """What a paper of an order is."""

    INPUT = "input"
    ANSWER = "answer"
    DRAFT = "draft"
    SUPPLY = "supply"
    OPINION = "opinion"
    REVISION = "revision"
    EVIDENCE = "evidence"
    ARCHIVE = "archive"


class Cause(StrEnum):
    """Why an award went to the next agency, or an order failed.

    `OWNER_LATE`: the agency stepped back after the time to sign, for which the owner answers.
    """

    GIVEN_UP = "given-up"
    NOT_CONFIRMED = "not-confirmed"
    NOT_SIGNED = "not-signed"
    OBJECTION = "objection"
    COMPLAINT = "complaint"
    OWNER_LATE = "owner-late"


class Unscored(StrEnum):
    """Why a bundle ended without a decision, and so without a score.

    `SILENCE`: the law took the department's silence for consent while the file was being revised or
    reviewed elsewhere, so nobody decided. `NOT_ACCEPTED`: the department did not take the case.
    `ENDED`: the order was ended before it was handed in; `WITHDRAWN`: after that, with its case.
    """

    SILENCE = "silence"
    NOT_ACCEPTED = "not-accepted"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
