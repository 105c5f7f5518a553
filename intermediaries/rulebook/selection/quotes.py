"""What is chosen from: the enrolments of one selection after they were opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from market.kernel.errors import Refusal
from market.kernel.money import Money


class Fault(StrEnum):
    """Why an enrolment does not count, found before any price is compared."""

    NOT_ACTIVE = "not-active"
    NOT_QUALIFIED = "not-qualified"
    TIED_TO_OWNER = "tied-to-owner"
    TIED_TO_DEPARTMENT = "tied-to-department"
    SAME_GROUP = "same-group"
    ILL_SEALED = "ill-sealed"
    SCHEME_UNREADABLE = "scheme-unreadable"
    NOT_NAMED = "not-named"
    NO_PRICE = "no-price"
    BEYOND_LIMITS = "beyond-limits"


FAULT_WORDS: Final = MappingProxyType(
    {
        Fault.NOT_ACTIVE: ("中介不在有效入驻状态", "the agency is not active in the supermarket"),
        Fault.NOT_QUALIFIED: ("缺少所需资质", "the required qualification is missing"),
        Fault.TIED_TO_OWNER: (
            "与业主为同一单位，或存在控制、管理关系或同一负责人",
            "it is the owner, or tied to it by control, management or the person in charge",
        ),
        Fault.TIED_TO_DEPARTMENT: (
            "与使用成果的审批部门存在隶属、控制、管理关系或同一负责人",
            "it belongs or is tied to the department whose approval uses the deliverable",
        ),
        Fault.SAME_GROUP: (
            "同一控制关系的另一家已报名",
            "another agency of its controlling group has enrolled",
        ),
        Fault.ILL_SEALED: ("报价未按规则封装", "the quote was not sealed by the rule"),
        Fault.SCHEME_UNREADABLE: (
            "方案未按规则封装，无法开启或没有文件",
            "the scheme was not sealed by the rule: it does not open, or holds no document",
        ),
        Fault.NOT_NAMED: (
            "业主书面指名的是另一家",
            "the owner named another agency in writing",
        ),
        Fault.NO_PRICE: ("没有有效报价", "there is no valid price"),
        Fault.BEYOND_LIMITS: ("报价超出限价范围", "the price lies beyond the limits"),
    }
)

AT_OPENING: Final = frozenset({Fault.ILL_SEALED, Fault.SCHEME_UNREADABLE})
"""Faults that nobody knows before the timekeepers have released: no list at a closing has one."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One price named in a round of live bidding, and when it was complete."""

    at: datetime
    price: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """One agency's enrolment, opened.

    `key`: 32 bytes by which the draw knows it. `price` None where the owner's price holds or the
    agency bids in rounds (`offers`, in the order they came). `credit`: points, whole hundredths.
    `fault`: why it does not count, where that was found before.
    """

    key: bytes
    agency: str
    price: Money | None = None
    credit: Fraction | None = None
    offers: tuple[Offer, ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One reviewer's points for the schemes, by the key of the enrolment."""

    reviewer: str
    is_outside: bool
    points: tuple[tuple[bytes, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """Whom the owner took from the short list, why, and when."""

    key: bytes
    reason: str
    at: datetime


def check_quotes(quotes: Sequence[Quote]) -> None:
    """Refuse (`quote-twice`) two quotes of one key or of one agency."""
    keys, agencies = {item.key for item in quotes}, {item.agency for item in quotes}
    if len(keys) != len(quotes) or len(agencies) != len(quotes):
        raise Refusal(
            "quote-twice",
            zh="同一家中介或同一份报价出现两次",
            en="An agency or a quote stands twice",
        )
