"""What a witness remembers: the newest head it signed of each log, and what was left with it.

One folder, plain files, every change on the disk before it is answered. A witness that forgot
could be shown two different pasts.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from market.protocol.encoding import (
    Json,
    JsonObject,
    b64u,
    canonical,
    digest,
    moment,
    parse,
    stamp,
    unb64u,
)

HASH = 32


@dataclass(frozen=True, slots=True)
class Head:
    """Size and root of a log as last signed."""

    size: int
    root: bytes


class Book:
    """The files of one witness; `turn` lets one process at a time read and change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be the only one until the end of the block, over all processes."""
        with (self._folder / "lock").open("a+b") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def head(self, origin: str) -> Head | None:
        """The newest head signed of this log; None if there is none yet."""
        path = self._path(origin, "head")
        if not path.exists():
            return None
        value = parse(path.read_bytes())
        size, root = value["size"], value["root"]
        if not (isinstance(size, int) and isinstance(root, str)):
            raise TypeError(f"{path.name} is damaged")
        return Head(size, unb64u(root, HASH))

    def keep(self, origin: str, head: Head) -> None:
        """Remember a head before signing it, and that it was once the newest."""
        value: JsonObject = {"size": head.size, "root": b64u(head.root)}
        self._write(self._path(origin, "head"), canonical(value))
        self._append(self._path(origin, "heads"), canonical(value))

    def root_at(self, origin: str, size: int) -> bytes | None:
        """The root signed at exactly this size; None if no such head was ever signed."""
        path = self._path(origin, "heads")
        if not path.exists():
            return None
        for line in reversed(path.read_bytes().splitlines()):
            value = parse(line)
            if value["size"] == size and isinstance(value["root"], str):
                return unb64u(value["root"], HASH)
        return None

    def leave(self, body: bytes, at: datetime) -> datetime:
        """Keep what somebody leaves, by its hash, and the moment it first came, which is answered.

        The moment is on the disk before the bytes are: what is kept always has one.
        """
        path = self._folder / "drop" / b64u(digest(body))
        path.parent.mkdir(exist_ok=True, mode=0o700)
        came = path.with_suffix(".at")
        with self.turn():
            if not came.exists():
                self._write(came, stamp(at).encode())
            if not path.exists():
                self._write(path, body)
            return moment(came.read_text())

    def alarm(self, at: datetime, origin: str, what: str, **values: Json) -> None:
        """Write down something that must never happen; nothing removes it."""
        value: JsonObject = {"at": at.isoformat(), "origin": origin, "what": what, **values}
        self._append(self._folder / "alarms", canonical(value))

    def alarms(self) -> list[Json]:
        """Everything written down by `alarm`, oldest first."""
        path = self._folder / "alarms"
        return [parse(line) for line in path.read_bytes().splitlines()] if path.exists() else []

    def _path(self, origin: str, suffix: str) -> Path:
        return self._folder / f"{b64u(digest(origin.encode()))[:22]}.{suffix}"

    @staticmethod
    def _write(path: Path, raw: bytes) -> None:
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @staticmethod
    def _append(path: Path, raw: bytes) -> None:
        with path.open("ab") as file:
            file.write(raw + b"\n")
            file.flush()
            os.fsync(file.fileno())
