"""The platform's own keys as the log tells them: the first entry, and every change after it.

The first entry of the log, kind `keys`, names one Ed25519 key for each purpose. A change is an
entry `key-rotation` whose statement both the old and the new key signed, chained to the entry
before it, so that a reader of the log follows the keys from the first entry to this day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol.batches import entry_data
from market.protocol.encoding import JsonObject, b64u, refuse, structure
from market.protocol.entries import Entry
from market.protocol.members import Members
from market.protocol.names import word
from market.protocol.notes import LOG, VerifierKey, check_name, verifier_key
from market.protocol.signing import (
    PUBLIC_LENGTH,
    check_signature,
    load_public,
    public_bytes,
    signed,
)

LOG_PURPOSE: Final = "log"
RECEIPT_PURPOSE: Final = "receipt"
KEYS_SUBJECT: Final = "keys"  # of both kinds of entry

_NEEDED: Final = (LOG_PURPOSE, RECEIPT_PURPOSE)


@dataclass(frozen=True, slots=True)
class Keyring:
    """All keys a log ever named: for each purpose the keys in their order, the last one in use.

    `changes` counts the rotations; `last` is `H` of the entry that a further change must name.
    """

    origin: str
    keys: Mapping[str, tuple[bytes, ...]]
    changes: int
    last: bytes

    def current(self, purpose: str) -> bytes:
        """The key in use; `no-such-key` for a purpose the log never named."""
        held = self.keys.get(purpose)
        if held is None:
            refuse(f"没有此用途的密钥：{purpose}", f"No key for {purpose}", code="no-such-key")
        return held[-1]

    def log_keys(self) -> tuple[VerifierKey, ...]:
        """Every key that ever signed checkpoints, as C2SP writes them."""
        return tuple(verifier_key(self.origin, LOG, key) for key in self.keys[LOG_PURPOSE])


def keys_data(origin: str, keys: Mapping[str, bytes]) -> JsonObject:
    """What the first entry says: the origin, and one public key for each purpose."""
    return {"origin": origin, "keys": {purpose: b64u(key) for purpose, key in keys.items()}}


def first_keyring(entry: Entry) -> Keyring:
    """The keys of the log's first entry.

    `malformed` unless there is a key for "log" and one for "receipt", and none stands twice.
    """
    data = entry_data(entry, "keys")
    origin, named = data.text("origin"), data.take("keys")
    data.end()
    check_name(origin)
    if not isinstance(named, dict):
        refuse("成员 keys 应为对象", "Member keys must be an object")
    keys = {word(purpose): Members(named).octets(purpose, PUBLIC_LENGTH) for purpose in named}
    for key in keys.values():
        load_public(key)
    if any(purpose not in keys for purpose in _NEEDED) or len(set(keys.values())) != len(keys):
        refuse("密钥缺少用途或有重复", "A purpose has no key, or a key serves two purposes")
    return Keyring(origin, {purpose: (key,) for purpose, key in keys.items()}, 0, entry.hash)


def rotation_data(
    ring: Keyring, purpose: str, old: Ed25519PrivateKey, new: Ed25519PrivateKey
) -> JsonObject:
    """What the entry of a change says, signed by both keys; the old one must be in use."""
    if public_bytes(old) != ring.current(purpose):
        raise ValueError("the old key is not the one in use")
    statement = structure(
        "key-rotation",
        origin=ring.origin,
        purpose=purpose,
        change=ring.changes + 1,
        previous=b64u(ring.last),
        old=b64u(public_bytes(old)),
        new=b64u(public_bytes(new)),
    )
    by_old = signed(statement, old, "signature_old")
    return {**by_old, "signature_new": signed(statement, new, "signature_new")["signature_new"]}


def rotated(ring: Keyring, entry: Entry) -> Keyring:
    """The keys after a change.

    `bad-rotation` unless it follows the last change, replaces the key in use by one never seen,
    in the same log; `bad-signature` unless both keys signed.
    """
    entry_data(entry, "key-rotation")
    data = Members(entry.data, "key-rotation")
    follows = (data.text("origin"), data.whole("change"), data.octets("previous", 32)) == (
        ring.origin,
        ring.changes + 1,
        ring.last,
    )
    purpose = word(data.take("purpose"))
    old, new = data.octets("old", PUBLIC_LENGTH), data.octets("new", PUBLIC_LENGTH)
    signatures = {name: data.take(name) for name in ("signature_old", "signature_new")}
    data.end()
    seen = {key for keys in ring.keys.values() for key in keys}
    if not follows or old != ring.current(purpose) or new in seen:
        refuse(
            "密钥更换与日志中的密钥不衔接",
            "The change of key does not follow from the keys in the log",
            code="bad-rotation",
        )
    statement = {name: held for name, held in entry.data.items() if name not in signatures}
    for (name, held), key in zip(signatures.items(), (old, new), strict=True):
        check_signature({**statement, name: held}, key, name)
    keys = {**ring.keys, purpose: (*ring.keys[purpose], new)}
    return replace(ring, keys=keys, changes=ring.changes + 1, last=entry.hash)


def keyring(entries: Iterable[Entry]) -> Keyring:
    """The keys after all these entries, which must start with the log's first one.

    Entries of other kinds are passed over.
    """
    walk = iter(entries)
    first = next(walk, None)
    if first is None:
        refuse("日志为空", "The log is empty")
    ring = first_keyring(first)
    for entry in walk:
        if entry.kind == "keys":
            refuse("首条密钥条目出现两次", "The first entry of keys stands twice")
        if entry.kind == "key-rotation":
            ring = rotated(ring, entry)
    return ring
