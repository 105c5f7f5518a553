"""Where ciphertexts lie: plain files named by the hash of a capability, apart from all others.

The length in the database is the truth; bytes beyond it, left by a crash, are written over.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from market.kernel.errors import Refusal
from market.protocol.encoding import b64u

PIECE: Final = 256 * 1024
"""Bytes read from the line and written at once."""


class ChecksumDiffers(Refusal):
    """The bytes that came are not those whose checksum was stated; none of them was kept."""

    status = 460

    def __init__(self) -> None:
        super().__init__(
            "checksum-differs",
            zh="收到的数据与校验值不符，未保存，重新发送这一段",
            en="What arrived does not match its checksum; nothing was kept, send the part again",
        )


class SealedStore:
    """The folder of ciphertexts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def turn(self, name: bytes) -> Iterator[None]:
        """Be the only writer of one upload, over all processes."""
        path = self._path(name).with_suffix(".lock")
        with path.open("a+b") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def write(
        self, name: bytes, offset: int, stream: IO[bytes], limit: int, checksum: bytes | None
    ) -> int:
        """Write what comes, at most `limit` bytes, at `offset`; how many are on the disk.

        A line that breaks leaves what came whole, unless a checksum was stated: then all or
        nothing. `ChecksumDiffers` keeps nothing.
        """
        written = 0
        seen = hashlib.sha256()
        handle = os.open(self._path(name), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while written < limit:
                piece = stream.read(min(PIECE, limit - written))
                if not piece:
                    break
                view = memoryview(piece)
                while view:
                    done = os.pwrite(handle, view, offset + written)
                    written += done
                    view = view[done:]
                seen.update(piece)
            os.fsync(handle)
        finally:
            os.close(handle)
        if checksum is not None and seen.digest() != checksum:
            raise ChecksumDiffers
        return written

    def digest(self, name: bytes, length: int) -> bytes:
        """The SHA-256 of the first `length` bytes."""
        seen = hashlib.sha256()
        with self._path(name).open("rb") as file:
            left = length
            while left:
                piece = file.read(min(PIECE, left))
                if not piece:
                    raise EOFError("the upload is shorter than its row says")
                seen.update(piece)
                left -= len(piece)
        return seen.digest()

    def holds(self, name: bytes, length: int, wanted: bytes) -> bool:
        """Whether the bytes with this digest are there and whole."""
        try:
            return self.digest(name, length) == wanted
        except (FileNotFoundError, EOFError):
            return False

    def restore(self, name: bytes, length: int, wanted: bytes, stream: IO[bytes]) -> bool:
        """Put lost bytes back if they are `length` long and have this digest; else keep nothing."""
        part = secrets.token_bytes(32)
        try:
            written = self.write(part, 0, stream, length, None)
            if written != length or stream.read(1) or not self.holds(part, length, wanted):
                return False
            self._path(part).replace(self._path(name))
        finally:
            self._path(part).unlink(missing_ok=True)
        return True

    def open(self, name: bytes) -> IO[bytes]:
        """The ciphertext, for the opening; `FileNotFoundError` when it is gone."""
        return self._path(name).open("rb")

    def remove(self, name: bytes) -> None:
        """Destroy a ciphertext and its lock; twice is once."""
        for path in (self._path(name), self._path(name).with_suffix(".lock")):
            path.unlink(missing_ok=True)

    def _path(self, name: bytes) -> Path:
        return self._folder / b64u(name)
