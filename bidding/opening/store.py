"""The restricted store: what was inside opened envelopes, sealed at rest, read by rule only.

Files are age files to a key of the platform that lies outside the database. The panel, the
supervisor, a court and the bidder for its own may read; nobody else, and each look is a line in
the trail, written by the rooms that ask.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final
from uuid import UUID, uuid4

from market.protocol import age

KEY_NAME: Final = "opened.age"
FOLDER: Final = "opened"
PIECE: Final = 256 * 1024


class RestrictedStore:
    """Sealed files by random id."""

    def __init__(self, folder: Path, keys: Path) -> None:
        self._folder = folder / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._key = keys / KEY_NAME

    def writer(self) -> "RestrictedWriter":
        """A new file, to be filled piece by piece."""
        return RestrictedWriter(self._folder, age.recipient_of(self._identity()))

    def seal(self, raw: bytes) -> bytes:
        """Small bytes sealed for a column of the database."""
        return age.write(age.recipient_of(self._identity()), raw)

    def open(self, sealed: bytes) -> bytes:
        """Small bytes back."""
        return age.read(self._identity(), sealed)

    def read(self, name: UUID) -> Iterator[bytes]:
        """A file's bytes in pieces; what was read stands only when it has ended."""
        with (self._folder / name.hex).open("rb") as file:
            yield from age.read_stream(self._identity(), iter(lambda: file.read(PIECE), b""))

    def _identity(self) -> str:
        return self._key.read_text().strip()


class RestrictedWriter:
    """A file being sealed; pieces wait until a whole chunk of age is there."""

    def __init__(self, folder: Path, recipient: str) -> None:
        self.name = uuid4()
        self._plain = folder / f"{self.name.hex}.part"
        self._sealed = folder / self.name.hex
        self._recipient = recipient
        self._file = _created(self._plain)

    def write(self, piece: bytes) -> None:
        """Take one piece."""
        self._file.write(piece)

    def finish(self) -> UUID:
        """Seal what was written and let the plain bytes go; the file's name."""
        self._file.close()
        with self._plain.open("rb") as plain, _created(self._sealed) as sealed:
            pieces = iter(lambda: plain.read(PIECE), b"")
            for piece in age.write_stream(self._recipient, pieces):
                sealed.write(piece)
            sealed.flush()
            os.fsync(sealed.fileno())
        self.drop()
        return self.name

    def drop(self) -> None:
        """Forget what was written; twice is once."""
        with suppress(FileNotFoundError):
            self._plain.unlink()


def make_key(keys: Path) -> None:
    """Make the store's key unless it exists."""
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = keys / KEY_NAME
    with suppress(FileExistsError), _created(path) as file:
        file.write(age.new_identity()[0].encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _created(path: Path) -> IO[bytes]:
    """A new file that only its owner may read; `FileExistsError` if there is one."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
