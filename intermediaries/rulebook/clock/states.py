"""The states of a bundle, of its pause, its extension and an objection, and what may happen next.

The acts behind the facts ask for their rights in the rooms that record them; the clock itself is
moved by the house alone.
"""

from enum import StrEnum
from typing import Final

from market.kernel.law import Article, platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table


class Stage(StrEnum):
    """Where a bundle stands; several stages may show as one state (`BundleState`)."""

    NEW = "new"
    AWAITING_INPUT = "awaiting_input"
    INPUT_GIVEN = "input_given"
    WORKING = "working"
    ASKING = "asking"
    OWNER_REVIEW = "owner_review"
    OWNER_ACCEPTED = "owner_accepted"
    CHANGE_ORDERED = "change_ordered"
    REWORKING = "reworking"
    INTAKE = "intake"
    CORRECTING = "correcting"
    INTAKE_CORRECTED = "intake_corrected"
    REVIEW = "review"
    EXPERT_REVIEW = "expert_review"
    REVISING = "revising"
    ASKING_IN_REVISION = "asking_in_revision"
    DECIDING = "deciding"
    DECIDED = "decided"
    FILED = "filed"
    TERMINATED = "terminated"


class BundleState(StrEnum):
    """The state a segment shows, BS1 to BS12."""

    AWAIT_INPUT = "BS1"
    WORKING = "BS2"
    ASK_OWNER = "BS3"
    OWNER_REVIEW = "BS4"
    OWNER_CHANGE = "BS5"
    DEPARTMENT_INTAKE = "BS6"
    CORRECT = "BS7"
    DEPARTMENT_REVIEW = "BS8"
    EXPERT_REVIEW = "BS9"
    REVISE = "BS10"
    DECIDING = "BS11"
    PAUSED = "BS12"

    @property
    def zh(self) -> str:
        """The state in Chinese."""
        return _STATE_NAMES[self][0]

    @property
    def en(self) -> str:
        """The state in English."""
        return _STATE_NAMES[self][1]


class Act(StrEnum):
    """What moves a bundle; `DEEM_INPUTS` and `DEEM_ACCEPTED` are done by time alone."""

    COMMIT = "commit"
    COMMIT_WITHOUT_INPUTS = "commit_without_inputs"
    GIVE_SOME_INPUTS = "give_some_inputs"
    GIVE_INPUTS = "give_inputs"
    OBJECT_TO_INPUTS = "object_to_inputs"
    CONFIRM_INPUTS = "confirm_inputs"
    DEEM_INPUTS = "deem_inputs"
    ASK = "ask"
    ANSWER_SOME = "answer_some"
    ANSWER = "answer"
    DELIVER = "deliver"
    ACCEPT_DRAFT = "accept_draft"
    DEEM_ACCEPTED = "deem_accepted"
    RETURN_DRAFT = "return_draft"
    ORDER_CHANGE = "order_change"
    SPECIFY_CHANGE = "specify_change"
    SUBMIT = "submit"
    NOTIFY_CORRECTION = "notify_correction"
    SUPPLY_SOME = "supply_some"
    SUPPLY = "supply"
    ACCEPT_CASE = "accept_case"
    CALL_EXPERTS = "call_experts"
    SIGN_SOME = "sign_some"
    SIGN_LAST = "sign_last"
    ISSUE_OPINION = "issue_opinion"
    REVISE = "revise"
    FINALISE = "finalise"
    DECIDE = "decide"
    RETURN_DECISION = "return_decision"
    FILE = "file"
    TERMINATE = "terminate"


class PauseState(StrEnum):
    """Whether the clock runs for the parties or stands in a pause."""

    RUNNING = "running"
    PAUSED = "paused"


class PauseAct(StrEnum):
    """`EXPIRE`: the longest time of a pause is over, by time alone."""

    PAUSE = "pause"
    RESUME = "resume"
    EXPIRE = "expire"


class ExtensionState(StrEnum):
    """The one extension that a bundle may have."""

    NONE = "none"
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


