"""Signed notes and the keys that sign them, byte for byte as C2SP signed-note fixes them.

A note is a text, an empty line, and signature lines "— <name> <base64(key id || signature)>".
Two kinds of key are known here: 0x01, Ed25519 over the text (a log), and 0x04, a witness's
cosignature, which signs a moment too (C2SP tlog-cosignature). What stands in the text of a
checkpoint is the business of `market.protocol.checkpoints`.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol.encoding import Malformed, digest, refuse
from market.protocol.signing import load_public, public_bytes

LOG: Final = 0x01
COSIGNER: Final = 0x04

NOTE_LIMIT: Final = 65_536  # bytes; C2SP asks for a limit and for room for 16 signatures
SIGNATURE_LIMIT: Final = 64  # lines
TIME_LIMIT: Final = 2**63  # a cosignature's seconds stay below it (C2SP tlog-cosignature)
ED25519_LENGTH: Final = 64
PUBLIC_LENGTH: Final = 32

_DASH: Final = "— "
_KEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})", re.ASCII)
_NAME = re.compile(r"[!-*,-~]{1,255}", re.ASCII)  # printable, no space, no "+"
_LINE = re.compile(rf"{_DASH}([^ ]+) ([A-Za-z0-9+/]+={{0,2}})")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key as C2SP writes it (vkey): who signs, the kind of signature, the 32 public bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before its signatures: of H(name || 0x0A || kind || key)."""
        return digest(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)[:4]

    def __str__(self) -> str:
        material = base64.b64encode(bytes([self.kind]) + self.public).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{material}"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the name, and the key id with the signature bytes behind it."""

    name: str
    raw: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes, which with the name tell the key."""
        return self.raw[:4]

    def line(self) -> str:
        """The line with its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.raw).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note taken apart: the text with its last newline, and the signatures in their order."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def raw(self) -> bytes:
        """The note as it is sent and stored."""
        lines = "".join(signature.line() for signature in self.signatures)
        return f"{self.text}\n{lines}".encode()


def verifier_key(name: str, kind: int, public: bytes) -> VerifierKey:
    """A key of this name and kind (`LOG`, `COSIGNER`).

    Refusals: `malformed` for a name with spaces, controls or "+", or another kind; `bad-key`
    for public bytes that are no sound Ed25519 key.
    """
    check_name(name)
    if kind not in (LOG, COSIGNER):
        refuse("不支持的签名种类", "This kind of signature is not known here")
    load_public(public)
    return VerifierKey(name, kind, public)


def parse_key(text: str) -> VerifierKey:
    """The key that a vkey text writes; any other text, or a wrong key id, is `malformed`."""
    found = _KEY.fullmatch(text)
    if found is None:
        refuse("验证公钥格式不对", "The verifier key is not written as C2SP says")
    material = _base64(found[3])
    if len(material) != 1 + PUBLIC_LENGTH:
        refuse("验证公钥长度不对", "The verifier key has the wrong length")
    key = verifier_key(found[1], material[0], material[1:])
    if str(key) != text:
        refuse("验证公钥与其编号不符", "The verifier key does not have the key id it names")
    return key


def check_name(name: str) -> None:
    """Refuse a key name or origin that is not printable ASCII without spaces and "+".

    C2SP allows more of Unicode; what counts as a space there differs between languages, and a
    schema-less URL, which C2SP recommends, is ASCII.
    """
    if _NAME.fullmatch(name) is None:
        refuse("名称不符合 C2SP 规定", "The name is not one C2SP allows")


def parse_note(raw: bytes) -> Note:
    """The note that these bytes are; anything not exactly of the form is `malformed`.

    At least one signature line, at most 64, at most 65,536 bytes, no control character but
    the newline, every base64 in its one canonical form.
    """
    if len(raw) > NOTE_LIMIT:
        refuse("签名文本过长", "The note is too long")
    text, blank, lines = _decode(raw).rpartition("\n\n")
    if not blank or not text:
        refuse("签名文本缺少正文或签名", "The note lacks its text or its signatures")
    return Note(text + "\n", parse_signatures(lines))


def parse_signatures(lines: str) -> tuple[NoteSignature, ...]:
    """The signatures of one or more signature lines, each ending in a newline."""
    rows = lines.split("\n")
    if rows.pop() != "" or not 0 < len(rows) <= SIGNATURE_LIMIT:
        refuse("签名行数量或结尾不对", "Too few or too many signature lines, or no last newline")
    return tuple(_signature(row) for row in rows)


