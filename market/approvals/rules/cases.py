"""The course of a case as a table of states, and what may be asked, once, and of whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from market.approvals.rules.law import (
    ACCEPTANCE,
    CONSOLIDATED,
    DECISION,
    DELIVERY,
    NOT_COUNTED,
    ORDERLY_CASES,
    REASONS,
    SILENCE,
    TOLD_TIME,
)
from market.kernel.errors import BadInput, Refusal
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table

TEXT_LIMIT: Final = 4_000
"""Characters of a reason, a condition, an opinion."""


class CaseState(StrEnum):
    """How far a case has come.

    `CORRECTING`: the applicant adds what the one notice named. `PAUSED`: time that is not counted.
    """

    PREPARING = "preparing"
    RECEIVED = "received"
    CORRECTING = "correcting"
    REVIEWING = "reviewing"
    PAUSED = "paused"
    APPROVED = "approved"
    REFUSED = "refused"
    DELIVERED = "delivered"
    NOT_ACCEPTED = "not-accepted"
    WITHDRAWN = "withdrawn"


class CaseAction(StrEnum):
    """What can happen to a case."""

    HAND_IN = "hand-in"
    ASK_CORRECTION = "ask-correction"
    COMPLETE = "complete"
    ACCEPT = "accept"
    DEEM_ACCEPTED = "deem-accepted"
    NOT_ACCEPT = "not-accept"
    PAUSE = "pause"
    RESUME = "resume"
    RUN_ON = "run-on"
    APPROVE = "approve"
    REFUSE = "refuse"
    DEEM_APPROVED = "deem-approved"
    DELIVER = "deliver"
    WITHDRAW = "withdraw"


_S, _A = CaseState, CaseAction
_FILE, _DO = Permission.APPROVALS_CASE_FILE, Permission.APPROVALS_CASE_HANDLE
_HOUSE = Permission.HOUSE_ACT
CASE_TABLE: Final = Table(
    "approval-case",
    start=_S.PREPARING,
    moves=(
        Move(_S.PREPARING, _A.HAND_IN, _S.RECEIVED, _FILE, ACCEPTANCE),
        Move(_S.RECEIVED, _A.ASK_CORRECTION, _S.CORRECTING, _DO, ACCEPTANCE),
        Move(_S.CORRECTING, _A.COMPLETE, _S.RECEIVED, _HOUSE, ACCEPTANCE),
        Move(_S.RECEIVED, _A.ACCEPT, _S.REVIEWING, _DO, ACCEPTANCE),
        Move(_S.RECEIVED, _A.DEEM_ACCEPTED, _S.REVIEWING, _HOUSE, ACCEPTANCE),
        Move(_S.RECEIVED, _A.NOT_ACCEPT, _S.NOT_ACCEPTED, _DO, ACCEPTANCE),
        Move(_S.REVIEWING, _A.PAUSE, _S.PAUSED, _DO, NOT_COUNTED),
        Move(_S.PAUSED, _A.RESUME, _S.REVIEWING, _DO, NOT_COUNTED),
        Move(_S.PAUSED, _A.RUN_ON, _S.REVIEWING, _HOUSE, TOLD_TIME),
        Move(_S.REVIEWING, _A.APPROVE, _S.APPROVED, _DO, DECISION),
        Move(_S.REVIEWING, _A.REFUSE, _S.REFUSED, _DO, REASONS),
        Move(_S.REVIEWING, _A.DEEM_APPROVED, _S.APPROVED, _HOUSE, SILENCE),
        Move(_S.APPROVED, _A.DELIVER, _S.DELIVERED, _DO, DELIVERY),
        Move(_S.REFUSED, _A.DELIVER, _S.DELIVERED, _DO, DELIVERY),
        *(
            Move(state, _A.WITHDRAW, _S.WITHDRAWN, _FILE, ORDERLY_CASES)
            for state in (_S.PREPARING, _S.RECEIVED, _S.CORRECTING, _S.REVIEWING, _S.PAUSED)
        ),
    ),
)
OPEN: Final = frozenset(
    {
        *(_S.PREPARING, _S.RECEIVED, _S.CORRECTING, _S.REVIEWING, _S.PAUSED),
        *(_S.APPROVED, _S.REFUSED),
    }
)
"""A project has one such case for an item at a time, or one for each service of it."""
AT_DEPARTMENT: Final = OPEN - {_S.PREPARING}
DECIDED: Final = frozenset({_S.APPROVED, _S.REFUSED, _S.DELIVERED})


class ExtensionState(StrEnum):
    """How far the request for more time has come."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"


