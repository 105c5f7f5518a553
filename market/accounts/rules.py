"""States of organisations, keys, appointments and people; who is related to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from market.kernel.errors import Refusal
from market.kernel.law import Article, Dated, in_force, platform_rule
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table

ONE_FEN: Final = 1
PROOF_DAYS: Final = timedelta(days=3)
"""How long a remark code waits for its transfer; the moment of lapse itself is too late."""
IDLE: Final = timedelta(minutes=30)
"""A session not used for this long is over; at the limit itself it is."""
ABSOLUTE: Final = timedelta(hours=12)
"""A session is over after this long, however busy."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""How often use is written down: a write for every page would cost more than it tells."""

BASIC_ACCOUNT: Final = platform_rule(
    "机构须以基本账户转账一分钱确认身份", "An organisation shows its basic account by one fen"
)
ORDERLY_REGISTER: Final = platform_rule(
    "主体库管理规则", "Rules of this platform for the register of organisations"
)
TWO_PERSONS: Final = platform_rule(
    "重要角色须两人办理", "Roles of weight are given by two persons together"
)
RELATED_ENG: Final = Article("招标投标法实施条例第三十四条", "Bidding Regulation art. 34")
RELATED_GP: Final = Article("政府采购法实施条例第十八条", "Procurement Regulation art. 18")


class OrganisationKind(StrEnum):
    """What an organisation is by its registration: it decides what must be known of it."""

    ENTERPRISE = "enterprise"
    INSTITUTION = "institution"
    GOVERNMENT = "government"
    SOCIAL = "social"
    SOLE_TRADER = "sole-trader"


class SmeClass(StrEnum):
    """The size of an enterprise as it declares it; `NONE` for what is no enterprise."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"
    NONE = "none"


class OrganisationState(StrEnum):
    """How far an organisation has shown who it is."""

    REGISTERED = "registered"
    CONFIRMED = "confirmed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class OrganisationAction(StrEnum):
    """What may happen to an organisation in the register."""

    CONFIRM = "confirm"
    SUSPEND = "suspend"
    RESTORE = "restore"
    WITHDRAW = "withdraw"


_O, _OA = OrganisationState, OrganisationAction
ORGANISATION_TABLE: Final = Table(
    "organisation",
    start=_O.REGISTERED,
    moves=(
        Move(
            _O.REGISTERED,
            _OA.CONFIRM,
            _O.CONFIRMED,
            Permission.ACCOUNTS_ORGANISATION_CONFIRM,
            BASIC_ACCOUNT,
        ),
        # Another basic account, shown the same way; the organisation stays confirmed meanwhile.
        Move(
            _O.CONFIRMED,
            _OA.CONFIRM,
            _O.CONFIRMED,
            Permission.ACCOUNTS_ORGANISATION_CONFIRM,
            BASIC_ACCOUNT,
        ),
        Move(
            _O.REGISTERED,
            _OA.SUSPEND,
            _O.SUSPENDED,
            Permission.ACCOUNTS_ORGANISATION_SUSPEND,
            ORDERLY_REGISTER,
        ),
        Move(
            _O.CONFIRMED,
            _OA.SUSPEND,
            _O.SUSPENDED,
            Permission.ACCOUNTS_ORGANISATION_SUSPEND,
            ORDERLY_REGISTER,
        ),
        # Back to the start: what the account showed may be out of date, so it is shown again.
        Move(
            _O.SUSPENDED,
            _OA.RESTORE,
            _O.REGISTERED,
            Permission.ACCOUNTS_ORGANISATION_SUSPEND,
            ORDERLY_REGISTER,
        ),
        # A registration by somebody who has nothing to do with the organisation frees the code.
        Move(
            _O.REGISTERED,
            _OA.WITHDRAW,
            _O.WITHDRAWN,
            Permission.ACCOUNTS_ORGANISATION_WITHDRAW,
            ORDERLY_REGISTER,
        ),
    ),
)


class KeyState(StrEnum):
    """Whether signatures of an organisation key count."""

    ACTIVE = "active"
    REVOKED = "revoked"


class KeyAction(StrEnum):
    """What may happen to an organisation key."""

    REVOKE = "revoke"


KEY_TABLE: Final = Table(
    "organisation-key",
    start=KeyState.ACTIVE,
    moves=(
        Move(
            KeyState.ACTIVE,
            KeyAction.REVOKE,
            KeyState.REVOKED,
            Permission.ACCOUNTS_KEY_REGISTER,
            ORDERLY_REGISTER,
        ),
    ),
)


class AppointmentState(StrEnum):
    """How far a person's role in an organisation has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    ACTIVE = "active"
    DECLINED = "declined"
    REVOKED = "revoked"


class AppointmentAction(StrEnum):
    """What may happen to a role."""

    APPROVE = "approve"
    ACCEPT = "accept"
    DECLINE = "decline"
    REVOKE = "revoke"
    RESIGN = "resign"


