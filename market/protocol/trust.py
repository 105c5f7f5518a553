"""The trust file: what a reader takes as given, because it came to him by another road.

It is handed out outside the server, and its hash is printed in every notice. It pins the log's
origin and keys, the witnesses and how many of them must have seen a checkpoint, the keys of
receipts and of the custodian, and the signing keys of organisations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from market.protocol.checkpoints import Witnessed, verify_checkpoint
from market.protocol.encoding import (
    Json,
    JsonObject,
    b64u,
    canonical,
    digest,
    parse,
    refuse,
    structure,
)
from market.protocol.members import Members, octet_list
from market.protocol.names import word
from market.protocol.notes import (
    COSIGNER,
    LOG,
    VerifierKey,
    check_name,
    parse_key,
)
from market.protocol.signing import PUBLIC_LENGTH, key_id, load_public

DEMO_PREFIX: Final = "demo/"  # of the origin of a log whose deployment seals nothing
NAME_LIMIT: Final = 200  # characters
KEY_TEXT_LIMIT: Final = 320  # characters of a verifier key: a name of 255 and 64 behind it


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation whose signing key is pinned: credit code, name, part it plays, key."""

    uscc: str
    name: str
    role: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust file, read and found sound."""

    origin: str
    logs: tuple[VerifierKey, ...]
    witnesses: tuple[VerifierKey, ...]
    quorum: int
    receipts: tuple[bytes, ...]
    custodians: tuple[bytes, ...]
    organisations: tuple[Organisation, ...]

    @property
    def is_demo(self) -> bool:
        """Whether the log is a demonstration's: its keys seal nothing, and readers say so."""
        return self.origin.startswith(DEMO_PREFIX)

    def write(self) -> bytes:
        """The bytes of the file."""
        return canonical(_json(self))

    def hash(self) -> bytes:
        """`H` of the file, as notices print it."""
        return digest(self.write())

    def check_checkpoint(self, raw: bytes) -> Witnessed:
        """The checkpoint, signed by a pinned log key and cosigned by the quorum; else refused."""
        return verify_checkpoint(raw, self.logs, self.witnesses, self.quorum)

    def proved_by(self, witnessed: Witnessed) -> datetime:
        """The moment by which the quorum of witnesses had seen a checkpoint."""
        at = witnessed.proved_by(self.quorum)
        if at is None:
            raise ValueError("the checkpoint was not checked against this trust file")
        return at

    def organisation(self, uscc: str) -> Organisation | None:
        """The first pinned organisation with this credit code."""
        return next((held for held in self.organisations if held.uscc == uscc), None)

    def organisation_of_key(self, name: str) -> Organisation | None:
        """The pinned organisation whose key has this `key_id`."""
        return next((held for held in self.organisations if key_id(held.key) == name), None)

    def pins(self, uscc: str, key: bytes) -> bool:
        """Whether this key is pinned as one of this organisation's."""
        return any((held.uscc, held.key) == (uscc, key) for held in self.organisations)


def read_trust(raw: bytes) -> Trust:
    """The trust file that these bytes are; anything unsound in it is `malformed`.

    The log's keys bear the origin as their name; names and public keys of witnesses differ from
    each other; no key serves two purposes; 1 <= quorum <= number of witnesses.
    """
    value = Members(parse(raw), "trust")
    origin = value.text("origin")
    check_name(origin)
    held = Trust(
        origin,
        value.array("log", _verifier_key(LOG)),
        value.array("witnesses", _verifier_key(COSIGNER)),
        value.whole("quorum", 1),
        value.array("receipt", _public_key),
        value.array("custodian", _public_key),
        value.array("organisations", _organisation),
    )
    value.end()
    _check_sound(held)
    return held


def _check_sound(held: Trust) -> None:
    if not held.logs or any(key.name != held.origin for key in held.logs):
        refuse("日志公钥的名称与来源不符", "The log's keys do not bear the origin as their name")
    if held.quorum > len(held.witnesses):
        refuse("见证人少于所需人数", "There are fewer witnesses than the quorum asks for")
    if not held.receipts:
        refuse("缺少回执公钥", "A key of receipts is missing")
    names = [key.name for key in held.witnesses]
    publics = [
        *(key.public for key in chain(held.logs, held.witnesses)),
        *held.receipts,
        *held.custodians,
        *(item.key for item in held.organisations),
    ]
    if len({*names, held.origin}) != len(names) + 1 or len(set(publics)) != len(publics):
        refuse("同一名称或公钥出现两次", "A name or a key stands for two things")


def _verifier_key(kind: int) -> Callable[[Json], VerifierKey]:
    def read(item: Json) -> VerifierKey:
        key = parse_key(Members({"key": item}).text("key", high=KEY_TEXT_LIMIT))
        if key.kind != kind:
            refuse("公钥种类不对", "A verifier key is of the wrong kind")
        return key

    return read


def _public_key(item: Json) -> bytes:
    public = Members({"key": item}).octets("key", PUBLIC_LENGTH)
    load_public(public)
    return public


def _organisation(item: Json) -> Organisation:
    value = Members(item)
    held = Organisation(
        value.uscc("organisation"),
        value.text("name", high=NAME_LIMIT),
        word(value.take("role")),
        _public_key(value.take("key")),
    )
    value.end()
    return held


def _json(held: Trust) -> JsonObject:
    return structure(
        "trust",
        origin=held.origin,
        log=[str(key) for key in held.logs],
        witnesses=[str(key) for key in held.witnesses],
        quorum=held.quorum,
        receipt=octet_list(held.receipts),
        custodian=octet_list(held.custodians),
        organisations=[
            {"organisation": item.uscc, "name": item.name, "role": item.role, "key": b64u(item.key)}
            for item in held.organisations
        ],
    )
