"""A supplement to the contract of an order: what it may change, its hash, what each side signs.

The statement is `yg/service-supplement/v1`: it names the contract, the supplement before it and
every change in clear. The price moves by a tenth of the contract's at most, all supplements
together, more or less alike; more working days are the one extension of the clock and nothing
beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from intermediaries.orders.rules.states import ONE_CLOCK, Side
from market.kernel.errors import BadInput, Refusal
from market.kernel.law import platform_rule
from market.kernel.money import Money
from market.kernel.permissions import Permission
from market.kernel.transitions import Move, Table
from market.protocol.encoding import JsonObject, b64u, canonical, digest, structure

SUPPLEMENT: Final = "service-supplement"
PARTS: Final = 10
"""Supplements move the price by one part in so many of the contract's."""
MOST_DELIVERABLES: Final = 20
LONGEST_DELIVERABLE: Final = 200
MOST_DAYS: Final = 50
A_TENTH: Final = platform_rule(
    "合同变更须签补充协议，价款增减累计不超过合同价款的10%（参照《政府采购法》第四十九条）",
    "changes of a contract need a supplement; they move the price by a tenth of it at most, all"
    " together (as in Government Procurement Law, art. 49)",
)


class SupplementState(StrEnum):
    """How far a supplement has come; `IN_FORCE` with the second signature."""

    OFFERED = "offered"
    IN_FORCE = "in-force"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


class SupplementAction(StrEnum):
    """What becomes of it; `WITHDRAW` by the side that offered it, `DECLINE` by the other."""

    CONCLUDE = "conclude"
    WITHDRAW = "withdraw"
    DECLINE = "decline"


_S, _A = SupplementState, SupplementAction
# Either party acts, each with its own right, which the commands ask for.
SUPPLEMENT_TABLE: Final = Table(
    "order-supplement",
    start=_S.OFFERED,
    moves=(
        Move(_S.OFFERED, _A.CONCLUDE, _S.IN_FORCE, Permission.HOUSE_ACT, A_TENTH),
        Move(_S.OFFERED, _A.WITHDRAW, _S.WITHDRAWN, Permission.HOUSE_ACT, A_TENTH),
        Move(_S.OFFERED, _A.DECLINE, _S.DECLINED, Permission.HOUSE_ACT, A_TENTH),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What both sides agree to change; `previous` is the hash of what stood before.

    `price_before` is the price that stood before, `price_change` what is added (below zero: taken
    off); `deliverables` is the whole list as it is from now on.
    """

    order: str
    number: int
    contract: bytes
    previous: bytes
    owner: str
    owner_name: str
    agency: str
    agency_name: str
    price_before: Money
    price_change: Money
    deliverables: tuple[str, ...]
    more_days: int
    reason: str

    @property
    def price(self) -> Money:
        """The price from now on."""
        return self.price_before + self.price_change

    def structure(self) -> JsonObject:
        """The changes as they are signed, without side and signature."""
        return structure(
            SUPPLEMENT,
            order=self.order,
            number=self.number,
            contract=b64u(self.contract),
            previous=b64u(self.previous),
            owner=self.owner,
            owner_name=self.owner_name,
            agency=self.agency,
            agency_name=self.agency_name,
            price_change_fen=self.price_change.fen,
            price_fen=self.price.fen,
            deliverables=list(self.deliverables),
            more_days=self.more_days,
            reason=self.reason,
        )

    @property
    def hash(self) -> bytes:
        """The name of these changes in the public record."""
        return digest(canonical(self.structure()))

    def statement(self, side: Side) -> JsonObject:
        """What a side signs."""
        return {**self.structure(), "side": side.value}


def refuse_unless_within(contract: Money, before: Iterable[Money], change: Money) -> None:
    """Go on only while all changes of the price come to a tenth of the contract's at most.

    Counted by size: what goes down and up again counts twice. Exactly a tenth is within, a fen
    more is `Refusal` "supplement-beyond-tenth".
    """
    moved = sum(abs(one.fen) for one in before) + abs(change.fen)
    if moved * PARTS > contract.fen:
        words = (
            f"补充协议价款增减累计{Money(moved)}元，超过合同价款{contract}元的10%，应另行选取",
            f"Supplements move the price by {Money(moved)} yuan, more than a tenth of {contract}",
        )
        raise Refusal(
            "supplement-beyond-tenth",
            zh=words[0],
            en=words[1],
            article=A_TENTH,
            fields={"price_change": words},
        )


def refuse_unless_changing(
    change: Money, deliverables: tuple[str, ...], stands: tuple[str, ...], more_days: int
) -> None:
    """Go on only with something that differs from what stands, and is well said.

    `BadInput`s "deliverables-malformed", "time-out-of-range", "changes-nothing".
    """
    if (
        not 0 < len(deliverables) <= MOST_DELIVERABLES
        or len(set(deliverables)) != len(deliverables)
        or not all(0 < len(one) <= LONGEST_DELIVERABLE for one in deliverables)
    ):
        words = (
            f"成果每行一项，1至{MOST_DELIVERABLES}项，不得重复",
            f"One deliverable on each line, each once, 1 to {MOST_DELIVERABLES}",
        )
        raise BadInput(
            "deliverables-malformed", zh=words[0], en=words[1], fields={"deliverables": words}
        )
    if not 0 <= more_days <= MOST_DAYS:
        words = (f"应为0至{MOST_DAYS}日", f"0 to {MOST_DAYS} days")
        raise BadInput("time-out-of-range", zh=words[0], en=words[1], fields={"more_days": words})
    if not change.fen and deliverables == stands and not more_days:
        raise BadInput(
            "changes-nothing",
            zh="价款、成果和时限均无变化，不需补充协议",
            en="Price, deliverables and time stay as they are: there is nothing to agree on",
        )


def extension_used() -> Refusal:
    """The clock knows one extension, and it is asked for, agreed or declined already."""
    words = (
        "延期只能一次，本订单已申请过，补充协议不能再增加工作日",
        "There is one extension, and it was asked for already: a supplement adds no more days",
    )
    return Refusal(
        "extension-used",
        zh=words[0],
        en=words[1],
        article=ONE_CLOCK,
        fields={"more_days": words},
    )
