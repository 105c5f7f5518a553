"""The contract of an order: what it says, its hash, and the statement each side signs.

The statement is `yg/service-contract/v1`: the order, the side, and every term in clear, so that
what is signed is what is read. Both sides sign the same terms under their registered keys. What the
notice promised about contract and payment is among them, beside the hash by which the journal names
that notice: who won by one notice does not sign by another.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from intermediaries.orders.rules.states import SIGNED, Side
from market.kernel.errors import BadInput, Refusal
from market.kernel.money import Money
from market.protocol.encoding import JsonObject, b64u, canonical, digest, parse, structure
from market.protocol.signing import check_signature

CONTRACT: Final = "service-contract"
STATEMENT_LIMIT: Final = 64 * 1024
"""Bytes of a signed statement."""
MOST_INPUTS: Final = 50
LONGEST_INPUT: Final = 200


@dataclass(frozen=True, slots=True)
class Promised:
    """What the demand's notice says of the contract; `notice` is its hash as the journal has it.

    `template` is the name of the platform's contract in Chinese, `own_terms` what the owner added
    to it or nothing, `payment` when and how it is paid, within `payment_days` calendar days.
    """

    notice: bytes
    template: str
    own_terms: str
    payment: str
    payment_days: int

    def members(self) -> JsonObject:
        """As the contract says it."""
        added: JsonObject = {"own_terms": self.own_terms} if self.own_terms else {}
        return {
            "notice": b64u(self.notice),
            "template": self.template,
            **added,
            "payment": self.payment,
            "payment_days": self.payment_days,
        }


@dataclass(frozen=True, slots=True)
class Terms:
    """What both sides agree to; the price is the winning price and nothing else.

    `promised`: None only for an order that no published demand led to.
    """

    order: str
    place: int
    owner: str
    owner_name: str
    agency: str
    agency_name: str
    item: str
    title: str
    scope: tuple[str, ...]
    price: Money
    working_days: int
    inputs: tuple[str, ...]
    clauses: str
    promised: Promised | None = None

    def structure(self) -> JsonObject:
        """The terms as they are signed, without side and signature."""
        return structure(
            CONTRACT,
            order=self.order,
            place=self.place,
            owner=self.owner,
            owner_name=self.owner_name,
            agency=self.agency,
            agency_name=self.agency_name,
            item=self.item,
            title=self.title,
            deliverables=list(self.scope),
            price_fen=self.price.fen,
            working_days=self.working_days,
            inputs=list(self.inputs),
            clauses=self.clauses,
            **({} if self.promised is None else self.promised.members()),
        )

    @property
    def hash(self) -> bytes:
        """The name of these terms in the public record."""
        return digest(canonical(self.structure()))

    def statement(self, side: Side) -> JsonObject:
        """What a side signs."""
        return {**self.structure(), "side": side.value}


class Signable(Protocol):
    """What both sides sign the same of."""

    def statement(self, side: Side) -> JsonObject:
        """What a side signs."""


def refuse_unless_listed(inputs: tuple[str, ...]) -> None:
    """Go on only with inputs that are named once each; `BadInput` "inputs-malformed"."""
    if (
        len(inputs) > MOST_INPUTS
        or len(set(inputs)) != len(inputs)
        or not all(one.strip() and len(one) <= LONGEST_INPUT for one in inputs)
    ):
        words = (
            f"资料清单每行一项，不得重复，最多{MOST_INPUTS}项",
            f"One input on each line, each once, at most {MOST_INPUTS}",
        )
        raise BadInput("inputs-malformed", zh=words[0], en=words[1], fields={"inputs": words})


def refuse_unless_signed(raw: bytes, terms: Signable, side: Side, public: bytes) -> None:
    """Go on only with a statement of exactly these terms for this side, signed with this key.

    `Refusal` "other-contract"; `Malformed` "bad-signature" and of the encoding.
    """
    if len(raw) > STATEMENT_LIMIT:
        raise BadInput("statement-too-long", zh="签名文件过大", en="The signed file is too large")
    said = parse(raw)
    rest = {name: value for name, value in said.items() if name != "signature"}
    if rest != terms.statement(side):
        raise Refusal(
            "other-contract",
            zh="签名的内容与本合同（或补充协议）不一致：请核对后重新签名",
            en="What was signed is not this contract or supplement: read it and sign again",
            article=SIGNED,
        )
    check_signature(said, public)
