"""Bond tokens: what a bidder shows instead of its name, and what marks a token as used.

A token is a blind signature over a message that commits to the token's own signing key (the
*bid key*); whoever shows it signs with that key. Refund tokens are the same thing under another
key and another label, so that neither ever serves as the other.
"""

from dataclasses import dataclass
from typing import Final

from market.kernel.errors import Refusal
from market.protocol import blind
from market.protocol.blindkeys import LENGTH
from market.protocol.bondkeys import BID, REFUND, BondKey, KeyRing, read_denomination
from market.protocol.chance import Chance, fresh
from market.protocol.encoding import Json, JsonObject, b64u, digest, refuse, structure
from market.protocol.members import Members
from market.protocol.signing import PUBLIC_LENGTH

PREFIX_LENGTH: Final = 32  # random bytes before the message (RFC 9474 section 5, PrepareRandomize)
PREPARED_LENGTH: Final = 64
HASH_LENGTH: Final = 32
_LABELS: Final = {BID: b"yg/bond-token/v1", REFUND: b"yg/refund-token/v1"}
_KINDS: Final = {BID: "token", REFUND: "refund-token"}
_NULLIFIER: Final = b"yg/nullifier/v1"


@dataclass(frozen=True, slots=True)
class Token:
    """`yg/token/v1` (purpose `bid`) or `yg/refund-token/v1` (purpose `refund`)."""

    denomination: int
    epoch: str
    prepared: bytes
    sigma: bytes
    purpose: str = BID

    def to_json(self) -> JsonObject:
        """The structure."""
        return structure(
            _KINDS[self.purpose],
            denomination=self.denomination,
            epoch=self.epoch,
            prepared=b64u(self.prepared),
            sigma=b64u(self.sigma),
        )


def read_token(value: Json, purpose: str = BID) -> Token:
    """The token of a structure, form only; `malformed` otherwise."""
    given = Members(value, _KINDS[purpose])
    token = Token(
        read_denomination(given),
        given.epoch(),
        given.octets("prepared", PREPARED_LENGTH),
        given.octets("sigma", LENGTH),
        purpose,
    )
    given.end()
    return token


def token_message(public: bytes, purpose: str = BID) -> bytes:
    """What a token says: `H(label || public)`, 32 bytes, for the 32 public bytes of its key."""
    if len(public) != PUBLIC_LENGTH:
        refuse("公钥应为 32 字节", "A public key has 32 bytes", code="bad-key")
    return digest(_LABELS[purpose] + public)


def prepare(public: bytes, purpose: str = BID, chance: Chance = fresh) -> bytes:
    """The message to be blinded, 64 bytes: 32 random bytes (drawn here), then `token_message`."""
    return chance(PREFIX_LENGTH) + token_message(public, purpose)


def make_token(key: BondKey, prepared: bytes, blind_signature: bytes, inv: bytes) -> Token:
    """The token from the custodian's answer; `bad-blind-signature` when that is not good."""
    sigma = blind.finalize(key.key, prepared, blind_signature, inv)
    return Token(key.denomination, key.epoch, prepared, sigma, key.purpose)


def check_token(token: Token, public: bytes, keys: KeyRing) -> BondKey:
    """The key under which a token is good for the holder of `public`.

    In this order: `unknown-bond-key` (no such key published), `foreign-token` (it names another
    bid key), `bad-token-signature`. Whether it may be used is the nullifier's answer.
    """
    key = keys.key(token.denomination, token.epoch, token.purpose)
    if token.prepared[PREFIX_LENGTH:] != token_message(public, token.purpose):
        raise Refusal(
            "foreign-token",
            zh="令牌不属于此投标密钥",
            en="The token does not belong to this bid key",
        )
    blind.verify(key.key, token.prepared, token.sigma)
    return key


def check_denomination(token: Token, denomination: int) -> None:
    """Refuse (`wrong-denomination`) a token of another amount than the manifest asks for."""
    if token.denomination != denomination:
        raise Refusal(
            "wrong-denomination",
            zh="令牌面额与招标要求的保证金不符",
            en="The token is not of the amount this tender asks for",
        )


def nullifier(key_id: bytes, prepared: bytes) -> bytes:
    """What is kept of a token once shown: `H("yg/nullifier/v1" || key_id || prepared)`."""
    if len(key_id) != HASH_LENGTH or len(prepared) != PREPARED_LENGTH:
        raise ValueError("a nullifier is taken over 32 and 64 bytes")
    return digest(_NULLIFIER + key_id + prepared)


def blinded_hash(blinded: bytes) -> bytes:
    """The name of a deposit: `H(blinded)` over its 384 bytes."""
    if len(blinded) != LENGTH:
        refuse("盲化值长度不对", "A blinded value has 384 bytes", code="bad-blinded")
    return digest(blinded)


def linked_deposit(token: Token, inv: bytes, keys: KeyRing) -> bytes:
    """The name of the deposit that a token and its `inv` point at; `bad-link` if at none.

    Good only together with the organisation's signature over the same bid key (threat H1).
    """
    key = keys.key(token.denomination, token.epoch, token.purpose)
    return blinded_hash(blind.link_blinded(token.sigma, inv, key.key))
