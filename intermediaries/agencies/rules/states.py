"""States of an agency, of its qualifications, and of objections to its entry."""

from enum import StrEnum
from typing import Final

from market.kernel.law import Article, platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table

ZERO_THRESHOLD: Final = Article(
    "德州市优化营商环境条例第十七条", "Dezhou Business Environment Regulation art. 17"
)
"""Zero-threshold entry: only what law requires is asked and checked."""
ORDERLY_ENTRY: Final = platform_rule(
    "中介机构入驻规则", "Rules of this platform for the entry of agencies"
)
PUBLIC_ENTRY: Final = platform_rule(
    "入驻公示3个工作日", "An entry is in publicity for three working days"
)
CREDIT: Final = platform_rule("中介机构信用管理规则", "Rules of this platform for credit")


class AgencyState(StrEnum):
    """How far an agency has come; `APPLIED`: the automatic check has not let it on yet."""

    APPLIED = "applied"
    FILES = "files"
    CHECKING = "checking"
    REJECTED = "rejected"
    PUBLICITY = "publicity"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    LEFT = "left"


class AgencyAction(StrEnum):
    """What may happen to an agency.

    `ADMIT_FILES`: the automatic check found nothing. `LAPSE`: a suspension has run out. What ends
    in `BY_CREDIT` follows from a final penalty, or from one that was cancelled.
    """

    ADMIT_FILES = "admit-files"
    HAND_IN = "hand-in"
    REJECT = "reject"
    APPROVE = "approve"
    ENTER = "enter"
    SUSPEND = "suspend"
    RESTORE = "restore"
    LAPSE = "lapse"
    REMOVE = "remove"
    SUSPEND_BY_CREDIT = "suspend-by-credit"
    REMOVE_BY_CREDIT = "remove-by-credit"
    RESTORE_BY_CREDIT = "restore-by-credit"
    LEAVE = "leave"
    APPLY = "apply"


_S, _A, _P = AgencyState, AgencyAction, Permission
_APPLY, _CHECK = _P.AGENCIES_ENTRY_APPLY, _P.AGENCIES_ENTRY_CHECK
_SANCTION = _P.AGENCIES_AGENCY_SUSPEND
AGENCY_TABLE: Final = Table(
    "agency",
    start=_S.APPLIED,
    moves=(
        Move(_S.APPLIED, _A.ADMIT_FILES, _S.FILES, _P.HOUSE_ACT, ZERO_THRESHOLD),
        Move(_S.FILES, _A.HAND_IN, _S.CHECKING, _APPLY, ORDERLY_ENTRY),
        Move(_S.REJECTED, _A.HAND_IN, _S.CHECKING, _APPLY, ORDERLY_ENTRY),
        Move(_S.CHECKING, _A.REJECT, _S.REJECTED, _CHECK, ZERO_THRESHOLD),
        Move(_S.CHECKING, _A.APPROVE, _S.PUBLICITY, _CHECK, ZERO_THRESHOLD),
        # An objection that is right; its reasons are reasons of law like those of the check.
        Move(_S.PUBLICITY, _A.REJECT, _S.REJECTED, _CHECK, ZERO_THRESHOLD),
        Move(_S.PUBLICITY, _A.ENTER, _S.ACTIVE, _P.HOUSE_ACT, PUBLIC_ENTRY),
        Move(_S.ACTIVE, _A.SUSPEND, _S.SUSPENDED, _SANCTION, CREDIT),
        Move(_S.SUSPENDED, _A.RESTORE, _S.ACTIVE, _SANCTION, CREDIT),
        Move(_S.SUSPENDED, _A.LAPSE, _S.ACTIVE, _P.HOUSE_ACT, CREDIT),
        Move(_S.ACTIVE, _A.REMOVE, _S.REMOVED, _SANCTION, CREDIT),
        Move(_S.SUSPENDED, _A.REMOVE, _S.REMOVED, _SANCTION, CREDIT),
        Move(_S.ACTIVE, _A.SUSPEND_BY_CREDIT, _S.SUSPENDED, _P.HOUSE_ACT, CREDIT),
        Move(_S.ACTIVE, _A.REMOVE_BY_CREDIT, _S.REMOVED, _P.HOUSE_ACT, CREDIT),
        Move(_S.SUSPENDED, _A.REMOVE_BY_CREDIT, _S.REMOVED, _P.HOUSE_ACT, CREDIT),
        # The penalty was cancelled on appeal: it counts as never entered.
        Move(_S.SUSPENDED, _A.RESTORE_BY_CREDIT, _S.ACTIVE, _P.HOUSE_ACT, CREDIT),
        Move(_S.REMOVED, _A.RESTORE_BY_CREDIT, _S.ACTIVE, _P.HOUSE_ACT, CREDIT),
        # Not while suspended: whoever left and came back would have shaken it off.
        *(
            Move(state, _A.LEAVE, _S.LEFT, _APPLY, ORDERLY_ENTRY)
            for state in (
                _S.APPLIED,
                _S.FILES,
                _S.CHECKING,
                _S.REJECTED,
                _S.PUBLICITY,
                _S.ACTIVE,
            )
        ),
        Move(_S.LEFT, _A.APPLY, _S.APPLIED, _APPLY, ZERO_THRESHOLD),
        Move(_S.REMOVED, _A.APPLY, _S.APPLIED, _APPLY, ORDERLY_ENTRY),
    ),
)