class ExtensionAction(StrEnum):
    """What the head may do with it."""

    APPROVE = "approve"
    DECLINE = "decline"


_X, _Y, _HEAD = ExtensionState, ExtensionAction, Permission.APPROVALS_EXTENSION_DECIDE
EXTENSION_TABLE: Final = Table(
    "approval-extension",
    start=_X.ASKED,
    moves=(
        Move(_X.ASKED, _Y.APPROVE, _X.APPROVED, _HEAD, DECISION),
        Move(_X.ASKED, _Y.DECLINE, _X.DECLINED, _HEAD, DECISION),
    ),
)


class PauseKind(StrEnum):
    """What the law does not count (art. 45)."""

    HEARING = "hearing"
    TENDER = "tender"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TEST = "test"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert-review"


class Owes(StrEnum):
    """Who has to bring something: the owner, or the agency that made a technical paper."""

    OWNER = "owner"
    AGENCY = "agency"


class IssueKind(StrEnum):
    """What a point of an opinion is: from the first look on, or why it comes only now."""

    FIRST = "first"
    UNSOLVED = "unsolved"
    NEW_VISIBLE = "new-visible"
    NEW_ARISEN = "new-arisen"
    SCOPE = "scope"


class Outcome(StrEnum):
    """What the department decides."""

    APPROVED = "approved"
    REFUSED = "refused"


class EventKind(StrEnum):
    """What happened to a case, as others read it; the fact stated is "case." and this."""

    RECEIVED = "received"
    CORRECTION = "correction"
    SUPPLIED = "supplied"
    COMPLETED = "completed"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not-accepted"
    PAUSED = "paused"
    RESUMED = "resumed"
    OPINION = "opinion"
    REVISED = "revised"
    EXTENSION_ASKED = "extension-asked"
    EXTENDED = "extended"
    NOT_EXTENDED = "not-extended"
    DECIDED = "decided"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Missing:
    """One line of the notice of correction.

    `material` is its place in the item's list, from 1; `already`: the applicant says, and the
    papers show, that something was handed in for it before the notice.
    """

    material: int
    words: str
    owes: Owes
    already: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """One point of an opinion."""

    words: str
    kind: IssueKind


def refuse_second_correction(*, was_asked: bool) -> None:
    """Go on only if nothing was asked before; `Refusal` "correction-once"."""
    if was_asked:
        raise Refusal(
            "correction-once",
            zh="补正只能一次性告知，本件已告知过",
            en="What is missing is told once and completely; in this case it was",
            article=ACCEPTANCE,
        )


def refuse_unless_named(missing: Sequence[Missing], materials: int) -> None:
    """Go on only with a notice that names each thing once; `BadInput` "correction-empty"."""
    places = [one.material for one in missing]
    if (
        not places
        or len(set(places)) != len(places)
        or not all(0 < place <= materials for place in places)
        or not all(one.words.strip() and len(one.words) <= TEXT_LIMIT for one in missing)
    ):
        words = (
            "写明缺哪些材料、缺什么，每项一次",
            "Name each missing material once, and what it lacks",
        )
        raise BadInput(
            "correction-empty",
            zh=words[0],
            en=words[1],
            article=ACCEPTANCE,
            fields={"materials": words},
        )


def refuse_unless_issues(issues: Sequence[Issue], turn: int) -> None:
    """Go on only with points that fit the round; `BadInput`s "opinion-empty", "opinion-kind".

    In the first round every point is a first one, later none is: it was left unsolved, or it is
    said why it comes only now.
    """
    if not issues or not all(one.words.strip() for one in issues):
        words = ("写明审查意见", "Write what has to be changed")
        raise BadInput("opinion-empty", zh=words[0], en=words[1], fields={"issues": words})
    if any((one.kind is IssueKind.FIRST) != (turn == 1) for one in issues):
        zh = "首轮意见均为首次提出；以后各轮须注明是未改到位、新发现还是范围变化"
        en = (
            "In the first round every point is new; later say whether it was left unsolved, was"
            " overlooked, arose since, or follows from a change of scope"
        )
        raise BadInput(
            "opinion-kind", zh=zh, en=en, article=CONSOLIDATED, fields={"issues": (zh, en)}
        )


def refuse_unless_reasons(reasons: str) -> None:
    """Go on only with reasons given; `BadInput` "no-reasons"."""
    if not reasons.strip() or len(reasons) > TEXT_LIMIT:
        words = ("写明理由", "Give the reasons")
        raise BadInput(
            "no-reasons", zh=words[0], en=words[1], article=REASONS, fields={"reasons": words}
        )