_A, _AA = AppointmentState, AppointmentAction
APPOINTMENT_TABLE: Final = Table(
    "appointment",
    start=_A.PROPOSED,
    moves=(
        Move(_A.PROPOSED, _AA.APPROVE, _A.APPROVED, Permission.ACCOUNTS_ROLE_APPROVE, TWO_PERSONS),
        # Only the person herself: nobody is tied to an organisation, and recused for it, unasked.
        Move(_A.APPROVED, _AA.ACCEPT, _A.ACTIVE, Permission.ACCOUNTS_OWN_EDIT, ORDERLY_REGISTER),
        Move(_A.PROPOSED, _AA.DECLINE, _A.DECLINED, Permission.ACCOUNTS_OWN_EDIT, ORDERLY_REGISTER),
        Move(_A.APPROVED, _AA.DECLINE, _A.DECLINED, Permission.ACCOUNTS_OWN_EDIT, ORDERLY_REGISTER),
        *(
            Move(state, _AA.REVOKE, _A.REVOKED, Permission.ACCOUNTS_ROLE_APPOINT, ORDERLY_REGISTER)
            for state in (_A.PROPOSED, _A.APPROVED, _A.ACTIVE)
        ),
        Move(_A.ACTIVE, _AA.RESIGN, _A.REVOKED, Permission.ACCOUNTS_OWN_EDIT, ORDERLY_REGISTER),
    ),
)


class PersonState(StrEnum):
    """Whether a person may sign in."""

    ACTIVE = "active"
    BLOCKED = "blocked"


class PersonAction(StrEnum):
    """What may happen to a person's account."""

    BLOCK = "block"
    UNBLOCK = "unblock"


PERSON_TABLE: Final = Table(
    "person",
    start=PersonState.ACTIVE,
    moves=(
        Move(
            PersonState.ACTIVE,
            PersonAction.BLOCK,
            PersonState.BLOCKED,
            Permission.ACCOUNTS_PERSON_BLOCK,
            ORDERLY_REGISTER,
        ),
        Move(
            PersonState.BLOCKED,
            PersonAction.UNBLOCK,
            PersonState.ACTIVE,
            Permission.ACCOUNTS_PERSON_BLOCK,
            ORDERLY_REGISTER,
        ),
    ),
)


class ControllerKind(StrEnum):
    """Whether a share is held by a person or by an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


CONTROL_FROM: Final = (
    Dated(5_000, RELATED_ENG, date(2012, 2, 1)),  # day on which the regulation came into force
)
"""From this share on, in hundredths of a percent (inclusive), one organisation holds another."""


def is_control(share: int, *, controls: bool, on: date) -> bool:
    """Whether a share of `share` hundredths of a percent, or actual control, is a holding."""
    return controls or share >= in_force(CONTROL_FROM, on).value


@dataclass(frozen=True, slots=True)
class Interests:
    """What ties an organisation to others, as names that can be compared but not read.

    `controllers` are all who hold it, directly or through others, each as "uscc:…" or "person:…";
    `own` is its own name of that form, `head` that of its person in charge, if known, and
    `department` the administrative organ it belongs to, if any.
    """

    organisation: UUID
    own: str
    head: str | None
    controllers: frozenset[str]
    department: str | None


class Relation(StrEnum):
    """Why two organisations count as one interest."""

    SAME = "same"
    SAME_HEAD = "same-head"
    HOLDING = "holding"
    SAME_HOLDER = "same-holder"
    SAME_DEPARTMENT = "same-department"


def relation(one: Interests, other: Interests) -> Relation | None:
    """How two organisations are related, or None: the closest relation first.

    Same person in charge, or a holding or management relation, keeps two out of one lot:
    Bidding Regulation art. 34, Procurement Regulation art. 18.
    """
    ties = (
        (Relation.SAME, one.own == other.own),
        (Relation.SAME_HEAD, one.head is not None and one.head == other.head),
        (Relation.HOLDING, one.own in other.controllers or other.own in one.controllers),
        (Relation.SAME_HOLDER, not one.controllers.isdisjoint(other.controllers)),
        (
            Relation.SAME_DEPARTMENT,
            not _departments(one).isdisjoint(_departments(other)),
        ),
    )
    return next((tie for tie, holds in ties if holds), None)


def _departments(one: Interests) -> frozenset[str]:
    """The department an organisation belongs to, and itself, for it may be one."""
    return frozenset({one.own} if one.department is None else {one.own, one.department})


def interest_groups(interests: Sequence[Interests]) -> tuple[frozenset[UUID], ...]:
    """The organisations put together by relation, directly or through one another.

    Each organisation stands in exactly one group; the order is that of their first member.
    """
    groups: list[list[Interests]] = []
    for one in interests:
        near = [group for group in groups if any(relation(one, member) for member in group)]
        merged = [member for group in near for member in group] + [one]
        first = min((groups.index(group) for group in near), default=len(groups))
        groups = [group for group in groups if group not in near]
        groups.insert(first, merged)
    return tuple(frozenset(member.organisation for member in group) for group in groups)


def refuse_unless_second_person(proposer: UUID | None, approver: UUID | None) -> None:
    """Go on only if two known, different persons act; `Refusal` "same-person" otherwise."""
    if proposer is None or approver is None or proposer == approver:
        raise Refusal(
            "same-person",
            zh="须由另一人批准：提出人不能自行批准",
            en="Another person has to approve: who proposed it cannot",
            article=TWO_PERSONS,
            status=403,
        )
