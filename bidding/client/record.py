"""The public record as this program knows it: every entry read, the root of all of them checked.

Nothing is taken from a host's word. The program reads the whole log up to a checkpoint that the
pinned witnesses cosigned, rebuilds its root, and goes on from there the next time; so what it
knows is what everybody else can see, only once, and never changed (review H10). It asks for every
entry alike, so the host does not learn which tender it is about.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bidding.client import files
from bidding.client.wire import Line, Refused
from market.kernel.errors import MarketError, Refusal
from market.protocol.checkpoints import Checkpoint, Witnessed, verify_checkpoint
from market.protocol.encoding import Json, JsonObject, Malformed, b64u, moment, stamp
from market.protocol.entries import Entry, read_entry
from market.protocol.keyring import Keyring, keyring
from market.protocol.members import Members, octet_list, octets_of
from market.protocol.merkle import Frontier, verify_consistency
from market.protocol.tiles import WIDTH, Tile, parse_bundle
from market.protocol.trust import Trust

KEPT: Final = frozenset(
    {
        "amendment",
        "bond-key",
        "closing",
        "draw-commit",
        "draw-freeze",
        "key-rotation",
        "keys",
        "library-root",
        "manifest",
        "notice",
        "organisation-key",
        "rehearsal",
        "shares-closed",
    }
)
"""Kinds of entries that this program asks about; of the others only the hash is kept."""
STATE: Final = "client-record"
PAUSE: Final = 1.0  # seconds of machine time between two looks for a witnessed checkpoint
NOTE_TEXT: Final = 65_536


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with its index in the log."""

    index: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Known:
    """What has been read and checked so far; `at` is the moment of the last entry."""

    checkpoint: bytes
    frontier: Frontier
    at: datetime | None
    kept: tuple[Placed, ...]
    witnessed: bool


_NOTHING: Final = Known(b"", Frontier(), None, (), witnessed=False)