FILES_OPEN: Final = frozenset({_S.FILES, _S.REJECTED, _S.ACTIVE, _S.SUSPENDED})
"""States in which an agency changes its files: not while they are checked or in publicity."""
ENTERED: Final = frozenset({_S.ACTIVE, _S.SUSPENDED})
"""States of an agency that is in: a new certificate of it is checked alone."""


class QualificationState(StrEnum):
    """How far a certificate of an agency has come."""

    DRAFT = "draft"
    HANDED_IN = "handed-in"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    ENDED = "ended"


class QualificationAction(StrEnum):
    """What may happen to a certificate."""

    HAND_IN = "hand-in"
    RETURN = "return"
    CONFIRM = "confirm"
    TAKE_BACK = "take-back"
    END = "end"


_Q, _QA = QualificationState, QualificationAction
QUALIFICATION_TABLE: Final = Table(
    "agency-qualification",
    start=_Q.DRAFT,
    moves=(
        Move(_Q.DRAFT, _QA.HAND_IN, _Q.HANDED_IN, _APPLY, ORDERLY_ENTRY),
        Move(_Q.RETURNED, _QA.HAND_IN, _Q.HANDED_IN, _APPLY, ORDERLY_ENTRY),
        Move(_Q.HANDED_IN, _QA.TAKE_BACK, _Q.DRAFT, _APPLY, ORDERLY_ENTRY),
        Move(_Q.HANDED_IN, _QA.RETURN, _Q.RETURNED, _CHECK, ZERO_THRESHOLD),
        Move(_Q.HANDED_IN, _QA.CONFIRM, _Q.CONFIRMED, _CHECK, ZERO_THRESHOLD),
        # An objection to the entry was right: what was confirmed with it is looked at again.
        Move(_Q.CONFIRMED, _QA.RETURN, _Q.RETURNED, _CHECK, ZERO_THRESHOLD),
        *(
            Move(state, _QA.END, _Q.ENDED, _APPLY, ORDERLY_ENTRY)
            for state in (_Q.DRAFT, _Q.RETURNED, _Q.CONFIRMED)
        ),
    ),
)


class ObjectionState(StrEnum):
    """How far an objection to an entry has come; `LAPSED`: the entry ended before the answer."""

    OPEN = "open"
    DISMISSED = "dismissed"
    UPHELD = "upheld"
    LAPSED = "lapsed"


class ObjectionAction(StrEnum):
    """What may happen to an objection."""

    DISMISS = "dismiss"
    UPHOLD = "uphold"
    LAPSE = "lapse"


_O, _OA = ObjectionState, ObjectionAction
OBJECTION_TABLE: Final = Table(
    "agency-objection",
    start=_O.OPEN,
    moves=(
        Move(_O.OPEN, _OA.DISMISS, _O.DISMISSED, _CHECK, PUBLIC_ENTRY),
        Move(_O.OPEN, _OA.UPHOLD, _O.UPHELD, _CHECK, PUBLIC_ENTRY),
        Move(_O.OPEN, _OA.LAPSE, _O.LAPSED, _P.HOUSE_ACT, PUBLIC_ENTRY),
    ),
)


class EventKind(StrEnum):
    """What of an agency's course everybody may read."""

    PUBLICITY = "publicity"
    STOPPED = "stopped"
    ENTERED = "entered"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    REMOVED = "removed"
    LEFT = "left"
