"""What every sealed thing is tied to: one tender, one manifest, one bid key, one kind of envelope.

The same header stands in each share before it is sealed to an officer and at the front of each
payload. So a share or an envelope copied elsewhere is refused by whoever opens it, with the
platform's own checks switched off (threat C1, C5). A rehearsal has types of its own, which a
real opening refuses, and the reverse.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from market.kernel.errors import Refusal
from market.protocol.chance import Chance, fresh
from market.protocol.encoding import (
    Json,
    JsonObject,
    b64u,
    canonical,
    digest,
    parse,
    structure,
)
from market.protocol.members import Members, check_tender
from market.protocol.sharing import HOLDER_LIMIT
from market.protocol.signing import PUBLIC_LENGTH

HASH_LENGTH: Final = 32
NONCE_LENGTH: Final = 32
SHARE_LENGTH: Final = 75  # 74 bytes y of the identity's text, then x
AMENDMENT_LIMIT: Final = 9999


class Kind(StrEnum):
    """What an envelope holds. A bid has those that its manifest's rounds open."""

    IDENTITY = "identity"
    TECHNICAL = "technical"
    PRICE = "price"
    QUOTE = "quote"  # the price that an agency seals to timekeepers
    SCHEME = "scheme"  # the scheme beside it, published nowhere
    NONCE = "nonce"  # a drawing party's number in escrow


BID_KINDS: Final = (Kind.IDENTITY, Kind.TECHNICAL, Kind.PRICE)
SMALL_KINDS: Final = frozenset({Kind.IDENTITY, Kind.NONCE})  # of one size, 4 KiB, no documents


@dataclass(frozen=True, slots=True)
class Binding:
    """The header of one envelope. `amendment` is the version of the documents the bidder saw."""

    tender: str
    manifest_hash: bytes
    amendment: int
    kind: Kind
    bid_pub: bytes
    rehearsal: bool = False

    def __post_init__(self) -> None:
        check_tender(self.tender)
        if len(self.manifest_hash) != HASH_LENGTH or len(self.bid_pub) != PUBLIC_LENGTH:
            raise ValueError("a hash and a bid key have 32 bytes")

    def of_kind(self, kind: Kind) -> "Binding":
        """The header of another envelope of the same bid."""
        return Binding(
            self.tender, self.manifest_hash, self.amendment, kind, self.bid_pub, self.rehearsal
        )


def read_kind(given: Members, name: str = "kind") -> Kind:
    """The kind of an envelope."""
    return Kind(given.choice(name, tuple(Kind)))


def bind_json(binding: Binding, chance: Chance = fresh) -> JsonObject:
    """`bind.json`, the first entry of a payload. Draws its nonce, 32 bytes."""
    return structure(
        "rehearsal-bind" if binding.rehearsal else "bind",
        tender=binding.tender,
        manifest_hash=b64u(binding.manifest_hash),
        amendment=binding.amendment,
        kind=binding.kind.value,
        bid_pub=b64u(binding.bid_pub),
        nonce=b64u(chance(NONCE_LENGTH)),
    )


def check_bind(value: JsonObject, binding: Binding) -> None:
    """Refuse a payload that was not made for this place.

    `wrong-type` (a rehearsal in a real opening or the reverse), `malformed`, `copied` (another
    tender, manifest, amendment, kind or bid key): only the act it came with is refused, with no
    effect on any other bid, deposit or duplicate rule.
    """
    given = Members(value, "rehearsal-bind" if binding.rehearsal else "bind")
    found = Binding(
        given.tender(),
        given.octets("manifest_hash", HASH_LENGTH),
        given.whole("amendment", high=AMENDMENT_LIMIT),
        read_kind(given),
        given.octets("bid_pub", PUBLIC_LENGTH),
        binding.rehearsal,
    )
    given.octets("nonce", NONCE_LENGTH)
    given.end()
    if found != binding:
        raise Refusal(
            "copied",
            zh="信封是为别处封装的，视为复制，只否决本次提交",
            en="The envelope was sealed for another place: this act alone is refused as a copy",
        )


def share_text(binding: Binding, i: int, share: bytes) -> bytes:
    """The bytes sealed to officer i (1-based): the header, i and the share."""
    if len(share) != SHARE_LENGTH:
        raise ValueError("a share has 75 bytes")
    return canonical(
        structure(
            "rehearsal-share" if binding.rehearsal else "share",
            tender=binding.tender,
            manifest_hash=b64u(binding.manifest_hash),
            bid_pub=b64u(binding.bid_pub),
            kind=binding.kind.value,
            i=i,
            share=b64u(share),
        )
    )


def share_text_length(binding: Binding, i: int) -> int:
    """How many bytes `share_text` has: the same for every share of officer i in this place."""
    return len(share_text(binding, i, bytes(SHARE_LENGTH)))


def commitment(text: bytes) -> bytes:
    """What a bidder publishes of a share: H of the bytes sealed to the officer."""
    return digest(text)


def read_share_text(text: bytes, binding: Binding, i: int) -> bytes:
    """The share, for the officer's program: 75 bytes, x = i.

    Refused: `wrong-type`, `malformed`, `foreign-share` (sealed for another tender, manifest,
    kind, bid key or officer). A refused share is reported, and nothing of it is posted.
    """
    given = Members(parse(text, limit=4096), "rehearsal-share" if binding.rehearsal else "share")
    found = (
        given.tender(),
        given.octets("manifest_hash", HASH_LENGTH),
        given.octets("bid_pub", PUBLIC_LENGTH),
        read_kind(given),
        given.whole("i", 1, HOLDER_LIMIT),
    )
    share = given.octets("share", SHARE_LENGTH)
    given.end()
    wanted = (binding.tender, binding.manifest_hash, binding.bid_pub, binding.kind, i)
    if found != wanted or share[-1] != i:
        raise Refusal(
            "foreign-share",
            zh="份额不是为正在开启的信封封装的，已拒绝并报告",
            en="The share was not sealed for the envelope being opened; refused and reported",
        )
    return share


def kinds_json(kinds: tuple[Kind, ...]) -> list[Json]:
    """Kinds as a JSON list."""
    return [kind.value for kind in kinds]
