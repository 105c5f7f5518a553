"""Links: the platform asks the custodian, after closing, which deposits stand behind the bids.

One request holds the whole tender, ordered by bid key, which is random; the custodian answers for
pairs that verify and for nothing else (threat M11). The answer names deposits by the hash of
their blinded value.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol import signing
from market.protocol.binding import HASH_LENGTH
from market.protocol.blindkeys import LENGTH
from market.protocol.deposits import DEPOSIT_KINDS
from market.protocol.encoding import Json, JsonObject, b64u, refuse, structure
from market.protocol.members import Members
from market.protocol.signing import PUBLIC_LENGTH
from market.protocol.tokens import Token, read_token

LINK_LIMIT: Final = 10_000
REASONS: Final = (
    "unknown-deposit",  # no deposit of this name, or none of this organisation
    "bad-link",  # token and inv point at nothing
    "no-open-deposit",  # every deposit of the organisation and key is closed or linked
    "deposit-late",  # its root came after the deadline
)


@dataclass(frozen=True, slots=True)
class Link:
    """One bid of a request: its key, its token, who says it is its own, and `inv`."""

    bid_pub: bytes
    token: Token
    uscc: str
    inv: bytes

    def to_json(self) -> JsonObject:
        """The object as it stands in a request."""
        return {
            "bid_pub": b64u(self.bid_pub),
            "token": self.token.to_json(),
            "uscc": self.uscc,
            "inv": b64u(self.inv),
        }


@dataclass(frozen=True, slots=True)
class Linked:
    """One answer. `reason` is None when it is good; then deposit, account and kind are known."""

    bid_pub: bytes
    reason: str | None
    h_blinded: bytes | None
    account_commitment: bytes | None
    kind: str | None

    @property
    def good(self) -> bool:
        """Whether a deposit of the organisation stands behind the bid."""
        return self.reason is None

    def to_json(self) -> JsonObject:
        """The object as it stands in an answer."""
        account = self.account_commitment
        return {
            "bid_pub": b64u(self.bid_pub),
            "good": self.good,
            "reason": self.reason,
            "h_blinded": None if self.h_blinded is None else b64u(self.h_blinded),
            "account_commitment": None if account is None else b64u(account),
            "kind": self.kind,
        }


def link_request(
    tender: str, closing_hash: bytes, links: Iterable[Link], platform: Ed25519PrivateKey
) -> JsonObject:
    """`yg/link-request/v1`, signed by the platform, ordered by bid key."""
    ordered = sorted(links, key=lambda link: link.bid_pub)
    stated = structure(
        "link-request",
        tender=tender,
        closing_hash=b64u(closing_hash),
        links=[link.to_json() for link in ordered],
    )
    return signing.signed(stated, platform)


def read_link_request(value: JsonObject, platform: bytes) -> tuple[str, bytes, tuple[Link, ...]]:
    """Tender, closing and links: form (`malformed`), then signature (`bad-signature`)."""
    given = Members(value, "link-request")
    tender, closing_hash = given.tender(), given.octets("closing_hash", HASH_LENGTH)
    links = given.array("links", _link, 1, LINK_LIMIT)
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    _check_ordered([link.bid_pub for link in links])
    signing.check_signature(value, platform)
    return tender, closing_hash, links


def link_answer(
    tender: str, closing_hash: bytes, links: Iterable[Linked], custodian: Ed25519PrivateKey
) -> JsonObject:
    """`yg/link-answer/v1`, signed by the custodian, ordered by bid key."""
    ordered = sorted(links, key=lambda link: link.bid_pub)
    stated = structure(
        "link-answer",
        tender=tender,
        closing_hash=b64u(closing_hash),
        links=[link.to_json() for link in ordered],
    )
    return signing.signed(stated, custodian)


def read_link_answer(value: JsonObject, custodian: bytes) -> tuple[str, bytes, tuple[Linked, ...]]:
    """Tender, closing and answers: form (`malformed`), then signature (`bad-signature`)."""
    given = Members(value, "link-answer")
    tender, closing_hash = given.tender(), given.octets("closing_hash", HASH_LENGTH)
    links = given.array("links", _linked, 1, LINK_LIMIT)
    given.octets("signature", signing.SIGNATURE_LENGTH)
    given.end()
    _check_ordered([link.bid_pub for link in links])
    signing.check_signature(value, custodian)
    return tender, closing_hash, links


def _link(item: Json) -> Link:
    given = Members(item)
    link = Link(
        given.octets("bid_pub", PUBLIC_LENGTH),
        read_token(given.take("token")),
        given.uscc(),
        given.octets("inv", LENGTH),
    )
    given.end()
    return link


def _linked(item: Json) -> Linked:
    given = Members(item)
    bid_pub, good = given.octets("bid_pub", PUBLIC_LENGTH), given.truth("good")
    reason = given.maybe("reason", lambda name: given.choice(name, REASONS))
    named = given.maybe("h_blinded", lambda name: given.octets(name, HASH_LENGTH))
    account = given.maybe("account_commitment", lambda name: given.octets(name, HASH_LENGTH))
    kind = given.maybe("kind", lambda name: given.choice(name, DEPOSIT_KINDS))
    given.end()
    if good != (reason is None) or any(good != (held is not None) for held in (named, kind)):
        refuse("关联答复前后矛盾", "An answer about a link contradicts itself")
    return Linked(bid_pub, reason, named, account, kind)


def _check_ordered(keys: list[bytes]) -> None:
    if any(a >= b for a, b in pairwise(keys)):
        refuse("关联次序不对或重复", "Links are out of order or stand twice")