def sign_text(text: str, name: str, key: Ed25519PrivateKey) -> NoteSignature:
    """A log's signature (kind 0x01) over a note's text, which ends in a newline."""
    held = verifier_key(name, LOG, public_bytes(key))
    return NoteSignature(name, held.key_id + key.sign(text.encode()))


def cosign_text(text: str, name: str, key: Ed25519PrivateKey, at: int) -> NoteSignature:
    """A witness's signature (kind 0x04) over a note's text and `at`, in seconds since 1970."""
    if not 0 <= at < TIME_LIMIT:
        raise ValueError("a cosignature's time lies in [0, 2^63)")
    held = verifier_key(name, COSIGNER, public_bytes(key))
    signature = key.sign(_cosigned(text, at))
    return NoteSignature(name, held.key_id + at.to_bytes(8, "big") + signature)


def signature_of(note: Note, key: VerifierKey) -> bytes | None:
    """The signature bytes of this key, verified; None if the key did not sign.

    `bad-signature` if any signature line bears this key's name and id and does not verify:
    C2SP asks to reject the whole note then. Of several good ones the first is returned.
    """
    good = all_signatures_of(note, key)
    return good[0] if good else None


def all_signatures_of(note: Note, key: VerifierKey) -> tuple[bytes, ...]:
    """Every signature of this key, in the note's order, verified; `bad-signature` as above."""
    found = [
        item.raw[4:]
        for item in note.signatures
        if (item.name, item.key_id) == (key.name, key.key_id)
    ]
    for signature in found:
        _verify(note.text, key, signature)
    return tuple(found)


def times_of(note: Note, key: VerifierKey) -> tuple[datetime, ...]:
    """The moments at which a witness cosigned, verified, to the second, in the note's order."""
    if key.kind != COSIGNER:
        raise ValueError("only a cosigner's signature tells its time")
    return tuple(_moment(item) for item in all_signatures_of(note, key))


def joined(note: Note, more: Sequence[NoteSignature]) -> Note:
    """The note with further signatures behind its own; lines it has already are left out."""
    fresh = [item for item in dict.fromkeys(more) if item not in note.signatures]
    return Note(note.text, (*note.signatures, *fresh))


def canonical_base64(text: str, length: int) -> bytes:
    """The bytes of standard base64 with padding, exactly `length` of them, else `malformed`."""
    raw = _base64(text)
    if len(raw) != length:
        refuse(f"长度应为 {length} 字节", f"The length must be {length} bytes")
    return raw


def _decode(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise Malformed(zh="签名文本不是 UTF-8", en="The note is not UTF-8") from cause
    if any(sign < " " and sign != "\n" for sign in text):
        refuse("签名文本含有控制字符", "The note has a control character")
    return text


def _signature(row: str) -> NoteSignature:
    found = _LINE.fullmatch(row)
    if found is None:
        refuse("签名行格式不对", "A signature line is not written as C2SP says")
    check_name(found[1])
    raw = _base64(found[2])
    if len(raw) <= 4:  # noqa: PLR2004 (the key id alone is no signature)
        refuse("签名行没有签名", "A signature line holds no signature")
    return NoteSignature(found[1], raw)


def _base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as cause:
        raise Malformed(zh="不是规范的 base64", en="Not canonical base64") from cause
    if base64.b64encode(raw).decode("ascii") != text:
        refuse("不是规范的 base64", "Not canonical base64")
    return raw


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _verify(text: str, key: VerifierKey, signature: bytes) -> None:
    covered, held, in_range = text.encode(), signature, True
    if key.kind == COSIGNER:
        at, held = int.from_bytes(signature[:8], "big"), signature[8:]
        covered, in_range = _cosigned(text, at), at < TIME_LIMIT
    if len(held) != ED25519_LENGTH or not in_range or not _holds(key.public, held, covered):
        refuse(
            f"{key.name} 的签名不成立",
            f"The signature of {key.name} does not hold",
            code="bad-signature",
        )


def _holds(public: bytes, signature: bytes, covered: bytes) -> bool:
    try:
        load_public(public).verify(signature, covered)
    except InvalidSignature:
        return False
    return True


def _moment(signature: bytes) -> datetime:
    at = int.from_bytes(signature[:8], "big")
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError) as cause:
        raise Malformed(
            zh="联署时间超出范围", en="The cosignature's time is out of range"
        ) from cause
