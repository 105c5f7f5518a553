"""Settlements: the platform tells the custodian what becomes of linked deposits, and when due.

A settlement names deposits that were linked for one tender; each is released to the account it
came from, or kept for a listed cause after a decision. The custodian computes interest itself:
it holds the money and knows since when.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import signing
from market.protocol.binding import HASH_LENGTH
from market.protocol.encoding import Json, JsonObject, b64u, refuse, stamp, structure
from market.protocol.links import LINK_LIMIT
from market.protocol.members import Members

CAUSES = ("F1", "F2", "F3", "F4", "F5")
"""The only causes for which a deposit may be kept (docs/laws.md, forfeiture)."""
NOT_LINKED = "deposit-not-linked"  # not, or not any more, for this tender
DIFFERS = "settlement-differs"  # something else was done with it before
NOT_SETTLED_CODES = (NOT_LINKED, DIFFERS)
DAY_LENGTH = 10


class Settlement(StrEnum):
    """What becomes of a deposit."""

    RELEASE = "release"
    FORFEIT = "forfeit"


@dataclass(frozen=True, slots=True)
class Order:
    """One deposit: released, due on a legal day (inclusive), or forfeited for a cause."""

    h_blinded: bytes
    action: Settlement
    due_on: date | None
    cause: str | None

    def to_json(self) -> JsonObject:
        """The object as it stands in a request."""
        return {
            "h_blinded": b64u(self.h_blinded),
            "action": self.action.value,
            "due_on": None if self.due_on is None else self.due_on.isoformat(),
            "cause": self.cause,
        }


@dataclass(frozen=True, slots=True)
class Settled:
    """What the custodian did: amounts in whole fen, zero interest where none is owed."""

    h_blinded: bytes
    principal: int
    interest: int
    overdue_interest: int
    settled_at: datetime

    def to_json(self) -> JsonObject:
        """The object as it stands in an answer."""
        return {
            "h_blinded": b64u(self.h_blinded),
            "principal": self.principal,
            "interest": self.interest,
            "overdue_interest": self.overdue_interest,
            "settled_at": stamp(self.settled_at),
        }


@dataclass(frozen=True, slots=True)
class NotSettled:
    """A deposit that was left as it is, and the code that says why; the others were carried out."""

    h_blinded: bytes
    code: str

    def to_json(self) -> JsonObject:
        """The object as it stands in an answer."""
        return {"h_blinded": b64u(self.h_blinded), "code": self.code}


@dataclass(frozen=True, slots=True)
class SettlementAnswer:
    """What became of every deposit of one request: each stands in exactly one of the two lists."""

    tender: str
    settled: tuple[Settled, ...]
    refused: tuple[NotSettled, ...]

    @property
    def names(self) -> list[bytes]:
        """Every deposit it speaks of, ascending."""
        done = [item.h_blinded for item in self.settled]
        return sorted([*done, *(item.h_blinded for item in self.refused)])


def settlement_request(
    tender: str, orders: Iterable[Order], platform: Ed25519PrivateKey
) -> JsonObject:
    """`yg/settlement-request/v1`, signed by the platform, ordered by deposit."""
    ordered = sorted(orders, key=lambda order: order.h_blinded)
    stated = structure(
        "settlement-request", tender=tender, orders=[order.to_json() for order in ordered]
    )
    return signing.signed(stated, platform)


def read_settlement_request(value: JsonObject, platform: bytes) -> tuple[str, tuple[Order, ...]]:
    """Tender and orders: form (`malformed`), then signature (`bad-signature`)."""
    given = Members(value, "settlement-request")
    tender = given.tender()
    orders = given.array("orders", _order, 1, LINK_LIMIT)
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    _check_ordered([order.h_blinded for order in orders])
    signing.check_signature(value, platform)
    return tender, orders


def settlement_answer(answer: SettlementAnswer, custodian: Ed25519PrivateKey) -> JsonObject:
    """`yg/settlement-answer/v1`, signed by the custodian, ordered by deposit."""
    settled = sorted(answer.settled, key=lambda item: item.h_blinded)
    refused = sorted(answer.refused, key=lambda item: item.h_blinded)
    stated = structure(
        "settlement-answer",
        tender=answer.tender,
        settled=[item.to_json() for item in settled],
        refused=[item.to_json() for item in refused],
    )
    return signing.signed(stated, custodian)


def read_settlement_answer(value: JsonObject, custodian: bytes) -> SettlementAnswer:
    """What was done, bond by bond: form (`malformed`), then signature (`bad-signature`)."""
    given = Members(value, "settlement-answer")
    answer = SettlementAnswer(
        given.tender(),
        given.array("settled", _settled, 0, LINK_LIMIT),
        given.array("refused", _refused, 0, LINK_LIMIT),
    )
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    _check_ordered([item.h_blinded for item in answer.settled])
    _check_ordered([item.h_blinded for item in answer.refused])
    _check_ordered(answer.names)
    signing.check_signature(value, custodian)
    return answer


def _order(item: Json) -> Order:
    given = Members(item)
    order = Order(
        given.octets("h_blinded", HASH_LENGTH),
        Settlement(given.choice("action", tuple(Settlement))),
        given.maybe("due_on", lambda name: _day(given.text(name, DAY_LENGTH, DAY_LENGTH))),
        given.maybe("cause", lambda name: given.choice(name, CAUSES)),
    )
    given.end()
    released = order.action is Settlement.RELEASE
    if released != (order.due_on is not None) or released == (order.cause is not None):
        refuse("退还应有到期日，不予退还应有原因", "A release has a due day, a forfeiture a cause")
    return order


def _settled(item: Json) -> Settled:
    given = Members(item)
    settled = Settled(
        given.octets("h_blinded", HASH_LENGTH),
        given.whole("principal"),
        given.whole("interest"),
        given.whole("overdue_interest"),
        given.moment("settled_at"),
    )
    given.end()
    return settled


def _refused(item: Json) -> NotSettled:
    given = Members(item)
    refused = NotSettled(
        given.octets("h_blinded", HASH_LENGTH), given.choice("code", NOT_SETTLED_CODES)
    )
    given.end()
    return refused


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        refuse("日期格式不对", "A day is not written as agreed")
    if day.isoformat() != text:
        refuse("日期格式不对", "A day is not written as agreed")
    return day


def _check_ordered(names: list[bytes]) -> None:
    if any(a >= b for a, b in pairwise(names)):
        refuse("次序不对或重复", "Deposits are out of order or stand twice")
