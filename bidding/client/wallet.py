"""The wallet: tokens with their secrets, one file each, on the disk before they are of any use.

A token's file is written whole before its blinded value leaves the machine; what comes back is
added later. So there is no moment at which money is paid for a secret that is not kept.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bidding.client import files
from market.kernel.errors import NotFound, Refusal
from market.protocol import blind
from market.protocol.blindkeys import LENGTH
from market.protocol.bondkeys import BID, PURPOSES, BondKey
from market.protocol.encoding import JsonObject, b64u, digest, moment, stamp
from market.protocol.members import Members
from market.protocol.signing import load_private, new_key, private_bytes, public_bytes
from market.protocol.tokens import (
    PREPARED_LENGTH,
    Token,
    blinded_hash,
    make_token,
    prepare,
)

KIND: Final = "client-token"
NAME_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Held:
    """One token with its secrets.

    `state` is the custodian's word about the deposit, as last heard; `tender` the one it was ever
    sealed for; `refund` the name of the refund token it was given up for, `permit` the platform's
    answer to that; `not_before` when a refund token may be shown.
    """

    purpose: str
    denomination: int
    epoch: str
    secret: bytes
    prepared: bytes
    blinded: bytes
    inv: bytes
    state: str | None = None
    code: str | None = None
    receipt: JsonObject | None = None
    sigma: bytes | None = None
    tender: str | None = None
    refund: str | None = None
    permit: JsonObject | None = None
    not_before: datetime | None = None
    claim: JsonObject | None = None

    @property
    def key(self) -> Ed25519PrivateKey:
        """The bid key."""
        return load_private(self.secret)

    @property
    def public(self) -> bytes:
        """The public bid key."""
        return public_bytes(self.key)

    @property
    def name(self) -> str:
        """How people call it: says nothing by itself."""
        return digest(b"client-token" + self.public).hex()[:NAME_LENGTH]

    @property
    def reference(self) -> str:
        """The custodian's name of the deposit."""
        return b64u(blinded_hash(self.blinded))

    @property
    def token(self) -> Token:
        """The finished token; `token-unfinished` before the custodian has signed."""
        if self.sigma is None:
            raise Refusal(
                "token-unfinished",
                zh=f"令牌 {self.name} 尚未由托管方签发",
                en=f"The custodian has not signed token {self.name} yet",
            )
        return Token(self.denomination, self.epoch, self.prepared, self.sigma, self.purpose)

    @property
    def is_free(self) -> bool:
        """Whether it may be sealed for any tender."""
        return self.sigma is not None and self.tender is None and self.refund is None

    def finished(self, key: BondKey, blind_signature: bytes) -> "Held":
        """The token from the custodian's answer; `bad-blind-signature` changes nothing."""
        token = make_token(key, self.prepared, blind_signature, self.inv)
        return replace(self, sigma=token.sigma)

    def to_json(self) -> JsonObject:
        """The file."""
        return {
            "kind": KIND,
            "purpose": self.purpose,
            "denomination": self.denomination,
            "epoch": self.epoch,
            "secret": b64u(self.secret),
            "prepared": b64u(self.prepared),
            "blinded": b64u(self.blinded),
            "inv": b64u(self.inv),
            "state": self.state,
            "code": self.code,
            "receipt": self.receipt,
            "sigma": None if self.sigma is None else b64u(self.sigma),
            "tender": self.tender,
            "refund": self.refund,
            "permit": self.permit,
            "not_before": None if self.not_before is None else stamp(self.not_before),
            "claim": self.claim,
        }


def new_token(key: BondKey) -> Held:
    """Fresh secrets of a token under a key; they exist nowhere but in what is returned."""
    secret = new_key()
    prepared = prepare(public_bytes(secret), key.purpose)
    blinding = blind.blind(key.key, prepared)
    return Held(
        key.purpose,
        key.denomination,
        key.epoch,
        private_bytes(secret),
        prepared,
        blinding.blinded,
        blinding.inv,
    )


class Wallet:
    """The tokens of a profile."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "tokens"

    def keep(self, held: Held) -> None:
        """Write a token down; it is on the disk when this returns."""
        files.keep_json(self._folder / f"{held.name}.json", held.to_json())

    def all(self) -> list[Held]:
        """Every token, by name."""
        return [read_held(files.read_json(path)) for path in files.listed(self._folder, ".json")]

    def one(self, name: str) -> Held:
        """The token of a name; `no-token`."""
        found = [held for held in self.all() if held.name == name]
        if not found:
            raise NotFound("no-token", zh=f"没有令牌 {name}", en=f"There is no token {name}")
        return found[0]

    def free(self, denomination: int) -> Held:
        """A token of this amount that serves no tender yet; `no-free-token`."""
        found = [
            held
            for held in self.all()
            if held.is_free and (held.purpose, held.denomination) == (BID, denomination)
        ]
        if not found:
            raise Refusal(
                "no-free-token",
                zh="没有此面额的可用令牌，先存缴保证金（bond buy）",
                en="There is no free token of this amount; deposit a bond first (bond buy)",
            )
        return min(found, key=lambda held: held.epoch)


def read_held(value: JsonObject) -> Held:
    """The token of a file or backup; `malformed` otherwise."""
    given = Members(value)
    given.choice("kind", (KIND,))
    held = Held(
        given.choice("purpose", PURPOSES),
        given.whole("denomination"),
        given.epoch(),
        given.octets("secret", 32),
        given.octets("prepared", PREPARED_LENGTH),
        given.octets("blinded", LENGTH),
        given.octets("inv", LENGTH),
        given.maybe("state", given.text),
        given.maybe("code", given.text),
        _object_or_none(given, "receipt"),
        given.maybe("sigma", lambda name: given.octets(name, LENGTH)),
        given.maybe("tender", given.text),
        given.maybe("refund", given.text),
        _object_or_none(given, "permit"),
        given.maybe("not_before", lambda name: moment(given.text(name))),
        _object_or_none(given, "claim"),
    )
    given.end()
    return held


def _object_or_none(given: Members, name: str) -> JsonObject | None:
    value = given.take(name)
    return value if isinstance(value, dict) else None