class Record:
    """The log of one platform as one profile has read it."""

    def __init__(
        self, line: Line, trust: Trust, home: Path, *, without_witness: bool = False
    ) -> None:
        self._line = line
        self._trust = trust
        self._home = home
        self._quorum = 0 if without_witness else trust.quorum
        self._known = _load(home / "record.json")

    @property
    def is_witnessed(self) -> bool:
        """Whether the quorum of pinned witnesses cosigned what is known."""
        return self._known.witnessed

    @property
    def size(self) -> int:
        """How many entries have been read."""
        return self._known.frontier.size

    @property
    def checkpoint(self) -> bytes:
        """The last checkpoint that held."""
        return self._known.checkpoint

    @property
    def now(self) -> datetime:
        """The moment of the last entry: the law's time as the record tells it.

        The machine's own clock is never asked. `record-empty` before anything was read.
        """
        if self._known.at is None:
            raise Refusal("record-empty", zh="公开日志为空", en="The public record is empty")
        return self._known.at

    def follow(self, seconds: float = 20) -> None:
        """Read on to the newest witnessed checkpoint, waiting for a witness so long if need be.

        Refused: `not-witnessed` and the other codes of checkpoints; `not-consistent` when the log
        is not the continuation of what was read before: what shows it is kept as evidence.
        """
        head = self._newest(time.monotonic() + seconds)  # how long to wait is the machine's matter
        grown, kept, at = self._read_on(head.checkpoint.size)
        if grown.root() != head.checkpoint.root or grown.size != head.checkpoint.size:
            self._keep_evidence()
            raise Malformed(
                "not-consistent",
                zh="日志与此前所见不一致：停止使用；证据在 evidence 文件夹，交给见证人和监督部门",
                en="The log is not the one seen before: stop, and hand the evidence folder to a "
                "witness and the supervisor",
            )
        witnessed = len(head.times) >= self._trust.quorum
        self._known = Known(self._head_raw, grown, at, (*self._known.kept, *kept), witnessed)
        files.keep_json(self._home / "record.json", _state(self._known))

    def agrees(self, shown: Checkpoint) -> None:
        """Refuse (`not-consistent`) a checkpoint of another history than the one read here.

        So that a proof made under it is a proof in the log that everybody sees.
        """
        mine = self._known.frontier
        if shown.size > mine.size:
            self.follow()
            mine = self._known.frontier
        if shown.size > mine.size:
            raise Refusal(
                "record-behind",
                zh="主机给出的日志短于证明所在的日志",
                en="The host shows a log shorter than the one of the proof",
            )
        if shown.size == mine.size:
            proof: tuple[bytes, ...] = ()
        else:
            path = f"/log/consistency/{shown.size}/{mine.size}"
            held = Members({"p": self._line.get(path).json().get("proof")})
            proof = held.array("p", octets_of(32), high=128)
        verify_consistency(shown.size, shown.root, mine.size, mine.root(), proof)

    def entries(self, kind: str, subject: str | None = None) -> list[Placed]:
        """The entries of a kept kind, about a subject where one is given, in their order."""
        if kind not in KEPT:
            raise ValueError(f"{kind} is not kept")
        return [
            placed
            for placed in self._known.kept
            if placed.entry.kind == kind and subject in (None, placed.entry.subject)
        ]

    def platform_keys(self) -> Keyring:
        """The platform's own keys as the log tells them; `wrong-origin` for another log's."""
        kinds = ("keys", "key-rotation")
        held = [placed for placed in self._known.kept if placed.entry.kind in kinds]
        if not held or held[0].index != 0:
            raise Malformed(zh="日志首条不是平台密钥", en="The log does not begin with its keys")
        ring = keyring(placed.entry for placed in held)
        if ring.origin != self._trust.origin:
            raise Malformed(
                "wrong-origin", zh="日志属于另一个平台", en="The log is of another platform"
            )
        return ring

    def _newest(self, until: float) -> Witnessed:
        while True:
            try:
                return self._witnessed()
            except MarketError as refused:
                waits = refused.code in {"not-witnessed", "not-found", "not-yet", "record-behind"}
                if not waits or time.monotonic() + PAUSE > until:
                    raise
            time.sleep(PAUSE)

    def _witnessed(self) -> Witnessed:
        """The newest head, or, while its witnesses are at work, the newest they have signed."""
        try:
            return self._checked(self._line.get("/log/checkpoint").body)
        except Malformed as refused:
            if refused.code != "not-witnessed":
                raise
        try:
            proof = self._line.get("/log/proof/0").json()
        except Refused as cause:
            raise Malformed(
                "not-witnessed",
                zh="尚无受信任见证人联署的检查点，未使用任何密钥",
                en="No checkpoint bears the cosignature of a trusted witness; no key was used",
            ) from cause
        shown = Members({"checkpoint": proof.get("checkpoint")})
        return self._checked(shown.text("checkpoint", high=NOTE_TEXT).encode())

    def _checked(self, raw: bytes) -> Witnessed:
        trust = self._trust
        head = verify_checkpoint(raw, trust.logs, trust.witnesses, self._quorum)
        if head.checkpoint.size < self.size:
            raise Refusal(
                "record-behind",
                zh="主机给出的日志短于此前所见",
                en="The host shows a log shorter than the one seen before",
            )
        self._head_raw = raw
        return head

    def _read_on(self, size: int) -> tuple[Frontier, list[Placed], datetime | None]:
        frontier, at, kept = self._known.frontier, self._known.at, list[Placed]()
        while frontier.size < size:
            index = frontier.size // WIDTH
            tile = Tile(None, index, min(WIDTH, size - index * WIDTH))
            raw = self._line.get(f"/log/{tile.path()}").body
            for entry_raw in parse_bundle(raw, tile.width)[frontier.size - index * WIDTH :]:
                entry = read_entry(entry_raw)
                if at is not None and entry.at < at:
                    raise Malformed(
                        "out-of-order", zh="日志时间倒退", en="The log's time runs back"
                    )
                at = entry.at
                if entry.kind in KEPT:
                    kept.append(Placed(frontier.size, entry))
                frontier, _ = frontier.append(entry.leaf)
        return frontier, kept, at

    def _keep_evidence(self) -> None:
        name = f"{self.size}-{b64u(self._known.frontier.root())[:12]}"
        folder = self._home / "evidence" / name
        files.keep(folder / "seen-before.checkpoint", self._known.checkpoint)
        files.keep(folder / "shown-now.checkpoint", self._head_raw)


def _state(known: Known) -> JsonObject:
    rows: list[Json] = [
        {"index": placed.index, "entry": placed.entry.raw.decode()} for placed in known.kept
    ]
    return {
        "kind": STATE,
        "checkpoint": known.checkpoint.decode(),
        "size": known.frontier.size,
        "roots": octet_list(known.frontier.roots),
        "at": None if known.at is None else stamp(known.at),
        "kept": rows,
        "witnessed": known.witnessed,
    }


def _load(path: Path) -> Known:
    value = files.read_json_or_none(path)
    if value is None:
        return _NOTHING
    held = Members(value)
    held.choice("kind", (STATE,))
    size = held.whole("size")
    known = Known(
        held.text("checkpoint", 0, NOTE_TEXT).encode(),
        Frontier(size, held.array("roots", octets_of(32), high=64)),
        held.maybe("at", lambda name: moment(held.text(name))),
        held.array("kept", _placed, high=10_000_000),
        held.truth("witnessed"),
    )
    held.end()
    return known


def _placed(item: Json) -> Placed:
    held = Members(item)
    raw = held.text("entry", high=NOTE_TEXT).encode()
    placed = Placed(held.whole("index"), read_entry(raw))
    held.end()
    return placed