class ExtensionAct(StrEnum):
    """What can happen to it."""

    ASK = "ask"
    AGREE = "agree"
    DECLINE = "decline"


class ObjectionState(StrEnum):
    """An objection to who is charged with a segment."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class ObjectionAct(StrEnum):
    """`UPHOLD` writes a counter-entry, `DISMISS` leaves the hours where they are."""

    UPHOLD = "uphold"
    DISMISS = "dismiss"


BUNDLE: Final = platform_rule(
    "捆绑考核：自委托生效至审批决定，一案一钟",
    "bundled assessment: one clock from commission to decision",
)
ONCE: Final = Article(
    "《行政许可法》第三十二条第一款第（四）项", "Administrative Licensing Law, art. 32(1)(4)"
)
DISPUTES: Final = platform_rule(
    "归责异议以冲正记录处理，原记录保留",
    "a ruling on an objection is a counter-entry; the original stays",
)

_STATE_NAMES: Final[dict[BundleState, tuple[str, str]]] = {
    BundleState.AWAIT_INPUT: ("等业主资料", "waiting for the owner's inputs"),
    BundleState.WORKING: ("编制", "working"),
    BundleState.ASK_OWNER: ("补充资料", "asking the owner"),
    BundleState.OWNER_REVIEW: ("业主审核", "owner's review"),
    BundleState.OWNER_CHANGE: ("业主变更要求", "change by the owner"),
    BundleState.DEPARTMENT_INTAKE: ("收件", "intake"),
    BundleState.CORRECT: ("补正", "correction"),
    BundleState.DEPARTMENT_REVIEW: ("审查", "department's review"),
    BundleState.EXPERT_REVIEW: ("专家评审", "expert review"),
    BundleState.REVISE: ("按意见修改", "revision"),
    BundleState.DECIDING: ("作出决定", "deciding"),
    BundleState.PAUSED: ("暂停", "pause"),
}

_S, _A = Stage, Act
OVER: Final = frozenset({_S.DECIDED, _S.FILED, _S.TERMINATED})
"""Stages in which the clock has stopped for good."""


def _move(source: Stage, act: Act, target: Stage, law: Article = BUNDLE) -> Move[Stage, Act]:
    return Move(source, act, target, Permission.HOUSE_ACT, law)


BUNDLE_TABLE: Final = Table(
    "bundle",
    start=_S.NEW,
    moves=[
        _move(_S.NEW, _A.COMMIT, _S.AWAITING_INPUT),
        _move(_S.NEW, _A.COMMIT_WITHOUT_INPUTS, _S.WORKING),
        _move(_S.AWAITING_INPUT, _A.GIVE_SOME_INPUTS, _S.AWAITING_INPUT),
        _move(_S.AWAITING_INPUT, _A.GIVE_INPUTS, _S.INPUT_GIVEN),
        _move(_S.AWAITING_INPUT, _A.CONFIRM_INPUTS, _S.WORKING),
        _move(_S.INPUT_GIVEN, _A.OBJECT_TO_INPUTS, _S.AWAITING_INPUT),
        _move(_S.INPUT_GIVEN, _A.CONFIRM_INPUTS, _S.WORKING),
        _move(_S.INPUT_GIVEN, _A.DEEM_INPUTS, _S.WORKING),
        _move(_S.WORKING, _A.ASK, _S.ASKING),
        _move(_S.WORKING, _A.DELIVER, _S.OWNER_REVIEW),
        _move(_S.WORKING, _A.ORDER_CHANGE, _S.CHANGE_ORDERED),
        _move(_S.ASKING, _A.ANSWER_SOME, _S.ASKING),
        _move(_S.ASKING, _A.ANSWER, _S.WORKING),
        _move(_S.OWNER_REVIEW, _A.ACCEPT_DRAFT, _S.OWNER_ACCEPTED),
        _move(_S.OWNER_REVIEW, _A.DEEM_ACCEPTED, _S.OWNER_ACCEPTED),
        _move(_S.OWNER_REVIEW, _A.RETURN_DRAFT, _S.WORKING),
        _move(_S.OWNER_REVIEW, _A.ORDER_CHANGE, _S.CHANGE_ORDERED),
        _move(_S.CHANGE_ORDERED, _A.SPECIFY_CHANGE, _S.REWORKING),
        _move(_S.REWORKING, _A.DELIVER, _S.OWNER_REVIEW),
        _move(_S.OWNER_ACCEPTED, _A.SUBMIT, _S.INTAKE),
        _move(_S.INTAKE, _A.NOTIFY_CORRECTION, _S.CORRECTING, ONCE),
        _move(_S.INTAKE, _A.ACCEPT_CASE, _S.REVIEW, ONCE),
        _move(_S.CORRECTING, _A.SUPPLY_SOME, _S.CORRECTING, ONCE),
        _move(_S.CORRECTING, _A.SUPPLY, _S.INTAKE_CORRECTED, ONCE),
        _move(_S.INTAKE_CORRECTED, _A.ACCEPT_CASE, _S.REVIEW, ONCE),
        _move(_S.REVIEW, _A.CALL_EXPERTS, _S.EXPERT_REVIEW),
        _move(_S.REVIEW, _A.ISSUE_OPINION, _S.REVISING),
        _move(_S.REVIEW, _A.FINALISE, _S.DECIDING),
        _move(_S.REVIEW, _A.DECIDE, _S.DECIDED),
        _move(_S.EXPERT_REVIEW, _A.SIGN_SOME, _S.EXPERT_REVIEW),
        _move(_S.EXPERT_REVIEW, _A.SIGN_LAST, _S.REVIEW),
        _move(_S.REVISING, _A.ASK, _S.ASKING_IN_REVISION),
        _move(_S.REVISING, _A.REVISE, _S.REVIEW),
        _move(_S.ASKING_IN_REVISION, _A.ANSWER_SOME, _S.ASKING_IN_REVISION),
        _move(_S.ASKING_IN_REVISION, _A.ANSWER, _S.REVISING),
        _move(_S.DECIDING, _A.DECIDE, _S.DECIDED),
        _move(_S.DECIDED, _A.FILE, _S.FILED),
        _move(_S.DECIDED, _A.RETURN_DECISION, _S.DECIDED),
        _move(_S.FILED, _A.RETURN_DECISION, _S.FILED),
        *(
            _move(stage, _A.TERMINATE, _S.TERMINATED)
            for stage in _S
            if stage is not _S.NEW and stage not in OVER
        ),
    ],
)

PAUSE_TABLE: Final = Table(
    "bundle pause",
    start=PauseState.RUNNING,
    moves=[
        Move(PauseState.RUNNING, PauseAct.PAUSE, PauseState.PAUSED, Permission.HOUSE_ACT, BUNDLE),
        Move(PauseState.PAUSED, PauseAct.RESUME, PauseState.RUNNING, Permission.HOUSE_ACT, BUNDLE),
        Move(PauseState.PAUSED, PauseAct.EXPIRE, PauseState.RUNNING, Permission.HOUSE_ACT, BUNDLE),
    ],
)

_X, _Y = ExtensionState, ExtensionAct
EXTENSION_TABLE: Final = Table(
    "bundle extension",
    start=_X.NONE,
    moves=[
        Move(_X.NONE, _Y.ASK, _X.ASKED, Permission.HOUSE_ACT, BUNDLE),
        Move(_X.ASKED, _Y.AGREE, _X.AGREED, Permission.HOUSE_ACT, BUNDLE),
        Move(_X.ASKED, _Y.DECLINE, _X.DECLINED, Permission.HOUSE_ACT, BUNDLE),
    ],
)

_O, _R = ObjectionState, ObjectionAct
OBJECTION_TABLE: Final = Table(
    "bundle objection",
    start=_O.OPEN,
    moves=[
        Move(_O.OPEN, _R.UPHOLD, _O.UPHELD, Permission.HOUSE_ACT, DISPUTES),
        Move(_O.OPEN, _R.DISMISS, _O.DISMISSED, Permission.HOUSE_ACT, DISPUTES),
    ],
)
