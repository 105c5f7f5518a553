"""Checkpoints: what the log says of itself, and what its witnesses say they saw, and when.

The text is that of C2SP tlog-checkpoint: origin, size, root, without extension lines (nobody
could audit them). The log signs it, witnesses cosign it with the time. `add_checkpoint` is
the body by which a log asks a witness (C2SP tlog-witness).
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from market.protocol.encoding import Malformed, refuse
from market.protocol.merkle import EMPTY_ROOT, HASH_LENGTH
from market.protocol.notes import (
    NOTE_LIMIT,
    Note,
    VerifierKey,
    canonical_base64,
    check_name,
    parse_note,
    sign_text,
    signature_of,
    times_of,
)

SIZE_LIMIT: Final = 2**63  # a tree's size stays below it, so that every reader can hold it
PROOF_LIMIT: Final = 63  # proof lines of one add-checkpoint request (C2SP tlog-witness)
TEXT_LINES: Final = 3

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: which log, how many entries, the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint whose signatures were verified: by which log key, by whom cosigned when.

    `times` maps each pinned witness that cosigned to the earliest moment it states.
    """

    checkpoint: Checkpoint
    log: VerifierKey
    times: dict[str, datetime]

    def proved_by(self, quorum: int) -> datetime | None:
        """The moment by which `quorum` witnesses had seen it; None if fewer cosigned."""
        moments = sorted(self.times.values())
        return moments[quorum - 1] if 0 < quorum <= len(moments) else None


def parse_text(text: str) -> Checkpoint:
    """The checkpoint that a note's text writes; extension lines and other forms are refused."""
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) != TEXT_LINES:
        refuse("检查点应恰为三行", "A checkpoint has exactly three lines")
    check_name(lines[0])
    size, held = whole_number(lines[1]), canonical_base64(lines[2], HASH_LENGTH)
    if size == 0 and held != EMPTY_ROOT:
        refuse("空日志的根不对", "The root of an empty log is not this")
    return Checkpoint(lines[0], size, held)


def parse_checkpoint(raw: bytes) -> tuple[Checkpoint, Note]:
    """The checkpoint and the note it came in; nothing is verified yet."""
    note = parse_note(raw)
    return parse_text(note.text), note


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> Note:
    """The checkpoint as a note signed by the log; the key's name is the origin."""
    text = checkpoint.text()
    parse_text(text)
    return Note(text, (sign_text(text, checkpoint.origin, key),))


def verify_checkpoint(
    raw: bytes, logs: Sequence[VerifierKey], witnesses: Sequence[VerifierKey], quorum: int
) -> Witnessed:
    """The checkpoint, if one of the log's keys signed it and `quorum` witnesses cosigned it.

    Refusals: `malformed`; `bad-signature` when a pinned key's line does not verify;
    `wrong-origin` when it is another log's; `not-signed` when no pinned log key signed;
    `not-witnessed` when fewer than `quorum` different witnesses did.
    """
    checkpoint, note = parse_checkpoint(raw)
    if checkpoint.origin not in {key.name for key in logs}:
        raise Malformed(
            "wrong-origin",
            zh=f"检查点属于另一个日志：{checkpoint.origin}",
            en=f"The checkpoint is of another log: {checkpoint.origin}",
        )
    signing = [key for key in logs if signature_of(note, key) is not None]
    if not signing:
        raise Malformed(
            "not-signed",
            zh="检查点没有受信任的日志签名",
            en="No trusted key of the log signed the checkpoint",
        )
    times = {key.name: min(held) for key in witnesses if (held := times_of(note, key))}
    if len(times) < quorum:
        raise Malformed(
            "not-witnessed",
            zh=f"检查点只有 {len(times)} 个受信任见证人的联署，需要 {quorum} 个",
            en=f"{len(times)} trusted witnesses cosigned the checkpoint; {quorum} are needed",
        )
    return Witnessed(checkpoint, signing[0], times)


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A log's request to a witness: the size the witness knows, the proof, the checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note


def add_checkpoint(old: int, proof: Sequence[bytes], note: Note) -> bytes:
    """The body of add-checkpoint (C2SP tlog-witness): old size, proof lines, blank line, note."""
    lines = "".join(base64.b64encode(step).decode("ascii") + "\n" for step in proof)
    body = f"old {old}\n{lines}\n".encode() + note.raw()
    parse_add_checkpoint(body)
    return body


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """The request that these bytes are; another form, or an old size above the new one, refused.

    The proof and the signatures are not verified here. Codes `malformed`, and `old-size` for an
    old size above the checkpoint's or a proof where none may be (both are 400 to the sender).
    """
    if len(body) > NOTE_LIMIT:
        refuse("请求过长", "The request is too long")
    head, blank, rest = body.partition(b"\n\n")
    if not blank:
        refuse("请求缺少空行", "The request lacks its empty line")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as cause:
        raise Malformed(zh="请求格式不对", en="The request has the wrong form") from cause
    word, space, number = lines[0].partition(" ")
    if (word, space) != ("old", " ") or len(lines) > 1 + PROOF_LIMIT:
        refuse("请求格式不对", "The request has the wrong form")
    old = whole_number(number)
    proof = tuple(canonical_base64(line, HASH_LENGTH) for line in lines[1:])
    checkpoint, note = parse_checkpoint(rest)
    if old > checkpoint.size or (proof and old in (0, checkpoint.size)):
        refuse("旧规模与检查点不符", "The old size does not fit the checkpoint", code="old-size")
    return AddCheckpoint(old, proof, checkpoint, note)


def size_answer(size: int) -> bytes:
    """The 409 body by which a witness says what size it knows (`text/x.tlog.size`)."""
    return f"{size}\n".encode("ascii")


def parse_size_answer(body: bytes) -> int:
    """The size in a 409 body; another form is `malformed`."""
    text = body.decode("ascii", "replace")
    if not text.endswith("\n"):
        refuse("回答格式不对", "The answer has the wrong form")
    return whole_number(text[:-1])


def whole_number(text: str) -> int:
    """A number in ASCII decimals without leading zeros, below 2^63; else `malformed`."""
    if _NUMBER.fullmatch(text) is None or int(text) >= SIZE_LIMIT:
        refuse("数字格式不对", "A number has the wrong form")
    return int(text)
